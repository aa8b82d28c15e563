/**
 * Changing an operation: one signed entry with its changes, and the epochs and grants that follow from them
 * (docs/spec/09-membership.md; twin of hub/client/governance.py).
 *
 * Nobody has to think of keys: whatever a change makes stale or leaves waiting is made good in the same commit, as far as this member
 * may read it; the rest waits for another reader.
 */
import { chainStart } from "../crypto/chain.ts";
import type { Change } from "../crypto/changes.ts";
import { b64, type Bytes, canon, compareIds, type JsonObject } from "../crypto/encoding.ts";
import { type EpochRecord, type Reader, wrapsRoot } from "../crypto/epochs.ts";
import {
  apply,
  channelOf,
  entryBody,
  entryId,
  holders,
  isReader,
  type Operation,
  pending,
  readers,
  servedAgain,
  stale,
} from "../crypto/membership.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { joinParts, pack } from "../crypto/packet.ts";
import type { Directory } from "../crypto/people.ts";
import { EPOCH_AGE } from "../crypto/readers.ts";
import { makeEpoch, makeWraps } from "../crypto/sealing.ts";
import { Refused, sendPacket } from "../net/api.ts";
import type { ChannelLog } from "./channel.ts";
import type { EpochSecrets } from "./epochs.ts";
import type { Unlocked } from "./keys.ts";
import type { DirectoryLedger, OperationLedger } from "./ledger.ts";
import { Declined } from "./problems.ts";
import { known } from "./known.ts";
import { nextEpoch, othersFirst, recipients, wrapsDocument } from "./tending.ts";

/** Entries of others that may come first before it is given up. */
const CONFLICTS = 8;
/** Entries that one intention may take: people by the hundred, channels by the dozen. */
const MOST_ENTRIES = 64;
const MOVED_ON: ReadonlySet<string> = new Set(["conflict", "not-next", "stale-epoch", "wrong-readers"]);
/** In bytes: what one entry may carry (60,000 signed, 4 MiB beside) with some room; what does not fit follows in the next one. */
const SIGNED_ROOM = 50_000;
const BESIDE_ROOM = 3_500_000;
const EPOCH_SIGNED = 1_200;
const ROW_CARRIED = 1_620;
/** How many changes stand in one entry; of 300 people to admit the others follow in the next one. */
const CHANGES_AT_ONCE = 100;

/** What a person means, as changes of the operation as it stands now. */
export interface Meant {
  readonly changes: readonly Change[];
  /** Labels of channels that the changes open. */
  readonly labels: ReadonlyMap<string, string>;
  /** What stands beside the entry, by the hash under which a change signs it. */
  readonly documents: ReadonlyMap<string, JsonObject>;
}

export interface Governing {
  readonly keys: Unlocked;
  readonly directory: DirectoryLedger;
  readonly operation: OperationLedger;
  readonly secrets: EpochSecrets;
  /** Null for a channel that isn't read here. */
  readonly log: (channel: string) => ChannelLog | null;
}

/** What a commit did with keys: `rotated` have a new secret or its grants, `waiting` need a reader's next step before anything is sealed. */
export interface Followed {
  readonly rotated: readonly string[];
  readonly waiting: readonly string[];
}

interface Composed {
  readonly body: Bytes;
  readonly beside: readonly Uint8Array[];
  readonly tended: readonly string[];
}

/**
 * One entry with what is meant and what follows from it, judged here before the hub sees it.
 *
 * `meant` is asked again on top of each entry of others that came first: it answers with what is still to be changed, and raises where
 * that entry touched the person's own intention; then nothing is sent. A rule that refuses raises with its own code.
 */
export async function commit(at: Governing, meant: (state: Operation) => Promise<Meant> | Meant): Promise<Followed> {
  const rotated = new Set<string>();
  for (let conflicts = 0, entries = 0; conflicts < CONFLICTS && entries < MOST_ENTRIES; entries++) {
    const composed = await compose(at, await meant(known(at.operation)));
    if (composed === null) return { rotated: [...rotated], waiting: waiting(at, rotated) };
    if (await submitted(at, composed.body, composed.beside)) for (const channel of composed.tended) rotated.add(channel);
    else conflicts += 1;
  }
  throw new Declined("conflict");
}

/** Hands in an entry to an address. Raises nothing where another came first or nobody knows: the chain then tells. */
export async function handIn(at: Pick<Governing, "keys">, path: string, body: Bytes, beside: readonly Uint8Array[]): Promise<Refused | null> {
  const signature = await at.keys.signer.sign("entry", body);
  const packet = pack(new Uint8Array(), body, new Uint8Array(), [signature], joinParts([...beside]));
  try {
    await sendPacket(path, packet);
    return null;
  } catch (refused) {
    if (!(refused instanceof Refused) || !(MOVED_ON.has(refused.code) || refused.isUnknown)) throw refused;
    return refused;
  }
}

/** True when the entry stands in the chain, false when another came first; whatever the answer, the chain is up to date afterwards. */
async function submitted(at: Governing, body: Bytes, beside: readonly Uint8Array[]): Promise<boolean> {
  const refusal = await handIn(at, `/api/operations/${at.operation.id}/entries`, body, beside);
  await at.directory.sync();
  await at.operation.sync();
  const id = await entryId(body);
  if (at.operation.past.some((entry) => entry.id === id)) return true;
  if (refusal === null || refusal.isUnknown) throw refusal ?? new Declined("gap");
  return false;
}

/** The entry's body and what travels beside it; null where nothing has to be said. */
async function compose(at: Governing, meant: Meant): Promise<Composed | null> {
  const before = known(at.operation);
  const changes = meant.changes.slice(0, CHANGES_AT_ONCE);
  const after = changes.length === 0 ? before : await tried(at, before, changes);
  const directory = at.directory.latest;
  const grants: Change[] = [];
  const records: EpochRecord[] = [];
  const [first, late]: [Uint8Array[], Uint8Array[]] = [[], []];
  const tended: string[] = [];
  let [signed, carried] = [0, 0];
  for (const channel of [...after.channels.keys()].sort(compareIds)) {
    if (mayBegin(at, after, channel)) {
      const to = recipients(readers(after, channel, directory), at.directory);
      signed += EPOCH_SIGNED;
      carried += to.length * ROW_CARRIED;
      if (tended.length > 0 && (signed > SIGNED_ROOM || carried > BESIDE_ROOM)) break;
      tended.push(channel);
      const { record, wraps } = await firstEpoch(at, after, channel, meant.labels.get(channel) ?? "");
      records.push(record);
      late.push(wrapsDocument(channel, record.epoch, to, wraps));
      continue;
    }
    const log = at.log(channel);
    if (log === null || !mayTend(at, before, after, channel)) continue;
    const again = givenAgain(after, channel, directory);
    const isNew = again.length === 0 && needsNext(after, channel, directory);
    const served = again.length > 0 ? again : givenNow(after, channel, directory);
    if (!isNew && served.length === 0) continue;
    const to = isNew ? readers(after, channel, directory) : served;
    signed += isNew ? EPOCH_SIGNED : 200 + 25 * to.length;
    carried += to.length * ROW_CARRIED;
    if (tended.length > 0 && (signed > SIGNED_ROOM || carried > BESIDE_ROOM)) break;
    try {
      if (isNew) {
        const { record, beside } = await nextEpoch({ ...at, log }, after);
        records.push(record);
        late.push(beside);
      } else {
        const { change, beside } = await grantOf(at, after, channel, served);
        grants.push(change);
        first.push(beside);
      }
      tended.push(channel);
    } catch (refused) {
      // What does not hold in one channel keeps nobody from the change: another reader tends to it.
      if (!(refused instanceof ProtocolError)) throw refused;
    }
  }
  if (changes.length === 0 && tended.length === 0) return null;
  // The wraps of grants stand first, as the hub reads them.
  const documents = changes.flatMap((change) => ("hash" in change ? (meant.documents.get(change.hash) ?? []) : [])).map(canon);
  return { body: entryOf(at, before, [...changes, ...grants], records), beside: [...first, ...late, ...documents], tended };
}

/** The operation as it would be; what the rules refuse is told before anything is sent. */
export async function tried(at: Governing, before: Operation, changes: readonly Change[]): Promise<Operation> {
  const body = entryOf(at, before, changes, []);
  return apply(before, at.directory.latest, body, [await at.keys.signer.sign("entry", body)]);
}

function entryOf({ keys, directory, operation }: Governing, before: Operation, changes: readonly Change[], epochs: readonly EpochRecord[]): Bytes {
  return entryBody({
    hub: keys.hub,
    operation: operation.id,
    seq: before.seq + 1,
    prev: before.head,
    directorySize: directory.latest.size,
    directoryHead: directory.latest.head,
    by: [{ account: keys.account, device: keys.device }],
    at: Math.max(Date.now(), before.at),
    changes,
    epochs,
  });
}

/** A reader before and after the entry who has the current secret: only such a one hands it on or makes the next. */
function mayTend({ keys, directory }: Governing, before: Operation, after: Operation, channel: string): boolean {
  const { open, epoch } = channelOf(after, channel);
  const reads = (state: Operation): boolean => state.channels.has(channel) && isReader(state, channel, keys.account, directory.latest);
  const { aik } = directory.latest.account(keys.account);
  const holds = epoch !== null && holders(epoch).some((one) => one.account === keys.account && one.aik === aik);
  return open && holds && reads(before) && reads(after) && !othersFirst(after, channel, keys.account);
}

/** Whether the channel's next secret has to be made before anything is sealed. Nothing is sealed in a closed operation. */
function needsNext(after: Operation, channel: string, directory: Directory): boolean {
  if (after.phase === "closed") return false;
  const { epoch } = channelOf(after, channel);
  if (epoch !== null && Date.now() - epoch.madeAt >= EPOCH_AGE) return true;
  const joined = channelOf(after, channel).history === "from-join" && pending(after, channel, directory).length > 0;
  return joined || stale(after, channel, directory);
}

/** Restored members who get the current secret again before there is another: nothing else ever opens to them what was said under it. */
function givenAgain(after: Operation, channel: string, directory: Directory): readonly Reader[] {
  const isKept = channelOf(after, channel).history === "all" && after.phase !== "closed";
  return isKept ? [] : servedAgain(after, channel, directory);
}

/** Readers who wait and may be given the current secret as it is. */
function givenNow(after: Operation, channel: string, directory: Directory): readonly Reader[] {
  const isKept = channelOf(after, channel).history === "all" && !stale(after, channel, directory);
  return isKept ? pending(after, channel, directory) : [];
}

/** A channel without any secret yet, of which this person is a reader. */
function mayBegin({ keys, directory }: Governing, after: Operation, channel: string): boolean {
  const { open, epoch } = channelOf(after, channel);
  return after.phase !== "closed" && open && epoch === null && isReader(after, channel, keys.account, directory.latest);
}

async function firstEpoch({ keys, directory }: Governing, after: Operation, channel: string, label: string): ReturnType<typeof makeEpoch> {
  const place = { hub: keys.hub, operation: after.id, channel };
  const seen = { seq: 0, chain: b64(await chainStart(place.hub, place.operation, channel)) };
  return makeEpoch(place, 1, recipients(readers(after, channel, directory.latest), directory), label, seen, null);
}

async function grantOf(
  at: Governing,
  after: Operation,
  channel: string,
  served: readonly Reader[],
): Promise<{ readonly change: Change; readonly beside: Uint8Array }> {
  const { epoch } = channelOf(after, channel);
  if (epoch === null) throw new Declined("stale-epoch");
  const { number, record } = epoch;
  const to = recipients(served, at.directory);
  const place = { hub: at.keys.hub, operation: after.id, channel };
  const wraps = await makeWraps(place, record.commitment, to, await at.secrets.of(channel, number));
  const change: Change = {
    change: "grants",
    channel,
    epoch: number,
    wrapsHash: b64(await wrapsRoot(served, wraps)),
    to: served.map(({ account }) => account),
  };
  return { change, beside: wrapsDocument(channel, number, to, wraps) };
}

/** Channels that need a step of somebody who reads them. */
function waiting({ operation, directory }: Governing, done: ReadonlySet<string>): readonly string[] {
  const state = known(operation);
  const needs = (channel: string): boolean =>
    channelOf(state, channel).epoch !== null &&
    (needsNext(state, channel, directory.latest) || pending(state, channel, directory.latest).length > 0);
  return [...state.channels].filter(([channel, { open }]) => open && !done.has(channel) && needs(channel)).map(([channel]) => channel);
}
