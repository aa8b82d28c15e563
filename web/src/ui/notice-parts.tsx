/** The questions of the page on which a notice is written. */
import { NOTICES } from "../domain/bodies.ts";
import { countriesOf } from "../domain/lists.ts";
import { said } from "../domain/texts.ts";
import { domain } from "./alerts.ts";
import type { Keeper } from "./drafts.ts";
import { kindWords } from "./notice.tsx";
import { type Scope, TONGUES, type Written, authenticOf, begun } from "./notice-written.ts";
import { Mistake } from "./sign-in.tsx";
import { country, language, languageName, t } from "./words.ts";
import { UrgentChoice } from "./write-page.tsx";

interface PartProps {
  readonly form: Written;
  readonly write: (values: Readonly<Record<string, string>>) => void;
  readonly mistake: string | undefined;
}

export function Kind({ form, write, mistake }: PartProps) {
  return (
    <>
      <div class={mistake === undefined ? "field" : "field is-wrong"}>
        <label for="n-kind">{t("Kind of notice")} *</label>
        {mistake !== undefined && <Mistake id="n-kind-e" words={mistake} />}
        <select
          class="input is-short"
          id="n-kind"
          value={form.kind}
          aria-invalid={mistake !== undefined}
          aria-describedby={mistake === undefined ? undefined : "n-kind-e"}
          onChange={(event) => write({ kind: event.currentTarget.value })}
        >
          <option value="">{t("Choose")}</option>
          {NOTICES.map((kind) => (
            <option key={kind} value={kind}>
              {kindWords(kind)}
            </option>
          ))}
        </select>
      </div>
      <UrgentChoice on={form.urgent} turn={(on) => write({ urgent: on ? "yes" : "" })} />
    </>
  );
}

export function Words({ form, keeper, write, mistake }: PartProps & { readonly keeper: Keeper }) {
  const more = TONGUES.filter((tongue) => !form.tongues.includes(tongue));
  const tongues = begun(form);
  return (
    <fieldset class={mistake === undefined ? "field" : "field is-wrong"} id="n-words" aria-describedby={mistake === undefined ? undefined : "n-words-e"}>
      <legend>{t("The notice, in each language")} *</legend>
      {mistake !== undefined && <Mistake id="n-words-e" words={mistake} />}
      <div class="tongues">
        {form.tongues.map((tongue) => (
          <Tongue key={tongue} tongue={tongue} form={form} keeper={keeper} />
        ))}
      </div>
      <div class="row">
        {more.length > 0 && (
          <span class="row row-tight">
            <label for="n-more">{t("Another language")}</label>
            <select
              class="input is-short"
              id="n-more"
              value=""
              onChange={(event) => write({ languages: [...form.tongues, event.currentTarget.value].join(" ") })}
            >
              <option value="">{t("Choose")}</option>
              {more.map((tongue) => (
                <option key={tongue} value={tongue}>
                  {languageName(tongue)}
                </option>
              ))}
            </select>
          </span>
        )}
        {tongues.length > 1 && (
          <span class="row row-tight">
            <label for="n-authentic">{t("If they differ, this one counts")}</label>
            <select class="input is-short" id="n-authentic" value={authenticOf(form)} onChange={(event) => write({ authentic: event.currentTarget.value })}>
              {tongues.map((tongue) => (
                <option key={tongue} value={tongue}>
                  {languageName(tongue)}
                </option>
              ))}
            </select>
          </span>
        )}
      </div>
    </fieldset>
  );
}

function Tongue({ tongue, form, keeper }: { readonly tongue: string; readonly form: Written; readonly keeper: Keeper }) {
  const write = (key: string, words: string): void => keeper.write({ ...keeper.draft.value.values, languages: form.tongues.join(" "), [`${key}_${tongue}`]: words });
  const name = languageName(tongue);
  return (
    <div class="stack" role="group" aria-label={name}>
      <div class="field">
        <label for={`n-title-${tongue}`}>{t("Title, {language}", { language: name })}</label>
        <input class="input" id={`n-title-${tongue}`} lang={tongue} dir="auto" value={form.title(tongue)} onInput={(event) => write("title", event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for={`n-text-${tongue}`}>{t("Text, {language}", { language: name })}</label>
        <textarea class="input" id={`n-text-${tongue}`} lang={tongue} dir="auto" rows={8} value={form.text(tongue)} onInput={(event) => write("text", event.currentTarget.value)} />
      </div>
    </div>
  );
}

export function Asked({ form, possible, write, mistake }: PartProps & { readonly possible: readonly string[] }) {
  const lists = domain.value?.lists;
  const all = lists?.get("regions")?.entries ?? [];
  const regions = lists === undefined ? [] : all.filter(({ code }) => countriesOf(lists, code).some((one) => possible.includes(one)));
  const scopes: readonly (readonly [Scope, string])[] = [
    ["all", t("Every country that reads this channel")],
    ["regions", t("Regions")],
    ["countries", t("Countries")],
  ];
  const toggle = (key: "regions" | "countries", code: string, on: boolean): void => {
    const others = form[key].filter((one) => one !== code);
    write({ [key]: (on ? [...others, code] : others).join(" ") });
  };
  return (
    <fieldset class={mistake === undefined ? "field" : "field is-wrong"} id="n-asked">
      <legend>{t("Who is asked to acknowledge")} *</legend>
      {mistake !== undefined && <Mistake id="n-asked-e" words={mistake} />}
      <div class="choices">
        {scopes
          .filter(([scope]) => scope !== "regions" || regions.length > 0)
          .map(([scope, words]) => (
            <div class="choice" key={scope}>
              <input type="radio" name="scope" id={`n-scope-${scope}`} checked={form.scope === scope} onChange={() => write({ scope })} />
              <label for={`n-scope-${scope}`}>{words}</label>
            </div>
          ))}
      </div>
      {form.scope === "regions" && (
        <div class="choices is-many" role="group" aria-label={t("Regions")}>
          {regions.map((entry) => (
            <Tick key={entry.code} id={`n-r-${entry.code}`} words={said(entry.label, language.value)} on={form.regions.includes(entry.code)} turn={(on) => toggle("regions", entry.code, on)} />
          ))}
        </div>
      )}
      {form.scope === "countries" && (
        <div class="choices is-many" role="group" aria-label={t("Countries")}>
          {possible.map((code) => (
            <Tick key={code} id={`n-c-${code}`} words={country(code)} on={form.countries.includes(code)} turn={(on) => toggle("countries", code, on)} />
          ))}
        </div>
      )}
    </fieldset>
  );
}

function Tick({ id, words, on, turn }: { readonly id: string; readonly words: string; readonly on: boolean; readonly turn: (on: boolean) => void }) {
  return (
    <div class="choice">
      <input type="checkbox" id={id} checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
      <label for={id}>{words}</label>
    </div>
  );
}

export function Due({ form, write, mistake }: PartProps) {
  const told = mistake === undefined ? "n-due-h" : "n-due-h n-due-e";
  return (
    <div class={mistake === undefined ? "field" : "field is-wrong"}>
      <label for="n-due">{t("Acknowledge by (UTC)")}</label>
      <p class="hint" id="n-due-h">
        {t("Without a date nobody is late.")}
      </p>
      {mistake !== undefined && <Mistake id="n-due-e" words={mistake} />}
      <input
        class="input is-short"
        id="n-due"
        type="datetime-local"
        value={form.due}
        aria-describedby={told}
        aria-invalid={mistake !== undefined}
        onInput={(event) => write({ due: event.currentTarget.value })}
      />
    </div>
  );
}
