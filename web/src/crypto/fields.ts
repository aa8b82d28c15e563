/**
 * Reads the fields of a parsed statement and refuses every one that is missing, unknown or of another type
 * (docs/spec/01-encoding.md).
 */

import { unb64, type Json, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";

export function malformed(text: string): ProtocolError {
  return new ProtocolError("malformed", text);
}

/** An object with all of `required`, any of `optional` and nothing else. */
export function record(value: Json | undefined, required: readonly string[], optional: readonly string[] = []): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("An object is missing.");
  const object = value as JsonObject;
  for (const name of required) if (!Object.hasOwn(object, name)) throw malformed(`The field "${name}" is missing.`);
  for (const name of Object.keys(object)) {
    if (!required.includes(name) && !optional.includes(name)) throw malformed(`The field "${name}" is unknown.`);
  }
  return object;
}

/** A statement of this version: another one needs a newer program, whatever its fields are. */
export function statement(value: Json, required: readonly string[], optional: readonly string[] = []): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const { v, suite } = value as JsonObject;
    const other = (number: Json | undefined): boolean => typeof number === "number" && number !== 1;
    if (other(v) || (required.includes("suite") && other(suite))) {
      throw new ProtocolError("unknown-version", "This was made by a newer version of the program: update needed.");
    }
  }
  const object = record(value, required, optional);
  if (object["v"] !== 1 || (required.includes("suite") && object["suite"] !== 1)) {
    throw malformed("The version is not a number.");
  }
  return object;
}

export function text(value: Json | undefined): string {
  if (typeof value !== "string") throw malformed("A text is missing.");
  return value;
}

export function count(value: Json | undefined, least = 0): number {
  if (typeof value !== "number" || value < least) throw malformed(`A number of at least ${least} is missing.`);
  return value;
}

export function flag(value: Json | undefined): boolean {
  if (typeof value !== "boolean") throw malformed("A yes or no is missing.");
  return value;
}

/** Byte strings stay text in statements; this only checks the spelling and the size. */
export function bytesOf(value: Json | undefined, size: number): string {
  const spelled = text(value);
  unb64(spelled, size);
  return spelled;
}

export function id16(value: Json | undefined): string {
  return bytesOf(value, 16);
}

export function id32(value: Json | undefined): string {
  return bytesOf(value, 32);
}

export function orNull<T>(value: Json | undefined, read: (value: Json | undefined) => T): T | null {
  return value === null ? null : read(value);
}

export function list<T>(value: Json | undefined, read: (value: Json | undefined) => T): readonly T[] {
  if (!Array.isArray(value)) throw malformed("A list is missing.");
  return (value as readonly Json[]).map(read);
}

export function oneOf<T extends string>(value: Json | undefined, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw malformed("A value is none of the known ones.");
  return found;
}

/** Raises malformed unless the texts ascend strictly in the given order: sorted, and none twice. */
export function ascending(values: readonly string[], compare: (a: string, b: string) => number): readonly string[] {
  values.forEach((value, at) => {
    const former = values[at - 1];
    if (former !== undefined && compare(former, value) >= 0) throw malformed("A list is not sorted, or repeats itself.");
  });
  return values;
}

/** By code point, which for the ASCII texts used here is the order of `<`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
