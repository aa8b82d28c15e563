/**
 * The audit log as a client sees it: checkpoints, tiles and leaves of C2SP tlog-tiles (docs/spec/13-tlog.md).
 */

import { canon, concat, equalBytes, hashOf, sha256, utf8, type Bytes, type Json } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { signNote, verifyNote } from "./signing.ts";

export const TILE_WIDTH = 256;

/** C2SP signed-note: the type of a plain Ed25519 signature. */
const ED25519 = Uint8Array.of(1);
const KEY_ID_SIZE = 4;
/** Bundles give each entry's size in 16 bits. */
const MAX_ENTRY = 65_535;
const MAX_NOTE = 10_000;
const TILE = /^tile\/(entries|[0-5])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;
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

/** `SHA-256(name ‖ "\n" ‖ 0x01 ‖ key)`, its first 4 bytes (signed-note). */
export async function keyId(origin: string, publicKey: Uint8Array): Promise<Bytes> {
  return (await sha256(concat(utf8(`${origin}\n`), ED25519, publicKey))).slice(0, KEY_ID_SIZE);
}

/** The log's key as other C2SP tools take it: `name+key id (hex)+base64(0x01 ‖ key)`. */
export async function verifierKey(name: string, publicKey: Bytes): Promise<string> {
  const id = Array.from(await keyId(name, publicKey), (byte) => byte.toString(16).padStart(2, "0"));
  return `${name}+${id.join("")}+${stdB64(concat(ED25519, publicKey))}`;
}

/** Three lines, each ended: origin, size, root as padded standard base64. */
export function checkpointText(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${stdB64(root)}\n`;
}

/** The signed note over a tree of `size` leaves; the log's secret, which a browser holds only in tests. */
export async function signCheckpoint(
  secret: Uint8Array,
  publicKey: Bytes,
  origin: string,
  size: number,
  root: Uint8Array,
): Promise<string> {
  const text = checkpointText(origin, size, root);
  const signature = concat(await keyId(origin, publicKey), await signNote(secret, utf8(text)));
  return `${text}\n— ${origin} ${stdB64(signature)}\n`;
}

/**
 * Size and root of a note that the log signed.
 *
 * Raises bad-checkpoint for another origin, extension lines, a size or root not in canonical form, and unless exactly one
 * signature line bears the log's name and key id and its signature stands. Lines of other keys are ignored.
 */
export async function readCheckpoint(note: string, origin: string, publicKey: Bytes): Promise<Checkpoint> {
  if (utf8(note).length > MAX_NOTE) throw badCheckpoint("This checkpoint is too long.");
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0 || !note.endsWith("\n") || note.length === gap + 2) throw badCheckpoint("This is not a signed note.");
  const text = note.slice(0, gap + 1);
  const [name, size, rootText, end, ...more] = text.split("\n");
  if (name !== origin || size === undefined || rootText === undefined || end !== "" || more.length > 0) {
    throw badCheckpoint("This is not a checkpoint of this log.");
  }
  if (!SIZE.test(size) || !Number.isSafeInteger(Number(size))) throw badCheckpoint("This size is none.");
  const root = readStdB64(rootText);
  if (root.length !== 32) throw badCheckpoint("A root has 32 bytes.");
  const own = await keyId(origin, publicKey);
  const signatures = note
    .slice(gap + 2, -1)
    .split("\n")
    .map(readSignatureLine)
    .filter(({ signer, blob }) => signer === origin && equalBytes(blob.subarray(0, KEY_ID_SIZE), own));
  const [signature, ...others] = signatures;
  if (signature === undefined || others.length > 0) throw badCheckpoint("The log did not sign this checkpoint once.");
  await checkNote(publicKey, utf8(text), signature.blob.slice(KEY_ID_SIZE));
  return { size: Number(size), root };
}

function readSignatureLine(line: string): { readonly signer: string; readonly blob: Bytes } {
  const [dash, signer, spelled, ...more] = line.split(" ");
  if (dash !== "—" || !signer || signer.includes("+") || spelled === undefined || more.length > 0) {
    throw badCheckpoint("A signature line is not of its form.");
  }
  const blob = readStdB64(spelled);
  if (blob.length <= KEY_ID_SIZE) throw badCheckpoint("A signature line is too short.");
  return { signer, blob };
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

export interface Tile {
  /** Null: a bundle of entries. */
  readonly level: number | null;
  readonly index: number;
  readonly width: number;
}

/** The address of a tile, such as `tile/0/x001/x234/067.p/12`. */
export function tilePath(level: number | null, index: number, width = TILE_WIDTH): string {
  const within = (number: number, low: number, high: number): boolean =>
    Number.isSafeInteger(number) && number >= low && number <= high;
  if (!within(index, 0, 1e12 - 1) || !within(width, 1, TILE_WIDTH) || !within(level ?? 0, 0, 5)) {
    throw badProof("There is no such tile.");
  }
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
  return `tile/${level ?? "entries"}/${path}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/** Raises bad-proof unless `tilePath` gives exactly `path` back. */
export function parseTilePath(path: string): Tile {
  const [whole, levelText, groups, widthText] = TILE.exec(path) ?? [];
  if (whole === undefined || levelText === undefined || groups === undefined || path.length > 40) {
    throw badProof("This is not the address of a tile.");
  }
  const level = levelText === "entries" ? null : Number(levelText);
  const index = Number(groups.replaceAll("x", "").replaceAll("/", ""));
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  if (width > TILE_WIDTH || tilePath(level, index, width) !== path) throw badProof("This is not a tile's one address.");
  return { level, index, width };
}

/** `entry_size (2, big-endian) ‖ entry` for each. Raises too-large. */
export function encodeBundle(entries: readonly Uint8Array[]): Bytes {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY) throw new ProtocolError("too-large", `An entry has more than ${MAX_ENTRY} bytes.`);
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry);
  }
  return concat(...parts);
}

/** The entries. Raises bad-proof if the bundle ends inside one. */
export function decodeBundle(bundle: Bytes): readonly Bytes[] {
  const entries: Bytes[] = [];
  for (let at = 0; at < bundle.length; ) {
    const [high, low] = [bundle[at], bundle[at + 1]];
    const end = at + 2 + (((high ?? 0) << 8) | (low ?? 0));
    if (low === undefined || end > bundle.length) throw badProof("A bundle ends inside an entry.");
    entries.push(bundle.slice(at + 2, end));
    at = end;
  }
  return entries;
}

// ---- leaves

/** One act as the log keeps it. */
export interface Leaf {
  readonly type: string;
  readonly at: number;
  readonly actor: string | null;
  readonly device?: string;
  readonly operation?: string;
  readonly object: string | null;
  readonly hash: string;
  readonly salt: string;
}

export function leafBody(leaf: Leaf): Bytes {
  return canon({ v: 1, ...leaf });
}

/** The erasable part (address, agent, salt, …) stays outside the log, behind this hash. */
export async function leafDetailHash(detail: Json): Promise<Bytes> {
  return hashOf("leaf-detail", detail);
}

function badProof(sentence: string): ProtocolError {
  return new ProtocolError("bad-proof", sentence);
}
