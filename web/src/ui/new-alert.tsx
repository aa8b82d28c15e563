/** Begins an alert: makes its draft, with the reporting country filled in, and goes to it. Asks what kind only when there are several. */
import { useEffect, useState } from "preact/hooks";
import { type Template, defaults, offered } from "../domain/templates.ts";
import { said } from "../domain/texts.ts";
import type { B64, Problem } from "../worker/protocol.ts";
import { domain, typeIcon, wholeDomain } from "./alerts.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, draftPath, go } from "./route.ts";
import { ask, findChannel, problemOf, refreshDrafts, session } from "./state.ts";
import { language, t, tn } from "./words.ts";

async function begin(template: Template, operation: B64, channel: B64): Promise<void> {
  const { id, form } = template;
  const { draft } = await ask("newDraft", { operation, channel, kind: "alert", ref: null, template: id, form });
  const country = session.value?.country ?? "";
  const values = { ...defaults(template), ...(country === "" ? {} : { country }), ...draft.values };
  await ask("putDraft", { draft: { ...draft, template: id, form, values } });
  await refreshDrafts();
  go(draftPath(operation, channel, draft.id), { replace: true });
}

/** The first form of each record that may be written in `compartment`; shorter ones stand beside it. */
function kinds(compartment: string): readonly Template[] {
  const seen = new Set<string>();
  return offered(domain.value?.templates ?? [], compartment).filter((template) => !seen.has(template.id) && seen.add(template.id));
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
  const choices = channel === null ? [] : kinds(channel.compartment);
  // While further forms are on their way, one is not yet the only one.
  const only = choices.length === 1 && wholeDomain.value ? choices[0] : undefined;
  const start = (template: Template): void => {
    begin(template, operation, id).catch((reason: unknown) => setProblem(problemOf(reason)));
  };
  useEffect(() => {
    if (only !== undefined && channel !== null) start(only);
  }, [only, channel !== null]);
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
      {problem === null && (choices.length === 0 || only !== undefined) && <p role="status">{t("Preparing the form …")}</p>}
      {only === undefined && (
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
