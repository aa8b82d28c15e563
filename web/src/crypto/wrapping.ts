/**
 * An epoch's secret wrapped to one member: HPKE base mode, suite 1 (docs/spec/04-wrapping.md).
 *
 * Base mode tells nothing about who wrapped: the signed commitment and wraps hash of the epoch record do that.
 */

import { commitTo, concat, type Bytes } from "./encoding.ts";
import { WRAP_SIZE } from "./epochs.ts";
import { ProtocolError } from "./errors.ts";
import { fields } from "./fields.ts";
import { checkEncryptionKey, SEED_SIZE } from "./keys.ts";

/** What a wrap is bound to, ids and commitment as base64url. */
export interface WrapPlace {
  readonly hub: string;
  readonly operation: string;
  readonly channel: string;
  readonly account: string;
  readonly generation: number;
  readonly commitment: string;
}

const ENC_SIZE = 1120;

const INFO_FIELDS = "hub operation channel account generation commitment".split(" ");

/** Everything that a wrap belongs to: the Python library binds only `info`, no AAD (RFC 9180 §8.1). */
export function wrapInfo(place: WrapPlace): Bytes {
  return commitTo("wrap", fields({ ...place }, INFO_FIELDS));
}

/** 1,168 bytes that only the holder of the seed opens, and only at this place. */
export async function wrap(aek: Uint8Array, secret: Bytes, place: WrapPlace): Promise<Bytes> {
  checkEncryptionKey(aek);
  const { suite } = await import("./hybrid.ts");
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.importKey("raw", Uint8Array.from(aek).buffer, true);
  const sender = await hpke.createSenderContext({ recipientPublicKey, info: wrapInfo(place).buffer });
  const sealed = await sender.seal(Uint8Array.from(secret).buffer);
  return concat(new Uint8Array(sender.enc), new Uint8Array(sealed));
}

/** Raises cannot-open for another key, another place or a changed wrap. */
export async function unwrap(seed: Uint8Array, blob: Uint8Array, place: WrapPlace): Promise<Bytes> {
  const info = wrapInfo(place).buffer;
  if (blob.length !== WRAP_SIZE) throw new ProtocolError("cannot-open", "A wrap has 1,168 bytes.");
  if (seed.length !== SEED_SIZE) throw new ProtocolError("malformed-key", "An encryption key's seed has 32 bytes.");
  const { suite } = await import("./hybrid.ts");
  try {
    const hpke = suite();
    const recipientKey = await hpke.kem.importKey("raw", Uint8Array.from(seed).buffer, false);
    const enc = Uint8Array.from(blob.subarray(0, ENC_SIZE)).buffer;
    const recipient = await hpke.createRecipientContext({ recipientKey, enc, info });
    return new Uint8Array(await recipient.open(Uint8Array.from(blob.subarray(ENC_SIZE)).buffer));
  } catch {
    throw new ProtocolError("cannot-open", "This wrap does not open with this key at this place.");
  }
}
