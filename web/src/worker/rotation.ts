/**
 * Making a channel's next secret before sending, where the rules ask for one (protocol.md 4, "mechanical entries").
 */
import { b64, type Bytes, utf8 } from "../crypto/encoding.ts";
import type { EpochRecord, Reader } from "../crypto/epochs.ts";
import { channelOf, entryBody, epochNeeded, type Operation, pending, readers, stale } from "../crypto/membership.ts";
import { joinParts, pack } from "../crypto/packet.ts";
import { makeEpoch, type Recipient } from "../crypto/sealing.ts";
import { Refused, sendPacket } from "../net/api.ts";
import type { ChannelLog } from "./channel.ts";
import type { EpochSecrets } from "./epochs.ts";
import type { Unlocked } from "./keys.ts";
import type { DirectoryLedger, OperationLedger } from "./ledger.ts";
import { Declined } from "./problems.ts";

const TRIES = 4;

export interface Rotating {
  readonly keys: Unlocked;
  readonly directory: DirectoryLedger;
  readonly operation: OperationLedger;
  readonly secrets: EpochSecrets;
  readonly log: ChannelLog;
}

/** Whether nobody may seal into the channel before it has a new secret: loss of reading is hard, age and waiting are soft. */
export function mustRotate({ directory, operation, log }: Rotating): boolean {
  const state = known(operation);
  const { epoch } = channelOf(state, log.channel);
  return epoch === null || stale(state, log.channel, directory.latest);
}

/** Makes the next epoch where one is needed. A soft need that fails is left to the next sender; a hard one raises. */
export async function rotateIfNeeded(rotating: Rotating): Promise<void> {
  const { directory, operation, log } = rotating;
  for (let tries = 0; tries < TRIES; tries++) {
    if (!epochNeeded(known(operation), log.channel, directory.latest, Date.now())) return;
    const isHard = mustRotate(rotating);
    try {
      await rotate(rotating);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      if (!isHard) return;
      if (refused.status !== 409) throw refused;
    }
    // Somebody else was first, or the new entry is in: either way the chain is longer now.
    await directory.sync();
    await operation.sync();
  }
  if (mustRotate(rotating)) throw new Declined("stale-epoch");
}

/** People who can read the channel by the rules and hold no secret of it yet. */
export function waiting(operation: Operation, channel: string, directory: DirectoryLedger): number {
  return pending(operation, channel, directory.latest).length;
}

/** The next epoch of the channel for its readers as of `after`, and the wraps that travel beside its entry. */
export async function nextEpoch(rotating: Rotating, after: Operation): Promise<{ readonly record: EpochRecord; readonly beside: Uint8Array }> {
  const { keys, directory, operation, secrets, log } = rotating;
  const channel = channelOf(after, log.channel);
  const former = channel.epoch;
  const to = recipients(readers(after, log.channel, directory.latest), directory);
  const seen = { seq: log.last, chain: b64((await log.chainAt(log.last)) ?? new Uint8Array()) };
  const label = former === null ? "" : await secrets.label(log.channel);
  const keeps = former !== null && channel.history === "all";
  const { record, wraps } = await makeEpoch(
    { hub: keys.hub, operation: operation.id, channel: log.channel },
    (former?.number ?? 0) + 1,
    to,
    label,
    seen,
    keeps ? { epoch: former.number, es: await secrets.of(log.channel, former.number) } : null,
  );
  return { record, beside: wrapsDocument(record.channel, record.epoch, to, wraps) };
}

async function rotate(rotating: Rotating): Promise<void> {
  const { keys, directory, operation } = rotating;
  const state = known(operation);
  const { record, beside } = await nextEpoch(rotating, state);
  const body = entryBody({
    hub: keys.hub,
    operation: operation.id,
    seq: state.seq + 1,
    prev: state.head,
    directorySize: directory.latest.size,
    directoryHead: directory.latest.head,
    by: [{ account: keys.account, device: keys.device }],
    at: Math.max(Date.now(), state.at),
    changes: [],
    epochs: [record],
  });
  const signature = await keys.signer.sign("entry", body);
  const packet = pack(new Uint8Array(), body, new Uint8Array(), [signature], joinParts([beside]));
  await sendPacket(`/api/operations/${operation.id}/entries`, packet);
}

/** Each reader with the whole certified key. */
export function recipients(to: readonly Reader[], directory: DirectoryLedger): readonly Recipient[] {
  return to.map((reader) => ({ reader, aek: directory.latest.account(reader.account).aek }));
}

/** What travels beside the entry; it may be larger than a statement. */
export function wrapsDocument(channel: string, epoch: number, to: readonly Recipient[], wraps: readonly Bytes[]): Uint8Array {
  const rows = to.map(({ reader }, at) => [reader.account, reader.generation, b64(wraps[at] ?? new Uint8Array())]);
  return utf8(JSON.stringify({ channel, epoch, wraps: rows }));
}

/** The operation as it stands. Raises frozen where it stands still. */
export function known(operation: OperationLedger): Operation {
  if (operation.frozen !== null) throw new Declined("frozen");
  if (operation.latest === null) throw new Declined("not-found");
  return operation.latest;
}
