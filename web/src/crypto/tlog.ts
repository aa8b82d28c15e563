/**
 * The audit log as a client sees it: checkpoints, tiles and leaves of C2SP tlog-tiles (docs/spec/13-tlog.md).
 */

import { concat, equalBytes, sha256, utf8, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { signNote, verifyNote } from "./signing.ts";

export const TILE_WIDTH = 256;

/** C2SP signed-note: the type of a plain Ed25519 signature. */
const ED25519 = Uint8Array.of(1);
const KEY_ID_SIZE = 4;
const LINE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/;
const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

export interface Checkpoint {
  readonly size: number;
  readonly root: Bytes;
}

function badCheckpoint(text: string): ProtocolError {
  return new ProtocolError("bad-checkpoint", text);
}

function stdB64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function readStdB64(spelled: string): Bytes {
  let bytes: Bytes;
  try {
    bytes = Uint8Array.from(atob(spelled), (character) => character.charCodeAt(0));
  } catch {
    throw badCheckpoint("A checkpoint holds something that is not base64.");
  }
  if (stdB64(bytes) !== spelled) throw badCheckpoint("A checkpoint holds base64 that is not canonical.");
  return bytes;
}

async function keyId(origin: string, publicKey: Uint8Array): Promise<Bytes> {
  return (await sha256(concat(utf8(`${origin}\n`), ED25519, publicKey))).slice(0, KEY_ID_SIZE);
}

/** The signed note over a tree of `size` leaves; the log's secret, which a browser holds only in tests. */
export async function signCheckpoint(
  secret: Uint8Array,
  publicKey: Bytes,
  origin: string,
  size: number,
  root: Uint8Array,
): Promise<string> {
  const text = `${origin}\n${size}\n${stdB64(root)}\n`;
  const signature = concat(await keyId(origin, publicKey), await signNote(secret, utf8(text)));
  return `${text}\n— ${origin} ${stdB64(signature)}\n`;
}

/** Size and root that the log signed. Raises bad-checkpoint for any other form, origin, key or signature. */
export async function readCheckpoint(note: string, origin: string, publicKey: Bytes): Promise<Checkpoint> {
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n")) throw badCheckpoint("This is not a signed note.");
  const text = note.slice(0, gap + 1);
  const [name, size, rootText, ...more] = text.slice(0, -1).split("\n");
  // Lines beyond the three could not be audited, so none are taken.
  if (name !== origin || size === undefined || rootText === undefined || more.length > 0 || !SIZE.test(size)) {
    throw badCheckpoint("This checkpoint is not of the form of this log.");
  }
  const root = readStdB64(rootText);
  if (root.length !== 32 || !Number.isSafeInteger(Number(size))) throw badCheckpoint("A root has 32 bytes.");
  const own = await keyId(origin, publicKey);
  let verified = false;
  for (const line of note.slice(gap + 2, -1).split("\n")) {
    const [, signer, spelled] = LINE.exec(line) ?? [];
    if (signer === undefined || spelled === undefined) throw badCheckpoint("A signature line is not of its form.");
    const signature = readStdB64(spelled);
    // Other signers' lines are not ours to judge; one in our name and key must hold.
    if (signer !== origin || !equalBytes(signature.subarray(0, KEY_ID_SIZE), own)) continue;
    await checkNote(publicKey, utf8(text), signature.slice(KEY_ID_SIZE));
    verified = true;
  }
  if (!verified) throw badCheckpoint("The log did not sign this checkpoint.");
  return { size: Number(size), root };
}

async function checkNote(publicKey: Bytes, text: Bytes, signature: Bytes): Promise<void> {
  try {
    await verifyNote(publicKey, text, signature);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw badCheckpoint("The log's signature does not fit its checkpoint.");
  }
}

// ---- tiles

/** `tile/<level>/<index in groups of three>[.p/<width>]`; level "entries" for bundles. */
export function tilePath(level: number | "entries", index: number, width = TILE_WIDTH): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level}/${path}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/** `entry_size (2, big-endian) ‖ entry` for each. */
export function encodeBundle(entries: readonly Uint8Array[]): Bytes {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > 0xffff) throw new ProtocolError("too-large", "An entry of the log is larger than 65,535 bytes.");
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry);
  }
  return concat(...parts);
}

export function decodeBundle(bundle: Bytes): readonly Bytes[] {
  const entries: Bytes[] = [];
  for (let at = 0; at < bundle.length; ) {
    const size = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    const end = at + 2 + size;
    if (end > bundle.length) throw new ProtocolError("malformed", "A bundle of the log is cut short.");
    entries.push(bundle.slice(at + 2, end));
    at = end;
  }
  return entries;
}
