/** Writing an alert: the form of its template, mistakes beside the field and together on top, and what others will see first. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { headerParts } from "../domain/headers.ts";
import { type Problem as FieldProblem, problemsWith } from "../domain/problems.ts";
import { type Field, type Section, type Template, type Values, defaults, fieldsToShow, valueOf } from "../domain/templates.ts";
import { reference } from "../domain/references.ts";
import { said } from "../domain/texts.ts";
import type { B64, ChannelView, Draft, Problem } from "../worker/protocol.ts";
import { alertOf, domain, loadMore, summarised, templateOf, wholeDomain } from "./alerts.ts";
import { type Keeper, useKeeper } from "./drafts.ts";
import { type Form, FieldInput, fieldId, mistakeWords } from "./fields.tsx";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { AlertCells } from "./rows.tsx";
import { ask, attempt, findOperation, keep, problemOf, refreshDrafts, session } from "./state.ts";
import { language, t, tn } from "./words.ts";
import { UrgentChoice, WritePage } from "./write-page.tsx";

/** A value beside those of a form that has no urgency of its own: it decides the envelope's and is no field of the alert. */
const URGENT = "send_urgent";
const SMALL = new Set(["code", "country", "decimal", "integer", "boolean", "cas"]);

interface ComposeProps {
  readonly draft: Draft;
  readonly channel: ChannelView;
}

export function Compose({ draft, channel }: ComposeProps) {
  const keeper = useKeeper(draft);
  const now = keeper.draft.value;
  const whole = wholeDomain.value;
  const template = templateOf(now.template ?? "", now.form ?? "");
  useEffect(() => {
    if (!whole) attempt(loadMore());
  }, [whole]);
  if (template === null || !whole) {
    return (
      <Page narrow>
        <div class="page-head">
          <h1 tabIndex={-1}>{!whole ? t("Preparing the form …") : t("This page doesn’t know the form of your draft")}</h1>
        </div>
        {whole && <p>{t("It was begun with another version. Load the page again to update it; the draft is kept.")}</p>}
      </Page>
    );
  }
  return <ComposeForm keeper={keeper} template={template} channel={channel} />;
}

interface FormProps {
  readonly keeper: Keeper;
  readonly template: Template;
  readonly channel: ChannelView;
}

function minute(): string {
  return `${new Date().toISOString().slice(0, 16)}Z`;
}

function ComposeForm({ keeper, template, channel }: FormProps) {
  const draft = keeper.draft.value;
  const values = draft.values as Values;
  const lists = domain.value?.lists ?? new Map<string, never>();
  const [flagged, setFlagged] = useState<ReadonlySet<string>>(new Set());
  const [tries, setTries] = useState(0);
  const [sending, setSending] = useState(false);
  const [checked, setChecked] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const summary = useRef<HTMLDivElement>(null);

  const found = problemsWith(template, lists, values, { named: channel.namedAudience }, minute());
  // Only what the last Check or Send found is told; a mistake goes as soon as it is put right.
  const shown = found.filter(({ field }) => flagged.has(field));
  const form: Form = {
    template,
    channel: channel.channel,
    values,
    named: channel.namedAudience,
    mistakes: useMemo(() => new Map<string, FieldProblem>(shown.map((one) => [one.field, one])), [shown]),
    write: (key, value) => {
      setChecked(false);
      keeper.write({ ...keeper.draft.value.values, [key]: value });
    },
  };
  useEffect(() => {
    if (tries > 0) summary.current?.focus();
  }, [tries]);

  const check = (): boolean => {
    setProblem(null);
    setFlagged(new Set(found.map(({ field }) => field)));
    setChecked(found.length === 0);
    if (found.length > 0) setTries(tries + 1);
    return found.length === 0;
  };
  const send = async (): Promise<void> => {
    if (!check() || sending) return;
    setSending(true);
    try {
      await keeper.flush();
      const { urgency, ...asked } = headerParts(template, values);
      const urgent = template.header.urgency === undefined ? values[URGENT] === "yes" : urgency === "immediate";
      keep(await ask("send", { draft: draft.id, body: alertOf(template, values), urgent, ...asked }));
      await refreshDrafts();
    } catch (reason) {
      setProblem(problemOf(reason));
      setTries(tries + 1);
      setSending(false);
    }
  };

  return (
    <WritePage
      keeper={keeper}
      channel={channel}
      title={t("New alert: {kind}", { kind: said(template.title, language.value) })}
      lead={<Lead draft={draft} />}
      summary={summary}
      mistakes={shown.map(({ field }) => ({ id: fieldId(field), words: mistakeWords(form, field) }))}
      problem={problem}
      send={send}
      sendWords={sending ? t("Sending …") : t("Send alert")}
      before={
        <>
          {checked && (
            <span class="state is-checked" role="status">
              <Icon name="check" />
              {t("Nothing is missing")}
            </span>
          )}
          <button class="button" type="button" onClick={check}>
            {t("Check")}
          </button>
        </>
      }
      preview={<Preview template={template} values={values} />}
    >
      <FormSwitch keeper={keeper} template={template} />
      <Sections template={template} form={form} />
      {template.header.urgency === undefined && (
        <UrgentChoice on={values[URGENT] === "yes"} turn={(on) => form.write(URGENT, on ? "yes" : "")} />
      )}
    </WritePage>
  );
}

/** An id as its bytes: the reference is made of them. */
function idBytes(id: B64): Uint8Array {
  return Uint8Array.from(atob(id.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function Lead({ draft }: { readonly draft: Draft }) {
  const code = findOperation(draft.operation)?.code ?? "";
  return (
    <p class="lead">
      {t("Reference")} <bdi class="ref">{reference(code, session.value?.country ?? "", idBytes(draft.id))}</bdi>.{" "}
      {t("Fields marked * are needed.")}
    </p>
  );
}

function FormSwitch({ keeper, template }: { readonly keeper: Keeper; readonly template: Template }) {
  const forms = (domain.value?.templates ?? []).filter(({ id }) => id === template.id);
  if (forms.length < 2) return null;
  return (
    <p class="row meta" role="group" aria-label={t("Form")}>
      <span>{t("Form:")}</span>{" "}
      {forms.map((form) => {
        const words = t("{form}, {fields}", { form: said(form.name, language.value), fields: tn("{n} field", "{n} fields", form.fields.length) });
        return form.form === template.form ? (
          <b key={form.form} aria-current="true">
            {words}
          </b>
        ) : (
          <button class="textbutton" key={form.form} type="button" onClick={() => keeper.write({ ...defaults(form), ...keeper.draft.value.values }, { form: form.form })}>
            {words}
          </button>
        );
      })}
    </p>
  );
}

function isSmall(field: Field): boolean {
  return SMALL.has(field.type) && !field.many;
}

/** Small questions stand two in a row; a run of them is one group. */
function runs(fields: readonly Field[]): readonly (readonly Field[])[] {
  const cut: Field[][] = [];
  fields.forEach((field, index) => {
    const last = cut.at(-1);
    const together = last?.[0] !== undefined && isSmall(last[0]) && isSmall(field);
    // A number and its unit stay in one row.
    const begins = field.type === "decimal" && fields[index + 1]?.list === "units";
    const ends = last?.at(-1)?.list === "units" && last.at(-2)?.type === "decimal";
    if (together && !begins && !ends) last.push(field);
    else cut.push([field]);
  });
  return cut;
}

function Sections({ template, form }: { readonly template: Template; readonly form: Form }) {
  const shown = new Set(fieldsToShow(template, form.values).map(({ key }) => key));
  return (
    <>
      {template.sections.map((section, index) => (
        <OneSection key={section.key} section={section} number={index + 1} shown={shown} form={form} />
      ))}
    </>
  );
}

interface SectionProps {
  readonly section: Section;
  readonly number: number;
  readonly shown: ReadonlySet<string>;
  readonly form: Form;
}

function OneSection({ section, number, shown, form }: SectionProps) {
  const fields = section.fields.filter(({ key }) => shown.has(key));
  const heading = `${number} ${said(section.title, language.value)}`;
  const inside = (
    <>
      {section.hint !== null && <p class="hint section-hint">{said(section.hint, language.value)}</p>}
      {runs(fields).map((run) =>
        run.length === 1 && run[0] !== undefined ? (
          <FieldInput key={run[0].key} field={run[0]} form={form} />
        ) : (
          <div class="pair" key={run[0]?.key}>
            {run.map((field) => (
              <FieldInput key={field.key} field={field} form={form} />
            ))}
          </div>
        ),
      )}
    </>
  );
  if (!section.folded) {
    return (
      <section class="section" aria-labelledby={`s-${section.key}`}>
        <h2 id={`s-${section.key}`}>{heading}</h2>
        {inside}
      </section>
    );
  }
  const filled = fields.filter(({ key }) => valueOf(form.values, key) !== "").length;
  const counts = tn("{n} optional field, {filled} filled", "{n} optional fields, {filled} filled", fields.length, { filled });
  const wrong = fields.some(({ key }) => form.mistakes.has(key));
  return (
    <details class="section" open={wrong || undefined}>
      <summary>
        {heading} <span>{counts}</span>
      </summary>
      <div class="section-inside">{inside}</div>
    </details>
  );
}

function Preview({ template, values }: { readonly template: Template; readonly values: Values }) {
  const row = summarised(template.id, template.form, values, "");
  const asked = fieldsToShow(template, values);
  /** What this part is called in this form, if it has to be filled. */
  const missing = (part: "title" | "quantity" | "place"): string | null => {
    const field = asked.find(({ key, required }) => required && template.summary[part].includes(key));
    return field === undefined ? null : t("{what}: to be filled", { what: said(field.label, language.value) });
  };
  return (
    <section aria-labelledby="pv" class="stack">
      <h2 id="pv">{t("What others see first")}</h2>
      <div class="preview">
        <article class="alert has-state" aria-labelledby="pv-p">
          <AlertCells
            summary={row}
            from={session.value?.country ?? ""}
            mine={false}
            missing={{ quantity: missing("quantity"), place: missing("place") }}
            product={
              <h3 class="alert-product" id="pv-p">
                {row.product === null ? <span class="quiet">{missing("title") ?? t("no goods named")}</span> : <bdi>{row.product}</bdi>}
              </h3>
            }
            time={t("now")}
            state={
              <span class="state">
                <Icon name="draft" />
                {t("Draft")}
              </span>
            }
          />
        </article>
      </div>
    </section>
  );
}
