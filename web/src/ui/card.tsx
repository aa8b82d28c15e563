/** One's own contact card: written, signed, confirmed, handed over, taken back. It says first who will read it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Contact, EMAIL, PHONE } from "../crypto/card.ts";
import { isConfirmed } from "../domain/coverage.ts";
import type { OwnCard } from "../worker/peopling.ts";
import type { Problem } from "../worker/protocol.ts";
import { CardFields, contactOf, type Written, writtenOf } from "./card-fields.tsx";
import { Departure } from "./departure.tsx";
import { Page } from "./frame.tsx";
import { HandOver } from "./hand-over.tsx";
import { Icon } from "./icon.tsx";
import { faultWords, people, usePeople } from "./peopled.ts";
import { problemWords } from "./problems.ts";
import { now, problemOf } from "./state.ts";
import { date } from "./times.ts";
import { t } from "./words.ts";

export function CardPage() {
  const { answer, problem, again } = usePeople("own", {});
  const [done, setDone] = useState("");
  const changed = (words: string): void => {
    setDone(words);
    again();
    scrollTo(0, 0);
  };
  return (
    <Page>
      <p>
        <a class="textlink" href="/o/directory">
          <Icon name="back" more="flip" />
          {t("Directory")}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{t("My contact card")}</h1>
          <p class="lead">{t("So that other countries reach you on duty.")}</p>
        </div>
      </div>
      <div class="panel" id="card-who">
        <p class="panel-title">
          <Icon name="eye" />
          <b>{t("Who will read this")}</b>
        </p>
        <p>{t("Every member of this hub, and the hub itself: it has to know whom to remind and who stands in. Write what may be known to both, and nothing private.")}</p>
      </div>
      <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
        {done}
      </p>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      {answer === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {answer !== null && <Own key={String(answer.contact?.confirmed_at ?? 0)} own={answer} changed={changed} />}
    </Page>
  );
}

interface OwnProps {
  readonly own: OwnCard;
  readonly changed: (words: string) => void;
}

function Own({ own, changed }: OwnProps) {
  const { contact, fault } = own;
  const stale = contact !== null && !isConfirmed(contact.confirmed_at, now.value);
  return (
    <div class="with-side block">
      <div class="stack-large">
        {fault !== null && (
          <p class="panel is-failed">
            <Icon name="warning" /> {faultWords(fault)} {t("Sign it anew below.")}
          </p>
        )}
        {contact !== null && stale && <Confirm contact={contact} changed={changed} />}
        <Write own={own} changed={changed} />
      </div>
      <div class="stack">
        {contact !== null && <HandOver own={own} contact={contact} changed={changed} />}
        {contact !== null && <Withdraw changed={changed} />}
        <Departure />
      </div>
    </div>
  );
}

/** Asked for once a year: one button, when nothing has changed. */
function Confirm({ contact, changed }: { readonly contact: Contact; readonly changed: (words: string) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const confirm = (): void => {
    people("put", { contact }).then(
      () => changed(t("Confirmed for a year.")),
      (reason: unknown) => setProblem(problemOf(reason)),
    );
  };
  return (
    <section class="panel" aria-labelledby="card-confirm">
      <h2 id="card-confirm">{t("Does this still hold?")}</h2>
      <p>{t("You last confirmed your card on {date}. Until you do, your country counts as silent.", { date: date(contact.confirmed_at) })}</p>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      <p>
        <button class="button is-due" type="button" onClick={confirm}>
          <Icon name="check" />
          {t("Everything still holds")}
        </button>
      </p>
    </section>
  );
}

type Mistakes = ReadonlyMap<string, string>;

function mistakesIn(written: Written): Mistakes {
  const found = new Map<string, string>();
  if (written.languages.every((tag) => tag === "")) found.set("language-0", t("Choose the language you speak best."));
  if (!PHONE.test(written.phone.trim())) found.set("phone", t("Write the duty phone with its country: +233 30 200 0123."));
  if (!written.always && written.days.length === 0) found.set("days", t("Choose the days on which the phone is answered."));
  if (!written.always && (written.from === "" || written.until === "" || written.from === written.until)) found.set("from", t("Write from when until when the phone is answered."));
  if (written.email.trim() !== "" && !EMAIL.test(written.email.trim())) found.set("email", t("That is no e-mail address."));
  return found;
}

function Write({ own, changed }: OwnProps) {
  const [written, setWritten] = useState<Written>(() => writtenOf(own.contact));
  const [mistakes, setMistakes] = useState<Mistakes>(new Map());
  const [problem, setProblem] = useState<Problem | null>(null);
  const [signing, setSigning] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (mistakes.size > 0 || problem !== null) summary.current?.focus();
  }, [mistakes, problem]);
  const sign = async (): Promise<void> => {
    const found = mistakesIn(written);
    setMistakes(found);
    setProblem(null);
    if (found.size > 0) return;
    setSigning(true);
    try {
      await people("put", { contact: contactOf(written, own.contact) });
      changed(t("Your card is signed. Members and the hub can read it."));
    } catch (reason) {
      setProblem(problemOf(reason));
    }
    setSigning(false);
  };
  return (
    <form
      noValidate
      aria-describedby="card-who"
      onSubmit={(event) => {
        event.preventDefault();
        void sign();
      }}
    >
      {(mistakes.size > 0 || problem !== null) && (
        <div class="errors" role="alert" aria-labelledby="err-t" tabIndex={-1} ref={summary}>
          <h2 id="err-t">{problem === null ? t("There is a problem") : t("The card was not signed")}</h2>
          {problem !== null && <p>{problem.code === "not-allowed" || problem.code === "refused" ? t("A deputy has to be a member of one of your operations.") : problemWords(problem)}</p>}
          <ul>
            {[...mistakes].map(([part, words]) => (
              <li key={part}>
                <a href={`#card-${part}`}>{words}</a>
              </li>
            ))}
          </ul>
        </div>
      )}
      <CardFields written={written} deputies={own.deputies} mistakes={mistakes} write={setWritten} />
      <p class="block">
        <button class="button is-main" type="submit" disabled={signing}>
          <Icon name="seal" />
          {signing ? t("Signing …") : t("Sign the card")}
        </button>
      </p>
    </form>
  );
}

function Withdraw({ changed }: { readonly changed: (words: string) => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const withdraw = (): void => {
    people("put", { contact: null }).then(
      () => changed(t("Your card is gone. The hub keeps only that you took it back.")),
      (reason: unknown) => setProblem(problemOf(reason)),
    );
  };
  return (
    <details class="panel">
      <summary>{t("Take the card back")}</summary>
      <p class="meta">{t("Members no longer see how to reach you, and your country counts as silent unless somebody else is there. Who has read the card may have copied it.")}</p>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      <p>
        <button class="button" type="button" onClick={withdraw}>
          {t("Take it back")}
        </button>
      </p>
    </details>
  );
}
