/**
 * An operation's state, and what follows from it and the directory: who reads a channel, whether its epoch is stale, who
 * may send (docs/spec/09-membership.md).
 */

import type { Matrix, Role } from "./acts.ts";
import type { Audience, ChannelType, History, Stage } from "./changes.ts";
import { compareIds } from "./encoding.ts";
import type { EpochRecord, Reader } from "./epochs.ts";
import { ProtocolError } from "./errors.ts";
import { reads, type Account, type Directory } from "./people.ts";

/** In ms; a soft limit: sending goes on if the renewal fails. */
export const EPOCH_AGE = 30 * 24 * 60 * 60 * 1000;
/** Reports by one account in one channel within a day: who reports without end stops nobody. */
const REPORTS = 3;
const REPORTS_WITHIN = 24 * 60 * 60 * 1000;
/** These need no ciphertext. */
const ON_STALE_EPOCH: ReadonlySet<string> = new Set(["acknowledgement", "seen"]);

/**
 * A membership is bound to the identity key it was given for, and speaks for the organisation of that moment: another
 * certificate of one administrator opens no country's or organisation's channel.
 */
export interface Member {
  readonly aik: string;
  readonly organisation: string;
  readonly role: Role;
  readonly compartments: readonly string[];
  /** The identity key before this one, where a coordinator restored the member. */
  readonly restoredFrom: string | null;
  readonly rulesAccepted: number;
}

export interface Epoch {
  readonly number: number;
  readonly author: string;
  readonly madeSeq: number;
  readonly madeAt: number;
  readonly readers: readonly Reader[];
  /** Readers served later, in the order of their grants. */
  readonly granted: readonly Reader[];
  readonly record: EpochRecord;
  /** A reader reported that it does not open. */
  readonly bad: boolean;
}

export interface Channel {
  readonly type: ChannelType;
  readonly compartment: string;
  readonly audience: Audience;
  readonly history: History;
  readonly openedSeq: number;
  readonly open: boolean;
  readonly epoch: Epoch | null;
  /** Who reported an epoch bad within the last day, and when. */
  readonly reports: readonly (readonly [account: string, at: number])[];
}

export interface Template {
  readonly version: number;
  readonly hash: string;
}

/** The handling rules that stand. */
export interface Rules {
  readonly version: number;
  readonly hash: string;
}

/** The operation after `seq` + 1 entries. Never changes; `membership.apply` gives the next one. */
export interface Operation {
  readonly hub: string;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly phase: Stage;
  readonly compartments: readonly string[];
  readonly seq: number;
  readonly head: string;
  readonly at: number;
  readonly directorySize: number;
  readonly matrix: Matrix;
  readonly members: ReadonlyMap<string, Member>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly templates: ReadonlyMap<string, Template>;
  readonly rules: Rules | null;
  readonly retentionUntil: number | null;
  /** Why nothing may be destroyed. */
  readonly hold: string | null;
  readonly destroyAt: number | null;
  readonly version: number;
  /** The last appointment that was used. */
  readonly takenSeq: number;
}

/** Raises not-allowed. */
export function channelOf(state: Operation, channel: string): Channel {
  const found = state.channels.get(channel);
  if (found === undefined) throw notAllowed("The operation has no such channel.");
  return found;
}

/** Raises not-allowed. */
export function memberOf(state: Operation, account: string): Member {
  const found = state.members.get(account);
  if (found === undefined) throw notAllowed("This account is not a member of the operation.");
  return found;
}

/** All who can open the epoch. */
export function holders(epoch: Epoch): readonly Reader[] {
  return [...epoch.readers, ...epoch.granted];
}

/**
 * Who reads `channel`, sorted by account: members whose role and clearance the matrix lets read its compartment, in its
 * audience, with the identity key they were admitted with, neither suspended nor awaiting a new key.
 */
export function readers(state: Operation, channel: string, directory: Directory): readonly Reader[] {
  const found = known(state, directory).get(channel) ?? computed(state, channel, directory);
  known(state, directory).set(channel, found);
  return found;
}

// Neither state ever changes, so what was computed from both stays true as long as both are kept.
const remembered = new WeakMap<Operation, WeakMap<Directory, Map<string, readonly Reader[]>>>();

function known(state: Operation, directory: Directory): Map<string, readonly Reader[]> {
  const byDirectory = remembered.get(state) ?? new WeakMap<Directory, Map<string, readonly Reader[]>>();
  remembered.set(state, byDirectory);
  const byChannel = byDirectory.get(directory) ?? new Map<string, readonly Reader[]>();
  byDirectory.set(directory, byChannel);
  return byChannel;
}

function computed(state: Operation, channel: string, directory: Directory): readonly Reader[] {
  const place = channelOf(state, channel);
  const found: Reader[] = [];
  for (const [id, member] of state.members) {
    const account = directory.accounts.get(id);
    if (
      account !== null &&
      reads(account) &&
      account.aik === member.aik &&
      member.compartments.includes(place.compartment) &&
      state.matrix.allows("channel.read", member.role, place.compartment) &&
      inAudience(place.audience, account, member)
    ) {
      const { aik, generation, aekHash } = account;
      found.push({ account: id, aik, generation, aekHash });
    }
  }
  return found.sort((a, b) => compareIds(a.account, b.account));
}

/** Readers who have no wrap of the current epoch yet: all of them while there is no epoch. */
export function pending(state: Operation, channel: string, directory: Directory): readonly Reader[] {
  const { epoch } = channelOf(state, channel);
  const held = new Set(epoch === null ? [] : holders(epoch).map(keyOf));
  return readers(state, channel, directory).filter((reader) => !held.has(keyOf(reader)));
}

/**
 * Restored members who wait for the current epoch and had it under their key before: it may be granted to them again whatever
 * the channel's history, though their own loss made it stale.
 */
export function servedAgain(state: Operation, channel: string, directory: Directory): readonly Reader[] {
  const { epoch } = channelOf(state, channel);
  const had = new Set(epoch === null ? [] : holders(epoch).map(({ account, aik }) => `${account} ${aik}`));
  return pending(state, channel, directory).filter(({ account }) =>
    had.has(`${account} ${state.members.get(account)?.restoredFrom ?? ""}`),
  );
}

/**
 * Whether someone who can open the current epoch no longer reads the channel with the same identity key and key
 * generation, or it was reported bad. Nobody seals under a stale epoch. False while there is none.
 */
export function stale(state: Operation, channel: string, directory: Directory): boolean {
  const { epoch } = channelOf(state, channel);
  if (epoch === null) return false;
  const current = new Set(readers(state, channel, directory).map(keyOf));
  return epoch.bad || !holders(epoch).every((reader) => current.has(keyOf(reader)));
}

/**
 * Whether any reader may make an epoch at `at` unasked: it is missing, stale, 30 days old, or a reader waits. Never in a
 * closed operation, where nothing is sealed any more.
 */
export function epochNeeded(state: Operation, channel: string, directory: Directory, at: number): boolean {
  const { epoch } = channelOf(state, channel);
  if (state.phase === "closed") return false;
  return (
    epoch === null ||
    stale(state, channel, directory) ||
    at - epoch.madeAt >= EPOCH_AGE ||
    pending(state, channel, directory).length > 0
  );
}

/**
 * Returns only if `account` may send a `kind` into `channel` now.
 *
 * Raises not-allowed (no member, operation or channel closed, role or clearance), not-a-reader, or stale-epoch (also while there is no
 * epoch); an acknowledgement is accepted on a stale epoch.
 */
export function maySend(state: Operation, channel: string, account: string, kind: string, directory: Directory): void {
  const [place, member] = [channelOf(state, channel), memberOf(state, account)];
  if (state.phase === "closed") throw notAllowed("The operation is closed.");
  if (!place.open) throw notAllowed("The channel is closed.");
  if (!state.matrix.allows(`${kind}.send`, member.role, place.compartment)) {
    throw notAllowed(`The role ${member.role} sends no ${kind} here.`);
  }
  const announces = state.matrix.allows("notice.send", member.role, place.compartment);
  if (place.type === "announcement" && !ON_STALE_EPOCH.has(kind) && !announces) {
    throw notAllowed("Only who announces speaks in a channel of announcements.");
  }
  if (!isReader(state, channel, account, directory)) {
    throw new ProtocolError("not-a-reader", "Who does not read a channel sends nothing into it.");
  }
  if (place.epoch === null) throw new ProtocolError("stale-epoch", "The channel has no epoch yet.");
  if (!ON_STALE_EPOCH.has(kind) && stale(state, channel, directory)) {
    throw new ProtocolError("stale-epoch", "Someone who can open this epoch lost reading: a new one comes first.");
  }
}

export function isReader(state: Operation, channel: string, account: string, directory: Directory): boolean {
  return readers(state, channel, directory).some((reader) => reader.account === account);
}

/** The valid ones: with the identity key they were admitted with, not suspended. */
export function coordinators(state: Operation, directory: Directory): readonly string[] {
  return [...state.members].flatMap(([id, { role, aik }]) => {
    const account = role === "coordinator" ? directory.accounts.get(id) : null;
    return account !== null && account.aik === aik && !account.suspended ? [id] : [];
  });
}

/** Whether enough valid coordinators are left to go on: one; two in a closed operation, who may destroy it. */
export function isCoordinated(state: Operation, directory: Directory): boolean {
  return coordinators(state, directory).length >= (state.phase === "closed" ? 2 : 1);
}

/**
 * The `act_seq` by which `account` may take over the operation now; null if nobody appointed it, the appointment is used or
 * not the newest, or the operation has its coordinators.
 */
export function appointed(state: Operation, directory: Directory, account: string): number | null {
  const [appointment, person] = [directory.appointments.get(state.id), directory.accounts.get(account)];
  if (appointment === null || person === null || person.suspended || !person.may.includes("coordinate")) return null;
  if (appointment.account !== account || appointment.aik !== person.aik) return null;
  if (appointment.seq <= state.takenSeq) return null;
  const coordinates = coordinators(state, directory).includes(account);
  return coordinates || isCoordinated(state, directory) ? null : appointment.seq;
}

/** Whether the audience includes this member. */
export function inAudience(audience: Audience, account: Account, member: Member): boolean {
  switch (audience.scope) {
    case "all":
      return true;
    case "countries":
      return account.organisation === member.organisation && audience.of.includes(account.country);
    case "organisations":
      return account.organisation === member.organisation && audience.of.includes(account.organisation);
    case "accounts":
      return audience.of.includes(account.id);
    case "roles":
      return audience.of.includes(member.role);
  }
}

function keyOf({ account, aik, generation }: Reader): string {
  return `${account} ${aik} ${generation}`;
}

function notAllowed(sentence: string): ProtocolError {
  return new ProtocolError("not-allowed", sentence);
}

/**
 * `channel` with its epoch reported bad by `by` at `at`. Raises repeated for an epoch that was reported before, not-allowed for an
 * account's fourth report within a day.
 */
export function reported(channel: Channel, by: readonly string[], at: number): Channel {
  const { epoch } = channel;
  if (epoch === null || epoch.bad) throw new ProtocolError("repeated", "This epoch was reported before.");
  const recent = channel.reports.filter(([, when]) => at - when < REPORTS_WITHIN);
  if (by.some((author) => recent.filter(([account]) => account === author).length >= REPORTS)) {
    throw new ProtocolError("not-allowed", `Reported ${REPORTS} times within a day.`);
  }
  return { ...channel, epoch: { ...epoch, bad: true }, reports: [...recent, ...by.map((author) => [author, at] as const)] };
}
