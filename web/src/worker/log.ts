/**
 * The audit log as this worker relies on it: a pinned checkpoint that only grows, and proofs of place (protocol.md 7).
 */
import { parse, unb64, type JsonObject } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "../crypto/merkle.ts";
import { readCheckpoint, type Checkpoint } from "../crypto/tlog.ts";
import { getJson, getText } from "../net/api.ts";
import type { HubFacts } from "./keys.ts";

interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly leaf: string;
  readonly path: readonly string[];
}

interface ConsistencyProof {
  readonly path: readonly string[];
}

export class Log {
  private readonly facts: HubFacts;
  private pinned: Checkpoint | null = null;
  private note = "";

  constructor(facts: HubFacts) {
    this.facts = facts;
  }

  /** The last checkpoint that was verified here, to be kept with the pins. */
  get lastNote(): string {
    return this.note;
  }

  /** Takes up the checkpoint that an earlier session verified. */
  async resume(note: string): Promise<void> {
    this.pinned = await this.read(note);
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
    let checkpoint = this.pinned;
    if (checkpoint === null || checkpoint.size <= index) checkpoint = await this.refresh();
    if (checkpoint.size <= index) throw new ProtocolError("bad-proof", "The log does not reach this entry yet.");
    const proof = await getJson<InclusionProof>(`/api/log/proof/inclusion?index=${index}&size=${checkpoint.size}`);
    const leaf = unb64(proof.leaf);
    await verifyInclusion(index, checkpoint.size, await leafHash(leaf), proof.path.map((one) => unb64(one)), checkpoint.root);
    if ((parse(leaf) as JsonObject)["object"] !== id) throw new ProtocolError("bad-proof", "The log holds something else there.");
  }

  private read(note: string): Promise<Checkpoint> {
    return readCheckpoint(note, this.facts.log.origin, unb64(this.facts.log.key, 32));
  }
}
