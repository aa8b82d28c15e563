/**
 * One channel as this worker verified it: every envelope in its place, opened or marked with what is wrong with it.
 *
 * Receivers judge by the place in the log, not by what an envelope claims (protocol.md 6). One bad envelope never stops
 * the channel.
 */
import { chainStart, channelChain } from "../crypto/chain.ts";
import { type Bytes, b64, type JsonObject, unb64 } from "../crypto/encoding.ts";
import { checkEnvelope, envelopeId, type Header, readHeader } from "../crypto/envelope.ts";
import { ProtocolError } from "../crypto/errors.ts";
import type { Packet } from "../crypto/packet.ts";
import { maySend } from "../crypto/membership.ts";
import { openMessage } from "../crypto/sealing.ts";
import type { EpochSecrets } from "./epochs.ts";
import { type DirectoryLedger, oneAtATime, type OperationLedger, pagesOf, placeOf, type Place } from "./ledger.ts";
import type { Log } from "./log.ts";
import type { ChannelPin, Spoken } from "./pins.ts";

/** One place of the channel: what was opened there, or the fault that keeps it closed. */
export interface Entry {
  readonly seq: number;
  readonly id: string;
  readonly leaf: number;
  readonly receivedAt: number;
  readonly checkedAt: number;
  readonly header: Header | null;
  readonly body: JsonObject | null;
  readonly signature: Bytes;
  readonly fault: string | null;
}

const PAGE = 500;
/** Why a secret is not here yet: another reader may bring it. */
const CLOSED: ReadonlySet<string> = new Set(["cannot-open", "bad-commitment", "bad-previous"]);
/** More than this a hub does not lose by accident: the channel is shown as broken instead of hole by hole. */
const MOST_MISSING = 1_000;

export class ChannelLog {
  readonly channel: string;
  readonly entries: Entry[] = [];
  /** Grows with every verdict: what was counted of the entries is good for one value of it. */
  changes = 0;
  /** Set where the hub shows less, or another past, than this account has seen before. */
  broken: string | null = null;
  private readonly chains: Bytes[] = [];
  private readonly devices = new Map<string, { seq: number; id: string }>();
  private readonly byId = new Map<string, Entry>();
  private readonly operation: OperationLedger;
  private readonly directory: DirectoryLedger;
  private readonly secrets: EpochSecrets;
  private readonly log: Log;
  private readonly hub: string;
  private readonly turn = oneAtATime();
  private start: Bytes | null = null;
  /** The first place that the hub left out; the chain can't be compared beyond it. */
  private hole = Infinity;
  private hasFaults = false;
  /** What holds and waits for its secret. */
  private readonly closed = new Map<number, { readonly header: Header; readonly packet: Packet }>();
  /** Places judged by a state that has passed since, until something anchors them. */
  private unproven: number[] = [];

  constructor(
    channel: string,
    given: { hub: string; operation: OperationLedger; directory: DirectoryLedger; secrets: EpochSecrets; log: Log },
  ) {
    this.channel = channel;
    this.hub = given.hub;
    this.operation = given.operation;
    this.directory = given.directory;
    this.secrets = given.secrets;
    this.log = given.log;
  }

  get last(): number {
    return this.entries.length;
  }

  /** The rolling chain after `seq` envelopes; null where that isn't known here. */
  async chainAt(seq: number): Promise<Bytes | null> {
    if (seq === 0) return (this.start ??= await chainStart(this.hub, this.operation.id, this.channel));
    return this.chains[seq - 1] ?? null;
  }

  entry(id: string): Entry | null {
    return this.byId.get(id) ?? null;
  }

  /** The last envelope of a device in this channel: what its next one follows. */
  lastOf(device: string): { readonly seq: number; readonly id: string } | null {
    return this.devices.get(device) ?? null;
  }

  /** The last envelope of each device. */
  spoken(): readonly Spoken[] {
    return [...this.devices].map(([device, { seq, id }]) => ({ channel: this.channel, device, seq, id }));
  }

  get path(): string {
    return `/api/operations/${this.operation.id}/channels/${this.channel}/envelopes`;
  }

  /** One at a time: the live line, a post and a reader can ask in the same moment, and each place is judged by what stands before it. */
  sync(): Promise<void> {
    return this.turn(() => this.fetch());
  }

  private async fetch(): Promise<void> {
    for await (const packets of pagesOf((after) => `${this.path}?after=${after}&limit=${PAGE}`, this.last)) {
      for (const packet of packets) await this.place(packet);
    }
    await this.settle();
  }

  /** Takes a packet of the live stream; a hole before it is asked for once more, then shown as what it is. */
  take(packet: Packet): Promise<void> {
    return this.turn(async () => {
      const { seq } = placeOf(packet);
      if (seq > this.last + 1) await this.fetch();
      const isNew = seq > this.last;
      await this.place(packet);
      if (isNew) await this.settle();
    });
  }

  /** Checks one envelope's signature once more. Raises if it doesn't hold. */
  async checkAgain(seq: number): Promise<void> {
    const entry = this.entries[seq - 1];
    if (entry === undefined || entry.fault !== null || entry.header === null) return;
    const { body, device, account } = entry.header;
    const directory = this.directory.atLeaf(entry.leaf);
    const key = directory.devices.get(device)?.key ?? "";
    if (b64(await envelopeId(body)) !== entry.id) throw wrongPlace();
    await checkEnvelope(entry.header, entry.signature, unb64(key, 32), this.hub);
    if (!directory.deviceValid(device, account)) throw new ProtocolError("revoked", "The author's device was revoked.");
    this.replace({ ...entry, checkedAt: Date.now() });
  }

  /** Raises nothing: a rolled-back or forked channel is marked and says so on its page. */
  async checkPin(pin: ChannelPin | undefined): Promise<void> {
    if (pin === undefined) return;
    if (this.last < pin.seq) this.broken = "rolled-back";
    else if (pin.seq > 0 && b64((await this.chainAt(pin.seq)) ?? new Uint8Array()) !== pin.chain) this.broken = "forked";
  }

  private async place(packet: Packet): Promise<void> {
    const place = placeOf(packet);
    if (place.seq <= this.last) return this.compare(place.seq, packet);
    if (place.seq > this.last + 1 + MOST_MISSING) {
      this.broken = "gap";
      return;
    }
    while (place.seq > this.last + 1) await this.missing();
    const id = await envelopeId(packet.body);
    const chain = await channelChain((await this.chainAt(this.last)) ?? new Uint8Array(), id);
    let header: Header | null = null;
    let body: JsonObject | null = null;
    let fault: string | null = null;
    let isJudged = false;
    try {
      if (place.stream !== this.channel || place.kind !== "channel") throw wrongPlace();
      header = readHeader(packet.body);
      await this.keepUpWith(header);
      await this.judge(header, packet, place, b64(id));
      isJudged = true;
      body = await this.open(header, packet);
    } catch (refused) {
      if (!(refused instanceof ProtocolError)) throw refused;
      fault = refused.code;
    }
    this.keep({
      seq: place.seq,
      id: b64(id),
      leaf: place.leaf,
      receivedAt: place.at,
      checkedAt: Date.now(),
      header: fault === null ? header : null,
      body: fault === null ? body : null,
      signature: packet.signatures[0] ?? new Uint8Array(),
      fault,
    }, chain);
    if (fault !== null || header === null) {
      this.hasFaults = true;
      if (isJudged && header !== null && fault !== null && CLOSED.has(fault)) this.closed.set(place.seq, { header, packet });
      return;
    }
    this.devices.set(header.device, { seq: header.deviceSeq, id: b64(id) });
    if (!this.isCurrent(header)) this.unproven.push(place.seq);
  }

  /** What is held already is not taken again; another envelope at its place means another history. */
  private async compare(seq: number, packet: Packet): Promise<void> {
    const held = this.entries[seq - 1];
    if (held !== undefined && held.leaf > 0 && held.id !== b64(await envelopeId(packet.body))) this.broken = "forked";
  }

  /** The hub gave what follows but not this one: the hole is shown, and the chain can't be followed across it. */
  private async missing(): Promise<void> {
    const seq = this.last + 1;
    this.hole = Math.min(this.hole, seq);
    const now = Date.now();
    const id = `missing-${this.channel}-${seq}`;
    const chain = await channelChain((await this.chainAt(this.last)) ?? new Uint8Array(), new Uint8Array(32));
    this.keep({ seq, id, leaf: 0, receivedAt: now, checkedAt: now, header: null, body: null, signature: new Uint8Array(), fault: "gap" }, chain);
    this.hasFaults = true;
  }

  private keep(entry: Entry, chain: Bytes): void {
    this.changes += 1;
    this.entries.push(entry);
    this.chains.push(chain);
    this.byId.set(entry.id, entry);
  }

  private async judge(header: Header, packet: Packet, place: Place, id: string): Promise<void> {
    // 1. It belongs here, once.
    if (header.operation !== this.operation.id || header.channel !== this.channel) throw wrongPlace();
    if (this.byId.has(id)) throw new ProtocolError("repeated", "This envelope stands in the channel twice.");
    const before = this.entries.findLast((entry) => entry.leaf > 0);
    if (before !== undefined && place.leaf <= before.leaf) throw wrongPlace();
    // 2. Signed by a device that was the author's at this place of the log.
    const directory = this.directory.atLeaf(place.leaf);
    const device = directory.devices.get(header.device);
    if (device === null || device.account !== header.account) {
      throw new ProtocolError("not-certified", "The author has no such device.");
    }
    if (packet.signatures.length !== 1) throw new ProtocolError("bad-signature", "An envelope has one signature.");
    await checkEnvelope(header, packet.signatures[0] ?? new Uint8Array(), unb64(device.key, 32), this.hub);
    if (!directory.deviceValid(header.device, header.account) || directory.account(header.account).suspended) {
      throw new ProtocolError("revoked", "The author's device was revoked.");
    }
    // 3. Sealed under the epoch that was current there, by somebody who might send there.
    const operation = this.operation.atLeaf(place.leaf);
    if (operation === null) throw wrongPlace();
    if (!isRightEpoch(header, operation.channels.get(this.channel)?.epoch?.number ?? 0)) {
      throw new ProtocolError("stale-epoch", "This was sealed under a secret that was no longer current.");
    }
    maySend(operation, this.channel, header.account, header.kind, directory);
    // 4. In the order of its device.
    const former = this.devices.get(header.device) ?? null;
    if (header.deviceSeq <= (former?.seq ?? 0)) throw new ProtocolError("repeated", "The device used this number before.");
    const follows = header.deviceSeq === (former?.seq ?? 0) + 1 && header.devicePrev === (former?.id ?? null);
    if (!follows && !this.hasFaults) throw new ProtocolError("gap", "Something of this device is missing before.");
    // 5. Its author saw the same operation and the same channel.
    this.checkHeads(header);
    await this.checkSeen(header, place);
  }

  /** The author's heads were fetched before: what is still not here was left out. */
  private checkHeads(header: Header): void {
    const entry = this.operation.past[header.head.size - 1];
    if (entry === undefined || header.directorySize > this.directory.history.size) {
      throw new ProtocolError("gap", "Its author saw an entry that the hub left out here.");
    }
    if (entry.id !== header.head.head) {
      throw new ProtocolError("forked", "Its author saw another past of this operation than is shown here.");
    }
  }

  private async keepUpWith(header: Header): Promise<void> {
    if (this.operation.frozen !== null) return;
    if (header.directorySize > this.directory.history.size) await this.directory.sync();
    if (header.head.size > this.operation.past.length) await this.operation.sync();
  }

  private async checkSeen(header: Header, place: Place): Promise<void> {
    const { seq, chain } = header.seen;
    const own = await this.chainAt(seq);
    if (seq >= place.seq || own === null || (seq < this.hole && b64(own) !== chain)) {
      throw new ProtocolError("forked", "Its author saw another past of this channel than is shown here.");
    }
  }

  private isCurrent(header: Header): boolean {
    const now = this.operation.latest;
    const directory = this.directory.latest;
    return (
      isRightEpoch(header, now?.channels.get(this.channel)?.epoch?.number ?? 0) &&
      now !== null &&
      now.members.has(header.account) &&
      directory.deviceValid(header.device, header.account)
    );
  }

  /**
   * What is judged by a state that has passed since is believed only if its place is anchored: by a later epoch's author,
   * who signed how far the channel went and its chain there, else by the log's proof of both places.
   */
  private async settle(): Promise<void> {
    const waiting = this.unproven;
    this.unproven = [];
    for (const seq of waiting) {
      const entry = this.entries[seq - 1];
      if (entry === undefined || (await this.isAnchored(seq))) continue;
      try {
        await this.checkInLog(entry);
      } catch (refused) {
        if (!(refused instanceof ProtocolError)) {
          this.unproven = [...waiting.slice(waiting.indexOf(seq)), ...this.unproven];
          throw refused;
        }
        this.replace({ ...entry, header: null, body: null, fault: "unproven" });
      }
    }
  }

  private async isAnchored(seq: number): Promise<boolean> {
    for (const { state, newEpochs } of this.operation.past) {
      const record = newEpochs.includes(this.channel) ? state.channels.get(this.channel)?.epoch?.record : undefined;
      if (record === undefined || record.seenSeq < seq || record.seenSeq >= this.hole) continue;
      const own = await this.chainAt(record.seenSeq);
      if (own !== null && b64(own) === record.seenChain) return true;
    }
    return false;
  }

  private async checkInLog(entry: Entry): Promise<void> {
    await this.log.checkPlace(entry.leaf, entry.id);
    const later = this.operation.past.find(({ leaf }) => leaf > entry.leaf);
    if (later !== undefined) await this.log.checkPlace(later.leaf, later.id);
  }

  private replace(entry: Entry): void {
    this.changes += 1;
    this.entries[entry.seq - 1] = entry;
    this.byId.set(entry.id, entry);
  }

  /** Null for what has no words, and for what was sent before this reader joined. */
  private async open(header: Header, packet: Packet): Promise<JsonObject | null> {
    if (header.content === null || !this.secrets.reaches(this.channel, header.epoch)) return null;
    const secret = await this.secrets.of(this.channel, header.epoch);
    try {
      return (await openMessage(secret, header, packet.beside)).body;
    } catch (refused) {
      // The secret is the promised one: these words were sealed by another device or for another place.
      if (refused instanceof ProtocolError && refused.code === "cannot-open") throw wrongPlace();
      throw refused;
    }
  }

  /** Tries once more what waited for a secret: somebody may have granted it meanwhile. */
  async openAgain(): Promise<boolean> {
    let isChanged = false;
    for (const [seq, { header, packet }] of this.closed) {
      const entry = this.entries[seq - 1];
      try {
        const body = await this.open(header, packet);
        if (entry !== undefined) this.replace({ ...entry, header, body, fault: null, checkedAt: Date.now() });
      } catch (refused) {
        if (!(refused instanceof ProtocolError)) throw refused;
        if (CLOSED.has(refused.code)) continue;
        if (entry !== undefined) this.replace({ ...entry, fault: refused.code });
      }
      this.closed.delete(seq);
      isChanged = true;
    }
    return isChanged;
  }
}

/** Where nothing is sealed, it does not matter for whom the secret was. */
function isRightEpoch({ epoch, content }: Header, current: number): boolean {
  return epoch === current || (content === null && epoch < current);
}

function wrongPlace(): ProtocolError {
  return new ProtocolError("wrong-place", "This envelope does not belong at this place.");
}
