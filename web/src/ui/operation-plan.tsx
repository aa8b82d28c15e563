/** The parts of an operation to be opened: channels, forms in order, people; each can be left out or changed before it is signed. */
import type { Scope } from "../crypto/changes.ts";
import type { Kind } from "../domain/blueprints.ts";
import { MAX_LABEL, type Rules } from "../domain/blueprints.ts";
import type { Settings } from "../worker/governing.ts";
import type { B64 } from "../worker/protocol.ts";
import { compartmentWords, roleWords, typeWords } from "./channels.ts";
import { historyChoiceWords } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { formName } from "./operation.tsx";
import { RulesFields } from "./rules.tsx";
import { country, list, t, tn } from "./words.ts";

/** A channel as it is planned; `channel` is its id to be. */
export interface Channel {
  readonly channel: B64;
  readonly type: Kind;
  readonly compartment: string;
  readonly scope: Scope;
  readonly of: readonly string[];
  readonly history: "all" | "from-join";
  readonly label: string;
  readonly on: boolean;
}

interface ChannelsProps {
  readonly channels: readonly Channel[];
  readonly compartments: readonly string[];
  readonly mistake: string | undefined;
  readonly write: (channels: readonly Channel[]) => void;
}

export function ChannelPlan({ channels, compartments, mistake, write }: ChannelsProps) {
  const possible = channels.filter(({ compartment }) => compartments.includes(compartment));
  const put = (changed: Channel): void => write(channels.map((one) => (one.channel === changed.channel ? changed : one)));
  return (
    <section id="op-channels" tabIndex={-1} class={mistake === undefined ? "section" : "section field is-wrong"}>
      <h2>{t("Channels")}</h2>
      {mistake !== undefined && (
        <p class="wrong">
          <Icon name="warning" />
          {mistake}
        </p>
      )}
      <ul class="choices">
        {possible.map((one) => (
          <li class="choice" key={one.channel}>
            <input type="checkbox" id={`pc-${one.channel}`} checked={one.on} aria-describedby={`pc-${one.channel}-h`} onChange={(event) => put({ ...one, on: event.currentTarget.checked })} />
            <label for={`pc-${one.channel}`}>
              {typeWords(one.type)}, {compartmentWords(one.compartment)}
            </label>
            <span class="hint" id={`pc-${one.channel}-h`}>
              {scopeWords(one)} {historyChoiceWords(one.history)}
            </span>
            {one.on && (
              <input class="input beside" aria-label={t("Name of the channel: {kind}", { kind: `${typeWords(one.type)}, ${compartmentWords(one.compartment)}` })} maxLength={MAX_LABEL} autocomplete="off" value={one.label} onInput={(event) => put({ ...one, label: event.currentTarget.value })} />
            )}
          </li>
        ))}
      </ul>
      <p class="hint">{t("Regional and bilateral channels and case rooms are opened later, when you know for whom.")}</p>
    </section>
  );
}

function scopeWords({ scope, of }: Channel): string {
  switch (scope) {
    case "all":
      return t("For everybody cleared for it.");
    case "roles":
      return t("For: {names}.", { names: list(of.map(roleWords)) });
    case "countries":
      return t("For: {names}.", { names: list(of.map(country)) });
    case "organisations":
      return tn("For {n} organisation.", "For {n} organisations.", of.length);
    case "accounts":
      return tn("For {n} named person, who must be a member here too.", "For {n} named people, who must be members here too.", of.length);
  }
}

interface FormsProps {
  readonly forms: readonly string[];
  readonly all: readonly string[];
  readonly write: (forms: readonly string[]) => void;
}

export function FormPlan({ forms, all, write }: FormsProps) {
  const others = all.filter((one) => !forms.includes(one));
  const up = (at: number): void => {
    const [one, before] = [forms[at], forms[at - 1]];
    if (one !== undefined && before !== undefined) write([...forms.slice(0, at - 1), one, before, ...forms.slice(at + 1)]);
  };
  return (
    <section class="section">
      <h2>{t("Forms")}</h2>
      {forms.length === 0 && <p class="meta">{t("None is chosen: then all forms of the hub are offered.")}</p>}
      <ol class="choices">
        {forms.map((form, at) => (
          <li class="row planned" key={form}>
            <span>{formName(form)}</span>
            <span class="row row-tight push">
              {at > 0 && (
                <button class="button is-small" type="button" onClick={() => up(at)}>
                  {t("Up")}
                  <span class="hidden-text"> ({formName(form)})</span>
                </button>
              )}
              <button class="button is-small" type="button" onClick={() => write(forms.filter((one) => one !== form))}>
                {t("Leave out")}
                <span class="hidden-text"> ({formName(form)})</span>
              </button>
            </span>
          </li>
        ))}
      </ol>
      {others.length > 0 && (
        <p class="row row-tight block">
          <label for="pf-more">{t("Add a form")}</label>
          <select class="input is-short" id="pf-more" value="" onChange={(event) => write([...forms, event.currentTarget.value])}>
            <option value="">{t("Choose")}</option>
            {others.map((one) => (
              <option key={one} value={one}>
                {formName(one)}
              </option>
            ))}
          </select>
        </p>
      )}
    </section>
  );
}

interface RulesProps {
  readonly rules: Rules;
  readonly write: (rules: Rules) => void;
}

/** The first handling rules, in both languages side by side. */
export function RulesPlan({ rules, write }: RulesProps) {
  return (
    <section class="section">
      <h2>{t("Handling rules")}</h2>
      <p class="hint section-hint">{t("Every member accepts them before they first write. Another version can be set later, and is then asked for again.")}</p>
      <RulesFields rules={rules} write={write} />
    </section>
  );
}

interface MembersProps {
  readonly members: Settings["members"];
  readonly chosen: readonly B64[];
  readonly write: (chosen: readonly B64[]) => void;
}

export function MemberPlan({ members, chosen, write }: MembersProps) {
  return (
    <section class="section">
      <h2>{t("Members of the earlier operation")}</h2>
      <p class="row row-tight">
        <button class="button is-small" type="button" onClick={() => write(members.map(({ account }) => account))}>
          {t("Take all")}
        </button>
        <button class="button is-small" type="button" onClick={() => write([])}>
          {t("Take none")}
        </button>
      </p>
      <ul class="choices is-scrolled">
        {members.map(({ account, name, country: code, role, compartments }) => (
          <li class="choice" key={account}>
            <input type="checkbox" id={`pm-${account}`} checked={chosen.includes(account)} aria-describedby={`pm-${account}-h`} onChange={(event) => write(event.currentTarget.checked ? [...chosen, account] : chosen.filter((one) => one !== account))} />
            <label for={`pm-${account}`}>
              <bdi class="cc">{code}</bdi> <bdi>{name}</bdi>
            </label>
            <span class="hint" id={`pm-${account}-h`}>
              {roleWords(role)}: {compartments.length === 0 ? t("nothing yet") : list(compartments.map(compartmentWords))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
