/**
 * The audit log as this worker relies on it: a pinned checkpoint that only grows, and proofs of place (protocol.md 7).
 */
import { type Bytes, type Json, type JsonObject, parse, unb64 } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import type { Proof } from "../crypto/evidence.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "../crypto/merkle.ts";
import { readCheckpoint, type Checkpoint } from "../crypto/tlog.ts";
import { getJson, getText } from "../net/api.ts";

const FRESH_WAITS = 60;
const FRESH_PAUSE = 250;
/** Other leaves name a statement too: that it was offered, or refused. */
const RECORDS: ReadonlySet<Json | undefined> = new Set(["genesis", "act", "entry", "envelope"]);

interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly leaf: string;
  readonly path: readonly string[];
}

interface ConsistencyProof {
  readonly path: readonly string[];
}

/** A statement and where the hub says that it stands. */
interface Standing {
  readonly index: number;
  readonly id: string;
}

export class Log {
  private readonly origin: string;
  private readonly key: string;
  private pinned: Checkpoint | null = null;
  private note: string | null = null;

  /** `origin` and `key` as the genesis names them. */
  constructor(origin: string, key: string) {
    this.origin = origin;
    this.key = key;
  }

  /** The last checkpoint that was verified here, to be kept with the pins. */
  get lastNote(): string | null {
    return this.note;
  }

  /** Entries of the last checkpoint verified; null before the first. */
  get size(): number | null {
    return this.pinned?.size ?? null;
  }

  /** Takes up a checkpoint that an earlier session verified; of several the largest counts. */
  async resume(note: string): Promise<void> {
    const checkpoint = await this.read(note);
    if (this.pinned !== null && this.pinned.size >= checkpoint.size) return;
    this.pinned = checkpoint;
    this.note = note;
  }

  /** Fetches the newest checkpoint. Raises bad-checkpoint, rolled-back or bad-proof where the log did not only grow. */
  async refresh(): Promise<Checkpoint> {
    const note = await getText("/api/log/checkpoint");
    const fresh = await this.read(note);
    const old = this.pinned;
    if (old !== null) {
      if (fresh.size < old.size) throw new ProtocolError("rolled-back", "The log is shorter than it was before.");
      const path =
        fresh.size === old.size || old.size === 0
          ? []
          : (await getJson<ConsistencyProof>(`/api/log/proof/consistency?from=${old.size}&to=${fresh.size}`)).path;
      if (old.size > 0) await verifyConsistency(old.size, fresh.size, old.root, fresh.root, path.map((one) => unb64(one)));
    }
    this.pinned = fresh;
    this.note = note;
    return fresh;
  }

  /** Raises bad-proof unless the statement `id` stands at `index` of the log. */
  async checkPlace(index: number, id: string): Promise<void> {
    await this.stands(index, id, await this.covering(index));
  }

  /** The proof that each statement stands at its index, all under one signed checkpoint. Raises bad-proof. */
  async prove<const P extends readonly Standing[]>(places: P): Promise<{ readonly note: string; readonly proofs: { [At in keyof P]: Proof } }> {
    await this.covering(Math.max(...places.map(({ index }) => index)));
    const { pinned, note } = this;
    if (pinned === null || note === null) throw new ProtocolError("bad-proof", "There is no checkpoint yet.");
    const proofs = await Promise.all(places.map(({ index, id }) => this.stands(index, id, pinned)));
    return { note, proofs: proofs as { [At in keyof P]: Proof } };
  }

  /** The leaf at `index`, proven. Raises bad-proof. */
  async body(index: number): Promise<Bytes> {
    return (await this.leafAt(index, await this.covering(index))).leaf;
  }

  private async stands(index: number, id: string, checkpoint: Checkpoint): Promise<Proof> {
    const proof = await this.leafAt(index, checkpoint);
    const { object, type } = parse(proof.leaf) as JsonObject;
    if (object !== id || !RECORDS.has(type)) throw new ProtocolError("bad-proof", "The log holds something else there.");
    return proof;
  }

  private async leafAt(index: number, { size, root }: Checkpoint): Promise<Proof> {
    const proof = await getJson<InclusionProof>(`/api/log/proof/inclusion?index=${index}&size=${size}`);
    const leaf = unb64(proof.leaf);
    const path = proof.path.map((one) => unb64(one));
    await verifyInclusion(index, size, await leafHash(leaf), path, root);
    return { index, leaf, path };
  }

  /** A verified checkpoint over `index`; a fresh leaf is waited for, because the hub signs at most one each second. */
  private async covering(index: number): Promise<Checkpoint> {
    let checkpoint = this.pinned;
    for (let waits = 0; waits < FRESH_WAITS; waits++) {
      if (checkpoint !== null && checkpoint.size > index) return checkpoint;
      if (waits > 0) await new Promise((done) => setTimeout(done, FRESH_PAUSE));
      checkpoint = await this.refresh();
    }
    throw new ProtocolError("bad-proof", "The log does not reach this entry.");
  }

  private read(note: string): Promise<Checkpoint> {
    return readCheckpoint(note, this.origin, unb64(this.key, 32));
  }
}
