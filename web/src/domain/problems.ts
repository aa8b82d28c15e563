/**
 * What still keeps a form from being sent, field by field (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/problems.py, which holds the sentences for the catalogue.
 */

import { isAlertId, isContainer, isImo } from "./identifiers.ts";
import { listed, type Entry, type Lists } from "./lists.ts";
import { fieldsToShow, valueOf, type Field, type Template, type Value, type Values } from "./templates.ts";
import { filledIn, hidesSomething, lengthOf, said } from "./texts.ts";
import {
  codesOf,
  FREE_PLACE,
  isCas,
  isDecimal,
  isHs,
  isLocode,
  isTime,
  mayMeanTwoNumbers,
  NO,
  normalise,
  scaled,
  YES,
} from "./values.ts";

export const MESSAGES = {
  missing: "Fill in: {label}",
  "not-chosen": "Choose: {label}",
  "hidden-characters": "{label}: there are invisible characters in this text. Type it again",
  "too-long": "{label}: {length} characters, {max_length} is the most",
  "not-a-number": "{label}: write a number such as 1250 or 12.5, with at most six decimals",
  "two-numbers": "{label}: write {whole} or {fraction}. With a comma it can mean either",
  "not-whole": "{label}: write a whole number",
  "not-above": "{label}: write a number greater than {above}",
  "too-small": "{label}: write a number not smaller than {min}",
  "too-large": "{label}: write a number not greater than {max}",
  "unknown-code": "{label}: choose from the list",
  "unknown-country": "{label}: choose a country from the list",
  "unknown-place": "{label}: choose from the list, or describe the place",
  "not-hs": "{label}: write four or six digits of the Harmonized System",
  "not-cas": "{label}: one of these digits is wrong",
  "not-imo": "{label}: write seven digits. One of these is wrong",
  "not-container": "{label}: write four letters and seven digits. One of these is wrong",
  "not-an-alert": "{label}: choose an alert",
  "not-a-time": "{label}: write a date and a time",
  "in-the-future": "{label}: this time has not come yet",
  "in-the-past": "{label}: choose a date that is still to come",
  "red-needs-names": "TLP:RED can only be used in a channel whose readers are named persons",
} as const;
export type ProblemCode = keyof typeof MESSAGES;

const RED = "TLP:RED";

/** Who a channel is for: `named` when its readers are a list of accounts. */
export interface Audience {
  readonly named: boolean;
}

/** One field, one cause: `message` is a msgid, `args` fill its `{names}` beside `{label}`. */
export interface Problem {
  readonly field: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly args: { readonly [name: string]: string };
}

/** At most one problem per field shown, in the form's order; `now` is a canonical time, null leaves past and future unjudged. */
export function problemsWith(
  template: Template,
  lists: Lists,
  values: Values,
  audience: Audience,
  now: string | null = null,
): readonly Problem[] {
  const canonical = normalise(template, values);
  return fieldsToShow(template, canonical)
    .map((field) => problemOf(field, valueOf(canonical, field.key), lists, audience, now))
    .filter((problem) => problem !== null);
}

/** The sentence for a person; `translate` is the catalogue's lookup of a msgid. */
export function problemText(
  template: Template,
  problem: Problem,
  locale: string,
  translate: (msgid: string) => string,
): string {
  const field = template.fields.find((one) => one.key === problem.field);
  if (field === undefined) return translate(problem.message);
  if ((problem.code === "missing" || problem.code === "not-chosen") && field.missing !== null)
    return said(field.missing, locale);
  return filledIn(translate(problem.message), { ...problem.args, label: said(field.label, locale) });
}

/** The labels an author may choose: TLP:RED only where the readers are named persons. */
export function tlpOffered(lists: Lists, audience: Audience): readonly Entry[] {
  return listed(lists, "tlp").entries.filter((entry) => audience.named || entry.code !== RED);
}

function problemOf(field: Field, value: Value, lists: Lists, audience: Audience, now: string | null): Problem | null {
  if (value === "") {
    const chosen = ["code", "country", "tlp", "boolean", "alert"].includes(field.type);
    return field.required ? problem(field, chosen ? "not-chosen" : "missing") : null;
  }
  if (field.type === "integer")
    return typeof value === "number" && Number.isSafeInteger(value) ? bounds(field, String(value)) : problem(field, "not-whole");
  const text = String(value);
  if (hidesSomething(text)) return problem(field, "hidden-characters");
  if (field.maxLength > 0 && lengthOf(text) > field.maxLength)
    return problem(field, "too-long", { length: String(lengthOf(text)), max_length: String(field.maxLength) });
  const codes = field.many ? codesOf(text) : [text];
  switch (field.type) {
    case "decimal":
      return decimal(field, text);
    case "code":
      return codes.every((code) => listed(lists, field.list).entry(code)) ? null : problem(field, "unknown-code");
    case "country":
      return codes.every((code) => listed(lists, "countries").entry(code)) ? null : problem(field, "unknown-country");
    case "place": {
      const known = isLocode(text) && listed(lists, "countries").entry(text.slice(0, 2)) !== null;
      return known || text.startsWith(FREE_PLACE) ? null : problem(field, "unknown-place");
    }
    case "hs":
      return isHs(text) ? null : problem(field, "not-hs");
    case "cas":
      return isCas(text) ? null : problem(field, "not-cas");
    case "imo":
      return isImo(text) ? null : problem(field, "not-imo");
    case "container":
      return codes.every(isContainer) ? null : problem(field, "not-container");
    case "alert":
      return isAlertId(text) ? null : problem(field, "not-an-alert");
    case "boolean":
      return text === YES || text === NO ? null : problem(field, "unknown-code");
    case "datetime":
      return time(field, text, now);
    case "tlp":
      if (listed(lists, field.list).entry(text) === null) return problem(field, "unknown-code");
      return text === RED && !audience.named ? problem(field, "red-needs-names") : null;
    case "text":
    case "longtext":
      return null;
  }
}

function decimal(field: Field, text: string): Problem | null {
  if (isDecimal(text)) return bounds(field, text);
  if (mayMeanTwoNumbers(text)) {
    const bare = text.replaceAll(" ", "");
    return problem(field, "two-numbers", { whole: bare.replace(",", ""), fraction: bare.replace(",", ".") });
  }
  return problem(field, "not-a-number");
}

function bounds(field: Field, number: string): Problem | null {
  if (field.above !== "" && scaled(number) <= scaled(field.above)) return problem(field, "not-above", { above: field.above });
  if (field.min !== "" && scaled(number) < scaled(field.min)) return problem(field, "too-small", { min: field.min });
  if (field.max !== "" && scaled(number) > scaled(field.max)) return problem(field, "too-large", { max: field.max });
  return null;
}

function time(field: Field, text: string, now: string | null): Problem | null {
  if (!isTime(text)) return problem(field, "not-a-time");
  if (now === null || field.whenever) return null;
  if (field.future && text <= now) return problem(field, "in-the-past");
  if (!field.future && text > now) return problem(field, "in-the-future");
  return null;
}

function problem(field: Field, code: ProblemCode, args: Problem["args"] = {}): Problem {
  return { field: field.key, code, message: MESSAGES[code], args };
}
