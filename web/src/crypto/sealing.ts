/**
 * Everything that opens: messages, labels, former epochs' secrets, and the making and opening of an epoch
 * (docs/spec/05-sealing.md).
 *
 * Apart from `envelope` and `epochs`, so that the boundary of what the hub may import is the boundary of a module.
 */

import {
  b64,
  canon,
  commitTo,
  concat,
  equalBytes,
  equalSecrets,
  parse,
  randomBytes,
  sha256,
  unb64,
  utf8,
  type Bytes,
  type JsonObject,
} from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { readersHash, wrapLeaf, wrapsRoot, type EpochRecord, type Reader, type Wrap } from "./epochs.ts";
import { bytesOf, malformed, record } from "./fields.ts";
import { verifyInclusion, leafHash } from "./merkle.ts";
import { unwrap, wrap } from "./wrapping.ts";

const NONCE_SIZE = 12;
const TAG_SIZE = 16;
const SMALLEST_PADDED = 256;

/** Ids as base64url; `epoch` counts from 1. */
export interface ChannelPlace {
  readonly hub: string;
  readonly operation: string;
  readonly channel: string;
}

export interface EpochPlace extends ChannelPlace {
  readonly epoch: number;
}

export interface MessagePlace extends EpochPlace {
  readonly device: string;
}

/** The clear header of an envelope before its content is sealed: no content, nonce, ciphertext_hash, size. */
export type HeaderDraft = JsonObject;

export interface Sealed {
  readonly header: JsonObject;
  readonly ciphertext: Bytes;
}

// ---- keys

export async function hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", Uint8Array.from(ikm), "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: Uint8Array.from(salt), info: Uint8Array.from(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}

export async function hmac(secret: Uint8Array, message: Bytes): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", Uint8Array.from(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

async function aesKey(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** `nonce (12) ‖ AES-256-GCM ciphertext ‖ tag (16)`. */
export async function sealBytes(key: Bytes, nonce: Bytes, plain: Bytes, aad: Bytes): Promise<Bytes> {
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return concat(nonce, new Uint8Array(await crypto.subtle.encrypt(parameters, await aesKey(key), plain)));
}

/** Raises cannot-open for another key, another place or changed bytes. */
export async function openBytes(key: Bytes, sealed: Bytes, aad: Bytes): Promise<Bytes> {
  if (sealed.length < NONCE_SIZE + TAG_SIZE) throw new ProtocolError("cannot-open", "Sealed bytes are cut short.");
  const parameters = { name: "AES-GCM", iv: sealed.slice(0, NONCE_SIZE), additionalData: aad };
  const imported = await aesKey(key);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, imported, sealed.slice(NONCE_SIZE)));
  } catch {
    throw new ProtocolError("cannot-open", "This does not open with this key at this place.");
  }
}

function epochIds({ hub, operation, channel, epoch }: EpochPlace): JsonObject {
  return { hub, operation, channel, epoch };
}

export async function messageKey(es: Bytes, place: MessagePlace): Promise<Bytes> {
  const info = commitTo("message", { ...epochIds(place), device: place.device });
  return hkdf(es, new Uint8Array(), info);
}

// ---- messages

/** The hash in the signed header that binds an author to the words, opened or exported. */
export async function contentHash(salt: Bytes, body: JsonObject): Promise<Bytes> {
  return sha256(commitTo("content", { salt: b64(salt), body }));
}

/** `u32be(len) ‖ canon({salt, body}) ‖ zeros` to 256·2^n bytes: the hub sees only a rough size. */
function pad(plain: Bytes): Bytes {
  let size = SMALLEST_PADDED;
  while (size < plain.length + 4) size *= 2;
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, plain.length);
  padded.set(plain, 4);
  return padded;
}

function unpad(padded: Bytes): Bytes {
  const length = padded.length < 4 ? padded.length : new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4) throw malformed("A message is longer than what was sealed.");
  const plain = padded.slice(4, 4 + length);
  if (!equalBytes(pad(plain), padded)) throw malformed("A message is not padded with zeros to its size.");
  return plain;
}

function headerAad(header: JsonObject): Bytes {
  const { ciphertext_hash: _hash, ...rest } = header;
  return commitTo("header", rest);
}

function messagePlace(header: JsonObject): MessagePlace {
  const { hub, operation, channel, epoch, device } = header;
  if (
    typeof hub !== "string" ||
    typeof operation !== "string" ||
    typeof channel !== "string" ||
    typeof epoch !== "number" ||
    typeof device !== "string"
  ) {
    throw malformed("A header does not name its place.");
  }
  return { hub, operation, channel, epoch, device };
}

/** Seals `body` at the place the header names; `salt` 32 and `nonce` 12 random bytes. */
export async function sealMessage(
  es: Bytes,
  draft: HeaderDraft,
  body: JsonObject,
  salt: Bytes,
  nonce: Bytes,
): Promise<Sealed> {
  const plain = pad(canon({ salt: b64(salt), body }));
  const unhashed = {
    ...draft,
    content: b64(await contentHash(salt, body)),
    nonce: b64(nonce),
    size: plain.length + TAG_SIZE,
  };
  const key = await messageKey(es, messagePlace(draft));
  const ciphertext = (await sealBytes(key, nonce, plain, headerAad(unhashed))).slice(NONCE_SIZE);
  return { header: { ...unhashed, ciphertext_hash: b64(await sha256(ciphertext)) }, ciphertext };
}

/** The body and its salt. Raises wrong-place where the ciphertext is not the header's, cannot-open, malformed. */
export async function openMessage(es: Bytes, header: JsonObject, ciphertext: Bytes): Promise<OpenedMessage> {
  // 1. These are the bytes that the signed header names.
  if (header["size"] !== ciphertext.length || header["ciphertext_hash"] !== b64(await sha256(ciphertext))) {
    throw new ProtocolError("wrong-place", "The ciphertext is not the one that the header names.");
  }
  // 2. They open at this place.
  const nonce = unb64(bytesOf(header["nonce"], NONCE_SIZE));
  const key = await messageKey(es, messagePlace(header));
  const plain = unpad(await openBytes(key, concat(nonce, ciphertext), headerAad(header)));
  // 3. The words are the ones that the author signed.
  const { salt, body } = record(parse(plain), ["salt", "body"]);
  const saltBytes = unb64(bytesOf(salt, 32));
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw malformed("A message has no body.");
  const opened = body as JsonObject;
  if (header["content"] !== b64(await contentHash(saltBytes, opened))) {
    throw new ProtocolError("wrong-place", "The words are not the ones that the header commits to.");
  }
  return { body: opened, salt: saltBytes };
}

export interface OpenedMessage {
  readonly body: JsonObject;
  readonly salt: Bytes;
}

// ---- labels and former epochs

export async function sealLabel(es: Bytes, place: EpochPlace, label: string, nonce: Bytes): Promise<string> {
  const bound = commitTo("label", epochIds(place));
  return b64(await sealBytes(await hkdf(es, new Uint8Array(), bound), nonce, utf8(label), bound));
}

export async function openLabel(es: Bytes, place: EpochPlace, sealed: string): Promise<string> {
  const bound = commitTo("label", epochIds(place));
  const plain = await openBytes(await hkdf(es, new Uint8Array(), bound), unb64(sealed), bound);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
}

export interface PreviousPlace extends EpochPlace {
  readonly former: number;
}

export async function sealPrevious(es: Bytes, place: PreviousPlace, formerEs: Bytes, nonce: Bytes): Promise<string> {
  const bound = commitTo("previous", { ...epochIds(place), former: place.former });
  return b64(await sealBytes(await hkdf(es, new Uint8Array(), bound), nonce, formerEs, bound));
}

/** The former epoch's secret; the caller checks it against that epoch's commitment. */
export async function openPrevious(es: Bytes, place: PreviousPlace, sealed: string): Promise<Bytes> {
  const bound = commitTo("previous", { ...epochIds(place), former: place.former });
  return openBytes(await hkdf(es, new Uint8Array(), bound), unb64(sealed), bound);
}

// ---- epochs

export async function commitment(es: Bytes, { hub, operation, channel }: ChannelPlace): Promise<Bytes> {
  return hmac(es, commitTo("commitment", { hub, operation, channel }));
}

/** Raises bad-commitment unless `es` is the secret that the epoch record commits to: the same one for every reader. */
export async function checkCommitment(es: Bytes, place: ChannelPlace, expected: Uint8Array): Promise<void> {
  if (!equalSecrets(await commitment(es, place), expected)) {
    throw new ProtocolError("bad-commitment", "An epoch's secret is not the one that its author committed to.");
  }
}

/** A reader with the whole key that a wrap needs. */
export interface Recipient {
  readonly account: string;
  readonly aik: string;
  readonly generation: number;
  readonly aek: Bytes;
}

export interface MadeEpoch {
  readonly record: EpochRecord;
  readonly wraps: readonly Wrap[];
}

/** Where a wrap stands in the tree under `wraps_hash`. */
export interface WrapPath {
  readonly index: number;
  readonly size: number;
  readonly hashes: readonly Bytes[];
}

/** Wraps `es` to each recipient, in the order given, which is that of the raw account ids. */
export async function makeWraps(
  es: Bytes,
  place: ChannelPlace,
  recipients: readonly Recipient[],
): Promise<readonly Wrap[]> {
  const { hub, operation, channel } = place;
  const committed = b64(await commitment(es, place));
  const wraps: Wrap[] = [];
  for (const { account, generation, aek } of recipients) {
    const at = { hub, operation, channel, account, generation, commitment: committed };
    wraps.push({ account, generation, wrap: await wrap(aek, es, at) });
  }
  return wraps;
}

/** An epoch record and its wraps. `former` is the last epoch's number and secret where the channel keeps its history. */
export async function makeEpoch(
  es: Bytes,
  place: EpochPlace,
  recipients: readonly Recipient[],
  label: string,
  seen: { readonly seq: number; readonly chain: string },
  former: { readonly epoch: number; readonly es: Bytes } | null,
): Promise<MadeEpoch> {
  const wraps = await makeWraps(es, place, recipients);
  const readers: Reader[] = [];
  for (const { account, aik, generation, aek } of recipients) {
    readers.push({ account, aik, generation, aek_hash: b64(await sha256(aek)) });
  }
  const record: EpochRecord = {
    channel: place.channel,
    epoch: place.epoch,
    readers_hash: b64(await readersHash(readers)),
    wraps_hash: b64(await wrapsRoot(wraps)),
    commitment: b64(await commitment(es, place)),
    label: await sealLabel(es, place, label, randomBytes(NONCE_SIZE)),
    seen,
    previous:
      former === null
        ? null
        : await sealPrevious(es, { ...place, former: former.epoch }, former.es, randomBytes(NONCE_SIZE)),
  };
  return { record, wraps };
}

/** The epoch's secret out of one reader's wrap. Raises wrong-wraps, cannot-open, bad-commitment. */
export async function openEpoch(
  seed: Bytes,
  account: string,
  generation: number,
  record: Pick<EpochRecord, "channel" | "wraps_hash" | "commitment">,
  blob: Bytes,
  path: WrapPath,
  ids: { readonly hub: string; readonly operation: string },
): Promise<Bytes> {
  // 1. This wrap is one of those that the author signed.
  const leaf = await leafHash(wrapLeaf(account, generation, blob));
  try {
    await verifyInclusion(path.index, path.size, leaf, path.hashes, unb64(record.wraps_hash, 32));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new ProtocolError("wrong-wraps", "This wrap is not one of those that the epoch's author signed.");
  }
  // 2. It opens with this member's key.
  const place = { hub: ids.hub, operation: ids.operation, channel: record.channel };
  const es = await unwrap(seed, blob, { ...place, account, generation, commitment: record.commitment });
  // 3. It holds the secret that everyone else got.
  await checkCommitment(es, place, unb64(record.commitment, 32));
  return es;
}
