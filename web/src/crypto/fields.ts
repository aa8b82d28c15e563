/**
 * Reads the fields of a parsed statement: each reader returns the typed value or raises malformed
 * (docs/spec/01-encoding.md). Byte strings stay base64url text; only their spelling and size are checked.
 */

import { compareIds, sizeOfB64, type Json, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";

type Value = Json | undefined;

const CONTROL = /\p{Cc}/u;

export function malformed(sentence: string): ProtocolError {
  return new ProtocolError("malformed", sentence);
}

export function unknownVersion(sentence: string): ProtocolError {
  return new ProtocolError("unknown-version", `${sentence}: an update is needed.`);
}

export function isObject(value: Value): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns only if `version` is the one that this client knows; whatever else it is was made later, or on purpose. */
export function known(version: Value, expected = 1): void {
  if (version !== expected) throw unknownVersion("This was made by a newer version");
}

/** An object that has every `required` field and none outside both lists. */
export function fields(value: Value, required: readonly string[], optional: readonly string[] = []): JsonObject {
  if (!isObject(value)) throw malformed("This is not an object.");
  for (const name of required) if (!Object.hasOwn(value, name)) throw malformed(`The field "${name}" is missing.`);
  for (const name of Object.keys(value)) {
    if (!required.includes(name) && !optional.includes(name)) throw malformed(`The field "${name}" is unknown.`);
  }
  return value;
}

/** Exactly these of an object's fields, whatever else it has: what a key is bound to is never more by accident. */
export function chosen(value: JsonObject, names: readonly string[]): JsonObject {
  const found = Object.entries(value).filter(([name]) => names.includes(name));
  return fields(Object.fromEntries(found), names);
}

/** The field `name`, null where it is not there. */
export function optional<T>(object: JsonObject, name: string, read: (value: Value) => T): T | null {
  return Object.hasOwn(object, name) ? read(object[name]) : null;
}

export function orNull<T>(value: Value, read: (value: Value) => T): T | null {
  return value === null ? null : read(value);
}

/** Base64url of `low` to `high` bytes. */
export function octets(value: Value, low: number, high = low): string {
  const spelled = string(value);
  const size = sizeOfB64(spelled);
  if (size < low || size > high) throw malformed(`These are ${size} bytes, not ${low} to ${high}.`);
  return spelled;
}

export function id16(value: Value): string {
  return octets(value, 16);
}

/** A hash or an Ed25519 key. */
export function id32(value: Value): string {
  return octets(value, 32);
}

export function integer(value: Value, low = 0, high = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || value < low || value > high) {
    throw malformed(`This is not a whole number from ${low} to ${high}.`);
  }
  return value;
}

/** Text of `low` to `high` code points without control characters. */
export function text(value: Value, high: number, low = 1): string {
  const words = string(value);
  const size = Array.from(words).length;
  if (size < low || size > high || CONTROL.test(words)) throw malformed(`This is not text of ${low} to ${high} characters.`);
  return words;
}

/** Text that `pattern`, which is anchored at both ends, matches. */
export function matching(value: Value, pattern: RegExp): string {
  const words = string(value);
  if (!pattern.test(words)) throw malformed(`This is not of the form ${pattern.source}.`);
  return words;
}

export function choice<T extends string>(value: Value, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw malformed(`This is not one of ${allowed.join(", ")}.`);
  return found;
}

export function flag(value: Value): boolean {
  if (typeof value !== "boolean") throw malformed("This is neither true nor false.");
  return value;
}

export function items(value: Value, high: number, low = 0): readonly Json[] {
  if (!Array.isArray(value) || value.length < low || value.length > high) {
    throw malformed(`This is not a list of ${low} to ${high} items.`);
  }
  return value as readonly Json[];
}

/** The values if each is greater than the one before, so that none is there twice. */
export function ascending<T extends string>(values: readonly T[], compare = compareText): readonly T[] {
  values.forEach((value, at) => {
    const former = values[at - 1];
    if (former !== undefined && compare(former, value) >= 0) throw malformed("This is not sorted, or holds something twice.");
  });
  return values;
}

/** The same for ids, which are ordered by their raw bytes. */
export function ascendingIds(values: readonly string[]): readonly string[] {
  return ascending(values, compareIds);
}

/** By UTF-16 unit: for the ASCII texts that are sorted here the same as by code point. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function string(value: Value): string {
  if (typeof value !== "string") throw malformed("This is not text.");
  return value;
}
