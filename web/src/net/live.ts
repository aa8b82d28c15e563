/**
 * The live stream: WebSocket first, long-poll where a proxy blocks it, one cursor for both (architecture.md).
 *
 * It only carries bytes. The cursor is asked for at each new start, so a lost connection loses nothing.
 */
import { b64, utf8 } from "../crypto/encoding.ts";
import { poll, Refused } from "./api.ts";

export interface Cursor {
  readonly directory: number;
  readonly operations: readonly (readonly [string, number])[];
  readonly channels: readonly (readonly [string, string, number])[];
}

export type LiveState = "connected" | "connecting" | "polling" | "offline";

export interface LiveListener {
  cursor(): Cursor;
  /** Packets as they came; handled one after the other. */
  packets(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  behind(channel: string): void;
  state(state: LiveState): void;
  /** The hub ended the session: unlocking is needed. */
  ended(): void;
}

const SILENCE = 60_000;
const OPEN_LIMIT = 10_000;
const POLL_SECONDS = 25;
/** After this many sockets that never opened, a proxy is blocking them. */
const BLOCKED_AFTER = 2;

export class Live {
  private readonly listener: LiveListener;
  private socket: WebSocket | null = null;
  private stopped = false;
  private queue: Promise<boolean> = Promise.resolve(true);

  constructor(listener: LiveListener) {
    this.listener = listener;
  }

  start(): void {
    void this.run();
  }

  stop(): void {
    this.stopped = true;
    this.socket?.close();
  }

  /** Tells an open socket about channels that became readable. */
  subscribe(): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ after: this.listener.cursor() }));
  }

  private async run(): Promise<void> {
    let failures = 0;
    let neverOpened = 0;
    while (!this.stopped) {
      this.listener.state("connecting");
      if (neverOpened < BLOCKED_AFTER) {
        const opened = await this.bySocket();
        neverOpened = opened ? 0 : neverOpened + 1;
        failures = opened ? 0 : failures + 1;
      } else {
        const polled = await this.byPolling();
        failures = polled ? 0 : failures + 1;
        if (!polled) neverOpened = 0;
      }
      if (failures > 0) this.listener.state("offline");
      await pause(Math.min(30_000, 250 * 2 ** Math.min(failures, 7)) * (0.5 + fraction() / 2));
    }
  }

  /** Serves one socket until it ends. True if it ever opened. */
  private bySocket(): Promise<boolean> {
    return new Promise((done) => {
      const scheme = location.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(`${scheme}//${location.host}/api/live`);
      socket.binaryType = "arraybuffer";
      this.socket = socket;
      let opened = false;
      let watch = setTimeout(() => socket.close(), OPEN_LIMIT);
      const alive = (): void => {
        clearTimeout(watch);
        watch = setTimeout(() => socket.close(), SILENCE);
      };
      socket.onopen = () => {
        opened = true;
        alive();
        this.listener.state("connected");
        socket.send(JSON.stringify({ after: this.listener.cursor() }));
      };
      socket.onmessage = (message: MessageEvent<ArrayBuffer | string>) => {
        alive();
        if (typeof message.data === "string") this.told(message.data);
        else void this.take(new Uint8Array(message.data));
      };
      socket.onclose = () => {
        clearTimeout(watch);
        this.socket = null;
        done(opened);
      };
    });
  }

  private told(text: string): void {
    const word = JSON.parse(text) as { type?: string; channel?: string; code?: string };
    if (word.type === "behind" && word.channel !== undefined) this.listener.behind(word.channel);
    if (word.type === "bye" && (word.code === "expired-session" || word.code === "unauthenticated")) this.end();
  }

  /** In order: a packet is never handled before the one that came first. False where it could not be taken. */
  private take(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
    this.queue = this.queue
      .then(() => this.listener.packets(bytes))
      .then(() => true)
      .catch((fault: unknown) => {
        // It comes again: the next connection starts from the same cursor.
        if (!(fault instanceof Refused)) reportError(fault);
        this.socket?.close();
        return false;
      });
    return this.queue;
  }

  private end(): void {
    this.stop();
    this.listener.ended();
  }

  private async byPolling(): Promise<boolean> {
    const started = Date.now();
    this.listener.state("polling");
    // From time to time the socket is tried again: the proxy may have been an other network's.
    while (!this.stopped && Date.now() - started < 10 * 60_000) {
      try {
        const bytes = await poll(b64(utf8(JSON.stringify(this.listener.cursor()))), POLL_SECONDS);
        if (bytes !== null) {
          if (!(await this.take(bytes))) return false;
        }
      } catch (fault) {
        if (!(fault instanceof Refused)) throw fault;
        if (fault.status === 401) this.end();
        return false;
      }
    }
    return true;
  }
}

/** Spreads reconnections, so that a thousand browsers don't come back in the same moment. */
function fraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
