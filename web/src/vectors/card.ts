/** Does what a vector says of contact cards (docs/spec/19-cards.md). */

import { cardBody, cardId, checkCard, checkNotOlder, type Contact, readCard } from "../crypto/card.ts";
import { b64, type Json } from "../crypto/encoding.ts";
import { directoryAfter } from "./chains.ts";
import { asList, asNumber, asText, type Do, nothing } from "./given.ts";

export const CARDS: Readonly<Record<string, Do>> = {
  check_card: async (v) => {
    const entries = asList(v.shared["entries"]);
    const directory = await directoryAfter(entries, entries.length);
    if (directory === null) throw new Error("The case has no directory.");
    const card = readCard(v.bytes("body"));
    await checkCard(card, v.bytes("signature"), directory);
    return { account: card.account, n: card.n, id: await cardId(card.body), contact: card.contact as unknown as Json };
  },
  card_body: (v) => {
    const head = { hub: v.text("hub"), account: v.text("account"), device: v.text("device"), n: v.number("n"), at: v.number("at") };
    return b64(cardBody(head, v.object<Contact | null>("contact")));
  },
  check_not_older: (v) => {
    const seen = v.json("seen");
    const pair = seen === null ? null : asList(seen);
    return nothing(checkNotOlder(pair === null ? null : { n: asNumber(pair[0]), id: asText(pair[1]) }, readCard(v.bytes("body"))));
  },
};
