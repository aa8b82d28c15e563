/**
 * What this worker has verified of the hub's chains: the directory, and each operation with its past by place in the log.
 *
 * An invalid entry of an operation freezes that operation: read-only, never skipped (protocol.md 4).
 */
import { checkNotRolledBack, type Pin } from "../crypto/chain.ts";
import { type Change, readEntry } from "../crypto/changes.ts";
import { type Directory, DirectoryHistory, entryId as entryIdOfDirectory } from "../crypto/directory.ts";
import { parse } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { apply, checkAtItsPlace, entryId, type Operation } from "../crypto/membership.ts";
import { type Packet, unpackAll } from "../crypto/packet.ts";
import { getPackets } from "../net/api.ts";

/** Where the hub put a statement. Claims until something checks them. */
export interface Place {
  readonly stream: string;
  readonly kind: "directory" | "operation" | "channel";
  readonly seq: number;
  readonly leaf: number;
  readonly at: number;
  readonly chain?: string;
}

export function placeOf(packet: Packet): Place {
  return parse(packet.place) as unknown as Place;
}

/** One entry that was verified: what it changed, who signed it, and the state after it. */
export interface Verified {
  readonly id: string;
  readonly leaf: number;
  readonly receivedAt: number;
  readonly at: number;
  readonly author: string;
  readonly changes: readonly Change[];
  readonly newEpochs: readonly string[];
  readonly state: Operation;
}

/** All pages of a list from `after` on. */
export async function* pagesOf(path: (after: number) => string, after: number): AsyncGenerator<readonly Packet[]> {
  for (let next = after; ; ) {
    const page = await getPackets(path(next));
    const packets = unpackAll(page.bytes);
    if (packets.length > 0) yield packets;
    const last = packets.at(-1);
    if (!page.more || last === undefined) return;
    next = placeOf(last).seq;
  }
}

export class DirectoryLedger {
  readonly history = new DirectoryHistory();
  /** The log place of each entry. */
  private readonly leaves: number[] = [];
  /** When the hub took each entry. */
  private readonly times: number[] = [];
  private readonly turn = oneAtATime();
  private readonly hub: string;

  constructor(hub: string) {
    this.hub = hub;
  }

  get latest(): Directory {
    return this.history.latest;
  }

  get lastSeq(): number {
    return this.history.size - 1;
  }

  async sync(): Promise<void> {
    for await (const packets of pagesOf((after) => `/api/directory?after=${after}`, this.lastSeq)) {
      for (const packet of packets) await this.next(packet);
    }
    if (this.history.size === 0) throw gap();
  }

  /** Verifies and takes the next entry; one already held is compared, one further on is fetched with its like. */
  async take(packet: Packet): Promise<void> {
    if (placeOf(packet).seq > this.history.size) return this.sync();
    await this.next(packet);
  }

  private next(packet: Packet): Promise<void> {
    return this.turn(() => this.taken(packet));
  }

  private async taken(packet: Packet): Promise<void> {
    const place = placeOf(packet);
    if (place.seq > this.history.size) throw gap();
    if (place.seq < this.history.size) {
      const id = await entryIdOfDirectory(packet.body);
      if (id !== this.history.idAt(place.seq)) throw forked();
      return;
    }
    const before = this.leaves.at(-1);
    if (before !== undefined && place.leaf <= before) throw outOfOrder();
    const state = await this.history.append(packet.body, packet.act, packet.signatures);
    if (state.hub !== this.hub) throw new ProtocolError("wrong-hub", "This is the directory of another hub.");
    this.leaves.push(place.leaf);
    this.times.push(place.at);
  }

  /** When the hub says that it took entry `seq`. */
  takenAt(seq: number): number {
    return this.times[seq] ?? 0;
  }

  /** The last entry and its place in the log. */
  get head(): { readonly leaf: number; readonly id: string } {
    return { leaf: this.leaves.at(-1) ?? 0, id: this.latest.head };
  }

  checkPin(pin: Pin): void {
    checkNotRolledBack(pin, this.history.size, (seq) => this.history.idAt(seq));
  }

  /** The directory as it stood at a place of the log. */
  atLeaf(leaf: number): Directory {
    return this.history.at(Math.max(1, countBelow(this.leaves, leaf)));
  }

  leafOf(seq: number): number | null {
    return this.leaves[seq] ?? null;
  }
}

export class OperationLedger {
  readonly id: string;
  readonly past: Verified[] = [];
  /** The code of what was wrong with an entry, or bad-directory where that is at fault; nothing after it is taken. */
  frozen: string | null = null;
  private readonly turn = oneAtATime();
  private readonly directory: DirectoryLedger;

  constructor(id: string, directory: DirectoryLedger) {
    this.id = id;
    this.directory = directory;
  }

  get latest(): Operation | null {
    return this.past.at(-1)?.state ?? null;
  }

  get lastSeq(): number {
    return this.past.length - 1;
  }

  async sync(): Promise<void> {
    const path = (after: number): string => `/api/operations/${this.id}/entries?after=${after}`;
    for await (const packets of pagesOf(path, this.lastSeq)) for (const packet of packets) await this.next(packet);
  }

  async take(packet: Packet): Promise<void> {
    if (this.frozen === null && placeOf(packet).seq > this.past.length) return this.sync();
    await this.next(packet);
  }

  freeze(code: string): void {
    this.frozen ??= code;
  }

  private next(packet: Packet): Promise<void> {
    return this.turn(() => this.taken(packet));
  }

  private async taken(packet: Packet): Promise<void> {
    if (this.frozen !== null) return;
    try {
      const place = placeOf(packet);
      if (place.seq > this.past.length) throw gap();
      const held = this.past[place.seq];
      if (held === undefined) this.past.push(await this.verified(packet, place));
      else if (held.id !== (await entryId(packet.body))) throw forked();
    } catch (fault) {
      if (!(fault instanceof ProtocolError)) throw fault;
      this.freeze(fault.code);
    }
  }

  checkPin(pin: Pin): void {
    checkNotRolledBack(pin, this.past.length, (seq) => this.past[seq]?.id ?? null);
  }

  /** The operation as it stood at a place of the log; null before it was opened. */
  atLeaf(leaf: number): Operation | null {
    return this.past.findLast((entry) => entry.leaf < leaf)?.state ?? null;
  }

  /** The entry that made `epoch` of `channel`. */
  madeBy(channel: string, epoch: number): Verified | null {
    return this.past.find(({ state, newEpochs }) => newEpochs.includes(channel) && state.channels.get(channel)?.epoch?.number === epoch) ?? null;
  }

  /** Whether a reader reported that this epoch does not open. */
  reported(channel: string, epoch: number): boolean {
    return this.past.some(({ changes }) =>
      changes.some((change) => change.change === "wrap.bad" && change.channel === channel && change.epoch === epoch),
    );
  }

  private async verified(packet: Packet, place: Place): Promise<Verified> {
    const entry = readEntry(packet.body);
    if (entry.directorySize > this.directory.history.size) await this.directory.sync();
    const directory = this.directory.history.at(entry.directorySize);
    const before = this.latest;
    const state = await apply(before, directory, packet.body, packet.signatures);
    const id = await entryId(packet.body);
    const last = this.past.at(-1);
    if (last !== undefined && place.leaf <= last.leaf) throw outOfOrder();
    const named = this.directory.leafOf(directory.size - 1);
    if (directory.size > 1 && named !== null && named >= place.leaf) {
      throw new ProtocolError("wrong-place", "The log holds this entry before the directory that it names.");
    }
    checkAtItsPlace(before, entry, this.directory.atLeaf(place.leaf));
    if (before === null && id !== this.id) throw new ProtocolError("wrong-place", "This is the chain of another operation.");
    return {
      id,
      leaf: place.leaf,
      receivedAt: place.at,
      at: entry.at,
      author: entry.by[0]?.account ?? "",
      changes: entry.changes,
      newEpochs: entry.epochs.map((record) => record.channel),
      state,
    };
  }
}

function gap(): ProtocolError {
  return new ProtocolError("gap", "The hub left an entry out.");
}

function forked(): ProtocolError {
  return new ProtocolError("forked", "The hub gave another entry for the same place.");
}

function outOfOrder(): ProtocolError {
  return new ProtocolError("not-next", "The log holds this entry before the one that it follows.");
}

/** The live line and a list can bring the same entry at once: verified in turn, the second finds it held. */
export function oneAtATime(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => null);
    return done;
  };
}

/** How many of the ascending `values` are below `limit`. */
function countBelow(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
