/**
 * The opened words of an alert, a post, a notice: what goes into the sealed envelope (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/bodies.py.
 */

import { MalformedBody } from "./errors.ts";
import { isAlertId } from "./identifiers.ts";
import { valueOf, type Template, type Value, type Values } from "./templates.ts";
import { hidesSomething, isObject, lengthOf, onOneLine, trimmed, type JsonObject } from "./texts.ts";
import { normalise } from "./values.ts";

export const TLP_LABELS = ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"] as const;
export type Tlp = (typeof TLP_LABELS)[number];

export const MAX_TEXT = 12_000;
const MAX_FIELDS = 200;
export const NOTICES = ["instruction", "information", "change", "reminder", "safety", "closure"] as const;
export type NoticeKind = (typeof NOTICES)[number];
export const MAX_TITLE = 200;
const MAX_LANGUAGES = 12;
const KEY = /^[a-z][a-z0-9_]{0,39}$/;
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;

/** An alert as it was sealed; `values` hold `tlp` too, as the form had it. */
export interface AlertBody {
  readonly template: string;
  readonly templateVersion: number;
  readonly form: string;
  readonly language: string;
  readonly tlp: Tlp;
  readonly values: Values;
}

export interface PostBody {
  readonly text: string;
  readonly language: string;
}

/** Words by language. */
export type ByLanguage = { readonly [language: string]: string };

/**
 * A notice in one or more languages, sorted, the same ones for `title` and `text`; `authentic` is the one that counts
 * where they differ. `replaces` is the id of the notice before.
 */
export interface NoticeBody {
  readonly notice: NoticeKind;
  readonly title: ByLanguage;
  readonly text: ByLanguage;
  readonly authentic: string;
  readonly replaces: string | null;
}

/**
 * The body of an alert, ready for canonical JSON; `values` are normalised, and only what the form shows is taken.
 *
 * Ask problemsWith first. Throws MalformedBody for a body that readAlertBody would refuse.
 */
export function alertBody(template: Template, values: Values, language: string): JsonObject {
  const canonical = normalise(template, values);
  const keys = Object.keys(canonical).filter((key) => key !== "tlp").sort();
  const body: JsonObject = {
    template: template.id,
    template_version: template.version,
    form: template.form,
    language,
    tlp: String(valueOf(canonical, "tlp")),
    fields: keys.map((key) => [key, valueOf(canonical, key)]),
  };
  readAlertBody(body);
  return body;
}

/** The alert of an opened body; not judged by a template: an alert of a newer version can still be shown. Throws MalformedBody. */
export function readAlertBody(body: unknown): AlertBody {
  const raw = exactly(body, ["template", "template_version", "form", "language", "tlp", "fields"]);
  const { template, template_version: version, form, fields } = raw;
  if (typeof template !== "string" || !KEY.test(template)) throw new MalformedBody("This alert doesn't say its template.");
  if (typeof form !== "string" || !KEY.test(form)) throw new MalformedBody("This alert doesn't say its form.");
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1)
    throw new MalformedBody("This alert doesn't say the version of its template.");
  const tlp = TLP_LABELS.find((label) => label === raw.tlp);
  if (tlp === undefined) throw new MalformedBody("This alert doesn't say who may receive it.");
  if (!Array.isArray(fields) || fields.length > MAX_FIELDS)
    throw new MalformedBody("This alert holds no list of fields, or too long a one.");
  const values: [string, Value][] = [["tlp", tlp]];
  let last = "";
  for (const pair of fields) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new MalformedBody("A field of this alert is not a key and a value.");
    const [key, value] = pair as readonly unknown[];
    if (typeof key !== "string" || !KEY.test(key) || key === "tlp" || key <= last)
      throw new MalformedBody("The fields of this alert are not in order, or one stands twice.");
    values.push([key, readValue(key, value)]);
    last = key;
  }
  const language = readLanguage(raw.language);
  return { template, templateVersion: version, form, language, tlp, values: Object.fromEntries(values) };
}

/** The body of a post. Throws MalformedBody when nothing, too much or something invisible was written. */
export function postBody(text: string, language: string): JsonObject {
  const body = { text: trimmed(text), language };
  readPostBody(body);
  return body;
}

/** The post of an opened body `{text, language}`. Throws MalformedBody. */
export function readPostBody(body: unknown): PostBody {
  const { text, language } = exactly(body, ["text", "language"]);
  if (typeof text !== "string" || !isReadable(text))
    throw new MalformedBody("This post holds no text, too long a one or invisible characters.");
  return { text, language: readLanguage(language) };
}

/** The body of a notice, titles and texts by language; what is blank is left out. Throws MalformedBody. */
export function noticeBody(
  kind: NoticeKind,
  titles: ByLanguage,
  texts: ByLanguage,
  authentic: string,
  replaces: string | null = null,
): JsonObject {
  const body: JsonObject = {
    notice: kind,
    title: pairs(titles, onOneLine),
    text: pairs(texts, trimmed),
    authentic,
    ...(replaces === null ? {} : { replaces }),
  };
  readNoticeBody(body);
  return body;
}

/** The notice of an opened body `{notice, title: [[language, text], …], text: […], authentic, replaces?}`. Throws MalformedBody. */
export function readNoticeBody(body: unknown): NoticeBody {
  const raw = exactly(body, ["notice", "title", "text", "authentic"], ["replaces"]);
  const notice = NOTICES.find((one) => one === raw.notice);
  if (notice === undefined) throw new MalformedBody("This notice doesn't say what kind it is.");
  const title = byLanguage(raw.title);
  const text = byLanguage(raw.text);
  const { authentic } = raw;
  if (title.map(([tag]) => tag).join() !== text.map(([tag]) => tag).join() || typeof authentic !== "string" || !title.some(([tag]) => tag === authentic))
    throw new MalformedBody("A language of this notice has no title or no text, or the authentic one is missing.");
  if (title.some(([, words]) => lengthOf(words) > MAX_TITLE || onOneLine(words) !== words))
    throw new MalformedBody("A title of this notice is too long, or has several lines.");
  // All languages together travel in one statement.
  if (text.reduce((total, [, words]) => total + lengthOf(words), 0) > MAX_TEXT)
    throw new MalformedBody("This notice is too long.");
  const { replaces = null } = raw;
  if (Object.hasOwn(raw, "replaces") && (typeof replaces !== "string" || !isAlertId(replaces)))
    throw new MalformedBody("What this notice replaces is no notice.");
  return {
    notice,
    title: Object.fromEntries(title),
    text: Object.fromEntries(text),
    authentic,
    replaces: typeof replaces === "string" ? replaces : null,
  };
}

function pairs(words: ByLanguage, spelled: (text: string) => string): readonly (readonly [string, string])[] {
  const found = Object.keys(words).sort().map((tag): readonly [string, string] => [tag, spelled(words[tag] ?? "")]);
  return found.filter(([, text]) => text !== "");
}

function byLanguage(raw: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > MAX_LANGUAGES)
    throw new MalformedBody("This notice holds no text, or too many languages.");
  const found: [string, string][] = [];
  let last = "";
  for (const pair of raw as readonly unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new MalformedBody("A text of this notice is not a language and words.");
    const [tag, words] = pair as readonly unknown[];
    const language = readLanguage(tag);
    if (language <= last || typeof words !== "string" || !isReadable(words))
      throw new MalformedBody("The languages of this notice are not in order, or one has nothing readable.");
    found.push([language, words]);
    last = language;
  }
  return found;
}

function readValue(key: string, value: unknown): Value {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (typeof value !== "string" || !isReadable(value))
    throw new MalformedBody(`The field ${key} of this alert holds nothing readable.`);
  return value;
}

function isReadable(text: string): boolean {
  return text !== "" && trimmed(text) === text && lengthOf(text) <= MAX_TEXT && !hidesSomething(text);
}

function readLanguage(value: unknown): string {
  if (typeof value !== "string" || !LANGUAGE.test(value))
    throw new MalformedBody("The language of this message is not named.");
  return value;
}

function exactly(body: unknown, keys: readonly string[], optional: readonly string[] = []): JsonObject {
  const parts = isObject(body) ? Object.keys(body).filter((key) => !optional.includes(key)) : [];
  if (!isObject(body) || parts.length !== keys.length || !keys.every((key) => Object.hasOwn(body, key)))
    throw new MalformedBody("This message doesn't have the parts it should have.");
  return body;
}
