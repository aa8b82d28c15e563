/**
 * The page's one way to the worker that holds the keys: requests with a time limit, and events
 * (architecture.md "The member's side in the browser"; prototype: a dead worker is silent, so nothing waits for ever).
 */
import type { Answer, Ask, Event, Hello, Problem, Request, Requests } from "../worker/protocol.ts";

/** What a request is refused with; `code` is what the catalogue puts into words. */
export class Failed extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

export interface Bridge {
  ask<K extends Ask>(ask: K, given: Requests[K]["ask"]): Promise<Requests[K]["answer"]>;
  on(listener: (event: Event) => void): () => void;
}

const TIME_LIMIT = 30_000;
const UNLOCK_LIMIT = 120_000;
const WORKER = /^\/static\/worker-[0-9a-f]+\.js$/;

/** The only place that makes a worker: the policy returns nothing but the bundle's own worker address. */
function workerUrl(address: string): string {
  const checked = (name: string): string => {
    if (!WORKER.test(name)) throw new TypeError("This is not the bundle's worker.");
    return name;
  };
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (types === undefined) return checked(address);
  return types.createPolicy("worker", { createScriptURL: checked }).createScriptURL(address);
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(name: string): string }): { createScriptURL(name: string): string };
}

interface Port {
  postMessage(message: unknown): void;
  onmessage: ((message: MessageEvent) => void) | null;
}

function open(url: string): Port {
  if (!("SharedWorker" in globalThis)) return new Worker(url, { type: "module", name: "ncphub" });
  // extendedLifetime keeps the keys over a reload of the only tab where the browser knows it.
  const options = { type: "module", name: "ncphub", extendedLifetime: true } as const;
  return new SharedWorker(url, options).port;
}

/** Holds a lock for as long as this page lives, then says hello: the worker waits for the lock and so learns of the end. */
function greet(port: Port): void {
  const name = `page-${crypto.randomUUID()}`;
  void navigator.locks.request(name, () => {
    port.postMessage({ hello: name } satisfies Hello);
    return new Promise(() => undefined);
  });
}

/** Connects this page to the worker at `address`, the hashed name that the shell gave. */
export function connect(address: string): Bridge {
  const listeners = new Set<(event: Event) => void>();
  const waiting = new Map<number, { answer(value: unknown): void; fail(problem: Problem): void }>();
  const port = open(workerUrl(address));
  let count = 0;

  port.onmessage = (message: MessageEvent<Answer | Event>) => {
    const said = message.data;
    if ("event" in said) {
      for (const listener of listeners) listener(said);
      return;
    }
    const asked = waiting.get(said.n);
    waiting.delete(said.n);
    if ("problem" in said) asked?.fail(said.problem);
    else asked?.answer(said.answer);
  };
  greet(port);

  return {
    ask: <K extends Ask>(ask: K, given: Requests[K]["ask"]): Promise<Requests[K]["answer"]> =>
      new Promise((done, refuse) => {
        const n = (count += 1);
        const fail = (problem: Problem): void => {
          clearTimeout(limit);
          refuse(new Failed(problem));
        };
        const limit = setTimeout(
          () => {
            waiting.delete(n);
            fail({ code: "worker-silent" });
          },
          ask === "unlock" ? UNLOCK_LIMIT : TIME_LIMIT,
        );
        const answer = (value: unknown): void => {
          clearTimeout(limit);
          done(value);
        };
        waiting.set(n, { answer, fail });
        port.postMessage({ n, ask, with: given } satisfies Request);
      }),
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
