/** The fields of an opened alert in words, in the order of its form. */
import { readAlertBody } from "../domain/bodies.ts";
import { valueText } from "../domain/summaries.ts";
import type { Field } from "../domain/templates.ts";
import { said } from "../domain/texts.ts";
import { isTime } from "../domain/values.ts";
import type { AlertBody, B64 } from "../worker/protocol.ts";
import { domain, templateOf } from "./alerts.ts";
import { dateAndClock } from "./times.ts";
import { language, t } from "./words.ts";

export interface Line {
  readonly key: string;
  readonly label: string;
  readonly words: string;
  readonly isCode: boolean;
  /** The alert that the field names: shown by its reference, never by its id. */
  readonly alert: B64 | null;
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
  if (lists === undefined || (field.list !== "" && !lists.has(field.list))) return String(value);
  return valueText(field, lists, value, language.value);
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
      const alert = field.type === "alert" ? String(value) : null;
      lines.push({ key: field.key, label: said(field.label, language.value), words, isCode: code !== null && words === code, alert });
    }
    if (lines.length > 0) groups.push({ key: section.key, title: said(section.title, language.value), lines });
  }
  if (left.size > 0) {
    const lines = [...left].map((key) => ({ key, label: key, words: String(values[key]), isCode: true, alert: null }));
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
