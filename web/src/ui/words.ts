/**
 * Text for people: English sentences are the message ids, web/locale holds the other languages (gettext, one source with the server).
 * A component that calls t() is drawn again when the language changes: nothing typed is lost by switching.
 */
import { signal } from "@preact/signals";
import type { ComponentChild } from "preact";
import { shell } from "./shell.ts";

export type Language = "en" | "fr";
type Catalogue = Readonly<Record<string, string | readonly string[]>>;
type Value = string | number;

export const LANGUAGES: readonly { readonly code: Language; readonly name: string }[] = [
  { code: "en", name: "English" },
  { code: "fr", name: "Français" },
];

/** The same rule as the Plural-Forms line of each catalogue. */
const PLURAL: Readonly<Record<Language, (n: number) => number>> = {
  en: (n) => (n === 1 ? 0 : 1),
  fr: (n) => (n > 1 ? 1 : 0),
};
const LOCALE: Readonly<Record<Language, string>> = { en: "en-GB", fr: "fr-FR" };

export const language = signal<Language>(document.documentElement.lang === "fr" ? "fr" : "en");
const catalogue = signal<Catalogue>({});
/** True where sentences had to stay English because the catalogue did not come. */
export const untranslated = signal(false);

/** The parts of the French catalogue that are here, by their address. */
const here = new Map<string, Catalogue>();
/** True once something was drawn that the first load's catalogue doesn't know. */
let more = false;

/** Loads a language's catalogue, then speaks it; English stands in where the catalogue can't be had. */
export async function speak(wanted: Language): Promise<void> {
  let found = wanted === "en" || (await fetchCatalogue(shell.catalogue));
  if (more && wanted !== "en") found = (await fetchCatalogue(shell.catalogueMore)) && found;
  untranslated.value = !found;
  language.value = wanted;
  document.documentElement.lang = wanted;
  show();
}

/** The words of what is fetched later: lazy.tsx asks for them together with it. False where they can't be had now. */
export async function speakMore(): Promise<boolean> {
  if (language.value !== "en" && !(await fetchCatalogue(shell.catalogueMore))) return false;
  more = true;
  show();
  return true;
}

function show(): void {
  catalogue.value = language.value === "en" ? {} : (Object.assign({}, ...here.values()) as Catalogue);
}

async function fetchCatalogue(address: string | null): Promise<boolean> {
  if (address === null) return false;
  if (here.has(address)) return true;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(30_000) });
    if (answer.ok) here.set(address, (await answer.json()) as Catalogue);
    return answer.ok;
  } catch (reason) {
    // The network broke or took too long: English is understood better than an empty page.
    if (reason instanceof DOMException || reason instanceof TypeError) return false;
    throw reason;
  }
}

/** Switches the page without leaving it, and tells the server so that the next page comes in this language too. */
export async function switchLanguage(wanted: Language): Promise<void> {
  await speak(wanted);
  await fetch(`/lang/${wanted}?to=/`, { redirect: "manual", signal: AbortSignal.timeout(30_000) });
}

function chosen(found: string | readonly string[] | undefined, otherwise: string): string {
  return typeof found === "string" ? found : otherwise;
}

function written(value: Value): string {
  return typeof value === "number" ? number(value) : value;
}

function fill(text: string, values: Readonly<Record<string, Value>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : written(value);
  });
}

/** A sentence, with {names} filled; numbers are written as the language writes them. */
export function t(message: string, values: Readonly<Record<string, Value>> = {}): string {
  return fill(chosen(catalogue.value[message], message), values);
}

/** A sentence that depends on a number, which fills {n}. */
export function tn(one: string, many: string, n: number, values: Readonly<Record<string, Value>> = {}): string {
  const forms = catalogue.value[one];
  const translated = Array.isArray(forms) ? (forms as readonly string[])[PLURAL[language.value](n)] : undefined;
  return fill(translated ?? (PLURAL.en(n) === 0 ? one : many), { n, ...values });
}

/** A sentence in which names stand for elements: text nodes and elements in the order of the language. */
export function tx(message: string, parts: Readonly<Record<string, ComponentChild>>): readonly ComponentChild[] {
  const text = chosen(catalogue.value[message], message);
  return text.split(/(\{\w+\})/).map((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    return name === undefined ? piece : (parts[name] ?? piece);
  });
}

const numbers = new Map<string, Intl.NumberFormat>();

export function number(value: number): string {
  const locale = LOCALE[language.value];
  const format = numbers.get(locale) ?? new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
  numbers.set(locale, format);
  return format.format(value);
}

const regions = new Map<string, Intl.DisplayNames>();

/** The country's name in the reader's language; the code itself where it is not a country's. */
export function country(code: string): string {
  const locale = LOCALE[language.value];
  const names = regions.get(locale) ?? new Intl.DisplayNames([locale], { type: "region", fallback: "code" });
  regions.set(locale, names);
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
}

const tongues = new Map<string, Intl.DisplayNames>();

/** "French", or in its own words "français"; the tag itself where it is unknown. */
export function languageName(tag: string, inTongue: string = LOCALE[language.value]): string {
  const names = tongues.get(inTongue) ?? new Intl.DisplayNames([inTongue], { type: "language", fallback: "code" });
  tongues.set(inTongue, names);
  return names.of(tag) ?? tag;
}

/** "A, B and C" as the language joins. */
export function list(words: readonly string[]): string {
  return new Intl.ListFormat(LOCALE[language.value], { type: "conjunction" }).format(words);
}

export function locale(): string {
  return LOCALE[language.value];
}
