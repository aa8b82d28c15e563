/** A notice in words and as a line of its channel: who asks, by when, how many have answered, and the one button. */
import type { AcknowledgementState, CountryState } from "../domain/acknowledgements.ts";
import type { NoticeBody, NoticeKind } from "../domain/bodies.ts";
import type { NoticeItem, OutboxEntry } from "../worker/protocol.ts";
import { Icon } from "./icon.tsx";
import { OutboxState } from "./outgoing.tsx";
import { channelPath } from "./route.ts";
import { authorName } from "./rows.tsx";
import { ask, attempt, keep, now, outbox } from "./state.ts";
import { clockOrDay, dateAndClock } from "./times.ts";
import { country, language, t, tn, tx } from "./words.ts";

const HOUR = 3_600_000;

export function kindWords(kind: NoticeKind): string {
  switch (kind) {
    case "instruction":
      return t("Instruction");
    case "information":
      return t("Information");
    case "change":
      return t("Amendment");
    case "reminder":
      return t("Reminder");
    case "safety":
      return t("Safety");
    case "closure":
      return t("Closure");
  }
}

export function stateWords(state: CountryState): string {
  switch (state) {
    case "acknowledged":
      return t("Acknowledged");
    case "action-taken":
      return t("Action taken");
    case "not-applicable":
      return t("Not applicable");
    case "opened":
      return t("Opened");
    case "silent":
      return t("Silent");
  }
}

/** The reader's language where the notice has it, else the authentic one. */
export function spoken(body: NoticeBody): string {
  return body.title[language.value] === undefined ? body.authentic : language.value;
}

/** What is still to be done about it by this person's country. */
export function isOpen({ mayAnswer, mine, own }: NoticeItem): boolean {
  return mayAnswer && !mine && (own === null || own.state === "silent" || own.state === "opened");
}

/** "in 27 hours", "overdue", or nothing when it is far away. */
export function remaining(due: number): string | null {
  const left = due - now.value;
  if (left < 0) return t("overdue");
  if (left < HOUR) return t("in less than an hour");
  const hours = Math.floor(left / HOUR);
  return hours < 48 ? tn("in {n} hour", "in {n} hours", hours) : null;
}

export function countWords({ acknowledged, asked }: NoticeItem): string {
  return tn("{done} of {n} country has", "{done} of {n} countries have", asked.length, { done: acknowledged });
}

/** "Notice 16 · Instruction: cold boxes without a data logger" */
export function NoticeTitle({ item }: { readonly item: NoticeItem }) {
  const tongue = spoken(item.body);
  return (
    <>
      {t("Notice {number}", { number: item.number })} ·{" "}
      {tx("{kind}: {words}", {
        kind: kindWords(item.body.notice),
        words: (
          <bdi lang={tongue} dir="auto">
            {item.body.title[tongue]}
          </bdi>
        ),
      })}
    </>
  );
}

export function Urgent() {
  return (
    <span class="flag">
      <Icon name="urgent" />
      {t("Urgent")}
    </span>
  );
}

/** By when, how long still, how many have: the parts that there are. */
export function NoticeMeta({ item, from }: { readonly item: NoticeItem; readonly from: string }) {
  const left = item.due === null || !isOpen(item) ? null : remaining(item.due);
  return (
    <p class="meta">
      <bdi>{from}</bdi>
      {item.due !== null && <> · {t("acknowledge by {moment} UTC", { moment: dateAndClock(item.due) })}</>}
      {left !== null && <>, {left}</>} · {countWords(item)}
    </p>
  );
}

export function leavingAnswer(id: string): OutboxEntry | undefined {
  return outbox.value.find((entry) => entry.ref === id && entry.kind === "acknowledgement" && entry.state !== "sent");
}

export function answer(item: NoticeItem, state: AcknowledgementState): void {
  attempt(ask("acknowledge", { channel: item.channel, id: item.id, state }).then(keep));
}

/** The button, what is on its way, or what was answered. `a` presses it. */
export function AnswerNow({ item, keyHint = false }: { readonly item: NoticeItem; readonly keyHint?: boolean }) {
  const leaving = leavingAnswer(item.id);
  if (leaving !== undefined) return <OutboxState entry={leaving} />;
  if (isOpen(item)) {
    return (
      <button class="button is-due is-small" type="button" data-acknowledge onClick={() => answer(item, "acknowledged")}>
        {t("Acknowledge")}
        <span class="hidden-text"> {t("notice {number}", { number: item.number })}</span>
        {keyHint && <kbd>a</kbd>}
      </button>
    );
  }
  if (item.own === null || !item.mayAnswer || item.mine) return null;
  return (
    <span class="state is-checked">
      <Icon name="check" />
      {stateWords(item.own.state)}
      {item.own.at !== null && ` ${clockOrDay(item.own.at, now.value)}`}
      {item.own.late && `, ${t("late")}`}
    </span>
  );
}

interface NoticeRowProps {
  readonly item: NoticeItem;
  readonly unread: boolean;
  readonly selected: boolean;
}

export function NoticeRow({ item, unread, selected }: NoticeRowProps) {
  const classes = ["notice", !isOpen(item) && "is-done", unread && "is-unread", selected && "is-selected"];
  return (
    <article
      class={classes.filter(Boolean).join(" ")}
      aria-labelledby={`t-${item.id}`}
      data-row={item.id}
      data-seq={item.seq}
      data-unread={unread ? "" : undefined}
    >
      <div>
        <h3 id={`t-${item.id}`}>
          {item.urgent && <Urgent />}{" "}
          <a href={channelPath(item.operation, item.channel, item.id)} aria-current={selected ? "true" : undefined}>
            {unread && <span class="hidden-text">{t("Unread:")} </span>}
            <NoticeTitle item={item} />
          </a>
        </h3>
        <NoticeMeta item={item} from={authorName(item.author)} />
      </div>
      <p class="actions">
        <AnswerNow item={item} keyHint />
      </p>
    </article>
  );
}

/** Whose answer it is, said beside the buttons. */
export function forWhom(code: string): string {
  return t("For {country}", { country: country(code) });
}
