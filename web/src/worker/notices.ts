/**
 * Notices as this worker verified them: who is asked, who has acknowledged, what is asked of this person's country
 * (docs/spec/18-notices.md). Twin of hub/client/notices.py.
 */
import { type Answer, type Asking, hasAnswered, isState, type Row, tally, type Tally } from "../domain/acknowledgements.ts";
import { readNoticeBody } from "../domain/bodies.ts";
import { reference } from "../domain/references.ts";
import type { Directory } from "../crypto/directory.ts";
import { type JsonObject, unb64 } from "../crypto/encoding.ts";
import type { Header } from "../crypto/envelope.ts";
import { maySend, type Operation, readers } from "../crypto/membership.ts";
import { ProtocolError } from "../crypto/errors.ts";
import type { ChannelLog, Entry } from "./channel.ts";
import type { Item, NoticeItem, NoticeView } from "./protocol.ts";
import type { Rotating } from "./rotation.ts";
import { authorOf, itemOf, type Seen } from "./views.ts";

/** What was counted of a channel, until something more comes into it. */
interface Counted {
  readonly changes: number;
  readonly byId: ReadonlyMap<string, Tally>;
}

const counted = new WeakMap<ChannelLog, Counted>();
/** An entry never changes once it is judged; a new verdict is a new entry. */
const answers = new WeakMap<Entry, Answer>();
const askings = new WeakMap<Entry, Asking>();

/** Acknowledgements and word of opening are counted, never shown as lines; nor is what was sealed before this reader joined. */
export function isSilent({ header, body, fault }: Entry): boolean {
  if (fault === null && header !== null && header.content !== null && body === null) return true;
  return header?.kind === "acknowledgement" || header?.kind === "seen";
}

/** Who speaks for a country: coordinators ask, analysts and observers read along. */
const ASKED: ReadonlySet<string> = new Set(["contact", "deputy"]);

/** Whom a notice asks: those it names, else every country of a contact point who reads the channel. */
export function askedCountries(state: Operation, channel: string, to: readonly string[], directory: Directory): readonly string[] {
  if (to.length > 0) return to;
  const asked = readers(state, channel, directory).filter(({ account }) => ASKED.has(state.members.get(account)?.role ?? ""));
  return [...new Set(asked.map(({ account }) => directory.account(account).country))].sort();
}

function askingOf(entry: Entry, header: Header, { operation, directory, log }: Rotating): Asking {
  const known = askings.get(entry);
  if (known !== undefined) return known;
  const state = operation.atLeaf(entry.leaf);
  const asked = state === null ? [] : askedCountries(state, log.channel, header.to, directory.atLeaf(entry.leaf));
  const made: Asking = { id: entry.id, due: header.due, asked, toAll: header.to.length === 0 };
  askings.set(entry, made);
  return made;
}

function answerOf(entry: Entry, { directory }: Rotating): Answer | null {
  const known = answers.get(entry);
  if (known !== undefined) return known;
  const { header } = entry;
  if (header === null || !isSilent(entry) || header.ref === null || header.content !== null) return null;
  const state = isState(header.state) ? header.state : null;
  if (header.kind === "acknowledgement" && state === null) return null;
  const made: Answer = {
    id: entry.id,
    ref: header.ref,
    country: directory.atLeaf(entry.leaf).account(header.account).country,
    account: header.account,
    state: header.kind === "seen" ? null : state,
    at: entry.receivedAt,
    said: header.at,
  };
  answers.set(entry, made);
  return made;
}

/** Every notice of the channel that holds, by its statement id, in order. */
function tallies(place: Rotating): ReadonlyMap<string, Tally> {
  const { log } = place;
  const before = counted.get(log);
  if (before?.changes === log.changes) return before.byId;
  const asking: Asking[] = [];
  const said: Answer[] = [];
  for (const entry of log.entries) {
    if (entry.fault !== null || entry.header === null) continue;
    if (entry.header.kind === "notice") asking.push(askingOf(entry, entry.header, place));
    const answer = answerOf(entry, place);
    if (answer !== null) said.push(answer);
  }
  const byId = new Map(tally(asking, said).map((one) => [one.id, one]));
  counted.set(log, { changes: log.changes, byId });
  return byId;
}

/** Whether this person may answer for their country: it is asked, or all are and they are its contact point. */
function mayAnswer(header: Header, state: Operation, channel: string, { account, directory }: Seen): boolean {
  const isAsked = header.to.length > 0 ? header.to.includes(directory.account(account).country) : ASKED.has(state.members.get(account)?.role ?? "");
  if (!isAsked) return false;
  try {
    maySend(state, channel, account, "acknowledgement", directory);
    return true;
  } catch (refused) {
    if (refused instanceof ProtocolError) return false;
    throw refused;
  }
}

/** Raises MalformedBody where the opened words are no notice. */
export function noticeItem(entry: Entry, header: Header, body: JsonObject, place: Rotating, state: Operation, seen: Seen): NoticeItem {
  const { directory, account } = seen;
  const { log } = place;
  const author = authorOf(directory, header.account, header.device);
  const { number, rows } = tallies(place).get(entry.id) ?? { number: 0, rows: [] as readonly Row[] };
  const asked = rows.filter((row) => row.asked);
  const own = rows.find(({ country }) => country === directory.account(account).country) ?? null;
  return {
    is: "notice",
    id: entry.id,
    operation: state.id,
    channel: log.channel,
    seq: entry.seq,
    reference: reference(state.code, author.country, unb64(header.id, 16)),
    author,
    signature: { at: header.at, receivedAt: entry.receivedAt, checkedAt: entry.checkedAt, leaf: entry.leaf, id: entry.id },
    urgent: header.urgency === "immediate",
    ref: null,
    mine: header.account === account,
    replies: log.entries.filter((other) => other.header?.ref === entry.id && !isSilent(other)).length,
    number,
    due: header.due,
    toAll: header.to.length === 0,
    asked: asked.map(({ country }) => country),
    acknowledged: asked.filter(hasAnswered).length,
    opened: asked.filter((row) => row.state === "opened").length,
    mayAnswer: mayAnswer(header, state, log.channel, seen),
    own: own === null ? null : { state: own.state, at: own.at, late: own.late },
    body: readNoticeBody(body),
  };
}

/** The matrix of one operation: each notice of each channel that is read here, the newest first. */
export function noticeViews(places: readonly Rotating[], seen: Seen): readonly NoticeView[] {
  const views = places.flatMap((place) => {
    const state = place.operation.latest;
    if (state === null) return [];
    const organisations = organisationsOf(state, place.log.channel, seen.directory);
    return [...tallies(place).values()].flatMap(({ id, rows }) => {
      const entry = place.log.entry(id);
      const item = entry === null ? null : itemOf(entry, place, state, seen);
      return item?.is === "notice" ? [{ ...item, rows: rows.map((row) => ({ ...row, by: nameOf(row, seen.directory), organisation: organisations.get(row.country) ?? null })) }] : [];
    });
  });
  return views.sort((a, b) => b.signature.receivedAt - a.signature.receivedAt);
}

/** For each country the organisation of the first contact point that reads the channel. */
function organisationsOf(state: Operation, channel: string, directory: Directory): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { account } of readers(state, channel, directory)) {
    const { country, organisation } = directory.account(account);
    const name = directory.organisations.get(organisation)?.name;
    const isContact = state.members.get(account)?.role === "contact";
    if (name !== undefined && (isContact || !found.has(country))) found.set(country, name);
  }
  return found;
}

function nameOf({ account }: Row, directory: Directory): string | null {
  return account === null ? null : (directory.accounts.get(account)?.name ?? null);
}

/** Notices that this person's country has not answered, the most pressing first. */
export function toAcknowledge(places: readonly Rotating[], seen: Seen): readonly NoticeItem[] {
  const waiting = places.flatMap((place) => noticeViews([place], seen)).filter(isWaiting);
  return waiting.sort((a, b) => (a.due ?? Infinity) - (b.due ?? Infinity) || Number(b.urgent) - Number(a.urgent));
}

function isWaiting({ mayAnswer: may, own, mine }: NoticeItem): boolean {
  return may && !mine && (own === null || !hasAnswered(own));
}

/** Alerts that ask this person's country and that nobody of it has answered in the thread. */
export function questions({ log, operation, directory, ...rest }: Rotating, seen: Seen): readonly Item[] {
  const state = operation.latest;
  if (state === null) return [];
  const place = { log, operation, directory, ...rest };
  const mine = seen.directory.account(seen.account).country;
  const ofMine = (account: string): boolean => seen.directory.accounts.get(account)?.country === mine;
  const asking = log.entries.filter((entry) => entry.header?.kind === "alert" && !isSilent(entry) && entry.header.to.includes(mine) && !ofMine(entry.header.account));
  const open = asking.filter(({ id }) => !log.entries.some((other) => other.header?.ref === id && !isSilent(other) && ofMine(other.header.account)));
  return open.map((entry) => itemOf(entry, place, state, seen));
}
