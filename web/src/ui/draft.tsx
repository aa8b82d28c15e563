/** The page of one draft: writing it, and what became of it after Send. */
import type { B64, OutboxEntry } from "../worker/protocol.ts";
import { Compose } from "./compose.tsx";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { OutboxAction, OutboxState, outboxCause } from "./outgoing.tsx";
import { channelPath } from "./route.ts";
import { drafts, findChannel, operations, outbox } from "./state.ts";
import { t } from "./words.ts";
import { WriteNotice } from "./write-notice.tsx";
import { WritePost } from "./write-post.tsx";

interface DraftPageProps {
  readonly operation: B64;
  readonly id: B64;
  readonly draft: B64;
}

export function DraftPage({ operation, id, draft: draftId }: DraftPageProps) {
  const channel = findChannel(id);
  const entry = outbox.value.find((one) => one.id === draftId);
  const draft = drafts.value.find((one) => one.id === draftId);
  if (entry !== undefined) return <Outgoing entry={entry} />;
  if (draft?.kind === "notice" && channel !== null) return <WriteNotice key={draftId} draft={draft} channel={channel} />;
  if (draft !== undefined && channel !== null) {
    return draft.kind === "alert" ? (
      <Compose key={draftId} draft={draft} channel={channel} />
    ) : (
      <WritePost key={draftId} draft={draft} channel={channel} />
    );
  }
  return (
    <Page narrow>
      <div class="page-head">
        <h1 tabIndex={-1}>{operations.value === null ? t("Opening your draft …") : t("This draft is no longer here")}</h1>
      </div>
      {operations.value !== null && (
        <p>
          {t("It was sent or deleted, perhaps on another device.")} <a href={channelPath(operation, id)}>{t("Go to the channel")}</a>
        </p>
      )}
    </Page>
  );
}

function outgoingTitle({ kind }: OutboxEntry): string {
  if (kind === "notice") return t("Your notice");
  return kind === "alert" ? t("Your alert") : t("Your post");
}

/** "Sent 14:03 UTC" stands here only after the hub's receipt was checked. */
function Outgoing({ entry }: { readonly entry: OutboxEntry }) {
  return (
    <Page narrow>
      <p>
        <a class="textlink" href={channelPath(entry.operation, entry.channel)}>
          <Icon name="back" more="flip" />
          {t("Back to the channel")}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{outgoingTitle(entry)}</h1>
          {entry.reference !== "" && (
            <p class="lead">
              {t("Reference")} <bdi class="ref">{entry.reference}</bdi>
            </p>
          )}
        </div>
      </div>
      <section class={entry.state === "refused" ? "panel is-failed measure" : "panel measure"} role="status">
        <p class="outgoing">
          <OutboxState entry={entry} />
        </p>
        <p>{outboxCause(entry)}</p>
        <p class="row row-tight">
          <OutboxAction entry={entry} />
        </p>
      </section>
    </Page>
  );
}
