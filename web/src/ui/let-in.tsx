/** Letting in a new device: the one-time code, who asks with it, and the person's word (docs/spec/27-ways.md). */
import { useEffect, useState } from "preact/hooks";
import type { ApprovalView } from "../worker/owning.ts";
import type { Problem } from "../worker/protocol.ts";
import { Icon } from "./icon.tsx";
import { own, ownWords } from "./own.ts";
import { problemOf } from "./state.ts";
import { clock } from "./times.ts";
import { t } from "./words.ts";

const LOOK_AGAIN = 2_000;

export function LetIn({ done }: { readonly done: () => void }) {
  const [view, setView] = useState<ApprovalView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  const state = view?.state ?? null;
  const take = (work: Promise<ApprovalView>): Promise<void> => work.then(setView, (reason: unknown) => setProblem(problemOf(reason)));
  useEffect(() => {
    if (state !== "waiting" && state !== "asked") return;
    const timer = setInterval(() => void take(own("lookIn", {})), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [state]);
  const begin = (): void => {
    setProblem(null);
    void take(own("letIn", {}));
  };
  const agree = async (): Promise<void> => {
    setWorking(true);
    await take(own("agree", {}));
    setWorking(false);
  };
  const refuse = async (): Promise<void> => {
    setView(null);
    await own("refuse", {}).catch((reason: unknown) => setProblem(problemOf(reason)));
  };
  return (
    <div class="stack">
      {problem !== null && (
        <p class="wrong" role="alert">
          <Icon name="warning" />
          <span>{ownWords(problem)}</span>
        </p>
      )}
      {(view === null || problem !== null) && (
        <p>
          <button class="button" type="button" onClick={begin}>
            <Icon name="plus" />
            {t("Let in a new device")}
          </button>
        </p>
      )}
      {view !== null && problem === null && state === "waiting" && (
        <div class="panel stack" role="status">
          <h3>{t("Type this code on the new device")}</h3>
          <p class="one-time code">{view.code}</p>
          <p class="quiet">{t("There: “Another device of yours that is open”. The code is good until {time} UTC, for one device. Show it to nobody else.", { time: clock(view.expires) })}</p>
          <p>
            <button class="button is-small" type="button" onClick={() => void refuse()}>
              {t("Stop")}
            </button>
          </p>
        </div>
      )}
      {view !== null && problem === null && state === "asked" && (
        <div class="panel stack" role="status">
          <h3>{t("“{label}” asks to become a device of yours", { label: view.label ?? "" })}</h3>
          <p>{t("It has typed your code. Is it the machine in front of you, and does it show the same name? It will read and send as you.")}</p>
          <p class="row">
            <button class="button is-main" type="button" disabled={working} onClick={() => void agree()}>
              <Icon name="check" />
              {t("Yes, let it in")}
            </button>
            <button class="button" type="button" onClick={() => void refuse()}>
              {t("No, refuse")}
            </button>
          </p>
        </div>
      )}
      {view !== null && problem === null && state === "answered" && (
        <div class="panel stack" role="status">
          <h3>{t("“{label}” is a device of yours now", { label: view.label ?? "" })}</h3>
          <p>{t("It opens by itself. If it doesn’t within a minute, revoke it here and try again.")}</p>
          <p>
            <button
              class="button is-small"
              type="button"
              onClick={() => {
                setView(null);
                done();
              }}
            >
              {t("Done")}
            </button>
          </p>
        </div>
      )}
      {view !== null && problem === null && state === "over" && (
        <div class="panel stack" role="status">
          <p>{t("The code is over: it was used or refused, or its ten minutes have passed. Ask for a new one.")}</p>
          <p>
            <button class="button is-small" type="button" onClick={() => setView(null)}>
              {t("Close")}
            </button>
          </p>
        </div>
      )}
    </div>
  );
}
