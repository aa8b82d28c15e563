/**
 * What everyone can check of an epoch without opening it: readers, wraps, record (docs/spec/10-epochs.md).
 */

import { b64, commitTo, compareIds, hashOf, unb64, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { fields, id16, id32, integer, octets, orNull } from "./fields.ts";
import { hashesOf, inclusionPath, leafHash, root, verifyInclusion } from "./merkle.ts";

/** In bytes: `KEM ciphertext (1,120) ‖ sealed secret (32) ‖ tag (16)`. */
export const WRAP_SIZE = 1168;
const PREVIOUS_SIZE = 12 + 32 + 16;
const MAX_LABEL_SIZE = 12 + 480 + 16;

/** One who may read a channel: the account with the keys it had then; ids and hashes as base64url. */
export interface Reader {
  readonly account: string;
  readonly aik: string;
  readonly generation: number;
  readonly aekHash: string;
}

/** An epoch as its author's signed entry holds it; byte strings as base64url. */
export interface EpochRecord {
  readonly channel: string;
  readonly epoch: number;
  readonly readersHash: string;
  readonly wrapsHash: string;
  readonly commitment: string;
  /** The channel's free name, sealed. */
  readonly label: string;
  /** How far the author had verified the channel's envelopes. */
  readonly seenSeq: number;
  readonly seenChain: string;
  /** The former epoch's secret, sealed under this one. */
  readonly previous: string | null;
}

const RECORD_FIELDS = "channel epoch readers_hash wraps_hash commitment label seen previous".split(" ");

/** Raises malformed. */
export function readRecord(value: Json | undefined): EpochRecord {
  const written = fields(value, RECORD_FIELDS);
  const seen = fields(written["seen"], ["seq", "chain"]);
  return {
    channel: id16(written["channel"]),
    epoch: integer(written["epoch"], 1),
    readersHash: id32(written["readers_hash"]),
    wrapsHash: id32(written["wraps_hash"]),
    commitment: id32(written["commitment"]),
    label: octets(written["label"], 12 + 16, MAX_LABEL_SIZE),
    seenSeq: integer(seen["seq"]),
    seenChain: id32(seen["chain"]),
    previous: orNull(written["previous"], (previous) => octets(previous, PREVIOUS_SIZE)),
  };
}

/** The written form of a record, for an entry's `epochs`. */
export function recordForm(record: EpochRecord): JsonObject {
  return {
    channel: record.channel,
    epoch: record.epoch,
    readers_hash: record.readersHash,
    wraps_hash: record.wrapsHash,
    commitment: record.commitment,
    label: record.label,
    seen: { seq: record.seenSeq, chain: record.seenChain },
    previous: record.previous,
  };
}

/** The hash over all readers, sorted by the accounts' raw bytes: a ghost or a missing one changes it. */
export async function readersHash(readers: readonly Reader[]): Promise<Bytes> {
  const ranked = [...readers].sort((a, b) => compareIds(a.account, b.account));
  return hashOf(
    "readers",
    ranked.map(({ account, aik, generation, aekHash }) => [account, aik, generation, aekHash]),
  );
}

/** The tree's leaf for one reader's wrap. */
export function wrapLeaf(account: string, generation: number, wrap: Uint8Array): Bytes {
  return commitTo("wrap-leaf", { account, generation, wrap: b64(wrap) });
}

/** `wraps_hash`: the root over the leaves in the readers' order. Raises wrong-wraps unless there is one for each. */
export async function wrapsRoot(readers: readonly Reader[], wraps: readonly Uint8Array[]): Promise<Bytes> {
  return root(await leaves(readers, wraps));
}

/** The path by which reader `index` checks that its wrap stands under the signed `wraps_hash`. */
export async function wrapPath(
  readers: readonly Reader[],
  wraps: readonly Uint8Array[],
  index: number,
): Promise<readonly Bytes[]> {
  return inclusionPath(index, wraps.length, await hashesOf(await leaves(readers, wraps)));
}

/** Where one wrap stands in the tree under `wraps_hash`. */
export interface WrapPlace {
  readonly index: number;
  readonly size: number;
  readonly path: readonly Bytes[];
}

/** Raises bad-proof unless this wrap stands at its place under `wrapsHash`, wrong-wraps for its length. */
export async function verifyWrap(
  account: string,
  generation: number,
  wrap: Uint8Array,
  { index, size, path }: WrapPlace,
  wrapsHash: string,
): Promise<void> {
  if (wrap.length !== WRAP_SIZE) throw wrongWraps(`A wrap has ${WRAP_SIZE} bytes.`);
  const leaf = await leafHash(wrapLeaf(account, generation, wrap));
  await verifyInclusion(index, size, leaf, path, unb64(wrapsHash, 32));
}

/**
 * Raises not-next unless the record follows the epoch `former` (0: none), wrong-readers unless it is for exactly `readers`
 * (no ghost, none left out), bad-previous unless `previous` is there exactly when history is kept.
 */
export async function checkEpochRecord(
  record: EpochRecord,
  readers: readonly Reader[],
  former: number,
  keepsHistory: boolean,
): Promise<void> {
  if (record.epoch !== former + 1) throw new ProtocolError("not-next", `Epoch ${record.epoch} after ${former}.`);
  if (readers.length === 0 || record.readersHash !== b64(await readersHash(readers))) {
    throw new ProtocolError("wrong-readers", "The epoch is not for the computed readers.");
  }
  if ((record.previous !== null) !== (keepsHistory && former > 0)) {
    throw new ProtocolError("bad-previous", "The former secret is missing, or given where history is not kept.");
  }
}

/** Raises wrong-wraps unless there is one wrap for each reader, in order, of the right length, under the hash. */
export async function checkWraps(
  wrapsHash: string,
  wraps: readonly Uint8Array[],
  readers: readonly Reader[],
): Promise<void> {
  if (b64(await wrapsRoot(readers, wraps)) !== wrapsHash) throw wrongWraps("The wraps are not those that were signed.");
}

async function leaves(readers: readonly Reader[], wraps: readonly Uint8Array[]): Promise<readonly Bytes[]> {
  if (wraps.length !== readers.length || wraps.some((wrap) => wrap.length !== WRAP_SIZE)) {
    throw wrongWraps(`${wraps.length} wraps for ${readers.length} readers, or one of the wrong length.`);
  }
  readers.forEach(({ account }, at) => {
    const former = readers[at - 1];
    if (former !== undefined && compareIds(former.account, account) >= 0) throw wrongWraps("Readers are out of order.");
  });
  const hashes = readers.map(({ account, generation }, at) =>
    leafHash(wrapLeaf(account, generation, wraps[at] ?? new Uint8Array())),
  );
  return Promise.all(hashes);
}

function wrongWraps(sentence: string): ProtocolError {
  return new ProtocolError("wrong-wraps", sentence);
}
