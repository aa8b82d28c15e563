/** A notice beside the feed: its words in every language, the answer of one's country, and where the others stand. */
import { useEffect } from "preact/hooks";
import { STATES } from "../domain/acknowledgements.ts";
import type { NoticeBody } from "../domain/bodies.ts";
import type { NoticeItem } from "../worker/protocol.ts";
import { AnswerNow, NoticeTitle, Urgent, answer, countWords, forWhom, isOpen, leavingAnswer, remaining, spoken, stateWords } from "./notice.tsx";
import { noticesPath } from "./route.ts";
import { authorName } from "./rows.tsx";
import { ask, attempt, session } from "./state.ts";
import { dateAndClock } from "./times.ts";
import { languageName, t } from "./words.ts";

const LONG_ENOUGH = 2_000;

/** Who stays with an open notice tells its author so, once: the worker knows whether it was told. */
function useOpened({ id, channel, own, mayAnswer }: NoticeItem): void {
  const isNews = mayAnswer && (own === null || own.state === "silent");
  useEffect(() => {
    if (!isNews) return;
    const timer = setTimeout(() => {
      if (document.visibilityState === "visible") attempt(ask("openedNotice", { channel, id }));
    }, LONG_ENOUGH);
    return () => clearTimeout(timer);
  }, [id, channel, isNews]);
}

export function NoticeHead({ item }: { readonly item: NoticeItem }) {
  useOpened(item);
  return (
    <>
      <div class="detail-head">
        <p class="row row-tight">
          {item.urgent && <Urgent />} <span class="meta">{authorName(item.author)}</span>
        </p>
        <h2>
          <NoticeTitle item={item} />
        </h2>
        <p class="meta">
          <span class="hidden-text">{t("Reference:")} </span>
          <bdi class="ref">{item.reference}</bdi>
        </p>
      </div>
      <dl class="key">
        <div>
          <dt>{t("Acknowledge by (UTC)")}</dt>
          <dd>
            {item.due === null ? t("no date") : dateAndClock(item.due)} {item.due !== null && isOpen(item) && <span class="meta">{remaining(item.due)}</span>}
          </dd>
        </div>
        <div>
          <dt>{t("Acknowledged")}</dt>
          <dd>
            <a href={noticesPath(item.operation)}>{countWords(item)}</a>
          </dd>
        </div>
      </dl>
      <Words body={item.body} />
      <Answers item={item} />
    </>
  );
}

function Words({ body }: { readonly body: NoticeBody }) {
  const first = spoken(body);
  const others = Object.keys(body.text).filter((tongue) => tongue !== first);
  return (
    <div class="block notice-words">
      <p class="words" lang={first} dir="auto">
        {body.text[first]}
      </p>
      {others.length > 0 && (
        <p class="meta">
          {t("If the languages differ, {language} counts.", { language: languageName(body.authentic) })}
        </p>
      )}
      {others.map((tongue) => (
        <details key={tongue}>
          <summary lang={tongue}>{languageName(tongue, tongue)}</summary>
          <p lang={tongue} dir="auto">
            <b>{body.title[tongue]}</b>
          </p>
          <p class="words" lang={tongue} dir="auto">
            {body.text[tongue]}
          </p>
        </details>
      ))}
    </div>
  );
}

function Answers({ item }: { readonly item: NoticeItem }) {
  if (!item.mayAnswer || item.mine) return null;
  const leaving = leavingAnswer(item.id);
  const mine = item.own?.state ?? "silent";
  const others = STATES.filter((state) => state !== mine && !(state === "acknowledged" && isOpen(item)));
  return (
    <section class={isOpen(item) ? "panel answers is-due" : "panel answers"} aria-labelledby="d-answer">
      <h3 id="d-answer">{forWhom(session.value?.country ?? "")}</h3>
      <p class="row row-tight">
        <AnswerNow item={item} keyHint />
        {leaving === undefined &&
          others.map((state) => (
            <button key={state} class="button is-small" type="button" onClick={() => answer(item, state)}>
              {stateWords(state)}
            </button>
          ))}
      </p>
      <p class="meta">{t("Your answer is signed. A later one takes its place; both stay in the log.")}</p>
    </section>
  );
}
