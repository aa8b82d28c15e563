/** One question of a form, by its type: label, hint, mistake, input, and what was understood. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { listed } from "../domain/lists.ts";
import { problemText, tlpOffered, type Problem } from "../domain/problems.ts";
import { type Field, type Template, type Values, valueOf } from "../domain/templates.ts";
import { said } from "../domain/texts.ts";
import { codesOf, decimalOf, isTime, showDecimal } from "../domain/values.ts";
import type { AlertBody, B64, Item } from "../worker/protocol.ts";
import { domain, summaryOf } from "./alerts.ts";
import { Icon } from "./icon.tsx";
import { type InputAbout, Picker } from "./picker.tsx";
import { Tlp, isAlert } from "./rows.tsx";
import { Mistake } from "./sign-in.tsx";
import { ask, attempt } from "./state.ts";
import { clock, date } from "./times.ts";
import { language, t } from "./words.ts";

/** Longer lists are searched, shorter ones are chosen from. */
const SHORT_LIST = 30;
const MOST_ALERTS = 500;

export interface Form {
  readonly template: Template;
  readonly channel: B64;
  readonly values: Values;
  readonly named: boolean;
  /** The mistakes to show, by field. */
  readonly mistakes: ReadonlyMap<string, Problem>;
  write(key: string, value: string): void;
}

export interface FieldProps {
  readonly field: Field;
  readonly form: Form;
}

export function fieldId(key: string): string {
  return `f-${key}`;
}

export function mistakeWords(form: Form, key: string): string | null {
  const problem = form.mistakes.get(key);
  return problem === undefined ? null : problemText(form.template, problem, language.value, (text) => t(text));
}

function Must({ field }: { readonly field: Field }) {
  return field.required ? <span class="must"> *</span> : null;
}

/** What stands above an input, and the ids by which the input names it. */
function about({ field, form }: FieldProps): { readonly hint: string | null; readonly wrong: string | null; readonly describedBy: string | undefined } {
  const wrong = mistakeWords(form, field.key);
  const hint = field.hint === null ? null : said(field.hint, language.value);
  const ids = [hint === null ? "" : `${fieldId(field.key)}-h`, wrong === null ? "" : `${fieldId(field.key)}-e`].filter(Boolean).join(" ");
  return { hint, wrong, describedBy: ids === "" ? undefined : ids };
}

function Above({ field, form }: FieldProps) {
  const { hint, wrong } = about({ field, form });
  return (
    <>
      {hint !== null && (
        <p class="hint" id={`${fieldId(field.key)}-h`}>
          {hint}
        </p>
      )}
      {wrong !== null && <Mistake id={`${fieldId(field.key)}-e`} words={wrong} />}
    </>
  );
}

function Labelled({ field, form, children }: FieldProps & { readonly children: ComponentChildren }) {
  return (
    <div class={form.mistakes.has(field.key) ? "field is-wrong" : "field"}>
      <label for={fieldId(field.key)}>
        {said(field.label, language.value)}
        <Must field={field} />
      </label>
      <Above field={field} form={form} />
      {children}
    </div>
  );
}

function Grouped({ field, form, children }: FieldProps & { readonly children: ComponentChildren }) {
  return (
    <div class={form.mistakes.has(field.key) ? "field is-wrong" : "field"}>
      <fieldset id={fieldId(field.key)} tabIndex={-1} aria-describedby={about({ field, form }).describedBy}>
        <legend>
          {said(field.label, language.value)}
          <Must field={field} />
        </legend>
        <Above field={field} form={form} />
        {children}
      </fieldset>
    </div>
  );
}

export function FieldInput({ field, form }: FieldProps) {
  switch (field.type) {
    case "text":
    case "cas":
    case "imo":
    case "container":
      return <TextField field={field} form={form} />;
    case "alert":
      return <AlertChoice field={field} form={form} />;
    case "longtext":
      return <LongText field={field} form={form} />;
    case "decimal":
    case "integer":
      return <NumberField field={field} form={form} />;
    case "boolean":
      return <YesNo field={field} form={form} />;
    case "datetime":
      return <Moment field={field} form={form} />;
    case "tlp":
      return <TlpChoice field={field} form={form} />;
    case "country":
      return field.many ? <SeveralCodes field={field} form={form} list="countries" /> : <OneCode field={field} form={form} list="countries" />;
    case "code":
      return field.many ? <SeveralCodes field={field} form={form} list={field.list} /> : <OneCode field={field} form={form} list={field.list} />;
    case "place":
      return <OneCode field={field} form={form} list="places" />;
    case "hs":
      return <OneCode field={field} form={form} list="hs" />;
  }
}

function common({ field, form }: FieldProps): InputAbout {
  const { describedBy, wrong } = about({ field, form });
  return {
    id: fieldId(field.key),
    name: field.key,
    "aria-describedby": describedBy,
    "aria-invalid": wrong === null ? undefined : true,
    "aria-required": field.required ? true : undefined,
    autocomplete: "off",
  };
}

function text(form: Form, field: Field): string {
  return String(valueOf(form.values, field.key));
}

function TextField({ field, form }: FieldProps) {
  return (
    <Labelled field={field} form={form}>
      <input
        {...common({ field, form })}
        class="input"
        dir="auto"
        value={text(form, field)}
        onInput={(event) => form.write(field.key, event.currentTarget.value)}
      />
    </Labelled>
  );
}

function LongText({ field, form }: FieldProps) {
  return (
    <Labelled field={field} form={form}>
      <textarea
        {...common({ field, form })}
        class="input"
        rows={4}
        dir="auto"
        value={text(form, field)}
        onInput={(event) => form.write(field.key, event.currentTarget.value)}
      />
    </Labelled>
  );
}

/** Shows what was understood as soon as it is written otherwise than it was typed. */
function NumberField({ field, form }: FieldProps) {
  const typed = text(form, field);
  const understood = decimalOf(typed);
  const shown = understood === null ? null : showDecimal(understood, language.value);
  return (
    <Labelled field={field} form={form}>
      <input
        {...common({ field, form })}
        class="input"
        inputMode="decimal"
        value={typed}
        onInput={(event) => form.write(field.key, event.currentTarget.value)}
      />
      {shown !== null && shown !== typed.trim() && (
        <p class="understood">
          <Icon name="check" />
          <span>{t("Understood as {number}", { number: shown })}</span>
        </p>
      )}
    </Labelled>
  );
}

function YesNo({ field, form }: FieldProps) {
  return (
    <Labelled field={field} form={form}>
      <select {...common({ field, form })} class="input" value={text(form, field)} onChange={(event) => form.write(field.key, event.currentTarget.value)}>
        <option value="">{t("not said")}</option>
        <option value="yes">{t("Yes")}</option>
        <option value="no">{t("No")}</option>
      </select>
    </Labelled>
  );
}

/** An earlier alert of this channel, the newest first: its reference and its goods, never an id to type. */
function AlertChoice({ field, form }: FieldProps) {
  const [items, setItems] = useState<readonly Item[]>([]);
  useEffect(() => {
    attempt(ask("items", { channel: form.channel, before: null, limit: MOST_ALERTS }).then((answer) => setItems(answer.items)));
  }, [form.channel]);
  const value = text(form, field);
  const alerts = items.flatMap((item) => (item.is === "alert" && isAlert(item.body) && item.body.template === field.of ? [item] : [])).reverse();
  return (
    <Labelled field={field} form={form}>
      <select {...common({ field, form })} class="input" value={value} onChange={(event) => form.write(field.key, event.currentTarget.value)}>
        <option value="">{t("Choose …")}</option>
        {alerts.map((alert) => (
          <option key={alert.id} value={alert.id}>
            {t("{reference}: {words}", { reference: alert.reference, words: summaryOf(alert.body as AlertBody).product ?? "" })}
          </option>
        ))}
        {value !== "" && !alerts.some(({ id }) => id === value) && <option value={value}>{t("an alert that is not shown here")}</option>}
      </select>
    </Labelled>
  );
}

/** A day and a time in UTC; half of it stays half until the other half is there. */
function Moment({ field, form }: FieldProps) {
  const typed = text(form, field);
  const [, day = "", time = ""] = /^([0-9-]*)T([0-9:]*)Z$/.exec(typed) ?? [];
  const id = fieldId(field.key);
  const { describedBy, wrong } = about({ field, form });
  const write = (nextDay: string, nextTime: string): void => {
    form.write(field.key, nextDay === "" && nextTime === "" ? "" : `${nextDay}T${nextTime}Z`);
  };
  const more = { "aria-describedby": describedBy, "aria-invalid": wrong === null ? undefined : true };
  const utcNow = (): void => write(...(new Date().toISOString().slice(0, 16).split("T") as [string, string]));
  return (
    <Grouped field={field} form={form}>
      <div class="moment">
        <div>
          <label class="sub-label" for={`${id}-day`}>
            {t("Day")}
          </label>
          <input {...more} class="input" type="date" id={`${id}-day`} min="2000-01-01" max="2099-12-31" value={day} onInput={(event) => write(event.currentTarget.value, time)} />
        </div>
        <div>
          <label class="sub-label" for={`${id}-time`}>
            {t("Time, UTC")}
          </label>
          <input {...more} class="input" type="time" id={`${id}-time`} value={time} onInput={(event) => write(day, event.currentTarget.value)} />
        </div>
        <button class="button" type="button" onClick={utcNow}>
          {t("Now")}
        </button>
      </div>
      {isTime(typed) && (
        <p class="understood">
          <Icon name="clock" />
          <span>{t("Shown to others as {date}, {time} UTC", { date: date(Date.parse(typed)), time: clock(Date.parse(typed)) })}</span>
        </p>
      )}
    </Grouped>
  );
}

function TlpChoice({ field, form }: FieldProps) {
  const lists = domain.value?.lists;
  if (lists === undefined) return null;
  const offered = tlpOffered(lists, { named: form.named });
  return (
    <Grouped field={field} form={form}>
      <div class="choices">
        {offered.map((entry) => (
          <div class="choice" key={entry.code}>
            <input
              type="radio"
              name={field.key}
              id={`${fieldId(field.key)}-${entry.code}`}
              aria-describedby={`${fieldId(field.key)}-${entry.code}-h`}
              checked={text(form, field) === entry.code}
              onChange={() => form.write(field.key, entry.code)}
            />
            <label for={`${fieldId(field.key)}-${entry.code}`}>
              <Tlp mark={entry.code} />
            </label>
            <span class="hint" id={`${fieldId(field.key)}-${entry.code}-h`}>
              {said(entry.label, language.value)}
            </span>
          </div>
        ))}
      </div>
      {!form.named && <p class="hint">{t("TLP:RED is offered only where the readers are named persons.")}</p>}
    </Grouped>
  );
}

interface CodesProps extends FieldProps {
  readonly list: string;
}

function OneCode({ field, form, list }: CodesProps) {
  const lists = domain.value?.lists;
  if (lists === undefined) return null;
  const codes = listed(lists, list);
  const value = text(form, field);
  if (field.type === "code" && codes.entries.length <= SHORT_LIST) {
    return (
      <Labelled field={field} form={form}>
        <select {...common({ field, form })} class="input" value={value} onChange={(event) => form.write(field.key, event.currentTarget.value)}>
          <option value="">{t("Choose …")}</option>
          {codes.entries.map((entry) => (
            <option key={entry.code} value={entry.code}>
              {said(entry.label, language.value)}
            </option>
          ))}
          {value !== "" && codes.entry(value) === null && <option value={value}>{value}</option>}
        </select>
      </Labelled>
    );
  }
  return (
    <Labelled field={field} form={form}>
      <Picker input={common({ field, form })} list={codes} value={value} free={field.type === "place"} choose={(chosen) => form.write(field.key, chosen)} />
    </Labelled>
  );
}

/** Several codes: each chosen one is a line that can be taken away. */
function SeveralCodes({ field, form, list }: CodesProps) {
  const lists = domain.value?.lists;
  const [typed, setTyped] = useState("");
  if (lists === undefined) return null;
  const codes = listed(lists, list);
  const chosen = codesOf(text(form, field));
  const put = (next: readonly string[]): void => form.write(field.key, [...new Set(next)].sort().join(" "));
  const add = (value: string): void => {
    if (codes.entry(value) === null) return setTyped(value);
    setTyped("");
    put([...chosen, value]);
  };
  return (
    <Labelled field={field} form={form}>
      <Picker input={common({ field, form })} list={codes} value={typed} free={false} choose={add} />
      {chosen.length > 0 && (
        <ul class="chosen">
          {chosen.map((code) => (
            <li key={code}>
              <bdi>{codes.label(code, language.value)}</bdi>{" "}
              <button class="textbutton" type="button" onClick={() => put(chosen.filter((one) => one !== code))}>
                {t("Remove")}
                <span class="hidden-text"> {codes.label(code, language.value)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Labelled>
  );
}
