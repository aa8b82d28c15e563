/**
 * Coming in another way than with the passphrase: recovery code, passkey, another device of one's own
 * (docs/spec/27-ways.md). Fetched when somebody does.
 */
import { b64, type Bytes, newId, unb64 } from "../crypto/encoding.ts";
import { deviceSigner, newDeviceKeys } from "../crypto/signing.ts";
import { type Door, readRecoveryCode, recoveryDoor, unwrapVaultKey } from "../crypto/vault.ts";
import {
  type Approval,
  approvalOf,
  newDeviceBody,
  newDeviceMac,
  openApproval,
  passkeyDoor,
  passkeyInput,
  passkeyWrap,
  readApprovalCode,
} from "../crypto/ways.ts";
import { sendJson } from "../net/api.ts";
import type { Rest } from "../store/rest.ts";
import { type HubFacts, hubFacts, keepNewDevice, type SignedIn, type Unlocked, unlocked, waysOf } from "./keys.ts";
import type { ComingAsk, ComingView, OtherWay } from "./owning.ts";
import { Declined } from "./problems.ts";

/** Signs in and opens the vault. Raises as `openKeys`. */
export async function openOther(rest: Rest, facts: HubFacts, given: OtherWay): Promise<Unlocked> {
  switch (given.way) {
    case "recovery":
      return byRecovery(rest, facts, given);
    case "passkey":
      return byPasskey(rest, facts, given);
    case "approval":
      return byApproval(rest, facts);
  }
}

async function byRecovery(rest: Rest, facts: HubFacts, given: OtherWay & { way: "recovery" }): Promise<Unlocked> {
  const code = given.code.trim().toUpperCase();
  const recovery = await readRecoveryCode(given.recovery);
  const way = (await waysOf(code)).find(({ kind }) => kind === "recovery");
  if (way === undefined) throw new Declined("unauthenticated");
  const door = await recoveryDoor(recovery, { hub: facts.hub, code, wrap: way.wrap });
  const secret = b64(door.signInSecret);
  const signedIn = await sendJson<SignedIn>("POST", "/api/sign-in", { code, wrap: way.wrap, secret, client: "browser" });
  const vaultKey = await behind(signedIn, way.wrap, door, facts.hub, code);
  return unlocked(rest, facts, { code, signedIn, vaultKey, second: null, way: "recovery", deviceLabel: given.deviceLabel });
}

async function byPasskey(rest: Rest, facts: HubFacts, { used, deviceLabel }: OtherWay & { way: "passkey" }): Promise<Unlocked> {
  const { code } = used;
  const wrap = await passkeyWrap(facts.hub, used.credential);
  const door = await passkeyDoor(used.secret, { hub: facts.hub, code, wrap });
  const assertion = {
    credential: used.credential,
    client_data: used.clientData,
    authenticator_data: used.authenticatorData,
    signature: used.signature,
  };
  const signedIn = await sendJson<SignedIn>("POST", "/api/sign-in/passkey", { assertion, secret: b64(door.signInSecret) });
  const vaultKey = await behind(signedIn, wrap, door, facts.hub, code);
  return unlocked(rest, facts, { code, signedIn, vaultKey, second: null, way: "passkey", deviceLabel });
}

async function behind(signedIn: SignedIn, id: string, door: Door, hub: string, code: string): Promise<Bytes> {
  const wrap = signedIn.wraps.find((one) => one.wrap === id);
  if (wrap === undefined) throw new Declined("cannot-open");
  return unwrapVaultKey(wrap, door, hub, code);
}

// ---- another device of one's own

interface Asking {
  readonly hub: string;
  readonly code: string;
  readonly approval: Approval;
  readonly body: Bytes;
  readonly device: string;
  readonly label: string;
  readonly keys: CryptoKeyPair;
  answer: (SignedIn & { readonly sealed: string }) | null;
}

let asking: Asking | null = null;

/** Before the keys are open. Raises malformed for a code with a typing mistake, not-found for one that nobody waits for. */
export async function coming(given: ComingAsk): Promise<ComingView> {
  switch (given.do) {
    case "passkey": {
      const { hub } = await hubFacts();
      const { challenge, host } = await sendJson<{ challenge: string; host: string }>("POST", "/api/sign-in/passkey/challenge", null);
      return { passkey: { challenge: unb64(challenge, 32), host, input: await passkeyInput(hub) }, state: "none" };
    }
    case "ask":
      await ask(given.code.trim().toUpperCase(), given.typed, given.deviceLabel);
      break;
    case "look":
      await look();
      break;
    case "stop":
      asking = null;
  }
  return { passkey: null, state: asking === null ? "none" : asking.answer === null ? "waiting" : "let-in" };
}

async function ask(code: string, typed: string, label: string): Promise<void> {
  const { hub } = await hubFacts();
  const approval = await approvalOf(await readApprovalCode(typed), hub);
  const keys = await newDeviceKeys();
  const signer = await deviceSigner(keys);
  const device = newId();
  const body = newDeviceBody({ hub, approval: approval.id, code, device, key: b64(signer.public), label, at: Date.now() });
  const [signature, mac] = [await signer.sign("enrol", body), await newDeviceMac(approval, hub, body)];
  await sendJson("POST", "/api/sign-in/approval", { approval: approval.id, body: b64(body), signature: b64(signature), mac: b64(mac) });
  asking = { hub, code, approval, body, device, label, keys, answer: null };
}

async function look(): Promise<void> {
  if (asking === null || asking.answer !== null) return;
  const { approval } = asking;
  const given = { approval: approval.id, secret: b64(approval.signInSecret), client: "browser" };
  try {
    const answer = await sendJson<{ waiting: true } | (SignedIn & { sealed: string })>("POST", "/api/sign-in/approval/collect", given);
    if ("sealed" in answer) asking.answer = answer;
  } catch (refused) {
    asking = null;
    throw refused;
  }
}

async function byApproval(rest: Rest, facts: HubFacts): Promise<Unlocked> {
  const mine = asking;
  if (mine === null || mine.answer === null || mine.hub !== facts.hub) throw new Declined("not-found");
  asking = null;
  const { code, answer, approval, body, device, label, keys } = mine;
  const { account, vaultKey, second } = await openApproval(approval, facts.hub, body, answer.sealed);
  if (account !== answer.account) throw new Declined("cannot-open");
  await keepNewDevice(rest, { hub: facts.hub, account, code, device, label, keys }, second);
  return unlocked(rest, facts, { code, signedIn: answer, vaultKey, second, way: "approval", deviceLabel: label });
}
