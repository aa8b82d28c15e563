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
  /** By channel, the newest epoch whose maker signed what does not open. */
  readonly unopened = new Map<string, number>();
  /** By channel, the newest epoch that opens, and the one before through it. */
  private readonly sound = new Map<string, number>();

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

  /** The channel's label, as its current epoch's author sealed it; past one that is bad, as the one before had it. */
  label(channel: string): Promise<string> {
    return this.labelToKeep(channel, recordOf(this.latest, channel).epoch);
  }

  private async labelOf(channel: string, epoch: number): Promise<string> {
    const place = { hub: this.keys.hub, operation: this.operation.id, channel, epoch };
    return openLabel(await this.of(channel, epoch), place, this.recordAt(channel, epoch)?.label ?? "");
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

  /** Through the history where it leads here, else by the own wrap; what is wrong with that one says more. */
  private async openWhole(channel: string, epoch: number): Promise<Bytes> {
    const record = this.recordAt(channel, epoch);
    if (record === null) throw new ProtocolError("wrong-place", "The channel has no such epoch.");
    return (await this.throughHistory(channel, epoch)) ?? this.openOwnWrap(channel, record);
  }

  /** From the next epoch back; where that was reported and leads nowhere, from the one after it. Null where no history leads here. */
  private async throughHistory(channel: string, epoch: number): Promise<Bytes | null> {
    for (let later = epoch + 1; (this.recordAt(channel, later)?.previous ?? null) !== null; later++) {
      try {
        const former = await this.former(channel, later);
        if (former.number === epoch) return former.secret;
      } catch (refused) {
        if (!(refused instanceof ProtocolError)) throw refused;
      }
      if (!this.operation.reported(channel, later)) return null;
    }
    return null;
  }

  /** What `previous` leads to: the epoch before, or, past those that were reported, the latest that wasn't. */
  private async former(channel: string, epoch: number): Promise<{ readonly number: number; readonly secret: Bytes }> {
    const sealed = this.recordAt(channel, epoch)?.previous ?? null;
    if (sealed === null) throw new ProtocolError("not-a-reader", "No history leads back from here.");
    const es = await this.of(channel, epoch);
    const place = { hub: this.keys.hub, operation: this.operation.id, channel };
    for (let number = epoch - 1; number >= 0; number--) {
      try {
        const secret = await openPrevious(es, { ...place, epoch, former: number }, sealed);
        if (number > 0) await checkCommitment(secret, place, unb64(this.recordAt(channel, number)?.commitment ?? "", 32));
        return { number, secret };
      } catch (refused) {
        if (!(refused instanceof ProtocolError)) throw refused;
        if (!this.operation.reported(channel, number)) break;
      }
    }
    this.unopened.set(channel, epoch);
    throw new ProtocolError("bad-previous", "The secret before this one does not open.");
  }

  /**
   * Returns only if the epoch opens and, where the channel keeps its history, leads on to the one before. Where that is its maker's
   * fault, `unopened` holds it from then on.
   */
  async checkSound(channel: string, epoch: number): Promise<void> {
    if (this.sound.get(channel) === epoch) return;
    await this.of(channel, epoch);
    if ((this.recordAt(channel, epoch)?.previous ?? null) !== null) await this.former(channel, epoch);
    this.sound.set(channel, epoch);
  }

  /**
   * What the next epoch's `previous` is to hold: the current one, or, where that was reported and doesn't hold here either, the latest
   * before it that nobody reported; number 0 and zeros where there is none.
   */
  async toHandOn(channel: string, epoch: number): Promise<{ readonly epoch: number; readonly es: Bytes }> {
    const isReported = this.operation.reported(channel, epoch);
    try {
      if (isReported) await this.checkSound(channel, epoch);
      return { epoch, es: await this.of(channel, epoch) };
    } catch (refused) {
      if (!(refused instanceof ProtocolError) || !isReported) throw refused;
    }
    let earlier = epoch - 1;
    while (this.operation.reported(channel, earlier)) earlier -= 1;
    return { epoch: earlier, es: earlier === 0 ? new Uint8Array(32) : await this.of(channel, earlier) };
  }

  /** Where an epoch is bad, the channel keeps the name that it had before: nobody takes it away by sealing nonsense. Raises what keeps it closed. */
  async labelToKeep(channel: string, epoch: number): Promise<string> {
    try {
      return await this.labelOf(channel, epoch);
    } catch (refused) {
      const isBad = this.unopened.get(channel) === epoch || this.operation.reported(channel, epoch);
      if (!(refused instanceof ProtocolError) || !isBad || epoch === 1) throw refused;
      return this.labelToKeep(channel, epoch - 1);
    }
  }

  private async openOwnWrap(channel: string, record: EpochRecord): Promise<Bytes> {
    const path = `/api/operations/${this.operation.id}/channels/${channel}/epochs/${record.epoch}/wrap`;
    const own = await getJson<OwnWrap>(path).catch((refused: unknown) => {
      // Nobody has wrapped it for this account yet, or the hub keeps it back: it waits, and stops nothing else.
      if (refused instanceof Refused && refused.status === 404) throw new ProtocolError("cannot-open", "There is no copy of this secret.");
      throw refused;
    });
    const wrapsHash = own.grant === undefined ? record.wrapsHash : this.granted(channel, record.epoch, own.grant);
    const seed = seedOf(this.keys.vault, own.generation);
    return openEpoch(
      seed,
      this.keys.account,
      own.generation,
      record,
      unb64(own.wrap),
      { index: own.index, size: own.size, path: own.path.map((hash) => unb64(hash, 32)) },
      { hub: this.keys.hub, operation: this.operation.id, channel },
      wrapsHash,
    ).catch((refused: unknown) => {
      // Its maker signed this very wrap: that it does not open is not the hub's doing.
      const isMakers = refused instanceof ProtocolError && (refused.code === "cannot-open" || refused.code === "bad-commitment");
      if (isMakers) this.unopened.set(channel, record.epoch);
      throw refused;
    });
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
