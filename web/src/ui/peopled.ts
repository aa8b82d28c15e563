/** Asking about people and their contact cards, and what is said of them in words (docs/spec/19-cards.md). */
import { useEffect, useState } from "preact/hooks";
import type { Contact } from "../crypto/card.ts";
import type { Reason } from "../domain/coverage.ts";
import type { Peopling } from "../worker/peopling.ts";
import type { Problem } from "../worker/protocol.ts";
import { ask, operations, problemOf } from "./state.ts";
import { date } from "./times.ts";
import { languageName, list, locale, t } from "./words.ts";

export async function people<K extends keyof Peopling>(what: K, given: Peopling[K]["ask"]): Promise<Peopling[K]["answer"]> {
  return (await ask("people", { what, with: given })) as Peopling[K]["answer"];
}

export interface Asked<Answer> {
  readonly answer: Answer | null;
  readonly problem: Problem | null;
  readonly again: () => void;
}

/** The answer, asked for when the page is opened and when somebody says so: not with every item that arrives. */
export function usePeople<K extends keyof Peopling>(what: K, given: Peopling[K]["ask"]): Asked<Peopling[K]["answer"]> {
  const [answer, setAnswer] = useState<Peopling[K]["answer"] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const isOpen = operations.value !== null;
  const key = JSON.stringify(given);
  useEffect(() => {
    if (!isOpen) return;
    let current = true;
    people(what, given).then(
      (found) => {
        if (!current) return;
        setProblem(null);
        setAnswer(found);
      },
      (reason: unknown) => {
        if (current) setProblem(problemOf(reason));
      },
    );
    return () => {
      current = false;
    };
  }, [what, key, isOpen, turn]);
  return { answer, problem, again: () => setTurn((before) => before + 1) };
}

/** What is wrong with a card, as a sentence: nothing of it is shown. */
export function faultWords(fault: string): string {
  switch (fault) {
    case "withheld":
      return t("The hub showed this person’s card before and doesn’t show it any more.");
    case "rolled-back":
      return t("The hub shows an older card than it showed before.");
    case "forked":
      return t("The hub shows another card than before under the same number.");
    case "revoked":
      return t("The card was signed with a device that was revoked since. Its owner has to confirm it on another device.");
    case "unknown-version":
      return t("The card was written by a newer version. Reload the page.");
    default:
      return t("The card isn’t signed by this person.");
  }
}

export function reasonWords(reason: Reason, days: { readonly live: number; readonly blocked: number }): string {
  switch (reason) {
    case "suspended":
      return t("suspended");
    case "blocked":
      return t("blocked: not signed in for {n} days", { n: days.blocked });
    case "not-seen":
      return t("not signed in for {n} days", { n: days.live });
    case "no-card":
      return t("no contact card");
    case "faulty-card":
      return t("a card that doesn’t hold");
    case "unconfirmed-card":
      return t("card not confirmed for a year");
  }
}

/** "English, French": the best first. */
export function languagesWords(contact: Contact): string {
  return contact.languages.map((tag) => languageName(tag)).join(", ");
}

/** "Mon–Fri" or "Mon, Wed", by the language. */
export function daysWords(days: readonly number[]): string {
  const name = (day: number): string => new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, day));
  // A week may begin on a Sunday: one row of days is one that has one beginning.
  const [first, ...others] = days.filter((day) => !days.includes(day === 1 ? 7 : day - 1));
  if (first === undefined || others.length > 0 || days.length < 3) return list(days.map(name));
  return t("{first}–{last}", { first: name(first), last: name(((first + days.length - 2) % 7) + 1) });
}

export function hoursWords({ hours }: Contact): string {
  return hours === null ? t("around the clock") : t("{days} {from}–{until}", { days: daysWords(hours.days), from: hours.from, until: hours.until });
}

/** Day of the week (1 Monday) and time of day in a zone; null for a zone that this browser does not know. */
export function localTime(zone: string, at: number): { readonly day: number; readonly clock: string } | null {
  try {
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
    const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday")) + 1;
    return { day, clock: `${part("hour")}:${part("minute")}` };
  } catch (unknown) {
    if (unknown instanceof RangeError) return null;
    throw unknown;
  }
}

/** Whether somebody is at work by their own hours; null where that can't be told. */
export function isAtWork({ hours, time_zone: zone }: Contact, at: number): boolean | null {
  if (hours === null) return true;
  const here = localTime(zone, at);
  if (here === null) return null;
  const { day, clock } = here;
  if (hours.from < hours.until) return hours.days.includes(day) && clock >= hours.from && clock < hours.until;
  // A night's watch belongs to the day on which it began.
  const before = day === 1 ? 7 : day - 1;
  return (hours.days.includes(day) && clock >= hours.from) || (hours.days.includes(before) && clock < hours.until);
}

export function untilWords(until: number): string {
  return date(until - 1);
}
