/** Countries × notices, and on a phone one plain list for each notice. */
import type { B64, CountryRow, NoticeView, OperationView } from "../worker/protocol.ts";
import { channelName } from "./channels.ts";
import { AnswerEvidence } from "./evidence.tsx";
import { NoticeTitle, Urgent, countWords, kindWords, stateWords } from "./notice.tsx";
import { Away } from "./stand-in.tsx";
import { type Standing, isShown } from "./notices-filter.tsx";
import { channelPath } from "./route.ts";
import { now } from "./state.ts";
import { clockOrDay, dayMonth } from "./times.ts";
import { country, t } from "./words.ts";

const HOUR = 3_600_000;
const LETTERS: Readonly<Record<CountryRow["state"], string>> = { "action-taken": "D", acknowledged: "A", opened: "O", "not-applicable": "N", silent: "S" };

function Mark({ state }: { readonly state: CountryRow["state"] }) {
  const letter = LETTERS[state];
  return (
    <span class={`mk mk-${letter.toLowerCase()}`} aria-hidden="true">
      {letter}
    </span>
  );
}

export function Legend() {
  const states = Object.keys(LETTERS) as readonly CountryRow["state"][];
  return (
    <div class="block">
      <ul class="legend meta" aria-label={t("Letters")}>
        {states.map((state) => (
          <li key={state}>
            <Mark state={state} />
            {stateWords(state)}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface MatrixProps {
  readonly shown: readonly NoticeView[];
  readonly countries: readonly string[];
  readonly operation: OperationView;
}

export function Matrix({ shown, countries, operation }: MatrixProps) {
  const several = new Set(shown.map(({ channel }) => channel)).size > 1;
  const nameOf = (id: B64): string => {
    const channel = operation.channels.find((one) => one.channel === id);
    return channel === undefined ? "" : channelName(channel);
  };
  return (
    <div class="block">
      <div class="scroll" role="region" aria-labelledby="mx-c" tabIndex={0}>
        <table class="matrix">
          <caption class="hidden-text" id="mx-c">
            {t("Acknowledgement by country and notice")}
          </caption>
          <thead>
            <tr>
              <th scope="col">{t("Country and contact point")}</th>
              {shown.map((view) => (
                <th scope="col" key={view.id}>
                  <a class="textlink" href={channelPath(view.operation, view.channel, view.id)}>
                    {t("Notice {number}", { number: view.number })}
                  </a>
                  {several && (
                    <small>
                      <bdi>{nameOf(view.channel)}</bdi>
                    </small>
                  )}
                  <small>{kindWords(view.body.notice)}</small>
                  <small>{view.due === null ? t("no date") : t("due {day}", { day: dayMonth(view.due) })}</small>
                  {view.urgent && <Urgent />}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {countries.map((code) => (
              <tr key={code}>
                <CountryHead code={code} shown={shown} />
                {shown.map((view, at) => (
                  <td key={view.id}>
                    <Cell row={view.rows.find((row) => row.country === code)} view={view} full={at === 0} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t("Acknowledged")}</th>
              {shown.map((view) => (
                <td key={view.id}>{t("{done} of {asked}", { done: view.acknowledged, asked: view.asked.length })}</td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
    </div>
  );
}

/** Organisations are often certified as "Peru · Customs"; beside the country its name is said once. */
function withoutCountry(organisation: string): string {
  return organisation.split(" · ").at(-1) ?? organisation;
}

function CountryHead({ code, shown }: { readonly code: string; readonly shown: readonly NoticeView[] }) {
  const row = shown.flatMap(({ rows }) => rows).find((one) => one.country === code && one.organisation !== null);
  return (
    <th scope="row">
      <bdi class="cc">{code}</bdi> {country(code)}
      {row !== undefined && <span class="org quiet"> · {withoutCountry(row.organisation ?? "")}</span>}
      <Away is={(one) => one.country === code} />
    </th>
  );
}

interface CellProps {
  readonly row: CountryRow | undefined;
  readonly view: NoticeView;
  readonly full: boolean;
}

function Cell({ row, view, full }: CellProps) {
  if (row === undefined) return <span class="not-asked">{t("not asked")}</span>;
  return (
    <span title={row.by === null ? stateWords(row.state) : `${stateWords(row.state)}, ${row.by}`}>
      <Mark state={row.state} />
      <span class="hidden-text">{stateWords(row.state)} </span>
      {full && <When row={row} view={view} />}
      {!full && row.late && <span class="meta">{t("late")}</span>}
    </span>
  );
}

/** When it was answered, by the hub's clock, and by the author's where the two are far apart; how long it is silent. */
function When({ row, view }: { readonly row: CountryRow; readonly view: NoticeView }) {
  if (row.at === null) {
    const hours = Math.floor((now.value - view.signature.receivedAt) / HOUR);
    return <>{hours < 1 ? t("just now") : t("{n} h", { n: hours })}</>;
  }
  return (
    <>
      {clockOrDay(row.at, now.value)}
      {row.late && ` · ${t("late")}`}
      {row.said !== null && <span class="meta"> {t("(says {moment})", { moment: clockOrDay(row.said, now.value) })}</span>}
      {row.answer !== null && <AnswerEvidence channel={view.channel} id={row.answer} country={country(row.country)} />}
    </>
  );
}

interface ListsProps {
  readonly shown: readonly NoticeView[];
  readonly countries: readonly string[];
  readonly standing: Standing;
}

export function Lists({ shown, countries, standing }: ListsProps) {
  return (
    <>
      {shown.map((view, at) => (
        <details class="block notice-list" key={view.id} open={at === 0}>
          <summary>
            <NoticeTitle item={view} /> <span class="meta">{countWords(view)}</span>
          </summary>
          <ul>
            {view.rows
              .filter((row) => countries.includes(row.country) && isShown(row, standing))
              .map((row) => (
                <li key={row.country}>
                  <Mark state={row.state} />
                  <span>
                    {country(row.country)} <span class="meta">{stateWords(row.state)}</span>
                  </span>
                  <span class="meta">
                    <When row={row} view={view} />
                  </span>
                </li>
              ))}
          </ul>
          <p>
            <a class="textlink" href={channelPath(view.operation, view.channel, view.id)}>
              {t("Open the notice")}
            </a>
          </p>
        </details>
      ))}
    </>
  );
}
