/** What a page sees of what was verified: operations, channels, items; names only as certified. */
import { reference } from "../domain/references.ts";
import { readAlertBody, readPostBody } from "../domain/bodies.ts";
import { DomainError } from "../domain/errors.ts";
import type { Account, Directory } from "../crypto/directory.ts";
import { type JsonObject, unb64 } from "../crypto/encoding.ts";
import { isReader, maySend, type Operation, pending, readers } from "../crypto/membership.ts";
import { ProtocolError } from "../crypto/errors.ts";
import type { ChannelLog, Entry } from "./channel.ts";
import type { OperationLedger, Verified } from "./ledger.ts";
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
    pending: pending(state, channel, directory).length,
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

/** The signed changes that concern a channel, as lines of its feed. */
export function systemItems(ledger: OperationLedger, channel: string, directory: Directory, account: string): readonly (Item & { leaf: number })[] {
  const lines: (Item & { leaf: number })[] = [];
  for (const entry of ledger.past) {
    const found = entry.state.channels.get(channel);
    if (found === undefined) continue;
    for (const line of linesOf(ledger, entry, channel, directory, account)) lines.push(line);
  }
  return lines;
}

function* linesOf(ledger: OperationLedger, entry: Verified, channel: string, directory: Directory, account: string): Generator<Item & { leaf: number }> {
  const before = ledger.past[entry.state.seq - 1]?.state ?? null;
  const place = entry.state.channels.get(channel);
  const isAll = place?.type === "all";
  let count = 0;
  const line = (what: Extract<Item, { is: "system" }>["what"], whom: string | null, detail: readonly string[]) => ({
    is: "system" as const,
    id: `${entry.id}-${(count += 1)}`,
    channel,
    seq: 0,
    at: entry.at,
    what,
    by: nameOf(directory, entry.author),
    whom: whom === null ? null : nameOf(directory, whom),
    detail,
    leaf: entry.leaf,
  });
  for (const change of entry.changes) {
    if (change.change === "channel.open" && change.channel === channel) yield line("opened", null, []);
    if (change.change === "member.change") {
      const was = before?.members.get(change.account);
      const given = change.compartments.filter((one) => was?.compartments.includes(one) === false);
      const taken = was?.compartments.filter((one) => !change.compartments.includes(one)) ?? [];
      const concerns = (some: readonly string[]): boolean => some.length > 0 && (isAll || some.includes(place?.compartment ?? ""));
      if (concerns(given)) yield line("cleared", change.account, given);
      if (concerns(taken)) yield line("uncleared", change.account, taken);
      if (isAll && was?.role !== change.role) yield line("changed", change.account, [change.role]);
    }
    if (!isAll) continue;
    if (change.change === "member.admit" && change.account !== account) {
      yield line("admitted", change.account, [change.role, ...change.compartments]);
    }
    if (change.change === "member.remove") yield line("removed", change.account, []);
    if (change.change === "phase.set") yield line("phase", null, [change.phase]);
  }
  const epoch = entry.state.channels.get(channel)?.epoch ?? null;
  if (entry.newEpochs.includes(channel) && epoch !== null && epoch.number > 1) {
    yield line("new-secret", before === null ? null : whoLeft(before, entry.state, channel, directory), []);
  }
}

/** The one reader whom an entry took out of a channel; null where it took none, or several. */
function whoLeft(before: Operation, after: Operation, channel: string, directory: Directory): string | null {
  if (!before.channels.has(channel)) return null;
  const left = readers(before, channel, directory).filter(({ account }) => !isReader(after, channel, account, directory));
  return left.length === 1 ? (left[0]?.account ?? null) : null;
}

function nameOf(directory: Directory, account: string): string {
  return directory.accounts.get(account)?.name ?? UNKNOWN_NAME;
}

/** Whether this account reads the channel as of what is known now. */
export function reads(state: Operation, channel: string, { account, directory }: Seen): boolean {
  return isReader(state, channel, account, directory);
}
