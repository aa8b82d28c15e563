/**
 * The secrets of the channels this account reads: opened from its own wrap, or backwards through `previous`
 * (protocol.md 5). They live in this worker's memory only.
 */
import { holders, type Operation } from "../crypto/membership.ts";
import { type Bytes, unb64 } from "../crypto/encoding.ts";
import type { EpochRecord } from "../crypto/epochs.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { checkCommitment, openEpoch, openLabel, openPrevious } from "../crypto/sealing.ts";
import { seedOf } from "../crypto/vault.ts";
import { getJson, Refused } from "../net/api.ts";
import type { Unlocked } from "./keys.ts";
import type { OperationLedger } from "./ledger.ts";

interface OwnWrap {
  readonly account: string;
  readonly generation: number;
  readonly wrap: string;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  /** The hash of a later grant's wraps, where the wrap came by one. */
  readonly grant?: string;
}

export class EpochSecrets {
  private readonly keys: Unlocked;
  private readonly operation: OperationLedger;
  private readonly opened = new Map<string, Promise<Bytes>>();

  constructor(keys: Unlocked, operation: OperationLedger) {
    this.keys = keys;
    this.operation = operation;
  }

  /** The secret of one epoch. Raises what keeps it closed. */
  of(channel: string, epoch: number): Promise<Bytes> {
    const name = `${channel} ${epoch}`;
    let secret = this.opened.get(name);
    if (secret === undefined) {
      secret = this.openWhole(channel, epoch);
      this.opened.set(name, secret);
      // A refusal isn't kept: the wrap may be served later.
      secret.catch(() => this.opened.delete(name));
    }
    return secret;
  }

  /** False for an epoch that no way leads to: where history begins on joining, what was sealed for others stays theirs. */
  reaches(channel: string, epoch: number): boolean {
    if (this.latest.channels.get(channel)?.history !== "from-join") return true;
    const served = this.operation.past.findLast(({ state }) => state.channels.get(channel)?.epoch?.number === epoch);
    const found = served?.state.channels.get(channel)?.epoch ?? null;
    return found === null || holders(found).some(({ account }) => account === this.keys.account);
  }

  /** The channel's label, as its current epoch's author sealed it. */
  async label(channel: string): Promise<string> {
    const record = recordOf(this.latest, channel);
    const place = { hub: this.keys.hub, operation: this.operation.id, channel, epoch: record.epoch };
    return openLabel(await this.of(channel, record.epoch), place, record.label);
  }

  forget(): void {
    this.opened.clear();
  }

  /** Reading was taken away: what was opened for it is not kept. */
  forgetChannel(channel: string): void {
    for (const name of [...this.opened.keys()]) if (name.startsWith(`${channel} `)) this.opened.delete(name);
  }

  private get latest(): Operation {
    const latest = this.operation.latest;
    if (latest === null) throw new ProtocolError("wrong-place", "The operation is not known yet.");
    return latest;
  }

  /** By the own wrap where there is one, else from the next epoch's `previous`. */
  private async openWhole(channel: string, epoch: number): Promise<Bytes> {
    const record = this.recordAt(channel, epoch);
    const next = this.recordAt(channel, epoch + 1);
    if (record === null) throw new ProtocolError("wrong-place", "The channel has no such epoch.");
    if (next?.previous !== undefined && next.previous !== null) {
      const later = await this.of(channel, epoch + 1);
      const place = { hub: this.keys.hub, operation: this.operation.id, channel, epoch: epoch + 1, former: epoch };
      const secret = await openPrevious(later, place, next.previous);
      await checkCommitment(secret, place, unb64(record.commitment, 32));
      return secret;
    }
    return this.openOwnWrap(channel, record);
  }

  private async openOwnWrap(channel: string, record: EpochRecord): Promise<Bytes> {
    const path = `/api/operations/${this.operation.id}/channels/${channel}/epochs/${record.epoch}/wrap`;
    const own = await getJson<OwnWrap>(path).catch((refused: unknown) => {
      // Nobody has wrapped it for this account yet, or the hub keeps it back: it waits, and stops nothing else.
      if (refused instanceof Refused && refused.status === 404) throw new ProtocolError("cannot-open", "There is no copy of this secret.");
      throw refused;
    });
    const wrapsHash = own.grant === undefined ? record.wrapsHash : this.granted(channel, record.epoch, own.grant);
    return openEpoch(
      seedOf(this.keys.vault, own.generation),
      this.keys.account,
      own.generation,
      record,
      unb64(own.wrap),
      { index: own.index, size: own.size, path: own.path.map((hash) => unb64(hash, 32)) },
      { hub: this.keys.hub, operation: this.operation.id, channel },
      wrapsHash,
    );
  }

  /** The hub names a grant's hash; it counts only if an entry that was verified here signed it for this account. */
  private granted(channel: string, epoch: number, hash: string): string {
    const signed = this.operation.past.some(({ changes }) =>
      changes.some(
        (change) =>
          change.change === "grants" &&
          change.channel === channel &&
          change.epoch === epoch &&
          change.wrapsHash === hash &&
          change.to.includes(this.keys.account),
      ),
    );
    if (!signed) throw new ProtocolError("wrong-wraps", "Nobody signed this grant.");
    return hash;
  }

  private recordAt(channel: string, epoch: number): EpochRecord | null {
    return this.operation.madeBy(channel, epoch)?.state.channels.get(channel)?.epoch?.record ?? null;
  }
}

function recordOf(operation: Operation, channel: string): EpochRecord {
  const epoch = operation.channels.get(channel)?.epoch ?? null;
  if (epoch === null) throw new ProtocolError("stale-epoch", "The channel has no secret yet.");
  return epoch.record;
}
