/** Nominating a colleague (T17), what became of it, and one's own safety number. */
import { useEffect, useState } from "preact/hooks";
import type { Role } from "../crypto/acts.ts";
import type { Check, Nominated as Said } from "../crypto/nomination.ts";
import type { NominationView } from "../worker/administering.ts";
import type { Problem } from "../worker/protocol.ts";
import { countries } from "./administer.ts";
import { roleWords } from "./channels.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { checkWords, Nominated } from "./nominated.tsx";
import { problemWords } from "./problems.ts";
import { ask, operations, problemOf, session } from "./state.ts";
import { country, t } from "./words.ts";

const ROLES: readonly Role[] = ["contact", "deputy", "analyst", "observer", "coordinator", "auditor"];
const CHECKS: readonly Check[] = ["phone", "in-person", "video"];
const YEAR = 365 * 86_400_000;

export function Nominate() {
  const [own, setOwn] = useState<readonly NominationView[]>([]);
  const [number, setNumber] = useState("");
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const refresh = (): void => {
    ask("nominations", {}).then(setOwn, (reason: unknown) => setProblem(problemOf(reason)));
  };
  useEffect(() => {
    refresh();
    ask("safetyNumber", {}).then(setNumber, (reason: unknown) => setProblem(problemOf(reason)));
  }, []);
  return (
    <Page narrow>
      <div class="stack-large">
        <div class="page-head">
          <div>
            <h1 tabIndex={-1}>{t("Contact points")}</h1>
            <p class="lead">{t("Nominate a colleague; an administrator invites and certifies them.")}</p>
          </div>
        </div>
        {problem !== null && <p role="alert">{problemWords(problem)}</p>}
        <p role="status" class={done ? "panel is-checked" : "hidden-text"}>
          {done && t("Signed and sent to the administrators. You see below what becomes of it.")}
        </p>
        <Form
          sent={() => {
            setDone(true);
            refresh();
          }}
        />
        {own.length > 0 && (
          <section class="section stack">
            <h2>{t("Your nominations")}</h2>
            {own.map((one) => (
              <article class="panel" key={one.id}>
                <Nominated nomination={one} />
                <p class="state">{outcomeWords(one.outcome)}</p>
              </article>
            ))}
          </section>
        )}
        <section class="section stack">
          <h2>{t("Your safety number")}</h2>
          <p class="safety code">{number}</p>
          <p class="meta">{t("If the administrator calls you, read it to each other. The same number means that nobody stands between you.")}</p>
        </section>
      </div>
    </Page>
  );
}

function outcomeWords(outcome: NominationView["outcome"]): string {
  if (outcome === null) return t("not decided yet");
  return outcome === "invited" ? t("invited") : t("declined");
}

type Values = Readonly<Record<"name" | "function" | "phone" | "languages" | "zone" | "organisation" | "country" | "role" | "deputy" | "endorsed" | "check", string>>;

function Form({ sent }: { readonly sent: () => void }) {
  const [values, setValues] = useState<Values>({
    ...{ name: "", function: "", phone: "", languages: "en", organisation: "", deputy: "", endorsed: "" },
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    country: session.value?.country ?? "",
    role: "contact",
    check: "phone",
  });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  const put = (name: keyof Values) => (event: { readonly currentTarget: HTMLInputElement | HTMLSelectElement }) => {
    const { value } = event.currentTarget;
    setValues((before) => ({ ...before, [name]: value }));
  };
  const send = async (): Promise<void> => {
    setWorking(true);
    setProblem(null);
    try {
      await ask("nominate", said(values, chosen));
      setValues({ ...values, name: "", function: "", phone: "", deputy: "" });
      sent();
    } catch (reason) {
      setProblem(problemOf(reason));
    } finally {
      setWorking(false);
    }
  };
  const text = (name: keyof Values, label: string, hint = "") => (
    <div class="field">
      <label for={`n-${name}`}>{label}</label>
      {hint !== "" && (
        <p class="hint" id={`n-${name}-h`}>
          {hint}
        </p>
      )}
      <input class="input" id={`n-${name}`} autocomplete="off" aria-describedby={hint === "" ? undefined : `n-${name}-h`} value={values[name]} onInput={put(name)} />
    </div>
  );
  const choose = (name: keyof Values, label: string, options: readonly (readonly [string, string])[]) => (
    <div class="field">
      <label for={`n-${name}`}>{label}</label>
      <select class="input" id={`n-${name}`} value={values[name]} onChange={put(name)}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
  return (
    <section class="section">
      <h2>{t("Nominate somebody")}</h2>
      <p class="understood">
        <Icon name="eye" />
        <span>{t("This is not sealed: the hub keeps it and every administrator reads it. Write nothing here about an operation’s content.")}</span>
      </p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!working) void send();
        }}
      >
        {problem !== null && (
          <div class="errors" role="alert">
            <p>{problem.code === "malformed" ? t("Something is missing or not of its form: name, function, phone with + and country, languages as en, fr, and who endorses.") : problemWords(problem)}</p>
          </div>
        )}
        {text("name", t("Name"))}
        {text("function", t("Function"))}
        <div class="pair">
          {text("phone", t("Duty phone"), t("With the country: +233 30 200 0456"))}
          {text("languages", t("Languages"), t("Two letters each, the best first: en, fr"))}
        </div>
        <div class="pair">
          {text("organisation", t("Organisation"))}
          {choose("country", t("Country"), countries().map((code) => [code, country(code)]))}
        </div>
        <div class="pair">
          {choose("role", t("Role asked for"), ROLES.map((role) => [role, roleWords(role)]))}
          {choose("check", t("How they can be checked"), CHECKS.map((check) => [check, checkWords(check)]))}
        </div>
        {(operations.value ?? []).length > 0 && (
          <fieldset>
            <legend class="label">{t("Operations")}</legend>
            {(operations.value ?? []).map(({ operation, name }) => (
              <div class="choice" key={operation}>
                <input
                  id={`n-${operation}`}
                  type="checkbox"
                  checked={chosen.includes(operation)}
                  onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, operation] : chosen.filter((one) => one !== operation))}
                />
                <label for={`n-${operation}`}>{name}</label>
              </div>
            ))}
          </fieldset>
        )}
        <div class="pair">
          {text("deputy", t("Deputy, if there is one"))}
          {text("zone", t("Time zone"))}
        </div>
        {text("endorsed", t("Endorsed by"), t("Who in your administration stands for this nomination, and in which letter."))}
        <p>
          <button class="button is-main" type="submit" disabled={working}>
            <Icon name="seal" />
            {working ? t("Signing …") : t("Sign and send the nomination")}
          </button>
        </p>
      </form>
    </section>
  );
}

function said(values: Values, chosen: readonly string[]): Said {
  return {
    nominee: {
      name: values.name.trim(),
      function: values.function.trim(),
      duty_phone: values.phone.trim(),
      languages: values.languages.split(/[\s,;]+/).filter((one) => one !== ""),
      time_zone: values.zone.trim(),
    },
    organisation: values.organisation.trim(),
    country: values.country,
    role: values.role as Role,
    operations: chosen,
    deputy: values.deputy.trim() === "" ? null : values.deputy.trim(),
    endorsed_by: values.endorsed.trim(),
    check_method: values.check as Check,
    until: Date.now() + YEAR,
  };
}
