/** Who has acknowledged: countries × notices, filling as answers come; on a phone one plain list for each notice. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { B64, ChannelView, NoticeView, OperationView, Problem } from "../worker/protocol.ts";
import { channelName } from "./channels.ts";
import { startDraft } from "./drafts.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { countWords } from "./notice.tsx";
import { type Filter, Filters, shownCountries, shownNotices } from "./notices-filter.tsx";
import { Legend, Lists, Matrix } from "./notices-table.tsx";
import { problemWords } from "./problems.ts";
import { noticesPath } from "./route.ts";
import { ask, attempt, onItems, operations, problemOf, tasks } from "./state.ts";
import { dateAndClock } from "./times.ts";
import { t, tn, tx } from "./words.ts";

/** Answers of many countries come in one breath: the page counts once for all of them. */
const BREATH = 250;
const NARROW = matchMedia("(width < 40rem)");
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
          <Filters filter={filter} change={setFilter} total={views?.length ?? 0} newest={shown[0]} folded={narrow} />
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
