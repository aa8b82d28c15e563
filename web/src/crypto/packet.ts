/**
 * The one form in which statements travel, alone or many in a row (docs/spec/15-packet.md).
 *
 * A packet is five parts in order, each `u32be length ‖ bytes`:
 * place ‖ body ‖ act ‖ signatures (64 bytes for each signer) ‖ beside
 */
import { concat, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";

export const SIGNATURE_SIZE = 64;
/** The wraps beside an operation's entry. */
export const MAX_PART = 4 * 1024 * 1024;

export interface Packet {
  /** Where the hub put it, canonical JSON {stream, kind, seq, leaf, at, chain?}; empty when a client submits. */
  readonly place: Bytes;
  readonly body: Bytes;
  /** Of a directory entry, what it orders. */
  readonly act: Bytes;
  readonly signatures: readonly Bytes[];
  /** Ciphertext, or wraps and templates. */
  readonly beside: Bytes;
}

export function pack(
  place: Uint8Array,
  body: Uint8Array,
  act: Uint8Array,
  signatures: readonly Uint8Array[],
  beside: Uint8Array,
): Bytes {
  return joinParts([place, body, act, concat(...signatures), beside]);
}

/** The only packet in `raw`. Raises malformed for none, several or a rest, too-large for a part over 4 MiB. */
export function unpack(raw: Bytes): Packet {
  const packets = unpackAll(raw);
  const [only] = packets;
  if (only === undefined || packets.length !== 1) throw malformed(`There are ${packets.length} packets, not one.`);
  return only;
}

/** Packets in a row. Raises malformed where the bytes end inside one, too-large for a part over 4 MiB. */
export function unpackAll(raw: Bytes): readonly Packet[] {
  const parts = splitParts(raw);
  if (parts.length % 5 !== 0) throw malformed("The bytes end inside a packet.");
  const packets: Packet[] = [];
  for (let at = 0; at < parts.length; at += 5) {
    const [place, body, act, signatures, beside] = parts.slice(at, at + 5) as [Bytes, Bytes, Bytes, Bytes, Bytes];
    packets.push({ place, body, act, signatures: splitSignatures(signatures), beside });
  }
  return packets;
}

/** Each part behind its length: also how wraps and templates stand in `beside`. */
export function joinParts(parts: readonly Uint8Array[]): Bytes {
  return concat(
    ...parts.flatMap((part) => {
      const size = new Uint8Array(4);
      new DataView(size.buffer).setUint32(0, part.length);
      return [size, part];
    }),
  );
}

/** The reverse of `joinParts`. Raises malformed where the bytes end inside a part, too-large. */
export function splitParts(raw: Bytes): readonly Bytes[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const parts: Bytes[] = [];
  for (let at = 0; at < raw.length; ) {
    if (at + 4 > raw.length) throw malformed("The bytes end inside a length.");
    const size = view.getUint32(at);
    if (size > MAX_PART) throw new ProtocolError("too-large", "A part is larger than 4 MiB.");
    if (at + 4 + size > raw.length) throw malformed("The bytes end inside a part.");
    parts.push(raw.slice(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return parts;
}

function splitSignatures(joined: Bytes): readonly Bytes[] {
  if (joined.length % SIGNATURE_SIZE !== 0) throw malformed("A signature has 64 bytes.");
  return Array.from({ length: joined.length / SIGNATURE_SIZE }, (_, at) =>
    joined.slice(at * SIGNATURE_SIZE, (at + 1) * SIGNATURE_SIZE),
  );
}

function malformed(text: string): ProtocolError {
  return new ProtocolError("malformed", text);
}
