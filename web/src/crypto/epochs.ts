/**
 * What an epoch record says about its readers and wraps, checked without opening anything (docs/spec/09-epochs.md).
 */

import { b64, commitTo, hashOf, type Bytes, type Json } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { leafHash, root } from "./merkle.ts";

/** In bytes: `ML-KEM ciphertext (1088) ‖ X25519 (32) ‖ secret (32) ‖ tag (16)`. */
export const WRAP_SIZE = 1168;

/** A computed reader of a channel; ids and hashes as base64url. */
export interface Reader {
  readonly account: string;
  readonly aik: string;
  readonly generation: number;
  readonly aek_hash: string;
}

/** One member's wrap of an epoch's secret. */
export interface Wrap {
  readonly account: string;
  readonly generation: number;
  readonly wrap: Bytes;
}

/** The names are those of the signed JSON. */
export interface EpochRecord {
  readonly channel: string;
  readonly epoch: number;
  readonly readers_hash: string;
  readonly wraps_hash: string;
  readonly commitment: string;
  readonly label: string;
  readonly seen: { readonly seq: number; readonly chain: string };
  readonly previous: string | null;
}

/** The hash over all readers, which stand in the order of their raw account ids: a ghost or a missing one changes it. */
export async function readersHash(readers: readonly Reader[]): Promise<Bytes> {
  const rows: Json = readers.map((reader) => [reader.account, reader.aik, reader.generation, reader.aek_hash]);
  return hashOf("readers", rows);
}

/** The bytes of one leaf of the tree whose root an epoch record names. */
export function wrapLeaf(account: string, generation: number, wrap: Uint8Array): Bytes {
  return commitTo("wrap-leaf", { account, generation, wrap: b64(wrap) });
}

/** The root over all wraps, which stand in the order of the raw account ids. */
export async function wrapsRoot(wraps: readonly Wrap[]): Promise<Bytes> {
  const leaves = wraps.map((one) => leafHash(wrapLeaf(one.account, one.generation, one.wrap)));
  return root(await Promise.all(leaves));
}

/** Raises wrong-wraps unless there is exactly one wrap for each reader, in order, under the signed hash. */
export async function checkWraps(
  wrapsHash: string,
  wraps: readonly Wrap[],
  readers: readonly Pick<Reader, "account" | "generation">[],
): Promise<void> {
  const fit = readers.every((reader, at) => {
    const one = wraps[at];
    return one?.account === reader.account && one.generation === reader.generation && one.wrap.length === WRAP_SIZE;
  });
  if (!fit || wraps.length !== readers.length || b64(await wrapsRoot(wraps)) !== wrapsHash) {
    throw new ProtocolError("wrong-wraps", "The wraps are not exactly one for each reader.");
  }
}
