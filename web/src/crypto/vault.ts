/**
 * A person's keys, sealed under a vault key that several wraps open, and the enrolment's MAC (docs/spec/11-vault.md).
 */

import {
  b64,
  canon,
  commitTo,
  equalSecrets,
  pae,
  parse,
  sha256,
  unb64,
  utf8,
  type Bytes,
  type Json,
  type JsonObject,
} from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { choice, fields, id16, id32, integer, isObject, items, malformed, octets, optional, orNull } from "./fields.ts";
import { hkdf, hmac, openBytes, sealBytes } from "./sealing.ts";

/** Floors and defaults at once: a hub that offers less is refused. */
export const MEMORY_KIB = 65_536;
export const PASSES = 3;
export const LANES = 1;
/** A hub cannot exhaust the client either. */
const MOST_MEMORY_KIB = 1_048_576;
const MOST_PASSES = 16;
const MOST_LANES = 4;
/** In bytes: of a private record. */
const MAX_RECORD = 1_000_000;
const MAX_GENERATIONS = 1000;
export const MOST_FORMER = 100;

export const WRAP_KINDS = ["passphrase", "recovery", "passkey"] as const;
export type WrapKind = (typeof WRAP_KINDS)[number];

/** What a wrap is bound to: the account's code, because a new machine does not know its id yet. */
export interface WrapIds {
  readonly hub: string;
  readonly code: string;
  readonly wrap: string;
}

/** What one way into the vault gives: the key of its wrap, and what signs in with it. */
export interface Door {
  readonly wrappingKey: Bytes;
  readonly signInSecret: Bytes;
}

/** Of the key stretching; `salt` is base64url of 16 bytes. */
export interface Stretching {
  readonly salt: string;
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** The vault key behind one door, as the hub keeps it. Everything beside `sealed` is bound to it as AAD. */
export interface VaultWrap {
  readonly wrap: string;
  readonly kind: WrapKind;
  /** Null, and 0 for each number, where a recovery code or a passkey opens. */
  readonly salt: string | null;
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
  /** Base64url of `nonce (12) ‖ ciphertext (32) ‖ tag (16)`. */
  readonly sealed: string;
}

/**
 * The account's secrets: identity key, the seed of each generation of the encryption key, and the vault keys of before,
 * under which private records of other devices may still be sealed.
 */
export interface Vault {
  readonly aik: Bytes;
  readonly aeks: readonly { readonly generation: number; readonly seed: Bytes }[];
  readonly former?: readonly Bytes[];
}

export interface VaultIds {
  readonly hub: string;
  readonly account: string;
  readonly version: number;
}

export interface PrivateIds extends VaultIds {
  readonly record: string;
}

/** Raises cannot-open if the vault does not have that generation. */
export function seedOf(vault: Vault, generation: number): Bytes {
  const key = vault.aeks.find((known) => known.generation === generation);
  if (key === undefined) throw new ProtocolError("cannot-open", `The vault has no key of generation ${generation}.`);
  return key.seed;
}

/** Argon2id of the passphrase (NFKC, UTF-8), 32 bytes. Raises below-floor for weaker parameters than compiled in. */
export async function stretch(
  passphrase: string,
  salt: Bytes,
  memory = MEMORY_KIB,
  passes = PASSES,
  lanes = LANES,
): Promise<Bytes> {
  checkFloors(memory, passes, lanes);
  if (salt.length !== 16) throw malformed("The salt has 16 bytes.");
  // Fetched when a passphrase is there to be stretched: the first page doesn't wait for it.
  const { argon2id } = await import("./stretching.ts");
  const stretched = await argon2id({
    password: utf8(passphrase.normalize("NFKC")),
    salt,
    parallelism: lanes,
    iterations: passes,
    memorySize: memory,
    hashLength: 32,
    outputType: "binary",
  });
  return Uint8Array.from(stretched);
}

/** Raises below-floor below what is compiled in, malformed above what a client is ready to spend. */
export function checkFloors(memory: number, passes: number, lanes: number): void {
  if (memory < MEMORY_KIB || passes < PASSES || lanes < LANES) {
    throw new ProtocolError("below-floor", "The hub offers a weaker protection of the passphrase than is allowed.");
  }
  if (memory > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES) {
    throw malformed("The hub asks for more work on the passphrase than this client can do.");
  }
}

/** The door of a passphrase *and* the second secret (16 bytes): `stretched` is what `stretch` gave. */
export async function passphraseDoor(stretched: Bytes, secondSecret: Bytes, ids: WrapIds): Promise<Door> {
  if (secondSecret.length !== 16) throw malformed("The second secret has 16 bytes.");
  return doorBehind(stretched, secondSecret, ids, "passphrase");
}

/** The door of a recovery code (its 32 bytes). */
export async function recoveryDoor(recovery: Bytes, ids: WrapIds): Promise<Door> {
  if (recovery.length !== 32) throw malformed("A recovery code has 32 bytes.");
  return doorBehind(recovery, new Uint8Array(), ids, "recovery");
}

/** The two secrets that a way gives, bound to its place. */
export async function doorBehind(ikm: Bytes, salt: Bytes, { hub, code, wrap }: WrapIds, kind: WrapKind): Promise<Door> {
  const place = { hub, code, wrap, kind };
  return {
    wrappingKey: await hkdf(ikm, salt, commitTo("vault-wrap", place)),
    signInSecret: await hkdf(ikm, salt, commitTo("sign-in-secret", place)),
  };
}

/** What the hub keeps of a sign-in secret. */
export async function verifier(signInSecret: Bytes): Promise<Bytes> {
  return sha256(pae("sign-in-secret", signInSecret));
}

/** The vault key (32 bytes) behind `door`: of a passphrase with its stretching, of a recovery code or a passkey without (null). */
export async function wrapVaultKey(
  vaultKey: Bytes,
  { wrappingKey }: Door,
  ids: WrapIds,
  stretching: Stretching | null,
  nonce: Bytes,
  unstretched: "recovery" | "passkey" = "recovery",
): Promise<VaultWrap> {
  const kind: WrapKind = stretching === null ? unstretched : "passphrase";
  const { salt, memory, passes, lanes } = stretching ?? { salt: null, memory: 0, passes: 0, lanes: 0 };
  const blank = { wrap: ids.wrap, kind, salt, memory, passes, lanes };
  checkParameters(blank);
  return { ...blank, sealed: b64(await sealBytes(wrappingKey, nonce, vaultKey, wrapAad(ids.hub, ids.code, blank))) };
}

/** The vault key. Raises cannot-open (wrong passphrase, secret or code, or altered), below-floor or malformed. */
export async function unwrapVaultKey(wrap: VaultWrap, { wrappingKey }: Door, hub: string, code: string): Promise<Bytes> {
  checkParameters(wrap);
  const vaultKey = await openBytes(wrappingKey, unb64(wrap.sealed), wrapAad(hub, code, wrap));
  if (vaultKey.length !== 32) throw malformed("A vault key has 32 bytes.");
  return vaultKey;
}

/** Raises malformed or below-floor. */
export function readVaultWrap(value: Json | undefined): VaultWrap {
  const written = fields(value, "wrap kind salt memory passes lanes sealed".split(" "));
  const wrap = {
    wrap: id16(written["wrap"]),
    kind: choice(written["kind"], WRAP_KINDS),
    salt: orNull(written["salt"], id16),
    memory: integer(written["memory"]),
    passes: integer(written["passes"]),
    lanes: integer(written["lanes"]),
    sealed: octets(written["sealed"], 60),
  };
  checkParameters(wrap);
  return wrap;
}

/** A wrap as the hub keeps it. */
export function vaultWrapForm(wrap: VaultWrap): JsonObject {
  return { ...parameters(wrap), sealed: wrap.sealed };
}

function parameters({ wrap, kind, salt, memory, passes, lanes }: Omit<VaultWrap, "sealed">): JsonObject {
  return { wrap, kind, salt, memory, passes, lanes };
}

function checkParameters({ kind, salt, memory, passes, lanes }: Omit<VaultWrap, "sealed">): void {
  if (kind !== "passphrase") {
    if (salt !== null || memory !== 0 || passes !== 0 || lanes !== 0) throw malformed("Only a passphrase is stretched.");
    return;
  }
  if (salt === null) throw malformed("A passphrase's wrap has a salt.");
  checkFloors(memory, passes, lanes);
}

function wrapAad(hub: string, code: string, wrap: Omit<VaultWrap, "sealed">): Bytes {
  return commitTo("vault-wrap", { ...parameters(wrap), hub, code });
}

// ---- sealed records

export async function sealVault(vaultKey: Bytes, ids: VaultIds, vault: Vault, nonce: Bytes): Promise<string> {
  const aeks = vault.aeks.map(({ generation, seed }) => [generation, b64(seed)]);
  const former = (vault.former ?? []).map(b64);
  const plain = canon({ aik: b64(vault.aik), aeks, ...(former.length > 0 && { former }) });
  return b64(await sealBytes(vaultKey, nonce, plain, vaultAad(ids)));
}

export async function openVault(vaultKey: Bytes, ids: VaultIds, sealed: string): Promise<Vault> {
  const plain = await openBytes(vaultKey, unb64(sealed), vaultAad(ids));
  const written = fields(parse(plain), ["aik", "aeks"], ["former"]);
  const aeks = items(written["aeks"], MAX_GENERATIONS, 1).map((pair) => {
    const [generation, seed] = items(pair, 2, 2);
    return { generation: integer(generation, 1), seed: unb64(id32(seed)) };
  });
  aeks.forEach(({ generation }, at) => {
    const former = aeks[at - 1];
    if (former !== undefined && generation !== former.generation + 1) throw malformed("Generations are out of order.");
  });
  const former = optional(written, "former", (keys) => items(keys, MOST_FORMER, 1).map((key) => unb64(id32(key))));
  return { aik: unb64(id32(written["aik"])), aeks, ...(former !== null && { former }) };
}

async function privateKey(vaultKey: Bytes, { hub, account }: PrivateIds): Promise<Bytes> {
  return hkdf(vaultKey, new Uint8Array(), commitTo("private-key", { hub, account }));
}

function vaultAad(ids: VaultIds): Bytes {
  return commitTo("vault", fields({ ...ids }, ["hub", "account", "version"]));
}

function privateAad(ids: PrivateIds): Bytes {
  return commitTo("private", fields({ ...ids }, ["hub", "account", "record", "version"]));
}

/** Drafts, read marks and the like, which follow the person; the pins are the record named "pins". */
export async function sealPrivate(vaultKey: Bytes, ids: PrivateIds, value: JsonObject, nonce: Bytes): Promise<string> {
  return b64(await sealBytes(await privateKey(vaultKey, ids), nonce, canon(value), privateAad(ids)));
}

export async function openPrivate(vaultKey: Bytes, ids: PrivateIds, sealed: string): Promise<JsonObject> {
  const plain = await openBytes(await privateKey(vaultKey, ids), unb64(sealed), privateAad(ids));
  const value = parse(plain, MAX_RECORD);
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

/** Bytes as letters that survive being copied from paper, check characters behind them. */
export async function formatCode(secret: Bytes, checkSize: number, groupSize: number): Promise<string> {
  const spelled = spell(bitsOf(secret)) + (await checkCharacters(secret, checkSize));
  return (spelled.match(new RegExp(`.{1,${groupSize}}`, "g")) ?? []).join("-");
}

/** Case, spaces and hyphens do not matter; O is 0, I and L are 1. */
export async function readCode(typed: string, size: number, checkSize: number): Promise<Bytes> {
  const tidy = typed.toUpperCase().replaceAll(/[ -]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
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
  if (secret.length !== 32) throw malformed("A recovery code has 32 bytes.");
  return formatCode(secret, 3, 5);
}

export async function readRecoveryCode(typed: string): Promise<Bytes> {
  return readCode(typed, 32, 3);
}

/** The second secret: 16 bytes as 26 characters and 2 for checking, in groups of four. */
export async function formatSecret(secret: Bytes): Promise<string> {
  if (secret.length !== 16) throw malformed("A second secret has 16 bytes.");
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

/** Raises cannot-open unless whoever made `body` had the invitation's secret. */
export async function checkEnrolmentMac(
  secret: Bytes,
  hub: string,
  invitation: string,
  body: Uint8Array,
  mac: Bytes,
): Promise<void> {
  if (!equalSecrets(await enrolmentMac(secret, hub, invitation, body), mac)) {
    throw new ProtocolError("cannot-open", "This was not made with the invitation's secret.");
  }
}
