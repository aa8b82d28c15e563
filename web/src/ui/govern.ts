/** Asking about the running of an operation, and what a refusal means there. */
import { useEffect, useState } from "preact/hooks";
import type { ChannelSettings, Governance } from "../worker/governing.ts";
import type { B64, ClearanceChannel, Problem } from "../worker/protocol.ts";
import { compartmentWords, roleWords, typeWords } from "./channels.ts";
import { problemWords } from "./problems.ts";
import { ask, operations, problemOf } from "./state.ts";
import { country, list, t, tn } from "./words.ts";

export async function govern<K extends keyof Governance>(what: K, given: Governance[K]["ask"]): Promise<Governance[K]["answer"]> {
  return (await ask("govern", { what, with: given })) as Governance[K]["answer"];
}

export interface Asked<Answer> {
  readonly answer: Answer | null;
  readonly problem: Problem | null;
}

/** The answer, asked for again whenever a signed change came. */
export function useGoverned<K extends keyof Governance>(what: K, given: Governance[K]["ask"]): Asked<Governance[K]["answer"]> {
  const [answer, setAnswer] = useState<Governance[K]["answer"] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const seen = operations.value;
  const key = JSON.stringify(given);
  useEffect(() => {
    if (seen === null) return;
    let current = true;
    govern(what, given).then(
      (found) => {
        if (!current) return;
        setProblem(null);
        setAnswer(found);
      },
      (reason: unknown) => setProblem(problemOf(reason)),
    );
    return () => {
      current = false;
    };
  }, [what, key, seen]);
  return { answer, problem };
}

export function governWords(problem: Problem): string {
  switch (problem.code) {
    case "offline":
      return t("The hub can’t be reached. If it still took the change, the list shows it as soon as the connection is back; if not, sign again.");
    case "changed-meanwhile":
      return t("Somebody else has just changed the same. Look at how it stands now, then decide again.");
    case "code-taken":
      return t("You are already in an operation with this code. Choose another one.");
    case "repeated":
      return t("It is so already. Close this and look at how it stands now.");
    case "wrong-rules":
      return t("The hub gave another text than the one that was signed. Don’t act on it; tell a coordinator by phone.");
    case "not-certified":
      return t("The directory doesn’t certify this person with this key. Ask an administrator.");
    default:
      return problemWords(problem);
  }
}

/** By label where this person reads the channel, else by what it is. */
export function namedChannel({ label, type, compartment }: Pick<ClearanceChannel, "label" | "type" | "compartment">): string {
  return label ?? t("{kind} ({compartment})", { kind: typeWords(type), compartment: compartmentWords(compartment) });
}

/** Whom a channel is for, in words. */
export function audienceWords({ scope, of }: Pick<ChannelSettings, "scope" | "of">): string {
  switch (scope) {
    case "all":
      return t("everybody cleared for it");
    case "countries":
      return list(of.map(country));
    case "roles":
      return list(of.map(roleWords));
    case "organisations":
      return list(of);
    case "accounts":
      return tn("{n} named person: {names}", "{n} named people: {names}", of.length, { names: list(of) });
  }
}

/** What a newcomer reads: said before anybody is let in, because it never changes. */
export function historyChoiceWords(history: string): string {
  return history === "all"
    ? t("Who joins later reads everything from the beginning.")
    : t("Who joins later reads only what is sent from then on.");
}

export function phaseWords(phase: string): string {
  switch (phase) {
    case "planned":
      return t("Planned");
    case "preparation":
      return t("Preparation");
    case "active":
      return t("Active");
    case "reporting":
      return t("Reporting");
    case "closed":
      return t("Closed");
    case "destroyed":
      return t("Destroyed");
    default:
      return phase;
  }
}

/** What a phase means, in one sentence. */
export function phaseMeaning(phase: string): string {
  switch (phase) {
    case "planned":
      return t("Coordinators set it up; nobody else has to do anything yet.");
    case "preparation":
      return t("Members are admitted, read rules and plan, and try the forms.");
    case "active":
      return t("Controls take place: members post alerts and answer each other.");
    case "reporting":
      return t("Controls are over: members complete their figures, coordinators write the report.");
    case "closed":
      return t("Everything can be read; nothing more is sent.");
    default:
      return t("The keys and everything that was sent are gone; the record of who did what stays.");
  }
}

export function pathOf(operation: B64, part: "operation" | "members" | "admit" | "history" | "rules"): string {
  return `/o/${operation}/${part}`;
}
