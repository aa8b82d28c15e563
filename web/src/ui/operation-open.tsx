/** Opening an operation from a blueprint, or like an earlier one: everything that will be signed can be read and changed here first. */
import { useEffect, useRef, useState } from "preact/hooks";
import { newId } from "../crypto/encoding.ts";
import { OPERATION_CODE } from "../crypto/changes.ts";
import type { Blueprint, Rules } from "../domain/blueprints.ts";
import { said } from "../domain/texts.ts";
import type { Intention, Settings } from "../worker/governing.ts";
import type { B64, Problem } from "../worker/protocol.ts";
import { compartmentWords } from "./channels.ts";
import { type Channel, ChannelPlan, FormPlan, MemberPlan, RulesPlan } from "./operation-plan.tsx";
import { Page } from "./frame.tsx";
import { govern, governWords, pathOf } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { loadPlans, type Plans } from "./plans.ts";
import { go } from "./route.ts";
import { rulesDocument } from "./rules.tsx";
import { Part } from "./signing.tsx";
import { findOperation, now, operations, problemOf, session } from "./state.ts";
import { date } from "./times.ts";
import { language, list, t, tn } from "./words.ts";

const DAY = 86_400_000;
const COMPARTMENTS = ["general", "precursor", "vaccine"];

/** What will be signed, as it was last changed on this page. */
interface Planned {
  readonly compartments: readonly string[];
  readonly channels: readonly Channel[];
  readonly forms: readonly string[];
  readonly rules: Rules | null;
  /** In days from now; null where none is set. */
  readonly kept: number | null;
  readonly members: readonly B64[];
}

function planOf(blueprint: Blueprint): Planned {
  const channels = blueprint.channels.map((one) => ({ ...one, channel: newId(), label: one.label === null ? "" : said(one.label, language.value), on: true }));
  return { compartments: blueprint.compartments, channels, forms: blueprint.forms, rules: blueprint.rules, kept: blueprint.retentionDays, members: [] };
}

function planLike(settings: Settings): Planned {
  const channels = settings.channels.map((one) => ({ ...one, channel: newId(), on: one.scope !== "accounts" }));
  return { compartments: settings.compartments, channels, forms: settings.forms, rules: settings.rules, kept: null, members: [] };
}

export function OpenOperation({ like }: { readonly like: B64 | null }) {
  const [plans, setPlans] = useState<Plans | null>(null);
  const [earlier, setEarlier] = useState<Settings | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [plan, setPlan] = useState<Planned | null>(null);
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [mistakes, setMistakes] = useState<ReadonlyMap<string, string>>(new Map());
  const [step, setStep] = useState<"opening" | "furnishing" | null>(null);
  const opened = useRef<B64 | null>(null);
  const summary = useRef<HTMLDivElement>(null);
  const isReady = operations.value !== null;
  useEffect(() => {
    if (!isReady) return;
    const load = async (): Promise<void> => {
      setPlans(await loadPlans());
      if (like === null) return;
      const settings = await govern("settings", { operation: like });
      setEarlier(settings);
      setPlan(planLike(settings));
    };
    load().catch((reason: unknown) => setProblem(problemOf(reason)));
  }, [like, isReady]);
  useEffect(() => {
    if (mistakes.size > 0 || problem !== null) summary.current?.focus();
  }, [mistakes, problem]);

  if (session.value?.mayCoordinate !== true) {
    return (
      <Page narrow>
        <div class="page-head">
          <h1 tabIndex={-1}>{t("Open an operation")}</h1>
        </div>
        <p>{t("Only who is certified to coordinate opens operations. Administrators certify that, two together.")}</p>
      </Page>
    );
  }
  const sign = async (): Promise<void> => {
    if (plan === null || plans === null || step !== null) return;
    const found = mistakesIn(code, name, plan);
    setMistakes(found);
    setProblem(null);
    if (found.size > 0) return;
    try {
      setStep("opening");
      opened.current ??= (await govern("found", { code, name: name.trim().normalize("NFC"), compartments: plan.compartments, own: plan.compartments })).operation;
      setStep("furnishing");
      await govern("sign", { operation: opened.current, meant: meantBy(plan, plans, earlier) });
      go(pathOf(opened.current, "operation"), { replace: true });
    } catch (reason) {
      setProblem(problemOf(reason));
      setStep(null);
    }
  };
  const before = like === null ? null : findOperation(like);
  return (
    <Page>
      <p>
        <a class="textlink" href={like === null ? "/o" : pathOf(like, "operation")}>
          <Icon name="back" more="flip" />
          {before === null ? t("Channels") : <bdi>{before.name}</bdi>}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{before === null ? t("Open an operation") : t("Open an operation like {name}", { name: before.name })}</h1>
          <p class="lead">{t("You become its first coordinator. What stands here is signed when you press the button; almost all of it can be changed later.")}</p>
        </div>
      </div>
      {(mistakes.size > 0 || problem !== null) && (
        <div class="errors" role="alert" aria-labelledby="err-t" tabIndex={-1} ref={summary}>
          <h2 id="err-t">{problem === null ? t("There is a problem") : opened.current === null ? t("It was not opened") : t("It is open, but not set up yet")}</h2>
          {problem !== null && <p>{governWords(problem)}</p>}
          <ul>
            {[...mistakes].map(([part, words]) => (
              <li key={part}>
                <a href={`#op-${part}`}>{words}</a>
              </li>
            ))}
          </ul>
        </div>
      )}
      {like === null && plans !== null && (
        <fieldset class="field" disabled={opened.current !== null}>
          <legend>{t("Blueprint")} *</legend>
          {plans.blueprints.map((one) => (
            <div class="choice" key={one.id}>
              <input
                type="radio"
                id={`op-${one.id}`}
                name="op-blueprint"
                aria-describedby={`op-${one.id}-h`}
                checked={chosen === one.id}
                onChange={() => {
                  setChosen(one.id);
                  setPlan(planOf(one));
                }}
              />
              <label for={`op-${one.id}`}>{said(one.name, language.value)}</label>
              <span class="hint" id={`op-${one.id}-h`}>
                {said(one.summary, language.value)}
              </span>
            </div>
          ))}
        </fieldset>
      )}
      {plans === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {plan !== null && plans !== null && (
        <form
          noValidate
          class="with-side block"
          onSubmit={(event) => {
            event.preventDefault();
            void sign();
          }}
        >
          <div class="stack-large">
            <div>
              <Text id="op-name" label={t("Name")} hint={t("As people say it, such as HEALTH SHIELD. The hub sees it.")} value={name} most={120} mistake={mistakes.get("name")} write={setName} locked={opened.current !== null} />
              <Text
                id="op-code"
                label={t("Code")}
                hint={t("2 to 8 capitals and digits, such as HSH. It begins the reference of every alert and never changes.")}
                value={code}
                most={8}
                mistake={mistakes.get("code")}
                write={(words) => setCode(words.toUpperCase())}
                locked={opened.current !== null}
              />
              <fieldset class="field" id="op-compartments" disabled={opened.current !== null}>
                <legend>{t("Compartments")}</legend>
                {[...new Set([...COMPARTMENTS, ...plan.compartments])].map((one) => (
                  <div class="choice" key={one}>
                    <input
                      type="checkbox"
                      id={`op-c-${one}`}
                      checked={plan.compartments.includes(one)}
                      disabled={one === "general"}
                      onChange={(event) => setPlan({ ...plan, compartments: event.currentTarget.checked ? [...plan.compartments, one].sort() : plan.compartments.filter((each) => each !== one) })}
                    />
                    <label for={`op-c-${one}`}>{compartmentWords(one)}</label>
                  </div>
                ))}
                <p class="hint">{t("Compartments stay as they are once it is open.")}</p>
              </fieldset>
            </div>
            <ChannelPlan channels={plan.channels} compartments={plan.compartments} write={(channels) => setPlan({ ...plan, channels })} mistake={mistakes.get("channels")} />
            <FormPlan forms={plan.forms} all={[...plans.forms.keys()]} write={(forms) => setPlan({ ...plan, forms })} />
            {plan.rules !== null && <RulesPlan rules={plan.rules} write={(rules) => setPlan({ ...plan, rules })} />}
            {earlier !== null && <MemberPlan members={earlier.members} chosen={plan.members} write={(members) => setPlan({ ...plan, members })} />}
          </div>
          <section class="panel stack" aria-labelledby="then-t">
            <h2 id="then-t">{t("What is signed")}</h2>
            <Part icon="seal">{t("{code}, with you as its coordinator, cleared for {compartments}.", { code: code === "" ? t("The operation") : code, compartments: list(plan.compartments.map(compartmentWords)) })}</Part>
            <Part icon="channels">{tn("{n} channel with its first secret.", "{n} channels, each with its first secret.", channelsOf(plan).length)}</Part>
            <Part icon="sheet">{plan.forms.length === 0 ? t("All forms of the hub are offered.") : tn("{n} form, in this order.", "{n} forms, in this order.", plan.forms.length)}</Part>
            <Part icon="check">{plan.rules === null ? t("No handling rules.") : t("Handling rules that every member accepts before writing.")}</Part>
            {plan.kept !== null && <Part icon="save">{t("Kept until {date}; coordinators can change that.", { date: date(now.value + plan.kept * DAY) })}</Part>}
            {earlier !== null && <Part icon="people">{plan.members.length === 0 ? t("Nobody is taken over.") : tn("{n} member with role and clearance as before.", "{n} members with role and clearance as before.", plan.members.length)}</Part>}
            <Part icon="clock">{t("It begins as planned. For the active phase it needs a second coordinator.")}</Part>
            <button class="button is-main is-wide" type="submit" disabled={step !== null}>
              <Icon name="seal" />
              {step === "opening" ? t("Opening …") : step === "furnishing" ? t("Opening its channels …") : t("Sign and open")}
            </button>
          </section>
        </form>
      )}
    </Page>
  );
}

interface TextProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly most: number;
  readonly mistake: string | undefined;
  readonly write: (words: string) => void;
  readonly locked: boolean;
}

function Text({ id, label, hint, value, most, mistake, write, locked }: TextProps) {
  return (
    <div class={mistake === undefined ? "field" : "field is-wrong"}>
      <label for={id}>{label} *</label>
      <p class="hint" id={`${id}-h`}>
        {hint}
      </p>
      {mistake !== undefined && (
        <p class="wrong" id={`${id}-e`}>
          <Icon name="warning" />
          {mistake}
        </p>
      )}
      <input
        class="input"
        id={id}
        autocomplete="off"
        maxLength={most}
        value={value}
        readOnly={locked}
        aria-invalid={mistake !== undefined}
        aria-describedby={mistake === undefined ? `${id}-h` : `${id}-h ${id}-e`}
        onInput={(event) => write(event.currentTarget.value)}
      />
    </div>
  );
}

function mistakesIn(code: string, name: string, plan: Planned): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (name.trim() === "") found.set("name", t("Give the operation a name"));
  if (!OPERATION_CODE.test(code)) found.set("code", t("The code is 2 to 8 capitals and digits and begins with a letter"));
  const nameless = channelsOf(plan).some(({ label }) => label.trim() === "");
  if (nameless) found.set("channels", t("Give each channel a name, or leave it out"));
  return found;
}

/** The same for the whole of a day, so that signing once more means the same. */
function dayAfter(days: number): number {
  return (Math.floor(Date.now() / DAY) + days) * DAY;
}

/** Channels that are opened: ticked, and in a compartment that the operation has. */
function channelsOf({ channels, compartments }: Planned): readonly Channel[] {
  return channels.filter(({ on, compartment }) => on && compartments.includes(compartment));
}

/** Members first, so that each channel's first secret is for all of them. */
function meantBy(plan: Planned, { forms }: Plans, earlier: Settings | null): readonly Intention[] {
  const members = (earlier?.members ?? []).filter(({ account }) => plan.members.includes(account));
  return [
    ...members.map(({ account, role, compartments }): Intention => ({ do: "admit", account, role, compartments: compartments.filter((one) => plan.compartments.includes(one)) })),
    ...channelsOf(plan).map(({ channel, type, compartment, scope, of, history, label }): Intention => ({ do: "open", channel, type, compartment, scope, of, history, label: label.trim().normalize("NFC") })),
    ...plan.forms.flatMap((template): readonly Intention[] => {
      const document = forms.get(template);
      return document === undefined ? [] : [{ do: "adopt", template, version: Number(document["version"]), document }];
    }),
    ...(plan.rules === null ? [] : [{ do: "rules", document: rulesDocument(plan.rules), was: 0 } as const]),
    ...(plan.kept === null ? [] : [{ do: "keep", until: dayAfter(plan.kept) } as const]),
  ];
}
