/** What needs me: drafts, what waits to be sent, what is unread. */
import type { ComponentChildren } from "preact";
import type { Draft } from "../worker/protocol.ts";
import { summarised } from "./alerts.ts";
import { channelName, compartmentIcon, compartmentWords } from "./channels.ts";
import { Foot, Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { OutboxAction, OutboxState, outboxCause } from "./outgoing.tsx";
import { channelPath, draftPath } from "./route.ts";
import { ask, attempt, drafts, findChannel, findOperation, now, operations, outbox, refreshDrafts, session, unread } from "./state.ts";
import { clock, dateAndClock, dayHeading } from "./times.ts";
import { t, tn } from "./words.ts";

function channelWords(operation: string, channel: string): string {
  const found = findChannel(channel);
  const name = findOperation(operation)?.name ?? "";
  return found === null ? name : t("{channel}, {operation}", { channel: channelName(found), operation: name });
}

export function draftTitle(draft: Draft): string {
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
              {entry.kind === "alert" ? t("Alert") : t("Post")} <bdi class="ref">{entry.reference}</bdi>
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
