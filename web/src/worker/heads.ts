/**
 * What the hub said last about where every chain ends, held against what it showed here (docs/spec/23-heads.md).
 *
 * Twin of hub/client/heads.py.
 */
import { unb64, type Bytes, type JsonObject } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { fields, id32, integer, items, octets } from "../crypto/fields.ts";
import { readHeadsLeaf, verifyHead, verifySize, type Head } from "../crypto/heads.ts";
import { getJson } from "../net/api.ts";
import { Declined } from "./problems.ts";
import type { World } from "./world.ts";

/** A statement whose proofs hold: made at `at` (ms UTC), the ends of this account's chains among `size` leaves. */
interface News {
  readonly at: number;
  readonly size: number;
  readonly ends: ReadonlyMap<string, Head>;
}

/** A chain as verified here: id and leaf of each place, null where it isn't known. */
interface Chain {
  readonly stream: string;
  readonly last: number;
  /** Whether its first statement stands below a size of the log. */
  readonly began: (size: number) => boolean;
  readonly idAt: (seq: number) => string | null;
  readonly leafAt: (seq: number) => number | null;
}

/**
 * Takes up the newest statement and holds every chain of this account against it; gives its time.
 *
 * What lies beyond what the hub has shown is asked for once more. Raises bad-proof, held-back or forked.
 */
export async function checkNews(world: World): Promise<number> {
  const news = await read(world);
  if (chains(world).some(({ stream, last }) => (news.ends.get(stream)?.seq ?? -1) > last)) await catchUp(world, news);
  for (const chain of chains(world)) compare(chain, news);
  return news.at;
}

async function read(world: World): Promise<News> {
  const answer = fields(await getJson<JsonObject>("/api/heads"), ["leaf", "size", "count", "path", "heads"]);
  const [leaf, size, count] = [integer(answer["leaf"]), integer(answer["size"]), integer(answer["count"], 1)];
  if (size > leaf) throw new ProtocolError("bad-proof", "It says more than the log held.");
  const { root, at } = readHeadsLeaf(await world.log.body(leaf));
  await verifySize(size, count, pathOf(answer["path"]), root);
  const ends = new Map<string, Head>();
  for (const one of items(answer["heads"], 100_000)) {
    const row = fields(one, ["stream", "seq", "id", "index", "path"]);
    const head = { stream: octets(row["stream"], 16, 32), seq: integer(row["seq"]), id: id32(row["id"]) };
    await verifyHead(head, integer(row["index"], 1), count, pathOf(row["path"]), root);
    ends.set(head.stream, head);
  }
  return { at, size, ends };
}

function pathOf(value: Parameters<typeof items>[0]): readonly Bytes[] {
  return items(value, 64).map((one) => unb64(id32(one), 32));
}

async function catchUp(world: World, news: News): Promise<void> {
  await world.directory.sync();
  for (const [operation, { ledger, channels }] of world.operations) {
    if (ledger.frozen !== null || !news.ends.has(operation)) continue;
    await ledger.sync();
    for (const log of channels.values()) if ((news.ends.get(log.channel)?.seq ?? 0) > log.last) await log.sync();
  }
}

/** Every chain that is read here and doesn't stand still. */
function chains(world: World): readonly Chain[] {
  const { directory, operations } = world;
  const found: Chain[] = [
    {
      stream: directory.latest.hub,
      last: directory.lastSeq,
      began: () => true,
      idAt: (seq) => (seq <= directory.lastSeq ? directory.history.idAt(seq) : null),
      leafAt: (seq) => directory.leafOf(seq),
    },
  ];
  for (const [operation, { ledger, channels }] of operations) {
    const state = ledger.latest;
    if (state === null || ledger.frozen !== null || !state.members.has(world.seen.account)) continue;
    found.push({
      stream: operation,
      last: ledger.lastSeq,
      began: (size) => (ledger.past[0]?.leaf ?? size) < size,
      idAt: (seq) => ledger.past[seq]?.id ?? null,
      leafAt: (seq) => ledger.past[seq]?.leaf ?? null,
    });
    for (const log of channels.values()) {
      found.push({
        stream: log.channel,
        last: log.last,
        began: (size) => (log.entries[0]?.leaf ?? size) < size,
        idAt: (seq) => log.entries[seq - 1]?.id ?? null,
        leafAt: (seq) => log.entries[seq - 1]?.leaf ?? null,
      });
    }
  }
  return found;
}

function compare(chain: Chain, { ends, size }: News): void {
  const end = ends.get(chain.stream);
  if (end === undefined) {
    if (chain.began(size)) throw new ProtocolError("forked", "The hub leaves out where a chain ends.");
    return;
  }
  if (end.seq > chain.last) throw new Declined("held-back");
  const known = chain.idAt(end.seq);
  if (known !== null && known !== end.id) throw new ProtocolError("forked", "The hub said otherwise in its log.");
  const beyond = chain.leafAt(end.seq + 1);
  if (beyond !== null && beyond < size) throw new ProtocolError("forked", "The hub left out what it had shown here.");
}
