/** Does what a vector says of nominations and invitations (docs/spec/24-nominations.md, 26-invitations.md). */

import { b64, unb64 } from "../crypto/encoding.ts";
import { invitationFragment, invitationId, readFragment } from "../crypto/invitation.ts";
import { nominationBody, type Nominated, verifyNomination } from "../crypto/nomination.ts";
import { directoryAfter } from "./chains.ts";
import { asList, type Do } from "./given.ts";

export const NOMINATIONS: Readonly<Record<string, Do>> = {
  verify_nomination: async (v) => {
    const entries = asList(v.shared["entries"]);
    const directory = await directoryAfter(entries, entries.length);
    if (directory === null) throw new Error("The case has no directory.");
    const read = await verifyNomination(v.bytes("body"), v.bytes("signature"), directory);
    return { account: read.account, name: read.nominee.name, until: read.until };
  },
  invitation_id: (v) => invitationId(v.bytes("secret"), v.text("hub")),
  invitation_fragment: (v) => invitationFragment({ hub: v.text("hub"), account: v.text("account"), code: v.text("code"), secret: v.text("secret") }),
  read_fragment: async (v) => {
    const { hub, account, code, secret } = readFragment(v.text("fragment"));
    return { account, code, invitation: await invitationId(unb64(secret), hub) };
  },
  nomination_body: (v) => {
    const head = { hub: v.text("hub"), account: v.text("account"), device: v.text("device"), id: v.text("id"), at: v.number("at") };
    return b64(nominationBody(head, v.object<Nominated>("said")));
  },
};
