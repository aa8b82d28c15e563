/**
 * Words in the languages of the product, and how text is cleaned before it is sealed (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/texts.py.
 */

/** A label in every language of the product. */
export interface Text {
  readonly en: string;
  readonly fr: string;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

// Named one by one because the two languages disagree on what is a space.
export const SPACES = "\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
const ENDS = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, "g");
const RUN = new RegExp(`[${SPACES}]+`, "g");
const LINE_END = /\r\n|\r|\u0085|\u2028|\u2029/g;
// Controls, bidirectional overrides and lone surrogates: what a reader cannot see must not change what he reads.
const HIDDEN =
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]/u;
const LETTERS: { readonly [letter: string]: string } = {
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ø: "o",
  ı: "i",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
};

/** In `locale` ("fr", "fr-CA"…), English where there is no other. */
export function said(text: Text, locale: string): string {
  return locale.toLowerCase().startsWith("fr") ? text.fr : text.en;
}

/** The Text of `{en, fr}`, null for anything else. */
export function textOf(value: Json | undefined): Text | null {
  if (!isObject(value) || Object.keys(value).length !== 2) return null;
  const { en, fr } = value;
  return typeof en === "string" && typeof fr === "string" && en !== "" && fr !== "" ? { en, fr } : null;
}

/** NFC, line ends as `\n`, no spaces at the ends. */
export function trimmed(text: string): string {
  return text.normalize("NFC").replace(LINE_END, "\n").replace(ENDS, "");
}

/** `trimmed`, and every run of spaces is one space. */
export function onOneLine(text: string): string {
  return trimmed(text).replace(RUN, " ");
}

/** Whether `text` holds characters that show nothing but may change how the rest is read. */
export function hidesSomething(text: string): boolean {
  return HIDDEN.test(text);
}

/** For comparing in a search: without accents and case, anything but letters and digits is a space. */
export function folded(text: string): string {
  const plain = text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "");
  return Array.from(plain, (sign) => LETTERS[sign] ?? sign).join("").replace(/[^\p{L}\p{N}]/gu, " ");
}

export function wordsOf(text: string): readonly string[] {
  return folded(text).split(" ").filter((word) => word !== "");
}

/** `text` with each `{name}` replaced by what `args` says; unknown names stay as they are. */
export function filledIn(text: string, args: { readonly [name: string]: string }): string {
  return text.replace(/\{([a-z_]+)\}/g, (found, name: string) => (Object.hasOwn(args, name) ? (args[name] ?? found) : found));
}

/** Characters as people count them: code points, as Python does. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
