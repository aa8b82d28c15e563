/**
 * Who takes part in an operation, and who may change it: the operation's chain (docs/spec/09-membership.md).
 */

import { checkNext } from "./chain.ts";
import { readEntry, type ChangeOf, type Entry } from "./changes.ts";
import { b64, statementId, unb64, type Bytes } from "./encoding.ts";
import { checkEpochRecord, checkWraps, type EpochRecord, type Reader } from "./epochs.ts";
import { ProtocolError, type Code } from "./errors.ts";
import { changed, withChannel, withMember } from "./membership_changes.ts";
import { checkAuthorMay, checkMatrix, currentEpoch, holds } from "./membership_rules.ts";
import type { Account, Directory } from "./people.ts";
import {
  appointed,
  channelOf,
  epochNeeded,
  isCoordinated,
  isReader,
  memberOf,
  readers,
  type Epoch,
  type Operation,
} from "./readers.ts";
import { verify } from "./signing.ts";

export { audienceForm, changeForm, entryBody, readEntry, type Audience, type Author, type Entry } from "./changes.ts";
export {
  appointed,
  channelOf,
  coordinators,
  epochNeeded,
  holders,
  isReader,
  maySend,
  memberOf,
  pending,
  readers,
  servedAgain,
  stale,
  type Channel,
  type Epoch,
  type Member,
  type Operation,
} from "./readers.ts";

const COORDINATOR = { role: "coordinator", restoredFrom: null, rulesAccepted: 0 } as const;

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
 * 3. each change, judged by the state and the matrix before this entry, and whether it fits what those before it left;
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
  const after: Operation = { ...state, seq: entry.seq, head: id, at: entry.at, directorySize: directory.size };
  const take = entry.changes.find((change) => change.change === "coordinator.take");
  if (take !== undefined) return takenOver(state, after, directory, entry, take.actSeq);
  for (const author of entry.by) {
    if (memberOf(state, author.account).aik !== directory.account(author.account).aik) {
      throw refusal("not-certified", "The membership is under another identity key.");
    }
  }
  let made = after;
  for (const change of entry.changes) {
    for (const author of entry.by) checkAuthorMay(state, directory, author.account, change);
    made = changed(made, directory, entry, change);
  }
  if (made.phase === "closed" && entry.epochs.length > 0) throw notAllowed("A closed operation needs no new secret.");
  for (const record of entry.epochs) {
    for (const author of entry.by) await checkEpoch(state, made, directory, entry, author.account, record);
    made = putEpoch(made, directory, entry, record);
  }
  return made;
}

/**
 * Returns only if what an entry was judged by still held when it was put in order: `then` is the directory as it stood at the
 * entry's place in the log, which may have grown since the one that the entry names.
 *
 * Raises revoked for an author whose device or account had ended by then, not-certified for an appointment that no longer let
 * its account take over. Otherwise an old key and a hub that lies could go on from before its end.
 */
export function checkAtItsPlace(before: Operation | null, entry: Entry, then: Directory): void {
  const take = entry.changes.find((change) => change.change === "coordinator.take");
  for (const { account, device } of entry.by) {
    if (then.account(account).suspended || !then.deviceValid(device, account)) {
      throw refusal("revoked", "The author's account or device had ended when this was put in order.");
    }
    if (take !== undefined && before !== null && appointed(before, then, account) !== take.actSeq) {
      throw refusal("not-certified", "The author could no longer take over when this was put in order.");
    }
  }
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
  if (state !== null && state.destroyAt !== null && entry.at >= state.destroyAt) {
    throw notAllowed("The operation is destroyed.");
  }
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
      accounts.map(({ id, aik, organisation }) => [
        id,
        { ...COORDINATOR, aik, organisation, compartments: opening.own },
      ]),
    ),
    channels: new Map(),
    templates: new Map(),
    rules: null,
    retentionUntil: null,
    hold: null,
    destroyAt: null,
    version: 1,
    takenSeq: 0,
  };
}

/** The appointed account becomes a coordinator who reads nothing: another coordinator clears them. */
function takenOver(
  state: Operation,
  after: Operation,
  directory: Directory,
  entry: Entry,
  actSeq: number,
): Operation {
  const [author, ...others] = entry.by;
  if (author === undefined || others.length > 0 || entry.changes.length > 1 || entry.epochs.length > 0) {
    throw notAllowed("An operation is taken over by an entry that does nothing else.");
  }
  if (actSeq <= state.takenSeq) throw refusal("repeated", "This appointment was used.");
  if (isCoordinated(state, directory)) throw notAllowed("The operation has its coordinators.");
  if (appointed(state, directory, author.account) !== actSeq) {
    throw refusal("not-certified", "No appointment of the author, as they are certified now, or not the newest.");
  }
  const { aik, organisation } = directory.account(author.account);
  const taken = withMember(after, author.account, { ...COORDINATOR, aik, organisation, compartments: [] });
  return { ...taken, takenSeq: actSeq };
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
