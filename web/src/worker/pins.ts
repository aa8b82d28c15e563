/**
 * What this account has seen and never lets shrink: heads of chains, channels, the log (protocol.md 7).
 *
 * Kept as a private record, so that a new device knows it too; the copy on this device counts whatever the hub returns.
 */
import type { JsonObject } from "../crypto/encoding.ts";
import type { Pin } from "../crypto/chain.ts";
import type { ChannelPin } from "./channel.ts";
import type { Records } from "./records.ts";

const RECORD = "pins";

export interface Pins {
  readonly directory: Pin;
  readonly operations: ReadonlyMap<string, Pin>;
  readonly channels: ReadonlyMap<string, ChannelPin>;
  /** The signed note of the last checkpoint verified; empty if none was. */
  readonly checkpoint: string;
}

/** Every set of pins there is: the one that followed the person and the one that rests here. */
export async function knownPins(records: Records): Promise<readonly Pins[]> {
  const found = [records.get(RECORD), await records.resting(RECORD)];
  return found.filter((value) => value !== null).map(pinsOf);
}

export async function keepPins(records: Records, pins: Pins): Promise<void> {
  const value: JsonObject = {
    directory: { size: pins.directory.size, head: pins.directory.head },
    operations: [...pins.operations].map(([operation, { size, head }]) => [operation, size, head]),
    channels: [...pins.channels].map(([channel, { seq, chain }]) => [channel, seq, chain]),
    checkpoint: pins.checkpoint,
  };
  if (JSON.stringify(value) === JSON.stringify(records.get(RECORD))) return;
  await records.keep(RECORD, value);
  await records.bring(RECORD);
}

function pinsOf(value: JsonObject): Pins {
  const written = value as unknown as {
    directory: Pin;
    operations: readonly [string, number, string][];
    channels: readonly [string, number, string][];
    checkpoint: string;
  };
  return {
    directory: written.directory,
    operations: new Map(written.operations.map(([operation, size, head]) => [operation, { size, head }])),
    channels: new Map(written.channels.map(([channel, seq, chain]) => [channel, { seq, chain }])),
    checkpoint: written.checkpoint,
  };
}
