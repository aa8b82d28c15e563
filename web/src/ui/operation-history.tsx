/** Every signed change of an operation, newest first: who, what, when, as this browser has checked it. */
import { useState } from "preact/hooks";
import type { HistoryLine } from "../worker/governing.ts";
import type { B64 } from "../worker/protocol.ts";
import { Page } from "./frame.tsx";
import { governWords, pathOf, useGoverned } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { findOperation, now } from "./state.ts";
import { changeWords } from "./system.tsx";
import { formName } from "./operation.tsx";
import { clock, dayHeading, dayOf, machineTime } from "./times.ts";
import { t } from "./words.ts";

const STEP = 100;
/** In ms: further apart than this, both times are shown. */
const LATE = 10 * 60_000;

export function OperationHistory({ operation }: { readonly operation: B64 }) {
  const [limit, setLimit] = useState(STEP);
  const { answer, problem } = useGoverned("history", { operation, limit });
  const here = findOperation(operation);
  const days = new Map<number, HistoryLine[]>();
  for (const line of answer?.lines ?? []) days.set(dayOf(line.at), [...(days.get(dayOf(line.at)) ?? []), line]);
  return (
    <Page narrow>
      <p>
        <a class="textlink" href={pathOf(operation, "operation")}>
          <Icon name="back" more="flip" />
          {here === null ? t("Operation") : <bdi>{here.name}</bdi>}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{t("History of this operation")}</h1>
          <p class="lead">{t("Each line is a signed change that this browser has checked. The hub can’t leave one out, alter it or put it elsewhere without being noticed.")}</p>
        </div>
      </div>
      {problem !== null && <p role="alert">{governWords(problem)}</p>}
      {here !== null && here.frozen !== null && (
        <p class="panel is-due" role="alert">
          {t("The next change doesn’t hold, so the history ends here and the operation is read-only. Tell a coordinator by phone.")}
        </p>
      )}
      {answer === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {[...days].map(([day, lines]) => (
        <section key={day} aria-label={dayHeading(lines[0]?.at ?? 0, now.value)}>
          <h2 class="history-day">{t("{day}. Times are UTC.", { day: dayHeading(lines[0]?.at ?? 0, now.value) })}</h2>
          <ol class="log">
            {lines.map((line) => (
              <li key={line.id}>
                <time dateTime={machineTime(line.at)}>{clock(line.at)}</time>
                <p>
                  {changeWords({ ...line, channelName: line.channelLabel, detail: line.what === "form" ? [formName(line.detail[0] ?? "")] : line.detail })}
                  {line.channelLabel !== null && (line.what === "new-secret" || line.what === "granted" || line.what === "bad-secret") && (
                    <span class="where">
                      <bdi>{line.channelLabel}</bdi>
                    </span>
                  )}
                  {Math.abs(line.receivedAt - line.at) > LATE && <span class="where">{t("The hub took it at {time}.", { time: clock(line.receivedAt) })}</span>}
                </p>
                <span class="leaf">{t("change {n}", { n: line.seq + 1 })}</span>
              </li>
            ))}
          </ol>
        </section>
      ))}
      {answer?.more === true && (
        <p class="block">
          <button class="button" type="button" onClick={() => setLimit(limit + STEP)}>
            {t("Show earlier ones")}
          </button>
        </p>
      )}
    </Page>
  );
}
