/** Before the button: who will read it, that it is signed, and what can be done about it later. */
import type { ComponentChildren } from "preact";
import type { ChannelView } from "../worker/protocol.ts";
import { people } from "./audience.ts";
import type { Keeper } from "./drafts.ts";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { channelPath } from "./route.ts";
import { clock } from "./times.ts";
import { list, t, tn } from "./words.ts";

/** More than these are counted. */
const MOST_NAMES = 5;

export function SendBar({ channel, children }: { readonly channel: ChannelView; readonly children: ComponentChildren }) {
  return (
    <div class="sendbar">
      <div>
        <p>
          <b>{t("To: {people}.", { people: people(channel) })}</b> {t("They will see your name.")}{" "}
          <a class="textlink" href={`${channelPath(channel.operation, channel.channel)}/readers`}>
            {t("Who they are")}
          </a>
        </p>
        <p class="meta">
          <Icon name="seal" /> {t("Signed by you. What is sent can’t be changed or deleted.")}
        </p>
      </div>
      <p class="row row-tight">{children}</p>
    </div>
  );
}

export function Audience({ channel }: { readonly channel: ChannelView }) {
  return (
    <section class="panel" aria-labelledby="au">
      <h2 id="au">{t("Who will read it")}</h2>
      <ul class="points">
        <li>
          <Icon name="people" />
          <span>{t("{people} can read this channel", { people: people(channel) })}</span>
        </li>
        {channel.pending.length > 0 && (
          <li>
            <Icon name="clock" />
            <span>
              {channel.pending.length > MOST_NAMES
                ? tn(
                    "{n} person gets it later: the key is still on the way",
                    "{n} people get it later: their keys are still on the way",
                    channel.pending.length,
                  )
                : tn(
                    "{names} gets it later: the key is still on the way",
                    "{names} get it later: their keys are still on the way",
                    channel.pending.length,
                    { names: list(channel.pending) },
                  )}
            </span>
          </li>
        )}
      </ul>
    </section>
  );
}

/** Where the words are at this moment: on this device, on the hub, or nowhere yet. */
export function Saved({ keeper }: { readonly keeper: Keeper }) {
  const saved = keeper.saved.value;
  const problem = keeper.problem.value;
  if (problem !== null) {
    return (
      <p class="state is-failed is-wrapping" role="status">
        <Icon name="warning" />
        {t("The draft could not be stored: {cause}", { cause: problemWords(problem) })}
      </p>
    );
  }
  if (saved === null) return <p class="meta">{t("What you type is stored as you go")}</p>;
  const time = clock(saved.at);
  return (
    <p class="state is-checked is-wrapping" role="status">
      <Icon name="check" />
      {saved.onHub ? t("Draft saved {time} UTC on this device, sealed on the hub", { time }) : t("Draft saved {time} UTC on this device", { time })}
    </p>
  );
}
