/** The page around everything that is written to be sent: where it goes, what is wrong with it, who will read it, the button. */
import type { ComponentChildren, RefObject } from "preact";
import type { ChannelView, Problem } from "../worker/protocol.ts";
import { channelName } from "./channels.ts";
import type { Keeper } from "./drafts.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, go } from "./route.ts";
import { Audience, Saved, SendBar } from "./sendbar.tsx";
import { attempt, findOperation } from "./state.ts";
import { t } from "./words.ts";

interface WritePageProps {
  readonly keeper: Keeper;
  readonly channel: ChannelView;
  readonly title: string;
  readonly lead?: ComponentChildren;
  /** Takes the focus when sending found something. */
  readonly summary: RefObject<HTMLDivElement | null>;
  /** What is wrong, each beside the element of this id too. */
  readonly mistakes: readonly { readonly id: string; readonly words: string | null }[];
  readonly problem: Problem | null;
  readonly send: () => Promise<void>;
  readonly sendWords: string;
  /** Stands before the button that sends. */
  readonly before?: ComponentChildren;
  readonly aside?: ComponentChildren;
  readonly preview?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function WritePage({ keeper, channel, title, lead, summary, mistakes, problem, send, sendWords, before, aside, preview, children }: WritePageProps) {
  const back = channelPath(channel.operation, channel.channel);
  const drop = async (): Promise<void> => {
    await keeper.drop();
    go(back, { replace: true });
  };
  return (
    <Page>
      <p>
        <a class="textlink" href={back}>
          <Icon name="back" more="flip" />
          <span>
            <bdi>{channelName(channel)}</bdi>, <bdi>{findOperation(channel.operation)?.name}</bdi>
          </span>
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lead}
        </div>
        <Saved keeper={keeper} />
      </div>
      {(mistakes.length > 0 || problem !== null) && (
        <div class="errors" role="alert" aria-labelledby="err-t" tabIndex={-1} ref={summary}>
          <h2 id="err-t">{problem === null ? t("There is a problem") : t("It was not sent")}</h2>
          {problem !== null && <p>{problemWords(problem)}</p>}
          <ul>
            {mistakes.map(({ id, words }) => (
              <li key={id}>
                <a href={`#${id}`} onClick={(event) => jump(event, id)}>
                  {words}
                </a>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div class="with-side">
        <form
          class="writing"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
          }}
        >
          {children}
          <p class="block">
            <button class="textbutton" type="button" onClick={() => attempt(drop())}>
              {t("Delete this draft")}
            </button>
          </p>
          <SendBar channel={channel}>
            {before}
            <button class="button is-main" type="submit">
              {sendWords} <kbd>Ctrl Enter</kbd>
            </button>
          </SendBar>
        </form>
        <div class="stack">
          {preview}
          <Audience channel={channel} />
          {aside}
        </div>
      </div>
    </Page>
  );
}

/** A field inside a folded section is unfolded before it takes the focus. */
function jump(event: MouseEvent, id: string): void {
  const found = document.getElementById(id);
  if (found === null) return;
  event.preventDefault();
  const folded = found.closest("details");
  if (folded !== null) folded.open = true;
  const target = found.matches("fieldset") ? (found.querySelector<HTMLElement>("input, select, textarea") ?? found) : found;
  target.focus();
}

export function UrgentChoice({ on, turn }: { readonly on: boolean; readonly turn: (on: boolean) => void }) {
  return (
    <div class="field">
      <div class="choice">
        <input type="checkbox" id="urgent" aria-describedby="urgent-h" checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
        <label for="urgent">{t("Urgent")}</label>
        <span class="hint" id="urgent-h">
          {t("Readers are told at once. For danger to people or a consignment that is about to move.")}
        </span>
      </div>
    </div>
  );
}
