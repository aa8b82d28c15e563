/** Opening a channel of any kind: whom it is for and what newcomers will read stand in plain words before it is signed. */
import { useState } from "preact/hooks";
import { newId } from "../crypto/encoding.ts";
import { HISTORIES, type Kind, MAX_LABEL, ROLES, TYPES, usual } from "../domain/blueprints.ts";
import type { Scope } from "../crypto/changes.ts";
import type { Intention, OperationDetail } from "../worker/governing.ts";
import type { MemberView } from "../worker/protocol.ts";
import { compartmentWords, roleWords, typeWords } from "./channels.ts";
import { historyChoiceWords, useGoverned } from "./govern.ts";
import { Dialog, Signing, waitingWords } from "./signing.tsx";
import { country, locale, t } from "./words.ts";

/** Kinds as an operation usually has them; where a coordinator is, their own account belongs to a named audience. */
const USUAL = {
  compartments: ["general"],
  channels: [],
  later: [
    { type: "announcement", compartment: "general", scope: "all", of: [], history: "all", label: null },
    { type: "coordination", compartment: "general", scope: "roles", of: ["analyst", "coordinator"], history: "all", label: null },
    { type: "regional", compartment: "general", scope: "countries", of: [], history: "all", label: null },
    { type: "bilateral", compartment: "general", scope: "accounts", of: [], history: "from-join", label: null },
    { type: "case", compartment: "general", scope: "accounts", of: [], history: "from-join", label: null },
  ],
} as const;

export function kindMeaning(kind: Kind): string {
  switch (kind) {
    case "all":
      return t("For everybody who is cleared for its compartment.");
    case "announcement":
      return t("Coordinators write; the others read and acknowledge.");
    case "coordination":
      return t("For those who run the operation, chosen by role.");
    case "regional":
      return t("For the countries of a region.");
    case "bilateral":
      return t("For a few people, named one by one. TLP:RED can be used.");
    case "case":
      return t("For those who work on one case, named one by one. TLP:RED can be used.");
  }
}

interface OpenProps {
  readonly detail: OperationDetail;
  readonly close: (done: string) => void;
}

export function OpenChannel({ detail, close }: OpenProps) {
  const { answer } = useGoverned("members", { operation: detail.operation });
  const [channel] = useState(newId);
  const [type, setType] = useState<Kind>("regional");
  const [compartment, setCompartment] = useState(detail.compartments[0] ?? "general");
  const [scope, setScope] = useState<Scope>("countries");
  const [of, setOf] = useState<readonly string[]>([]);
  const [history, setHistory] = useState<"all" | "from-join">("all");
  const [label, setLabel] = useState("");
  const members = answer?.members ?? [];
  const me = members.find(({ mine }) => mine);
  const turnTo = (kind: Kind): void => {
    const plan = usual(USUAL, kind);
    setType(kind);
    setHistory(plan.history);
    aim(plan.scope, plan.of);
  };
  const aim = (wanted: Scope, chosen: readonly string[] = []): void => {
    setScope(wanted);
    if (wanted === "accounts" && me !== undefined) setOf([me.account]);
    else if (wanted === "countries" && me !== undefined) setOf([me.country]);
    else setOf(chosen);
  };
  const isWhole = label.trim() !== "" && (scope === "all") === (of.length === 0);
  const meant: readonly Intention[] = isWhole ? [{ do: "open", channel, type, compartment, scope, of, history, label: label.trim().normalize("NFC") }] : [];
  return (
    <Dialog title={t("Open a channel")} close={() => close("")}>
      <div class="pair">
        <div class="field">
          <label for="ch-type">{t("Kind")}</label>
          <select class="input" id="ch-type" value={type} aria-describedby="ch-type-h" onChange={(event) => turnTo(TYPES.find((one) => one === event.currentTarget.value) ?? "all")}>
            {TYPES.map((one) => (
              <option key={one} value={one}>
                {typeWords(one)}
              </option>
            ))}
          </select>
          <p class="hint" id="ch-type-h">
            {kindMeaning(type)}
          </p>
        </div>
        <div class="field">
          <label for="ch-comp">{t("Compartment")}</label>
          <select class="input" id="ch-comp" value={compartment} onChange={(event) => setCompartment(event.currentTarget.value)}>
            {detail.compartments.map((one) => (
              <option key={one} value={one}>
                {compartmentWords(one)}
              </option>
            ))}
          </select>
          <p class="hint">{t("Only who is cleared for it reads the channel.")}</p>
        </div>
      </div>
      <div class="field">
        <label for="ch-label">{t("Name of the channel")} *</label>
        <input class="input" id="ch-label" maxLength={MAX_LABEL} autocomplete="off" value={label} onInput={(event) => setLabel(event.currentTarget.value)} />
        <p class="hint">{t("Sealed: only its readers see it, the hub doesn’t.")}</p>
      </div>
      <div class="field">
        <label for="ch-scope">{t("For whom")}</label>
        <select class="input" id="ch-scope" value={scope} onChange={(event) => aim(event.currentTarget.value as Scope)}>
          <option value="all">{t("Everybody cleared for it")}</option>
          <option value="countries">{t("Countries")}</option>
          <option value="organisations">{t("Organisations")}</option>
          <option value="accounts">{t("Named people")}</option>
          <option value="roles">{t("Roles")}</option>
        </select>
      </div>
      {scope !== "all" && <Choice scope={scope} of={of} members={members} choose={setOf} />}
      <fieldset class="field">
        <legend>{t("What newcomers read")}</legend>
        {HISTORIES.map((one) => (
          <div class="choice" key={one}>
            <input type="radio" id={`ch-${one}`} name="ch-history" checked={history === one} onChange={() => setHistory(one)} />
            <label for={`ch-${one}`}>{historyChoiceWords(one)}</label>
          </div>
        ))}
        <p class="hint">{t("This never changes for the channel.")}</p>
      </fieldset>
      <Signing
        operation={detail.operation}
        meant={meant}
        idle={t("Give the channel a name and say for whom it is: who will read it stands here before you sign.")}
        action={t("Sign and open")}
        done={(signed) => close([t("The channel is open: {name}.", { name: label.trim() }), t("Signed, and seen by every member."), waitingWords(signed)].filter(Boolean).join(" "))}
        cancel={() => close("")}
      />
    </Dialog>
  );
}

interface ChoiceProps {
  readonly scope: Exclude<Scope, "all">;
  readonly of: readonly string[];
  readonly members: readonly MemberView[];
  readonly choose: (of: readonly string[]) => void;
}

/** Countries, organisations, people or roles among the members, each with its words. */
function Choice({ scope, of, members, choose }: ChoiceProps) {
  const offered = choices(scope, members);
  return (
    <fieldset class="field">
      <legend>{t("Chosen: {n}", { n: of.length })}</legend>
      <ul class="choices is-scrolled">
        {offered.map(([value, words]) => (
          <li class="choice" key={value}>
            <input type="checkbox" id={`ch-of-${value}`} checked={of.includes(value)} onChange={(event) => choose(event.currentTarget.checked ? [...of, value] : of.filter((one) => one !== value))} />
            <label for={`ch-of-${value}`}>
              <bdi>{words}</bdi>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

function choices(scope: Exclude<Scope, "all">, members: readonly MemberView[]): readonly (readonly [string, string])[] {
  if (scope === "roles") return ROLES.filter((one) => one !== "auditor").map((one) => [one, roleWords(one)]);
  const found = new Map<string, string>();
  for (const member of members) {
    if (scope === "countries") found.set(member.country, country(member.country));
    else if (scope === "accounts") found.set(member.account, `${member.country} ${member.name}`);
    else found.set(member.organisationId, `${member.country} ${member.organisation}`);
  }
  return [...found].sort(([, one], [, other]) => one.localeCompare(other, locale()));
}
