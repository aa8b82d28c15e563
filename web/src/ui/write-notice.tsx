/** A coordinator writes a notice; the page counts who is asked before it is sent. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChannelView, Draft, Problem, Reader } from "../worker/protocol.ts";
import { useKeeper } from "./drafts.ts";
import { Asked, Due, Kind, Words } from "./notice-parts.tsx";
import { type Part, askable, askedOf, bodyOf, dueOf, mistakesIn, written } from "./notice-written.ts";
import { ask, attempt, keep, problemOf, refreshDrafts } from "./state.ts";
import { country, list, t, tn } from "./words.ts";
import { WritePage } from "./write-page.tsx";

interface WriteProps {
  readonly draft: Draft;
  readonly channel: ChannelView;
}

export function WriteNotice({ draft, channel }: WriteProps) {
  const keeper = useKeeper(draft);
  const [readers, setReaders] = useState<readonly Reader[] | null>(null);
  const [tried, setTried] = useState(0);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const summary = useRef<HTMLDivElement>(null);
  const form = written(keeper.draft.value.values);
  const possible = askable(readers ?? []);
  const asked = askedOf(form, possible);
  const mistakes = tried > 0 && readers !== null ? mistakesIn(form, asked) : new Map<Part, string>();
  const write = (values: Readonly<Record<string, string>>): void => keeper.write({ ...keeper.draft.value.values, ...values });

  useEffect(() => attempt(ask("readers", { channel: channel.channel }).then(setReaders)), [channel.channel, channel.readers]);
  useEffect(() => {
    if (tried > 0) summary.current?.focus();
  }, [tried]);

  const send = async (): Promise<void> => {
    if (sending || readers === null) return;
    setProblem(null);
    if (mistakesIn(form, asked).size > 0) {
      setTried(tried + 1);
      return;
    }
    setSending(true);
    try {
      await keeper.flush();
      const due = dueOf(form);
      const parts = { ...(form.scope !== "all" && { to: [...asked].sort() }), ...(due !== null && { due }) };
      keep(await ask("send", { draft: draft.id, body: bodyOf(form), urgent: form.urgent, ...parts }));
      await refreshDrafts();
    } catch (reason) {
      setProblem(problemOf(reason));
      setTried(tried + 1);
      setSending(false);
    }
  };
  return (
    <WritePage
      keeper={keeper}
      channel={channel}
      title={t("New notice")}
      summary={summary}
      mistakes={[...mistakes].map(([part, words]) => ({ id: `n-${part}`, words }))}
      problem={problem}
      send={send}
      sendWords={sending ? t("Sending …") : t("Send notice")}
      aside={<Counted asked={asked} />}
    >
      <Kind form={form} write={write} mistake={mistakes.get("kind")} />
      <Words form={form} keeper={keeper} write={write} mistake={mistakes.get("words")} />
      <Asked form={form} possible={possible} write={write} mistake={mistakes.get("asked")} />
      <Due form={form} write={write} mistake={mistakes.get("due")} />
    </WritePage>
  );
}

function Counted({ asked }: { readonly asked: readonly string[] }) {
  return (
    <section class="panel" aria-labelledby="asked-t">
      <h2 id="asked-t">{t("Who is asked")}</h2>
      <p role="status">
        <b>{tn("{n} country is asked to acknowledge.", "{n} countries are asked to acknowledge.", asked.length)}</b>
      </p>
      <p class="meta">{list(asked.map(country))}</p>
      <p class="meta">{t("Everyone in the channel reads the notice; only these countries are asked and counted.")}</p>
    </section>
  );
}
