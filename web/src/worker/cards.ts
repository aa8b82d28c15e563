/**
 * Contact cards as this worker has verified them, and one's own (docs/spec/19-cards.md; twin of hub/client/cards.py).
 *
 * What was seen of each card is kept sealed for all devices of the person: no hub can go back to an older card, show two, or leave
 * out one that was shown before, without being told on.
 */
import { type Card, cardBody, cardId, checkCard, checkNotOlder, type Contact, readCard, type SeenCard } from "../crypto/card.ts";
import { b64, type Bytes, type JsonObject, unb64 } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { fields, id16, id32, integer, items } from "../crypto/fields.ts";
import { getJson, sendJson } from "../net/api.ts";
import type { Unlocked } from "./keys.ts";
import { Declined } from "./problems.ts";
import type { Records } from "./records.ts";
import type { World } from "./world.ts";

/** Begins like the pins: a hub may not drop it from under this device. */
const RECORD = "pins-cards";
/** In ms: enough for the start page and for lines beside lists; all cards are 200 kB for 300 people. */
export const RECENT = 600_000;

export interface At {
  readonly world: World;
  readonly keys: Unlocked;
  readonly records: Records;
}

/** What the hub shows of one account: a card that holds, or the code of why it does not (withheld: nothing at all). */
export interface Shown {
  readonly card: Card | null;
  readonly fault: string | null;
}

interface Told {
  readonly account: string;
  readonly body: string;
  readonly signature: string;
}

type Seen = ReadonlyMap<string, SeenCard>;

const held = new WeakMap<World, { readonly at: number; readonly shown: Promise<ReadonlyMap<string, Shown>> }>();

/** Every account's card, as the hub shows them now; what was looked at within `age` ms is enough where it is given. */
export function cards(at: At, age = 0): Promise<ReadonlyMap<string, Shown>> {
  const before = held.get(at.world);
  if (before !== undefined && Date.now() - before.at < age) return before.shown;
  const shown = look(at);
  held.set(at.world, { at: Date.now(), shown });
  shown.catch(() => held.delete(at.world));
  return shown;
}

/** What a person says; null where nothing can be believed, or the card was taken back. */
export function contactOf(shown: Shown | undefined): Contact | null {
  return shown?.card?.contact ?? null;
}

/** One's own card, signed by this device; null takes it back. Raises Refused with the hub's word, malformed for what is no card. */
export async function putCard(at: At, contact: Contact | null): Promise<void> {
  const { hub, account, device, signer } = at.keys;
  const seen = await known(at.records);
  const told = (await fetchAll()).find((one) => one.account === account);
  const last = Math.max(told === undefined ? 0 : readCard(unb64(told.body)).n, seen.get(account)?.n ?? 0);
  const now = Date.now();
  const body = cardBody({ hub, account, device, n: last + 1, at: now }, contact === null ? null : { ...contact, confirmed_at: now });
  const signature = await signer.sign("card", body);
  await sendJson("PUT", `/api/cards/${account}`, { body: b64(body), signature: b64(signature) });
  held.delete(at.world);
  await keep(at.records, new Map([...seen, [account, { n: last + 1, id: await cardId(body) }]]));
}

async function look(at: At): Promise<ReadonlyMap<string, Shown>> {
  const seen = await known(at.records);
  const told = await fetchAll();
  const { directory } = at.world;
  if (told.some(({ body }) => directory.latest.devices.get(deviceOf(body)) === null)) await directory.sync();
  const found = new Map<string, Shown>();
  const fresh = new Map<string, SeenCard>();
  for (const { account, body, signature } of told) {
    const shown = await judged(at, account, unb64(body), unb64(signature, 64), seen.get(account) ?? null);
    found.set(account, shown);
    if (shown.card !== null) fresh.set(account, { n: shown.card.n, id: await cardId(shown.card.body) });
  }
  for (const account of seen.keys()) {
    const person = directory.latest.accounts.get(account);
    if (!found.has(account) && person !== null && !person.suspended) found.set(account, { card: null, fault: "withheld" });
  }
  if ([...fresh].some(([account, { n }]) => seen.get(account)?.n !== n)) await keep(at.records, new Map([...seen, ...fresh]));
  return found;
}

async function judged({ world }: At, account: string, body: Bytes, signature: Bytes, seen: SeenCard | null): Promise<Shown> {
  try {
    const card = readCard(body);
    if (card.account !== account) throw new ProtocolError("not-certified", "This is a card of somebody else.");
    await checkNotOlder(seen, card);
    await checkCard(card, signature, world.directory.latest);
    return { card, fault: null };
  } catch (refused) {
    if (refused instanceof ProtocolError) return { card: null, fault: refused.code };
    throw refused;
  }
}

/** The device that a card names; none where it is no card, which `judged` tells. */
function deviceOf(body: string): string {
  try {
    return readCard(unb64(body)).device;
  } catch (refused) {
    if (refused instanceof ProtocolError) return "";
    throw refused;
  }
}

async function fetchAll(): Promise<readonly Told[]> {
  const found = new Map<string, Told>();
  for (let after: string | null = null; ; ) {
    const page: { readonly cards: readonly Told[]; readonly more: boolean } = await getJson(`/api/cards${after === null ? "" : `?after=${after}`}`);
    for (const one of page.cards) found.set(id16(one.account), one);
    const last: string | undefined = page.cards.at(-1)?.account;
    if (!page.more || last === undefined || last === after) return [...found.values()];
    after = last;
  }
}

/** What any device of this person has seen. */
async function known(records: Records): Promise<Seen> {
  const newer = await records.newer(RECORD);
  let seen: Seen = new Map();
  for (const value of [await records.resting(RECORD), records.get(RECORD), newer]) if (value !== null) seen = merged(seen, seenOf(value));
  return seen;
}

async function keep(records: Records, seen: Seen): Promise<void> {
  await records.keep(RECORD, formOf(seen));
  const other = await records.bring(RECORD);
  if (other === null) return;
  await records.keep(RECORD, formOf(merged(seen, seenOf(other))));
  await records.bring(RECORD);
}

function formOf(seen: Seen): JsonObject {
  const rows = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([account, { n, id }]) => [account, n, id]);
  return { v: 1, cards: rows };
}

function seenOf(value: JsonObject): Seen {
  if (value["v"] !== 1) throw new ProtocolError("unknown-version", "What another client had seen is written in a newer form.");
  const rows = items(fields(value, ["v", "cards"])["cards"], 10_000);
  return new Map(
    rows.map((row) => {
      const [account, n, id] = items(row, 3, 3);
      return [id16(account), { n: integer(n, 1), id: id32(id) }] as const;
    }),
  );
}

/** The later of both; two cards with one number are told when the card is looked at. */
function merged(one: Seen, other: Seen): Seen {
  const both = new Map(one);
  for (const [account, seen] of other) if ((both.get(account)?.n ?? 0) < seen.n) both.set(account, seen);
  return both;
}

/** Raises not-allowed for a deputy who isn't a member of an operation of one's own. */
export function checkDeputies({ world, keys }: At, contact: Contact): void {
  const operations = [...world.operations.values()].flatMap(({ ledger }) => (ledger.latest === null ? [] : [ledger.latest]));
  for (const deputy of [contact.deputy, contact.away?.deputy ?? null]) {
    const meets = deputy === null || operations.some(({ members }) => members.has(deputy) && members.has(keys.account));
    if (!meets) throw new Declined("not-allowed");
  }
}
