/** Handing duty over for some days: the deputy stands at one's name everywhere until then. */
import { useState } from "preact/hooks";
import type { Contact } from "../crypto/card.ts";
import type { OwnCard } from "../worker/peopling.ts";
import type { Problem } from "../worker/protocol.ts";
import { DeputyChoice } from "./card-fields.tsx";
import { Icon } from "./icon.tsx";
import { people, untilWords } from "./peopled.ts";
import { problemWords } from "./problems.ts";
import { now, problemOf } from "./state.ts";
import { date } from "./times.ts";
import { t } from "./words.ts";

interface HandOverProps {
  readonly own: OwnCard;
  readonly contact: Contact;
  readonly changed: (words: string) => void;
}

export function HandOver({ own, contact, changed }: HandOverProps) {
  const { away } = contact;
  const over = away !== null && away.until > now.value;
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [deputy, setDeputy] = useState(contact.deputy ?? "");
  const [mistake, setMistake] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const name = (account: string): string => own.deputies.find((one) => one.account === account)?.name ?? "?";
  const put = (next: Contact["away"], words: string): void => {
    setMistake(null);
    setProblem(null);
    people("put", { contact: { ...contact, away: next } }).then(
      () => changed(words),
      (reason: unknown) => setProblem(problemOf(reason)),
    );
  };
  const handOver = (): void => {
    const [first, last] = [dayBegins(from), dayBegins(until)];
    if (first === null || last === null || last < first) return setMistake(t("Write the first and the last day."));
    if (deputy === "") return setMistake(t("Choose who stands in."));
    put({ from: first, until: nextDay(last), deputy }, t("{name} stands in for you until {date}.", { name: name(deputy), date: date(last) }));
  };
  return (
    <section class="panel" aria-labelledby="over-t">
      <h2 id="over-t">{t("Hand duty over")}</h2>
      {over ? (
        <>
          <p>{t("{name} stands in for you from {from} until {until}.", { name: name(away.deputy), from: date(away.from), until: untilWords(away.until) })}</p>
          <p>
            <button class="button" type="button" onClick={() => put(null, t("You are on duty again."))}>
              {t("Take duty back")}
            </button>
          </p>
        </>
      ) : (
        <>
          <p class="meta">{t("Your deputy is named wherever you are: in the directory, among the readers of a channel, and in the list of who has acknowledged. They read what their own role allows.")}</p>
          <div class="field">
            <label for="over-from">{t("First day")}</label>
            <input class="input" id="over-from" type="date" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
          </div>
          <div class="field">
            <label for="over-until">{t("Last day")}</label>
            <input class="input" id="over-until" type="date" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
          </div>
          <div class="field">
            <label for="over-deputy">{t("Who stands in?")}</label>
            <DeputyChoice id="over-deputy" deputies={own.deputies} value={deputy} none={t("choose")} choose={setDeputy} />
          </div>
          {mistake !== null && (
            <p class="wrong" role="alert">
              <Icon name="warning" />
              {mistake}
            </p>
          )}
          {own.deputies.length === 0 && <p class="meta">{t("A deputy has to be a member of one of your operations.")}</p>}
          <p>
            <button class="button" type="button" onClick={handOver}>
              {t("Hand over")}
            </button>
          </p>
        </>
      )}
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
    </section>
  );
}

/** Midnight on this machine, as the person means it who writes a date. */
function dayBegins(written: string): number | null {
  const [year, month, day] = written.split("-").map(Number);
  return year === undefined || month === undefined || day === undefined || written === "" ? null : new Date(year, month - 1, day).getTime();
}

function nextDay(at: number): number {
  const day = new Date(at);
  day.setDate(day.getDate() + 1);
  return day.getTime();
}
