/**
 * Canonical JSON, base64url and the signed input PAE (docs/spec/01-encoding.md).
 *
 * The parser is our own because `JSON.parse` loses what must be judged on the text: duplicate keys, the spelling of
 * numbers, lone surrogates.
 */

import { ProtocolError } from "./errors.ts";
import { isNormal } from "./normal.ts";

/** Bytes that WebCrypto takes: never a view of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export const MAX_STATEMENT = 60_000;
export const MAX_DEPTH = 16;

export const CONTEXTS = [
  "genesis",
  "act",
  "directory-entry",
  "entry",
  "envelope",
  "enrol",
  "sign-in",
  "export",
  "release",
  "roles",
  "template",
  "content",
  "header",
  "message",
  "label",
  "previous",
  "commitment",
  "wrap",
  "wrap-leaf",
  "readers",
  "vault",
  "vault-wrap",
  "sign-in-secret",
  "private",
  "private-key",
  "pins",
  "channel",
  "leaf-detail",
  "safety-number",
  "origin",
  "nomination",
  "card",
  "receipt",
  "rules",
] as const;
export type Context = (typeof CONTEXTS)[number];

const KEY = /^[a-z][a-z0-9_]*$/;
const NUMBER = /(?:0|-?[1-9][0-9]{0,15})(?![0-9.eE])/y;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE64URL = /^[A-Za-z0-9_-]*$/;
/** Characters that stand for themselves in JSON and that no rule on text forbids: nearly all there are. */
const PLAIN = /^[ !#-[\]-~]*$/;
const PLAIN_STRING = /"([ !#-[\]-~]*)"/y;
const PREFIX = utf8("ncphub/v1\0");
const CONTEXT_SET: ReadonlySet<string> = new Set(CONTEXTS);

// ---- byte strings

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Not constant in time: for public values only. Secrets are compared by `equalSecrets`. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0;
}

/** Takes the same time wherever two strings of one length differ. */
export function equalSecrets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Orders two ids by their raw bytes, which is not the order of their base64url text. */
export function compareIds(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    // Six bits a character, so the order of the alphabet is that of the bytes.
    const difference = ALPHABET.indexOf(a.charAt(at)) - ALPHABET.indexOf(b.charAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function randomBytes(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size));
}

/** A fresh id: 16 random bytes. */
export function newId(): string {
  return b64(randomBytes(16));
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function b64(bytes: Uint8Array): string {
  let text = "";
  // In pieces, because a spread of a megabyte overflows the stack.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** How many bytes `text` spells. Raises malformed unless it is the one base64url spelling of them. */
export function sizeOfB64(text: string): number {
  const rest = text.length % 4;
  if (!BASE64URL.test(text) || rest === 1) throw new ProtocolError("malformed", "This is not base64url.");
  // Of the last character, 4 bits are unused behind one byte and 2 bits behind two: they are zero.
  const unused = rest === 2 ? 0b1111 : rest === 3 ? 0b11 : 0;
  if ((ALPHABET.indexOf(text.slice(-1)) & unused) !== 0) {
    throw new ProtocolError("malformed", "This base64url has a non-canonical tail.");
  }
  return Math.floor((text.length * 3) / 4);
}

/** Raises malformed unless `text` is the one spelling of its bytes, and they are `size` bytes if a size is given. */
export function unb64(text: string, size?: number): Bytes {
  const found = sizeOfB64(text);
  if (size !== undefined && found !== size) {
    throw new ProtocolError("malformed", `Expected ${size} bytes, found ${found}.`);
  }
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(found);
  for (let at = 0; at < found; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

// ---- canonical JSON

function notCanonical(text: string): ProtocolError {
  return new ProtocolError("not-canonical", text);
}

function tooDeep(): ProtocolError {
  return new ProtocolError("too-large", `A value is nested deeper than ${MAX_DEPTH}.`);
}

function checkString(text: string): void {
  if (!text.isWellFormed()) throw notCanonical("A string holds a lone surrogate.");
  if (!isNormal(text)) throw notCanonical("A string is not in Unicode's NFC form.");
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function write(value: Json, depth: number): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw notCanonical("Numbers are whole and below 2^53.");
    return String(value);
  }
  if (typeof value === "string") {
    if (PLAIN.test(value)) return `"${value}"`;
    checkString(value);
    return JSON.stringify(value);
  }
  if (typeof value !== "object") throw notCanonical("A value is of a type that JSON does not have.");
  if (depth === MAX_DEPTH) throw tooDeep();
  if (isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  const members = Object.keys(value).sort().map((key) => {
    if (!KEY.test(key)) throw notCanonical("A key does not match [a-z][a-z0-9_]*.");
    return `"${key}":${write(value[key] as Json, depth + 1)}`;
  });
  return `{${members.join(",")}}`;
}

/** The one byte string of `value`. Raises not-canonical for what has none, too-large for what is nested too deeply. */
export function canon(value: Json): Bytes {
  return utf8(write(value, 0));
}

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  whole(): Json {
    const value = this.value(0);
    if (this.at !== this.text.length) throw notCanonical("Something follows the value.");
    return value;
  }

  private value(depth: number): Json {
    switch (this.text.charAt(this.at)) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw notCanonical("This is not JSON.");
    this.at += word.length;
    return value;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw notCanonical("A number is not spelled canonically, or this is not JSON.");
    const number = Number(match[0]);
    if (!Number.isSafeInteger(number)) throw notCanonical("A number is beyond 2^53 − 1.");
    this.at += match[0].length;
    return number;
  }

  private string(): string {
    PLAIN_STRING.lastIndex = this.at;
    const plain = PLAIN_STRING.exec(this.text);
    if (plain !== null) {
      this.at += plain[0].length;
      return plain[1] ?? "";
    }
    return this.otherString();
  }

  private otherString(): string {
    const start = this.at;
    let end = start + 1;
    for (; this.text[end] !== '"'; end++) {
      if (end >= this.text.length) throw notCanonical("A string has no end.");
      if (this.text[end] === "\\") end += 1;
    }
    this.at = end + 1;
    const spelled = this.text.slice(start, this.at);
    const text = unquote(spelled);
    checkString(text);
    if (JSON.stringify(text) !== spelled) throw notCanonical("A string is not spelled canonically.");
    return text;
  }

  private array(depth: number): readonly Json[] {
    this.enter(depth);
    const items: Json[] = [];
    if (this.take("]")) return items;
    do items.push(this.value(depth));
    while (this.take(","));
    if (!this.take("]")) throw notCanonical("A list is not closed.");
    return items;
  }

  private object(depth: number): JsonObject {
    this.enter(depth);
    // Without a prototype, so that an absent "constructor" is absent.
    const members = Object.create(null) as Record<string, Json>;
    if (this.take("}")) return members;
    let former = "";
    do {
      if (this.text[this.at] !== '"') throw notCanonical("A key is not a string.");
      const key = this.string();
      if (!KEY.test(key)) throw notCanonical("A key does not match [a-z][a-z0-9_]*.");
      if (key <= former) throw notCanonical("Keys are repeated or not in order.");
      if (!this.take(":")) throw notCanonical("A key has no value.");
      members[key] = this.value(depth);
      former = key;
    } while (this.take(","));
    if (!this.take("}")) throw notCanonical("An object is not closed.");
    return members;
  }

  private enter(depth: number): void {
    if (depth > MAX_DEPTH) throw tooDeep();
    this.at += 1;
  }
}

function unquote(spelled: string): string {
  try {
    return JSON.parse(spelled) as string;
  } catch {
    throw notCanonical("A string is not JSON.");
  }
}

function decodeUtf8(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw notCanonical("This is not UTF-8.");
  }
}

/** The value whose one spelling is `raw`. Raises not-canonical or too-large. */
export function parse(raw: Uint8Array, limit = MAX_STATEMENT): Json {
  if (raw.length > limit) throw new ProtocolError("too-large", `${raw.length} bytes, at most ${limit} are allowed.`);
  return new Reader(decodeUtf8(raw)).whole();
}

// ---- what is signed, hashed and bound

/** `"ncphub/v1\0" ‖ u32be(len context) ‖ context ‖ u64be(len body) ‖ body`. */
export function pae(context: Context, body: Uint8Array): Bytes {
  if (!CONTEXT_SET.has(context)) throw new ProtocolError("unknown-context", `There is no context "${context}".`);
  const name = utf8(context);
  const lengths = new DataView(new ArrayBuffer(12));
  lengths.setUint32(0, name.length);
  lengths.setBigUint64(4, BigInt(body.length));
  const sizes = new Uint8Array(lengths.buffer);
  return concat(PREFIX, sizes.subarray(0, 4), name, sizes.subarray(4), body);
}

/** `pae(context, canon(value))`: the only way in which values enter a derivation, a MAC or an AAD. */
export function commitTo(context: Context, value: Json): Bytes {
  return pae(context, canon(value));
}

/** `SHA-256(commitTo(context, value))`. */
export async function hashOf(context: Context, value: Json): Promise<Bytes> {
  return sha256(commitTo(context, value));
}

export async function statementId(context: Context, body: Uint8Array): Promise<Bytes> {
  return sha256(pae(context, body));
}
