/** Times as people read them: always UTC, written by the reader's language; relative words only for today and yesterday. */
import { locale, t } from "./words.ts";

const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function write(at: number, shape: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale()} ${shape}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale(), { timeZone: "UTC", hourCycle: "h23", ...options });
  formats.set(key, format);
  return format.format(at);
}

/** "14:03" */
export function clock(at: number): string {
  return write(at, "clock", { hour: "2-digit", minute: "2-digit" });
}

/** "14:03:17" */
export function clockWithSeconds(at: number): string {
  return write(at, "seconds", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** "11 March 2027" */
export function date(at: number): string {
  return write(at, "date", { day: "numeric", month: "long", year: "numeric" });
}

/** "11 March 2027, 14:03" with no zone: the words around it say UTC. */
export function dateAndClock(at: number): string {
  return t("{date}, {time}", { date: date(at), time: clock(at) });
}

/** "11 Mar 14:03", for a narrow column. */
export function shortMoment(at: number): string {
  return t("{date} {time}", { date: write(at, "short", { day: "numeric", month: "short" }), time: clock(at) });
}

/** The number of the UTC day an instant lies in. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY);
}

/** "Today, Thursday 11 March 2027" */
export function dayHeading(at: number, now: number): string {
  const day = write(at, "day", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const ago = dayOf(now) - dayOf(at);
  if (ago === 0) return t("Today, {day}", { day });
  if (ago === 1) return t("Yesterday, {day}", { day });
  return day;
}

/** "10 March" */
export function dayMonth(at: number): string {
  return write(at, "dayMonth", { day: "numeric", month: "long" });
}

/** "14:03" for today, else "10 March": the column says UTC. */
export function clockOrDay(at: number, now: number): string {
  return dayOf(at) === dayOf(now) ? clock(at) : write(at, "dayMonth", { day: "numeric", month: "long" });
}

/** For the datetime attribute of <time>. */
export function machineTime(at: number): string {
  return new Date(at).toISOString();
}
