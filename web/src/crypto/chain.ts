/**
 * What follows what: links of a hash chain, the rolling chain of a channel, and pins (docs/spec/07-chain.md).
 */

import { commitTo, concat, sha256, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";

/** The newest version of the chains that this client knows. */
export const PROTOCOL = 1;
export const SUITE = 1;

/** One place in a chain; `prev` is null at the first, ids as base64url. */
export interface Link {
  readonly seq: number;
  readonly prev: string | null;
  readonly id: string;
}

/** What a client has verified and never lets shrink: `size` entries, the last of them `head`. */
export interface Pin {
  readonly size: number;
  readonly head: string;
}

/** Raises not-next unless (seq, prev) is the place directly after `head`. */
export function checkNext(head: Pick<Link, "seq" | "id"> | null, seq: number, prev: string | null): void {
  if (seq !== (head === null ? 0 : head.seq + 1) || prev !== (head === null ? null : head.id)) {
    throw new ProtocolError("not-next", "This is not the entry that follows the last one known.");
  }
}

/** Raises rolled-back for a shorter chain than the pinned one, forked for one with another entry at the pinned place. */
export function checkNotRolledBack(pin: Pin, size: number, idAt: (seq: number) => string | null): void {
  if (size < pin.size) throw new ProtocolError("rolled-back", "The hub shows an older state than it did before.");
  if (pin.size > 0 && idAt(pin.size - 1) !== pin.head) {
    throw new ProtocolError("forked", "The hub shows another history than it did before.");
  }
}

/** The chain of a channel before its first envelope. */
export async function chainStart(hub: string, operation: string, channel: string): Promise<Bytes> {
  return sha256(commitTo("channel", { hub, operation, channel }));
}

/** `SHA-256(previous ‖ id)`: two histories that differ anywhere differ from there on. */
export async function channelChain(previous: Uint8Array, id: Uint8Array): Promise<Bytes> {
  return sha256(concat(previous, id));
}
