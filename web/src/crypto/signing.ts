/**
 * Ed25519 signatures, each bound to one kind of statement and one kind of key (docs/spec/02-signing.md).
 */

import { b64, concat, pae, randomBytes, type Bytes, type Context } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";

export type Role = "administrator" | "account" | "device" | "log";

export interface Signer {
  readonly role: Role;
  /** 32 raw bytes. */
  readonly public: Bytes;
  /** Raises unknown-context unless a key of this role may sign `context`. */
  readonly sign: (context: Context, body: Uint8Array) => Promise<Bytes>;
}

const MAY_SIGN: Readonly<Record<Role, ReadonlySet<Context>>> = {
  administrator: new Set<Context>(["genesis", "act", "release"]),
  account: new Set<Context>(["act", "enrol"]),
  device: new Set<Context>(["entry", "envelope", "enrol", "sign-in", "export", "nomination", "card", "receipt"]),
  // The log signs the text of a note, which C2SP defines, never a statement of ours.
  log: new Set<Context>(),
};

/** RFC 8410: the fixed head of a PKCS #8 file that carries an Ed25519 secret. */
const PKCS8_HEAD = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);
const ORDER_P = 2n ** 255n - 19n;
/** y coordinates of the points of order 1, 2, 4 and 8: under such a key one signature fits every text. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  ORDER_P - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);
const MAX_CACHED = 4096;
const imported = new Map<string, Promise<CryptoKey>>();

function checkMaySign(role: Role, context: Context): void {
  if (!MAY_SIGN[role].has(context)) {
    throw new ProtocolError("unknown-context", `A key of the kind "${role}" never signs "${context}".`);
  }
}

async function signRaw(key: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
}

function signer(role: Role, key: CryptoKey, publicKey: Bytes): Signer {
  return {
    role,
    public: publicKey,
    sign: async (context, body) => {
      checkMaySign(role, context);
      return signRaw(key, pae(context, body));
    },
  };
}

async function importSecret(secret: Uint8Array, extractable: boolean): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", concat(PKCS8_HEAD, secret), "Ed25519", extractable, ["sign"]);
}

/** The public half of a 32-byte secret. WebCrypto tells it only through JWK. */
export async function publicOf(secret: Uint8Array): Promise<Bytes> {
  if (secret.length !== 32) throw new ProtocolError("malformed-key", "A signing secret has 32 bytes.");
  const jwk = await crypto.subtle.exportKey("jwk", await importSecret(secret, true));
  return Uint8Array.from(atob((jwk.x ?? "").replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

export async function signerFromSecret(role: Role, secret: Uint8Array): Promise<Signer> {
  const publicKey = await publicOf(secret);
  return signer(role, await importSecret(secret, false), publicKey);
}

/** A new secret of 32 bytes and its signer; the caller seals the secret into the vault. */
export async function newSigningKey(role: Role): Promise<{ readonly secret: Bytes; readonly signer: Signer }> {
  const secret = randomBytes(32);
  return { secret, signer: await signerFromSecret(role, secret) };
}

/** A device's key: non-extractable, to be stored as the pair it is. */
export async function newDeviceKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
}

export async function deviceSigner(keys: CryptoKeyPair): Promise<Signer> {
  return signer("device", keys.privateKey, new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey)));
}

export async function newDeviceSigner(): Promise<{ readonly keys: CryptoKeyPair; readonly signer: Signer }> {
  const keys = await newDeviceKeys();
  return { keys, signer: await deviceSigner(keys) };
}

async function importPublic(publicKey: Bytes): Promise<CryptoKey> {
  const name = b64(publicKey);
  const known = imported.get(name);
  if (known !== undefined) return known;
  if (imported.size >= MAX_CACHED) imported.clear();
  const key = crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  imported.set(name, key);
  return key;
}

async function isSigned(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  let key: CryptoKey;
  try {
    key = await importPublic(publicKey);
  } catch {
    return false; // 32 bytes that are no point of the curve
  }
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

/** Returns only if `publicKey` signed exactly `body` as a statement of `context`. */
export async function verify(
  role: Role,
  publicKey: Bytes,
  context: Context,
  body: Uint8Array,
  signature: Bytes,
): Promise<void> {
  checkMaySign(role, context);
  if (!(await isSigned(publicKey, pae(context, body), signature))) {
    throw new ProtocolError("bad-signature", "The signature does not fit the statement.");
  }
}

/** Raises weak-key for a key of small order or one whose y is not reduced, malformed-key unless it has 32 bytes. */
export function checkStrong(publicKey: Uint8Array): void {
  if (publicKey.length !== 32) throw new ProtocolError("malformed-key", "A signing key has 32 bytes.");
  let y = 0n;
  for (const byte of [...publicKey].reverse()) y = (y << 8n) | BigInt(byte);
  y &= 2n ** 255n - 1n;
  if (y >= ORDER_P || SMALL_ORDER_Y.has(y)) {
    throw new ProtocolError("weak-key", "This signing key would let one signature fit every text.");
  }
}

/** Signs the text of a note (C2SP signed-note): the log's key only, which a browser holds only in tests. */
export async function signNote(secret: Uint8Array, note: Bytes): Promise<Bytes> {
  return signRaw(await importSecret(secret, false), note);
}

/** Returns only if the log's key signed exactly this text. */
export async function verifyNote(publicKey: Bytes, note: Bytes, signature: Bytes): Promise<void> {
  if (!(await isSigned(publicKey, note, signature))) {
    throw new ProtocolError("bad-signature", "The log's signature does not fit the note.");
  }
}
