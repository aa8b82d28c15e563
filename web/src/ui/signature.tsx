/** The signature in words: who, on which device, when, what was checked and when. Quiet when it holds. */
import { EvidenceButton, EvidenceWords, useEvidence } from "./evidence.tsx";
import { Icon } from "./icon.tsx";
import type { NoticeItem } from "../worker/protocol.ts";
import { type Sent, authorName } from "./rows.tsx";
import { clockWithSeconds, date } from "./times.ts";
import { number, t, tx } from "./words.ts";

interface SignaturePanelProps {
  readonly item: Sent | NoticeItem;
  readonly checking: boolean;
  readonly check: () => Promise<void>;
}

export function SignaturePanel({ item, checking, check }: SignaturePanelProps) {
  const { author, signature } = item;
  const evidence = useEvidence(item.channel, item.id);
  const name = <bdi>{authorName(author)}</bdi>;
  const device = (
    <b>
      <bdi>{author.device}</bdi>
    </b>
  );
  return (
    <section class="block" aria-labelledby="d-sig">
      <div class="panel is-checked">
        <h3 class="panel-title" id="d-sig">
          <Icon name="seal" more="large" />
          <span>{tx("Signed by {name}", { name })}</span>
        </h3>
        <p class="meta">
          {tx("On {device}, {date}, {time} UTC. The hub received it at {received}.", {
            device,
            date: date(signature.at),
            time: clockWithSeconds(signature.at),
            received: clockWithSeconds(signature.receivedAt),
          })}{" "}
          {t("Nothing has been changed since: your browser checked the words, the place in the channel and the time.")}
        </p>
        <p class="meta">
          {author.level === "A2"
            ? tx("{name} was certified after a call or a meeting in person (level A2).", { name })
            : tx("{name} was certified on paper, without a call (level A1).", { name })}{" "}
          {tx("Log entry {entry}.", { entry: <bdi class="code">{number(signature.leaf)}</bdi> })}
        </p>
        <p class="row row-tight actions">
          <button class="button is-small" type="button" onClick={() => void check()}>
            {t("Check again")}
          </button>{" "}
          <EvidenceButton {...evidence} />{" "}
          <span class="state is-checked is-wrapping" role="status">
            {checking ? (
              t("Checking …")
            ) : (
              <>
                <Icon name="check" />
                {t("Checked here at {time} UTC", { time: clockWithSeconds(signature.checkedAt) })}
              </>
            )}
          </span>
        </p>
        <EvidenceWords {...evidence} />
      </div>
    </section>
  );
}
