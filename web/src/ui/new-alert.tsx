/** Begins an alert: makes its draft, with the reporting country filled in, and goes to it. Asks what kind only when there are several. */
import { useEffect, useState } from "preact/hooks";
import { type Template, offered } from "../domain/templates.ts";
import { said } from "../domain/texts.ts";
import type { B64, Problem } from "../worker/protocol.ts";
import { domain, typeIcon, wholeDomain } from "./alerts.ts";
import { begin } from "./begin.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, rulesPath } from "./route.ts";
import { findChannel, findOperation, problemOf } from "./state.ts";
import { language, t, tn } from "./words.ts";

/** The first form of each record that the operation took and that may be written in `compartment`; shorter ones stand beside it. */
function kinds(compartment: string, taken: readonly string[]): readonly Template[] {
  const seen = new Set<string>();
  const first = offered(domain.value?.templates ?? [], compartment).filter((template) => !seen.has(template.id) && seen.add(template.id));
  if (taken.length === 0) return first;
  return taken.flatMap((record) => first.filter(({ id }) => id === record));
}

function formWords(template: Template): string {
  return t("{form}, {fields}", { form: said(template.name, language.value), fields: tn("{n} field", "{n} fields", template.fields.length) });
}

function shorter(than: Template): readonly Template[] {
  return (domain.value?.templates ?? []).filter(({ id, form }) => id === than.id && form !== than.form);
}

export function NewAlert({ operation, id }: { readonly operation: B64; readonly id: B64 }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const channel = findChannel(id);
  const here = findOperation(operation);
  const choices = channel === null ? [] : kinds(channel.compartment, here?.forms ?? []);
  // While further forms are on their way, one is not yet the only one.
  const only = choices.length === 1 && wholeDomain.value ? choices[0] : undefined;
  const start = (template: Template): void => {
    begin(template, operation, id).catch((reason: unknown) => setProblem(problemOf(reason)));
  };
  const mayBegin = channel !== null && here?.mustAccept === false;
  useEffect(() => {
    if (only !== undefined && mayBegin) start(only);
  }, [only, mayBegin]);
  return (
    <Page narrow>
      <p>
        <a class="textlink" href={channelPath(operation, id)}>
          <Icon name="back" more="flip" />
          {t("Back to the channel")}
        </a>
      </p>
      <div class="page-head">
        <h1 tabIndex={-1}>{t("New alert")}</h1>
      </div>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      {here?.mustAccept === true && (
        <p class="panel">
          <a href={rulesPath(operation)}>{t("Read and accept the handling rules")}</a>. {t("Then you can write here. It is asked once for each version.")}
        </p>
      )}
      {problem === null && here?.mustAccept !== true && (choices.length === 0 || only !== undefined) && <p role="status">{t("Preparing the form …")}</p>}
      {only === undefined && mayBegin && (
        <ul class="tasks">
          {choices.map((template) => (
            <li key={template.id}>
              <Icon name={typeIcon(template.id)} />
              <div>
                <h2>
                  <button class="textbutton" type="button" onClick={() => start(template)}>
                    {said(template.title, language.value)}
                  </button>
                </h2>
                <p class="meta">{formWords(template)}</p>
              </div>
              <p class="actions">
                {shorter(template).map((form) => (
                  <button class="button is-small" key={form.form} type="button" onClick={() => start(form)}>
                    {formWords(form)}
                  </button>
                ))}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
