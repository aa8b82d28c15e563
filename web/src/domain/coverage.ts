/**
 * Which countries have somebody who can be reached, and why the others have not (docs/spec/19-cards.md, coverage).
 *
 * Twin of hub/client/domain/coverage.py.
 */

export const DAY = 24 * 3_600_000;
export const YEAR = 365 * DAY;

/** The hub's spans: live, reminded of and blocked after so many days without a sign-in. */
export interface Days {
  readonly live: number;
  readonly reminded: number;
  readonly blocked: number;
}

/**
 * One person of a country. `day` is the midnight of the last day on which the hub saw them (ms UTC), `card` none, faulty or
 * held (verified), `confirmed_at` when they last said that it holds.
 */
export interface Watch {
  readonly country: string;
  readonly account: string;
  readonly suspended: boolean;
  readonly day: number | null;
  readonly card: "none" | "faulty" | "held";
  readonly confirmed_at: number | null;
  readonly deputy: boolean;
}

export type Reason = "suspended" | "blocked" | "not-seen" | "no-card" | "faulty-card" | "unconfirmed-card";

/** One country: live where somebody has no reason against it, and whether another could stand in. */
export interface Covered {
  readonly country: string;
  readonly live: boolean;
  readonly deputy: boolean;
  readonly people: readonly (readonly [string, readonly Reason[]])[];
}

/** By country; in each, people by account with the reasons why they don't count as live (none: they do). */
export function coverage(people: readonly Watch[], now: number, days: Days): readonly Covered[] {
  return [...new Set(people.map(({ country }) => country))].sort().map((country) => {
    const own = people.filter((one) => one.country === country).sort((a, b) => (a.account < b.account ? -1 : 1));
    const judged = own.map((one) => [one.account, reasons(one, now, days)] as const);
    const live = own.filter((_, at) => judged[at]?.[1].length === 0);
    return { country, live: live.length > 0, deputy: live.length > 1 || live.some(({ deputy }) => deputy), people: judged };
  });
}

/** Why a person doesn't count as live: suspended or their absence first, then their card. */
export function reasons(one: Watch, now: number, days: Days): readonly Reason[] {
  const why: Reason[] = [];
  if (one.suspended) why.push("suspended");
  else if (one.day !== null && absent(one.day, now, days.blocked)) why.push("blocked");
  else if (absent(one.day, now, days.live)) why.push("not-seen");
  if (one.card !== "held") why.push(one.card === "none" ? "no-card" : "faulty-card");
  else if (!isConfirmed(one.confirmed_at, now)) why.push("unconfirmed-card");
  return why;
}

/** Whether so many days have certainly passed since somebody was seen on `day`, at whatever hour of it. */
export function absent(day: number | null, now: number, days: number): boolean {
  return day === null || now - day >= (days + 1) * DAY;
}

/** Whether a card was confirmed within the last 365 days. */
export function isConfirmed(confirmedAt: number | null, now: number): boolean {
  return confirmedAt !== null && now - confirmedAt < YEAR;
}
