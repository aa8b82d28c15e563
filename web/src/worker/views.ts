/** What a page sees of what was verified: operations, channels, items; names only as certified. */
import { reference } from "../domain/references.ts";
import { readAlertBody, readPostBody } from "../domain/bodies.ts";
import { DomainError } from "../domain/errors.ts";
import type { Account, Directory } from "../crypto/directory.ts";
import { type JsonObject, unb64 } from "../crypto/encoding.ts";
import { isReader, maySend, type Operation, pending, readers } from "../crypto/membership.ts";
import { ProtocolError } from "../crypto/errors.ts";
import type { ChannelLog, Entry } from "./channel.ts";
import { isSilent, noticeItem } from "./notices.ts";
import type { AlertBody, Author, ChannelView, ClosedChannel, Item, PostBody, Reader } from "./protocol.ts";
import type { Rotating } from "./rotation.ts";

const SENT_KINDS = ["alert", "post", "notice"] as const;
const UNKNOWN_NAME = "?";

export interface Seen {
  readonly directory: Directory;
  readonly account: string;
  readonly readTo: (channel: string) => number;
}

export function channelView(
  state: Operation,
  channel: string,
  log: ChannelLog | null,
  label: string | null,
  { directory, account, readTo }: Seen,
): ChannelView {
  const found = state.channels.get(channel);
  if (found === undefined) throw new ProtocolError("wrong-place", "The operation has no such channel.");
  const all = readers(state, channel, directory);
  const unread = log === null ? [] : log.entries.filter((entry) => entry.seq > readTo(channel) && entry.header?.account !== account && !isSilent(entry));
  return {
    channel,
    operation: state.id,
    type: found.type,
    compartment: found.compartment,
    label,
    history: found.history,
    readers: all.length,
    countries: new Set(all.map((reader) => directory.account(reader.account).country)).size,
    pending: pending(state, channel, directory).map(({ account: one }) => directory.account(one).name),
    bad: found.epoch?.bad === true ? (directory.accounts.get(found.reports.at(-1)?.[0] ?? "")?.name ?? "?") : null,
    namedAudience: found.audience.scope === "accounts",
    maySend: SENT_KINDS.filter((kind) => allows(() => maySend(state, channel, account, kind, directory))),
    unread: unread.length,
    urgent: unread.filter((entry) => entry.header?.urgency === "immediate").length,
    readTo: readTo(channel),
    last: log?.last ?? 0,
  };
}

/** A stale epoch doesn't take the button away: sending makes the next one first. */
function allows(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (refused) {
    if (refused instanceof ProtocolError) return refused.code === "stale-epoch";
    throw refused;
  }
}

/** Open channels that this account doesn't read: what they are and how many read them, never a label or a count of what was sent. */
export function closedChannels(state: Operation, isOpen: (channel: string) => boolean, { directory, account }: Seen): readonly ClosedChannel[] {
  const own = state.members.get(account)?.compartments ?? [];
  return [...state.channels]
    .filter(([channel, { open }]) => open && !isOpen(channel))
    .map(([channel, { type, compartment }]) => ({
      channel,
      type,
      compartment,
      readers: readers(state, channel, directory).length,
      cleared: own.includes(compartment),
    }));
}

export function readerViews(state: Operation, channel: string, directory: Directory): readonly Reader[] {
  const without = new Set(pending(state, channel, directory).map((reader) => reader.account));
  return readers(state, channel, directory)
    .map(({ account }) => {
      const { name, country } = directory.account(account);
      return { account, name, country, role: state.members.get(account)?.role ?? "", pending: without.has(account) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

export function authorOf(directory: Directory, account: string, device: string): Author {
  const { name, country, level }: Account = directory.account(account);
  return { account, name, country, organisation: "", device: directory.devices.get(device)?.label ?? UNKNOWN_NAME, level };
}

/** The action that helps against a fault: "tell" where somebody lied, "wait" where a key is on its way. */
function actionFor(code: string): "again" | "tell" | "update" | "wait" {
  if (code === "unknown-version") return "update";
  if (code === "offline" || code === "gap") return "again";
  if (code === "cannot-open") return "wait";
  return "tell";
}

export function itemOf(entry: Entry, place: Rotating, state: Operation, seen: Seen): Item {
  const { log } = place;
  const { directory, account } = seen;
  const { header, body, seq, id, receivedAt, leaf } = entry;
  const fault = (code: string): Item => ({
    is: "fault",
    id,
    channel: log.channel,
    seq,
    code,
    action: actionFor(code),
    receivedAt,
  });
  if (entry.fault !== null) return fault(entry.fault);
  if (header === null || body === null) return fault("unknown-version");
  if (header.kind !== "alert" && header.kind !== "post" && header.kind !== "notice") return fault("unknown-version");
  const author = authorOf(directory, header.account, header.device);
  try {
    if (header.kind === "notice") return noticeItem(entry, header, body, place, state, seen);
    checkBody(header.kind, body);
    return {
      is: header.kind,
      id,
      channel: log.channel,
      seq,
      reference: reference(state.code, author.country, unb64(header.id, 16)),
      author,
      signature: { at: header.at, receivedAt, checkedAt: entry.checkedAt, leaf, id },
      urgent: header.urgency === "immediate",
      ref: header.ref,
      to: header.to,
      due: header.due,
      mine: header.account === account,
      replies: log.entries.filter((other) => other.header?.ref === id && !isSilent(other)).length,
      body: body as unknown as AlertBody | PostBody,
    };
  } catch (refused) {
    if (refused instanceof DomainError) return fault("malformed");
    throw refused;
  }
}

/** Raises MalformedBody unless the words are what their kind promises. */
function checkBody(kind: "alert" | "post", body: JsonObject): void {
  if (kind === "alert") readAlertBody(body);
  else readPostBody(body);
}

/** Whether this account reads the channel as of what is known now. */
export function reads(state: Operation, channel: string, { account, directory }: Seen): boolean {
  return isReader(state, channel, account, directory);
}
