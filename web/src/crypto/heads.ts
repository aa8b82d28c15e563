/**
 * The hourly statement of where every chain ends, so that nobody can be kept on old news (docs/spec/23-heads.md).
 *
 * A tree of RFC 6962: first how long the log was, then one row for each chain, sorted; the leaf in the log names its root.
 */

import { canon, compareIds, parse, unb64, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { id32, integer, isObject } from "./fields.ts";
import { leafHash, root, verifyInclusion } from "./merkle.ts";

/** The type of the log's leaf that names the root. */
export const LEAF = "heads";
/** ms: what is older is said to be old. */
export const WARN_AFTER = 2 * 60 * 60 * 1000;
/** ms: on what is older nothing is sent any more. */
export const REFUSE_AFTER = 24 * 60 * 60 * 1000;

/** Where a chain ends: hub, operation or channel, place and id of its last statement; byte strings as base64url. */
export interface Head {
  readonly stream: string;
  readonly seq: number;
  readonly id: string;
}

/** The row at index 0: everything among the log's first `size` entries is covered by the rows after it. */
export function firstRow(size: number): Bytes {
  return canon({ v: 1, size });
}

/** The row of one chain. */
export function headRow({ stream, seq, id }: Head): Bytes {
  return canon({ stream, seq, id });
}

/** All rows in their order. Raises repeated for a chain that is there twice. */
export function headsRows(size: number, heads: Iterable<Head>): readonly Bytes[] {
  const ranked = [...heads].sort((one, two) => compareIds(one.stream, two.stream));
  if (ranked.some(({ stream }, at) => at > 0 && ranked[at - 1]?.stream === stream)) throw new ProtocolError("repeated", "A chain with two ends.");
  return [firstRow(size), ...ranked.map((head) => headRow(head))];
}

/** The root over all rows: the `object` of the leaf. */
export async function headsRoot(size: number, heads: Iterable<Head>): Promise<Bytes> {
  return root(await Promise.all(headsRows(size, heads).map((row) => leafHash(row))));
}

/** Root and time (ms UTC) of a leaf of the log. Raises not-canonical, malformed, or bad-proof for another leaf. */
export function readHeadsLeaf(body: Bytes): { readonly root: Bytes; readonly at: number } {
  const value = parse(body);
  if (!isObject(value) || value["type"] !== LEAF) throw new ProtocolError("bad-proof", "The log holds something else there.");
  return { root: unb64(id32(value["object"]), 32), at: integer(value["at"]) };
}

/** Returns only if the tree of `count` rows begins with the log's `size`. Raises bad-proof. */
export async function verifySize(size: number, count: number, path: readonly Bytes[], rootHash: Bytes): Promise<void> {
  await verifyInclusion(0, count, await leafHash(firstRow(size)), path, rootHash);
}

/** Returns only if `head` is row `index` of the `count` under `rootHash`. Raises bad-proof. */
export async function verifyHead(head: Head, index: number, count: number, path: readonly Bytes[], rootHash: Bytes): Promise<void> {
  await verifyInclusion(index, count, await leafHash(headRow(head)), path, rootHash);
}

/** How old news of `at` is, in ms by the reader's clock; a clock that goes wrong either way makes it old. */
export function age(at: number, now: number): number {
  return Math.abs(now - at);
}
