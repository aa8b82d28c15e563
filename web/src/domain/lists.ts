/**
 * Code lists, and the search behind every picker (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/lists.py.
 */

import { MalformedList } from "./errors.ts";
import { folded, isObject, said, textOf, wordsOf, type Json, type JsonObject, type Text } from "./texts.ts";

/**
 * One code of a list: `words` are further words that find it; `group` is what the list's file says it is (mode of a
 * conveyance, functions of a place, proposed unit of a category, HS line of a substance, countries of a region);
 * `compartment` is the only one it is offered in, empty: every one.
 */
export interface Entry {
  readonly code: string;
  readonly label: Text;
  readonly words: string;
  readonly group: string;
  readonly compartment: string;
}

interface Indexed {
  readonly code: string;
  readonly english: readonly string[];
  readonly french: readonly string[];
  readonly every: readonly string[];
}

export class CodeList {
  readonly #byCode: ReadonlyMap<string, Entry>;

  readonly name: string;
  readonly title: Text;
  readonly source: string;
  readonly edition: string;
  readonly entries: readonly Entry[];
  /** What the search compares, made once. */
  readonly index: readonly Indexed[];

  constructor(
    named: { readonly name: string; readonly title: Text; readonly source: string; readonly edition: string },
    entries: readonly Entry[],
    countries: ReadonlyMap<string, Entry>,
  ) {
    this.name = named.name;
    this.title = named.title;
    this.source = named.source;
    this.edition = named.edition;
    this.entries = entries;
    this.index = entries.map((entry) => indexed(entry, countries));
    this.#byCode = new Map(entries.map((entry) => [entry.code, entry]));
    if (this.#byCode.size !== entries.length) throw new MalformedList(`The list ${named.name} holds a code twice.`);
  }

  entry(code: string): Entry | null {
    return this.#byCode.get(code) ?? null;
  }

  /** The code's label, the code itself when this edition does not know it (a newer member may have sent it). */
  label(code: string, locale: string): string {
    const entry = this.#byCode.get(code);
    return entry === undefined ? code : said(entry.label, locale);
  }
}

export type Lists = ReadonlyMap<string, CodeList>;

/** The list called `name`; every form was checked against the lists when it was read. */
export function listed(lists: Lists, name: string): CodeList {
  const found = lists.get(name);
  if (found === undefined) throw new MalformedList(`There is no list called ${name}.`);
  return found;
}

/** The lists of a published document. Throws MalformedList. */
export function loadLists(document: JsonObject): Lists {
  const raw = document.lists;
  if (!Array.isArray(raw)) throw new MalformedList("The document holds no lists.");
  const parts = raw.map((one: Json) => {
    const title = isObject(one) ? textOf(one.title) : null;
    if (!isObject(one) || title === null || Object.keys(one).length !== 5)
      throw new MalformedList("A list needs exactly name, title, source, edition and entries.");
    const { name, source, edition } = one;
    if (typeof name !== "string" || typeof source !== "string" || typeof edition !== "string")
      throw new MalformedList("A list needs name, title, source and edition.");
    return { name, title, source, edition, entries: entriesOf(name, one.entries) };
  });
  const countries = new Map(parts.find((one) => one.name === "countries")?.entries.map((entry) => [entry.code, entry]));
  const none: ReadonlyMap<string, Entry> = new Map();
  return new Map(
    parts.map((one) => [one.name, new CodeList(one, one.entries, one.name === "places" ? countries : none)]),
  );
}

/** The entries that a form in a channel of `compartment` proposes; a value may still be any code of the list. */
export function offeredEntries(codes: CodeList, compartment: string): readonly Entry[] {
  return codes.entries.filter((entry) => entry.compartment === "" || entry.compartment === compartment);
}

/** The countries of a region or regional office, sorted; none where this edition does not know it. */
export function countriesOf(lists: Lists, region: string): readonly string[] {
  const group = lists.get("regions")?.entry(region)?.group ?? "";
  return group === "" ? [] : group.split(" ").sort();
}

/**
 * The entries that answer `query`, best first: the code itself, codes that begin so, labels in `locale` that begin so,
 * labels that hold every word, then those found by another language or by further words.
 *
 * An empty query gives the first ones.
 */
export function search(codes: CodeList, query: string, locale: string, limit: number): readonly Entry[] {
  const words = wordsOf(query);
  const first = words[0];
  if (first === undefined) return codes.entries.slice(0, limit);
  const compact = words.join("");
  const french = locale.toLowerCase().startsWith("fr");
  const ranked: { readonly rank: number; readonly entry: Entry }[] = [];
  codes.entries.forEach((entry, place) => {
    const known = codes.index[place];
    if (known === undefined) return;
    const label = french ? known.french : known.english;
    if (known.code === compact) ranked.push({ rank: 0, entry });
    else if (known.code.startsWith(compact)) ranked.push({ rank: 1, entry });
    else if (holds(label, words)) ranked.push({ rank: label[0]?.startsWith(first) === true ? 2 : 3, entry });
    else if (holds(known.every, words)) ranked.push({ rank: 4, entry });
  });
  // The sort is stable: within a rank the list's own order stays.
  ranked.sort((one, other) => one.rank - other.rank);
  return ranked.slice(0, limit).map((one) => one.entry);
}

function holds(present: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((want) => present.some((word) => word.startsWith(want)));
}

function indexed(entry: Entry, countries: ReadonlyMap<string, Entry>): Indexed {
  const english = wordsOf(entry.label.en);
  const french = wordsOf(entry.label.fr);
  const country = countries.get(entry.code.slice(0, 2));
  const further = country === undefined ? "" : `${country.label.en} ${country.label.fr} ${country.words}`;
  const every = [...english, ...french, ...wordsOf(`${entry.code} ${entry.words} ${further}`)];
  return { code: folded(entry.code).replaceAll(" ", ""), english, french, every };
}

function entriesOf(name: string, rows: Json | undefined): readonly Entry[] {
  if (!Array.isArray(rows)) throw new MalformedList(`The list ${name} has no entries.`);
  return rows.map((row: Json) => {
    if (!Array.isArray(row) || row.length < 2 || row.length > 6 || !row.every((part) => typeof part === "string"))
      throw new MalformedList(`An entry of the list ${name} is not [code, en, fr, words, group, compartment].`);
    const [code = "", en = "", fr = "", words = "", group = "", compartment = ""] = row as readonly string[];
    if (code === "" || en === "") throw new MalformedList(`An entry of the list ${name} has no code or no label.`);
    return { code, label: { en, fr: fr === "" ? en : fr }, words, group, compartment };
  });
}
