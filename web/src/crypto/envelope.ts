/**
 * The clear header of an envelope: read, and checked against its author's device (docs/spec/06-envelope.md).
 */

import { compareText, ascending, count, id16, id32, list, malformed, oneOf, orNull, record, statement, text, bytesOf } from "./fields.ts";
import { parse, statementId, type Bytes, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
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

/** The only kinds that say everything in the header. */
const WITHOUT_CONTENT: ReadonlySet<Kind> = new Set<Kind>(["acknowledgement", "seen"]);

/** The names are those of the signed JSON; ids as base64url, times in ms UTC. */
export interface Header {
  readonly v: 1;
  readonly suite: 1;
  readonly hub: string;
  readonly kind: Kind;
  readonly operation: string;
  readonly channel: string;
  readonly epoch: number;
  readonly id: string;
  readonly account: string;
  readonly device: string;
  readonly device_seq: number;
  readonly device_prev: string | null;
  readonly head: { readonly seq: number; readonly id: string };
  readonly directory: { readonly size: number };
  readonly seen: { readonly seq: number; readonly chain: string };
  readonly at: number;
  readonly urgency?: "immediate" | "normal";
  readonly ref?: string;
  readonly to?: readonly string[];
  readonly due?: number;
  readonly state?: string;
  readonly blobs?: readonly { readonly hash: string; readonly size: number }[];
  readonly content?: string;
  readonly nonce?: string;
  readonly ciphertext_hash?: string;
  readonly size?: number;
}

const REQUIRED = [
  "v",
  "suite",
  "hub",
  "kind",
  "operation",
  "channel",
  "epoch",
  "id",
  "account",
  "device",
  "device_seq",
  "device_prev",
  "head",
  "directory",
  "seen",
  "at",
];
const SEALED = ["content", "nonce", "ciphertext_hash", "size"];
const OPTIONAL = ["urgency", "ref", "to", "due", "state", "blobs", ...SEALED];

function readSealed(object: JsonObject, kind: Kind): Partial<Header> {
  const present = SEALED.filter((name) => Object.hasOwn(object, name));
  if (present.length === 0) {
    if (!WITHOUT_CONTENT.has(kind)) throw malformed("An envelope of this kind has content.");
    return {};
  }
  if (present.length !== SEALED.length) throw malformed("An envelope names only a part of its content.");
  return {
    content: id32(object["content"]),
    nonce: bytesOf(object["nonce"], 12),
    ciphertext_hash: id32(object["ciphertext_hash"]),
    size: count(object["size"], 1),
  };
}

function readOptional(object: JsonObject): Partial<Header> {
  const has = (name: string): boolean => Object.hasOwn(object, name);
  return {
    ...(has("urgency") && { urgency: oneOf(object["urgency"], ["immediate", "normal"] as const) }),
    ...(has("ref") && { ref: id32(object["ref"]) }),
    ...(has("to") && { to: ascending(list(object["to"], text), compareText) }),
    ...(has("due") && { due: count(object["due"]) }),
    ...(has("state") && { state: text(object["state"]) }),
    ...(has("blobs") && {
      blobs: list(object["blobs"], (value) => {
        const blob = record(value, ["hash", "size"]);
        return { hash: id32(blob["hash"]), size: count(blob["size"], 1) };
      }),
    }),
  };
}

/** Raises not-canonical, too-large, unknown-version or malformed. */
export function readHeader(body: Uint8Array): Header {
  const object = statement(parse(body), REQUIRED, OPTIONAL);
  const head = record(object["head"], ["seq", "id"]);
  const directory = record(object["directory"], ["size"]);
  const seen = record(object["seen"], ["seq", "chain"]);
  const kind = oneOf(object["kind"], KINDS);
  const deviceSeq = count(object["device_seq"], 1);
  const devicePrev = orNull(object["device_prev"], id32);
  if ((deviceSeq === 1) !== (devicePrev === null)) throw malformed("Only a device's first envelope follows none.");
  return {
    v: 1,
    suite: 1,
    hub: id32(object["hub"]),
    kind,
    operation: id32(object["operation"]),
    channel: id16(object["channel"]),
    epoch: count(object["epoch"], 1),
    id: id16(object["id"]),
    account: id16(object["account"]),
    device: id16(object["device"]),
    device_seq: deviceSeq,
    device_prev: devicePrev,
    head: { seq: count(head["seq"]), id: id32(head["id"]) },
    directory: { size: count(directory["size"], 1) },
    seen: { seq: count(seen["seq"]), chain: id32(seen["chain"]) },
    at: count(object["at"]),
    ...readOptional(object),
    ...readSealed(object, kind),
  };
}

/** Raises wrong-hub or bad-signature. Whether the device may speak here is judged by `membership`. */
export async function checkEnvelope(
  body: Uint8Array,
  header: Header,
  signature: Bytes,
  devicePublic: Bytes,
  hub: string,
): Promise<void> {
  if (header.hub !== hub) throw new ProtocolError("wrong-hub", "This envelope belongs to another hub.");
  await verify("device", devicePublic, "envelope", body, signature);
}

export async function envelopeId(body: Uint8Array): Promise<Bytes> {
  return statementId("envelope", body);
}
