/** What shows that an operation was destroyed: certificate of the hub, receipts (docs/spec/25-destruction.md). */

import { b64, canon, compareIds, parse, sha256, type Bytes, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { OPERATION_CODE } from "./change_forms.ts";
import { ascendingIds, fields, id16, id32, integer, isObject, items, known, matching } from "./fields.ts";
import { verify } from "./signing.ts";

/** The type of the log's leaf that names a certificate's hash. */
export const LEAF = "destroyed";

const PARTS = ["hub", "operation", "code", "entry", "by", "due", "at", "backups_until"] as const;
const COUNTS = ["channels", "envelopes", "octets", "wraps", "documents"] as const;

/**
 * What the hub destroyed: of which operation, by whose entry, when (ms UTC), and how much.
 *
 * `envelopes` lost their `octets` bytes of ciphertext, `wraps` their secrets, `documents` are forms and rules. The last
 * backup that holds a copy lapses at `backupsUntil`.
 */
export interface Certificate {
  readonly hub: string;
  readonly operation: string;
  readonly code: string;
  readonly entry: string;
  readonly by: readonly string[];
  readonly due: number;
  readonly at: number;
  readonly channels: number;
  readonly envelopes: number;
  readonly octets: number;
  readonly wraps: number;
  readonly documents: number;
  readonly backupsUntil: number;
}

/** A device says that it has deleted what it held of an operation. */
export interface Receipt {
  readonly hub: string;
  readonly operation: string;
  readonly account: string;
  readonly device: string;
  readonly certificate: string;
  readonly at: number;
}

/** The written form; its SHA-256 is the `object` of the leaf. */
export function certificateBody(certificate: Certificate): Bytes {
  const { by, backupsUntil, ...rest } = certificate;
  const body = canon({ v: 1, ...rest, by: [...by].sort(compareIds), backups_until: backupsUntil });
  readCertificate(body);
  return body;
}

/** What the log names. */
export async function certificateHash(body: Bytes): Promise<Bytes> {
  return sha256(body);
}

/** Raises not-canonical, malformed, unknown-version, or expired for one that says it came too early. */
export function readCertificate(body: Bytes): Certificate {
  const value = fields(parse(body), ["v", ...PARTS, ...COUNTS]);
  known(value["v"]);
  const certificate: Certificate = {
    hub: id32(value["hub"]),
    operation: id32(value["operation"]),
    code: matching(value["code"], OPERATION_CODE),
    entry: id32(value["entry"]),
    by: ascendingIds(items(value["by"], 2, 2).map(id16)),
    due: integer(value["due"]),
    at: integer(value["at"]),
    channels: integer(value["channels"]),
    envelopes: integer(value["envelopes"]),
    octets: integer(value["octets"]),
    wraps: integer(value["wraps"]),
    documents: integer(value["documents"]),
    backupsUntil: integer(value["backups_until"]),
  };
  if (certificate.at < certificate.due || certificate.backupsUntil < certificate.at) {
    throw new ProtocolError("expired", "Destroyed before it was due, or backups that lapse before.");
  }
  return certificate;
}

/** Returns only if the log's `leaf` names this certificate. Raises bad-proof. */
export async function checkCertificateLeaf(leaf: Bytes, body: Bytes): Promise<void> {
  const value = parse(leaf);
  if (!isObject(value) || value["type"] !== LEAF || value["object"] !== b64(await certificateHash(body))) {
    throw new ProtocolError("bad-proof", "The log holds something else there.");
  }
}

/** What the device signs in the context `receipt`. */
export function receiptBody({ hub, operation, account, device, certificate, at }: Receipt): Bytes {
  return canon({ v: 1, hub, operation, account, device, certificate, at } satisfies JsonObject);
}

/** The receipt, signed by this device for this operation. Raises what doesn't fit. */
export async function checkReceipt(body: Bytes, signature: Bytes, hub: string, operation: string, devicePublic: Bytes): Promise<Receipt> {
  const value = fields(parse(body), ["v", "hub", "operation", "account", "device", "certificate", "at"]);
  known(value["v"]);
  const receipt: Receipt = {
    hub: id32(value["hub"]),
    operation: id32(value["operation"]),
    account: id16(value["account"]),
    device: id16(value["device"]),
    certificate: id32(value["certificate"]),
    at: integer(value["at"]),
  };
  if (receipt.hub !== hub) throw new ProtocolError("wrong-hub", "A receipt for another hub.");
  if (receipt.operation !== operation) throw new ProtocolError("wrong-place", "A receipt for another operation.");
  await verify("device", devicePublic, "receipt", body, signature);
  return receipt;
}
