/**
 * The page that recounts a whole log in a browser: every entry hashed, the tree built, its root held against the signed one.
 *
 * Only `tests/bench/recount.py` loads it and reads the text of `#results`.
 */
import { b64, unb64 } from "./crypto/encoding.ts";
import { leafHash, root } from "./crypto/merkle.ts";
import { decodeBundle, readCheckpoint } from "./crypto/tlog.ts";

interface Facts {
  readonly origin: string;
  readonly key: string;
  readonly bundles: number;
}

/** Hashed together, so that WebCrypto is never waited for one entry at a time. */
const AT_ONCE = 4096;

async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

async function recount(): Promise<{ readonly size: number; readonly root: string; readonly milliseconds: number }> {
  const facts = (await (await fetch("/facts.json")).json()) as Facts;
  const note = new TextDecoder().decode(await bytesOf("/checkpoint"));
  const bundles = await Promise.all(Array.from({ length: facts.bundles }, (_, index) => bytesOf(`/entries/${index}`)));

  const began = performance.now();
  const checkpoint = await readCheckpoint(note, facts.origin, unb64(facts.key, 32));
  const entries = bundles.flatMap((bundle) => decodeBundle(bundle));
  const hashes = [];
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    hashes.push(...(await Promise.all(entries.slice(at, at + AT_ONCE).map((entry) => leafHash(entry)))));
  }
  const found = b64(await root(hashes));
  if (entries.length !== checkpoint.size || found !== b64(checkpoint.root)) throw new Error("The log is another one.");
  return { size: entries.length, root: found, milliseconds: performance.now() - began };
}

const results = document.createElement("pre");
results.id = "results";
results.textContent = JSON.stringify(await recount().catch((fault: unknown) => ({ broken: String(fault) })));
document.body.append(results);
