/** A post: words without a form. */
import { useRef, useState } from "preact/hooks";
import { MAX_TEXT } from "../domain/bodies.ts";
import { hidesSomething, lengthOf } from "../domain/texts.ts";
import type { ChannelView, Draft, Problem } from "../worker/protocol.ts";
import { postOf } from "./alerts.ts";
import { useKeeper } from "./drafts.ts";
import { Mistake } from "./sign-in.tsx";
import { ask, keep, problemOf, refreshDrafts } from "./state.ts";
import { number, t } from "./words.ts";
import { WritePage } from "./write-page.tsx";

interface WriteProps {
  readonly draft: Draft;
  readonly channel: ChannelView;
}

function mistakeIn(text: string): string | null {
  if (text.trim() === "") return t("Write something to send");
  if (hidesSomething(text)) return t("There are invisible characters in this text. Type it again");
  if (lengthOf(text) > MAX_TEXT) {
    return t("The text has {length} characters, {most} is the most", { length: number(lengthOf(text)), most: number(MAX_TEXT) });
  }
  return null;
}

export function WritePost({ draft, channel }: WriteProps) {
  const keeper = useKeeper(draft);
  const [tried, setTried] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const summary = useRef<HTMLDivElement>(null);
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

  return (
    <WritePage
      keeper={keeper}
      channel={channel}
      title={t("Write a post")}
      summary={summary}
      mistakes={[]}
      problem={problem}
      send={send}
      sendWords={sending ? t("Sending …") : t("Send post")}
    >
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
    </WritePage>
  );
}
