/**
 * A new sheet: new passphrase, second secret and recovery code, stored beside the old ones, proven to open what was stored, and
 * only then put in their place (docs/spec/27-ways.md).
 */
import { type Bytes, b64, equalBytes, equalSecrets, newId, randomBytes, utf8 } from "../crypto/encoding.ts";
import {
  type Door,
  formatSecret,
  LANES,
  MEMORY_KIB,
  MOST_FORMER,
  openVault,
  passphraseDoor,
  PASSES,
  readRecoveryCode,
  readVaultWrap,
  recoveryCode,
  recoveryDoor,
  sealVault,
  stretch,
  unwrapVaultKey,
  type Vault,
  vaultWrapForm,
  type VaultWrap,
  verifier,
  wrapVaultKey,
} from "../crypto/vault.ts";
import { getJson, sendJson } from "../net/api.ts";
import { Rest } from "../store/rest.ts";
import { nonce } from "./keys.ts";
import { changeWays, type Own, twoOf } from "./own.ts";
import type { NewSheet, Owning, WayRow } from "./owning.ts";
import { Declined } from "./problems.ts";

const SHORTEST_PASSPHRASE = 12;
const GROUPS = 11;

/** Between making and proving: in memory alone. */
interface Proposed {
  readonly account: string;
  readonly vaultKey: Bytes;
  readonly vault: Vault;
  readonly fresh: { readonly version: number; readonly sealed: string } | null;
  readonly second: Bytes;
  readonly printed: string;
  readonly asked: readonly number[];
  readonly doors: readonly { readonly wrap: string; readonly door: Door }[];
}

let proposed: Proposed | null = null;

/** Makes it, and proves that what the hub stored opens. Raises passphrase-short, not-kept. */
export async function newSheet({ keys }: Own, { passphrase, fresh }: Owning["newSheet"]["ask"]): Promise<NewSheet> {
  if (Array.from(passphrase).length < SHORTEST_PASSPHRASE) throw new Declined("passphrase-short");
  const { hub, account, code } = keys;
  const standing = await getJson<{ version: number; sealed: string }>("/api/vault");
  const latest = await openVault(keys.vaultKey, { hub, account, version: standing.version }, standing.sealed);
  const vaultKey = fresh ? randomBytes(32) : keys.vaultKey;
  const vault = fresh ? { ...latest, former: [...(latest.former ?? []), keys.vaultKey].slice(-MOST_FORMER) } : latest;
  const version = standing.version + 1;
  const sealed = fresh ? await sealVault(vaultKey, { hub, account, version }, vault, nonce()) : null;

  const [second, recovery, salt] = [randomBytes(16), randomBytes(32), randomBytes(16)];
  const [first, other] = [{ hub, code, wrap: newId() }, { hub, code, wrap: newId() }];
  const byPassphrase = await passphraseDoor(await stretch(passphrase, salt), second, first);
  const printed = await recoveryCode(recovery);
  const byRecovery = await recoveryDoor(await readRecoveryCode(printed), other);
  const stretching = { salt: b64(salt), memory: MEMORY_KIB, passes: PASSES, lanes: LANES };
  const wraps = [
    await asProposed(await wrapVaultKey(vaultKey, byPassphrase, first, stretching, nonce()), byPassphrase),
    await asProposed(await wrapVaultKey(vaultKey, byRecovery, other, null, nonce()), byRecovery),
  ];
  const told = await sendJson<{ number: number; wraps: readonly VaultWrap[] }>("PUT", "/api/ways", { wraps });
  const doors = [
    { wrap: first.wrap, door: byPassphrase },
    { wrap: other.wrap, door: byRecovery },
  ];
  for (const { wrap, door } of doors) {
    const kept = told.wraps.find((one) => one.wrap === wrap);
    if (kept === undefined) throw new Declined("not-kept");
    const opened = await unwrapVaultKey(readVaultWrap({ ...kept }), door, hub, code);
    if (!equalBytes(opened, vaultKey)) throw new Declined("not-kept");
  }
  const asked = twoOf(GROUPS);
  proposed = { account, vaultKey, vault, fresh: sealed === null ? null : { version, sealed }, second, printed, asked, doors };
  return { url: location.origin, code, second: await formatSecret(second), recovery: printed, number: told.number, at: Date.now(), asked };
}

async function asProposed(wrap: VaultWrap, door: Door): Promise<object> {
  return { ...vaultWrapForm(wrap), verifier: b64(await verifier(door.signInSecret)) };
}

/** Raises wrong-groups; Refused where the hub can't be reached: then it is proven by trying once more. */
export async function proveSheet({ keys, rest }: Own, { groups }: Owning["proveSheet"]["ask"]): Promise<null> {
  const made = proposed;
  if (made === null || made.account !== keys.account) throw new Declined("not-found");
  const printed = made.printed.split("-");
  const right = made.asked.every((number, at) => isSame(printed[number - 1] ?? "", groups[at] ?? ""));
  if (!right) throw new Declined("wrong-groups");
  const ways = await getJson<readonly WayRow[]>("/api/ways");
  const gone = ways.filter(({ kind }) => made.fresh !== null || kind !== "passkey").map(({ wrap }) => wrap);
  const proofs = made.doors.map(({ wrap, door }) => ({ wrap, secret: b64(door.signInSecret) }));
  await changeWays(proofs, gone, made.fresh === null ? {} : { vault: { ...made.fresh } });
  proposed = null;
  keys.vaultKey = made.vaultKey;
  keys.vault = made.vault;
  keys.needsSheet = false;
  const held = await rest.device(keys.code);
  if (held !== null) await rest.keepDevice({ ...held, second: await Rest.sealSecond(held.rest, made.second) }, made.second);
  return null;
}

function isSame(printed: string, typed: string): boolean {
  const tidy = typed.trim().toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return equalSecrets(utf8(printed), utf8(tidy));
}
