/**
 * RFC 6962 trees: roots, and proofs that a leaf is in one and that one continues another (docs/spec/12-merkle.md).
 */

import { concat, equalBytes, sha256, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hands out the hash of the complete subtree of `2^level` leaves that begins at leaf `index · 2^level`. */
export type GetHash = (level: number, index: number) => Promise<Bytes> | Bytes;

export async function leafHash(leaf: Uint8Array): Promise<Bytes> {
  return sha256(concat(LEAF, leaf));
}

export async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(concat(NODE, left, right));
}

/** The root of a tree without leaves. */
export async function emptyRoot(): Promise<Bytes> {
  return sha256(new Uint8Array());
}

/** A `GetHash` over leaf hashes in memory. */
export async function hashesOf(leafHashes: readonly Bytes[]): Promise<GetHash> {
  const levels: Bytes[][] = [[...leafHashes]];
  for (let row = levels[0] ?? []; row.length > 1; levels.push(row)) {
    const pairs = Array.from({ length: half(row.length) }, (_, at) => row.slice(2 * at, 2 * at + 2));
    row = await Promise.all(pairs.map(([left, right]) => nodeHash(left ?? new Uint8Array(), right ?? new Uint8Array())));
  }
  return (level, index) => {
    const hash = levels[level]?.[index];
    if (hash === undefined) throw badProof("There is no such subtree.");
    return hash;
  };
}

/** The root over leaf hashes; of no leaves, the hash of nothing. */
export async function root(leafHashes: readonly Bytes[]): Promise<Bytes> {
  const frontier = new Frontier();
  for (const leaf of leafHashes) await frontier.append(leaf);
  return frontier.root();
}

/** The right edge of a growing tree: one hash for each bit of its size. */
export class Frontier {
  #size = 0;
  /** Largest subtree first. */
  #hashes: Bytes[] = [];

  static from(size: number, hashes: readonly Bytes[]): Frontier {
    const frontier = new Frontier();
    if (!isCount(size) || hashes.length !== bitCount(size) || hashes.some((hash) => hash.length !== 32)) {
      throw badProof("A frontier has one hash for each bit of its size.");
    }
    frontier.#size = size;
    frontier.#hashes = [...hashes];
    return frontier;
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Bytes[] {
    return this.#hashes;
  }

  async append(leaf: Bytes): Promise<void> {
    let hash = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#hashes.pop();
      if (left === undefined) throw badProof("A frontier lost a hash.");
      hash = await nodeHash(left, hash);
    }
    this.#hashes.push(hash);
    this.#size += 1;
  }

  async root(): Promise<Bytes> {
    const [last, ...others] = [...this.#hashes].reverse();
    if (last === undefined) return emptyRoot();
    let hash = last;
    for (const left of others) hash = await nodeHash(left, hash);
    return hash;
  }
}

/** The hashes beside the way from leaf `index` up to the root of the first `size` leaves. */
export async function inclusionPath(index: number, size: number, getHash: GetHash): Promise<readonly Bytes[]> {
  if (index < 0 || index >= size) throw badProof("There is no such leaf in a tree of this size.");
  return path(index, 0, size, getHash);
}

async function path(index: number, from: number, to: number, getHash: GetHash): Promise<Bytes[]> {
  if (to - from === 1) return [];
  const middle = from + largestPowerBelow(to - from);
  if (index < middle) return [...(await path(index, from, middle, getHash)), await rangeHash(middle, to, getHash)];
  return [...(await path(index, middle, to, getHash)), await rangeHash(from, middle, getHash)];
}

/** The hash over leaves `from` to `to`, which begin where a subtree of their size may begin. */
async function rangeHash(from: number, to: number, getHash: GetHash): Promise<Bytes> {
  const size = to - from;
  const power = largestPowerBelow(size + 1);
  if (power === size) return getHash(Math.log2(size), from / size);
  const middle = from + power;
  return nodeHash(await rangeHash(from, middle, getHash), await rangeHash(middle, to, getHash));
}

/** Raises bad-proof unless `path` leads from the leaf to the root. */
export async function verifyInclusion(
  index: number,
  size: number,
  leaf: Bytes,
  path: readonly Bytes[],
  rootHash: Uint8Array,
): Promise<void> {
  if (!isCount(index) || !isCount(size) || index >= size) throw badProof("There is no such leaf in a tree of this size.");
  // RFC 9162 §2.1.3.2.
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sibling.length !== 32) throw badProof("A hash has 32 bytes.");
    if (last === 0) throw badProof("A proof of inclusion is too long.");
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0 || !equalBytes(hash, rootHash)) throw badProof("A proof of inclusion does not lead to the root.");
}

/** The hashes that show the tree of `newSize` leaves to begin with the tree of `oldSize`. */
export async function consistencyPath(oldSize: number, newSize: number, getHash: GetHash): Promise<readonly Bytes[]> {
  if (oldSize < 0 || oldSize > newSize) throw badProof("A tree never grows smaller.");
  if (oldSize === 0) return [];
  return subproof(oldSize, 0, newSize, true, getHash);
}

async function subproof(old: number, from: number, to: number, whole: boolean, getHash: GetHash): Promise<Bytes[]> {
  if (old === to - from) return whole ? [] : [await rangeHash(from, to, getHash)];
  const power = largestPowerBelow(to - from);
  const middle = from + power;
  if (old <= power) {
    return [...(await subproof(old, from, middle, whole, getHash)), await rangeHash(middle, to, getHash)];
  }
  return [...(await subproof(old - power, middle, to, false, getHash)), await rangeHash(from, middle, getHash)];
}

/** Raises bad-proof unless the tree of `newSize` begins with the tree of `oldSize`. */
export async function verifyConsistency(
  oldSize: number,
  newSize: number,
  oldRoot: Bytes,
  newRoot: Bytes,
  path: readonly Bytes[],
): Promise<void> {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) throw badProof("A tree never grows smaller.");
  if (oldSize === 0 || oldSize === newSize) {
    const expected = oldSize === 0 ? await emptyRoot() : newRoot;
    if (path.length !== 0 || !equalBytes(oldRoot, expected)) throw badProof("Two trees of one size differ.");
    return;
  }
  // RFC 9162 §2.1.4.2.
  const hashes = isPowerOfTwo(oldSize) ? [oldRoot, ...path] : [...path];
  const first = hashes.shift();
  if (first === undefined) throw badProof("A proof of consistency is too short.");
  let [node, last] = [oldSize - 1, newSize - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [oldHash, newHash] = [first, first];
  for (const sibling of hashes) {
    if (sibling.length !== 32) throw badProof("A hash has 32 bytes.");
    if (last === 0) throw badProof("A proof of consistency is too long.");
    if (node % 2 === 1 || node === last) {
      oldHash = await nodeHash(sibling, oldHash);
      newHash = await nodeHash(sibling, newHash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newHash = await nodeHash(newHash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0 || !equalBytes(oldHash, oldRoot) || !equalBytes(newHash, newRoot)) {
    throw badProof("A proof of consistency does not lead to both roots.");
  }
}

function badProof(text: string): ProtocolError {
  return new ProtocolError("bad-proof", text);
}

// Sizes go beyond 32 bits, so no bit operators.

function half(number: number): number {
  return Math.floor(number / 2);
}

function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

function largestPowerBelow(number: number): number {
  let power = 1;
  while (power * 2 < number) power *= 2;
  return power;
}

function isPowerOfTwo(number: number): boolean {
  return bitCount(number) === 1;
}

function bitCount(number: number): number {
  let count = 0;
  for (let rest = number; rest > 0; rest = half(rest)) count += rest % 2;
  return count;
}
