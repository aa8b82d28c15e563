/** A coordinator writes a notice: languages side by side, who is asked, by when; the page counts before it is sent. */
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_TITLE, NOTICES, type NoticeKind, noticeBody } from "../domain/bodies.ts";
import { MalformedBody } from "../domain/errors.ts";
import { countriesOf } from "../domain/lists.ts";
import { hidesSomething, lengthOf, said } from "../domain/texts.ts";
import type { ChannelView, Draft, Problem, Reader, SealedNotice } from "../worker/protocol.ts";
import { domain } from "./alerts.ts";
import { channelName } from "./channels.ts";
import { type Keeper, useKeeper } from "./drafts.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { kindWords } from "./notice.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, go } from "./route.ts";
import { Audience, Saved, SendBar } from "./sendbar.tsx";
import { Mistake } from "./sign-in.tsx";
import { ask, attempt, findOperation, keep, problemOf, refreshDrafts } from "./state.ts";
import { country, language, languageName, list, number, t, tn } from "./words.ts";

const TONGUES = ["en", "fr", "es", "ar", "pt", "ru", "zh"];
type Scope = "all" | "regions" | "countries";
type Part = "kind" | "words" | "asked" | "due";

/** What the draft holds, read back: every value is a text. */
interface Written {
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

function written(values: Draft["values"]): Written {
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
function begun(form: Written): readonly string[] {
  return form.tongues.filter((tongue) => form.title(tongue).trim() !== "" || form.text(tongue).trim() !== "");
}

function authenticOf(form: Written): string {
  const tongues = begun(form);
  return tongues.includes(form.authentic) ? form.authentic : (tongues[0] ?? "");
}

function dueOf({ due }: Written): number | null {
  return due === "" ? null : Date.parse(`${due}:00Z`);
}

/** Countries that could be asked: of every reader who doesn't coordinate. */
function askable(readers: readonly Reader[]): readonly string[] {
  const found = new Set(readers.filter(({ role }) => role !== "coordinator").map((reader) => reader.country));
  return [...found].sort((a, b) => country(a).localeCompare(country(b)));
}

function askedOf(form: Written, possible: readonly string[]): readonly string[] {
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

function mistakesIn(form: Written, asked: readonly string[]): ReadonlyMap<Part, string> {
  const found = new Map<Part, string>();
  if (!NOTICES.some((kind) => kind === form.kind)) found.set("kind", t("Choose what kind of notice it is"));
  const words = wordsMistake(form);
  if (words !== null) found.set("words", words);
  if (asked.length === 0) found.set("asked", t("Nobody is asked: choose a country that reads this channel"));
  const due = dueOf(form);
  if (due !== null && !(due > Date.now())) found.set("due", t("The date is over. Choose a later one"));
  return found;
}

function bodyOf(form: Written): SealedNotice {
  const tongues = begun(form);
  const words = (of: (tongue: string) => string): Record<string, string> => Object.fromEntries(tongues.map((tongue) => [tongue, of(tongue).normalize("NFC")]));
  return noticeBody(form.kind as NoticeKind, words(form.title), words(form.text), authenticOf(form)) as SealedNotice;
}

interface WriteProps {
  readonly draft: Draft;
  readonly channel: ChannelView;
}

export function WriteNotice({ draft, channel }: WriteProps) {
  const keeper = useKeeper(draft);
  const [readers, setReaders] = useState<readonly Reader[] | null>(null);
  const [tried, setTried] = useState(0);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const summary = useRef<HTMLDivElement>(null);
  const form = written(keeper.draft.value.values);
  const possible = askable(readers ?? []);
  const asked = askedOf(form, possible);
  const mistakes = tried > 0 && readers !== null ? mistakesIn(form, asked) : new Map<Part, string>();
  const write = (values: Readonly<Record<string, string>>): void => keeper.write({ ...keeper.draft.value.values, ...values });

  useEffect(() => attempt(ask("readers", { channel: channel.channel }).then(setReaders)), [channel.channel, channel.readers]);
  useEffect(() => {
    if (tried > 0) summary.current?.focus();
  }, [tried]);

  const send = async (): Promise<void> => {
    if (sending || readers === null) return;
    setProblem(null);
    if (mistakesIn(form, asked).size > 0) {
      setTried(tried + 1);
      return;
    }
    setSending(true);
    try {
      await keeper.flush();
      const due = dueOf(form);
      const parts = { ...(form.scope !== "all" && { to: [...asked].sort() }), ...(due !== null && { due }) };
      keep(await ask("send", { draft: draft.id, body: bodyOf(form), urgent: form.urgent, ...parts }));
      await refreshDrafts();
    } catch (reason) {
      setProblem(problemOf(reason));
      setTried(tried + 1);
      setSending(false);
    }
  };
  const drop = async (): Promise<void> => {
    await keeper.drop();
    go(channelPath(draft.operation, channel.channel), { replace: true });
  };

  return (
    <Page>
      <p>
        <a class="textlink" href={channelPath(draft.operation, channel.channel)}>
          <Icon name="back" more="flip" />
          <span>
            <bdi>{channelName(channel)}</bdi>, <bdi>{findOperation(draft.operation)?.name}</bdi>
          </span>
        </a>
      </p>
      <div class="page-head">
        <h1 tabIndex={-1}>{t("New notice")}</h1>
        <Saved keeper={keeper} />
      </div>
      {(mistakes.size > 0 || problem !== null) && (
        <div class="errors" role="alert" aria-labelledby="err-t" tabIndex={-1} ref={summary}>
          <h2 id="err-t">{problem === null ? t("There is a problem") : t("It was not sent")}</h2>
          {problem !== null && <p>{problemWords(problem)}</p>}
          <ul>
            {[...mistakes].map(([part, words]) => (
              <li key={part}>
                <a href={`#n-${part}`}>{words}</a>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div class="with-side">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
          }}
        >
          <Kind form={form} write={write} mistake={mistakes.get("kind")} />
          <Words form={form} keeper={keeper} write={write} mistake={mistakes.get("words")} />
          <Asked form={form} possible={possible} write={write} mistake={mistakes.get("asked")} />
          <Due form={form} write={write} mistake={mistakes.get("due")} />
          <p class="block">
            <button class="textbutton" type="button" onClick={() => attempt(drop())}>
              {t("Delete this draft")}
            </button>
          </p>
          <SendBar channel={channel}>
            <button class="button is-main" type="submit">
              {sending ? t("Sending …") : t("Send notice")} <kbd>Ctrl Enter</kbd>
            </button>
          </SendBar>
        </form>
        <div class="stack">
          <Audience channel={channel} />
          <section class="panel" aria-labelledby="asked-t">
            <h2 id="asked-t">{t("Who is asked")}</h2>
            <p role="status">
              <b>{tn("{n} country is asked to acknowledge.", "{n} countries are asked to acknowledge.", asked.length)}</b>
            </p>
            <p class="meta">{list(asked.map(country))}</p>
            <p class="meta">{t("Everyone in the channel reads the notice; only these countries are asked and counted.")}</p>
          </section>
        </div>
      </div>
    </Page>
  );
}

interface PartProps {
  readonly form: Written;
  readonly write: (values: Readonly<Record<string, string>>) => void;
  readonly mistake: string | undefined;
}

function Kind({ form, write, mistake }: PartProps) {
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
      <div class="field">
        <div class="choice">
          <input
            type="checkbox"
            id="urgent"
            aria-describedby="urgent-h"
            checked={form.urgent}
            onChange={(event) => write({ urgent: event.currentTarget.checked ? "yes" : "" })}
          />
          <label for="urgent">{t("Urgent")}</label>
          <span class="hint" id="urgent-h">
            {t("Readers are told at once. For danger to people or a consignment that is about to move.")}
          </span>
        </div>
      </div>
    </>
  );
}

function Words({ form, keeper, write, mistake }: PartProps & { readonly keeper: Keeper }) {
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

function Asked({ form, possible, write, mistake }: PartProps & { readonly possible: readonly string[] }) {
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

function Due({ form, write, mistake }: PartProps) {
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
