/** Who has acknowledged a notice, country by country (docs/spec/18-notices.md). Twin of hub/client/domain/acknowledgements.py. */

export const STATES = ["acknowledged", "action-taken", "not-applicable"] as const;
export type AcknowledgementState = (typeof STATES)[number];
export type CountryState = AcknowledgementState | "opened" | "silent";

/** In ms: from here on the author's time and the hub's are both shown. */
const APART = 10 * 60 * 1000;

/** A notice as everybody may see it: the countries asked at its place, sorted, and whether it asks all. */
export interface Asking {
  readonly id: string;
  readonly due: number | null;
  readonly asked: readonly string[];
  readonly toAll: boolean;
}

/** An acknowledgement, or (`state` null) word that somebody opened the notice; `at` is the hub's time. */
export interface Answer {
  readonly id: string;
  readonly ref: string;
  readonly country: string;
  readonly account: string;
  readonly state: AcknowledgementState | null;
  readonly at: number;
  readonly said: number;
}

/** One country. `said` is the author's own time where it differs by more than ten minutes from the hub's. */
export interface Row {
  readonly country: string;
  readonly asked: boolean;
  readonly state: CountryState;
  readonly answer: string | null;
  readonly account: string | null;
  readonly at: number | null;
  readonly said: number | null;
  readonly late: boolean;
}

/** A notice's number in its channel, and where each country stands, sorted by country. */
export interface Tally {
  readonly id: string;
  readonly number: number;
  readonly rows: readonly Row[];
}

export function isState(text: string | null): text is AcknowledgementState {
  return STATES.some((state) => state === text);
}

/** Whether this country has said something that counts. */
export function hasAnswered({ state }: Pick<Row, "state">): boolean {
  return isState(state);
}

/**
 * Counts; both are in the order of their places in the channel.
 *
 * The later acknowledgement of a country counts; `opened` is the first time, and only until one has acknowledged. Who
 * was not asked is not counted; where all were asked, a country that came later is shown beside them.
 */
export function tally(notices: readonly Asking[], answers: readonly Answer[]): readonly Tally[] {
  const best = new Map<string, Map<string, Answer>>();
  for (const answer of answers) {
    const countries = best.get(answer.ref) ?? new Map<string, Answer>();
    best.set(answer.ref, countries);
    if (answer.state !== null || !countries.has(answer.country)) countries.set(answer.country, answer);
  }
  return notices.map((notice, index) => ({ id: notice.id, number: index + 1, rows: rowsOf(notice, best.get(notice.id) ?? new Map<string, Answer>()) }));
}

function rowsOf(notice: Asking, answers: ReadonlyMap<string, Answer>): readonly Row[] {
  const countries = new Set([...notice.asked, ...(notice.toAll ? answers.keys() : [])]);
  return [...countries].sort().map((country) => rowOf(notice, country, answers.get(country) ?? null));
}

function rowOf(notice: Asking, country: string, answer: Answer | null): Row {
  const asked = notice.asked.includes(country);
  if (answer === null) {
    return { country, asked, state: "silent", answer: null, account: null, at: null, said: null, late: false };
  }
  const { id, account, state, at, said } = answer;
  return {
    country,
    asked,
    state: state ?? "opened",
    answer: id,
    account,
    at,
    said: Math.abs(said - at) > APART ? said : null,
    late: state !== null && notice.due !== null && at > notice.due,
  };
}
