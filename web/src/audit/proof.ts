/**
 * The auditor's own check of the log: the checkpoint's signature, that it continues what was seen before, and that every
 * entry on the page stands in it, details included (protocol.md 7). It holds no key and asks for no content.
 */
import { b64, type Bytes, type JsonObject, parse, statementId, unb64 } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { consistencyPath, type GetHash, inclusionPath, leafHash, verifyConsistency, verifyInclusion } from "../crypto/merkle.ts";
import { type Checkpoint, leafDetailHash, readCheckpoint } from "../crypto/tlog.ts";
import { lastSeen, remember } from "./memory.ts";
import { tileHashes } from "./tiles.ts";

const LIMIT = 60_000;

/** The hub didn't answer: nothing is proven, and nothing is wrong. */
export class Unreachable extends Error {}

/** One entry as the page shows it: its body, its erasable detail (null once erased), the moment that stands beside it. */
export interface Shown {
  readonly index: number;
  readonly body: Bytes;
  readonly detail: Bytes | null;
  readonly at: number;
}

/** A row that is not what was logged: the entry itself, or what the hub keeps beside it. */
export interface Altered {
  readonly index: number;
  readonly part: "entry" | "detail" | "time";
}

export interface Proof {
  readonly checkpoint: Checkpoint;
  readonly before: { readonly size: number; readonly at: number } | null;
  readonly shown: number;
  readonly beyond: number;
  readonly altered: readonly Altered[];
}

interface LogKey {
  readonly hub: string;
  readonly origin: string;
  readonly key: Bytes;
}

async function fetched(path: string): Promise<Response> {
  const answer = await fetch(path, { signal: AbortSignal.timeout(LIMIT) });
  if (!answer.ok) throw new Unreachable(path);
  return answer;
}

/** The log's key out of the genesis, whose hash is the hub's id: whoever swaps the key makes another hub. */
async function logKey(): Promise<LogKey> {
  const facts = (await (await fetched("/api/hub")).json()) as { readonly hub: string; readonly genesis: string };
  const genesis = unb64(facts.genesis);
  if (b64(await statementId("genesis", genesis)) !== facts.hub) throw new ProtocolError("wrong-hub", "The genesis is not this hub's.");
  const { log } = parse(genesis) as unknown as { readonly log: { readonly origin: string; readonly key: string } };
  return { hub: facts.hub, origin: log.origin, key: unb64(log.key, 32) };
}

/** What is wrong with one entry; null where it is exactly what was logged. */
async function fault(entry: Shown, size: number, hashes: GetHash, root: Uint8Array): Promise<Altered["part"] | null> {
  try {
    await verifyInclusion(entry.index, size, await leafHash(entry.body), await inclusionPath(entry.index, size, hashes), root);
    const leaf = parse(entry.body) as JsonObject;
    if (entry.detail !== null && b64(await leafDetailHash(parse(entry.detail))) !== leaf["hash"]) return "detail";
    return leaf["at"] === entry.at ? null : "time";
  } catch (refused) {
    if (refused instanceof ProtocolError) return "entry";
    throw refused;
  }
}

/** Raises ProtocolError where the log as a whole can't be believed; a single altered row is named in the answer. */
export async function prove(entries: readonly Shown[]): Promise<Proof> {
  const { hub, origin, key } = await logKey();
  const note = await (await fetched("/api/log/checkpoint")).text();
  const checkpoint = await readCheckpoint(note, origin, key);
  const { size, root } = checkpoint;
  const hashes = tileHashes(size, async (path) => new Uint8Array(await (await fetched(`/api/log/${path}`)).arrayBuffer()));
  const seen = await lastSeen(hub);
  const old = seen === null ? null : await readCheckpoint(seen.note, origin, key);
  if (old !== null && old.size > 0) {
    if (old.size > size) throw new ProtocolError("rolled-back", "The log is shorter than it was.");
    const path = old.size < size ? await consistencyPath(old.size, size, hashes) : [];
    await verifyConsistency(old.size, size, old.root, root, path);
  }
  const inside = entries.filter(({ index }) => index < size);
  const altered: Altered[] = [];
  for (const entry of inside) {
    const part = await fault(entry, size, hashes, root);
    if (part !== null) altered.push({ index: entry.index, part });
  }
  await remember(hub, { note, at: Date.now() });
  const before = seen === null || old === null ? null : { size: old.size, at: seen.at };
  return { checkpoint, before, shown: inside.length, beyond: entries.length - inside.length, altered };
}
