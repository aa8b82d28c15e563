/**
 * What the pages show: signals filled by asking the worker, refreshed by its events. Nothing here outlives the page,
 * and locking empties it.
 */
import { computed, signal } from "@preact/signals";
import { type Bridge, Failed } from "../store/bridge.ts";
import type {
  Ask,
  B64,
  ChannelView,
  Connection,
  Draft,
  Event,
  OperationView,
  OutboxEntry,
  Problem,
  Requests,
  Session,
  Tasks,
} from "../worker/protocol.ts";
import { isProblem } from "./problems.ts";

/** Null until the worker has said where it stands. */
export const session = signal<Session | null>(null);
export const connection = signal<Connection>("connecting");
/** Whether newer things may exist than the hub has owned to for over two hours. */
export const behind = signal(false);
export const operations = signal<readonly OperationView[] | null>(null);
export const drafts = signal<readonly Draft[]>([]);
export const outbox = signal<readonly OutboxEntry[]>([]);
/** What is asked of this person's country. */
export const tasks = signal<Tasks>({ acknowledge: [], questions: [] });
/** The last thing that failed without a place of its own on the page. */
export const trouble = signal<Problem | null>(null);
/** The wall clock, moved every half minute: headings, warnings. */
export const now = signal(Date.now());

export const unread = computed(() =>
  (operations.value ?? []).reduce((sum, operation) => sum + operation.channels.reduce((n, channel) => n + channel.unread, 0), 0),
);

const BREATH = 250;

type Arrived = (channel: B64, arrived: readonly B64[]) => void;
const listeners = new Set<Arrived>();
let bridge: Bridge | null = null;

/** Rejects with the Problem itself; a dead worker is a problem like any other. */
export async function ask<K extends Ask>(what: K, given: Requests[K]["ask"]): Promise<Requests[K]["answer"]> {
  if (bridge === null) throw new Error("The page asked before it was connected.");
  return await bridge.ask(what, given);
}

export function problemOf(reason: unknown): Problem {
  if (reason instanceof Failed) return reason.problem;
  if (isProblem(reason)) return reason;
  throw reason;
}

/** For an action whose failure has no place of its own: the strip under the bar tells it. */
export function attempt(work: Promise<unknown>): void {
  work.catch((reason: unknown) => {
    trouble.value = problemOf(reason);
  });
}

/** Calls back when items of a channel came or changed; returns what stops it. */
export function onItems(listener: Arrived): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function findChannel(id: B64): ChannelView | null {
  for (const operation of operations.value ?? []) {
    const found = operation.channels.find(({ channel }) => channel === id);
    if (found !== undefined) return found;
  }
  return null;
}

export function findOperation(id: B64): OperationView | null {
  return operations.value?.find(({ operation }) => operation === id) ?? null;
}

export async function start(to: Bridge): Promise<void> {
  bridge = to;
  to.on(heard);
  setInterval(() => {
    now.value = Date.now();
  }, 30_000);
  setInterval(look, 60_000);
  document.addEventListener("visibilitychange", look);
  const [opened, connected] = await Promise.all([ask("session", {}), ask("connection", {})]);
  connection.value = connected;
  turnTo(opened);
}

/** Read marks follow the person: whoever comes back to this page sees what they read elsewhere. */
function look(): void {
  if (document.visibilityState === "visible" && session.value?.phase === "open") attempt(ask("look", {}));
}

/** Takes a new session: an open one fills the page, any other empties it. */
export function turnTo(next: Session): void {
  const before = session.value?.phase;
  session.value = next;
  if (next.phase === "open" && before !== "open") attempt(fill());
  if (next.phase === "closed" || next.phase === "ended") empty();
}

async function fill(): Promise<void> {
  const [seen, written, leaving, asked] = await Promise.all([ask("operations", {}), ask("drafts", {}), ask("outbox", {}), ask("tasks", {})]);
  operations.value = seen;
  drafts.value = written;
  outbox.value = leaving;
  tasks.value = asked;
}

function empty(): void {
  operations.value = null;
  drafts.value = [];
  outbox.value = [];
  tasks.value = { acknowledge: [], questions: [] };
  trouble.value = null;
}

function heard(event: Event): void {
  if (event.event === "session") return turnTo(event.session);
  if (event.event === "connection") {
    connection.value = event.connection;
    return;
  }
  if (event.event === "news") {
    behind.value = event.behind;
    return;
  }
  if (session.value?.phase !== "open") return;
  if (event.event === "operations") attempt(refreshOperations());
  else if (event.event === "drafts") attempt(refreshDrafts());
  else if (event.event === "outbox") keep(event.entry);
  else {
    for (const listener of listeners) listener(event.channel, event.arrived);
    tasksSoon();
  }
}

let tasksTimer = 0;

/** Answers of many countries come in one breath: asked once for all of them. */
function tasksSoon(): void {
  clearTimeout(tasksTimer);
  tasksTimer = window.setTimeout(() => {
    if (session.value?.phase === "open") attempt(ask("tasks", {}).then((asked) => (tasks.value = asked)));
  }, BREATH);
}

async function refreshOperations(): Promise<void> {
  operations.value = await ask("operations", {});
}

export async function refreshDrafts(): Promise<void> {
  drafts.value = await ask("drafts", {});
}

/** Replaces or adds one outbox entry; the newest stands last. */
export function keep(entry: OutboxEntry): void {
  const others = outbox.value.filter(({ id }) => id !== entry.id);
  outbox.value = [...others, entry];
}
