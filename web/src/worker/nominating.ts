/** Nominations as whoever makes them sees them: written here, signed by this device, read by administrators (docs/spec/24-nominations.md). */
import { b64, newId } from "../crypto/encoding.ts";
import { safetyNumber } from "../crypto/keys.ts";
import { nominationBody, type Nominated } from "../crypto/nomination.ts";
import { pack } from "../crypto/packet.ts";
import { getJson, sendPacket } from "../net/api.ts";
import type { NominationView } from "./administering.ts";
import { nominationView } from "./administration.ts";
import type { Desk } from "./administrator.ts";

const NOTHING = new Uint8Array();

/** Signs and hands in. Raises malformed where a part is not of its form. */
export async function nominate({ keys }: Desk, said: Nominated): Promise<null> {
  const { hub, account, device, signer } = keys;
  const body = nominationBody({ hub, account, device, id: newId(), at: Date.now() }, said);
  await sendPacket("/api/nominations", pack(NOTHING, body, NOTHING, [await signer.sign("nomination", body)], NOTHING));
  return null;
}

export async function ownNominations(desk: Desk): Promise<readonly NominationView[]> {
  const rows = await getJson<Parameters<typeof nominationView>[1][]>("/api/nominations/own");
  return Promise.all(rows.map((row) => nominationView(desk, row)));
}

/** What this person reads to an administrator: made of the keys in this vault, not of what the hub says. */
export async function ownSafetyNumber({ keys }: Desk): Promise<string> {
  return safetyNumber(keys.hub, keys.account, b64(keys.owner.public));
}
