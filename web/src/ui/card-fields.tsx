/** The fields of a contact card, and what is typed there as the card says it. */
import type { ComponentChildren } from "preact";
import type { Contact } from "../crypto/card.ts";
import type { OwnCard } from "../worker/peopling.ts";
import { Icon } from "./icon.tsx";
import { country, languageName, locale, t } from "./words.ts";

/** Languages of duty desks; whoever needs another tells it with the command line. */
const LANGUAGES = ["ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "ha", "he", "hi", "hr", "hu", "id", "it", "ja", "ka", "kk", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "th", "tr", "uk", "ur", "uz", "vi", "zh"] as const;
const PLACES = [0, 1, 2] as const;
const WORKDAYS = [1, 2, 3, 4, 5] as const;
const DAYS = [...WORKDAYS, 6, 7] as const;

export interface Written {
  readonly languages: readonly string[];
  readonly phone: string;
  readonly always: boolean;
  readonly days: readonly number[];
  readonly from: string;
  readonly until: string;
  readonly zone: string;
  readonly email: string;
  readonly deputy: string;
}

export function writtenOf(contact: Contact | null): Written {
  const hours = contact?.hours ?? null;
  return {
    languages: contact?.languages ?? [],
    phone: contact?.phone ?? "",
    always: contact !== null && hours === null,
    days: hours?.days ?? WORKDAYS,
    from: hours?.from ?? "08:00",
    until: hours?.until ?? "17:00",
    zone: contact?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    email: contact?.email ?? "",
    deputy: contact?.deputy ?? "",
  };
}

/** `confirmed_at` is set when it is signed. */
export function contactOf(written: Written, before: Contact | null): Contact {
  return {
    languages: [...new Set(written.languages.filter((tag) => tag !== ""))],
    phone: written.phone.trim().replace(/\s+/gu, " "),
    hours: written.always ? null : { days: [...written.days].sort(), from: written.from, until: written.until },
    time_zone: written.zone,
    email: written.email.trim() === "" ? null : written.email.trim(),
    deputy: written.deputy === "" ? null : written.deputy,
    confirmed_at: 0,
    away: before?.away ?? null,
  };
}

interface FieldsProps {
  readonly written: Written;
  readonly deputies: OwnCard["deputies"];
  readonly mistakes: ReadonlyMap<string, string>;
  readonly write: (written: Written) => void;
}

export function CardFields({ written, deputies, mistakes, write }: FieldsProps) {
  const zones = Intl.supportedValuesOf("timeZone");
  const all = zones.includes(written.zone) ? zones : [written.zone, ...zones];
  return (
    <>
      <fieldset class="field">
        <legend>{t("Languages, the best first")} *</legend>
        <div class="pair">
          {PLACES.map((at) => (
            <LanguageChoice key={at} at={at} written={written} write={write} wrong={mistakes.has(`language-${at}`)} />
          ))}
        </div>
      </fieldset>
      <Field part="phone" label={`${t("Duty phone")} *`} hint={t("With its country, such as +233 30 200 0123.")} wrong={mistakes.get("phone")}>
        <input class="input is-short" id="card-phone" type="tel" autocomplete="tel" aria-describedby="card-phone-h" aria-invalid={mistakes.has("phone")} value={written.phone} onInput={(event) => write({ ...written, phone: event.currentTarget.value })} />
      </Field>
      <fieldset class="field" id="card-days">
        <legend>{t("When is it answered?")} *</legend>
        <div class="choice">
          <input type="radio" id="card-always" name="card-when" checked={written.always} onChange={() => write({ ...written, always: true })} />
          <label for="card-always">{t("around the clock")}</label>
        </div>
        <div class="choice">
          <input type="radio" id="card-hours" name="card-when" checked={!written.always} onChange={() => write({ ...written, always: false })} />
          <label for="card-hours">{t("in working hours")}</label>
        </div>
        {!written.always && <Hours written={written} write={write} wrong={mistakes.get("days") ?? mistakes.get("from")} />}
      </fieldset>
      <Field part="zone" label={`${t("Time zone")} *`} hint={t("Hours are read in it; others see what time it is there.")}>
        <select class="input" id="card-zone" aria-describedby="card-zone-h" value={written.zone} onChange={(event) => write({ ...written, zone: event.currentTarget.value })}>
          {all.map((zone) => (
            <option key={zone} value={zone} selected={zone === written.zone}>
              {zone.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      </Field>
      <Field part="email" label={t("E-mail")} hint={t("Only if members may see it.")} wrong={mistakes.get("email")}>
        <input class="input" id="card-email" type="email" autocomplete="email" aria-describedby="card-email-h" aria-invalid={mistakes.has("email")} value={written.email} onInput={(event) => write({ ...written, email: event.currentTarget.value })} />
      </Field>
      <Field part="deputy" label={t("Deputy")} hint={t("A member of one of your operations. The hub reminds them if you stay away for long.")}>
        <DeputyChoice id="card-deputy" deputies={deputies} value={written.deputy} none={t("nobody yet")} choose={(deputy) => write({ ...written, deputy })} />
      </Field>
    </>
  );
}

interface FieldProps {
  readonly part: string;
  readonly label: string;
  readonly hint: string;
  readonly wrong?: string | undefined;
  readonly children: ComponentChildren;
}

function Field({ part, label, hint, wrong, children }: FieldProps) {
  return (
    <div class={wrong === undefined ? "field" : "field is-wrong"}>
      <label for={`card-${part}`}>{label}</label>
      <p class="hint" id={`card-${part}-h`}>
        {hint}
      </p>
      {children}
      {wrong !== undefined && (
        <p class="wrong">
          <Icon name="warning" />
          {wrong}
        </p>
      )}
    </div>
  );
}

interface PartProps {
  readonly written: Written;
  readonly write: (written: Written) => void;
}

function LanguageChoice({ at, written, write, wrong }: PartProps & { readonly at: number; readonly wrong: boolean }) {
  const chosen = written.languages[at] ?? "";
  const known: readonly string[] = LANGUAGES;
  const tags = chosen === "" || known.includes(chosen) ? known : [chosen, ...known];
  const named = tags.map((tag) => [tag, languageName(tag)] as const).sort((a, b) => a[1].localeCompare(b[1], locale()));
  const choose = (tag: string): void => write({ ...written, languages: PLACES.map((place) => (place === at ? tag : (written.languages[place] ?? ""))) });
  const labels = [t("First"), t("Second"), t("Third")];
  return (
    <div class={wrong ? "field is-wrong" : "field"}>
      <label class="sub-label" for={`card-language-${at}`}>
        {labels[at]}
      </label>
      <select class="input" id={`card-language-${at}`} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">–</option>
        {named.map(([tag, name]) => (
          <option key={tag} value={tag} selected={tag === chosen}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Hours({ written, write, wrong }: PartProps & { readonly wrong: string | undefined }) {
  const name = (day: number): string => new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, day));
  const toggle = (day: number, on: boolean): void => write({ ...written, days: DAYS.filter((one) => (one === day ? on : written.days.includes(one))) });
  return (
    <div class="section-inside">
      <div class="days">
        {DAYS.map((day) => (
          <div class="choice" key={day}>
            <input type="checkbox" id={`card-day-${day}`} checked={written.days.includes(day)} onChange={(event) => toggle(day, event.currentTarget.checked)} />
            <label for={`card-day-${day}`}>{name(day)}</label>
          </div>
        ))}
      </div>
      <div class="pair block">
        <div class="field">
          <label class="sub-label" for="card-from">
            {t("From")}
          </label>
          <input class="input is-short" id="card-from" type="time" value={written.from} onInput={(event) => write({ ...written, from: event.currentTarget.value })} />
        </div>
        <div class="field">
          <label class="sub-label" for="card-until">
            {t("Until")}
          </label>
          <input class="input is-short" id="card-until" type="time" value={written.until} onInput={(event) => write({ ...written, until: event.currentTarget.value })} />
        </div>
      </div>
      {wrong !== undefined && (
        <p class="wrong">
          <Icon name="warning" />
          {wrong}
        </p>
      )}
    </div>
  );
}

interface DeputyProps {
  readonly id: string;
  readonly deputies: OwnCard["deputies"];
  readonly value: string;
  readonly none: string;
  readonly choose: (account: string) => void;
}

export function DeputyChoice({ id, deputies, value, none, choose }: DeputyProps) {
  const sorted = [...deputies].sort((a, b) => country(a.country).localeCompare(country(b.country), locale()) || a.name.localeCompare(b.name, locale()));
  return (
    <select class="input" id={id} value={value} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">{none}</option>
      {sorted.map(({ account, name, country: code }) => (
        <option key={account} value={account} selected={account === value}>
          {`${name} (${code})`}
        </option>
      ))}
    </select>
  );
}
