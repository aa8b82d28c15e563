/** Does what a vector says about a file of evidence: one of the shared files with some bytes exchanged (docs/spec/14-vectors.md). */

import { b64, concat } from "../crypto/encoding.ts";
import { packEvidence, readEvidence, verifyEvidence } from "../crypto/evidence.ts";
import { asBytes, asObject, type Do, type Given } from "./given.ts";

function exchanged(v: Given) {
  const base = asBytes(asObject(v.shared["files"])[v.text("file")]);
  const at = v.number("at");
  return concat(base.slice(0, at), v.bytes("put"), base.slice(at + v.number("drop")));
}

export const EVIDENCE: Readonly<Record<string, Do>> = {
  verify_evidence: async (v) => {
    const raw = exchanged(v);
    const proven = await verifyEvidence(raw, v.text("hub"));
    // What was read is written again as it was.
    if (b64(packEvidence(readEvidence(raw))) !== b64(raw)) throw new Error("The file has a second form.");
    const { directory, operation, header, author, device } = proven;
    return {
      hub: directory.hub,
      exercise: directory.genesis.exercise,
      directory: directory.size,
      operation: [operation.code, operation.seq],
      channel: header.channel,
      kind: header.kind,
      author: [author.name, author.country, author.level],
      device: device.label,
      certified_by: proven.certifiedBy,
      id: proven.id,
      body: proven.body,
      at: [header.at, proven.loggedAt],
      log: [proven.leaf, proven.logSize],
    };
  },
};
