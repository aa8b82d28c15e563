/** Does what a vector says about the end of an operation (docs/spec/25-destruction.md). */

import {
  certificateBody,
  certificateHash,
  checkCertificateLeaf,
  checkReceipt,
  readCertificate,
  receiptBody,
  type Receipt,
} from "../crypto/certificate.ts";
import type { JsonObject } from "../crypto/encoding.ts";
import { nothing, spelled, type Do } from "./given.ts";

export const CERTIFICATES: Readonly<Record<string, Do>> = {
  read_certificate: (v) => {
    const { backupsUntil, ...rest } = readCertificate(v.bytes("body"));
    return { ...rest, backups_until: backupsUntil };
  },
  certificate_body: (v) => spelled(certificateBody(readCertificate(v.bytes("body")))),
  certificate_hash: (v) => spelled(certificateHash(v.bytes("body"))),
  check_certificate_leaf: (v) => nothing(checkCertificateLeaf(v.bytes("leaf"), v.bytes("body"))),
  receipt_body: (v) => spelled(receiptBody(v.all as unknown as Receipt)),
  check_receipt: async (v) => {
    const [body, signature, key] = [v.bytes("body"), v.bytes("signature"), v.bytes("device_public")];
    return (await checkReceipt(body, signature, v.text("hub"), v.text("operation"), key)) as unknown as JsonObject;
  },
};
