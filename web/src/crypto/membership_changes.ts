/**
 * What a change does to an operation, and whether it fits what is there (docs/spec/09-membership.md).
 *
 * Who may make it was judged before, by `membership_rules`.
 */

import { PROTOCOL } from "./chain.ts";
import type { Change, ChangeOf, Entry } from "./changes.ts";
import { checkRaise } from "./directory_rules.ts";
import { ProtocolError, type Code } from "./errors.ts";
import { currentEpoch } from "./membership_rules.ts";
import type { Directory } from "./people.ts";
import {
  channelOf,
  coordinators,
  memberOf,
  pending,
  reported,
  servedAgain,
  stale,
  type Channel,
  type Member,
  type Operation,
} from "./readers.ts";

/** In ms. */
export const NOTICE_OF_DESTRUCTION = 7 * 24 * 60 * 60 * 1000;
const AFTER_CLOSING: ReadonlySet<Change["change"]> = new Set<Change["change"]>([
  "grants",
  "member.remove",
  "member.restore",
  "wrap.bad",
  "retention.set",
  "hold.set",
  "operation.destroy",
  "destroy.cancel",
  "matrix.take",
  "rules.accept",
  "coordinator.take",
]);

/** `after` with one change. Raises where the change does not fit what is there. */
export function changed(after: Operation, directory: Directory, entry: Entry, change: Change): Operation {
  if (after.phase === "closed" && !AFTER_CLOSING.has(change.change)) throw notAllowed("The operation is closed.");
  switch (change.change) {
    case "operation.open":
    case "coordinator.take":
      throw notAllowed("This stands alone in its entry.");
    case "phase.set": {
      if (change.phase === "active" && coordinators(after, directory).length < 2) {
        throw notAllowed("An operation needs two coordinators before it is active.");
      }
      return { ...after, phase: change.phase };
    }
    case "member.admit":
    case "member.restore": {
      const restoredFrom = checkAdmitted(after, directory, change);
      const { account, aik, role, compartments } = change;
      const { organisation } = directory.account(account);
      return withMember(after, account, { aik, organisation, role, compartments, restoredFrom, rulesAccepted: 0 });
    }
    case "member.change": {
      const known = memberOf(after, change.account);
      checkClearance(after, change.compartments);
      const { account, role, compartments } = change;
      const isOwn = entry.by.some((author) => author.account === account);
      const { organisation } = isOwn ? known : directory.account(account);
      const member = { ...known, organisation, role, compartments };
      return stillCoordinated(after, withMember(after, account, member), directory);
    }
    case "member.remove": {
      memberOf(after, change.account);
      const rest = [...after.members].filter(([account]) => account !== change.account);
      return stillCoordinated(after, { ...after, members: new Map(rest) }, directory);
    }
    case "channel.open": {
      if (after.channels.has(change.channel)) throw refusal("repeated", "A channel with this id exists.");
      checkClearance(after, [change.compartment]);
      const { type, compartment, audience, history } = change;
      const channel = { type, compartment, audience, history, openedSeq: entry.seq, open: true, epoch: null, reports: [] };
      return withChannel(after, change.channel, channel);
    }
    case "channel.close": {
      const channel = channelOf(after, change.channel);
      if (!channel.open) throw refusal("repeated", "The channel is closed.");
      return withChannel(after, change.channel, { ...channel, open: false });
    }
    case "template.adopt": {
      const { template, version, hash } = change;
      if ((after.templates.get(template)?.version ?? 0) >= version) {
        throw refusal("repeated", "This version of the template is not newer.");
      }
      return { ...after, templates: new Map([...after.templates, [template, { version, hash }]]) };
    }
    case "matrix.take":
      if (change.hash !== directory.matrix.hash) throw notAllowed("This is not the hub's current matrix of roles.");
      if (change.hash === after.matrix.hash) throw refusal("repeated", "The operation has this matrix.");
      return { ...after, matrix: directory.matrix };
    case "grants":
      return granted(after, directory, change);
    case "wrap.bad": {
      const by = entry.by.map(({ account }) => account);
      return withChannel(after, change.channel, reported(channelOf(after, change.channel), by, entry.at));
    }
    case "rules.set": {
      const { version, hash } = change;
      if ((after.rules?.version ?? 0) >= version) throw refusal("repeated", "This version of the rules is not newer.");
      return { ...after, rules: { version, hash } };
    }
    case "rules.accept":
      return rulesAccepted(after, entry, change.version);
    case "retention.set":
      if (change.until <= entry.at) throw notAllowed("This would be kept until a time that is over.");
      if (change.until === after.retentionUntil) throw refusal("repeated", "This is kept until then already.");
      return { ...after, retentionUntil: change.until };
    case "hold.set":
      return held(after, entry, change);
    case "operation.close":
      return { ...after, phase: "closed" };
    case "operation.destroy":
      return doomed(after, entry, change.at);
    case "destroy.cancel":
      if (after.destroyAt === null) throw notAllowed("Nothing is to be destroyed.");
      return { ...after, destroyAt: null };
    case "version.raise":
      checkRaise(change.version, after.version, PROTOCOL);
      return { ...after, version: change.version };
  }
}

export function withChannel(after: Operation, id: string, channel: Channel): Operation {
  return { ...after, channels: new Map([...after.channels, [id, channel]]) };
}

export function withMember(after: Operation, account: string, member: Member): Operation {
  return { ...after, members: new Map([...after.members, [account, member]]) };
}

/** Who is not valid any more, suspended or under an older key, coordinates nothing. */
function stillCoordinated(before: Operation, after: Operation, directory: Directory): Operation {
  if (coordinators(before, directory).length > 0 && coordinators(after, directory).length === 0) {
    throw notAllowed("An operation keeps at least one coordinator.");
  }
  return after;
}

/** The identity key under which a restored member belonged here before; null for one who is admitted. */
function checkAdmitted(
  after: Operation,
  directory: Directory,
  change: ChangeOf<"member.admit"> | ChangeOf<"member.restore">,
): string | null {
  const account = directory.account(change.account);
  if (account.aik !== change.aik) {
    throw refusal("not-certified", "Admitted under another identity key than the certified one.");
  }
  if (account.suspended) throw refusal("revoked", "A suspended account cannot be admitted.");
  const known = after.members.get(change.account);
  if (known?.aik === change.aik) throw refusal("repeated", "This account is a member already.");
  checkClearance(after, change.compartments);
  if (change.change === "member.admit") return null;
  if (known === undefined) throw notAllowed("Only a member under an older identity key is restored.");
  return known.aik;
}

function checkClearance(after: Operation, compartments: readonly string[]): void {
  if (!compartments.every((compartment) => after.compartments.includes(compartment))) {
    throw notAllowed("The operation has no such compartment.");
  }
}

/**
 * Readers who wait are given the current epoch where the history is kept and it is not stale. Who was restored is given
 * again what was theirs under the older key, whatever the history, though their own loss made it stale.
 */
function granted(after: Operation, directory: Directory, change: ChangeOf<"grants">): Operation {
  const channel = channelOf(after, change.channel);
  if (!channel.open) throw notAllowed("The channel is closed.");
  const epoch = currentEpoch(after, change.channel, change.epoch, "This is not the channel's current epoch.");
  const again = new Set(servedAgain(after, change.channel, directory).map(({ account }) => account));
  if (!change.to.every((account) => again.has(account))) {
    if (channel.history !== "all") throw notAllowed("History is from joining: a newcomer needs a new epoch.");
    if (stale(after, change.channel, directory)) throw refusal("stale-epoch", "A stale epoch is not granted to anyone.");
  }
  const waiting = new Map(pending(after, change.channel, directory).map((reader) => [reader.account, reader]));
  const served = change.to.map((account) => {
    const reader = waiting.get(account);
    if (reader === undefined) throw refusal("not-a-reader", "Granted to someone who is not waiting for it.");
    return reader;
  });
  return withChannel(after, change.channel, {
    ...channel,
    epoch: { ...epoch, granted: [...epoch.granted, ...served] },
  });
}

function rulesAccepted(after: Operation, entry: Entry, version: number): Operation {
  if (after.rules?.version !== version) {
    throw refusal("wrong-place", "This is not the version of the rules that stands.");
  }
  let accepted = after;
  for (const { account } of entry.by) {
    const known = accepted.members.get(account);
    if (known === undefined) throw notAllowed("Who leaves accepts no rules.");
    if (known.rulesAccepted === version) throw refusal("repeated", "These rules were accepted before.");
    accepted = withMember(accepted, account, { ...known, rulesAccepted: version });
  }
  return accepted;
}

function held(after: Operation, entry: Entry, { on, reason }: ChangeOf<"hold.set">): Operation {
  if (on === (after.hold !== null)) throw refusal("repeated", "The hold is so already.");
  if (on) return { ...after, hold: reason, destroyAt: null };
  if (entry.by.length !== 2) throw notAllowed("Two lift a hold.");
  return { ...after, hold: null };
}

function doomed(after: Operation, entry: Entry, at: number): Operation {
  if (entry.by.length !== 2) throw notAllowed("Two destroy an operation.");
  if (after.phase !== "closed") throw notAllowed("Only a closed operation is destroyed.");
  if (after.hold !== null) throw notAllowed("The operation is on hold.");
  if (after.destroyAt !== null) throw refusal("repeated", "The operation is to be destroyed already.");
  if (at < entry.at + NOTICE_OF_DESTRUCTION) throw notAllowed("Whoever disagrees has seven days.");
  return { ...after, destroyAt: at };
}

function refusal(code: Code, sentence: string): ProtocolError {
  return new ProtocolError(code, sentence);
}

function notAllowed(sentence: string): ProtocolError {
  return refusal("not-allowed", sentence);
}
