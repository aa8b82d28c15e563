/** Alerts in words: forms and lists come from the published document, which names nobody and is the same for all. */
import { computed, signal } from "@preact/signals";
import { type Domain, readDomain } from "../domain/published.ts";
import { alertBody, postBody, readAlertBody, readPostBody } from "../domain/bodies.ts";
import { summary } from "../domain/summaries.ts";
import type { Template, Values } from "../domain/templates.ts";
import { said } from "../domain/texts.ts";
import { showDecimal } from "../domain/values.ts";
import { Failed } from "../store/bridge.ts";
import type { AlertBody, PostBody } from "../worker/protocol.ts";
import { shell } from "./shell.ts";
import { attempt } from "./state.ts";
import { language } from "./words.ts";

/** Null while it is on its way; rows wait for it, since without it a code could not be put into words. */
export const domain = signal<Domain | null>(null);

async function fetched(address: string): Promise<unknown> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(60_000) }).catch(() => null);
  if (answer?.ok !== true) throw new Failed({ code: "offline" });
  return await answer.json();
}

/** True once every form and list is here: before that no form is shown, and codes of the lists to come stand bare. */
export const wholeDomain = computed(() => domain.value?.more === null);

let first: unknown = null;

/** What rows need; then, behind it, the other forms and lists. */
export async function loadDomain(): Promise<void> {
  first = await fetched(documents().pathname);
  domain.value = readDomain(first);
  attempt(loadMore());
}

/** Asked again by a page that needs a form while the line was broken before. */
export async function loadMore(): Promise<void> {
  const more = domain.value?.more ?? null;
  if (more === null) return;
  const rest = await fetched(new URL(more, documents()).pathname);
  domain.value = readDomain(first, rest);
}

function documents(): URL {
  if (shell.documents === null) throw new Error("The shell names no document of forms.");
  return new URL(shell.documents, location.href);
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
    unit: row.unit === "" ? counted(known, row.quantity) : row.unit,
    place: orNull(row.place),
    placeCode: orNull(row.placeCode),
    way: row.conveyance === "" ? null : { icon: MODE_ICONS[row.mode] ?? "road", name: row.conveyance },
    tlp: orNull(row.tlp === "" ? tlp : row.tlp),
  };
}

/** What a number without a unit counts: the form's own words for it. */
function counted(template: Template, quantity: string): string {
  const field = quantity === "" ? undefined : template.fields.find(({ key, type }) => type === "integer" && template.summary.quantity.includes(key));
  const words = field === undefined ? "" : said(field.label, language.value);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** What the label means, in the words of the list. */
export function tlpMeaning(mark: string): string {
  return domain.value?.lists.get("tlp")?.label(mark, language.value) ?? "";
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
