/**
 * A request to be certified, which the hub passes on and an administrator checks (docs/spec/08-directory.md).
 */

import { CODE } from "./deeds.ts";
import { b64, canon, parse, unb64, type Bytes, type Json } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { fields, id16, id32, integer, known, malformed, matching, octets, text } from "./fields.ts";
import { checkEncryptionKey, PUBLIC_SIZE } from "./keys.ts";
import { checkStrong, verify } from "./signing.ts";

/** A request to be certified: the public keys that a new person's browser (or a new device's) made. */
export interface Enrolment {
  readonly hub: string;
  readonly invitation: string;
  readonly account: string;
  readonly code: string;
  readonly aik: string;
  readonly aek: Bytes;
  readonly device: string;
  readonly deviceKey: string;
  readonly deviceLabel: string;
  readonly at: number;
}

/** The body that AIK and device key both sign, and the invitation's secret authenticates. */
export function enrolmentBody(enrolment: Enrolment): Bytes {
  const { hub, invitation, account, code, aik, aek, at } = enrolment;
  const device: Json = { id: enrolment.device, key: enrolment.deviceKey, label: enrolment.deviceLabel };
  return canon({ v: 1, hub, invitation, account, code, aik, aek: b64(aek), at, device });
}

/**
 * The enrolment, if AIK and device key (in this order) both signed it and all keys are sound.
 *
 * The MAC with the invitation's secret is the administrator's to check: the hub does not know that secret.
 */
export async function checkEnrolmentPublic(
  body: Bytes,
  signatures: readonly Bytes[],
  hub: string,
): Promise<Enrolment> {
  const value = fields(parse(body), "v hub invitation account code aik aek device at".split(" "));
  known(value["v"]);
  const device = fields(value["device"], ["id", "key", "label"]);
  const enrolment: Enrolment = {
    hub: id32(value["hub"]),
    invitation: id16(value["invitation"]),
    account: id16(value["account"]),
    code: matching(value["code"], CODE),
    aik: id32(value["aik"]),
    aek: unb64(octets(value["aek"], PUBLIC_SIZE)),
    device: id16(device["id"]),
    deviceKey: id32(device["key"]),
    deviceLabel: text(device["label"], 80),
    at: integer(value["at"]),
  };
  if (enrolment.hub !== hub) throw new ProtocolError("wrong-hub", "This is an enrolment at another hub.");
  const [aik, deviceKey] = [unb64(enrolment.aik), unb64(enrolment.deviceKey)];
  checkStrong(aik);
  checkStrong(deviceKey);
  checkEncryptionKey(enrolment.aek);
  if (enrolment.aik === enrolment.deviceKey) throw malformed("The account and the device have one key.");
  const [byAccount, byDevice] = signatures;
  if (signatures.length !== 2 || byAccount === undefined || byDevice === undefined) {
    throw new ProtocolError("bad-signature", "An enrolment has the signatures of the account's and the device's keys.");
  }
  await verify("account", aik, "enrol", body, byAccount);
  await verify("device", deviceKey, "enrol", body, byDevice);
  return enrolment;
}
