/** One item beside the feed: what it says, who signed it, and what was answered. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { AlertBody, B64, ChannelView, Item, PostBody, Problem } from "../worker/protocol.ts";
import { summaryOf, tlpMeaning } from "./alerts.ts";
import { Icon } from "./icon.tsx";
import { NoticeHead } from "./notice-detail.tsx";
import { eventAt, linesOf } from "./lines.ts";
import { problemWords } from "./problems.ts";
import { channelPath } from "./route.ts";
import { type Fault, type Sent, Clock, Tlp, authorName, faultWords, isAlert } from "./rows.tsx";
import { SignaturePanel } from "./signature.tsx";
import { ask, attempt, onItems, problemOf, session } from "./state.ts";
import { Thread } from "./thread.tsx";
import { date, dateAndClock, shortMoment } from "./times.ts";
import { country, t } from "./words.ts";

interface Opened {
  readonly item: Item;
  readonly thread: readonly Item[];
}

interface DetailProps {
  readonly operation: B64;
  readonly channel: ChannelView;
  readonly id: B64;
}

export function Detail({ operation, channel, id }: DetailProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [checking, setChecking] = useState(false);
  const pane = useRef<HTMLElement>(null);

  const check = useCallback(async (): Promise<void> => {
    setChecking(true);
    try {
      setOpened(await ask("item", { channel: channel.channel, id }));
      setProblem(null);
    } catch (reason) {
      setProblem(problemOf(reason));
    } finally {
      setChecking(false);
    }
  }, [channel.channel, id]);

  useEffect(() => {
    void check();
    return onItems((where) => {
      if (where === channel.channel) void check();
    });
  }, [channel.channel, check]);
  useEffect(() => pane.current?.focus({ preventScroll: true }), []);

  return (
    <section class="detail" ref={pane} tabIndex={-1} aria-label={t("The item you opened")}>
      <a class="back" href={channelPath(operation, channel.channel)}>
        <Icon name="back" more="flip" />
        {t("Back to the channel")}
      </a>
      {problem !== null && (
        <p class="strip is-trouble" role="alert">
          <Icon name="warning" />
          <span>{problemWords(problem)}</span>
        </p>
      )}
      {opened === null && problem === null && <p role="status">{t("Opening and checking the signature …")}</p>}
      {opened !== null && <Content opened={opened} operation={operation} channel={channel} checking={checking} check={check} />}
    </section>
  );
}

interface ContentProps {
  readonly opened: Opened;
  readonly operation: B64;
  readonly channel: ChannelView;
  readonly checking: boolean;
  readonly check: () => Promise<void>;
}

function Content({ opened, operation, channel, checking, check }: ContentProps) {
  const { item, thread } = opened;
  if (item.is === "system") return null;
  if (item.is === "fault") return <FaultPanel fault={item} />;
  const alert = item.is === "alert" && isAlert(item.body) ? item.body : null;
  return (
    <>
      {item.is === "alert" && alert !== null && <AlertHead item={item} body={alert} />}
      {item.is === "notice" && <NoticeHead item={item} />}
      {item.is === "post" && !isAlert(item.body) && <PostHead item={item} body={item.body} />}
      <p class="print-only">
        {t("Printed by {name}, {moment} UTC. Signature: valid, checked in this browser.", {
          name: session.value?.name ?? "",
          moment: dateAndClock(Date.now()),
        })}
      </p>
      {alert !== null && <KeyFacts body={alert} />}
      <SignaturePanel key={item.id} item={item} checking={checking} check={check} />
      <Thread item={item} thread={thread} operation={operation} channel={channel} />
      {alert !== null && <Fields body={alert} operation={operation} channel={channel.channel} />}
      <p class="row row-tight actions block">
        <button class="button is-small" type="button" onClick={() => window.print()}>
          <Icon name="print" />
          {t("Print")}
        </button>
      </p>
    </>
  );
}

function FaultPanel({ fault }: { readonly fault: Fault }) {
  const { title, words } = faultWords(fault);
  return (
    <div class={fault.action === "tell" ? "panel is-failed" : "panel"}>
      <h2 class="panel-title">
        <Icon name={fault.action === "tell" ? "warning" : "lock"} more="large" />
        <span>{title}</span>
      </h2>
      <p class="meta">{words}</p>
      <p class="meta">{t("The hub received it on {moment} UTC.", { moment: dateAndClock(fault.receivedAt) })}</p>
    </div>
  );
}

function AlertHead({ item, body }: { readonly item: Sent; readonly body: AlertBody }) {
  const summary = summaryOf(body);
  return (
    <div class="detail-head">
      <p class="row row-tight">
        <span class="state">
          <Icon name={summary.icon} />
          {summary.type}
        </span>{" "}
        <span class="meta">
          <bdi class="cc">{item.author.country}</bdi> {country(item.author.country)}
        </span>{" "}
        {item.urgent && (
          <span class="flag">
            <Icon name="urgent" />
            {t("Urgent")}
          </span>
        )}{" "}
        <span class="push">
          <Tlp mark={body.tlp} />
        </span>
      </p>
      <h2 lang={body.language} dir="auto">
        <bdi>{summary.product ?? t("no goods named")}</bdi>
      </h2>
      <p class="meta">
        <span class="hidden-text">{t("Reference:")} </span>
        <bdi class="ref">{item.reference}</bdi> · {tlpMeaning(body.tlp)}
      </p>
    </div>
  );
}

function PostHead({ item, body }: { readonly item: Sent; readonly body: PostBody }) {
  return (
    <div class="detail-head">
      <p class="row row-tight">
        <span class="state">
          <Icon name="post" />
          {t("Post")}
        </span>{" "}
        <span class="meta">
          <bdi class="cc">{item.author.country}</bdi> {country(item.author.country)}
        </span>{" "}
        <span class="push meta">
          {date(item.signature.at)}, <Clock at={item.signature.at} /> UTC
        </span>
      </p>
      <h2>
        <bdi>{authorName(item.author)}</bdi>
      </h2>
      <p class="words" lang={body.language} dir="auto">
        {body.text}
      </p>
    </div>
  );
}

/** What a reader looks for first; a form that doesn't ask for one of them leaves it out. */
function KeyFacts({ body }: { readonly body: AlertBody }) {
  const summary = summaryOf(body);
  const at = eventAt(body);
  if (summary.quantity === null && summary.place === null && at === null) return null;
  return (
    <dl class="key">
      {summary.quantity !== null && (
        <div>
          <dt>{t("Quantity")}</dt>
          <dd class="big">
            <bdi>{`${summary.quantity} ${summary.unit}`}</bdi>
          </dd>
        </div>
      )}
      {summary.place !== null && (
        <div>
          <dt>{t("Place")}</dt>
          <dd>
            <bdi>{summary.place}</bdi> {summary.placeCode !== null && <bdi class="ref">{summary.placeCode}</bdi>}
          </dd>
        </div>
      )}
      {at !== null && (
        <div>
          <dt>{t("When (UTC)")}</dt>
          <dd>
            <bdi>{shortMoment(at)}</bdi>
          </dd>
        </div>
      )}
    </dl>
  );
}

/** Another alert of this channel, by its reference and its goods once they are here. */
function AlertLink({ operation, channel, id }: { readonly operation: B64; readonly channel: B64; readonly id: B64 }) {
  const [item, setItem] = useState<Item | null>(null);
  useEffect(() => attempt(ask("item", { channel, id }).then((found) => setItem(found.item))), [channel, id]);
  const known = item?.is === "alert" && isAlert(item.body) ? { reference: item.reference, words: summaryOf(item.body).product ?? "" } : null;
  return <a href={channelPath(operation, channel, id)}>{known === null ? t("Open the alert") : t("{reference}: {words}", known)}</a>;
}

function Fields({ body, operation, channel }: { readonly body: AlertBody; readonly operation: B64; readonly channel: B64 }) {
  return (
    <>
      {linesOf(body).map((group) => (
        <section class="block" key={group.key} aria-labelledby={`g-${group.key}`}>
          <h3 id={`g-${group.key}`}>{group.title}</h3>
          <dl class="fields">
            {group.lines.map((line) => (
              <div class="pair-line" key={line.key}>
                <dt>{line.label}</dt>
                <dd dir="auto">
                  {line.alert !== null ? (
                    <AlertLink operation={operation} channel={channel} id={line.alert} />
                  ) : line.isCode ? (
                    <bdi class="code">{line.words}</bdi>
                  ) : (
                    line.words
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}
