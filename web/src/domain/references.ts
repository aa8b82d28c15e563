/**
 * The reference people say on the telephone: HSH-GH-9D3KV8-P (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/references.py.
 */

import { MalformedReference } from "./errors.ts";
import { onOneLine } from "./texts.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's: no I, L, O, U
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LOOKALIKE: { readonly [digit: string]: string } = { "0": "O", "1": "I", "8": "B", "9": "G" };
const SHAPE = /^([A-Z][A-Z0-9]{1,7})-([A-Z]{2})-([0-9A-Z]{6})-([0-9A-Z])$/;
const FIELD = 0x25; // x⁵ + x² + 1

export interface Reference {
  readonly operation: string;
  readonly country: string;
  readonly shortId: string;
  readonly check: string;
}

/**
 * The reference of an alert: operation code, country, the last 30 bits of its 16-byte id, a check character.
 *
 * The last bits, since the first ones of an id are often its time. Throws MalformedReference.
 */
export function reference(operation: string, country: string, envelopeId: Uint8Array): string {
  if (envelopeId.length !== 16) throw new MalformedReference("An id is 16 bytes.");
  const bits = new DataView(envelopeId.buffer, envelopeId.byteOffset + 12, 4).getUint32(0);
  const shortId = [25, 20, 15, 10, 5, 0].map((shift) => ALPHABET.charAt((bits >>> shift) & 31)).join("");
  const written = `${operation}-${country}-${shortId}-${checkOf(operation, country, shortId)}`;
  checkReference(written);
  return written;
}

/**
 * The parts of a reference as somebody wrote it; small letters, spaces for dashes, O for 0, I or L for 1 pass.
 *
 * Throws MalformedReference for a wrong shape or check character, which catches one wrong sign and one swap of two.
 */
export function checkReference(text: string): Reference {
  const written = onOneLine(text).replace(/[ \u2010-\u2015\u2212-]+/g, "-").toUpperCase();
  const found = SHAPE.exec(written);
  if (found === null) throw new MalformedReference("A reference looks like HSH-GH-9D3KV8-P.");
  const [, operation = "", country = ""] = found;
  const [shortId = "", check = ""] = found.slice(3).map((part) => part.replaceAll("O", "0").replace(/[IL]/g, "1"));
  if (shortId.includes("U") || check !== checkOf(operation, country, shortId))
    throw new MalformedReference("The last sign doesn't fit the others: one of them is wrong.");
  return { operation, country, shortId, check };
}

// A checksum over the field of 32 elements; what stands before the id has its own alphabet, with I, L, O and U.
function checkOf(operation: string, country: string, shortId: string): string {
  const prefix = Array.from(operation + country, (sign) => LETTERS.indexOf(LOOKALIKE[sign] ?? sign));
  const elements = [...prefix, ...Array.from(shortId, (sign) => ALPHABET.indexOf(sign))];
  const total = elements.reduce((sum, element) => doubled(sum) ^ (element & 31), 0);
  return ALPHABET.charAt(doubled(total));
}

function doubled(element: number): number {
  return (element << 1) ^ (element & 16 ? FIELD : 0);
}
