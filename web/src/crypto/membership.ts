/**
 * Who takes part in an operation, and who may change it: the operation's chain (docs/spec/09-membership.md).
 */

import type { Role } from "./acts.ts";
import { checkNext } from "./chain.ts";
import { readEntry, type Change, type ChangeOf, type Entry } from "./changes.ts";
import { b64, statementId, unb64, type Bytes } from "./encoding.ts";
import { checkEpochRecord, checkWraps, type EpochRecord, type Reader } from "./epochs.ts";
import { ProtocolError, type Code } from "./errors.ts";
import type { Account, Directory } from "./people.ts";
import {
  channelOf,
  epochNeeded,
  holders,
  isReader,
  memberOf,
  pending,
  readers,
  reported,
  stale,
  type Channel,
  type Epoch,
  type Member,
  type Operation,
} from "./readers.ts";
import { verify } from "./signing.ts";

export { audienceForm, changeForm, entryBody, readEntry, type Audience, type Author, type Entry } from "./changes.ts";
export {
  channelOf,
  epochNeeded,
  holders,
  isReader,
  maySend,
  memberOf,
  pending,
  readers,
  stale,
  type Channel,
  type Epoch,
  type Member,
  type Operation,
} from "./readers.ts";

/** The statement id of an operation's entry; the first one's is the operation's id. */
export async function entryId(body: Uint8Array): Promise<string> {
  return b64(await statementId("entry", body));
}

/**
 * The operation after one more entry; `directory` is the directory at exactly the size the entry names.
 *
 * Raises the error that names what does not fit. The steps:
 * 1. form, hub, operation, order in the chain, and a directory that is the named one and no older than before;
 * 2. each author's standing and signature;
 * 3. each change, judged by the state and the matrix before this entry;
 * 4. each epoch, judged by the state after the changes.
 */
export async function apply(
  state: Operation | null,
  directory: Directory,
  body: Bytes,
  signatures: readonly Bytes[],
): Promise<Operation> {
  const entry = readEntry(body);
  const id = await entryId(body);
  checkPlace(state, directory, entry);
  const accounts = await checkAuthors(directory, entry, body, signatures);
  if (state === null) return open(directory, entry, id, accounts);
  for (const author of entry.by) {
    if (memberOf(state, author.account).aik !== directory.account(author.account).aik) {
      throw refusal("not-certified", "The membership is under another identity key.");
    }
  }
  let after: Operation = { ...state, seq: entry.seq, head: id, at: entry.at, directorySize: directory.size };
  for (const change of entry.changes) {
    for (const author of entry.by) checkAuthorMay(state, directory, author.account, change);
    after = changed(after, directory, entry, change);
  }
  for (const record of entry.epochs) {
    for (const author of entry.by) await checkEpoch(state, after, directory, entry, author.account, record);
    after = putEpoch(after, directory, entry, record);
  }
  return after;
}

/**
 * Returns only if `wraps` are all that entry `body` needs beside it: first one list for each of its grants in order, then
 * one for each of its epochs in order. `after` is the operation that this entry led to. Raises wrong-wraps.
 */
export async function checkEntryWraps(
  after: Operation,
  body: Bytes,
  wraps: readonly (readonly Uint8Array[])[],
): Promise<void> {
  const entry = readEntry(body);
  const grants = entry.changes.filter((change) => change.change === "grants");
  if (wraps.length !== grants.length + entry.epochs.length) {
    throw refusal("wrong-wraps", "There is not one list of wraps for each grant and epoch.");
  }
  for (const [at, grant] of grants.entries()) {
    await checkWraps(grant.wrapsHash, wraps[at] ?? [], grantedReaders(after, grant));
  }
  for (const [at, record] of entry.epochs.entries()) {
    const epoch = currentEpoch(after, record.channel, record.epoch, "This is not the state that the entry led to.");
    await checkWraps(record.wrapsHash, wraps[grants.length + at] ?? [], epoch.readers);
  }
}

/** The readers that `grant` served, as of the operation it led to, in the order of its wraps. */
export function grantedReaders(after: Operation, grant: ChangeOf<"grants">): readonly Reader[] {
  const epoch = currentEpoch(after, grant.channel, grant.epoch, "This is not the epoch that was granted.");
  return epoch.granted.filter((reader) => grant.to.includes(reader.account));
}

function checkPlace(state: Operation | null, directory: Directory, entry: Entry): void {
  if (entry.hub !== directory.hub) throw refusal("wrong-hub", "This is an entry of another hub.");
  if (state !== null && entry.operation !== state.id) {
    throw refusal("wrong-place", "This is an entry of another operation.");
  }
  checkNext(state && { seq: state.seq, id: state.head }, entry.seq, entry.prev);
  if (entry.directorySize !== directory.size) {
    throw refusal("wrong-place", `Judged by a directory of ${directory.size} entries, not ${entry.directorySize}.`);
  }
  if (entry.directoryHead !== directory.head) throw refusal("forked", "The author saw another directory.");
  if (state !== null && entry.directorySize < state.directorySize) {
    throw refusal("rolled-back", "This names an older directory than the entry before.");
  }
  if (state !== null && entry.at < state.at) throw refusal("rolled-back", "This is earlier than the entry before.");
}

async function checkAuthors(
  directory: Directory,
  entry: Entry,
  body: Bytes,
  signatures: readonly Bytes[],
): Promise<readonly Account[]> {
  if (signatures.length !== entry.by.length) {
    throw refusal("bad-signature", "There is not one signature for each author.");
  }
  const accounts: Account[] = [];
  for (const [at, author] of entry.by.entries()) {
    const account = directory.account(author.account);
    const device = directory.devices.get(author.device);
    if (device === null || device.account !== author.account) {
      throw refusal("not-certified", "The author has no such device.");
    }
    if (account.suspended || !directory.deviceValid(author.device, author.account)) {
      throw refusal("revoked", "The author's account is suspended or the device revoked.");
    }
    await verify("device", unb64(device.key), "entry", body, signatures[at] ?? new Uint8Array());
    accounts.push(account);
  }
  return accounts;
}

function open(directory: Directory, entry: Entry, id: string, accounts: readonly Account[]): Operation {
  const [opening, ...more] = entry.changes;
  if (opening?.change !== "operation.open" || more.length > 0 || entry.epochs.length > 0) {
    throw notAllowed("An operation begins with operation.open and nothing else.");
  }
  if (!accounts.every((account) => account.may.includes("coordinate"))) {
    throw notAllowed("Who opens an operation must be certified to coordinate.");
  }
  if (opening.roles !== directory.matrix.hash) {
    throw notAllowed("An operation begins with the hub's current matrix of roles.");
  }
  return {
    hub: entry.hub,
    id,
    code: opening.code,
    name: opening.name,
    phase: "planned",
    compartments: opening.compartments,
    seq: 0,
    head: id,
    at: entry.at,
    directorySize: directory.size,
    matrix: directory.matrix,
    members: new Map(
      accounts.map((account) => [account.id, { aik: account.aik, role: "coordinator", compartments: opening.own }]),
    ),
    channels: new Map(),
    templates: new Map(),
  };
}

// ---- who may: judged by the state before the entry

/** Raises unless `author`, as of `state`, may make `change`. */
function checkAuthorMay(state: Operation, directory: Directory, author: string, change: Change): void {
  const own = memberOf(state, author);
  switch (change.change) {
    case "operation.open":
      throw refusal("repeated", "The operation is open.");
    case "phase.set":
      checkMatrix(state, "operation.phase", own.role);
      return;
    case "member.admit":
    case "member.change":
      if (change.change === "member.change" && change.account === author) {
        checkNotWidened(own, change);
        return;
      }
      // Leaving and coming back in one entry would be a way to widen one's own clearance.
      if (change.account === author) throw notAllowed("Nobody admits themselves.");
      checkMatrix(state, change.change, own.role);
      for (const compartment of change.compartments) checkMatrix(state, change.change, own.role, compartment);
      return;
    case "member.remove":
      // Everyone may leave.
      if (change.account !== author) checkMatrix(state, "member.remove", own.role);
      return;
    case "channel.open":
      checkMatrix(state, "channel.open", own.role, change.compartment);
      return;
    case "channel.close":
      checkMatrix(state, "channel.close", own.role, channelOf(state, change.channel).compartment);
      return;
    case "template.adopt":
    case "matrix.take":
      checkMatrix(state, change.change, own.role);
      return;
    case "grants":
    case "wrap.bad":
      checkHolder(state, directory, author, change);
      return;
  }
}

function checkMatrix(state: Operation, action: string, role: Role, compartment: string | null = null): void {
  if (!state.matrix.allows(action, role, compartment)) {
    throw notAllowed(`${action} is not for the role ${role}${compartment === null ? "" : ` in ${compartment}`}.`);
  }
}

function checkNotWidened(own: Member, change: ChangeOf<"member.change">): void {
  const within = change.compartments.every((compartment) => own.compartments.includes(compartment));
  if (change.role !== own.role || !within) {
    throw notAllowed("Nobody changes their own role or widens their own clearance.");
  }
}

/** Raises unless `author` reads the channel and has the named epoch, which is the current one. */
function checkHolder(
  state: Operation,
  directory: Directory,
  author: string,
  change: ChangeOf<"grants"> | ChangeOf<"wrap.bad">,
): void {
  const epoch = currentEpoch(state, change.channel, change.epoch, "This is not the channel's current epoch.");
  if (!isReader(state, change.channel, author, directory) || !holds(epoch, directory.account(author))) {
    throw refusal("not-a-reader", "Only who has the epoch grants it or reports it.");
  }
}

function currentEpoch(state: Operation, channel: string, number: number, otherwise: string): Epoch {
  const { epoch } = channelOf(state, channel);
  if (epoch === null || epoch.number !== number) throw refusal("wrong-place", otherwise);
  return epoch;
}

function holds(epoch: Epoch, account: Account): boolean {
  return holders(epoch).some((reader) => reader.account === account.id && reader.aik === account.aik);
}

// ---- what fits: judged by the state that the changes before it left

/** `after` with one change. Raises where the change does not fit what is there. */
function changed(after: Operation, directory: Directory, entry: Entry, change: Change): Operation {
  switch (change.change) {
    case "operation.open":
      throw refusal("repeated", "The operation is open.");
    case "phase.set": {
      if (change.phase === "active" && coordinatorCount(after) < 2) {
        throw notAllowed("An operation needs two coordinators before it is active.");
      }
      return { ...after, phase: change.phase };
    }
    case "member.admit": {
      checkAdmitted(after, directory, change);
      const { account, aik, role, compartments } = change;
      return { ...after, members: new Map([...after.members, [account, { aik, role, compartments }]]) };
    }
    case "member.change": {
      const { aik } = memberOf(after, change.account);
      checkClearance(after, change.compartments);
      const { account, role, compartments } = change;
      return withCoordinator({ ...after, members: new Map([...after.members, [account, { aik, role, compartments }]]) });
    }
    case "member.remove": {
      memberOf(after, change.account);
      const rest = [...after.members].filter(([account]) => account !== change.account);
      return withCoordinator({ ...after, members: new Map(rest) });
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
  }
}

function withChannel(after: Operation, id: string, channel: Channel): Operation {
  return { ...after, channels: new Map([...after.channels, [id, channel]]) };
}

function coordinatorCount(state: Operation): number {
  return [...state.members.values()].filter((member) => member.role === "coordinator").length;
}

function withCoordinator(after: Operation): Operation {
  if (coordinatorCount(after) === 0) throw notAllowed("An operation keeps at least one coordinator.");
  return after;
}

function checkAdmitted(after: Operation, directory: Directory, change: ChangeOf<"member.admit">): void {
  const account = directory.account(change.account);
  if (account.aik !== change.aik) {
    throw refusal("not-certified", "Admitted under another identity key than the certified one.");
  }
  if (account.suspended) throw refusal("revoked", "A suspended account cannot be admitted.");
  if (after.members.get(change.account)?.aik === change.aik) throw refusal("repeated", "This account is a member already.");
  checkClearance(after, change.compartments);
}

function checkClearance(after: Operation, compartments: readonly string[]): void {
  if (!compartments.every((compartment) => after.compartments.includes(compartment))) {
    throw notAllowed("The operation has no such compartment.");
  }
}

function granted(after: Operation, directory: Directory, change: ChangeOf<"grants">): Operation {
  const channel = channelOf(after, change.channel);
  if (!channel.open) throw notAllowed("The channel is closed.");
  if (channel.history !== "all") throw notAllowed("History is from joining: a newcomer needs a new epoch.");
  const epoch = currentEpoch(after, change.channel, change.epoch, "This is not the channel's current epoch.");
  if (stale(after, change.channel, directory)) throw refusal("stale-epoch", "A stale epoch is not granted to anyone.");
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

// ---- epochs: judged by both

/**
 * Raises unless `author` may make this epoch: a reader after the entry who, if there was an epoch, read the channel before
 * it and has the former secret; and the epoch is needed, or the role may renew it at will.
 */
async function checkEpoch(
  before: Operation,
  after: Operation,
  directory: Directory,
  entry: Entry,
  author: string,
  record: EpochRecord,
): Promise<void> {
  const channel = channelOf(after, record.channel);
  if (!channel.open) throw notAllowed("The channel is closed.");
  if (!isReader(after, record.channel, author, directory)) {
    throw refusal("not-a-reader", "Only a reader makes an epoch.");
  }
  const former = channel.epoch;
  if (former !== null) {
    if (!isReader(before, record.channel, author, directory) || !holds(former, directory.account(author))) {
      throw refusal("not-a-reader", "Only who has the former epoch makes the next.");
    }
    if (record.seenSeq < former.record.seenSeq) {
      throw refusal("rolled-back", "The author saw less of the channel than the former epoch's author.");
    }
  }
  if (!epochNeeded(after, record.channel, directory, entry.at)) {
    checkMatrix(before, "epoch.make", memberOf(before, author).role, channel.compartment);
  }
  const computed = readers(after, record.channel, directory);
  await checkEpochRecord(record, computed, former?.number ?? 0, channel.history === "all");
}

function putEpoch(after: Operation, directory: Directory, entry: Entry, record: EpochRecord): Operation {
  const [author] = entry.by;
  const epoch: Epoch = {
    number: record.epoch,
    author: author?.account ?? "",
    madeSeq: entry.seq,
    madeAt: entry.at,
    readers: readers(after, record.channel, directory),
    granted: [],
    record,
    bad: false,
  };
  return withChannel(after, record.channel, { ...channelOf(after, record.channel), epoch });
}

function refusal(code: Code, sentence: string): ProtocolError {
  return new ProtocolError(code, sentence);
}

function notAllowed(sentence: string): ProtocolError {
  return refusal("not-allowed", sentence);
}
