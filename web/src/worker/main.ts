/**
 * The worker that holds the keys, one file for the shared and the dedicated kind (architecture.md).
 *
 * It forgets everything 60 seconds after the last page has gone: Web Locks tell, because a closed page says nothing.
 */
import { Desk } from "./desk.ts";
import { problemOf } from "./problems.ts";
import type { Answer, Event, Hello, Request } from "./protocol.ts";

const FORGET_AFTER = 60_000;

interface Port {
  postMessage(message: Answer | Event): void;
  onmessage: ((message: MessageEvent<Request | Hello>) => void) | null;
}

const ports = new Set<Port>();
let farewell: ReturnType<typeof setTimeout> | undefined;

const desk = new Desk((event) => {
  for (const port of ports) port.postMessage(event);
});

/** Wipes the keys and ends the worker when no page came back in time. */
function pageIsGone(port: Port): void {
  ports.delete(port);
  if (ports.size > 0) return;
  farewell = setTimeout(() => {
    desk.forget();
    self.close();
  }, FORGET_AFTER);
}

async function answer(port: Port, request: Request): Promise<void> {
  try {
    port.postMessage({ n: request.n, answer: await desk.handle(request.ask, request.with) });
  } catch (fault) {
    port.postMessage({ n: request.n, problem: problemOf(fault) });
  }
}

function attach(port: Port): void {
  clearTimeout(farewell);
  ports.add(port);
  port.onmessage = ({ data }) => {
    if ("hello" in data) void navigator.locks.request(data.hello, () => pageIsGone(port));
    else void answer(port, data);
  };
}

/** While somebody types: what opens keys. Where it can't be had now, unlocking asks again and tells. */
import("../crypto/hybrid.ts").catch(() => undefined);

if ("SharedWorkerGlobalScope" in self) {
  (self as unknown as SharedWorkerGlobalScope).onconnect = ({ ports: [port] }) => {
    if (port !== undefined) attach(port);
  };
} else {
  attach(self);
}
