/**
 * The clear, signed header of every envelope (docs/spec/06-envelope.md).
 */

import { COUNTRY } from "./acts.ts";
import type { Pin } from "./chain.ts";
import { canon, parse, statementId, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import {
  ascending,
  choice,
  fields,
  id16,
  id32,
  integer,
  isObject,
  items,
  known,
  malformed,
  matching,
  octets,
  optional,
} from "./fields.ts";
import { verify } from "./signing.ts";

export const KINDS = [
  "post",
  "alert",
  "notice",
  "request",
  "answer",
  "correction",
  "withdrawal",
  "sighting",
  "status",
  "acknowledgement",
  "seen",
  "recall",
  "receipt",
  "card",
  "document",
  "situation",
  "export",
] as const;
export type Kind = (typeof KINDS)[number];

export const URGENCIES = ["immediate", "normal"] as const;
export type Urgency = (typeof URGENCIES)[number];

/** May be sent without ciphertext. */
export const WITHOUT_CONTENT: ReadonlySet<Kind> = new Set<Kind>(["acknowledgement", "seen"]);
export const WITH_REFERENCE: ReadonlySet<Kind> = new Set<Kind>([
  "acknowledgement",
  "answer",
  "correction",
  "withdrawal",
]);
export const MAX_CIPHERTEXT = 65_536 + 16;

export const STATE = /^[a-z][a-z0-9-]{0,31}$/;

/** How far the author had verified the channel: `seq` envelopes (0: none), and the rolling chain there. */
export interface Seen {
  readonly seq: number;
  readonly chain: string;
}

/** An attachment's ciphertext: its SHA-256 and its size in bytes. */
export interface Blob {
  readonly hash: string;
  readonly size: number;
}

/** One envelope as everyone may read it; ids and hashes as base64url. `body` is the exact signed bytes. */
export interface Header {
  readonly body: Bytes;
  readonly hub: string;
  readonly kind: Kind;
  readonly operation: string;
  readonly channel: string;
  readonly epoch: number;
  /** Made by the sender: a repeat is the same envelope. */
  readonly id: string;
  readonly account: string;
  readonly device: string;
  /** 1, 2, … for each device in each channel. */
  readonly deviceSeq: number;
  /** Statement id of this device's envelope before. */
  readonly devicePrev: string | null;
  /** Last operation entry that the author had verified; `size` is its seq + 1. */
  readonly head: Pin;
  readonly directorySize: number;
  readonly seen: Seen;
  readonly at: number;
  readonly urgency: Urgency;
  /** Statement id of what this answers. */
  readonly ref: string | null;
  /** Countries asked. */
  readonly to: readonly string[];
  readonly due: number | null;
  readonly state: string | null;
  readonly blobs: readonly Blob[];
  /** Hash of salt and words; null: nothing is sealed. */
  readonly content: string | null;
  readonly nonce: string | null;
  readonly ciphertextHash: string | null;
  /** Of the ciphertext, tag included. */
  readonly size: number | null;
}

const REQUIRED =
  "v suite hub kind operation channel epoch id account device device_seq device_prev head directory seen at".split(" ");
const OPTIONAL = "urgency ref to due state blobs content nonce ciphertext_hash size".split(" ");
const SEALED = ["content", "nonce", "ciphertext_hash", "size"];

/** The canonical bytes of a header; `v` and `suite` are added. Raises what `readHeader` raises. */
export function headerBody(parts: JsonObject): Bytes {
  const body = canon({ ...parts, v: 1, suite: 1 });
  readHeader(body);
  return body;
}

/** Raises not-canonical, too-large, malformed or unknown-version. */
export function readHeader(body: Bytes): Header {
  const value = parse(body);
  if (!isObject(value) || !Object.hasOwn(value, "v") || !Object.hasOwn(value, "suite")) {
    throw malformed("This is no header.");
  }
  known(value["v"]);
  known(value["suite"]);
  fields(value, REQUIRED, OPTIONAL);
  const kind = choice(value["kind"], KINDS);
  checkParts(kind, value);
  const head = fields(value["head"], ["seq", "id"]);
  const seen = fields(value["seen"], ["seq", "chain"]);
  const deviceSeq = integer(value["device_seq"], 1);
  return {
    body,
    hub: id32(value["hub"]),
    kind,
    operation: id32(value["operation"]),
    channel: id16(value["channel"]),
    epoch: integer(value["epoch"], 1),
    id: id16(value["id"]),
    account: id16(value["account"]),
    device: id16(value["device"]),
    deviceSeq,
    devicePrev: readDevicePrev(deviceSeq, value["device_prev"]),
    head: { size: integer(head["seq"]) + 1, head: id32(head["id"]) },
    directorySize: integer(fields(value["directory"], ["size"])["size"], 1),
    seen: { seq: integer(seen["seq"]), chain: id32(seen["chain"]) },
    at: integer(value["at"]),
    urgency: optional(value, "urgency", (urgency) => choice(urgency, URGENCIES)) ?? "normal",
    ref: optional(value, "ref", id32),
    to: optional(value, "to", readCountries) ?? [],
    due: optional(value, "due", integer),
    state: optional(value, "state", (state) => matching(state, STATE)),
    blobs: optional(value, "blobs", (blobs) => items(blobs, 32, 1).map(readBlob)) ?? [],
    content: optional(value, "content", id32),
    nonce: optional(value, "nonce", (nonce) => octets(nonce, 12)),
    ciphertextHash: optional(value, "ciphertext_hash", id32),
    size: optional(value, "size", (size) => integer(size, 256 + 16, MAX_CIPHERTEXT)),
  };
}

/** Raises wrong-hub or bad-signature. Whether the device and the author may is `membership`'s and the log's to say. */
export async function checkEnvelope(header: Header, signature: Bytes, devicePublic: Bytes, hub: string): Promise<void> {
  if (header.hub !== hub) throw new ProtocolError("wrong-hub", "This is an envelope of another hub.");
  await verify("device", devicePublic, "envelope", header.body, signature);
}

/** The statement id, which replies and chains refer to. */
export async function envelopeId(body: Uint8Array): Promise<Bytes> {
  return statementId("envelope", body);
}

function checkParts(kind: Kind, value: JsonObject): void {
  const sealed = SEALED.filter((name) => Object.hasOwn(value, name)).length;
  if (sealed > 0 && sealed < SEALED.length) {
    throw malformed("Content, nonce, hash and size of the ciphertext stand together.");
  }
  if (sealed === 0 && !WITHOUT_CONTENT.has(kind)) throw malformed("An envelope of this kind has content.");
  if (WITH_REFERENCE.has(kind) && !Object.hasOwn(value, "ref")) {
    throw malformed("An envelope of this kind names what it refers to.");
  }
}

function readDevicePrev(deviceSeq: number, value: Json | undefined): string | null {
  if ((value === null) !== (deviceSeq === 1)) throw malformed("Exactly a device's first envelope follows none.");
  return value === null ? null : id32(value);
}

function readCountries(value: Json | undefined): readonly string[] {
  return ascending(items(value, 250, 1).map((code) => matching(code, COUNTRY)));
}

function readBlob(value: Json): Blob {
  const { hash, size } = fields(value, ["hash", "size"]);
  return { hash: id32(hash), size: integer(size, 1) };
}
