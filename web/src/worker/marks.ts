/** How far this person has read each channel: a private record, so that their devices agree. */
import type { JsonObject } from "../crypto/encoding.ts";
import { Refused } from "../net/api.ts";
import type { Records } from "./records.ts";

const RECORD = "marks";
const PAUSE = 3_000;

export class Marks {
  private readonly records: Records;
  private readonly read = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(records: Records) {
    this.records = records;
    this.merge(records.get(RECORD));
    for (const { record, value } of records.overtaken) if (record === RECORD) this.merge(value);
  }

  readTo(channel: string): number {
    return this.read.get(channel) ?? 0;
  }

  /** True if it moved. A mark only moves on. */
  mark(channel: string, seq: number): boolean {
    if (seq <= this.readTo(channel)) return false;
    this.read.set(channel, seq);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), PAUSE);
    return true;
  }

  /** Takes over what another device of this person has read meanwhile. True if something moved. */
  async refresh(): Promise<boolean> {
    const before = JSON.stringify(this.form());
    this.merge(await this.records.newer(RECORD));
    return JSON.stringify(this.form()) !== before;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async keep(): Promise<void> {
    await this.records.keep(RECORD, this.form());
    try {
      this.merge(await this.records.bring(RECORD));
    } catch (refused) {
      // Kept on this device; the next mark or the next unlock brings it.
      if (!(refused instanceof Refused)) throw refused;
    }
  }

  private form(): JsonObject {
    return { channels: [...this.read].map(([channel, seq]) => [channel, seq]) };
  }

  private merge(value: JsonObject | null): void {
    if (value === null) return;
    for (const [channel, seq] of value["channels"] as unknown as readonly [string, number][]) {
      this.read.set(channel, Math.max(seq, this.readTo(channel)));
    }
  }
}
