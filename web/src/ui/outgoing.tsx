/** What happens to something after Send: in words, "Sent" only when the hub's receipt was checked. */
import type { OutboxEntry } from "../worker/protocol.ts";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, draftPath, go } from "./route.ts";
import { ask, attempt, connection, keep, outbox, refreshDrafts } from "./state.ts";
import { clock } from "./times.ts";
import { t } from "./words.ts";

export function OutboxState({ entry }: { readonly entry: OutboxEntry }) {
  switch (entry.state) {
    case "waiting":
      return (
        <span class="state">
          <Icon name="clock" />
          {t("Waiting to send")}
        </span>
      );
    case "sending":
      return (
        <span class="state">
          <Icon name="outbox" />
          {t("Sending …")}
        </span>
      );
    case "sent":
      return (
        <span class="state is-checked">
          <Icon name="check" />
          {entry.sentAt === null ? t("Sent") : t("Sent {time} UTC", { time: clock(entry.sentAt) })}
        </span>
      );
    case "refused":
      return (
        <span class="state is-failed">
          <Icon name="warning" />
          {t("Refused")}
        </span>
      );
  }
}

/** Why it is where it is. */
export function outboxCause(entry: OutboxEntry): string {
  switch (entry.state) {
    case "waiting":
      return connection.value === "offline"
        ? t("There is no connection. It is kept on this device, is tried again by itself and can’t go twice.")
        : t("It is kept on this device, is tried again by itself and can’t go twice.");
    case "sending":
      return t("It is on its way. You may leave this page.");
    case "sent":
      return t("The hub’s receipt was checked. Its readers can open it now.");
    case "refused":
      return entry.problem === null ? t("The hub did not take it. The text is kept.") : problemWords(entry.problem);
  }
}

function forget({ id: gone }: OutboxEntry): void {
  outbox.value = outbox.value.filter(({ id }) => id !== gone);
}

async function backToDraft(entry: OutboxEntry): Promise<void> {
  const draft = await ask("backToDraft", { id: entry.id });
  await refreshDrafts();
  forget(entry);
  go(draftPath(draft.operation, draft.channel, draft.id));
}

/** The one thing that can be done about it. */
export function OutboxAction({ entry }: { readonly entry: OutboxEntry }) {
  if (entry.state === "refused" && entry.kind === "acknowledgement") {
    const remove = async (): Promise<void> => {
      await ask("dropAnswer", { id: entry.id });
      forget(entry);
    };
    return (
      <button class="button is-small" type="button" onClick={() => attempt(remove())}>
        {t("Delete")}
      </button>
    );
  }
  if (entry.state === "refused") {
    return (
      <button class="button is-small" type="button" onClick={() => attempt(backToDraft(entry))}>
        {t("Edit it again")}
      </button>
    );
  }
  if (entry.state === "waiting") {
    return (
      <button class="button is-small" type="button" onClick={() => attempt(ask("sendAgain", { id: entry.id }).then(keep))}>
        {t("Try now")}
      </button>
    );
  }
  return (
    <a class="button is-small" href={channelPath(entry.operation, entry.channel)}>
      {t("Go to the channel")}
    </a>
  );
}
