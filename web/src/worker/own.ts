/**
 * The person's own account: ways in, devices, a new sheet, a new device let in (docs/spec/27-ways.md). Fetched when somebody
 * asks; the desk hands every `own` request on to here.
 */
import type { Bytes, JsonObject } from "../crypto/encoding.ts";
import { b64, randomBytes, unb64 } from "../crypto/encoding.ts";
import { verifier, vaultWrapForm, wrapVaultKey } from "../crypto/vault.ts";
import { passkeyDoor, passkeyInput, passkeyWrap } from "../crypto/ways.ts";
import { getJson, sendJson } from "../net/api.ts";
import type { Rest } from "../store/rest.ts";
import { agree, letIn, lookIn, refuse } from "./approving.ts";
import { nonce, type Unlocked } from "./keys.ts";
import type { DeviceRow, Owning, PasskeyMade, PasskeyOptions, WayRow } from "./owning.ts";
import { Declined } from "./problems.ts";
import { newSheet, proveSheet } from "./renewing.ts";
import { addToDirectory, rotateKey } from "./rekeying.ts";
import type { World } from "./world.ts";

/** Whose account, where it rests, and who is who. */
export interface Own {
  readonly keys: Unlocked;
  readonly rest: Rest;
  readonly world: World;
}

type Answers = { readonly [K in keyof Owning]: (own: Own, given: Owning[K]["ask"]) => Promise<Owning[K]["answer"]> };

const ANSWERS: Answers = {
  ways: () => listWays(),
  devices: (own) => devices(own),
  newSheet: (own, given) => newSheet(own, given),
  proveSheet: (own, given) => proveSheet(own, given),
  passkeyOptions: (own) => passkeyOptions(own),
  addPasskey: (own, given) => addPasskey(own, given),
  dropPasskey: (_, { wrap }) => changeWays([], [wrap]),
  revoke: (own, given) => revoke(own, given.devices),
  keepDevice: async (_, { device }) => {
    await sendJson("PUT", `/api/devices/${device}`, null);
    return null;
  },
  letIn: (own) => letIn(own),
  lookIn: (own) => lookIn(own),
  agree: (own) => agree(own),
  refuse: () => refuse(),
};

/** Raises not-found for a request that this version does not know. */
export async function own<K extends keyof Owning>(own: Own, what: K, given: Owning[K]["ask"]): Promise<Owning[K]["answer"]> {
  if (!Object.hasOwn(ANSWERS, what)) throw new Declined("not-found");
  return ANSWERS[what](own, given);
}

async function listWays(): Promise<readonly WayRow[]> {
  interface Listed extends Pick<WayRow, "wrap" | "kind" | "number" | "label"> {
    readonly made_at: number;
    readonly last_used_at: number | null;
  }
  const listed = await getJson<readonly Listed[]>("/api/ways");
  return listed.map(({ wrap, kind, number, label, made_at, last_used_at }) => ({ wrap, kind, number, label, madeAt: made_at, lastUsedAt: last_used_at }));
}

/** Shows the secret of each way that was proposed; what is dropped goes in the same moment. */
export async function changeWays(proofs: readonly { readonly wrap: string; readonly secret: string }[], drop: readonly string[], more: JsonObject = {}): Promise<null> {
  await sendJson("POST", "/api/ways/proof", { proofs, drop, ...more });
  return null;
}

async function devices({ keys, world }: Own): Promise<readonly DeviceRow[]> {
  await world.directory.sync();
  const directory = world.directory.latest;
  const uses = await getJson<readonly { device: string; first_at: number; last_at: number; stale: boolean }[]>("/api/devices");
  const mine = [...directory.devices.values()].filter(({ id, account }) => account === keys.account && directory.deviceValid(id, account));
  const rows = mine.map(({ id, label }) => {
    const use = uses.find(({ device }) => device === id);
    const here = id === keys.device;
    return { device: id, label, here, firstAt: use?.first_at ?? null, lastAt: use?.last_at ?? null, stale: use?.stale ?? false };
  });
  return rows.sort((a, b) => Number(b.here) - Number(a.here) || (b.lastAt ?? 0) - (a.lastAt ?? 0));
}

async function revoke(own: Own, gone: readonly string[]): Promise<null> {
  for (const device of gone) {
    if (device === own.keys.device) throw new Declined("not-allowed");
    await addToDirectory(own, "device.revoke", { device, reason: "revoked by its owner" });
  }
  await rotateKey(own);
  return null;
}

async function passkeyOptions({ keys }: Own): Promise<PasskeyOptions> {
  interface Told {
    readonly challenge: string;
    readonly rp: { readonly id: string; readonly name: string };
    readonly user: { readonly id: string; readonly name: string };
    readonly algorithms: readonly number[];
    readonly known: readonly string[];
  }
  const { challenge, rp, user, algorithms, known } = await sendJson<Told>("POST", "/api/ways/passkey", null);
  const bytes = (text: string): Bytes => unb64(text);
  return {
    challenge: bytes(challenge),
    rp,
    user: { id: bytes(user.id), name: user.name },
    algorithms,
    known: known.map(bytes),
    input: await passkeyInput(keys.hub),
  };
}

async function addPasskey({ keys }: Own, made: PasskeyMade): Promise<null> {
  const ids = { hub: keys.hub, code: keys.code, wrap: await passkeyWrap(keys.hub, made.credential) };
  const door = await passkeyDoor(made.secret, ids);
  const wrap = await wrapVaultKey(keys.vaultKey, door, ids, null, nonce(), "passkey");
  const registration = {
    credential: made.credential,
    client_data: made.clientData,
    attestation: made.attestation,
    label: made.label,
  };
  const way = { ...vaultWrapForm(wrap), verifier: b64(await verifier(door.signInSecret)), registration };
  await sendJson("PUT", "/api/ways", { wraps: [way] });
  return changeWays([{ wrap: ids.wrap, secret: b64(door.signInSecret) }], []);
}

/** Two different numbers from 1 to `count`, the smaller one first. */
export function twoOf(count: number): readonly number[] {
  const [a, b] = [(randomBytes(1)[0] ?? 0) % count, (randomBytes(1)[0] ?? 0) % (count - 1)];
  const [one, other] = [a + 1, (b < a ? b : b + 1) + 1];
  return one < other ? [one, other] : [other, one];
}
