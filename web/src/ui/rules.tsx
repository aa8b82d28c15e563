/** The handling rules of an operation: read and accepted once per version, set by a coordinator, who sees who has accepted. */
import { useEffect, useState } from "preact/hooks";
import type { JsonObject } from "../crypto/encoding.ts";
import { MAX_RULES, type Rules } from "../domain/blueprints.ts";
import { said, trimmed } from "../domain/texts.ts";
import type { RulesView } from "../worker/governing.ts";
import type { B64 } from "../worker/protocol.ts";
import { Page } from "./frame.tsx";
import { governWords, pathOf, useGoverned } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { Dialog, Signing } from "./signing.tsx";
import { findOperation } from "./state.ts";
import { dateAndClock } from "./times.ts";
import { language, languageName, list, t, tn } from "./words.ts";

const TONGUES = ["en", "fr"] as const;
const NONE: Rules = { title: { en: "Handling rules", fr: "Règles de traitement" }, text: { en: "", fr: "" } };

/** As they stand beside the entry that sets them, under its hash. */
export function rulesDocument({ title, text }: Rules): JsonObject {
  const whole = (words: { readonly en: string; readonly fr: string }): JsonObject => ({ en: trimmed(words.en), fr: trimmed(words.fr) });
  return { title: whole(title), text: whole(text) };
}

export function RulesPage({ operation }: { readonly operation: B64 }) {
  const { answer, problem } = useGoverned("rules", { operation });
  const [writing, setWriting] = useState(false);
  const [done, setDone] = useState("");
  const here = findOperation(operation);
  const rules = answer?.rules ?? null;
  return (
    <Page narrow>
      <p>
        <a class="textlink" href={pathOf(operation, "operation")}>
          <Icon name="back" more="flip" />
          {here === null ? t("Operation") : <bdi>{here.name}</bdi>}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{rules === null ? t("Handling rules") : said(rules.title, language.value)}</h1>
          {rules !== null && (
            <p class="lead">
              {t("Version {n}, signed by {name} on {time} UTC.", { n: rules.version, name: rules.by, time: dateAndClock(rules.setAt) })}
            </p>
          )}
        </div>
        {answer?.maySet === true && !writing && (
          <button
            class="button"
            type="button"
            onClick={() => {
              setDone("");
              setWriting(true);
            }}
          >
            {rules === null ? t("Write the rules") : t("Write a new version")}
          </button>
        )}
      </div>
      <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
        {done}
      </p>
      {problem !== null && <p role="alert">{governWords(problem)}</p>}
      {answer === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {answer !== null && rules === null && !writing && <p>{t("No handling rules are set in this operation.")}</p>}
      {writing && (
        <Write
          operation={operation}
          rules={rules}
          close={(words) => {
            setWriting(false);
            setDone(words);
          }}
        />
      )}
      {rules !== null && !writing && <Text operation={operation} rules={rules} done={setDone} />}
      {rules !== null && !writing && answer?.maySet === true && <Accepted rules={rules} />}
    </Page>
  );
}

function Text({ operation, rules, done }: { readonly operation: B64; readonly rules: RulesView; readonly done: (words: string) => void }) {
  const [accepting, setAccepting] = useState(false);
  return (
    <>
      <p class="rules-text">{said(rules.text, language.value)}</p>
      {rules.mine === false && (
        <p class="block">
          <button class="button is-main" type="button" onClick={() => setAccepting(true)}>
            <Icon name="check" />
            {t("I accept them")}
          </button>
        </p>
      )}
      {rules.mine === true && (
        <p class="block state is-checked">
          <Icon name="check" />
          {t("You have accepted this version.")}
        </p>
      )}
      {accepting && (
        <Dialog title={t("Accept the handling rules")} close={() => setAccepting(false)}>
          <Signing
            operation={operation}
            meant={[{ do: "accept", version: rules.version }]}
            idle=""
            action={t("Sign that I accept them")}
            done={() => {
              setAccepting(false);
              done(t("You have accepted version {n}. You can write now.", { n: rules.version }));
            }}
            cancel={() => setAccepting(false)}
          >
            <p>{t("You have read version {n} and will keep to it.", { n: rules.version })}</p>
          </Signing>
        </Dialog>
      )}
    </>
  );
}

function Accepted({ rules }: { readonly rules: RulesView }) {
  return (
    <section class="section" aria-labelledby="acc-t">
      <h2 id="acc-t">{t("Who has accepted")}</h2>
      <p>
        <b>{tn("{n} member has accepted version {version}.", "{n} members have accepted version {version}.", rules.accepted.length, { version: rules.version })}</b>
      </p>
      {rules.accepted.length > 0 && <p class="meta">{list(rules.accepted)}</p>}
      {rules.missing.length > 0 && (
        <p class="block">
          {t("Not yet:")} <span class="meta">{list(rules.missing)}</span>
        </p>
      )}
    </section>
  );
}

interface WriteProps {
  readonly operation: B64;
  readonly rules: RulesView | null;
  readonly close: (done: string) => void;
}

function Write({ operation, rules, close }: WriteProps) {
  const [words, setWords] = useState<Rules>(rules ?? NONE);
  // What somebody else set meanwhile is not overwritten: this version was begun on top of that one.
  const [was] = useState(rules?.version ?? 0);
  const isWhole = TONGUES.every((tongue) => words.title[tongue].trim() !== "" && words.text[tongue].trim() !== "");
  const isNew = rules === null || JSON.stringify(rulesDocument(words)) !== JSON.stringify(rulesDocument(rules));
  useEffect(() => document.querySelector<HTMLElement>("#rules-text-en")?.focus(), []);
  return (
    <div class="stack">
      <RulesFields rules={words} write={setWords} />
      <Signing
        operation={operation}
        meant={isWhole && isNew ? [{ do: "rules", document: rulesDocument(words), was }] : []}
        idle={isWhole ? t("Nothing is changed yet.") : t("Write title and text in both languages.")}
        action={t("Sign version {n}", { n: was + 1 })}
        done={() => close([t("Version {n} stands.", { n: was + 1 }), t("Signed, and seen by every member.")].join(" "))}
        cancel={() => close("")}
      >
        <p>{t("Every member is asked to accept this version before they write again.")}</p>
      </Signing>
    </div>
  );
}

export function RulesFields({ rules, write }: { readonly rules: Rules; readonly write: (rules: Rules) => void }) {
  return (
    <div class="tongues">
      {TONGUES.map((tongue) => (
        <div key={tongue} lang={tongue}>
          <div class="field">
            <label for={`rules-title-${tongue}`}>{t("Title, {language}", { language: languageName(tongue) })}</label>
            <input class="input" id={`rules-title-${tongue}`} maxLength={200} value={rules.title[tongue]} onInput={(event) => write({ ...rules, title: { ...rules.title, [tongue]: event.currentTarget.value } })} />
          </div>
          <div class="field">
            <label for={`rules-text-${tongue}`}>{t("Text, {language}", { language: languageName(tongue) })}</label>
            <textarea class="input" id={`rules-text-${tongue}`} rows={10} maxLength={MAX_RULES} value={rules.text[tongue]} onInput={(event) => write({ ...rules, text: { ...rules.text, [tongue]: event.currentTarget.value } })} />
          </div>
        </div>
      ))}
    </div>
  );
}
