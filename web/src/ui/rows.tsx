/** The lines of a channel: alert, post, signed change, fault. Every cell has one place, so that an eye runs down a column. */
import type { ComponentChildren } from "preact";
import type { AlertBody, Author, Item, PostBody } from "../worker/protocol.ts";
import { type Summary, summaryOf } from "./alerts.ts";
import { Icon } from "./icon.tsx";
import { Nothing, lazy } from "./lazy.tsx";
import { NoticeRow } from "./notice.tsx";
import { channelPath } from "./route.ts";
import { attempt, ask } from "./state.ts";
import { clock, machineTime } from "./times.ts";
import { country, t, tn } from "./words.ts";

const SystemWords = lazy(async () => (await import("./system.tsx")).SystemWords, Nothing);

export type Sent = Extract<Item, { is: "alert" | "post" }>;
export type Fault = Extract<Item, { is: "fault" }>;
export type System = Extract<Item, { is: "system" }>;

export function isAlert(body: AlertBody | PostBody): body is AlertBody {
  return "fields" in body;
}

export function authorName(author: Author): string {
  return author.organisation === "" ? author.name : `${author.name} · ${author.organisation}`;
}

export function timeOf(item: Item): number {
  if (item.is === "fault") return item.receivedAt;
  return item.is === "system" ? item.at : item.signature.at;
}

export function Clock({ at }: { readonly at: number }) {
  return (
    <time dateTime={machineTime(at)}>
      <bdi>{clock(at)}</bdi>
    </time>
  );
}

export function Tlp({ mark }: { readonly mark: string }) {
  const colour = /^TLP:(RED|AMBER|GREEN|CLEAR)/.exec(mark)?.[1]?.toLowerCase() ?? "clear";
  return <span class={`tlp tlp-${colour}`}>{mark}</span>;
}

interface AlertCellsProps {
  readonly summary: Summary;
  readonly from: string;
  readonly mine: boolean;
  readonly product: ComponentChildren;
  readonly time: ComponentChildren;
  readonly state: ComponentChildren;
  /** A draft names what is still missing of these; in the feed an absent part is left out. */
  readonly missing?: { readonly quantity: string | null; readonly place: string | null };
}

/** The eight cells, the same in the feed and in "What others see first". */
export function AlertCells({ summary, from, mine, product, time, state, missing = { quantity: null, place: null } }: AlertCellsProps) {
  return (
    <>
      <p class="alert-type">
        <Icon name={summary.icon} />
        <span class="word">{summary.type}</span>
      </p>
      <p class="alert-country">
        <bdi class="cc">{from}</bdi> {mine ? t("{country} (you)", { country: country(from) }) : country(from)}
      </p>
      {product}
      <p class="alert-place">
        {summary.way !== null && (
          <>
            <Icon name={summary.way.icon} />
            <span class={summary.place === null && missing.place === null ? undefined : "hidden-text"}>{summary.way.name} </span>
          </>
        )}
        {summary.place !== null && <bdi>{summary.place}</bdi>}
        {summary.place === null && <span class="quiet">{missing.place}</span>}
      </p>
      <p class="alert-qty">
        {summary.quantity === null ? (
          <span>{missing.quantity}</span>
        ) : (
          <>
            <b>
              <bdi>{summary.quantity}</bdi>
            </b>{" "}
            <span>{summary.unit}</span>
          </>
        )}
      </p>
      <p class="alert-tlp">{summary.tlp !== null && <Tlp mark={summary.tlp} />}</p>
      <p class="alert-time">{time}</p>
      <p class="alert-state">{state}</p>
    </>
  );
}

interface RowProps {
  readonly item: Sent;
  readonly operation: string;
  readonly unread: boolean;
  readonly selected: boolean;
}

function State({ item, unread }: { readonly item: Sent; readonly unread: boolean }) {
  if (item.urgent) {
    return (
      <span class="flag">
        <Icon name="urgent" />
        {t("Urgent")}
      </span>
    );
  }
  if (item.replies > 0) {
    return (
      <span class="state">
        <Icon name="post" />
        {tn("{n} reply", "{n} replies", item.replies)}
      </span>
    );
  }
  if (unread) {
    return (
      <span class="state is-new">
        <Icon name="plus" />
        {t("New")}
      </span>
    );
  }
  return (
    <span class="state">
      <Icon name="check" />
      {item.mine ? t("Sent") : t("Read")}
    </span>
  );
}

function AlertRow({ item, operation, unread, selected }: RowProps) {
  const summary = summaryOf(item.body as AlertBody);
  const classes = ["alert", unread && "is-unread", selected && "is-selected", item.urgent && unread && "is-due", (item.urgent || item.replies > 0) && "has-state"];
  return (
    <article
      class={classes.filter(Boolean).join(" ")}
      aria-labelledby={`t-${item.id}`}
      data-row={item.id}
      data-seq={item.seq}
      data-unread={unread ? "" : undefined}
    >
      <AlertCells
        summary={summary}
        from={item.author.country}
        mine={item.mine}
        product={
          <h3 class="alert-product" id={`t-${item.id}`}>
            <a href={channelPath(operation, item.channel, item.id)} aria-current={selected ? "true" : undefined}>
              {unread && <span class="hidden-text">{t("Unread:")} </span>}
              <bdi>{summary.product ?? t("no goods named")}</bdi>
            </a>
          </h3>
        }
        time={<Clock at={item.signature.at} />}
        state={<State item={item} unread={unread} />}
      />
    </article>
  );
}

function PostRow({ item, operation, unread, selected }: RowProps) {
  const body = item.body as PostBody;
  const classes = ["post", unread && "is-unread", selected && "is-selected"];
  return (
    <article
      class={classes.filter(Boolean).join(" ")}
      aria-labelledby={`t-${item.id}`}
      data-row={item.id}
      data-seq={item.seq}
      data-unread={unread ? "" : undefined}
    >
      <Icon name="post" more="lead" />
      <h3 class="who" id={`t-${item.id}`}>
        <a href={channelPath(operation, item.channel, item.id)} aria-current={selected ? "true" : undefined}>
          {unread && <span class="hidden-text">{t("Unread:")} </span>}
          <bdi>{authorName(item.author)}</bdi>
        </a>{" "}
        {item.replies > 0 && <span class="meta">{tn("{n} reply", "{n} replies", item.replies)}</span>}
      </h3>
      <Clock at={item.signature.at} />
      <p class="words" lang={body.language} dir="auto">
        {body.text}
      </p>
    </article>
  );
}

/** What can't be shown: what it means and the one thing to do, no claim of the envelope taken as true. */
export function faultWords(fault: Fault): { readonly title: string; readonly words: string } {
  switch (fault.action) {
    case "wait":
      return {
        title: t("One item can’t be opened yet."),
        words: t("The key for that moment has not reached this browser. It is asked for again by itself; nothing is lost."),
      };
    case "again":
      return {
        title: t("One item could not be checked."),
        words: t("What it refers to is not here yet. Ask for it again."),
      };
    case "update":
      return {
        title: t("One item needs a newer page."),
        words: t("It was written by a newer version. Load the page again to update it."),
      };
    case "tell":
      return {
        title: t("One item failed its check and is not shown."),
        words: t("Its signature or its place in the channel doesn’t hold. Don’t act on it; tell a coordinator by phone (problem {code}).", {
          code: fault.code,
        }),
      };
  }
}

function FaultRow({ fault }: { readonly fault: Fault }) {
  const { title, words } = faultWords(fault);
  const failed = fault.action === "tell";
  return (
    <article class={failed ? "post is-fault is-failed" : "post is-fault"} aria-labelledby={`t-${fault.id}`} data-row={fault.id} data-seq={fault.seq} tabIndex={-1}>
      <Icon name={failed ? "warning" : "lock"} more="lead" />
      <h3 class="who" id={`t-${fault.id}`}>
        {title}
      </h3>
      <Clock at={fault.receivedAt} />
      <p class="words">
        {words}{" "}
        {fault.action === "again" && (
          <button class="textbutton" type="button" onClick={() => attempt(ask("item", { channel: fault.channel, id: fault.id }))}>
            {t("Ask again")}
          </button>
        )}
        {fault.action === "update" && (
          <button class="textbutton" type="button" onClick={() => location.reload()}>
            {t("Load the page again")}
          </button>
        )}
      </p>
    </article>
  );
}

function SystemRow({ item }: { readonly item: System }) {
  return (
    <div class="system" data-seq={item.seq}>
      <Icon name={item.what === "new-secret" ? "key" : "seal"} />
      <p>
        <SystemWords {...item} />
      </p>
      <Clock at={item.at} />
    </div>
  );
}

interface LineProps {
  readonly item: Item;
  readonly operation: string;
  readonly readTo: number;
  readonly selected: string | null;
}

export function Line({ item, operation, readTo, selected }: LineProps) {
  if (item.is === "fault") return <FaultRow fault={item} />;
  if (item.is === "system") return <SystemRow item={item} />;
  if (item.is === "notice") return <NoticeRow item={item} unread={item.seq > readTo && !item.mine} selected={item.id === selected} />;
  const props = { item, operation, unread: item.seq > readTo && !item.mine, selected: item.id === selected };
  return item.is === "alert" ? <AlertRow {...props} /> : <PostRow {...props} />;
}
