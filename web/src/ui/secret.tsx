/** A channel whose secret somebody couldn't open: what happened, and that nobody has to do anything. */
import type { ChannelView } from "../worker/protocol.ts";
import { Icon } from "./icon.tsx";
import { t } from "./words.ts";

export function BadSecret({ channel }: { readonly channel: ChannelView }) {
  if (channel.bad === null) return null;
  return (
    <p class="state is-failed is-wrapping feed-note" role="status">
      <Icon name="warning" />
      {t("{name} reported that this channel’s key doesn’t open. The next reader who is online makes a new one; what you send waits for it.", {
        name: channel.bad,
      })}
    </p>
  );
}
