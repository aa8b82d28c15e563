/**
 * A person's keys, sealed under a vault key that several wraps open, and the enrolment's MAC (docs/spec/11-vault.md).
 */

import { argon2id } from "hash-wasm";

import {
  b64,
  canon,
  commitTo,
  equalSecrets,
  pae,
  parse,
  sha256,
  unb64,
  type Bytes,
  type JsonObject,
} from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { fields, integer, isObject, items, malformed, octets } from "./fields.ts";
import { hkdf, hmac, openBytes, sealBytes } from "./sealing.ts";

/** Compiled in: a hub that asks for less is refused. */
export const MEMORY_KIB = 65_536;
export const PASSES = 3;
export const LANES = 1;
/** And one that asks for more than a small machine has is refused as well. */
const MAX_MEMORY_KIB = 1_048_576;
const MAX_PASSES = 16;
const MAX_GENERATIONS = 500;

export interface Stretching {
  /** Base64url of 16 bytes. */
  readonly salt: string;
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** What a wrap's keys are bound to: known before the account's id is. */
export interface WrapIds {
  readonly hub: string;
  readonly code: string;
  readonly wrap: string;
  readonly kind: WrapKind;
}

export type WrapKind = "passphrase" | "recovery";

/** As the hub keeps it; salt null and numbers 0 for a recovery code. */
export interface VaultWrap {
  readonly wrap: string;
  readonly kind: WrapKind;
  readonly salt: string | null;
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  readonly sealed: string;
}

/** Two outputs of one root: what opens the wrap stays here, what opens a session goes to the hub. */
export interface WrapKeys {
  readonly wrappingKey: Bytes;
  readonly signInSecret: Bytes;
}

export interface VaultIds {
  readonly hub: string;
  readonly account: string;
  readonly version: number;
}

export interface PrivateIds extends VaultIds {
  readonly record: string;
}

/** The account's secrets: AIK, and every generation of its encryption key's seed. */
export interface VaultContent {
  readonly aik: Bytes;
  readonly aeks: readonly { readonly generation: number; readonly seed: Bytes }[];
}

/** Argon2id of the NFKC passphrase, 32 bytes. Raises below-floor for weaker parameters than the compiled ones. */
export async function stretch(
  passphrase: string,
  salt: Bytes,
  memory = MEMORY_KIB,
  passes = PASSES,
  lanes = LANES,
): Promise<Bytes> {
  if (memory < MEMORY_KIB || passes < PASSES || lanes < LANES || salt.length !== 16) {
    throw new ProtocolError("below-floor", "The hub asks for a weaker protection of the passphrase than is allowed.");
  }
  if (memory > MAX_MEMORY_KIB || passes > MAX_PASSES || lanes > LANES) {
    throw malformed("The hub asks for a protection of the passphrase that no machine could compute.");
  }
  const stretched = await argon2id({
    password: passphrase.normalize("NFKC"),
    salt,
    parallelism: lanes,
    iterations: passes,
    memorySize: memory,
    hashLength: 32,
    outputType: "binary",
  });
  return Uint8Array.from(stretched);
}

async function wrapKeys(ikm: Bytes, salt: Bytes, { hub, code, wrap, kind }: WrapIds): Promise<WrapKeys> {
  const ids = { hub, code, wrap, kind };
  return {
    wrappingKey: await hkdf(ikm, salt, commitTo("vault-wrap", ids)),
    signInSecret: await hkdf(ikm, salt, commitTo("sign-in-secret", ids)),
  };
}

/** Both secrets are needed: what the person knows (`stretched`) and the sheet's second secret (16 bytes). */
export async function passphraseKeys(stretched: Bytes, secondSecret: Bytes, ids: WrapIds): Promise<WrapKeys> {
  return wrapKeys(stretched, secondSecret, ids);
}

export async function recoveryKeys(secret: Bytes, ids: WrapIds): Promise<WrapKeys> {
  return wrapKeys(secret, new Uint8Array(), ids);
}

/** What the hub keeps in place of a sign-in secret. */
export async function verifier(signInSecret: Bytes): Promise<Bytes> {
  return sha256(pae("sign-in-secret", signInSecret));
}

function wrapAad(hub: string, code: string, wrap: Omit<VaultWrap, "sealed">): Bytes {
  const { wrap: id, kind, salt, memory, passes, lanes } = wrap;
  return commitTo("vault-wrap", { hub, code, wrap: id, kind, salt, memory, passes, lanes });
}

export async function sealVaultKey(
  wrappingKey: Bytes,
  vaultKey: Bytes,
  ids: WrapIds,
  stretching: Stretching | null,
  nonce: Bytes,
): Promise<VaultWrap> {
  const { salt, memory, passes, lanes } = stretching ?? { salt: null, memory: 0, passes: 0, lanes: 0 };
  const open = { wrap: ids.wrap, kind: ids.kind, salt, memory, passes, lanes };
  const aad = wrapAad(ids.hub, ids.code, open);
  return { ...open, sealed: b64(await sealBytes(wrappingKey, nonce, vaultKey, aad)) };
}

export async function openVaultKey(wrappingKey: Bytes, hub: string, code: string, wrap: VaultWrap): Promise<Bytes> {
  return openBytes(wrappingKey, unb64(wrap.sealed), wrapAad(hub, code, wrap));
}

// ---- sealed records

export async function sealVault(vaultKey: Bytes, ids: VaultIds, content: VaultContent, nonce: Bytes): Promise<string> {
  const { hub, account, version } = ids;
  const aeks = content.aeks.map(({ generation, seed }) => [generation, b64(seed)]);
  const plain = canon({ aik: b64(content.aik), aeks });
  return b64(await sealBytes(vaultKey, nonce, plain, commitTo("vault", { hub, account, version })));
}

export async function openVault(vaultKey: Bytes, ids: VaultIds, sealed: string): Promise<VaultContent> {
  const { hub, account, version } = ids;
  const plain = await openBytes(vaultKey, unb64(sealed), commitTo("vault", { hub, account, version }));
  const { aik, aeks } = fields(parse(plain), ["aik", "aeks"]);
  return {
    aik: unb64(octets(aik, 32)),
    aeks: items(aeks, MAX_GENERATIONS, 1).map((pair) => {
      const [generation, seed] = items(pair, 2, 2);
      return { generation: integer(generation, 1), seed: unb64(octets(seed, 32)) };
    }),
  };
}

async function privateKey(vaultKey: Bytes, { hub, account }: PrivateIds): Promise<Bytes> {
  return hkdf(vaultKey, new Uint8Array(), commitTo("private-key", { hub, account }));
}

function privateAad({ hub, account, record, version }: PrivateIds): Bytes {
  return commitTo("private", { hub, account, record, version });
}

/** Drafts, read marks and the like, which follow the person; the pins are the record named "pins". */
export async function sealPrivate(vaultKey: Bytes, ids: PrivateIds, value: JsonObject, nonce: Bytes): Promise<string> {
  return b64(await sealBytes(await privateKey(vaultKey, ids), nonce, canon(value), privateAad(ids)));
}

export async function openPrivate(vaultKey: Bytes, ids: PrivateIds, sealed: string): Promise<JsonObject> {
  const plain = await openBytes(await privateKey(vaultKey, ids), unb64(sealed), privateAad(ids));
  const value = parse(plain, plain.length);
  if (!isObject(value)) throw malformed("A private record is no object.");
  return value;
}

// ---- codes that people copy from paper

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

function spell(bits: string): string {
  const groups = bits.padEnd(Math.ceil(bits.length / 5) * 5, "0").match(/.{5}/g) ?? [];
  return groups.map((group) => ALPHABET[parseInt(group, 2)] ?? "").join("");
}

async function checkCharacters(secret: Bytes, size: number): Promise<string> {
  return spell(bitsOf(await sha256(pae("vault-wrap", secret))).slice(0, size * 5));
}

async function formatCode(secret: Bytes, checkSize: number, groupSize: number): Promise<string> {
  const spelled = spell(bitsOf(secret)) + (await checkCharacters(secret, checkSize));
  return (spelled.match(new RegExp(`.{1,${groupSize}}`, "g")) ?? []).join("-");
}

/** Case, spaces, hyphens and the look-alikes of Crockford's base32 do not matter. */
async function readCode(typed: string, size: number, checkSize: number): Promise<Bytes> {
  const tidy = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  const length = Math.ceil((size * 8) / 5);
  const values = Array.from(tidy, (character) => ALPHABET.indexOf(character));
  if (tidy.length !== length + checkSize || values.includes(-1)) throw malformed("This code is not complete.");
  const bits = values.slice(0, length).map((value) => value.toString(2).padStart(5, "0")).join("");
  const secret = Uint8Array.from({ length: size }, (_, at) => parseInt(bits.slice(at * 8, at * 8 + 8), 2));
  const expected = spell(bitsOf(secret)) + (await checkCharacters(secret, checkSize));
  if (expected !== tidy) throw malformed("This code has a typing error.");
  return secret;
}

/** 32 bytes as 52 characters and 3 for checking, in groups of five. */
export async function recoveryCode(secret: Bytes): Promise<string> {
  return formatCode(secret, 3, 5);
}

export async function readRecoveryCode(typed: string): Promise<Bytes> {
  return readCode(typed, 32, 3);
}

/** The second secret: 16 bytes as 26 characters and 2 for checking, in groups of four. */
export async function formatSecret(secret: Bytes): Promise<string> {
  return formatCode(secret, 2, 4);
}

export async function readSecret(typed: string): Promise<Bytes> {
  return readCode(typed, 16, 2);
}

// ---- enrolment

/** Proves to the administrator that the holder of the invitation sent exactly `body`; the hub never knows the secret. */
export async function enrolmentMac(secret: Bytes, hub: string, invitation: string, body: Uint8Array): Promise<Bytes> {
  const key = await hkdf(secret, new Uint8Array(), commitTo("enrol", { hub, invitation }));
  return hmac(key, pae("enrol", body));
}

/** Raises bad-signature unless the MAC was made with the invitation's secret. */
export async function checkEnrolmentMac(
  secret: Bytes,
  hub: string,
  invitation: string,
  body: Uint8Array,
  mac: Bytes,
): Promise<void> {
  if (!equalSecrets(await enrolmentMac(secret, hub, invitation, body), mac)) {
    throw new ProtocolError("bad-signature", "The keys were not sent by the holder of this invitation.");
  }
}
