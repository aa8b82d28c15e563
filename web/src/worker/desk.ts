/** The worker's desk: every request of a page, answered from what was verified; every change told to the pages. */
import { unb64 } from "../crypto/encoding.ts";
import type { JsonObject } from "../crypto/encoding.ts";
import { reference } from "../domain/references.ts";
import { Refused, sendJson } from "../net/api.ts";
import { Rest } from "../store/rest.ts";
import { draftOf, Drafts, formOf, newEnvelopeId } from "./drafts.ts";
import type { Desk as Registry } from "./administrator.ts";
import { bindDevice, hubFacts, openKeys, stay, type Unlocked } from "./keys.ts";
import { Marks } from "./marks.ts";
import { later } from "./later.ts";
import { isSilent, noticeViews, questions, toAcknowledge } from "./notices.ts";
import { Outbox } from "./outbox.ts";
import { Declined } from "./problems.ts";
import type { AcknowledgementState } from "../domain/acknowledgements.ts";
import type { Ask, Connection, Draft, Event, Item, OperationView, OutboxEntry, Requests, Session } from "./protocol.ts";
import { Records } from "./records.ts";
import type { Rotating } from "./rotation.ts";
import { brokenItem, feed } from "./feed.ts";
import { channelView, closedChannels, itemOf, readerViews, type Seen } from "./views.ts";
import { World } from "./world.ts";

const RENEW_EVERY = 5 * 60_000;

/** What exists only while the keys are open. */
interface Open {
  readonly keys: Unlocked;
  readonly records: Records;
  readonly world: World;
  readonly drafts: Drafts;
  readonly outbox: Outbox;
  readonly marks: Marks;
  expires: number;
}

type Handlers = { readonly [K in Ask]: (given: Requests[K]["ask"]) => Promise<Requests[K]["answer"]> | Requests[K]["answer"] };

export class Desk {
  private readonly tell: (event: Event) => void;
  private phase: Session["phase"] = "closed";
  private step: Session["step"] = null;
  private connection: Connection = "offline";
  private open: Open | null = null;
  private rest: Rest | null = null;
  private renewal: ReturnType<typeof setInterval> | undefined;

  constructor(tell: (event: Event) => void) {
    this.tell = tell;
  }

  handle(ask: Ask, given: unknown): unknown {
    if (!Object.hasOwn(this.handlers, ask)) throw new Declined("not-found");
    return this.handlers[ask](given as never);
  }

  /** Forgets every key and all that was opened. What rests on the device stays sealed there. */
  forget(): void {
    clearInterval(this.renewal);
    this.open?.world.stop();
    this.open?.marks.stop();
    this.open = null;
  }

  private readonly handlers: Handlers = {
    session: () => this.session(),
    connection: () => this.connection,
    unlock: (given) => this.unlock(given),
    lock: () => this.close("closed"),
    coming: async (given) => (await later(() => import("./ways.ts"))).coming(given),
    own: async ({ what, with: given }) => {
      const { own } = await later(() => import("./own.ts"));
      const answer = await own({ ...this.opened, rest: await this.resting() }, what, given as never);
      if (what === "proveSheet") await this.at("open", null);
      return answer;
    },
    renew: ({ stay: longer }) => this.renew(longer),
    signOut: async () => {
      await sendJson("DELETE", "/api/session", null).catch(ignoreRefusal);
      return this.close("closed");
    },
    operations: () => this.operations(),
    items: (given) => this.items(given),
    item: (given) => this.item(given),
    readers: ({ channel }) => {
      const { operation } = this.opened.world.find(channel);
      return operation.latest === null ? [] : readerViews(operation.latest, channel, this.opened.world.directory.latest);
    },
    evidence: (given) => this.evidence(given),
    newDraft: (given) => this.newDraft(given),
    drafts: () => this.opened.drafts.all(),
    putDraft: async ({ draft, deviceOnly = false }) => {
      const onHub = await this.opened.drafts.put(draft, deviceOnly);
      this.tell({ event: "drafts" });
      return { savedAt: Date.now(), onHub };
    },
    dropDraft: async ({ id }) => {
      await this.opened.drafts.drop(id);
      this.tell({ event: "drafts" });
      return null;
    },
    send: (given) => this.send(given),
    outbox: () => this.opened.outbox.all().filter(({ kind }) => kind !== "seen"),
    sendAgain: ({ id }) => this.opened.outbox.again(id),
    backToDraft: (given) => this.backToDraft(given),
    notices: ({ operation }) => noticeViews(this.places(operation), this.seen),
    acknowledge: ({ channel, id, state }) => this.answer(channel, id, "acknowledgement", state),
    openedNotice: async ({ channel, id }) => {
      const { item } = await this.item({ channel, id });
      if (item.is === "notice" && item.mayAnswer && !item.mine && (item.own === null || item.own.state === "silent")) {
        await this.answer(channel, id, "seen", null);
      }
      return null;
    },
    tasks: () => ({
      acknowledge: toAcknowledge(this.places(), this.seen),
      questions: this.places().flatMap((place) => questions(place, this.seen)),
    }),
    dropAnswer: async ({ id }) => {
      await this.opened.outbox.drop(id);
      return null;
    },
    govern: async ({ what, with: given }) => {
      const { govern } = await later(() => import("./operations.ts"));
      return govern(this.opened.world, what, given as never);
    },
    setUp: async (given) => (await later(() => import("./setup.ts"))).setUp(await this.resting(), given),
    administer: async (given) => (await later(() => import("./administration.ts"))).administer(this.registry, given),
    nominate: async (given) => (await later(() => import("./nominating.ts"))).nominate(this.registry, given),
    nominations: async () => (await later(() => import("./nominating.ts"))).ownNominations(this.registry),
    safetyNumber: async () => (await later(() => import("./nominating.ts"))).ownSafetyNumber(this.registry),
    people: async ({ what, with: given }) => {
      const { people } = await later(() => import("./people.ts"));
      return people(this.opened, what, given as never);
    },
    checkLog: () => this.opened.world.checkLog(),
    look: async () => {
      await this.look().catch(ignoreRefusal);
      return null;
    },
    markRead: ({ channel, seq }) => {
      if (this.opened.marks.mark(channel, seq)) this.tell({ event: "operations" });
      return null;
    },
  };

  private get opened(): Open {
    if (this.open === null) throw new Declined("locked");
    return this.open;
  }

  private get registry(): Registry {
    const { keys, records, world } = this.opened;
    return { keys, records, directory: world.directory };
  }

  private get seen(): Seen {
    const { world, marks } = this.opened;
    return { ...world.seen, readTo: (channel) => marks.readTo(channel) };
  }

  private async session(): Promise<Session> {
    const rest = await this.resting();
    const keys = this.open?.keys ?? null;
    const account = this.open?.world.directory.latest.accounts.get(this.open.keys.account) ?? null;
    return {
      phase: this.phase,
      step: this.step,
      account: keys?.account ?? null,
      code: keys?.code ?? null,
      name: account?.name ?? null,
      country: account?.country ?? null,
      deviceLabel: keys?.deviceLabel ?? null,
      expiresAt: this.open?.expires ?? null,
      mayAudit: account?.may.includes("audit") ?? false,
      mayAdminister: account?.may.includes("administer") ?? false,
      mayCoordinate: account?.may.includes("coordinate") ?? false,
      needsSheet: keys?.needsSheet ?? false,
      remembered: (await rest.devices()).filter(({ second }) => second !== null).map(({ code, madeAt }) => ({ code, at: madeAt })),
    };
  }

  private async resting(): Promise<Rest> {
    return (this.rest ??= await Rest.open());
  }

  private async at(phase: Session["phase"], step: Session["step"]): Promise<Session> {
    this.phase = phase;
    this.step = step;
    const session = await this.session();
    this.tell({ event: "session", session });
    return session;
  }

  private async unlock(given: Requests["unlock"]["ask"]): Promise<Session> {
    if (this.phase === "opening") throw new Declined("opening");
    this.forget();
    try {
      await this.at("opening", "signing-in");
      await later(() => import("../crypto/hybrid.ts")); // here before anything needs it: nothing fails half way for want of it
      const facts = await hubFacts();
      const rest = await this.resting();
      const keys = "way" in given ? await (await later(() => import("./ways.ts"))).openOther(rest, facts, given) : await openKeys(rest, facts, given);
      await this.at("opening", "opening-keys");
      const records = new Records(await this.resting(), keys);
      const world = new World(facts.hub, keys, records, {
        operations: () => this.governed(),
        items: (channel, arrived) => this.arrived(channel, arrived),
        connection: (state) => this.connected(state),
        news: (behind) => this.tell({ event: "news", behind }),
        ended: () => void this.close("ended"),
      });
      await this.at("opening", "checking-directory");
      await world.openDirectory();
      const expires = await bindDevice(keys);
      await records.load();
      await this.at("opening", "opening-channels");
      await world.openOperations();
      this.open = this.opening(keys, world, records, expires);
      world.follow();
      this.open.outbox.resume();
      this.renewal = setInterval(() => void this.renew().catch(ignoreRefusal), RENEW_EVERY);
      return await this.at("open", null);
    } catch (fault) {
      this.forget();
      await this.at("closed", null);
      throw fault;
    }
  }

  private opening(keys: Unlocked, world: World, records: Records, expires: number): Open {
    const place = (operation: string, channel: string): Rotating => world.place(operation, channel);
    const outbox = new Outbox(records, keys, place, () => world.requireNews(), (entry) => this.outboxChanged(entry));
    return { keys, records, world, expires, outbox, drafts: new Drafts(records), marks: new Marks(records) };
  }

  private async close(phase: "closed" | "ended"): Promise<Session> {
    this.forget();
    this.connected("offline");
    return this.at(phase, null);
  }

  private async look(): Promise<void> {
    if (this.open !== null && (await this.open.marks.refresh())) this.tell({ event: "operations" });
  }

  private async renew(longer = false): Promise<Session> {
    const { keys } = this.opened;
    this.opened.expires = longer ? await stay(keys) : (await sendJson<{ ends: number }>("POST", "/api/session/renew", null)).ends;
    return this.at("open", null);
  }

  private connected(connection: Connection): void {
    if (connection === this.connection) return;
    this.connection = connection;
    this.tell({ event: "connection", connection });
    if (connection === "connected" || connection === "polling") this.open?.outbox.resume();
  }

  /** Who is in and who reads what has changed; the feeds show it between what was sent. */
  private governed(): void {
    this.tell({ event: "operations" });
    this.open?.outbox.resume();
    for (const { channels } of this.open?.world.operations.values() ?? []) {
      for (const channel of channels.keys()) this.tell({ event: "items", channel, arrived: [] });
    }
  }

  private arrived(channel: string, arrived: readonly string[]): void {
    this.tell({ event: "items", channel, arrived });
    this.tell({ event: "operations" });
  }

  private outboxChanged(entry: OutboxEntry): void {
    if (entry.kind !== "seen") this.tell({ event: "outbox", entry });
    if (entry.state === "sent") this.tell({ event: "items", channel: entry.channel, arrived: [] });
  }

  private async operations(): Promise<readonly OperationView[]> {
    const { world } = this.opened;
    const views: OperationView[] = [];
    for (const { ledger, secrets, channels } of world.operations.values()) {
      const state = ledger.latest;
      if (state === null) continue;
      const shown = [...state.channels.keys()].filter((channel) => channels.has(channel));
      const labels = await Promise.all(shown.map((channel) => secrets.label(channel).catch(() => null)));
      views.push({
        operation: state.id,
        code: state.code,
        name: state.name,
        phase: world.destroyed.has(state.id) ? "destroyed" : state.phase,
        members: state.members.size,
        channels: shown.map((channel, at) => channelView(state, channel, channels.get(channel) ?? null, labels[at] ?? null, this.seen)),
        closedToMe: closedChannels(state, (channel) => channels.has(channel), this.seen),
        frozen: ledger.frozen,
        forms: [...state.templates.keys()],
        mustAccept: (state.members.get(world.keys.account)?.rulesAccepted ?? state.rules?.version ?? 0) !== (state.rules?.version ?? 0),
      });
    }
    return views;
  }

  private items({ channel, before, limit }: Requests["items"]["ask"]): Requests["items"]["answer"] {
    const place = this.opened.world.find(channel);
    const all = feed(place, this.seen).filter(({ seq }) => before === null || seq < before);
    const broken: readonly Item[] = place.log.broken === null ? [] : [brokenItem(channel, place.log.broken, place.log.last)];
    return { items: [...all.slice(-limit), ...broken], more: all.length > limit };
  }

  private async item({ channel, id }: Requests["item"]["ask"]): Promise<Requests["item"]["answer"]> {
    const place = this.opened.world.find(channel);
    const entry = place.log.entry(id);
    const state = place.operation.latest;
    if (entry === null || state === null) throw new Declined("not-found");
    await place.log.checkAgain(entry.seq);
    const thread = place.log.entries.filter((one) => one.header?.ref === id && !isSilent(one));
    const again = place.log.entry(id) ?? entry;
    return { item: itemOf(again, place, state, this.seen), thread: thread.map((one) => itemOf(one, place, state, this.seen)) };
  }

  private async evidence({ channel, id }: Requests["evidence"]["ask"]): Promise<Requests["evidence"]["answer"]> {
    const place = this.opened.world.find(channel);
    const entry = place.log.entry(id);
    if (entry === null) throw new Declined("not-found");
    const { evidenceOf } = await later(() => import("./evidence.ts"));
    return evidenceOf(place, this.opened.world.log, entry);
  }

  private async newDraft(given: Requests["newDraft"]["ask"]): Promise<Requests["newDraft"]["answer"]> {
    const draft: Draft = { ...given, id: newEnvelopeId(), values: {}, changedAt: Date.now() };
    await this.opened.drafts.begin(draft);
    return { draft, reference: this.referenceOf(draft) };
  }

  private referenceOf({ operation, channel, id }: Pick<Draft, "operation" | "channel" | "id">): string {
    const { operation: ledger } = this.opened.world.place(operation, channel);
    const { directory, account } = this.seen;
    return reference(ledger.latest?.code ?? "", directory.account(account).country, unb64(id, 16));
  }

  /** Every channel that is open here, of one operation or of all. */
  private places(operation: string | null = null): readonly Rotating[] {
    const { world } = this.opened;
    const open = [...world.operations].filter(([id]) => operation === null || id === operation);
    return open.flatMap(([id, { channels }]) => [...channels.keys()].map((channel) => world.place(id, channel)));
  }

  /** One answer at a time: pressing twice sends once. */
  private async answer(channel: string, notice: string, kind: "acknowledgement" | "seen", state: AcknowledgementState | null): Promise<OutboxEntry> {
    const { world, outbox } = this.opened;
    const { operation } = world.find(channel);
    const leaving = state === null ? null : outbox.answering(notice, state);
    if (leaving !== null) return leaving.state === "refused" ? outbox.again(leaving.id) : leaving;
    const id = newEnvelopeId();
    const reference = this.referenceOf({ operation: operation.id, channel, id });
    const parts: JsonObject = state === null ? {} : { state };
    return outbox.add({ id, operation: operation.id, channel, kind, ref: notice, reference, body: null, urgent: false, parts, draft: {} });
  }

  private async send({ draft: id, body, urgent, to, due, ref: named }: Requests["send"]["ask"]): Promise<OutboxEntry> {
    const { drafts, outbox } = this.opened;
    const draft = drafts.get(id);
    const { operation, channel, kind } = draft;
    const ref = named ?? draft.ref;
    const entry = await outbox.add({
      id,
      operation,
      channel,
      kind,
      ref,
      reference: this.referenceOf(draft),
      body: body as unknown as JsonObject,
      urgent,
      parts: { ...(to !== undefined && to.length > 0 && { to }), ...(due !== undefined && { due }) },
      draft: formOf(draft),
    });
    await drafts.drop(id);
    this.tell({ event: "drafts" });
    return entry;
  }

  private async backToDraft({ id }: Requests["backToDraft"]["ask"]): Promise<Draft> {
    const { drafts, outbox } = this.opened;
    const draft = draftOf(await outbox.takeBack(id));
    await drafts.put({ ...draft, changedAt: Date.now() });
    this.tell({ event: "drafts" });
    return drafts.get(id);
  }
}

/** The session ends here whether or not the hub could be told. */
function ignoreRefusal(refused: unknown): void {
  if (!(refused instanceof Refused)) throw refused;
}
