/**
 * Opening a person's keys: sign-in with the passphrase's secret, then the vault, then this device's key (protocol.md 2).
 *
 * The hub's id is believed because the vault opens under it: wraps and vault are sealed over the id that the person
 * enrolled with, so another hub's genesis leaves them closed.
 */
import { type Bytes, randomBytes, newId, statementId, unb64, b64, canon } from "../crypto/encoding.ts";
import { deviceSigner, newDeviceSigner, type Signer, signerFromSecret } from "../crypto/signing.ts";
import {
  openVault,
  passphraseDoor,
  readSecret,
  stretch,
  unwrapVaultKey,
  type Vault,
  type VaultWrap,
  type WrapIds,
} from "../crypto/vault.ts";
import { getJson, sendJson } from "../net/api.ts";
import { type DeviceRecord, Rest } from "../store/rest.ts";
import type { ByPassphrase, WayIn } from "./owning.ts";
import { Declined } from "./problems.ts";

const LONGEST_SESSION = 7 * 24 * 3_600_000;

export interface HubFacts {
  readonly hub: string;
  readonly genesis: string;
  readonly signatures: string;
  readonly name: string;
  readonly exercise: boolean;
  readonly log: { readonly origin: string; readonly key: string };
}

/** Everything that an unlocked worker holds; forgotten as one. */
export interface Unlocked {
  readonly hub: string;
  readonly account: string;
  readonly code: string;
  /** Changes with a new sheet that asks for it. */
  vaultKey: Bytes;
  /** Changes when the account's key does. */
  vault: Vault;
  readonly owner: Signer;
  readonly device: string;
  readonly deviceLabel: string;
  readonly signer: Signer;
  /** True where the device was made just now and the directory does not know it yet. */
  readonly isNewDevice: boolean;
  /** The recovery code was used: a new sheet has to be made before anything else. */
  needsSheet: boolean;
  readonly expires: number;
}

interface Way {
  readonly wrap: string;
  readonly kind: string;
  readonly salt: string | null;
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface SignedIn {
  readonly account: string;
  readonly session: { readonly ends: number };
  readonly vault: { readonly version: number; readonly sealed: string };
  readonly wraps: readonly VaultWrap[];
}

/** The hub's facts, once its id was recomputed from the genesis it shows. */
export async function hubFacts(): Promise<HubFacts> {
  const facts = await getJson<HubFacts>("/api/hub");
  if (b64(await statementId("genesis", unb64(facts.genesis))) !== facts.hub) throw new Declined("wrong-hub");
  return facts;
}

async function secondSecret(record: DeviceRecord | null, typed: string | null): Promise<Bytes> {
  if (typed !== null && typed !== "") return readSecret(typed);
  const second = record === null ? null : await Rest.openSecond(record);
  if (second === null) throw new Declined("second-missing");
  return second;
}

/** How the account may be opened, or would be if there were one. */
export async function waysOf(code: string): Promise<readonly Way[]> {
  return (await sendJson<{ ways: readonly Way[] }>("POST", "/api/sign-in/ways", { code })).ways;
}

/**
 * Signs in and opens the vault.
 *
 * Raises Refused (unauthenticated: the same for a wrong passphrase, a wrong second secret and an unknown account),
 * Declined (second-missing, wrong-hub) or the crypto refusal of a vault that doesn't open.
 */
export async function openKeys(rest: Rest, facts: HubFacts, given: ByPassphrase): Promise<Unlocked> {
  const code = given.code.trim().toUpperCase();
  const known = await rest.device(code);
  const second = await secondSecret(known, given.second);
  const way = (await waysOf(code)).find(({ kind }) => kind === "passphrase");
  if (way === undefined || way.salt === null) throw new Declined("unauthenticated");

  const ids: WrapIds = { hub: facts.hub, code, wrap: way.wrap };
  const stretched = await stretch(given.passphrase, unb64(way.salt, 16), way.memory, way.passes, way.lanes);
  const door = await passphraseDoor(stretched, second, ids);
  const signedIn = await sendJson<SignedIn>("POST", "/api/sign-in", {
    code,
    wrap: way.wrap,
    secret: b64(door.signInSecret),
    client: "browser",
  });

  const wrap = signedIn.wraps.find((one) => one.wrap === way.wrap);
  if (wrap === undefined) throw new Declined("cannot-open");
  const vaultKey = await unwrapVaultKey(wrap, door, facts.hub, code);
  const typed = given.second !== null;
  return unlocked(rest, facts, { code, signedIn, vaultKey, second, typed, way: "passphrase", deviceLabel: given.deviceLabel });
}

/** Who came in, by which way, and what opened: `second` where this way knows it. */
export interface CameIn {
  readonly code: string;
  readonly signedIn: SignedIn;
  readonly vaultKey: Bytes;
  readonly second: Bytes | null;
  /** Whether the second secret was typed now, so that it replaces the one kept here. */
  readonly typed?: boolean;
  readonly way: WayIn;
  readonly deviceLabel: string;
}

/** Opens the vault and this browser's device in it, a new one where there is none yet. */
export async function unlocked(rest: Rest, facts: HubFacts, came: CameIn): Promise<Unlocked> {
  const { code, signedIn, vaultKey, second } = came;
  const place = { hub: facts.hub, account: signedIn.account, version: signedIn.vault.version };
  const vault = await openVault(vaultKey, place, signedIn.vault.sealed);
  const known = await rest.device(code);
  const held = known !== null && known.hub === facts.hub && known.account === signedIn.account ? known : null;
  const device = held ?? (await makeDevice(rest, { hub: facts.hub, account: signedIn.account, code }, came.deviceLabel, second));
  if (held !== null && came.typed === true && second !== null) await refreshSecond(rest, held, second);
  return {
    hub: facts.hub,
    account: signedIn.account,
    code,
    vaultKey,
    vault,
    owner: await signerFromSecret("account", vault.aik),
    device: device.device,
    deviceLabel: device.label,
    signer: await deviceSigner(device.key),
    isNewDevice: held === null,
    needsSheet: came.way === "recovery",
    expires: signedIn.session.ends,
  };
}

interface Whose {
  readonly hub: string;
  readonly account: string;
  readonly code: string;
}

async function makeDevice(rest: Rest, whose: Whose, label: string, second: Bytes | null): Promise<DeviceRecord> {
  const { keys } = await newDeviceSigner();
  return keepNewDevice(rest, { ...whose, device: newId(), label, keys }, second);
}

/** Keeps a device's keys in this browser, with the second secret where it is known. */
export async function keepNewDevice(
  rest: Rest,
  { keys, ...whose }: Whose & { readonly device: string; readonly label: string; readonly keys: CryptoKeyPair },
  second: Bytes | null,
): Promise<DeviceRecord> {
  const restKey = await Rest.restKey();
  const sealed = second === null ? null : await Rest.sealSecond(restKey, second);
  const record: DeviceRecord = { ...whose, madeAt: Date.now(), key: keys, rest: restKey, second: sealed };
  await rest.keepDevice(record, second);
  return record;
}

/** A second secret that was typed and just opened the vault replaces the one kept here. */
export async function refreshSecond(rest: Rest, held: DeviceRecord, second: Bytes): Promise<void> {
  await rest.keepDevice({ ...held, second: await Rest.sealSecond(held.rest, second) }, second);
}

/** Proves to the hub that this session speaks with this device's key. */
export async function bindDevice(unlocked: Unlocked): Promise<number> {
  const session = await getJson<{ jti: string; ends: number }>("/api/session");
  const at = Date.now();
  const body = canon({ hub: unlocked.hub, session: session.jti, device: unlocked.device, at });
  const signature = b64(await unlocked.signer.sign("sign-in", body));
  await sendJson("POST", "/api/session/device", { device: unlocked.device, at, signature });
  return session.ends;
}

/** A later end of the session, by this device's signature. The hub gives no more than a whole session's length. */
export async function stay(unlocked: Unlocked): Promise<number> {
  const session = await getJson<{ jti: string }>("/api/session");
  const at = Date.now();
  const until = at + LONGEST_SESSION;
  const body = canon({ hub: unlocked.hub, session: session.jti, device: unlocked.device, at, until });
  const signature = b64(await unlocked.signer.sign("sign-in", body));
  return (await sendJson<{ ends: number }>("POST", "/api/session/stay", { at, until, signature })).ends;
}

/** A fresh nonce for AES-GCM (12 bytes). */
export function nonce(): Bytes {
  return randomBytes(12);
}
