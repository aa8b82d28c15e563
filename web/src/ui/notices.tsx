/** Who has acknowledged: countries × notices, filling as answers come; on a phone one plain list for each notice. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { hasAnswered } from "../domain/acknowledgements.ts";
import { countriesOf } from "../domain/lists.ts";
import { said } from "../domain/texts.ts";
import type { B64, ChannelView, CountryRow, NoticeView, OperationView, Problem } from "../worker/protocol.ts";
import { domain } from "./alerts.ts";
import { channelName } from "./channels.ts";
import { startDraft } from "./drafts.ts";
import { AnswerEvidence } from "./evidence.tsx";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { NoticeTitle, Urgent, countWords, kindWords, stateWords } from "./notice.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, noticesPath } from "./route.ts";
import { ask, attempt, now, onItems, operations, problemOf, tasks } from "./state.ts";
import { clockOrDay, dateAndClock, dayMonth } from "./times.ts";
import { country, language, t, tn, tx } from "./words.ts";

const LAST = 5;
const HOUR = 3_600_000;
/** Answers of many countries come in one breath: the page counts once for all of them. */
const BREATH = 250;
const NARROW = matchMedia("(width < 40rem)");
const LETTERS: Readonly<Record<CountryRow["state"], string>> = { "action-taken": "D", acknowledged: "A", opened: "O", "not-applicable": "N", silent: "S" };

interface NoticesProps {
  readonly operation: B64 | null;
}

export function Notices({ operation }: NoticesProps) {
  const all = operations.value;
  if (all === null) {
    return (
      <Page>
        <h1 tabIndex={-1}>{t("Who has acknowledged")}</h1>
        <p role="status">{t("Opening your channels …")}</p>
      </Page>
    );
  }
  const waiting = tasks.value.acknowledge[0]?.operation;
  const chosen = all.find((one) => one.operation === (operation ?? waiting)) ?? (operation === null ? all[0] : undefined);
  if (chosen === undefined) {
    return (
      <Page narrow>
        <div class="page-head">
          <h1 tabIndex={-1}>{t("Who has acknowledged")}</h1>
        </div>
        <p>{t("You aren’t a member of an operation yet. A coordinator admits you; it then appears here.")}</p>
      </Page>
    );
  }
  return <Board key={chosen.operation} operation={chosen} others={all.filter((one) => one !== chosen)} />;
}

function useNotices(operation: OperationView): { readonly views: readonly NoticeView[] | null; readonly problem: Problem | null } {
  const [views, setViews] = useState<readonly NoticeView[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { operation: id, channels } = operation;
  const names = channels.map(({ channel }) => channel).join();
  const refresh = useCallback(async (): Promise<void> => {
    try {
      setViews(await ask("notices", { operation: id }));
      setProblem(null);
    } catch (reason) {
      setProblem(problemOf(reason));
    }
  }, [id]);
  useEffect(() => {
    let timer = 0;
    void refresh();
    const stop = onItems((channel) => {
      if (!names.includes(channel)) return;
      clearTimeout(timer);
      timer = window.setTimeout(() => void refresh(), BREATH);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [refresh, names]);
  return { views, problem };
}

type Which = "last" | "urgent" | "all";
type Standing = "any" | "not-yet" | "silent" | "opened";

interface Filter {
  readonly which: Which;
  readonly standing: Standing;
  readonly region: string;
}

function shownNotices(views: readonly NoticeView[], which: Which): readonly NoticeView[] {
  const found = which === "urgent" ? views.filter(({ urgent }) => urgent) : views;
  return which === "last" ? found.slice(0, LAST) : found;
}

function isShown(row: CountryRow | undefined, standing: Standing): boolean {
  if (standing === "any") return true;
  if (row?.asked !== true) return false;
  return standing === "not-yet" ? !hasAnswered(row) : row.state === standing;
}

/** Every country that was asked or has answered, by the state in the first of the notices, in the reader's order of names. */
function shownCountries(shown: readonly NoticeView[], { standing, region }: Filter): readonly string[] {
  const lists = domain.value?.lists;
  const inRegion = region === "" || lists === undefined ? null : new Set(countriesOf(lists, region));
  const found = new Set(shown.flatMap(({ rows }) => rows.map((row) => row.country)));
  return [...found]
    .filter((code) => inRegion?.has(code) !== false && isShown(shown[0]?.rows.find((row) => row.country === code), standing))
    .sort((a, b) => country(a).localeCompare(country(b)));
}

interface BoardProps {
  readonly operation: OperationView;
  readonly others: readonly OperationView[];
}

function Board({ operation, others }: BoardProps) {
  const { views, problem } = useNotices(operation);
  const [filter, setFilter] = useState<Filter>({ which: "last", standing: "any", region: "" });
  const [narrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const changed = (): void => setNarrow(NARROW.matches);
    NARROW.addEventListener("change", changed);
    return () => NARROW.removeEventListener("change", changed);
  }, []);
  const shown = shownNotices(views ?? [], filter.which);
  const countries = shownCountries(shown, filter);
  return (
    <Page>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{t("Who has acknowledged")}</h1>
          <Lead operation={operation} newest={views?.[0]} />
        </div>
        <Begin channels={operation.channels.filter(({ maySend }) => maySend.includes("notice"))} />
      </div>
      {others.length > 0 && (
        <p class="row meta">
          <span>{t("Other operations:")}</span>{" "}
          {others.map((one) => (
            <a class="textlink" key={one.operation} href={noticesPath(one.operation)}>
              <bdi>{one.name}</bdi>
            </a>
          ))}
        </p>
      )}
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      {views === null && problem === null && <p role="status">{t("Opening and checking what was sent …")}</p>}
      {views?.length === 0 && <p>{t("No notice has been sent here yet. A coordinator sends them; each country acknowledges once.")}</p>}
      {shown.length > 0 || filter.which === "urgent" ? (
        <>
          <Filters filter={filter} change={setFilter} total={views?.length ?? 0} newest={shown[0]} />
          <Legend />
          {narrow ? <Lists shown={shown} countries={countries} standing={filter.standing} /> : <Matrix shown={shown} countries={countries} operation={operation} />}
        </>
      ) : null}
    </Page>
  );
}

function Lead({ operation, newest }: { readonly operation: OperationView; readonly newest: NoticeView | undefined }) {
  if (newest === undefined) {
    return (
      <p class="lead">
        <bdi>{operation.name}</bdi>
      </p>
    );
  }
  const silent = newest.asked.length - newest.acknowledged - newest.opened;
  return (
    <p class="lead" role="status">
      <bdi>{operation.name}</bdi>.{" "}
      {tx("{kind}: {words}", {
        kind: t("Notice {number}", { number: newest.number }),
        words: <>{tx("{counts} acknowledged", { counts: <b>{countWords(newest)}</b> })}</>,
      })}
      ,{" "}
      {tn("{n} has opened it", "{n} have opened it", newest.opened)}, <b>{tn("{n} is silent", "{n} are silent", silent)}</b>.{" "}
      {newest.due !== null && t("Due {moment} UTC.", { moment: dateAndClock(newest.due) })}
    </p>
  );
}

/** Where there are several channels, the coordinator chooses who will read it. */
function Begin({ channels }: { readonly channels: readonly ChannelView[] }) {
  const [id, setId] = useState<B64 | null>(null);
  const channel = channels.find((one) => one.channel === id) ?? channels.find(({ type }) => type === "announcement") ?? channels.find(({ type }) => type === "all") ?? channels[0];
  if (channel === undefined) return null;
  const begin = (): void => attempt(startDraft({ operation: channel.operation, channel: channel.channel, kind: "notice" }));
  return (
    <p class="row row-tight">
      {channels.length > 1 && (
        <>
          <label class="hidden-text" for="n-channel">
            {t("Channel")}
          </label>
          <select class="input is-short" id="n-channel" value={channel.channel} onChange={(event) => setId(event.currentTarget.value)}>
            {channels.map((one) => (
              <option key={one.channel} value={one.channel}>
                {channelName(one)}
              </option>
            ))}
          </select>
        </>
      )}
      <button class="button is-main" type="button" onClick={begin}>
        <Icon name="plus" />
        {t("New notice")}
      </button>
    </p>
  );
}

interface FiltersProps {
  readonly filter: Filter;
  readonly change: (filter: Filter) => void;
  readonly total: number;
  readonly newest: NoticeView | undefined;
}

function Filters({ filter, change, total, newest }: FiltersProps) {
  const regions = domain.value?.lists.get("regions")?.entries ?? [];
  return (
    <form class="filters" aria-label={t("Filter the matrix")} onSubmit={(event) => event.preventDefault()}>
      {regions.length > 0 && (
        <div class="field">
          <label for="f-region">{t("Region")}</label>
          <select class="input" id="f-region" value={filter.region} onChange={(event) => change({ ...filter, region: event.currentTarget.value })}>
            <option value="">{t("All regions")}</option>
            {regions.map((entry) => (
              <option key={entry.code} value={entry.code}>
                {said(entry.label, language.value)}
              </option>
            ))}
          </select>
        </div>
      )}
      <div class="field">
        <label for="f-which">{t("Notices")}</label>
        <select class="input" id="f-which" value={filter.which} onChange={(event) => change({ ...filter, which: event.currentTarget.value as Which })}>
          <option value="last">{t("Last five")}</option>
          <option value="urgent">{t("Urgent only")}</option>
          <option value="all">{t("All {n}", { n: total })}</option>
        </select>
      </div>
      {newest !== undefined && (
        <div class="field">
          <label for="f-state">{t("State of notice {number}", { number: newest.number })}</label>
          <select class="input" id="f-state" value={filter.standing} onChange={(event) => change({ ...filter, standing: event.currentTarget.value as Standing })}>
            <option value="any">{t("Any state")}</option>
            <option value="not-yet">{t("Not yet acknowledged")}</option>
            <option value="silent">{t("Silent")}</option>
            <option value="opened">{t("Opened only")}</option>
          </select>
        </div>
      )}
    </form>
  );
}

function Mark({ state }: { readonly state: CountryRow["state"] }) {
  const letter = LETTERS[state];
  return (
    <span class={`mk mk-${letter.toLowerCase()}`} aria-hidden="true">
      {letter}
    </span>
  );
}

function Legend() {
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

function Matrix({ shown, countries, operation }: MatrixProps) {
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
    return <>{t("{n} h", { n: Math.max(0, hours) })}</>;
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

function Lists({ shown, countries, standing }: ListsProps) {
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
