/**
 * What a signed entry changed, line by line and without words: for the feeds of channels and for the history of an operation.
 * Every line comes from an entry that was verified here (docs/spec/09-membership.md).
 */
import type { Change } from "../crypto/changes.ts";
import { isReader, type Operation, readers } from "../crypto/membership.ts";
import type { Directory } from "../crypto/directory.ts";
import type { ChangeLine } from "./governing.ts";
import type { OperationLedger, Verified } from "./ledger.ts";
import type { Item } from "./protocol.ts";

const UNKNOWN_NAME = "?";

/** The lines of one entry; `before` is the state it was judged by, null for the first. */
export function* linesOf(entry: Verified, before: Operation | null, directory: Directory): Generator<ChangeLine> {
  const named = (account: string | null): string | null => (account === null ? null : nameOf(directory, account));
  const line = (what: ChangeLine["what"], whom: string | null, channel: string | null, ...detail: readonly string[]): ChangeLine => ({
    what,
    whom: named(whom),
    channel,
    detail,
  });
  for (const change of entry.changes) for (const one of linesOfChange(change, entry, before, line)) yield one;
  for (const channel of entry.newEpochs) {
    const epoch = entry.state.channels.get(channel)?.epoch ?? null;
    if (before === null || epoch === null || epoch.number === 1) continue;
    yield line("new-secret", whoLeft(before, entry.state, channel, directory), channel);
  }
}

type Make = (what: ChangeLine["what"], whom: string | null, channel: string | null, ...detail: readonly string[]) => ChangeLine;

function linesOfChange(change: Change, entry: Verified, before: Operation | null, line: Make): readonly ChangeLine[] {
  switch (change.change) {
    case "operation.open":
      return [line("founded", null, null, ...change.compartments)];
    case "phase.set":
      return [line("phase", null, null, change.phase)];
    case "member.admit":
      return [line("admitted", change.account, null, change.role, ...change.compartments)];
    case "member.remove":
      return [line(change.account === entry.author ? "left" : "removed", change.account, null)];
    case "member.change": {
      const was = before?.members.get(change.account);
      if (was === undefined) return [line("changed", change.account, null, change.role)];
      const given = change.compartments.filter((one) => !was.compartments.includes(one));
      const taken = was.compartments.filter((one) => !change.compartments.includes(one));
      return [
        ...(was.role === change.role ? [] : [line("changed", change.account, null, change.role)]),
        ...(given.length === 0 ? [] : [line("cleared", change.account, null, ...given)]),
        ...(taken.length === 0 ? [] : [line("uncleared", change.account, null, ...taken)]),
      ];
    }
    case "channel.open":
      return [line("opened", null, change.channel, change.type, change.compartment)];
    case "channel.close": {
      const closed = entry.state.channels.get(change.channel);
      return [line("closed", null, change.channel, closed?.type ?? "", closed?.compartment ?? "")];
    }
    case "template.adopt":
      return [line("form", null, null, change.template, String(change.version))];
    case "grants":
      // Who was let in or cleared in the same entry is told so already.
      return change.to.filter((account) => !entry.changes.some((one) => "account" in one && one.account === account)).map((account) => line("granted", account, change.channel));
    case "matrix.take":
      return [line("matrix", null, null)];
    case "wrap.bad":
      return [line("bad-secret", null, change.channel)];
    case "member.restore":
      return [line("restored", change.account, null, change.role, ...change.compartments)];
    case "coordinator.take":
      return [line("took-over", entry.author, null)];
    case "rules.set":
      return [line("rules", null, null, String(change.version))];
    case "rules.accept":
      return [line("accepted", entry.author, null, String(change.version))];
    case "retention.set":
      return [line("retention", null, null, String(change.until))];
    case "hold.set":
      return [line(change.on ? "hold" : "released", null, null, change.reason)];
    case "operation.close":
      return [line("ended", null, null)];
    case "operation.destroy":
      return [line("doomed", null, null, String(change.at))];
    case "destroy.cancel":
      return [line("spared", null, null)];
    case "version.raise":
      return [line("version", null, null)];
  }
}

/** The one reader whom an entry took out of a channel; null where it took none, or several. */
function whoLeft(before: Operation, after: Operation, channel: string, directory: Directory): string | null {
  if (!before.channels.has(channel)) return null;
  const left = readers(before, channel, directory).filter(({ account }) => !isReader(after, channel, account, directory));
  return left.length === 1 ? (left[0]?.account ?? null) : null;
}

export function nameOf(directory: Directory, account: string): string {
  return directory.accounts.get(account)?.name ?? UNKNOWN_NAME;
}

type SystemItem = Item & { leaf: number };

interface Told {
  readonly size: number;
  readonly directory: Directory;
  readonly items: readonly SystemItem[];
}

// A feed is asked for with every item that comes; the chain grows seldom.
const told = new WeakMap<OperationLedger, Map<string, Told>>();

/** The signed changes that concern a channel, as lines of its feed. Who is in, and which channels there are, stands where all are. */
export function systemItems(ledger: OperationLedger, channel: string, directory: Directory): readonly SystemItem[] {
  const byChannel = told.get(ledger) ?? new Map<string, Told>();
  told.set(ledger, byChannel);
  const kept = byChannel.get(channel);
  if (kept?.size === ledger.past.length && kept.directory === directory) return kept.items;
  const items = itemsOf(ledger, channel, directory);
  byChannel.set(channel, { size: ledger.past.length, directory, items });
  return items;
}

function itemsOf(ledger: OperationLedger, channel: string, directory: Directory): readonly SystemItem[] {
  const place = ledger.latest?.channels.get(channel);
  if (place === undefined) return [];
  const isAll = place.type === "all" && place.audience.scope === "all";
  const concerns = ({ what, channel: about, detail }: ChangeLine): boolean => {
    if (what === "granted" || what === "founded" || what === "form" || what === "accepted") return false;
    if (what === "new-secret" || what === "bad-secret") return about === channel;
    return isAll || about === channel || ((what === "cleared" || what === "uncleared") && detail.includes(place.compartment));
  };
  return ledger.past.slice(place.openedSeq).flatMap((entry) => {
    const before = ledger.past[entry.state.seq - 1]?.state ?? null;
    const by = nameOf(directory, entry.author);
    return [...linesOf(entry, before, directory)].filter(concerns).map(({ what, whom, channel: about, detail }, at) => ({
      is: "system" as const,
      id: `${entry.id}-${at + 1}`,
      channel,
      seq: 0,
      at: entry.at,
      what,
      by,
      whom,
      isHere: about === channel,
      detail,
      leaf: entry.leaf,
    }));
  });
}
