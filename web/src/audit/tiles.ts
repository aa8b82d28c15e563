/** The hashes of the log's tree out of its tiles, each fetched once (C2SP tlog-tiles). */
import type { Bytes } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { type GetHash, nodeHash } from "../crypto/merkle.ts";
import { TILE_WIDTH, tilePath } from "../crypto/tlog.ts";

const HEIGHT = 8;
const HASH = 32;

/** A GetHash for the tree of `size` leaves; `fetchTile` answers the tile of a path. Raises bad-proof for a tile of another length. */
export function tileHashes(size: number, fetchTile: (path: string) => Promise<Bytes>): GetHash {
  const tiles = new Map<string, Promise<Bytes>>();

  const tile = (level: number, index: number): Promise<Bytes> => {
    const rows = Math.floor(size / TILE_WIDTH ** level);
    const width = Math.min(TILE_WIDTH, rows - index * TILE_WIDTH);
    const path = tilePath(level, index, width);
    const known = tiles.get(path) ?? fetchTile(path).then((bytes) => sized(bytes, width));
    tiles.set(path, known);
    return known;
  };
  const combined = async (row: readonly Bytes[]): Promise<Bytes> => {
    const [left, right] = row;
    if (left === undefined) throw new ProtocolError("bad-proof", "A tile lacks a hash.");
    if (right === undefined) return left;
    const half = row.length / 2;
    return await nodeHash(await combined(row.slice(0, half)), await combined(row.slice(half)));
  };

  return async (level, index) => {
    const within = level % HEIGHT;
    const first = index * 2 ** within;
    const bytes = await tile((level - within) / HEIGHT, Math.floor(first / TILE_WIDTH));
    const at = (first % TILE_WIDTH) * HASH;
    const row = Array.from({ length: 2 ** within }, (_, n) => bytes.subarray(at + n * HASH, at + (n + 1) * HASH));
    return await combined(row);
  };
}

function sized(bytes: Bytes, width: number): Bytes {
  if (bytes.length !== width * HASH) throw new ProtocolError("bad-proof", "A tile has another length than its name says.");
  return bytes;
}
