/** The account's own acts and its encryption key: a new one is safe in the vault before anybody hears of it (docs/spec/27-ways.md). */
import { actBody } from "../crypto/directory.ts";
import { b64, type Bytes, equalBytes, type JsonObject } from "../crypto/encoding.ts";
import { encryptionKeyFromSeed, newEncryptionKey } from "../crypto/keys.ts";
import { pack } from "../crypto/packet.ts";
import { openVault, sealVault, type Vault } from "../crypto/vault.ts";
import { getJson, sendJson, sendPacket } from "../net/api.ts";
import { nonce, type Unlocked } from "./keys.ts";
import type { DirectoryLedger } from "./ledger.ts";

const ACT_LIFE = 24 * 60 * 60 * 1000;

interface Standing {
  readonly version: number;
  readonly sealed: string;
}

interface Signing {
  readonly keys: Unlocked;
  readonly world: { readonly directory: DirectoryLedger };
}

/** Signs one of the account's own acts, hands it in, and follows it. */
export async function addToDirectory({ keys, world }: Signing, type: "device.add" | "device.revoke" | "key.rotate", parts: JsonObject): Promise<void> {
  const { hub, account, owner } = keys;
  await world.directory.sync();
  const n = world.directory.latest.nextN([account]);
  const body = actBody({ hub, type, by: [account], n, expires: Date.now() + ACT_LIFE }, { account, ...parts });
  const signature = await owner.sign("act", body);
  await sendPacket("/api/directory", pack(new Uint8Array(), new Uint8Array(), body, [signature], new Uint8Array()));
  await world.directory.sync();
}

/** A new encryption key: every channel's secret is renewed by the next reader who sends. */
export async function rotateKey(own: Signing): Promise<void> {
  const { keys, world } = own;
  await world.directory.sync();
  const generation = world.directory.latest.account(keys.account).generation + 1;
  const { version, vault } = await latestVault(keys);
  // One that is in the vault already, from an attempt that was cut off, is taken again.
  const known = vault.aeks.find((one) => one.generation === generation);
  const next = known === undefined ? await newEncryptionKey() : await encryptionKeyFromSeed(known.seed);
  if (known === undefined) {
    const grown: Vault = { ...vault, aeks: [...vault.aeks, { generation, seed: next.seed }] };
    const sealed = await sealVault(keys.vaultKey, { hub: keys.hub, account: keys.account, version: version + 1 }, grown, nonce());
    await sendJson("PUT", "/api/vault", { version: version + 1, sealed });
    keys.vault = grown;
  } else {
    keys.vault = vault;
  }
  await addToDirectory(own, "key.rotate", { aek: b64(next.public), generation });
}

async function latestVault({ hub, account, vaultKey }: Unlocked): Promise<{ readonly version: number; readonly vault: Vault }> {
  const { version, sealed } = await getJson<Standing>("/api/vault");
  return { version, vault: await openVault(vaultKey, { hub, account, version }, sealed) };
}

/**
 * Takes over the key of a generation that another device has made, or, after account.rekey, calls the only key by the generation
 * that the directory gives it. Raises cannot-open where the vault has got a new key meanwhile.
 */
export async function takeGeneration(keys: Unlocked, own: { readonly generation: number; readonly aek: Bytes }): Promise<void> {
  const [first, ...more] = keys.vault.aeks;
  if (first !== undefined && more.length === 0 && equalBytes((await encryptionKeyFromSeed(first.seed)).public, own.aek)) {
    keys.vault = { ...keys.vault, aeks: [{ generation: own.generation, seed: first.seed }] };
    return;
  }
  keys.vault = (await latestVault(keys)).vault;
}
