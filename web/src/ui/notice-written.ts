/** What a draft of a notice holds: languages side by side, who is asked, by when; its mistakes, and its sealed form. */
import { MAX_TITLE, NOTICES, type NoticeKind, noticeBody } from "../domain/bodies.ts";
import { MalformedBody } from "../domain/errors.ts";
import { countriesOf } from "../domain/lists.ts";
import { hidesSomething, lengthOf } from "../domain/texts.ts";
import type { Draft, Reader, SealedNotice } from "../worker/protocol.ts";
import { domain } from "./alerts.ts";
import { country, language, languageName, number, t } from "./words.ts";

export const TONGUES = ["en", "fr", "es", "ar", "pt", "ru", "zh"];
export type Scope = "all" | "regions" | "countries";
export type Part = "kind" | "words" | "asked" | "due";

/** What the draft holds, read back: every value is a text. */
export interface Written {
  readonly kind: string;
  readonly urgent: boolean;
  readonly tongues: readonly string[];
  readonly authentic: string;
  readonly scope: Scope;
  readonly regions: readonly string[];
  readonly countries: readonly string[];
  readonly due: string;
  readonly title: (tongue: string) => string;
  readonly text: (tongue: string) => string;
}

export function written(values: Draft["values"]): Written {
  const text = (key: string): string => (typeof values[key] === "string" ? values[key] : "");
  const several = (key: string): readonly string[] => text(key).split(" ").filter((one) => one !== "");
  const first = language.value;
  const tongues = several("languages");
  const scope = text("scope");
  return {
    kind: text("kind"),
    urgent: text("urgent") === "yes",
    tongues: tongues.length > 0 ? tongues : [first, first === "en" ? "fr" : "en"],
    authentic: text("authentic"),
    scope: scope === "regions" || scope === "countries" ? scope : "all",
    regions: several("regions"),
    countries: several("countries"),
    due: text("due"),
    title: (tongue) => text(`title_${tongue}`),
    text: (tongue) => text(`text_${tongue}`),
  };
}

/** Languages in which something stands; one that is begun has to be finished. */
export function begun(form: Written): readonly string[] {
  return form.tongues.filter((tongue) => form.title(tongue).trim() !== "" || form.text(tongue).trim() !== "");
}

export function authenticOf(form: Written): string {
  const tongues = begun(form);
  return tongues.includes(form.authentic) ? form.authentic : (tongues[0] ?? "");
}

export function dueOf({ due }: Written): number | null {
  return due === "" ? null : Date.parse(`${due}:00Z`);
}

/** Countries that could be asked: of every reader who doesn't coordinate. */
export function askable(readers: readonly Reader[]): readonly string[] {
  const found = new Set(readers.filter(({ role }) => role !== "coordinator").map((reader) => reader.country));
  return [...found].sort((a, b) => country(a).localeCompare(country(b)));
}

export function askedOf(form: Written, possible: readonly string[]): readonly string[] {
  if (form.scope === "all") return possible;
  if (form.scope === "countries") return possible.filter((code) => form.countries.includes(code));
  const lists = domain.value?.lists;
  const inRegions = new Set(lists === undefined ? [] : form.regions.flatMap((region) => countriesOf(lists, region)));
  return possible.filter((code) => inRegions.has(code));
}

function wordsMistake(form: Written): string | null {
  const tongues = begun(form);
  if (tongues.length === 0) return t("Write a title and a text in one language at least");
  const half = tongues.find((tongue) => form.title(tongue).trim() === "" || form.text(tongue).trim() === "");
  if (half !== undefined) return t("{language} has a title or a text, but not both", { language: languageName(half) });
  const long = tongues.find((tongue) => lengthOf(form.title(tongue)) > MAX_TITLE);
  if (long !== undefined) return t("The title in {language} is longer than {most} characters", { language: languageName(long), most: number(MAX_TITLE) });
  if (tongues.some((tongue) => hidesSomething(form.text(tongue)) || hidesSomething(form.title(tongue)))) {
    return t("There are invisible characters in this text. Type it again");
  }
  try {
    bodyOf({ ...form, kind: NOTICES[0] });
    return null;
  } catch (refused) {
    if (refused instanceof MalformedBody) return t("The texts together are too long");
    throw refused;
  }
}

export function mistakesIn(form: Written, asked: readonly string[]): ReadonlyMap<Part, string> {
  const found = new Map<Part, string>();
  if (!NOTICES.some((kind) => kind === form.kind)) found.set("kind", t("Choose what kind of notice it is"));
  const words = wordsMistake(form);
  if (words !== null) found.set("words", words);
  if (asked.length === 0) found.set("asked", t("Nobody is asked: choose a country that reads this channel"));
  const due = dueOf(form);
  if (due !== null && !(due > Date.now())) found.set("due", t("The date is over. Choose a later one"));
  return found;
}

export function bodyOf(form: Written): SealedNotice {
  const tongues = begun(form);
  const words = (of: (tongue: string) => string): Record<string, string> => Object.fromEntries(tongues.map((tongue) => [tongue, of(tongue).normalize("NFC")]));
  return noticeBody(form.kind as NoticeKind, words(form.title), words(form.text), authenticOf(form)) as SealedNotice;
}
