/** One item with all that proves it, as a file for somebody who has no account here (docs/spec/17-evidence.md). */
import { entryId as entryIdOfDirectory } from "../crypto/directory.ts";
import { b64, type Bytes, canon, equalBytes, unb64 } from "../crypto/encoding.ts";
import type { Header } from "../crypto/envelope.ts";
import { MEDIA_TYPE, packEvidence, SUFFIX, verifyEvidence } from "../crypto/evidence.ts";
import { entryId } from "../crypto/membership.ts";
import { type Packet, unpackAll } from "../crypto/packet.ts";
import { openMessage } from "../crypto/sealing.ts";
import { reference } from "../domain/references.ts";
import { getPackets } from "../net/api.ts";
import type { Entry } from "./channel.ts";
import { pagesOf, placeOf } from "./ledger.ts";
import type { Log } from "./log.ts";
import { Declined } from "./problems.ts";
import type { Evidence } from "./protocol.ts";
import type { Rotating } from "./rotation.ts";

/**
 * The file and its name, verified as whoever gets it will verify it.
 *
 * The chains are asked for anew, because only what follows from them is kept here. Raises what the item itself is marked
 * with, or what the hub's proofs lack.
 */
export async function evidenceOf(place: Rotating, log: Log, entry: Entry): Promise<Evidence> {
  const { keys, directory, operation } = place;
  const { header, leaf, id } = entry;
  if (entry.fault !== null || header === null) throw new Declined(entry.fault ?? "not-found");
  const acts = await before((after) => `/api/directory?after=${after}`, leaf);
  const entries = await before((after) => `/api/operations/${operation.id}/entries?after=${after}`, leaf);
  const [lastAct, lastEntry] = [acts.at(-1), entries.at(-1)];
  if (lastAct === undefined || lastEntry === undefined) throw new Declined("gap");
  const { note, proofs } = await log.prove([
    { index: placeOf(lastAct).leaf, id: await entryIdOfDirectory(lastAct.body) },
    { index: placeOf(lastEntry).leaf, id: await entryId(lastEntry.body) },
    { index: leaf, id },
  ]);
  const bytes = packEvidence({
    exercise: directory.latest.genesis.exercise,
    statement: header.body,
    signature: entry.signature,
    content: await wordsOf(place, entry.seq, header),
    directory: acts.map(({ body, act, signatures }) => ({ entry: body, act, signatures })),
    operation: entries.map(({ body, signatures }) => ({ body, signatures })),
    log: { checkpoint: note, directory: proofs[0], operation: proofs[1], statement: proofs[2] },
  });
  const proven = await verifyEvidence(bytes, keys.hub);
  const words = reference(proven.operation.code, proven.author.country, unb64(header.id, 16));
  return { name: `${words}${proven.directory.genesis.exercise ? "-EXERCISE" : ""}${SUFFIX}`, type: MEDIA_TYPE, bytes, hub: keys.hub };
}

/** Salt and words in the form that the signed hash covers; empty where nothing was sealed. */
async function wordsOf({ secrets, log }: Rotating, seq: number, header: Header): Promise<Bytes> {
  if (header.content === null) return new Uint8Array();
  const [packet] = unpackAll((await getPackets(`${log.path}?after=${seq - 1}&limit=1`)).bytes);
  if (packet === undefined || !equalBytes(packet.body, header.body)) throw new Declined("forked");
  const { salt, body } = await openMessage(await secrets.of(log.channel, header.epoch), header, packet.beside);
  return canon({ salt: b64(salt), body });
}

/** What the hub logged before a place. */
async function before(path: (after: number) => string, leaf: number): Promise<readonly Packet[]> {
  const found: Packet[] = [];
  for await (const packets of pagesOf(path, -1)) found.push(...packets.filter((packet) => placeOf(packet).leaf < leaf));
  return found;
}
