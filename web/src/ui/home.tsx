/** What needs me: drafts, what waits to be sent, what is unread. */
import type { ComponentChildren } from "preact";
import type { Draft, Item, NoticeItem, OutboxEntry } from "../worker/protocol.ts";
import { summarised, summaryOf } from "./alerts.ts";
import { channelName, compartmentIcon, compartmentWords } from "./channels.ts";
import { Foot, Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { Nothing, lazy } from "./lazy.tsx";
import { AnswerNow, NoticeMeta, NoticeTitle, Urgent } from "./notice.tsx";
import { OutboxAction, OutboxState, outboxCause } from "./outgoing.tsx";
import { authorName, isAlert } from "./rows.tsx";
import { channelPath, draftPath, go } from "./route.ts";
import { ask, attempt, drafts, findChannel, findOperation, now, operations, outbox, refreshDrafts, session, tasks, unread } from "./state.ts";
import { clock, dateAndClock, dayHeading } from "./times.ts";
import { country, language, t, tn, tx } from "./words.ts";

const Reminders = lazy(async () => (await import("./reminders.tsx")).Reminders, Nothing);

function channelWords(operation: string, channel: string): string {
  const found = findChannel(channel);
  const name = findOperation(operation)?.name ?? "";
  return found === null ? name : t("{channel}, {operation}", { channel: channelName(found), operation: name });
}

export function draftTitle(draft: Draft): string {
  if (draft.kind === "notice") {
    const title = draft.values[`title_${language.value}`];
    const words = typeof title === "string" ? title.trim() : "";
    return words === "" ? t("{kind}, nothing written yet", { kind: t("Notice") }) : t("{kind}: {words}", { kind: t("Notice"), words: words.slice(0, 80) });
  }
  if (draft.kind === "post") {
    const text = draft.values["text"];
    const words = typeof text === "string" ? text.trim().split("\n")[0] ?? "" : "";
    const kind = draft.ref === null ? t("Post") : t("Reply");
    return words === "" ? t("{kind}, nothing written yet", { kind }) : t("{kind}: {words}", { kind, words: words.slice(0, 80) });
  }
  const values = draft.values as Readonly<Record<string, string | number>>;
  const summary = summarised(draft.template ?? "", draft.form ?? "", values, "");
  return t("{kind}: {words}", { kind: summary.type, words: summary.product ?? t("no goods named") });
}

interface TaskProps {
  readonly icon: string;
  readonly due?: boolean;
  readonly title: ComponentChildren;
  readonly words: ComponentChildren;
  readonly actions: ComponentChildren;
}

function Task({ icon, due = false, title, words, actions }: TaskProps) {
  return (
    <li class={due ? "is-due" : undefined}>
      <Icon name={icon} />
      <div>
        <h3>{title}</h3>
        <p class="meta">{words}</p>
      </div>
      <p class="actions">{actions}</p>
    </li>
  );
}

function ToAcknowledge({ items }: { readonly items: readonly NoticeItem[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="h-ack">
      <div class="section-head">
        <h2 id="h-ack">
          {t("To acknowledge for {country}", { country: country(session.value?.country ?? "") })} <span class="n">{items.length}</span>
        </h2>
      </div>
      <ul class="tasks">
        {items.map((item) => (
          <li class="is-due" key={item.id}>
            <Icon name="notice" />
            <div>
              <h3>
                {item.urgent && <Urgent />}{" "}
                <a href={channelPath(item.operation, item.channel, item.id)}>
                  <NoticeTitle item={item} />
                </a>
              </h3>
              <NoticeMeta item={item} from={`${authorName(item.author)}, ${findOperation(item.operation)?.name ?? ""}`} />
            </div>
            <p class="actions">
              <AnswerNow item={item} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Questions({ items }: { readonly items: readonly Item[] }) {
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="h-ask">
      <div class="section-head">
        <h2 id="h-ask">
          {t("Questions to {country}", { country: country(session.value?.country ?? "") })} <span class="n">{items.length}</span>
        </h2>
      </div>
      <ul class="tasks">
        {items.map((item) => (
          <Question key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Question({ item }: { readonly item: Item }) {
  const channel = findChannel(item.channel);
  if (item.is !== "alert" || !isAlert(item.body) || channel === null) return null;
  const summary = summaryOf(item.body);
  const path = channelPath(channel.operation, item.channel, item.id);
  const begin = async (): Promise<void> => {
    const { answerWarning } = await import("./begin.ts");
    if (!(await answerWarning(item, channel.operation))) go(path);
  };
  return (
    <li class="is-due">
      <Icon name="help" />
      <div>
        <h3>
          {item.urgent && <Urgent />}{" "}
          <a href={path}>
            {tx("{kind}: {words}", { kind: summary.type, words: <bdi>{summary.product ?? t("no goods named")}</bdi> })}
          </a>
        </h3>
        <p class="meta">
          <bdi>{authorName(item.author)}</bdi>, <bdi class="ref">{item.reference}</bdi>
          {item.due !== null && <> · {t("answer by {moment} UTC", { moment: dateAndClock(item.due) })}</>}
        </p>
      </div>
      <p class="actions">
        <button class="button is-small" type="button" onClick={() => attempt(begin())}>
          {t("Answer")}
          <span class="hidden-text"> {item.reference}</span>
        </button>
      </p>
    </li>
  );
}

function sentKind({ kind }: OutboxEntry): string {
  if (kind === "acknowledgement") return t("Answer to a notice");
  if (kind === "notice") return t("Notice");
  return kind === "alert" ? t("Alert") : t("Post");
}

function Outbox() {
  const entries = outbox.value.filter(({ state }) => state !== "sent");
  return (
    <>
      {entries.map((entry) => (
        <Task
          key={entry.id}
          icon="outbox"
          due={entry.state === "refused"}
          title={
            <>
              {sentKind(entry)} <bdi class="ref">{entry.reference}</bdi>
            </>
          }
          words={
            <>
              <OutboxState entry={entry} /> · {outboxCause(entry)}
            </>
          }
          actions={<OutboxAction entry={entry} />}
        />
      ))}
    </>
  );
}

function Drafts() {
  const remove = async (id: string): Promise<void> => {
    await ask("dropDraft", { id });
    await refreshDrafts();
  };
  return (
    <>
      {drafts.value.map((draft) => (
        <Task
          key={draft.id}
          icon="draft"
          title={
            <a href={draft.ref === null ? draftPath(draft.operation, draft.channel, draft.id) : channelPath(draft.operation, draft.channel, draft.ref)}>
              <bdi>{draftTitle(draft)}</bdi>
            </a>
          }
          words={t("Draft of {moment} UTC. {channel}", {
            moment: dateAndClock(draft.changedAt),
            channel: channelWords(draft.operation, draft.channel),
          })}
          actions={
            <button class="button is-small" type="button" onClick={() => attempt(remove(draft.id))}>
              {t("Delete")}
              <span class="hidden-text"> {draftTitle(draft)}</span>
            </button>
          }
        />
      ))}
    </>
  );
}

function UnreadTable() {
  const rows = (operations.value ?? []).flatMap((operation) => operation.channels.map((channel) => ({ operation, channel }))).filter(({ channel }) => channel.unread > 0);
  if (rows.length === 0) {
    return (
      <p class="meta">
        {t("Nothing is unread.")} <a href="/o">{t("All channels")}</a>
      </p>
    );
  }
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">{t("Channel")}</th>
          <th scope="col" class="wide">
            {t("Operation")}
          </th>
          <th scope="col" class="num">
            {t("Unread")}
          </th>
          <th scope="col">
            <span class="hidden-text">{t("Urgency")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ operation, channel }) => (
          <tr class="is-unread" key={channel.channel}>
            <th scope="row">
              <a href={channelPath(operation.operation, channel.channel)}>
                <Icon name={compartmentIcon(channel.compartment)} />
                <bdi>{channelName(channel)}</bdi>
                <span class="hidden-text"> ({compartmentWords(channel.compartment)})</span>
              </a>
            </th>
            <td class="wide">
              <bdi>{operation.name}</bdi>
            </td>
            <td class="num">
              <b>{channel.unread}</b>
            </td>
            <td>
              {channel.urgent > 0 && (
                <span class="flag">
                  <Icon name="urgent" />
                  {t("{n} urgent", { n: channel.urgent })}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Home() {
  const mine = drafts.value.length + outbox.value.filter(({ state }) => state !== "sent").length;
  const channels = (operations.value ?? []).flatMap((operation) => operation.channels).filter((channel) => channel.unread > 0).length;
  return (
    <>
      <Page>
        <div class="page-head">
          <div>
            <h1 tabIndex={-1}>{t("What needs you")}</h1>
            <p class="lead">{t("{day}, {time} UTC.", { day: dayHeading(now.value, now.value), time: clock(now.value) })}</p>
          </div>
        </div>
        <div class="with-side">
          <div class="stack-large">
            <ToAcknowledge items={tasks.value.acknowledge} />
            <Questions items={tasks.value.questions} />
            <Reminders />
            <section aria-labelledby="h-mine">
              <div class="section-head">
                <h2 id="h-mine">
                  {t("Your drafts and outbox")} <span class="n">{mine}</span>
                </h2>
              </div>
              {mine === 0 ? (
                <p class="meta">{t("Nothing is unfinished. What you begin to write is kept here until you send it.")}</p>
              ) : (
                <ul class="tasks">
                  <Outbox />
                  <Drafts />
                </ul>
              )}
            </section>
            <section aria-labelledby="h-unread">
              <div class="section-head">
                <h2 id="h-unread">
                  {t("Unread")}{" "}
                  {unread.value > 0 && (
                    <span class="n">
                      {unread.value} · {tn("{n} channel", "{n} channels", channels)}
                    </span>
                  )}
                </h2>
              </div>
              {operations.value === null ? <p role="status">{t("Opening your channels …")}</p> : <UnreadTable />}
            </section>
          </div>
          <div class="stack">
            <section class="panel" aria-labelledby="h-you">
              <h2 id="h-you">{t("You")}</h2>
              <dl class="fields">
                <div class="pair-line">
                  <dt>{t("Name")}</dt>
                  <dd>
                    <bdi>{session.value?.name ?? ""}</bdi>
                  </dd>
                </div>
                <div class="pair-line">
                  <dt>{t("Account")}</dt>
                  <dd>
                    <bdi class="code">{session.value?.code ?? ""}</bdi>
                  </dd>
                </div>
                <div class="pair-line">
                  <dt>{t("This device")}</dt>
                  <dd>
                    <bdi>{session.value?.deviceLabel ?? ""}</bdi>
                  </dd>
                </div>
              </dl>
            </section>
          </div>
        </div>
      </Page>
      <Foot />
    </>
  );
}
