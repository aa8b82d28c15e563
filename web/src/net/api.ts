/**
 * The hub's HTTP interface as the worker uses it (docs/api.md): JSON and packets in, refusals as `Refused`.
 *
 * Nothing here is believed: what comes back is checked by crypto/ before anybody sees it.
 */

/** A refusal of the hub, or of the way to it, under one name that the catalogue can put into words. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryAfter: number | null;

  constructor(code: string, status: number, retryAfter: number | null = null) {
    super(code);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the request may nevertheless have been carried out: the hub's answer is not known. */
  get isUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export const PACKETS = "application/vnd.ncphub.packets";
const TIME_LIMIT = 30_000;

export interface PacketPage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly more: boolean;
}

async function refusal(response: Response): Promise<Refused> {
  const retry = Number(response.headers.get("Retry-After"));
  const code = await response.json().then(
    (problem: { code?: unknown }) => (typeof problem.code === "string" ? problem.code : "hub-busy"),
    () => "hub-busy",
  );
  return new Refused(code, response.status, Number.isFinite(retry) && retry > 0 ? retry : null);
}

async function request(method: string, path: string, body: BodyInit | null, type: string | null, wait: number): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      body,
      headers: type === null ? {} : { "Content-Type": type },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(wait),
    });
  } catch {
    // fetch tells nothing more than that no answer came: offline, cut, or past the time limit.
    throw new Refused("offline", 0);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function getJson<T>(path: string): Promise<T> {
  return (await request("GET", path, null, null, TIME_LIMIT)).json() as Promise<T>;
}

export async function getText(path: string): Promise<string> {
  return (await request("GET", path, null, null, TIME_LIMIT)).text();
}

export async function sendJson<T>(method: "POST" | "PUT" | "DELETE", path: string, value: unknown): Promise<T> {
  const body = value === null ? null : JSON.stringify(value);
  const response = await request(method, path, body, body === null ? null : "application/json", TIME_LIMIT);
  if (response.status === 204) return null as T;
  return response.json() as Promise<T>;
}

export async function getPackets(path: string): Promise<PacketPage> {
  const response = await request("GET", path, null, null, TIME_LIMIT);
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    more: response.headers.get("NCP-More") === "1",
  };
}

export async function sendPacket<T>(path: string, packet: Uint8Array<ArrayBuffer>): Promise<T> {
  return (await request("POST", path, packet, PACKETS, TIME_LIMIT)).json() as Promise<T>;
}

/** One long poll: packets, or null when nothing came in time. */
export async function poll(cursor: string, seconds: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const path = `/api/live/poll?cursor=${encodeURIComponent(cursor)}&wait=${seconds}`;
  const response = await request("GET", path, null, null, (seconds + 15) * 1000);
  return response.status === 204 ? null : new Uint8Array(await response.arrayBuffer());
}
