/**
 * Setting up: a new person's own keys, made here under an invitation that came outside the hub, two ways into the vault, and
 * the request to be certified (docs/spec/26-invitations.md; twin of hub/client/enrolment.py).
 */
import { actBody, checkEnrolmentPublic, enrolmentBody } from "../crypto/directory.ts";
import { b64, equalSecrets, newId, randomBytes, unb64, utf8, type Bytes, type JsonObject } from "../crypto/encoding.ts";
import { invitationId, type Invited, readFragment } from "../crypto/invitation.ts";
import { newEncryptionKey, safetyNumber } from "../crypto/keys.ts";
import { deviceSigner, newDeviceKeys, newSigningKey } from "../crypto/signing.ts";
import {
  enrolmentMac,
  formatSecret,
  LANES,
  MEMORY_KIB,
  openVault,
  passphraseDoor,
  PASSES,
  readRecoveryCode,
  readSecret,
  recoveryCode,
  recoveryDoor,
  sealVault,
  stretch,
  unwrapVaultKey,
  type Vault,
  type VaultWrap,
  vaultWrapForm,
  verifier,
  wrapVaultKey,
} from "../crypto/vault.ts";
import { getJson, Refused, sendJson } from "../net/api.ts";
import { Rest } from "../store/rest.ts";
import { dropSetup, keepSetup, readSetup } from "../store/setups.ts";
import { type HubFacts, hubFacts, nonce } from "./keys.ts";
import { Declined } from "./problems.ts";
import type { SetupAsk, SetupView, Sheet } from "./setting-up.ts";

const YEAR = 365 * 24 * 3_600_000;
const SHORTEST_PASSPHRASE = 12;
const GROUPS = 11;

/** How an invitation stands at the hub. `account` and `code` as the hub says them: the signed enrolment binds them. */
interface Standing {
  readonly state: "open" | "over" | "used" | "certified";
  readonly account: string;
  readonly code: string;
  readonly expires: number;
}

/** What rests between two steps: at first the invitation alone, then everything made under it. */
interface Begun {
  readonly hub: string;
  /** The hub's name. */
  readonly name: string;
  readonly account: string;
  readonly code: string;
  readonly secret: string;
  readonly expires: number;
  readonly made: Made | null;
}

interface Made {
  readonly request: JsonObject;
  readonly device: string;
  readonly label: string;
  readonly second: string;
  /** Empty once it was proven: from then on it exists on paper alone. */
  readonly recovery: string;
  readonly asked: readonly number[];
  readonly aik: string;
}

export async function setUp(rest: Rest, given: SetupAsk): Promise<SetupView> {
  switch (given.do) {
    case "look":
      return look();
    case "begin":
      return begin(given.fragment, given.typed);
    case "make":
      return make(given.passphrase, given.deviceLabel);
    case "prove":
      return prove(rest, given.groups);
    case "forget":
      await dropSetup();
      return nothing();
  }
}

async function look(): Promise<SetupView> {
  const { begun } = await resting();
  return begun === null ? nothing() : view(begun, await stateOf(begun));
}

async function nothing(): Promise<SetupView> {
  const { name } = await hubFacts();
  return { step: "none", hubName: name, code: "", expires: null, sheet: null, asked: [], safetyNumber: null };
}

async function resting(): Promise<{ begun: Begun | null; keys: CryptoKeyPair | null }> {
  const kept = await readSetup();
  return { begun: kept === null ? null : (kept.value as unknown as Begun), keys: kept?.keys ?? null };
}

async function keep(begun: Begun, keys: CryptoKeyPair | null): Promise<void> {
  await keepSetup({ value: begun as unknown as JsonObject, keys });
}

// ---- the invitation

/**
 * Takes up an invitation. The same again goes on where it was left; another one takes its place only if nothing was made yet.
 *
 * Raises Declined: wrong-hub, invitation-unknown, invitation-over, invitation-used, other-invitation; malformed where it was
 * mistyped.
 */
async function begin(fragment: string | null, typed: string | null): Promise<SetupView> {
  const facts = await hubFacts();
  const invited = fragment === null ? null : readInvited(fragment, facts);
  const secret = invited === null ? await readSecret(typed ?? "") : unb64(invited.secret, 16);
  const { begun } = await resting();
  if (begun !== null && equalSecrets(unb64(begun.secret), secret)) return look();
  if (begun !== null && begun.made !== null && (await stateOf(begun)) !== "certified") throw new Declined("other-invitation");
  const standing = await ask(secret, facts.hub);
  if (standing.state === "over") throw new Declined("invitation-over");
  if (standing.state !== "open") throw new Declined("invitation-used");
  if (invited !== null && (standing.account !== invited.account || standing.code !== invited.code)) {
    throw new Declined("wrong-invitation");
  }
  const { account, code, expires } = standing;
  const fresh: Begun = { hub: facts.hub, name: facts.name, account, code, secret: b64(secret), expires, made: null };
  await keep(fresh, null);
  return view(fresh, "open");
}

function readInvited(fragment: string, facts: HubFacts): Invited {
  const invited = readFragment(fragment);
  if (invited.hub !== facts.hub) throw new Declined("wrong-hub");
  return invited;
}

async function ask(secret: Bytes, hub: string): Promise<Standing> {
  try {
    return await getJson<Standing>(`/api/invitations/${await invitationId(secret, hub)}`);
  } catch (refused) {
    if (refused instanceof Refused && refused.status === 404) throw new Declined("invitation-unknown");
    throw refused;
  }
}

async function stateOf(begun: Begun): Promise<Standing["state"]> {
  return (await ask(unb64(begun.secret), begun.hub)).state;
}

// ---- the keys

/** Makes everything; nothing leaves this browser yet. Raises Declined passphrase-short. */
async function make(passphrase: string, label: string): Promise<SetupView> {
  const { begun } = await resting();
  if (begun === null) throw new Declined("invitation-unknown");
  if (begun.made !== null) return look();
  if (Array.from(passphrase).length < SHORTEST_PASSPHRASE) throw new Declined("passphrase-short");
  const { hub, account, code } = begun;
  const [identity, encryption, keys] = [await newSigningKey("account"), await newEncryptionKey(), await newDeviceKeys()];
  const device = await deviceSigner(keys);
  const vaultKey = randomBytes(32);
  const vault: Vault = { aik: identity.secret, aeks: [{ generation: 1, seed: encryption.seed }] };
  const sealed = await sealVault(vaultKey, { hub, account, version: 1 }, vault, nonce());
  const ways = await makeWays(vaultKey, hub, code, passphrase);
  await proveRecovery(begun, ways.recovery, ways.byRecovery, sealed);

  const [at, deviceId, aik] = [Date.now(), newId(), b64(identity.signer.public)];
  const place = { hub, invitation: await invitationId(unb64(begun.secret), hub), account, code, at };
  const body = enrolmentBody({ ...place, aik, aek: encryption.public, device: deviceId, deviceKey: b64(device.public), deviceLabel: label });
  const signatures = [await identity.signer.sign("enrol", body), await device.sign("enrol", body)];
  await checkEnrolmentPublic(body, signatures, hub);
  const head = { hub, type: "device.add", by: [account], n: 1, expires: at + YEAR } as const;
  const act = actBody(head, { account, device: deviceId, key: b64(device.public), label });
  const request: JsonObject = {
    body: b64(body),
    signatures: signatures.map(b64),
    mac: b64(await enrolmentMac(unb64(begun.secret), hub, place.invitation, body)),
    device_act: { body: b64(act), signature: b64(await identity.signer.sign("act", act)) },
    vault: { version: 1, sealed },
    wraps: ways.request,
  };
  const { second, recovery } = ways;
  const made: Made = { request, device: deviceId, label, second, recovery, asked: twoOf(GROUPS), aik };
  await keep({ ...begun, made }, keys);
  return view({ ...begun, made }, "open");
}

interface Ways {
  readonly second: string;
  readonly recovery: string;
  readonly byRecovery: VaultWrap;
  readonly request: readonly JsonObject[];
}

async function makeWays(vaultKey: Bytes, hub: string, code: string, passphrase: string): Promise<Ways> {
  const [second, recovery, salt] = [randomBytes(16), randomBytes(32), randomBytes(16)];
  const [first, other] = [{ hub, code, wrap: newId() }, { hub, code, wrap: newId() }];
  const byPassphrase = await passphraseDoor(await stretch(passphrase, salt), second, first);
  const byRecovery = await recoveryDoor(recovery, other);
  const stretching = { salt: b64(salt), memory: MEMORY_KIB, passes: PASSES, lanes: LANES };
  const wraps = [
    await wrapVaultKey(vaultKey, byPassphrase, first, stretching, nonce()),
    await wrapVaultKey(vaultKey, byRecovery, other, null, nonce()),
  ] as const;
  const verifiers = [await verifier(byPassphrase.signInSecret), await verifier(byRecovery.signInSecret)];
  return {
    second: await formatSecret(second),
    recovery: await recoveryCode(recovery),
    byRecovery: wraps[1],
    request: wraps.map((wrap, at) => ({ ...vaultWrapForm(wrap), verifier: b64(verifiers[at] ?? new Uint8Array()) })),
  };
}

/** The recovery code as printed opens the very vault that will be sent. Raises cannot-open otherwise. */
async function proveRecovery({ hub, account, code }: Begun, printed: string, wrap: VaultWrap, sealed: string): Promise<void> {
  const door = await recoveryDoor(await readRecoveryCode(printed), { hub, code, wrap: wrap.wrap });
  await openVault(await unwrapVaultKey(wrap, door, hub, code), { hub, account, version: 1 }, sealed);
}

/** Two different numbers from 1 to `count`, the smaller one first. */
function twoOf(count: number): readonly number[] {
  const [a, b] = [(randomBytes(1)[0] ?? 0) % count, (randomBytes(1)[0] ?? 0) % (count - 1)];
  const [one, other] = [a + 1, (b < a ? b : b + 1) + 1];
  return one < other ? [one, other] : [other, one];
}

// ---- proving and handing in

/** Raises Declined wrong-groups; Refused where the hub can't be reached: then it is handed in by trying once more. */
async function prove(rest: Rest, groups: readonly string[]): Promise<SetupView> {
  const { begun, keys } = await resting();
  const made = begun?.made ?? null;
  if (begun === null || made === null || keys === null) throw new Declined("invitation-unknown");
  if (made.recovery !== "") {
    const printed = made.recovery.split("-");
    const right = made.asked.every((number, at) => isSame(printed[number - 1] ?? "", groups[at] ?? ""));
    if (!right) throw new Declined("wrong-groups");
  }
  await handIn(made.request);
  const second = await readSecret(made.second);
  const restKey = await Rest.restKey();
  const { hub, account, code } = begun;
  await rest.keepDevice(
    { code, hub, account, device: made.device, label: made.label, madeAt: Date.now(), key: keys, rest: restKey, second: await Rest.sealSecond(restKey, second) },
    second,
  );
  const proven: Begun = { ...begun, made: { ...made, recovery: "", second: "" } };
  await keep(proven, null);
  return view(proven, "used");
}

function isSame(printed: string, typed: string): boolean {
  const tidy = typed.trim().toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return equalSecrets(utf8(printed), utf8(tidy));
}

/** The hub takes the same enrolment twice: a lost answer is asked for again. */
async function handIn(request: JsonObject): Promise<void> {
  try {
    await sendJson("POST", "/api/enrolments", request);
  } catch (refused) {
    if (refused instanceof Refused && refused.status === 404) throw new Declined("invitation-over");
    if (refused instanceof Refused && refused.status === 409) throw new Declined("invitation-used");
    throw refused;
  }
}

async function view(begun: Begun, state: Standing["state"]): Promise<SetupView> {
  const { made, hub, account, code, name } = begun;
  const shared = { hubName: name, code, safetyNumber: made === null ? null : await safetyNumber(hub, account, made.aik) };
  if (made === null) {
    if (state !== "open") throw new Declined(state === "over" ? "invitation-over" : "invitation-used");
    return { ...shared, step: "begin", expires: begun.expires, sheet: null, asked: [] };
  }
  if (made.recovery !== "") {
    const sheet: Sheet = { url: location.origin, hub, code, second: made.second, recovery: made.recovery };
    return { ...shared, step: "recovery", expires: begun.expires, sheet, asked: made.asked };
  }
  return { ...shared, step: state === "certified" ? "certified" : "ready", expires: null, sheet: null, asked: [] };
}
