/** Operations and their channels, at the start of the page; on a phone a screen of its own. */
import type { ChannelView, OperationView } from "../worker/protocol.ts";
import { channelName, compartmentIcon, compartmentWords } from "./channels.ts";
import { Icon } from "./icon.tsx";
import { channelPath, membersPath, operationPath, place } from "./route.ts";
import { shell } from "./shell.ts";
import { operations, session } from "./state.ts";
import { t, tn } from "./words.ts";

function Unread({ channel }: { readonly channel: ChannelView }) {
  if (channel.unread === 0) return <span />;
  const urgent = channel.urgent > 0;
  return (
    <span class={urgent ? "n is-urgent" : "n"}>
      {channel.unread}
      <span class="hidden-text"> {urgent ? t("unread, urgent") : t("unread")}</span>
    </span>
  );
}

function ChannelLink({ channel, here }: { readonly channel: ChannelView; readonly here: boolean }) {
  return (
    <li>
      <a href={channelPath(channel.operation, channel.channel)} aria-current={here ? "page" : undefined}>
        <Icon name={compartmentIcon(channel.compartment)} />
        <span class={channel.unread > 0 ? "is-unread" : ""}>
          <bdi>{channelName(channel)}</bdi>
          <span class="hidden-text"> ({compartmentWords(channel.compartment)})</span>
        </span>
        <Unread channel={channel} />
      </a>
    </li>
  );
}

function Operation({ operation, here }: { readonly operation: OperationView; readonly here: string | null }) {
  const closed = operation.closedToMe.length;
  return (
    <>
      <h2 class="rail-op">
        <bdi>{operation.name}</bdi> {shell.exercise && <small>{t("exercise")}</small>}
      </h2>
      {operation.frozen !== null && (
        <p class="rail-note is-wrong">
          {operation.frozen === "bad-directory"
            ? t("Read-only: the hub’s directory of people doesn’t hold. Tell an administrator by phone.")
            : t("Read-only: a signed change of this operation doesn’t hold. Tell a coordinator by phone.")}
        </p>
      )}
      <ul>
        {operation.channels.map((channel) => (
          <ChannelLink key={channel.channel} channel={channel} here={channel.channel === here} />
        ))}
      </ul>
      {operation.phase === "closed" && <p class="rail-note">{t("Closed: it can be read, nothing more is sent.")}</p>}
      {operation.phase === "destroyed" && <p class="rail-note">{t("Destroyed: the record of who did what stays.")}</p>}
      <p class="rail-note">
        <a href={membersPath(operation.operation)}>{tn("{n} member", "{n} members", operation.members)}</a>
        {" · "}
        <a href={operationPath(operation.operation)}>{t("About it")}</a>
      </p>
      {closed > 0 && (
        <p class="rail-note">
          {tn("{n} more channel exists. You aren’t a reader.", "{n} more channels exist. You aren’t a reader.", closed)}
        </p>
      )}
    </>
  );
}

export function Rail() {
  const at = place.value;
  const here = "channel" in at ? at.channel : null;
  const seen = operations.value;
  const compartments = [...new Set((seen ?? []).flatMap(({ channels }) => channels.map(({ compartment }) => compartment)))];
  return (
    <nav class="rail" aria-label={t("Operations and channels")}>
      {seen === null && <p class="rail-note">{t("Opening your channels …")}</p>}
      {seen?.length === 0 && (
        <p class="rail-note">{t("You aren’t a member of an operation yet. A coordinator admits you; it then appears here.")}</p>
      )}
      {seen?.map((operation) => (
        <Operation key={operation.operation} operation={operation} here={here} />
      ))}
      <div class="rail-foot">
        <h2 class="hidden-text">{t("Compartments")}</h2>
        <ul class="legend">
          {compartments.map((compartment) => (
            <li key={compartment}>
              <Icon name={compartmentIcon(compartment)} />
              {compartmentWords(compartment)}
            </li>
          ))}
        </ul>
        {session.value?.mayCoordinate === true && (
          <p>
            <a class="textlink" href="/o/open">
              {t("Open an operation")}
            </a>
          </p>
        )}
        <p>
          <a class="textlink" href="/o/about">
            {t("What the hub can and can’t see")}
          </a>
        </p>
      </div>
    </nav>
  );
}
