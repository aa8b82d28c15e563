/** Leaving the hub in one act: what it means stands there first, then one's own account code is typed. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { LeavingView } from "../worker/peopling.ts";
import type { Problem } from "../worker/protocol.ts";
import { Icon } from "./icon.tsx";
import { people } from "./peopled.ts";
import { problemWords } from "./problems.ts";
import { ask, problemOf, turnTo } from "./state.ts";
import { list, t } from "./words.ts";

export function Departure() {
  const [view, setView] = useState<LeavingView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const look = (): void => {
    people("leaving", {}).then(setView, (reason: unknown) => setProblem(problemOf(reason)));
  };
  return (
    <details class="panel">
      <summary>{t("Leave the hub for good")}</summary>
      <p class="meta">{t("When your post passes to somebody else. An absence of weeks is a hand-over, not this.")}</p>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      <p>
        <button class="button" type="button" onClick={look}>
          {t("See what that does")}
        </button>
      </p>
      {view !== null && <Confirm view={view} close={() => setView(null)} />}
    </details>
  );
}

function Confirm({ view, close }: { readonly view: LeavingView; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [steps, setSteps] = useState<readonly string[]>([]);
  const [leaving, setLeaving] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const stays = view.lastCoordinatorOf;
  const leave = async (): Promise<void> => {
    setLeaving(true);
    setProblem(null);
    try {
      for (let left = view.devices.length; left > 0; ) {
        const step = await people("leave", {});
        if (step === null) break;
        setSteps((before) => [...before, stepWords(step)]);
        if (step.did === "device") left -= 1;
      }
      turnTo(await ask("signOut", {}));
    } catch (reason) {
      setProblem(problemOf(reason));
      setLeaving(false);
    }
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="leave-t" onClose={close}>
      <h2 id="leave-t">{t("Leave the hub for good")}</h2>
      <ul class="stack">
        {view.hasCard && <Point icon="person" words={t("Your contact card is taken back.")} />}
        {view.operations.length > 0 && <Point icon="people" words={t("You leave {operations}. Every channel you read gets a new secret.", { operations: list(view.operations) })} />}
        <Point icon="device" words={t("Your devices are revoked: {devices}. Every session ends, this one last.", { devices: list(view.devices) })} />
        <Point icon="lock" words={t("It can’t be undone. Only a new invitation brings you back. Tell an administrator, who suspends the account.")} />
      </ul>
      {stays.length > 0 && (
        <p role="alert" class="wrong">
          <Icon name="warning" />
          {t("You are the only coordinator of {operations}. Another has to be there before you leave.", { operations: list(stays) })}
        </p>
      )}
      {steps.length > 0 && (
        <ul class="steps" aria-live="polite">
          {steps.map((words) => (
            <li key={words}>
              <Icon name="check" />
              <span>{words}</span>
            </li>
          ))}
        </ul>
      )}
      {problem !== null && (
        <p role="alert">
          {problemWords(problem)} {t("What is done is done; leave again to go on from there.")}
        </p>
      )}
      {stays.length === 0 && (
        <div class="field">
          <label for="leave-code">{t("Type your account code, {code}", { code: view.code })}</label>
          <input class="input is-short" id="leave-code" autocomplete="off" spellcheck={false} value={typed} disabled={leaving} onInput={(event) => setTyped(event.currentTarget.value)} />
        </div>
      )}
      <p class="row">
        {stays.length === 0 && (
          <button class="button is-due" type="button" disabled={leaving || typed.trim().toUpperCase() !== view.code.toUpperCase()} onClick={() => void leave()}>
            {leaving ? t("Leaving …") : t("Leave for good")}
          </button>
        )}
        <button class="button" type="button" disabled={leaving} onClick={() => dialog.current?.close()}>
          {t("Stay")}
        </button>
      </p>
    </dialog>
  );
}

function Point({ icon, words }: { readonly icon: string; readonly words: string }) {
  return (
    <li class="follows">
      <Icon name={icon} />
      <span>{words}</span>
    </li>
  );
}

function stepWords({ did, which }: { readonly did: "card" | "operation" | "device"; readonly which: string }): string {
  if (did === "card") return t("Contact card taken back.");
  return did === "operation" ? t("Left {name}.", { name: which }) : t("Device revoked: {label}", { label: which });
}
