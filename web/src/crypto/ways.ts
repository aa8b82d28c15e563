/**
 * Two further ways into the vault: a passkey's secret, and the approval by a device that is open (docs/spec/27-ways.md).
 */

import { CODE } from "./acts.ts";
import { b64, canon, commitTo, equalSecrets, hashOf, parse, statementId, unb64, type Bytes, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { fields, id16, id32, integer, known, malformed, matching, text } from "./fields.ts";
import { hkdf, openBytes, sealBytes } from "./sealing.ts";
import { checkStrong, verify } from "./signing.ts";
import { doorBehind, enrolmentMac, formatCode, readCode, type Door, type WrapIds } from "./vault.ts";

const CODE_SIZE = 13;

/** What every passkey of this hub is asked to turn into its secret (WebAuthn `prf.eval.first`), 32 bytes. */
export async function passkeyInput(hub: string): Promise<Bytes> {
  return hashOf("vault-wrap", { hub, kind: "passkey" });
}

/** The id of a passkey's wrap: whoever holds the passkey knows it before the hub has said a word. */
export async function passkeyWrap(hub: string, credential: string): Promise<string> {
  return b64((await hashOf("vault-wrap", { hub, credential })).slice(0, 16));
}

/** The door of what a passkey gave for `passkeyInput` (32 bytes). */
export async function passkeyDoor(secret: Bytes, ids: WrapIds): Promise<Door> {
  if (secret.length !== 32) throw malformed("A passkey's secret has 32 bytes.");
  return doorBehind(secret, new Uint8Array(), ids, "passkey");
}

/** A one-time code to show: 13 bytes as 21 characters and 3 for checking, in groups of four. */
export async function formatApprovalCode(secret: Bytes): Promise<string> {
  if (secret.length !== CODE_SIZE) throw malformed("A one-time code has 13 bytes.");
  return formatCode(secret, 3, 4);
}

export async function readApprovalCode(typed: string): Promise<Bytes> {
  return readCode(typed, CODE_SIZE, 3);
}

/** What both devices derive from a one-time code, and the hub from nothing. */
export interface Approval {
  readonly id: string;
  readonly sealingKey: Bytes;
  readonly signInSecret: Bytes;
  readonly secret: Bytes;
}

/** The approval that a one-time code (13 bytes) names at this hub. */
export async function approvalOf(secret: Bytes, hub: string): Promise<Approval> {
  if (secret.length !== CODE_SIZE) throw malformed("A one-time code has 13 bytes.");
  const nothing = new Uint8Array();
  const id = b64((await hkdf(secret, nothing, commitTo("enrol", { hub }))).slice(0, 16));
  const place = { hub, approval: id };
  return {
    id,
    sealingKey: await hkdf(secret, nothing, commitTo("vault", place)),
    signInSecret: await hkdf(secret, nothing, commitTo("sign-in-secret", place)),
    secret,
  };
}

/** The device that asks to become one of the account's. */
export interface NewDevice {
  readonly hub: string;
  readonly approval: string;
  readonly code: string;
  readonly device: string;
  readonly key: string;
  readonly label: string;
  readonly at: number;
}

/** What the new device signs (context "enrol") and the one-time code authenticates. */
export function newDeviceBody({ hub, approval, code, device, key, label, at }: NewDevice): Bytes {
  return canon({ v: 1, hub, approval, code, at, device: { id: device, key, label } });
}

/** As in an enrolment, with the one-time code as the secret: the hub can't make it. */
export async function newDeviceMac(approval: Approval, hub: string, body: Bytes): Promise<Bytes> {
  return enrolmentMac(approval.secret, hub, approval.id, body);
}

/**
 * The asking device, if it knew the code, holds the key that it names, and asks for this account.
 *
 * Raises cannot-open (another code), bad-signature, weak-key, wrong-hub, wrong-place or malformed.
 */
export async function checkNewDevice(
  body: Bytes,
  signature: Bytes,
  mac: Bytes,
  approval: Approval,
  hub: string,
  code: string,
): Promise<NewDevice> {
  if (!equalSecrets(await newDeviceMac(approval, hub, body), mac)) {
    throw new ProtocolError("cannot-open", "This was not made with this one-time code.");
  }
  const value = fields(parse(body), ["v", "hub", "approval", "code", "at", "device"]);
  known(value["v"]);
  const device = fields(value["device"], ["id", "key", "label"]);
  const asking: NewDevice = {
    hub: id32(value["hub"]),
    approval: id16(value["approval"]),
    code: matching(value["code"], CODE),
    device: id16(device["id"]),
    key: id32(device["key"]),
    label: text(device["label"], 80),
    at: integer(value["at"]),
  };
  if (asking.hub !== hub) throw new ProtocolError("wrong-hub", "This device asks at another hub.");
  if (asking.approval !== approval.id || asking.code !== code) {
    throw new ProtocolError("wrong-place", "This device asks for another approval or account.");
  }
  const key = unb64(asking.key);
  checkStrong(key);
  await verify("device", key, "enrol", body, signature);
  return asking;
}

/** What the open device gives to the new one. */
export interface Handed {
  readonly account: string;
  readonly vaultKey: Bytes;
  readonly second: Bytes;
}

/** Sealed for the device that sent exactly `body`. */
export async function sealApproval(approval: Approval, hub: string, body: Bytes, handed: Handed, nonce: Bytes): Promise<string> {
  const plain = canon({ account: handed.account, vault_key: b64(handed.vaultKey), second: b64(handed.second) });
  return b64(await sealBytes(approval.sealingKey, nonce, plain, commitTo("vault", await place(approval, hub, body))));
}

/** Raises cannot-open or malformed. */
export async function openApproval(approval: Approval, hub: string, body: Bytes, sealed: string): Promise<Handed> {
  const plain = await openBytes(approval.sealingKey, unb64(sealed), commitTo("vault", await place(approval, hub, body)));
  const value = fields(parse(plain), ["account", "vault_key", "second"]);
  return { account: id16(value["account"]), vaultKey: unb64(id32(value["vault_key"])), second: unb64(id16(value["second"])) };
}

async function place(approval: Approval, hub: string, body: Bytes): Promise<JsonObject> {
  return { hub, approval: approval.id, request: b64(await statementId("enrol", body)) };
}
