/**
 * Whether a channel needs a next secret before anything is sealed into it, and its making where it does
 * (docs/spec/10-epochs.md). How one is made comes when it is needed: most of the time nothing is.
 */
import { channelOf, epochNeeded, stale } from "../crypto/membership.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { Refused } from "../net/api.ts";
import type { ChannelLog } from "./channel.ts";
import type { EpochSecrets } from "./epochs.ts";
import type { Unlocked } from "./keys.ts";
import { known } from "./known.ts";
import { later } from "./later.ts";
import type { DirectoryLedger, OperationLedger } from "./ledger.ts";
import { Declined } from "./problems.ts";

export interface Rotating {
  readonly keys: Unlocked;
  readonly directory: DirectoryLedger;
  readonly operation: OperationLedger;
  readonly secrets: EpochSecrets;
  readonly log: ChannelLog;
}

/** Makes what the channel needs before a post: loss of reading is hard and raises; age and people who wait are soft. */
export async function rotateIfNeeded(rotating: Rotating): Promise<void> {
  const { directory, operation, log } = rotating;
  if (!epochNeeded(known(operation), log.channel, directory.latest, Date.now())) return;
  try {
    const { tend } = await later(() => import("./serving.ts"));
    await tend({ ...rotating, log: (channel) => (channel === log.channel ? log : null) });
  } catch (refused) {
    const isOurs = refused instanceof Refused || refused instanceof Declined || refused instanceof ProtocolError;
    if (!isOurs || mustRotate(rotating)) throw refused;
  }
  if (mustRotate(rotating)) throw new Declined("stale-epoch");
}

function mustRotate({ directory, operation, log }: Rotating): boolean {
  const state = known(operation);
  return channelOf(state, log.channel).epoch === null || stale(state, log.channel, directory.latest);
}
