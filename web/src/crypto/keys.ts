/**
 * Encryption keys (X-Wing) and the safety number of an account (docs/spec/03-keys.md).
 *
 * A public key is `ML-KEM-768 (1184) ‖ X25519 (32)`; the one secret is its 32-byte seed. The seed is imported or expanded,
 * never put through DeriveKeyPair, which gives another key.
 */

import { commitTo, randomBytes, sha256, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { id16, id32 } from "./fields.ts";

export const SEED_SIZE = 32;
export const PUBLIC_SIZE = 1216;

export interface EncryptionKey {
  readonly seed: Bytes;
  readonly public: Bytes;
}

const MLKEM_SIZE = 1184;
/** The last 32 bytes of an ML-KEM key are a seed, not coefficients. */
const COEFFICIENTS_SIZE = 1152;
const MLKEM_Q = 3329;
const X25519_P = 2n ** 255n - 19n;
/** u coordinates of small order on the curve and its twist, reduced (RFC 7748 §6.1). */
const SMALL_ORDER_U: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  X25519_P - 1n,
  0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
  0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
]);

export async function encryptionKeyFromSeed(seed: Uint8Array): Promise<EncryptionKey> {
  if (seed.length !== SEED_SIZE) throw new ProtocolError("malformed-key", "An encryption key's seed has 32 bytes.");
  const hybrid = (await import("./hybrid.ts")).kem();
  // A copy, because the library keeps the buffer behind what it is given.
  const { publicKey } = await hybrid.generateKeyPairDerand(Uint8Array.from(seed));
  return { seed: Uint8Array.from(seed), public: new Uint8Array(await hybrid.serializePublicKey(publicKey)) };
}

export async function newEncryptionKey(): Promise<EncryptionKey> {
  return encryptionKeyFromSeed(randomBytes(SEED_SIZE));
}

/** Raises malformed-key unless anyone can wrap to this key: one bad key would stop every channel that must include it. */
export function checkEncryptionKey(raw: Uint8Array): void {
  if (raw.length !== PUBLIC_SIZE) throw new ProtocolError("malformed-key", "An encryption key has 1,216 bytes.");
  for (let at = 0; at < COEFFICIENTS_SIZE; at += 3) {
    const [low, middle, high] = [raw[at] ?? 0, raw[at + 1] ?? 0, raw[at + 2] ?? 0];
    const first = low | ((middle & 15) << 8);
    const second = (middle >> 4) | (high << 4);
    if (first >= MLKEM_Q || second >= MLKEM_Q) {
      throw new ProtocolError("malformed-key", "An encryption key has a coefficient that is not reduced.");
    }
  }
  let u = 0n;
  for (const byte of raw.slice(MLKEM_SIZE).reverse()) u = (u << 8n) | BigInt(byte);
  // The top bit is ignored by X25519, and values beyond p count as their remainder.
  if (SMALL_ORDER_U.has((u & (2n ** 255n - 1n)) % X25519_P)) {
    throw new ProtocolError("malformed-key", "An encryption key's X25519 half is a point of small order.");
  }
}

export async function aekHash(raw: Bytes): Promise<Bytes> {
  return sha256(raw);
}

/** Twelve groups of five digits that the account's owner and an administrator compare: SHA-256 modulo 10^60. */
export async function safetyNumber(hub: string, account: string, aik: string): Promise<string> {
  const digest = await sha256(commitTo("safety-number", { hub: id32(hub), account: id16(account), aik: id32(aik) }));
  let number = 0n;
  for (const byte of digest) number = (number << 8n) | BigInt(byte);
  const digits = String(number % 10n ** 60n).padStart(60, "0");
  return (digits.match(/.{5}/g) ?? []).join(" ");
}
