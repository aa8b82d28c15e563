/** The end of an operation, step by step: who may do what, what follows, what two have to sign, and what is left to show. */
import { useEffect, useState } from "preact/hooks";
import type { Ending, EndingStep } from "../worker/governing.ts";
import type { B64, Problem } from "../worker/protocol.ts";
import { govern, governWords } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { Dialog, Part } from "./signing.tsx";
import { now, operations, problemOf } from "./state.ts";
import { date, dateAndClock } from "./times.ts";
import { list, t, tn } from "./words.ts";

const DAY = 24 * 60 * 60 * 1000;
const NOTICE = 7;
const REMIND = 30 * DAY;

type Asking = "close" | "destroy" | "hold" | "release" | "retain" | "cancel" | "countersign";

export function Closing({ operation }: { readonly operation: B64 }) {
  const [view, setView] = useState<Ending | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [done, setDone] = useState("");
  const seen = operations.value;
  useEffect(() => {
    govern("ending", { operation }).then(setView, (reason: unknown) => setProblem(problemOf(reason)));
  }, [operation, seen]);
  if (view === null) return problem === null ? null : <p role="alert">{governWords(problem)}</p>;
  const finish = (after: Ending | null, words: string): void => {
    if (after !== null) setView(after);
    setAsking(null);
    setDone(words);
  };
  return (
    <section class="stack" aria-labelledby="end-t">
      <h2 id="end-t">{t("The end of the operation")}</h2>
      <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
        {done}
      </p>
      {view.destroyed !== null ? <Gone gone={view.destroyed} /> : <Standing view={view} ask={setAsking} />}
      {asking !== null && <Step key={asking} operation={operation} view={view} asking={asking} finish={finish} />}
    </section>
  );
}

interface StandingProps {
  readonly view: Ending;
  readonly ask: (what: Asking) => void;
}

function Standing({ view, ask }: StandingProps) {
  const closed = view.phase === "closed";
  const can = (action: string): boolean => view.may.includes(action);
  const mine = view.waiting.find((one) => one.mine);
  const others = view.waiting.filter((one) => !one.mine);
  return (
    <div class="stack">
      <Day view={view} />
      {view.hold !== null && (
        <Part icon="lock">
          {t("Nothing of it may be destroyed: {reason}", { reason: view.hold })}
        </Part>
      )}
      {view.destroyAt !== null && (
        <Part icon="warning">
          {t("It will be destroyed on {date} UTC. Until then one coordinator alone can stop it.", { date: dateAndClock(view.destroyAt) })}
        </Part>
      )}
      {mine !== undefined && (
        <Part icon="seal">
          {mine.destroyAt === null
            ? t("{name} has signed that the hold ends. It takes your signature too.", { name: mine.by })
            : t("{name} has signed that the operation is destroyed on {date} UTC. It takes your signature too.", { name: mine.by, date: dateAndClock(mine.destroyAt) })}
        </Part>
      )}
      {mine === undefined && others.length > 0 && <Part icon="clock">{t("Signed by one coordinator; it waits for a second one: {names}.", { names: list(view.others) })}</Part>}
      {!closed && <p class="meta">{t("A closed operation is read-only: nothing more is sent, and everybody goes on reading what they could.")}</p>}
      {closed && view.destroyAt === null && <p class="meta">{t("Destroying needs two coordinators and seven days. Its keys, words and forms are deleted; who did what when stays provable.")}</p>}
      <p class="row">
        {!closed && can("operation.close") && <Button what="close" ask={ask} words={t("Close the operation")} />}
        {mine !== undefined && <Button what="countersign" ask={ask} words={t("Sign beside")} />}
        {closed && view.destroyAt === null && view.hold === null && mine === undefined && can("operation.destroy") && (
          <Button what="destroy" ask={ask} words={others.length > 0 ? t("Sign once more") : t("Destroy the operation")} disabled={view.others.length === 0} />
        )}
        {view.destroyAt !== null && can("destroy.cancel") && <Button what="cancel" ask={ask} words={t("Stop the destruction")} />}
        {view.hold === null && can("hold.set") && <Button what="hold" ask={ask} words={t("Forbid destroying it")} />}
        {view.hold !== null && mine === undefined && can("hold.set") && <Button what="release" ask={ask} words={t("Allow destroying it again")} disabled={view.others.length === 0} />}
        {can("retention.set") && <Button what="retain" ask={ask} words={t("Set the day of decision")} />}
      </p>
      {closed && can("operation.destroy") && view.others.length === 0 && <p class="meta">{t("There is no second coordinator: admit one first.")}</p>}
    </div>
  );
}

/** When somebody has to decide, with a reminder as the day comes near. */
function Day({ view: { retentionUntil, phase } }: { readonly view: Ending }) {
  if (retentionUntil === null) return <p class="meta">{t("No day is set on which to decide what becomes of it.")}</p>;
  const words = t("To be decided by {date}: keep, close or destroy.", { date: date(retentionUntil) });
  if (retentionUntil - now.value > REMIND) return <p class="meta">{words}</p>;
  const days = Math.ceil((retentionUntil - now.value) / DAY);
  return (
    <Part icon="clock">
      {words} {days < 0 ? tn("That was {n} day ago.", "That was {n} days ago.", -days) : tn("{n} day is left.", "{n} days are left.", days)}{" "}
      {phase !== "closed" && t("It isn’t closed yet.")}
    </Part>
  );
}

interface ButtonProps extends Pick<StandingProps, "ask"> {
  readonly what: Asking;
  readonly words: string;
  readonly disabled?: boolean;
}

function Button({ what, words, ask, disabled = false }: ButtonProps) {
  return (
    <button class="button is-small" type="button" disabled={disabled} onClick={() => ask(what)}>
      {words}
    </button>
  );
}

interface StepProps {
  readonly operation: B64;
  readonly view: Ending;
  readonly asking: Asking;
  readonly finish: (after: Ending | null, words: string) => void;
}

/** One step with what follows from it, signed once. */
function Step({ operation, view, asking, finish }: StepProps) {
  const [typed, setTyped] = useState(asking === "retain" || asking === "destroy" ? dayIn(asking === "destroy" ? NOTICE : 365) : "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [signing, setSigning] = useState(false);
  const step = stepOf(asking, typed, view);
  const { title, follows, said, button } = wordsOf(asking, view);
  const sign = async (): Promise<void> => {
    if (step === null) return;
    setSigning(true);
    setProblem(null);
    try {
      finish(await govern("end", { operation, step }), said);
    } catch (reason) {
      setProblem(problemOf(reason));
      setSigning(false);
    }
  };
  return (
    <Dialog title={title} close={() => finish(null, "")}>
      {follows.map((words) => (
        <p key={words}>{words}</p>
      ))}
      {(asking === "hold" || asking === "release") && (
        <div class="field">
          <label for="end-reason">{t("Reason")} *</label>
          <input class="input" id="end-reason" maxLength={500} autocomplete="off" value={typed} aria-describedby="end-reason-h" onInput={(event) => setTyped(event.currentTarget.value)} />
          <p class="hint" id="end-reason-h">
            {t("Not sealed: the hub and every member see it. Name a file or a case, no person.")}
          </p>
        </div>
      )}
      {(asking === "retain" || asking === "destroy") && (
        <div class="field">
          <label for="end-day">{asking === "destroy" ? t("Destroy on") : t("Decide by")} *</label>
          <input class="input" id="end-day" type="date" value={typed} min={dayIn(asking === "destroy" ? NOTICE : 1)} onInput={(event) => setTyped(event.currentTarget.value)} />
        </div>
      )}
      {problem !== null && <p role="alert">{problem.code === "no-second" ? t("No other coordinator has a device that could sign beside.") : governWords(problem)}</p>}
      <p class="row">
        <button class="button is-main" type="button" disabled={step === null || signing} onClick={() => void sign()}>
          <Icon name="seal" />
          {signing ? t("Signing …") : button}
        </button>
        <button class="button" type="button" disabled={signing} onClick={() => finish(null, "")}>
          {t("Cancel")}
        </button>
      </p>
    </Dialog>
  );
}

/** Null while something is missing. */
function stepOf(asking: Asking, typed: string, view: Ending): EndingStep | null {
  const day = Date.parse(`${typed}T23:59:00Z`);
  switch (asking) {
    case "close":
    case "cancel":
      return { do: asking };
    case "hold":
    case "release":
      return typed.trim() === "" ? null : { do: asking, reason: typed.trim().normalize("NFC") };
    case "retain":
      return Number.isNaN(day) || day <= Date.now() ? null : { do: "retain", until: day };
    case "destroy":
      return Number.isNaN(day) || day < Date.now() + (NOTICE - 1) * DAY ? null : { do: "destroy", at: day };
    case "countersign": {
      const mine = view.waiting.find((one) => one.mine);
      return mine === undefined ? null : { do: "countersign", id: mine.id };
    }
  }
}

function dayIn(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
}

interface StepWords {
  readonly title: string;
  readonly follows: readonly string[];
  readonly said: string;
  readonly button: string;
}

function wordsOf(asking: Asking, view: Ending): StepWords {
  const signed = t("Signed, and seen by every member.");
  switch (asking) {
    case "close":
      return {
        title: t("Close the operation"),
        follows: [
          t("From then on nothing is sent in it, by nobody. Everybody goes on reading what they could."),
          t("It can’t be opened again: a new operation can be made like it."),
        ],
        said: `${t("The operation is closed.")} ${signed}`,
        button: t("Sign and close"),
      };
    case "destroy":
      return {
        title: t("Destroy the operation"),
        follows: [
          t("Its keys, words and forms are deleted on the hub and on every device, and no copy of the database opens them afterwards."),
          t("What was read or exported can’t be recalled. Who did what when stays provable, and a certificate stands in the log."),
          t("A second coordinator signs beside: {names}. After that there are seven days at least in which one alone can stop it.", { names: list(view.others) }),
        ],
        said: t("Signed. It waits for the second signature: {names}.", { names: list(view.others) }),
        button: t("Sign as the first"),
      };
    case "countersign": {
      const mine = view.waiting.find((one) => one.mine);
      const at = mine?.destroyAt ?? null;
      return {
        title: t("Sign beside {name}", { name: mine?.by ?? "" }),
        follows:
          at === null
            ? [t("The hold ends: the operation may be destroyed again.")]
            : [
                t("On {date} UTC the operation’s keys, words and forms are deleted on the hub and on every device.", { date: dateAndClock(at) }),
                t("Until then one coordinator alone can stop it; afterwards nobody can bring it back."),
              ],
        said: `${at === null ? t("The hold has ended.") : t("It will be destroyed on {date} UTC.", { date: dateAndClock(at) })} ${signed}`,
        button: t("Sign beside"),
      };
    }
    case "cancel":
      return {
        title: t("Stop the destruction"),
        follows: [t("The operation stays as it is: closed and readable.")],
        said: `${t("The destruction is stopped.")} ${signed}`,
        button: t("Sign and stop it"),
      };
    case "hold":
      return {
        title: t("Forbid destroying it"),
        follows: [t("While it holds, the operation can’t be destroyed; a destruction that was signed is stopped. Two coordinators end it.")],
        said: `${t("It can’t be destroyed now.")} ${signed}`,
        button: t("Sign the hold"),
      };
    case "release":
      return {
        title: t("Allow destroying it again"),
        follows: [t("A second coordinator signs beside: {names}.", { names: list(view.others) })],
        said: t("Signed. It waits for the second signature: {names}.", { names: list(view.others) }),
        button: t("Sign as the first"),
      };
    case "retain":
      return {
        title: t("Set the day of decision"),
        follows: [t("Coordinators are reminded thirty days before. Nothing happens by itself.")],
        said: `${t("The day is set.")} ${signed}`,
        button: t("Sign the day"),
      };
  }
}

function Gone({ gone }: { readonly gone: NonNullable<Ending["destroyed"]> }) {
  return (
    <div class="panel is-checked stack">
      <p class="panel-title">
        <Icon name="check" />
        <b>{t("Destroyed on {date} UTC", { date: dateAndClock(gone.at) })}</b>
      </p>
      <p>
        {t("Signed by {names}. The hub’s certificate stands in the log and was checked here.", { names: list(gone.by) })}
      </p>
      <dl class="fields">
        <dt>{t("Deleted")}</dt>
        <dd>
          {list([
            tn("{n} item", "{n} items", gone.envelopes),
            tn("{n} key copy", "{n} key copies", gone.wraps),
            tn("{n} form or rule", "{n} forms and rules", gone.documents),
          ])}
        </dd>
        <dt>{t("Last backup lapses")}</dt>
        <dd>{date(gone.backupsUntil)}</dd>
        <dt>{t("Devices that confirmed")}</dt>
        <dd>{gone.receipts}</dd>
        <dt>{t("Certificate")}</dt>
        <dd>
          <code class="code is-wrapping">{gone.hash}</code>
        </dd>
      </dl>
    </div>
  );
}
