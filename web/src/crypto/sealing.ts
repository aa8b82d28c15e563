/**
 * Everything that opens: messages, labels, former epochs' secrets, and the making and opening of an epoch
 * (docs/spec/05-sealing.md).
 *
 * Apart from `envelope` and `epochs`, so that the boundary of what the hub may import is the boundary of a module.
 */

import {
  MAX_STATEMENT,
  b64,
  canon,
  commitTo,
  concat,
  equalSecrets,
  parse,
  randomBytes,
  sha256,
  unb64,
  utf8,
  type Bytes,
  type JsonObject,
} from "./encoding.ts";
import { readHeader, type Header, type Seen } from "./envelope.ts";
import {
  readersHash,
  verifyWrap,
  wrapsRoot,
  type EpochRecord,
  type Reader,
  type WrapPlace,
} from "./epochs.ts";
import { ProtocolError } from "./errors.ts";
import { chosen, fields, isObject, malformed, octets } from "./fields.ts";
import { aekHash } from "./keys.ts";
import { unwrap, wrap } from "./wrapping.ts";

export const SECRET_SIZE = 32;
const NONCE_SIZE = 12;
const TAG_SIZE = 16;
const NO_HASH = b64(new Uint8Array(32));
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

/** A complete header and what it seals. */
export interface Sealed {
  readonly header: Header;
  readonly ciphertext: Bytes;
}

export interface Opened {
  readonly salt: Bytes;
  readonly body: JsonObject;
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
  return sealWith(await aesKey(key), nonce, plain, aad);
}

async function sealWith(key: CryptoKey, nonce: Bytes, plain: Bytes, aad: Bytes): Promise<Bytes> {
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: aad };
  return concat(nonce, new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain)));
}

/** Raises cannot-open for another key, another place or changed bytes. */
export async function openBytes(key: Bytes, sealed: Bytes, aad: Bytes): Promise<Bytes> {
  return openWith(await aesKey(key), sealed, aad);
}

async function openWith(key: CryptoKey, sealed: Bytes, aad: Bytes): Promise<Bytes> {
  if (sealed.length < NONCE_SIZE + TAG_SIZE) throw new ProtocolError("cannot-open", "Sealed bytes are cut short.");
  const parameters = { name: "AES-GCM", iv: sealed.slice(0, NONCE_SIZE), additionalData: aad };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed.slice(NONCE_SIZE)));
  } catch {
    throw new ProtocolError("cannot-open", "This does not open with this key at this place.");
  }
}

const CHANNEL_IDS = ["hub", "operation", "channel"];
const EPOCH_IDS = [...CHANNEL_IDS, "epoch"];
const MESSAGE_IDS = [...EPOCH_IDS, "device"];
const PREVIOUS_IDS = [...EPOCH_IDS, "former"];

/** A device's key of one epoch. */
export async function messageKey(es: Bytes, place: MessagePlace): Promise<Bytes> {
  return hkdf(es, new Uint8Array(), commitTo("message", chosen({ ...place }, MESSAGE_IDS)));
}

// Deriving costs as much as opening, and a device says much in an epoch: each key is kept as long as the epoch's secret.
const messageKeys = new WeakMap<Bytes, Map<string, Promise<CryptoKey>>>();

async function importedMessageKey(es: Bytes, place: MessagePlace): Promise<CryptoKey> {
  const known = messageKeys.get(es) ?? new Map<string, Promise<CryptoKey>>();
  messageKeys.set(es, known);
  const name = MESSAGE_IDS.map((id) => place[id as keyof MessagePlace]).join(" ");
  const key = known.get(name) ?? messageKey(es, place).then(aesKey);
  known.set(name, key);
  return key;
}

// ---- messages

/** The hash in the signed header that binds an author to the words, opened or exported. */
export async function contentHash(salt: Bytes, body: JsonObject): Promise<Bytes> {
  return sha256(commitTo("content", { salt: b64(salt), body }));
}

/** `u32be(len) ‖ canon({salt, body}) ‖ zeros` to 256·2^n bytes: the hub sees only a rough size. */
function pad(plain: Bytes): Bytes {
  if (plain.length > MAX_STATEMENT) throw malformed(`A message has at most ${MAX_STATEMENT} bytes.`);
  const padded = new Uint8Array(paddedSize(plain.length));
  new DataView(padded.buffer).setUint32(0, plain.length);
  padded.set(plain, 4);
  return padded;
}

function paddedSize(length: number): number {
  let size = SMALLEST_PADDED;
  while (size < length + 4) size *= 2;
  return size;
}

function unpad(padded: Bytes): Bytes {
  const length = padded.length < 4 ? padded.length : new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4 || padded.length !== paddedSize(length)) {
    throw malformed("A message has not the size that it was sealed with.");
  }
  for (let at = 4 + length; at < padded.length; at++) {
    if (padded[at] !== 0) throw malformed("A message is not padded with zeros.");
  }
  return padded.slice(4, 4 + length);
}

function placeOf({ hub, operation, channel, epoch, device }: Header): MessagePlace {
  return { hub, operation, channel, epoch, device };
}

function headerAad(header: JsonObject): Bytes {
  const bound = Object.entries(header).filter(([name]) => name !== "ciphertext_hash");
  return commitTo("header", Object.fromEntries(bound));
}

/** Seals `body` at the place that the header's `parts` name; `salt` 32 and `nonce` 12 random bytes. */
export async function sealMessage(
  es: Bytes,
  parts: JsonObject,
  body: JsonObject,
  salt: Bytes,
  nonce: Bytes,
): Promise<Sealed> {
  const plain = pad(canon({ salt: b64(salt), body }));
  const unhashed = {
    ...parts,
    v: 1,
    suite: 1,
    content: b64(await contentHash(salt, body)),
    nonce: b64(nonce),
    size: plain.length + TAG_SIZE,
  };
  // Read before it is sealed, so that nothing is sealed at a place that is none.
  const place = readHeader(canon({ ...unhashed, ciphertext_hash: NO_HASH }));
  const sealed = await sealWith(await importedMessageKey(es, placeOf(place)), nonce, plain, headerAad(unhashed));
  const ciphertext = sealed.slice(NONCE_SIZE);
  const header = readHeader(canon({ ...unhashed, ciphertext_hash: b64(await sha256(ciphertext)) }));
  return { header, ciphertext };
}

/** Raises wrong-place where the ciphertext or the words are not the header's, cannot-open, malformed. */
export async function openMessage(es: Bytes, header: Header, ciphertext: Bytes): Promise<Opened> {
  // 1. These are the bytes that the signed header names.
  if (header.nonce === null || header.size !== ciphertext.length) {
    throw new ProtocolError("wrong-place", "The ciphertext has not the size that the header names.");
  }
  if (header.ciphertextHash !== b64(await sha256(ciphertext))) {
    throw new ProtocolError("wrong-place", "The ciphertext is not the one that the header names.");
  }
  // 2. They open at this place.
  const written = parse(header.body);
  if (!isObject(written)) throw malformed("This is no header.");
  const sealed = concat(unb64(header.nonce), ciphertext);
  const plain = unpad(await openWith(await importedMessageKey(es, placeOf(header)), sealed, headerAad(written)));
  // 3. The words are the ones that the author signed.
  const { salt, body } = fields(parse(plain), ["salt", "body"]);
  const saltBytes = unb64(octets(salt, 32));
  if (!isObject(body)) throw malformed("A message has no body.");
  if (header.content !== b64(await contentHash(saltBytes, body))) {
    throw new ProtocolError("wrong-place", "The words are not the ones that the header commits to.");
  }
  return { body, salt: saltBytes };
}

// ---- labels and former epochs

export async function sealLabel(es: Bytes, place: EpochPlace, label: string, nonce: Bytes): Promise<string> {
  const bound = commitTo("label", chosen({ ...place }, EPOCH_IDS));
  return b64(await sealBytes(await hkdf(es, new Uint8Array(), bound), nonce, utf8(label), bound));
}

export async function openLabel(es: Bytes, place: EpochPlace, sealed: string): Promise<string> {
  const bound = commitTo("label", chosen({ ...place }, EPOCH_IDS));
  const plain = await openBytes(await hkdf(es, new Uint8Array(), bound), unb64(sealed), bound);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    throw malformed("A label is not UTF-8.");
  }
}

export interface PreviousPlace extends EpochPlace {
  readonly former: number;
}

export async function sealPrevious(es: Bytes, place: PreviousPlace, formerEs: Bytes, nonce: Bytes): Promise<string> {
  const bound = commitTo("previous", chosen({ ...place }, PREVIOUS_IDS));
  return b64(await sealBytes(await hkdf(es, new Uint8Array(), bound), nonce, formerEs, bound));
}

/** The former epoch's secret; the caller checks it against that epoch's commitment. */
export async function openPrevious(es: Bytes, place: PreviousPlace, sealed: string): Promise<Bytes> {
  const bound = commitTo("previous", chosen({ ...place }, PREVIOUS_IDS));
  const former = await openBytes(await hkdf(es, new Uint8Array(), bound), unb64(sealed), bound);
  if (former.length !== SECRET_SIZE) throw new ProtocolError("bad-previous", "A former secret has 32 bytes.");
  return former;
}

// ---- epochs

export async function commitment(es: Bytes, place: ChannelPlace): Promise<Bytes> {
  return hmac(es, commitTo("commitment", chosen({ ...place }, CHANNEL_IDS)));
}

/** Raises bad-commitment unless `es` is the secret that the epoch record commits to: the same one for every reader. */
export async function checkCommitment(es: Bytes, place: ChannelPlace, expected: Uint8Array): Promise<void> {
  if (!equalSecrets(await commitment(es, place), expected)) {
    throw new ProtocolError("bad-commitment", "An epoch's secret is not the one that its author committed to.");
  }
}

/** A computed reader with the whole key that a wrap needs. */
export interface Recipient {
  readonly reader: Reader;
  readonly aek: Bytes;
}

export interface MadeEpoch {
  readonly record: EpochRecord;
  /** In the readers' order. */
  readonly wraps: readonly Bytes[];
  readonly secret: Bytes;
}

/** One wrap for each reader in order: for a new epoch, or for grants of the current one (`promise`: its commitment). */
export async function makeWraps(
  place: ChannelPlace,
  promise: string,
  recipients: readonly Recipient[],
  es: Bytes,
): Promise<readonly Bytes[]> {
  const { hub, operation, channel } = place;
  const wraps: Bytes[] = [];
  for (const { reader, aek } of recipients) {
    if (b64(await aekHash(aek)) !== reader.aekHash) {
      throw new ProtocolError("malformed-key", "This is another encryption key than the certified one.");
    }
    const { account, generation } = reader;
    wraps.push(await wrap(aek, es, { hub, operation, channel, account, generation, commitment: promise }));
  }
  return wraps;
}

/**
 * A new epoch's record, the wraps in the readers' order, and its secret.
 *
 * `recipients` are sorted by account; `seen` is the channel as verified; `former` is the last epoch's number and secret
 * exactly if the channel keeps its history and this is not the first epoch.
 */
export async function makeEpoch(
  place: ChannelPlace,
  epoch: number,
  recipients: readonly Recipient[],
  label: string,
  seen: Seen,
  former: { readonly epoch: number; readonly es: Bytes } | null,
  es: Bytes = randomBytes(SECRET_SIZE),
): Promise<MadeEpoch> {
  const promise = b64(await commitment(es, place));
  const wraps = await makeWraps(place, promise, recipients, es);
  const readers = recipients.map((recipient) => recipient.reader);
  const at = { hub: place.hub, operation: place.operation, channel: place.channel, epoch };
  const record: EpochRecord = {
    channel: place.channel,
    epoch,
    readersHash: b64(await readersHash(readers)),
    wrapsHash: b64(await wrapsRoot(readers, wraps)),
    commitment: promise,
    label: await sealLabel(es, at, label, randomBytes(NONCE_SIZE)),
    seenSeq: seen.seq,
    seenChain: seen.chain,
    previous:
      former && (await sealPrevious(es, { ...at, former: former.epoch }, former.es, randomBytes(NONCE_SIZE))),
  };
  return { record, wraps, secret: es };
}

/**
 * The epoch's secret, from `account`'s own wrap and the seed of `generation`.
 *
 * `stands` is the wrap's place under the record's wraps hash, or under the one of the signed grants that served this
 * reader later. Raises bad-proof, wrong-wraps, cannot-open, bad-commitment.
 */
export async function openEpoch(
  seed: Bytes,
  account: string,
  generation: number,
  record: Pick<EpochRecord, "channel" | "wrapsHash" | "commitment">,
  wrapped: Bytes,
  stands: WrapPlace,
  place: ChannelPlace,
  wrapsHash: string = record.wrapsHash,
): Promise<Bytes> {
  const { hub, operation, channel } = place;
  // 1. This wrap is one of those that the author signed.
  await verifyWrap(account, generation, wrapped, stands, wrapsHash);
  // 2. It opens with this member's key.
  const at = { hub, operation, channel, account, generation, commitment: record.commitment };
  const es = await unwrap(seed, wrapped, at);
  // 3. It holds the secret that everyone else got.
  await checkCommitment(es, place, unb64(record.commitment, 32));
  return es;
}
