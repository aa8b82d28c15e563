/**
 * The outbox of this device: sealed words wait here, durable, until the hub's receipt was checked (protocol.md 6).
 *
 * An envelope is made at the moment of sending, under a lock that all workers of this browser profile share. An unknown
 * outcome is asked again before anything is sent again, so nothing is lost and nothing goes twice.
 */
import { b64, type JsonObject, randomBytes, unb64 } from "../crypto/encoding.ts";
import { envelopeId, headerBody } from "../crypto/envelope.ts";
import { channelOf, maySend } from "../crypto/membership.ts";
import { pack, unpack } from "../crypto/packet.ts";
import { sealMessage } from "../crypto/sealing.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { isState } from "../domain/acknowledgements.ts";
import { getJson, Refused, sendPacket } from "../net/api.ts";
import { hexOf } from "./drafts.ts";
import type { Unlocked } from "./keys.ts";
import { Declined, problemOf } from "./problems.ts";
import type { OutboxEntry, OutboxState, Problem } from "./protocol.ts";
import type { Records } from "./records.ts";
import { type Rotating, rotateIfNeeded } from "./rotation.ts";

const PREFIX = "outbox-";
const TRIES = 5;
/** Refusals after which the same words may go in a newly made envelope: the world had moved on. */
const MOVED_ON: ReadonlySet<string> = new Set(["stale-epoch", "conflict", "not-next", "repeated", "gap"]);

/** What somebody is told who was taken out while writing. */
const GONE: ReadonlySet<string> = new Set(["not-found", "not-a-reader"]);

/** As it rests, sealed: the words, and the envelope last made of them, if one was. */
interface Waiting {
  readonly id: string;
  readonly operation: string;
  readonly channel: string;
  readonly kind: OutboxEntry["kind"];
  readonly ref: string | null;
  readonly reference: string;
  /** Null for an acknowledgement: nothing is sealed. */
  readonly body: JsonObject | null;
  readonly urgent: boolean;
  /** What the clear header says besides: `to`, `due`, `state`. */
  readonly parts?: JsonObject;
  readonly state: OutboxState;
  readonly sent_at: number | null;
  readonly problem: string | null;
  readonly packet: string | null;
  /** The draft it was made of, to be given back after a refusal. */
  readonly draft: JsonObject;
}

interface Receipt {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
}

/** `ready` raises while what is known here is too old to act on. */
export class Outbox {
  private readonly records: Records;
  private readonly keys: Unlocked;
  private readonly place: (operation: string, channel: string) => Rotating;
  private readonly ready: () => Promise<void>;
  private readonly changed: (entry: OutboxEntry) => void;
  private readonly running = new Set<string>();

  constructor(
    records: Records,
    keys: Unlocked,
    place: (operation: string, channel: string) => Rotating,
    ready: () => Promise<void>,
    changed: (entry: OutboxEntry) => void,
  ) {
    this.records = records;
    this.keys = keys;
    this.place = place;
    this.ready = ready;
    this.changed = changed;
  }

  all(): readonly OutboxEntry[] {
    return this.waiting().map(shown);
  }

  /** Durable when it returns; the sending goes on by itself. */
  async add(entry: Pick<Waiting, "id" | "operation" | "channel" | "kind" | "ref" | "reference" | "body" | "urgent" | "parts" | "draft">): Promise<OutboxEntry> {
    const waiting: Waiting = { ...entry, state: "waiting", sent_at: null, problem: null, packet: null };
    await this.keep(waiting);
    void this.send(waiting.id);
    return shown(waiting);
  }

  /** Sends whatever waits: called at unlock and whenever the connection is back. */
  resume(): void {
    for (const { id, state } of this.waiting()) if (state === "waiting" || state === "sending") void this.send(id);
  }

  async again(id: string): Promise<OutboxEntry> {
    const waiting = this.get(id);
    await this.keep({ ...waiting, state: "waiting", problem: null });
    void this.send(id);
    return shown(this.get(id));
  }

  /** The answer to a notice that is still on its way, if there is one. */
  answering(ref: string, state: string): OutboxEntry | null {
    const found = this.waiting().find((one) => one.ref === ref && one.kind === "acknowledgement" && one.parts?.["state"] === state);
    return found === undefined ? null : shown(found);
  }

  /** Takes a refused entry out for good. */
  async drop(id: string): Promise<void> {
    if (this.get(id).state !== "refused") throw new Declined("still-sending");
    await this.records.drop(nameOf(id));
  }

  /** Takes a refused entry out again and gives its draft back. */
  async takeBack(id: string): Promise<JsonObject> {
    const waiting = this.get(id);
    if (waiting.state !== "refused") throw new Declined("still-sending");
    await this.records.drop(nameOf(id));
    return waiting.draft;
  }

  private async send(id: string): Promise<void> {
    if (this.running.has(id)) return;
    this.running.add(id);
    try {
      await navigator.locks.request(`send-${this.keys.device}`, () => this.sendNow(this.get(id)));
    } catch (fault) {
      await this.failed(this.get(id), fault);
    } finally {
      this.running.delete(id);
    }
  }

  private async sendNow(waiting: Waiting): Promise<void> {
    if (waiting.state === "sent") return;
    await this.keep({ ...waiting, state: "sending", problem: null });
    const place = this.place(waiting.operation, waiting.channel);
    let receipt = waiting.packet === null ? null : await this.askAgain(place, waiting.packet, waiting.id);
    for (let tries = 0; receipt === null && tries < TRIES; tries++) {
      try {
        receipt = await this.sendNew(place, waiting);
      } catch (refused) {
        if (!(refused instanceof Refused) || !MOVED_ON.has(refused.code) || tries === TRIES - 1) throw refused;
        await place.directory.sync();
        await place.operation.sync();
      }
    }
    if (receipt !== null) await this.checkReceipt(place, waiting, receipt);
  }

  /** After an unknown outcome: the first receipt if the hub has it, else the same bytes once more. Null: make it anew. */
  private async askAgain(place: Rotating, packet: string, id: string): Promise<Receipt | null> {
    try {
      return await getJson<Receipt>(`${place.log.path}/by-id/${id}`);
    } catch (refused) {
      if (!(refused instanceof Refused) || refused.status !== 404) throw refused;
    }
    try {
      return await sendPacket<Receipt>(place.log.path, unb64(packet));
    } catch (refused) {
      if (refused instanceof Refused && MOVED_ON.has(refused.code)) return null;
      throw refused;
    }
  }

  private async sendNew(place: Rotating, waiting: Waiting): Promise<Receipt> {
    await this.ready();
    await place.log.sync();
    // Nothing is built on a past that was taken back: it would use this device's numbers a second time.
    if (place.log.broken !== null) throw new Declined(place.log.broken);
    // What seals nothing goes under any secret, also where it is stale: nobody waits for a new one to acknowledge.
    if (waiting.body !== null) await rotateIfNeeded(place);
    const packet = await this.make(place, waiting);
    // Stored before sending: after a crash the same bytes are asked for, not new ones made.
    await this.keep({ ...waiting, state: "sending", problem: null, packet: b64(packet) });
    return sendPacket<Receipt>(place.log.path, packet);
  }

  private async make({ directory, operation, secrets, log }: Rotating, waiting: Waiting): Promise<Uint8Array<ArrayBuffer>> {
    const { hub, account, device, signer } = this.keys;
    const state = operation.latest;
    if (state === null) throw new Declined("not-found");
    maySend(state, log.channel, account, waiting.kind, directory.latest);
    const epoch = channelOf(state, log.channel).epoch?.number ?? 0;
    const former = log.lastOf(device);
    const parts: JsonObject = {
      v: 1,
      suite: 1,
      hub,
      kind: waiting.kind,
      operation: operation.id,
      channel: log.channel,
      epoch,
      id: waiting.id,
      account,
      device,
      device_seq: (former?.seq ?? 0) + 1,
      device_prev: former?.id ?? null,
      head: { seq: state.seq, id: state.head },
      directory: { size: directory.latest.size },
      seen: { seq: log.last, chain: b64((await log.chainAt(log.last)) ?? new Uint8Array()) },
      at: Date.now(),
      ...(waiting.urgent && { urgency: "immediate" }),
      ...(waiting.ref !== null && { ref: waiting.ref }),
      ...waiting.parts,
    };
    if (waiting.body === null) {
      const body = headerBody(parts);
      return pack(new Uint8Array(), body, new Uint8Array(), [await signer.sign("envelope", body)], new Uint8Array());
    }
    const secret = await secrets.of(log.channel, epoch);
    const { header, ciphertext } = await sealMessage(secret, parts, waiting.body, randomBytes(32), randomBytes(12));
    const signature = await signer.sign("envelope", header.body);
    return pack(new Uint8Array(), header.body, new Uint8Array(), [signature], ciphertext);
  }

  /** "Sent" is said only when this worker has verified the envelope at the place that the receipt names. */
  private async checkReceipt(place: Rotating, waiting: Waiting, receipt: Receipt): Promise<void> {
    await place.log.sync();
    const entry = place.log.entries[receipt.seq - 1];
    const isOurs = entry?.header?.id === waiting.id && entry.header.device === this.keys.device && entry.id === receipt.id;
    if (entry === undefined || !isOurs) throw new ProtocolError("wrong-place", "The receipt is for something else.");
    const made = this.get(waiting.id).packet;
    if (made === null || b64(await envelopeId(unpack(unb64(made)).body)) !== entry.id) {
      throw new ProtocolError("wrong-place", "The receipt is for other words.");
    }
    const sent: Waiting = { ...waiting, state: "sent", sent_at: entry.receivedAt, problem: null, packet: null };
    await this.records.drop(nameOf(waiting.id));
    this.changed(shown(sent));
  }

  /** Unknown outcomes wait for the connection; a refusal is told, with the words kept. */
  private async failed(waiting: Waiting, fault: unknown): Promise<void> {
    const isUnknown = fault instanceof Refused && (fault.isUnknown || fault.status === 401 || fault.status === 429);
    const { code } = problemOf(fault);
    // The next reader who is online makes the secret that is missing; then it goes by itself.
    const waits = isUnknown || code === "stale-epoch";
    await this.keep({ ...waiting, state: waits ? "waiting" : "refused", problem: GONE.has(code) ? "no-longer-reader" : code });
  }

  private waiting(): readonly Waiting[] {
    return this.records.named(PREFIX) as unknown as readonly Waiting[];
  }

  private get(id: string): Waiting {
    const found = this.records.get(nameOf(id));
    if (found === null) throw new Declined("not-found");
    return found as unknown as Waiting;
  }

  private async keep(waiting: Waiting): Promise<void> {
    await this.records.keep(nameOf(waiting.id), waiting as unknown as JsonObject);
    this.changed(shown(waiting));
  }
}

function nameOf(id: string): string {
  return `${PREFIX}${hexOf(id)}`;
}

function shown(waiting: Waiting): OutboxEntry {
  const { id, operation, channel, kind, ref, reference, state } = waiting;
  const said = waiting.parts?.["state"];
  const answer = typeof said === "string" && isState(said) ? said : null;
  const problem: Problem | null = waiting.problem === null ? null : { code: waiting.problem };
  return { id, operation, channel, kind, ref, answer, reference, state, sentAt: waiting.sent_at, problem };
}
