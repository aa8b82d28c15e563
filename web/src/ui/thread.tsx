/** Answers to one item, and the box to write another. What is typed is a draft from the first letter. */
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_TEXT } from "../domain/bodies.ts";
import type { B64, ChannelView, Draft, Item, NoticeItem, OutboxEntry, Problem } from "../worker/protocol.ts";
import { postOf } from "./alerts.ts";
import { useKeeper } from "./drafts.ts";
import { Icon } from "./icon.tsx";
import { OutboxState } from "./outgoing.tsx";
import { problemWords } from "./problems.ts";
import { Clock, authorName, faultWords, isAlert, type Sent } from "./rows.tsx";
import { ask, drafts, keep, outbox, problemOf } from "./state.ts";
import { clock, dayOf, machineTime, shortMoment } from "./times.ts";
import { t } from "./words.ts";

interface ThreadProps {
  readonly item: Sent | NoticeItem;
  readonly thread: readonly Item[];
  readonly operation: B64;
  readonly channel: ChannelView;
}

export function Thread({ item, thread, operation, channel }: ThreadProps) {
  const leaving = outbox.value.filter((entry) => entry.ref === item.id && entry.state !== "sent" && entry.kind !== "acknowledgement");
  return (
    <section class="block" aria-labelledby="d-thread">
      <h3 id="d-thread">{t("Thread")}</h3>
      {thread.length === 0 && leaving.length === 0 && <p class="meta">{t("Nobody has answered yet.")}</p>}
      <ol class="thread">
        {thread.map((answer) => (
          <li key={answer.id}>
            <Answer answer={answer} root={item} />
          </li>
        ))}
        {leaving.map((entry) => (
          <li key={entry.id}>
            <Leaving entry={entry} />
          </li>
        ))}
      </ol>
      {channel.maySend.includes("post") && <Reply key={item.id} item={item} operation={operation} channel={channel} />}
    </section>
  );
}

function Answer({ answer, root }: { readonly answer: Item; readonly root: Sent | NoticeItem }) {
  if (answer.is === "system" || answer.is === "notice") return null;
  if (answer.is === "fault") {
    const { title, words } = faultWords(answer);
    return (
      <>
        <p class="line">
          <Icon name={answer.action === "tell" ? "warning" : "lock"} />
          <b>{title}</b>
          <Clock at={answer.receivedAt} />
        </p>
        <p class="meta">{words}</p>
      </>
    );
  }
  const at = answer.signature.at;
  return (
    <>
      <p class="line">
        <b>
          <bdi>{authorName(answer.author)}</bdi>
        </b>{" "}
        <Icon name="seal" />
        <span class="hidden-text">{t("Signature checked")}</span>
        {dayOf(at) === dayOf(root.signature.at) ? <Clock at={at} /> : <time dateTime={machineTime(at)}>{shortMoment(at)}</time>}
      </p>
      {!isAlert(answer.body) && (
        <p class="words" lang={answer.body.language} dir="auto">
          {answer.body.text}
        </p>
      )}
    </>
  );
}

function Leaving({ entry }: { readonly entry: OutboxEntry }) {
  return (
    <p class="line">
      <b>{t("Your reply")}</b> <OutboxState entry={entry} />
    </p>
  );
}

/** One box; its draft is made with the first letter, or is the one begun before. */
function Reply({ item, operation, channel }: { readonly item: Sent | NoticeItem; readonly operation: B64; readonly channel: ChannelView }) {
  const begun = drafts.value.find((draft) => draft.ref === item.id && draft.kind === "post") ?? null;
  const [draft, setDraft] = useState<Draft | null>(begun);
  const [text, setText] = useState(textOf(begun));
  const [problem, setProblem] = useState<Problem | null>(null);
  const keeper = useKeeper(draft);
  const asking = useRef(false);
  const box = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    // What was typed while the draft was being made.
    if (keeper !== null && text !== textOf(keeper.draft.value)) keeper.write({ text });
  }, [keeper]);

  const begin = async (): Promise<void> => {
    if (asking.current) return;
    asking.current = true;
    try {
      const made = await ask("newDraft", { operation, channel: channel.channel, kind: "post", ref: item.id, template: null, form: null });
      setDraft(made.draft);
      setProblem(null);
    } catch (reason) {
      setProblem(problemOf(reason));
    } finally {
      asking.current = false;
    }
  };
  const type = (words: string): void => {
    setText(words);
    if (keeper === null) void begin();
    else keeper.write({ text: words });
  };
  const send = async (): Promise<void> => {
    if (keeper === null || text.trim() === "") return box.current?.focus();
    try {
      await keeper.flush();
      keep(await ask("send", { draft: keeper.draft.value.id, body: postOf(text), urgent: false }));
      setDraft(null);
      setText("");
      setProblem(null);
    } catch (reason) {
      setProblem(problemOf(reason));
    }
  };

  const told = problem ?? keeper?.problem.value ?? null;
  const saved = keeper?.saved.value ?? null;
  return (
    <form
      class="reply"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label for="reply">{t("Reply in the thread")}</label>
      <textarea
        class="input"
        id="reply"
        ref={box}
        rows={text === "" ? 1 : 3}
        dir="auto"
        maxLength={MAX_TEXT}
        value={text}
        aria-describedby="reply-s"
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <button class="button" type="submit">
        {t("Send")}
      </button>
      <p class="reply-told meta" id="reply-s" role="status">
        {told !== null && <span class="is-wrong-words">{problemWords(told)}</span>}
        {told === null && saved !== null && t("Draft saved {time} UTC", { time: clock(saved.at) })}
      </p>
    </form>
  );
}

function textOf(draft: Draft | null): string {
  const text = draft?.values["text"];
  return typeof text === "string" ? text : "";
}
