/** A channel's next secret for its readers, and what travels beside the entry that makes it (docs/spec/10-epochs.md). */
import { b64, type Bytes, utf8 } from "../crypto/encoding.ts";
import type { EpochRecord, Reader } from "../crypto/epochs.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { channelOf, holders, type Operation, readers } from "../crypto/membership.ts";
import { makeEpoch, type Recipient } from "../crypto/sealing.ts";
import type { DirectoryLedger } from "./ledger.ts";
import type { Rotating } from "./rotation.ts";

/** In ms: so long whoever reported an epoch, or made the reported one, leaves the next to another reader. */
const OTHERS_FIRST = 60_000;

/** The next epoch of the channel for its readers as of `after`, and the wraps that travel beside its entry. */
export async function nextEpoch(rotating: Rotating, after: Operation): Promise<{ readonly record: EpochRecord; readonly beside: Uint8Array }> {
  const { keys, directory, operation, secrets, log } = rotating;
  const channel = channelOf(after, log.channel);
  const former = channel.epoch;
  const to = recipients(readers(after, log.channel, directory.latest), directory);
  await log.sync();
  const seen = { seq: log.last, chain: b64((await log.chainAt(log.last)) ?? new Uint8Array()) };
  const label = former === null ? "" : await secrets.labelToKeep(log.channel, former.number).catch(unnamed);
  const keeps = former !== null && channel.history === "all";
  const { record, wraps } = await makeEpoch(
    { hub: keys.hub, operation: operation.id, channel: log.channel },
    (former?.number ?? 0) + 1,
    to,
    label,
    seen,
    keeps ? await secrets.toHandOn(log.channel, former.number) : null,
  );
  return { record, beside: wrapsDocument(record.channel, record.epoch, to, wraps) };
}

/** A name that doesn't open is no reason to leave a channel without a secret. */
function unnamed(refused: unknown): string {
  if (refused instanceof ProtocolError) return "";
  throw refused;
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

/** Whoever reported an epoch, or made the reported one, leaves the next to another reader for a minute. */
export function othersFirst(after: Operation, channel: string, account: string): boolean {
  const { epoch, reports } = channelOf(after, channel);
  const last = reports.at(-1);
  if (epoch === null || !epoch.bad || last === undefined) return false;
  const concerned: readonly string[] = [last[0], epoch.author];
  const hasOthers = holders(epoch).some((reader) => !concerned.includes(reader.account));
  return concerned.includes(account) && hasOthers && Date.now() - last[1] < OTHERS_FIRST;
}
