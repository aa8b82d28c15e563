/** Alerts in words: forms and lists come from the published document, which names nobody and is the same for all. */
import { signal } from "@preact/signals";
import { type Domain, readDomain } from "../domain/published.ts";
import { alertBody, postBody, readAlertBody, readPostBody } from "../domain/bodies.ts";
import { summary, valueText } from "../domain/summaries.ts";
import type { Field, Template, Values } from "../domain/templates.ts";
import { said } from "../domain/texts.ts";
import { isTime, showDecimal } from "../domain/values.ts";
import { Failed } from "../store/bridge.ts";
import type { AlertBody, PostBody } from "../worker/protocol.ts";
import { shell } from "./shell.ts";
import { attempt } from "./state.ts";
import { dateAndClock } from "./times.ts";
import { language, t } from "./words.ts";

/** Null while it is on its way; rows wait for it, since without it a code could not be put into words. */
export const domain = signal<Domain | null>(null);

async function fetched(address: string): Promise<unknown> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(60_000) }).catch(() => null);
  if (answer?.ok !== true) throw new Failed({ code: "offline" });
  return await answer.json();
}

/** The forms and lists of the first screen, then the others: their codes stand bare until they are here. */
export async function loadDomain(): Promise<void> {
  if (shell.documents === null) throw new Error("The shell names no document of forms.");
  const address = new URL(shell.documents, location.href);
  const first = await fetched(address.pathname);
  const { more } = (domain.value = readDomain(first));
  if (more !== null) attempt(fetched(new URL(more, address).pathname).then((rest) => (domain.value = readDomain(first, rest))));
}

export interface Way {
  readonly icon: string;
  readonly name: string;
}

/** One row of the ledger; null where the author left the part out. */
export interface Summary {
  readonly type: string;
  readonly icon: string;
  readonly product: string | null;
  readonly quantity: string | null;
  readonly unit: string;
  readonly place: string | null;
  readonly placeCode: string | null;
  readonly way: Way | null;
  readonly tlp: string | null;
}

/** UN/ECE Recommendation 19, the digit of the mode. */
const MODE_ICONS: Readonly<Record<string, string>> = { "1": "sea", "2": "rail", "3": "road", "4": "air", "5": "mail", "8": "sea" };
const TEMPLATE_ICONS: Readonly<Record<string, string>> = {
  seizure: "seizure",
  warning: "suspicious",
  feedback: "check",
  licit: "precursor",
  arrival: "vaccine",
  trend: "eye",
};

/** The form an alert was written with, where this page knows it. */
export function templateOf(id: string, form: string): Template | null {
  return domain.value?.templates.find((one) => one.id === id && one.form === form) ?? null;
}

export function typeIcon(template: string): string {
  return TEMPLATE_ICONS[template] ?? "sheet";
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}

export function summaryOf(body: AlertBody): Summary {
  return summarised(body.template, body.form, readAlertBody(body).values, body.tlp);
}

export function summarised(template: string, form: string, values: Values, tlp: string): Summary {
  const known = templateOf(template, form);
  const lists = domain.value?.lists;
  const bare: Summary = {
    type: template,
    icon: typeIcon(template),
    product: null,
    quantity: null,
    unit: "",
    place: null,
    placeCode: null,
    way: null,
    tlp: orNull(tlp),
  };
  if (known === null || lists === undefined) return bare;
  const row = summary(known, lists, values, language.value);
  return {
    ...bare,
    type: said(known.title, language.value),
    product: orNull(row.title),
    quantity: row.quantity === "" ? null : showDecimal(row.quantity, language.value),
    unit: row.unit,
    place: orNull(row.place),
    placeCode: orNull(row.placeCode),
    way: row.conveyance === "" ? null : { icon: MODE_ICONS[row.mode] ?? "road", name: row.conveyance },
    tlp: orNull(row.tlp === "" ? tlp : row.tlp),
  };
}

/** What the label means, in the words of the list. */
export function tlpMeaning(mark: string): string {
  return domain.value?.lists.get("tlp")?.label(mark, language.value) ?? "";
}

export interface Line {
  readonly key: string;
  readonly label: string;
  readonly words: string;
  readonly isCode: boolean;
}

export interface LineGroup {
  readonly key: string;
  readonly title: string;
  readonly lines: readonly Line[];
}

function fieldWords(field: Field, value: string | number): string {
  const lists = domain.value?.lists;
  if (field.type === "boolean") return value === "yes" ? t("Yes") : t("No");
  if (field.type === "datetime" && isTime(String(value))) return t("{moment} UTC", { moment: dateAndClock(Date.parse(String(value))) });
  return lists === undefined ? String(value) : valueText(field, lists, value, language.value);
}

/** Every field that was filled, in the order of its form; what this page's form doesn't know stands last, under its key. */
export function linesOf(body: AlertBody): readonly LineGroup[] {
  const { values } = readAlertBody(body);
  const known = templateOf(body.template, body.form);
  const left = new Set(Object.keys(values).filter((key) => key !== "tlp"));
  const groups: LineGroup[] = [];
  for (const section of known?.sections ?? []) {
    const lines: Line[] = [];
    for (const field of section.fields) {
      const value = values[field.key];
      if (value === undefined || !left.delete(field.key)) continue;
      const code = field.type === "hs" || field.type === "cas" ? String(value) : null;
      const listed = code === null ? undefined : domain.value?.lists.get(field.list)?.label(code, language.value);
      const words = code === null ? fieldWords(field, value) : listed === undefined || listed === code ? code : `${code} ${listed}`;
      lines.push({ key: field.key, label: said(field.label, language.value), words, isCode: code !== null && words === code });
    }
    if (lines.length > 0) groups.push({ key: section.key, title: said(section.title, language.value), lines });
  }
  if (left.size > 0) {
    const lines = [...left].map((key) => ({ key, label: key, words: String(values[key]), isCode: true }));
    groups.push({ key: "unknown", title: t("Fields of a newer form"), lines });
  }
  return groups;
}

/** When it happened, as the author says, in milliseconds; null where the form has no such field. */
export function eventAt(body: AlertBody): number | null {
  const { values } = readAlertBody(body);
  const at = values["event_at"];
  return typeof at === "string" && isTime(at) ? Date.parse(at) : null;
}

/** The words of a post as they are sealed. Throws MalformedBody. */
export function postOf(text: string): PostBody {
  return readPostBody(postBody(text, language.value));
}

/** The filled form as it is sealed, in the language it was written in. Throws MalformedBody. */
export function alertOf(template: Template, values: Values): AlertBody {
  // alertBody reads back what it made, so the shape is this one.
  return alertBody(template, values, language.value) as unknown as AlertBody;
}
