/** A post: words without a form. */
import { useRef, useState } from "preact/hooks";
import { MAX_TEXT } from "../domain/bodies.ts";
import { hidesSomething, lengthOf } from "../domain/texts.ts";
import type { B64, ChannelView, Draft, Problem } from "../worker/protocol.ts";
import { postOf } from "./alerts.ts";
import { channelName } from "./channels.ts";
import { useKeeper } from "./drafts.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, go } from "./route.ts";
import { Audience, Saved, SendBar } from "./sendbar.tsx";
import { Mistake } from "./sign-in.tsx";
import { ask, attempt, findOperation, keep, problemOf, refreshDrafts } from "./state.ts";
import { number, t } from "./words.ts";

interface WriteProps {
  readonly draft: Draft;
  readonly channel: ChannelView;
  readonly operation: B64;
}

function mistakeIn(text: string): string | null {
  if (text.trim() === "") return t("Write something to send");
  if (hidesSomething(text)) return t("There are invisible characters in this text. Type it again");
  if (lengthOf(text) > MAX_TEXT) {
    return t("The text has {length} characters, {most} is the most", { length: number(lengthOf(text)), most: number(MAX_TEXT) });
  }
  return null;
}

export function WritePost({ draft, channel, operation }: WriteProps) {
  const keeper = useKeeper(draft);
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const stored = keeper.draft.value.values["text"];
  const text = typeof stored === "string" ? stored : "";
  const mistake = tried ? mistakeIn(text) : null;

  const send = async (): Promise<void> => {
    setTried(true);
    if (mistakeIn(text) !== null) return box.current?.focus();
    if (sending) return;
    setSending(true);
    try {
      await keeper.flush();
      keep(await ask("send", { draft: draft.id, body: postOf(text), urgent: false }));
      await refreshDrafts();
    } catch (reason) {
      setProblem(problemOf(reason));
      setSending(false);
    }
  };
  const drop = async (): Promise<void> => {
    await keeper.drop();
    go(channelPath(operation, channel.channel), { replace: true });
  };

  return (
    <Page>
      <p>
        <a class="textlink" href={channelPath(operation, channel.channel)}>
          <Icon name="back" more="flip" />
          <span>
            <bdi>{channelName(channel)}</bdi>, <bdi>{findOperation(operation)?.name}</bdi>
          </span>
        </a>
      </p>
      <div class="page-head">
        <h1 tabIndex={-1}>{t("Write a post")}</h1>
        <Saved keeper={keeper} />
      </div>
      <div class="with-side">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
          }}
        >
          {problem !== null && (
            <div class="errors" role="alert">
              <h2>{t("It was not sent")}</h2>
              <p>{problemWords(problem)}</p>
            </div>
          )}
          <div class={mistake === null ? "field" : "field is-wrong"}>
            <label for="post">{t("Text")}</label>
            <p class="hint" id="post-h">
              {t("In the language you think in")}
            </p>
            {mistake !== null && <Mistake id="post-e" words={mistake} />}
            <textarea
              class="input"
              id="post"
              ref={box}
              rows={8}
              dir="auto"
              value={text}
              aria-describedby={mistake === null ? "post-h" : "post-h post-e"}
              aria-invalid={mistake !== null}
              onInput={(event) => keeper.write({ text: event.currentTarget.value })}
            />
          </div>
          <p class="block">
            <button class="textbutton" type="button" onClick={() => attempt(drop())}>
              {t("Delete this draft")}
            </button>
          </p>
          <SendBar channel={channel}>
            <button class="button is-main" type="submit">
              {sending ? t("Sending …") : t("Send post")} <kbd>Ctrl Enter</kbd>
            </button>
          </SendBar>
        </form>
        <div class="stack">
          <Audience channel={channel} />
        </div>
      </div>
    </Page>
  );
}
