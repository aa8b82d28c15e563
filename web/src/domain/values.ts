/**
 * The values of a form: one canonical spelling each, never a float (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/values.py.
 */

import { containerOf, containersOf, imoOf } from "./identifiers.ts";
import { fieldsToShow, valueOf, type Field, type Template, type Value, type Values } from "./templates.ts";
import { onOneLine, SPACES, trimmed } from "./texts.ts";

const DECIMALS = 6;
const WHOLE_DIGITS = 15;
export const FREE_PLACE = "~";
export const YES = "yes";
export const NO = "no";

const SPACE = new RegExp(`[${SPACES}]`, "g");
const BETWEEN = new RegExp(`[${SPACES},;]+`);
const HS_MARKS = new RegExp(`[.${SPACES}]`, "g");
const GROUPED = /^[0-9]{1,3}(?:[.,][0-9]{3})+$/;
const EITHER = /^-?[1-9][0-9]{0,2},[0-9]{3}$/;
const DECIMAL = /^(?:0|-?[1-9][0-9]{0,14}|-?0(?=\.))(?:\.[0-9]{0,5}[1-9])?$/;
const INTEGER = /^-?[0-9]{1,9}$/;
const CAS = /^([1-9][0-9]{1,6})-([0-9]{2})-([0-9])$/;
const HS = /^[0-9]{2}(?:\.[0-9]{2}|[0-9]{2}\.[0-9]{2})$/;
const LOCODE = /^[A-Z]{2}[A-Z2-9]{3}$/;
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?[Zz]$/;
const CANONICAL_TIME = /^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z$/;
const DASH = /[\u2010-\u2015\u2212]/g;
// Reserved for later use by the Harmonized System.
const NO_CHAPTER = ["00", "77", "98", "99"];

/**
 * What is checked and sealed: the fields that are shown and filled, each in its canonical spelling.
 *
 * A value without one ("1,234" may be either) stays as typed, for problemsWith to speak of. Normalising twice changes nothing.
 */
export function normalise(template: Template, values: Values): Values {
  const spelled: Values = Object.fromEntries(
    template.fields
      .filter((field) => Object.hasOwn(values, field.key))
      .map((field) => [field.key, spell(field, valueOf(values, field.key))]),
  );
  const kept = fieldsToShow(template, spelled).filter((field) => valueOf(spelled, field.key) !== "");
  return Object.fromEntries(kept.map((field) => [field.key, valueOf(spelled, field.key)]));
}

/**
 * The canonical decimal string of what was typed, null where there is none or where a comma could mean two things.
 *
 * Spaces and apostrophes group; with comma and point the last one is the decimal mark; a single point always is;
 * a single comma is, unless exactly three digits follow one to three others ("1,234").
 */
export function decimalOf(text: string): string | null {
  const plain = text.replace(SPACE, "").replace(/['’]/g, "").replaceAll("−", "-");
  if (!/^-?[0-9][0-9.,]*$/.test(plain) || EITHER.test(plain)) return null;
  const sign = plain.startsWith("-") ? "-" : "";
  const digits = plain.slice(sign.length);
  const mark = Math.max(digits.lastIndexOf("."), digits.lastIndexOf(","));
  let whole = digits;
  let fraction = "";
  if (mark >= 0) {
    if (digits.split(digits.charAt(mark)).length === 2) {
      whole = digits.slice(0, mark);
      fraction = digits.slice(mark + 1);
      if (fraction === "") return null;
    }
    if (!/^[0-9]+$/.test(whole)) {
      if (!GROUPED.test(whole) || (whole.includes(".") && whole.includes(","))) return null;
      whole = whole.replace(/[.,]/g, "");
    }
  }
  whole = whole.replace(/^0+(?=.)/, "");
  fraction = fraction.replace(/0+$/, "");
  if (whole.length > WHOLE_DIGITS || fraction.length > DECIMALS) return null;
  const number = fraction === "" ? whole : `${whole}.${fraction}`;
  return number === "0" ? number : sign + number;
}

/** Whether `text` is a number that English and French read differently. */
export function mayMeanTwoNumbers(text: string): boolean {
  return EITHER.test(text.replace(SPACE, ""));
}

/** Whether `text` is a canonical decimal string: at most 15 digits, then at most 6 decimals, nothing superfluous. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** A canonical decimal string as an integer number of millionths, to compare and to add. */
export function scaled(decimal: string): bigint {
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const amount = BigInt(whole + fraction.padEnd(DECIMALS, "0"));
  return decimal.startsWith("-") ? -amount : amount;
}

/** A canonical decimal string for people: `120,000.5`, in French `120 000,5` with narrow no-break spaces. */
export function showDecimal(decimal: string, locale: string): string {
  const [gap, mark] = locale.toLowerCase().startsWith("fr") ? ["\u202f", ","] : [",", "."];
  const [whole = "", fraction = ""] = decimal.replace("-", "").split(".");
  const grouped = whole.replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, gap);
  return (decimal.startsWith("-") ? "−" : "") + grouped + (fraction === "" ? "" : mark + fraction);
}

/** Whether `text` is a CAS registry number with a right check digit. */
export function isCas(text: string): boolean {
  const found = CAS.exec(text);
  if (found === null) return false;
  const digits = Array.from(`${found[1] ?? ""}${found[2] ?? ""}`).reverse();
  const sum = digits.reduce((total, digit, place) => total + (place + 1) * Number(digit), 0);
  return sum % 10 === Number(found[3]);
}

/** `3004.90` or `30.04` for six or four digits with or without points and spaces, null for anything else. */
export function hsOf(text: string): string | null {
  const digits = text.replace(HS_MARKS, "");
  if (!/^(?:[0-9]{4}|[0-9]{6})$/.test(digits)) return null;
  const cut = digits.length - 2;
  const code = `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return isHs(code) ? code : null;
}

/** Whether `text` is shaped like a heading (`30.04`) or a subheading (`3004.90`) of an existing chapter. */
export function isHs(text: string): boolean {
  return HS.test(text) && !NO_CHAPTER.includes(text.slice(0, 2));
}

/** Whether `text` has the shape of a UN/LOCODE without its space; problemsWith checks its country. */
export function isLocode(text: string): boolean {
  return LOCODE.test(text);
}

/** Whether `text` is a minute of this century in UTC, written `2027-03-11T12:45Z`. */
export function isTime(text: string): boolean {
  if (!CANONICAL_TIME.test(text)) return false;
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text.slice(0, 16));
}

/** The value of a place that stands in no list: `~` and what the officer wrote. */
export function freePlace(text: string): string {
  const described = onOneLine(text);
  return described === "" ? "" : FREE_PLACE + described;
}

/** The codes of a field that takes several. */
export function codesOf(value: Value): readonly string[] {
  return String(value).split(" ").filter((code) => code !== "");
}

function spell(field: Field, value: Value): Value {
  if (field.type === "integer") return spellInteger(value);
  const text = String(value);
  switch (field.type) {
    case "longtext":
      return trimmed(text);
    case "decimal":
      return decimalOf(text) ?? onOneLine(text);
    case "hs":
      return hsOf(text) ?? onOneLine(text);
    case "datetime": {
      const found = TIME.exec(trimmed(text));
      return found === null ? onOneLine(text) : `${found[1] ?? ""}T${found[2] ?? ""}Z`;
    }
    case "place":
      return spellPlace(onOneLine(text));
    case "cas":
      return text.replace(SPACE, "").replace(DASH, "-");
    case "country":
      return field.many ? spellMany(text.toUpperCase()) : onOneLine(text).toUpperCase();
    case "code":
      return field.many ? spellMany(text) : onOneLine(text);
    case "imo":
      return imoOf(text);
    case "container":
      return field.many ? containersOf(text) : containerOf(text);
    case "text":
    case "tlp":
    case "boolean":
    case "alert":
      return onOneLine(text);
  }
}

function spellMany(text: string): string {
  return [...new Set(text.split(BETWEEN))].filter((code) => code !== "").sort().join(" ");
}

function spellInteger(value: Value): Value {
  if (typeof value === "number") return value;
  const plain = value.replace(SPACE, "");
  return INTEGER.test(plain) ? Number(plain) + 0 : onOneLine(value);
}

function spellPlace(text: string): string {
  if (text.startsWith(FREE_PLACE)) return freePlace(text.slice(1));
  const code = text.replaceAll(" ", "").toUpperCase();
  return isLocode(code) ? code : text;
}
