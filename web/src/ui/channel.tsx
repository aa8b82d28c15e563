/** The Channels page: rail, feed, and one item beside it. */
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { B64, ChannelView, Item } from "../worker/protocol.ts";
import { audience } from "./audience.ts";
import { channelName, compartmentIcon, compartmentWords, historyWords } from "./channels.ts";
import { startDraft } from "./drafts.ts";
import { Icon } from "./icon.tsx";
import { WaitingPart, lazy } from "./lazy.tsx";
import { type Items, useItems } from "./items.ts";
import { problemWords } from "./problems.ts";
import { Rail } from "./rail.tsx";
import { useReading } from "./reading.ts";
import { channelPath, go, place, rulesPath } from "./route.ts";
import { BadSecret } from "./secret.tsx";
import { Line, authorName, timeOf } from "./rows.tsx";
import { attempt, findChannel, findOperation, now, operations } from "./state.ts";
import { dayHeading, dayOf } from "./times.ts";
import { t, tn } from "./words.ts";

const Detail = lazy(async () => (await import("./detail.tsx")).Detail, WaitingPart);

type Pane = "rail" | "feed" | "detail";

export function Channels() {
  const at = place.value;
  const here = at.page === "channel" ? at : null;
  const pane: Pane = here === null ? "rail" : here.item === null ? "feed" : "detail";
  return (
    <div class="work" data-pane={pane}>
      <Rail />
      {here === null ? <NoChannel /> : <Channel key={here.channel} operation={here.operation} id={here.channel} item={here.item} />}
    </div>
  );
}

/** Beside the rail there is room for a channel: the most urgent unread one, else the first. */
function channelToOpen(): ChannelView | null {
  const all = (operations.value ?? []).flatMap(({ channels }) => channels);
  return all.find(({ urgent }) => urgent > 0) ?? all.find(({ unread }) => unread > 0) ?? all[0] ?? null;
}

function NoChannel() {
  const opened = operations.value === null ? null : channelToOpen();
  useEffect(() => {
    if (opened !== null && matchMedia("(min-width: 640px)").matches) go(channelPath(opened.operation, opened.channel), { replace: true });
  }, [opened?.channel]);
  return (
    <main class="panes is-empty" id="main" tabIndex={-1}>
      <section class="feed">
        <div class="feed-head">
          <h1 tabIndex={-1}>{t("Channels")}</h1>
        </div>
        <p class="feed-empty">
          {operations.value?.length === 0
            ? t("You aren’t a member of an operation yet. A coordinator admits you; it then appears here.")
            : t("Choose a channel. It shows what its readers have sent.")}
        </p>
      </section>
    </main>
  );
}

interface ChannelProps {
  readonly operation: B64;
  readonly id: B64;
  readonly item: B64 | null;
}

function Channel({ operation, id, item }: ChannelProps) {
  const channel = findChannel(id);
  if (operations.value === null) {
    return (
      <main class="panes is-empty" id="main" tabIndex={-1}>
        <p class="feed-empty" role="status">
          {t("Opening your channels …")}
        </p>
      </main>
    );
  }
  if (channel === null) {
    return (
      <main class="panes is-empty" id="main" tabIndex={-1}>
        <section class="feed">
          <div class="feed-head">
            <h1 tabIndex={-1}>{t("This channel is not open to you")}</h1>
          </div>
          <p class="feed-empty">
            {closedWords(operation, id)} <a href="/o">{t("All channels")}</a>
          </p>
        </section>
      </main>
    );
  }
  return (
    <main class={item === null ? "panes is-empty" : "panes"} id="main" tabIndex={-1}>
      <Feed operation={operation} channel={channel} selected={item} />
      {item !== null && <Detail key={item} operation={operation} channel={channel} id={item} />}
    </main>
  );
}

/** Why a link leads nowhere, as far as a member of the operation may know. */
function closedWords(operation: B64, id: B64): string {
  const closed = findOperation(operation)?.closedToMe.find(({ channel }) => channel === id);
  if (closed === undefined) return t("It isn’t here, or you may not read it. A coordinator can tell you more.");
  if (closed.cleared) return t("You aren’t a reader of this channel. A coordinator can change that.");
  return t("You are not cleared for {compartment}. A coordinator can change that.", { compartment: compartmentWords(closed.compartment) });
}

function FeedHead({ operation, channel }: { readonly operation: B64; readonly channel: ChannelView }) {
  return (
    <div class="feed-head">
      <a class="back textlink" href="/o">
        <Icon name="back" more="flip" />
        {t("Channels")}
      </a>
      <div class="row">
        <h1 id="title" tabIndex={-1}>
          <bdi>{channelName(channel)}</bdi>
        </h1>{" "}
        <span class="tag">
          <bdi>{findOperation(operation)?.name}</bdi>
        </span>
      </div>
      <p class="sub">
        <span>
          <Icon name={compartmentIcon(channel.compartment)} />
          {t("{compartment} compartment", { compartment: compartmentWords(channel.compartment) })}
        </span>{" "}
        <a href={`${channelPath(operation, channel.channel)}/readers`}>
          <Icon name="people" />
          {audience(channel)}
        </a>{" "}
        <span>{historyWords(channel.history)}</span>
      </p>
    </div>
  );
}

interface FeedProps {
  readonly operation: B64;
  readonly channel: ChannelView;
  readonly selected: B64 | null;
}

function Feed({ operation, channel, selected }: FeedProps) {
  const items = useItems(channel.channel, channel.unread);
  const scroller = useRef<HTMLDivElement>(null);
  // The line stays where the reader stopped until the channel is left; the dots go as things are read.
  const [stoppedAt] = useState(channel.readTo);
  const list = items.list.value;
  useReading(scroller, channel.channel, channel.readTo, list);
  usePosition(scroller, list);
  return (
    <section class="feed" aria-labelledby="title">
      <FeedHead operation={operation} channel={channel} />
      <div class="feed-scroll" ref={scroller}>
        {items.problem.value !== null && (
          <p class="feed-empty" role="alert">
            {problemWords(items.problem.value)}
          </p>
        )}
        {items.more.value && (
          <p class="feed-more">
            <button class="button is-small" type="button" onClick={() => attempt(items.older())}>
              {t("Show older")}
            </button>
          </p>
        )}
        {list === null && items.problem.value === null && (
          <p class="feed-empty" role="status">
            {t("Opening and checking what was sent …")}
          </p>
        )}
        {list?.length === 0 && (
          <p class="feed-empty">{t("Nothing has been sent here yet. What you send is read by everyone in the channel.")}</p>
        )}
        <Days list={list ?? []} operation={operation} channel={channel} stoppedAt={stoppedAt} selected={selected} />
      </div>
      <Announcer items={items} />
      <BadSecret channel={channel} />
      <FeedFoot operation={operation} channel={channel} />
    </section>
  );
}

interface Group {
  readonly key: string;
  readonly day: number | null;
  readonly since: boolean;
  readonly items: readonly Item[];
}

/** Cuts the list where a UTC day begins and where the reader stopped. */
function grouped(list: readonly Item[], stoppedAt: number): readonly Group[] {
  const groups: { key: string; day: number | null; since: boolean; items: Item[] }[] = [];
  let lastDay: number | null = null;
  let sinceShown = false;
  list.forEach((item, index) => {
    const at = timeOf(item);
    const newDay = dayOf(at) !== lastDay;
    const mine = item.is !== "fault" && item.is !== "system" && item.mine;
    const firstNew = !sinceShown && stoppedAt > 0 && index > 0 && item.seq > stoppedAt && item.is !== "system" && !mine;
    if (newDay || firstNew) groups.push({ key: item.id, day: newDay ? at : null, since: firstNew, items: [] });
    groups.at(-1)?.items.push(item);
    lastDay = dayOf(at);
    sinceShown ||= firstNew;
  });
  return groups;
}

interface DaysProps extends FeedProps {
  readonly list: readonly Item[];
  readonly stoppedAt: number;
}

function Days({ list, operation, channel, stoppedAt, selected }: DaysProps) {
  const groups = useMemo(() => grouped(list, stoppedAt), [list, stoppedAt]);
  return (
    <>
      {groups.map((group) => (
        <Fragment key={group.key}>
          {group.since && <h2 class="since">{t("New since your last visit")}</h2>}
          {group.day !== null && <h2 class="day">{t("{day}. Times are UTC.", { day: dayHeading(group.day, now.value) })}</h2>}
          <ol>
            {group.items.map((item) => (
              <li key={item.id}>
                <Line item={item} operation={operation} readTo={channel.readTo} selected={selected} />
              </li>
            ))}
          </ol>
        </Fragment>
      ))}
    </>
  );
}

/** Opens at the item of the address, where the reader stopped, or at the end; stays at the end while new items come, stays put while older ones are put above. */
function usePosition(scroller: { readonly current: HTMLElement | null }, list: readonly Item[] | null): void {
  const before = useRef<{ readonly first: string; readonly height: number; readonly atEnd: boolean } | null>(null);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || list === null || list.length === 0) return;
    const scrolls = getComputedStyle(box).overflowY === "auto" ? box : document.documentElement;
    const atEnd = (): boolean => scrolls.scrollHeight - scrolls.scrollTop - scrolls.clientHeight < 80;
    const first = list[0]?.id ?? "";
    const was = before.current;
    if (was === null) {
      const line = box.querySelector(".is-selected") ?? box.querySelector(".since") ?? box.querySelector("[data-unread]");
      if (line !== null) line.scrollIntoView({ block: "center" });
      else scrolls.scrollTop = scrolls.scrollHeight;
    } else if (was.first !== first) scrolls.scrollTop += scrolls.scrollHeight - was.height;
    else if (was.atEnd) scrolls.scrollTop = scrolls.scrollHeight;
    const remember = (): void => {
      before.current = { first, height: scrolls.scrollHeight, atEnd: atEnd() };
    };
    remember();
    const target = scrolls === document.documentElement ? window : scrolls;
    target.addEventListener("scroll", remember, { passive: true });
    return () => target.removeEventListener("scroll", remember);
  }, [scroller, list]);
}

/** Tells a screen reader once what came: urgent at once, others when it is silent. The list itself is never read again. */
function Announcer({ items }: { readonly items: Items }) {
  const [polite, setPolite] = useState("");
  const [urgent, setUrgent] = useState("");
  const arrived = items.arrived.value;
  useEffect(() => {
    const came = (items.list.peek() ?? []).filter((item) => arrived.includes(item.id));
    const others = came.flatMap((item) => (item.is === "fault" || item.is === "system" ? [] : [item])).filter(({ mine }) => !mine);
    if (others.length === 0) return;
    const first = others.find((item) => item.urgent);
    if (first?.is === "notice") setUrgent(t("Urgent: a new notice from {name}", { name: authorName(first.author) }));
    else if (first !== undefined) setUrgent(t("Urgent: a new alert from {name}", { name: authorName(first.author) }));
    else setPolite(tn("{n} new item in this channel", "{n} new items in this channel", others.length));
  }, [arrived, items]);
  return (
    <>
      <p class="hidden-text" role="status">
        {polite}
      </p>
      <p class="hidden-text" role="alert">
        {urgent}
      </p>
    </>
  );
}

function FeedFoot({ operation, channel }: { readonly operation: B64; readonly channel: ChannelView }) {
  const mayAlert = channel.maySend.includes("alert") && channel.type !== "announcement";
  const mayPost = channel.maySend.includes("post");
  const mayNotify = channel.maySend.includes("notice");
  if (!mayAlert && !mayPost) {
    return (
      <div class="feed-foot">
        <span class="meta">{t("You read this channel; your role doesn’t send in it. A coordinator can change that.")}</span>
      </div>
    );
  }
  if (findOperation(operation)?.mustAccept === true) {
    return (
      <div class="feed-foot">
        <a class="button is-main" href={rulesPath(operation)}>
          <Icon name="check" />
          {t("Read and accept the handling rules")}
        </a>
        <span class="meta">{t("Then you can write here. It is asked once for each version.")}</span>
      </div>
    );
  }
  return (
    <div class="feed-foot">
      {mayAlert && (
        <a class="button is-main" href={`${channelPath(operation, channel.channel)}/new`}>
          <Icon name="plus" />
          {t("New alert")} <kbd>c</kbd>
        </a>
      )}
      {mayPost && (
        <button class="button" type="button" onClick={() => attempt(startDraft({ operation, channel: channel.channel, kind: "post" }))}>
          <Icon name="post" />
          {t("Write a post")}
        </button>
      )}
      {mayNotify && (
        <button class="button" type="button" onClick={() => attempt(startDraft({ operation, channel: channel.channel, kind: "notice" }))}>
          <Icon name="notice" />
          {t("New notice")}
        </button>
      )}
      <span class="meta">{t("Everyone in this channel can read what you send.")}</span>
    </div>
  );
}
