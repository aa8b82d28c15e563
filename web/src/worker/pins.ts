/**
 * What this account has seen and never lets shrink: heads of chains, channels, the log (docs/spec, "client").
 *
 * Kept as a private record in the one form that all clients of a person share, so that a new device knows it too; the copy on
 * this device counts whatever the hub returns. Twin of hub/client/pins.py.
 */
import type { JsonObject } from "../crypto/encoding.ts";
import type { Pin } from "../crypto/chain.ts";
import { ProtocolError } from "../crypto/errors.ts";
import type { Records } from "./records.ts";

export const PINS = "pins";
/** Where there are more channels than one sealed record holds: "pins-2" and so on. Each part is whole in itself and merged. */
const NAME = /^pins(-[1-9][0-9]*)?$/;
/** Of at most 140 bytes each, in the 60,000 that a record holds. */
const MOST_ROWS = 350;

export interface ChannelPin {
  readonly operation: string;
  readonly seq: number;
  readonly chain: string;
}

/** The last envelope of one device in one channel. */
export interface Spoken {
  readonly channel: string;
  readonly device: string;
  readonly seq: number;
  readonly id: string;
}

/** Only ever grows. */
export class Pins {
  directory: Pin = { size: 0, head: "" };
  readonly operations = new Map<string, Pin>();
  readonly channels = new Map<string, ChannelPin>();
  readonly spoken = new Map<string, Spoken>();
  /** The signed note of the last checkpoint verified; null if none was. */
  checkpoint: string | null = null;

  sawDirectory(pin: Pin): void {
    this.directory = further(this.directory, pin);
  }

  sawOperation(operation: string, pin: Pin): void {
    this.operations.set(operation, further(this.operations.get(operation) ?? { size: 0, head: "" }, pin));
  }

  sawChannel(channel: string, pin: ChannelPin): void {
    const mine = this.channels.get(channel);
    if (mine !== undefined && mine.seq === pin.seq && mine.chain !== pin.chain) throw forked();
    if (mine === undefined || mine.seq < pin.seq) this.channels.set(channel, pin);
  }

  heard(last: Spoken): void {
    const key = `${last.channel} ${last.device}`;
    if ((this.spoken.get(key)?.seq ?? 0) < last.seq) this.spoken.set(key, last);
  }

  /** Raises forked where both have seen the same place with another content. */
  merge(other: Pins): void {
    this.sawDirectory(other.directory);
    for (const [operation, pin] of other.operations) this.sawOperation(operation, pin);
    for (const [channel, pin] of other.channels) this.sawChannel(channel, pin);
    for (const last of other.spoken.values()) this.heard(last);
    this.checkpoint ??= other.checkpoint;
  }

  /** Everything, in as many parts as sealed records need; the heads stand in the first. */
  parts(): readonly Pins[] {
    const first = new Pins();
    first.directory = this.directory;
    first.checkpoint = this.checkpoint;
    const parts = [first];
    let rows = 0;
    const last = (): Pins => {
      if (rows > 0 && rows % MOST_ROWS === 0) parts.push(new Pins());
      rows += 1;
      return parts.at(-1) ?? first;
    };
    for (const [operation, pin] of byName(this.operations)) last().operations.set(operation, pin);
    for (const [channel, pin] of byName(this.channels)) last().channels.set(channel, pin);
    for (const [key, spoken] of byName(this.spoken)) last().spoken.set(key, spoken);
    return parts;
  }

  /** The written form, sorted. */
  form(): JsonObject {
    const sorted = <T extends readonly (string | number)[]>(rows: Iterable<T>): T[] => [...rows].sort((a, b) => (String(a) < String(b) ? -1 : 1));
    return {
      v: 1,
      directory: [this.directory.size, this.directory.head],
      operations: sorted([...this.operations].map(([operation, { size, head }]) => [operation, size, head] as const)),
      channels: sorted([...this.channels].map(([channel, { operation, seq, chain }]) => [operation, channel, seq, chain] as const)),
      devices: sorted([...this.spoken.values()].map(({ channel, device, seq, id }) => [channel, device, seq, id] as const)),
      checkpoint: this.checkpoint,
    };
  }
}

/** Everything that was ever seen: what followed the person and what rests here. The newer of two notes is the one here. */
export async function knownPins(records: Records): Promise<{ readonly pins: Pins; readonly notes: readonly string[] }> {
  const pins = new Pins();
  const notes: string[] = [];
  for (const value of await records.everywhere(NAME)) {
    const found = pinsOf(value);
    pins.merge(found);
    if (found.checkpoint !== null) notes.push(found.checkpoint);
  }
  return { pins, notes };
}

export async function keepPins(records: Records, pins: Pins): Promise<void> {
  // The last part first: rows only ever move on to a later one, so an end in between loses none.
  for (const [at, part] of [...pins.parts().entries()].reverse()) {
    const name = at === 0 ? PINS : `${PINS}-${at + 1}`;
    const value = part.form();
    if (JSON.stringify(value) === JSON.stringify(records.get(name))) continue;
    await records.keep(name, value);
    const other = await records.bring(name);
    if (other !== null) pins.merge(pinsOf(other));
  }
}

function pinsOf(value: JsonObject): Pins {
  if (value["v"] !== 1) throw new ProtocolError("unknown-version", "What another client had seen is written in a newer form.");
  const written = value as unknown as {
    directory: readonly [number, string];
    operations: readonly (readonly [string, number, string])[];
    channels: readonly (readonly [string, string, number, string])[];
    devices: readonly (readonly [string, string, number, string])[];
    checkpoint: string | null;
  };
  const pins = new Pins();
  pins.directory = { size: written.directory[0], head: written.directory[1] };
  for (const [operation, size, head] of written.operations) pins.operations.set(operation, { size, head });
  for (const [operation, channel, seq, chain] of written.channels) pins.channels.set(channel, { operation, seq, chain });
  for (const [channel, device, seq, id] of written.devices) pins.heard({ channel, device, seq, id });
  pins.checkpoint = written.checkpoint;
  return pins;
}

function further(mine: Pin, other: Pin): Pin {
  if (mine.size === other.size && mine.head !== other.head) throw forked();
  return other.size > mine.size ? other : mine;
}

function forked(): ProtocolError {
  return new ProtocolError("forked", "The same place looks different on another device.");
}

function byName<T>(rows: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}
