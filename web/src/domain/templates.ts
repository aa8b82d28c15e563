/**
 * Forms as data: what a template says, and which of its fields a person has to see (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/templates.py.
 */

import { MalformedTemplate } from "./errors.ts";
import { isObject, textOf, type Json, type JsonObject, type Text } from "./texts.ts";

const TYPES = [
  "text",
  "longtext",
  "integer",
  "decimal",
  "code",
  "country",
  "place",
  "hs",
  "datetime",
  "tlp",
  "boolean",
  "cas",
  "imo",
  "container",
  "alert",
] as const;
export type FieldType = (typeof TYPES)[number];

const SUMMARY_PARTS = ["title", "quantity", "unit", "place", "conveyance", "tlp", "country"] as const;
export type SummaryPart = (typeof SUMMARY_PARTS)[number];

/** What a form may say in the envelope's clear header, and the type of the field that says it. */
const HEADER_TYPES = { urgency: "code", to: "country", due: "datetime", ref: "alert" } as const;
export type HeaderPart = keyof typeof HEADER_TYPES;
const HEADER_PARTS = Object.keys(HEADER_TYPES) as readonly HeaderPart[];

const FLAGS = ["required", "many", "nominal", "future", "whenever"] as const;
const BOUNDS = ["min", "max", "above"] as const;
const OPTIONAL = ["hint", "missing", "list", "of", "default", "max_length", "when", ...FLAGS, ...BOUNDS];
const KEY = /^[a-z][a-z0-9_]{0,39}$/;
const NUMBER = /^(?:0|-?[1-9][0-9]*)(?:\.[0-9]+)?$/;

export type Value = string | number;
export type Values = { readonly [key: string]: Value };

/** A field is shown when another one `is` (or `isNot`) one of the codes; "*" is anything at all. */
export interface Condition {
  readonly field: string;
  readonly is: readonly string[];
  readonly isNot: readonly string[];
}

/**
 * One question of a form. `missing` is its own sentence for "nothing filled in"; `nominal` marks names and numbers of
 * persons and firms; bounds are decimal strings; `many` holds several codes, sorted, one space between; `of` is the
 * record whose alerts an alert field refers to; a time is past, or to come where `future`, or either where `whenever`.
 */
export interface Field {
  readonly key: string;
  readonly type: FieldType;
  readonly label: Text;
  readonly hint: Text | null;
  readonly missing: Text | null;
  readonly list: string;
  readonly of: string;
  readonly required: boolean;
  readonly many: boolean;
  readonly nominal: boolean;
  readonly future: boolean;
  readonly whenever: boolean;
  readonly default: string;
  readonly min: string;
  readonly max: string;
  readonly above: string;
  readonly maxLength: number;
  readonly when: Condition | null;
}

export interface Section {
  readonly key: string;
  readonly title: Text;
  readonly hint: Text | null;
  readonly folded: boolean;
  readonly fields: readonly Field[];
}

/**
 * One form of a record: forms of the same `id` share keys and meaning, so they feed the same counts.
 *
 * `compartments` are those it is offered in, none: any. `header` names the fields that fill the envelope's header.
 */
export interface Template {
  readonly id: string;
  readonly version: number;
  readonly form: string;
  readonly title: Text;
  readonly name: Text;
  readonly sections: readonly Section[];
  readonly fields: readonly Field[];
  readonly summary: { readonly [part in SummaryPart]: readonly string[] };
  readonly compartments: readonly string[];
  readonly header: { readonly [part in HeaderPart]?: string };
}

/** The form `form` of a template document. Throws MalformedTemplate: a form half understood must not be filled in. */
export function loadTemplate(document: JsonObject, form: string): Template {
  exactly(document, ["id", "version", "title", "summary", "forms"], ["compartments", "header"], "A template");
  const { id, version, forms, summary } = document;
  if (typeof id !== "string" || !KEY.test(id)) throw new MalformedTemplate("A template's id is a word of small letters.");
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1)
    throw new MalformedTemplate(`The version of ${id} is a number from 1.`);
  if (!Array.isArray(forms) || !isObject(summary))
    throw new MalformedTemplate(`The template ${id} needs forms and a summary.`);
  exactly(summary, SUMMARY_PARTS, [], `The summary of ${id}`);
  const raw = forms.filter(isObject).find((one) => one.form === form);
  if (raw === undefined) throw new MalformedTemplate(`The template ${id} has no form called ${form}.`);
  exactly(raw, ["form", "name", "sections"], [], `The form ${form} of ${id}`);
  const sections = list(raw.sections, "sections").map(readSection);
  const fields = sections.flatMap((section) => section.fields);
  const header = readHeader(document.header);
  const before = new Set<string>();
  for (const field of fields) {
    if (before.has(field.key)) throw new MalformedTemplate(`A key stands twice in ${id}, ${form}.`);
    if (field.when !== null && !before.has(field.when.field))
      throw new MalformedTemplate(`${field.key} depends on ${field.when.field}, which does not stand before it.`);
    for (const part of HEADER_PARTS)
      if (header[part] === field.key && field.type !== HEADER_TYPES[part])
        throw new MalformedTemplate(`The header's ${part} is no ${field.type} field.`);
    before.add(field.key);
  }
  const keysOf = (part: SummaryPart): readonly string[] => list(summary[part], part).map((key) => word(key, part));
  return {
    id,
    version,
    form,
    title: readText(document.title, `the title of ${id}`),
    name: readText(raw.name, `the name of ${id}, ${form}`),
    sections,
    fields,
    summary: {
      title: keysOf("title"),
      quantity: keysOf("quantity"),
      unit: keysOf("unit"),
      place: keysOf("place"),
      conveyance: keysOf("conveyance"),
      tlp: keysOf("tlp"),
      country: keysOf("country"),
    },
    compartments:
      document.compartments === undefined
        ? []
        : list(document.compartments, "compartments").map((one) => word(one, "A compartment")),
    header,
  };
}

/** The forms that can be written in a channel of `compartment`. */
export function offered(templates: readonly Template[], compartment: string): readonly Template[] {
  return templates.filter((one) => one.compartments.length === 0 || one.compartments.includes(compartment));
}

/** The names of a template document's forms, in its order. */
export function formsOf(document: JsonObject): readonly string[] {
  return list(document.forms, "forms").map((one) => word(isObject(one) ? one.form : null, "A form's name"));
}

/** What a new form starts with. */
export function defaults(template: Template): Values {
  const given = template.fields.filter((field) => field.default !== "");
  return Object.fromEntries(
    given.map((field) => [field.key, field.type === "integer" ? Number(field.default) : field.default]),
  );
}

/** The fields whose condition holds, in order; a field that depends on a hidden one is hidden too. */
export function fieldsToShow(template: Template, values: Values): readonly Field[] {
  const shown = new Set<string>();
  return template.fields.filter((field) => {
    const { when } = field;
    if (when !== null && !(shown.has(when.field) && holds(when, valueOf(values, when.field)))) return false;
    shown.add(field.key);
    return true;
  });
}

/** The value under `key`, "" where there is none. */
export function valueOf(values: Values, key: string): Value {
  return Object.hasOwn(values, key) ? (values[key] ?? "") : "";
}

function holds(when: Condition, value: Value): boolean {
  if (value === "") return false;
  if (when.isNot.length > 0) return !when.isNot.includes(String(value));
  return when.is.includes("*") || when.is.includes(String(value));
}

function readHeader(raw: Json | undefined): Template["header"] {
  if (raw === undefined) return {};
  if (!isObject(raw)) throw new MalformedTemplate("The header is not an object.");
  exactly(raw, [], HEADER_PARTS, "The header");
  return Object.fromEntries(Object.entries(raw).map(([part, key]) => [part, word(key, `The header's ${part}`)]));
}

function readSection(raw: Json): Section {
  if (!isObject(raw)) throw new MalformedTemplate("A section is not an object.");
  exactly(raw, ["key", "title", "fields"], ["hint", "folded"], "A section");
  const key = word(raw.key, "A section's key");
  return {
    key,
    title: readText(raw.title, `the title of ${key}`),
    hint: raw.hint === undefined ? null : readText(raw.hint, `the hint of ${key}`),
    folded: flag(raw, "folded"),
    fields: list(raw.fields, `the fields of ${key}`).map(readField),
  };
}

function readField(raw: Json): Field {
  if (!isObject(raw)) throw new MalformedTemplate("A field is not an object.");
  exactly(raw, ["key", "type", "label"], OPTIONAL, "A field");
  const { key, list: named = "", of = "", max_length: maxLength = 0, default: start = "" } = raw;
  if (typeof key !== "string" || !KEY.test(key))
    throw new MalformedTemplate("A field's key is small letters, digits and underscores, a letter first.");
  const type = TYPES.find((one) => one === raw.type);
  if (type === undefined) throw new MalformedTemplate(`The type of ${key} is unknown.`);
  if (typeof named !== "string" || ((type === "code" || type === "tlp") && named === ""))
    throw new MalformedTemplate(`${key} needs the name of its list.`);
  if (typeof of !== "string" || (type === "alert") !== (of !== ""))
    throw new MalformedTemplate(`${key} names a record exactly when it refers to an alert.`);
  if (typeof maxLength !== "number" || !Number.isSafeInteger(maxLength) || maxLength < 0)
    throw new MalformedTemplate(`The length of ${key} is not a number.`);
  if ((type === "text" || type === "longtext" || type === "place") && maxLength === 0)
    throw new MalformedTemplate(`${key} needs a max_length.`);
  if (typeof start !== "string") throw new MalformedTemplate(`The default of ${key} is a string.`);
  return {
    key,
    type,
    label: readText(raw.label, `the label of ${key}`),
    hint: raw.hint === undefined ? null : readText(raw.hint, `the hint of ${key}`),
    missing: raw.missing === undefined ? null : readText(raw.missing, `the sentence of ${key}`),
    list: named,
    of,
    required: flag(raw, "required"),
    many: flag(raw, "many"),
    nominal: flag(raw, "nominal"),
    future: flag(raw, "future"),
    whenever: flag(raw, "whenever"),
    default: start,
    min: bound(raw, "min", key),
    max: bound(raw, "max", key),
    above: bound(raw, "above", key),
    maxLength,
    when: raw.when === undefined ? null : readCondition(raw.when, key),
  };
}

function readCondition(raw: Json, key: string): Condition {
  const names = isObject(raw) ? Object.keys(raw).sort().join(" ") : "";
  if (!isObject(raw) || (names !== "field is" && names !== "field is_not"))
    throw new MalformedTemplate(`The condition of ${key} names a field and either is or is_not.`);
  return { field: word(raw.field, `The condition of ${key}`), is: codes(raw.is), isNot: codes(raw.is_not) };
}

function codes(raw: Json | undefined): readonly string[] {
  if (raw === undefined) return [];
  return typeof raw === "string" ? [raw] : list(raw, "A condition's codes").map((code) => word(code, "A code"));
}

function bound(raw: JsonObject, name: string, key: string): string {
  const value = raw[name] ?? "";
  if (typeof value !== "string" || (value !== "" && !NUMBER.test(value)))
    throw new MalformedTemplate(`The bounds of ${key} are decimal strings.`);
  return value;
}

function flag(raw: JsonObject, name: string): boolean {
  const value = raw[name] ?? false;
  if (typeof value !== "boolean") throw new MalformedTemplate(`${name} is true or false.`);
  return value;
}

function list(raw: Json | undefined, what: string): readonly Json[] {
  if (!Array.isArray(raw) || raw.length === 0) throw new MalformedTemplate(`${what} is an empty list, or none.`);
  return raw as readonly Json[];
}

function word(raw: Json | undefined, what: string): string {
  if (typeof raw !== "string" || raw === "") throw new MalformedTemplate(`${what} is no word.`);
  return raw;
}

function readText(raw: Json | undefined, what: string): Text {
  const text = textOf(raw);
  if (text === null) throw new MalformedTemplate(`${what} needs exactly an English and a French text.`);
  return text;
}

function exactly(raw: JsonObject, needed: readonly string[], allowed: readonly string[], what: string): void {
  const missing = needed.filter((name) => !Object.hasOwn(raw, name));
  if (missing.length > 0) throw new MalformedTemplate(`${what} lacks ${missing.join(", ")}.`);
  const unknown = Object.keys(raw).filter((name) => !needed.includes(name) && !allowed.includes(name));
  if (unknown.length > 0) throw new MalformedTemplate(`${what} has unknown parts: ${unknown.join(", ")}.`);
}
