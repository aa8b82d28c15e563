/**
 * Everything one unlocked account has verified, kept current by the live stream: directory, operations, channels.
 *
 * First load and reconnect are the same calls (architecture.md "The way of one alert").
 */
import { b64 } from "../crypto/encoding.ts";
import { age, REFUSE_AFTER, WARN_AFTER } from "../crypto/heads.ts";
import { channelOf } from "../crypto/membership.ts";
import { type Packet, unpackAll } from "../crypto/packet.ts";
import { getJson, Refused } from "../net/api.ts";
import { type Cursor, Live, type LiveState } from "../net/live.ts";
import { ChannelLog } from "./channel.ts";
import type { Destruction } from "./closing.ts";
import { EpochSecrets } from "./epochs.ts";
import type { Governing } from "./governance.ts";
import type { Unlocked } from "./keys.ts";
import { DirectoryLedger, OperationLedger, placeOf } from "./ledger.ts";
import { later } from "./later.ts";
import { Log } from "./log.ts";
import { keepPins, knownPins, Pins } from "./pins.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { Declined } from "./problems.ts";
import type { Records } from "./records.ts";
import type { Rotating } from "./rotation.ts";
import { reads, type Seen } from "./views.ts";

const PIN_PAUSE = 5_000;
/** Operations that are opened side by side: most of the time one waits for the hub's answer. */
const AT_ONCE = 6;
/** In ms: the first screen, and entries that come together, are done by then. */
const ATTEND_PAUSE = 1_500;
const NEWS_EVERY = 60 * 60 * 1000;
const NEWS_LOOK = 60 * 1000;

export interface Watcher {
  operations(): void;
  items(channel: string, arrived: readonly string[]): void;
  connection(state: LiveState): void;
  /** Told each minute. */
  news(behind: boolean): void;
  ended(): void;
}

interface Opened {
  readonly ledger: OperationLedger;
  readonly secrets: EpochSecrets;
  readonly channels: Map<string, ChannelLog>;
}

export class World {
  readonly directory: DirectoryLedger;
  readonly operations = new Map<string, Opened>();
  /** Operations of which nothing is left but their chains, with the certificate. */
  readonly destroyed = new Map<string, Destruction>();
  readonly keys: Unlocked;
  private readonly records: Records;
  private readonly pins = new Pins();
  private ownLog: Log | null = null;
  private readonly watcher: Watcher;
  private readonly live: Live;
  private pinTimer: ReturnType<typeof setTimeout> | undefined;
  private attendTimer: ReturnType<typeof setTimeout> | undefined;
  private attending: Promise<void> = Promise.resolve();
  private isStopped = false;
  private newsTimer: ReturnType<typeof setInterval> | undefined;
  private newsAt = 0;

  constructor(hub: string, keys: Unlocked, records: Records, watcher: Watcher) {
    this.keys = keys;
    this.records = records;
    this.watcher = watcher;
    this.directory = new DirectoryLedger(hub);
    this.live = new Live({
      cursor: () => this.cursor(),
      packets: (bytes) => this.takeAll(unpackAll(bytes)),
      behind: (channel) => void this.catchUp(channel),
      state: (state) => watcher.connection(state),
      ended: () => watcher.ended(),
    });
  }

  /** The directory first, then this device's place in it. Raises what makes the hub's account of people unbelievable. */
  async openDirectory(): Promise<void> {
    await this.directory.sync();
    // What rests on this device is known before the hub's private records are: an older list of people stops here.
    this.directory.checkPin((await knownPins(this.records)).pins.directory);
    const own = this.directory.latest.account(this.keys.account);
    if (own.aik !== b64(this.keys.owner.public)) throw new Declined("wrong-identity");
    await this.keepVault();
    // Also where the directory never heard of it: whoever certified could not hand in what this device had signed beforehand.
    if (this.keys.isNewDevice || !this.directory.latest.devices.has(this.keys.device)) await (await later(() => import("./arriving.ts"))).addDevice(this.directory, this.keys);
    const device = this.directory.latest.devices.get(this.keys.device);
    if (device === null || !this.directory.latest.deviceValid(this.keys.device, this.keys.account)) {
      throw new Declined(device === null ? "device-unknown" : "revoked");
    }
  }

  /** Raises what makes the hub unbelievable: rolled-back or forked against the pins, bad-proof against the log. */
  async openOperations(): Promise<void> {
    const { pins, notes } = await knownPins(this.records);
    this.pins.merge(pins);
    this.directory.checkPin(pins.directory);
    for (const note of notes) await this.log.resume(note);
    await this.log.refresh();
    const listed = await getJson<readonly { operation: string }[]>("/api/operations");
    // A hub that leaves a known operation out of its list is asked for it all the same.
    const waiting = [...new Set([...listed.map((one) => one.operation), ...pins.operations.keys()])].reverse();
    const next = async (): Promise<void> => {
      for (let operation = waiting.pop(); operation !== undefined; operation = waiting.pop()) {
        const { ledger, channels } = await this.openOperation(operation);
        const own = pins.operations.get(operation);
        if (own !== undefined && ledger.frozen === null) ledger.checkPin(own);
        for (const [channel, log] of channels) await log.checkPin(pins.channels.get(channel));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    await this.proveHeads();
    await this.checkNews();
    this.pinSoon();
  }

  follow(): void {
    this.live.start();
    this.attendSoon();
    this.newsTimer = setInterval(() => void this.keepNews(), NEWS_LOOK);
  }

  /** Whether newer things may exist than the hub has owned to. */
  get isBehind(): boolean {
    return age(this.newsAt, Date.now()) > WARN_AFTER;
  }

  /** Returns only if what is known here is young enough to act on. Raises old-news past a day. */
  async requireNews(): Promise<void> {
    if (this.isBehind) await this.checkNews();
    if (age(this.newsAt, Date.now()) > REFUSE_AFTER) throw new Declined("old-news");
  }

  private async checkNews(): Promise<void> {
    const { checkNews } = await later(() => import("./heads.ts"));
    this.newsAt = await checkNews(this);
  }

  private async keepNews(): Promise<void> {
    if (age(this.newsAt, Date.now()) > NEWS_EVERY) await this.orStandStill(() => this.checkNews());
    this.watcher.news(this.isBehind);
  }

  /** Raises where the log did not only grow since any device of this person last saw it. */
  async checkLog(): Promise<{ readonly size: number; readonly before: number | null }> {
    const before = this.log.size;
    const { size } = await this.log.refresh();
    this.pinSoon();
    return { size, before };
  }

  /** Does what any reader may for the others, one look at a time; a look that is asked for meanwhile follows. */
  private attendSoon(): void {
    clearTimeout(this.attendTimer);
    this.attendTimer = setTimeout(() => {
      this.attending = this.attending.then(() => this.attend());
    }, ATTEND_PAUSE);
  }

  private async attend(): Promise<void> {
    const serving = await later(() => import("./serving.ts")).catch(() => null);
    if (serving === null || this.isStopped) return;
    for (const [operation, { ledger }] of this.operations) {
      if (ledger.frozen === null && ledger.latest !== null) await serving.serve(this.governing(operation));
    }
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.attendTimer);
    clearTimeout(this.pinTimer);
    clearInterval(this.newsTimer);
    this.live.stop();
    for (const { secrets } of this.operations.values()) secrets.forget();
  }

  get seen(): Omit<Seen, "readTo"> {
    return { directory: this.directory.latest, account: this.keys.account };
  }

  /** Where an envelope of this account would go. Raises not-found for a channel that isn't read here. */
  place(operation: string, channel: string): Rotating {
    const opened = this.operations.get(operation);
    const log = opened?.channels.get(channel);
    if (opened === undefined || log === undefined) throw new Declined("not-found");
    return { keys: this.keys, directory: this.directory, operation: opened.ledger, secrets: opened.secrets, log };
  }

  find(channel: string): Rotating {
    for (const [operation, opened] of this.operations) if (opened.channels.has(channel)) return this.place(operation, channel);
    throw new Declined("not-found");
  }

  /** Where an operation's next entry would go. Raises not-found for an operation of others. */
  governing(operation: string): Governing {
    const opened = this.operations.get(operation);
    if (opened === undefined) throw new Declined("not-found");
    const { ledger, secrets, channels } = opened;
    return { keys: this.keys, directory: this.directory, operation: ledger, secrets, log: (channel) => channels.get(channel) ?? null };
  }

  /** Takes in what this person has just signed or was let into, without waiting for the live line. */
  async refresh(operation: string): Promise<void> {
    await (this.operations.get(operation)?.ledger.sync() ?? this.openOperation(operation));
    await this.reopen();
    this.live.subscribe();
    this.watcher.operations();
    this.pinSoon();
  }

  get log(): Log {
    if (this.ownLog === null) {
      const { logOrigin, logKey } = this.directory.latest.genesis;
      this.ownLog = new Log(logOrigin, logKey);
    }
    return this.ownLog;
  }

  /** The heads that this member relies on stand in the log that everybody sees: two members can't be shown two chains. */
  private async proveHeads(): Promise<void> {
    const heads = [this.directory.head];
    for (const { ledger } of this.operations.values()) {
      const last = ledger.past.at(-1);
      if (last !== undefined && ledger.frozen === null) heads.push(last);
    }
    await Promise.all(heads.map(({ leaf, id }) => this.log.checkPlace(leaf, id)));
  }

  private async openOperation(operation: string): Promise<Opened> {
    const ledger = new OperationLedger(operation, this.directory);
    const opened: Opened = { ledger, secrets: new EpochSecrets(this.keys, ledger), channels: new Map() };
    // Known before its past is here: the live line must not begin another one meanwhile.
    this.operations.set(operation, opened);
    await ledger.sync();
    await this.openChannels(opened);
    return opened;
  }

  /** Opens each channel that this account reads and drops what it no longer does. True if something changed. */
  private async openChannels({ ledger, secrets, channels }: Opened): Promise<boolean> {
    const state = ledger.latest;
    if (state === null) return false;
    if (state.destroyAt !== null && state.destroyAt <= Date.now()) await this.settle(state.id);
    const isGone = this.destroyed.has(state.id);
    let changed = false;
    for (const channel of state.channels.keys()) {
      const isReader = !isGone && reads(state, channel, { ...this.seen, readTo: () => 0 });
      if (isReader === channels.has(channel)) continue;
      changed = true;
      if (!isReader) {
        channels.delete(channel);
        secrets.forgetChannel(channel);
        continue;
      }
      if (channelOf(state, channel).epoch === null) continue;
      const log = new ChannelLog(channel, { hub: this.keys.hub, operation: ledger, directory: this.directory, secrets, log: this.log });
      channels.set(channel, log);
      await log.sync();
    }
    return changed;
  }

  /** Once the hub shows that it destroyed an operation, what rests here of it goes too. */
  private async settle(operation: string): Promise<void> {
    if (this.destroyed.has(operation)) return;
    const { settle } = await later(() => import("./closing.ts"));
    const shown = await settle(this, operation);
    if (shown === null) return;
    this.destroyed.set(operation, shown);
    await this.records.forget(operation);
  }

  private async takeAll(packets: readonly Packet[]): Promise<void> {
    const arrived = new Map<string, string[]>();
    let governance = false;
    for (const packet of packets) {
      const place = placeOf(packet);
      governance ||= place.kind !== "channel";
      try {
        if (place.kind === "directory") await this.directory.take(packet);
        else if (place.kind === "operation") await this.takeEntry(place.stream, packet);
        else await this.takeEnvelope(place.stream, packet, arrived);
      } catch (fault) {
        if (!(fault instanceof ProtocolError)) throw fault;
        governance = true;
        this.freezeAll(place.kind === "directory" ? "bad-directory" : fault.code);
      }
    }
    if (governance) await this.keepVault().catch((fault: unknown) => this.vaultLost(fault));
    if (governance && (await this.reopen())) this.live.subscribe();
    if (governance) this.attendSoon();
    if (governance) this.watcher.operations();
    for (const [channel, ids] of arrived) this.watcher.items(channel, ids);
    this.pinSoon();
  }

  /** Another device of this person may have given the account a new key: it is in the vault before the directory names it. */
  private async keepVault(): Promise<void> {
    const own = this.directory.latest.account(this.keys.account);
    if (this.keys.vault.aeks.some(({ generation }) => generation === own.generation)) return;
    const { takeGeneration } = await later(() => import("./rekeying.ts"));
    await takeGeneration(this.keys, own);
  }

  /** The vault has got a new key too: only the new sheet opens it. */
  private vaultLost(fault: unknown): void {
    if (fault instanceof ProtocolError) this.watcher.ended();
    // Otherwise asked again with the next change, and at the next sign-in.
    else if (!(fault instanceof Refused)) throw fault;
  }

  /** Who is who is no longer certain: nothing is sent any more, and the page says why. */
  private freezeAll(code: string): void {
    for (const { ledger } of this.operations.values()) ledger.freeze(code);
  }

  private async takeEntry(operation: string, packet: Packet): Promise<void> {
    const opened = this.operations.get(operation);
    if (opened === undefined) await this.openOperation(operation);
    else await opened.ledger.take(packet);
  }

  private async takeEnvelope(channel: string, packet: Packet, arrived: Map<string, string[]>): Promise<void> {
    for (const { channels } of this.operations.values()) {
      const log = channels.get(channel);
      if (log === undefined) continue;
      const before = log.last;
      await log.take(packet);
      const fresh = log.entries.slice(before).map(({ id }) => id);
      if (fresh.length > 0) arrived.set(channel, [...(arrived.get(channel) ?? []), ...fresh]);
    }
  }

  private async reopen(): Promise<boolean> {
    let changed = false;
    for (const opened of this.operations.values()) {
      changed = (await this.openChannels(opened)) || changed;
      for (const log of opened.channels.values()) if (await log.openAgain()) this.watcher.items(log.channel, []);
    }
    return changed;
  }

  private async catchUp(channel: string): Promise<void> {
    const { log } = this.find(channel);
    const before = log.last;
    try {
      await log.sync();
    } catch (refused) {
      // The next packet or reconnection asks again from the same cursor.
      if (!(refused instanceof Refused)) throw refused;
    }
    this.watcher.items(channel, log.entries.slice(before).map(({ id }) => id));
  }

  private cursor(): Cursor {
    return {
      directory: this.directory.lastSeq,
      operations: [...this.operations].map(([operation, { ledger }]) => [operation, ledger.lastSeq] as const),
      channels: [...this.operations].flatMap(([operation, { channels }]) =>
        [...channels.values()].map((log) => [operation, log.channel, log.last] as const),
      ),
    };
  }

  private pinSoon(): void {
    clearTimeout(this.pinTimer);
    this.pinTimer = setTimeout(() => void this.pin(), PIN_PAUSE);
  }

  private async pin(): Promise<void> {
    await this.orStandStill(async () => {
      await this.proveHeads();
      await this.collectPins();
      await keepPins(this.records, this.pins);
    });
  }

  /** A hub that isn't to be believed any more is shown as such; one that can't be reached is asked again later. */
  private async orStandStill(check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (refused) {
      if (refused instanceof ProtocolError || refused instanceof Declined) {
        this.freezeAll(refused.code);
        this.watcher.operations();
        return;
      }
      // Kept on this device all the same; the next change brings it.
      if (!(refused instanceof Refused)) throw refused;
    }
  }

  private async collectPins(): Promise<void> {
    this.pins.sawDirectory({ size: this.directory.history.size, head: this.directory.latest.head });
    for (const [operation, { ledger, channels }] of this.operations) {
      const head = ledger.past.at(-1)?.id;
      if (head === undefined || ledger.frozen !== null) continue;
      this.pins.sawOperation(operation, { size: ledger.past.length, head });
      for (const log of channels.values()) {
        const chain = await log.chainAt(log.last);
        if (log.broken !== null || log.last === 0 || chain === null) continue;
        this.pins.sawChannel(log.channel, { operation, seq: log.last, chain: b64(chain) });
        for (const last of log.spoken()) this.pins.heard(last);
      }
    }
    this.pins.checkpoint = this.log.lastNote;
  }
}
