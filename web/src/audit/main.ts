/**
 * The auditor's own check of the log: the checkpoint's signature, that it continues what this browser saw before, and that every
 * entry on the page stands in it (protocol.md 7). It holds no key and asks for no content.
 */
import { b64, parse, statementId, unb64, type Bytes } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { consistencyPath, inclusionPath, leafHash, verifyConsistency, verifyInclusion } from "../crypto/merkle.ts";
import { type Checkpoint, readCheckpoint } from "../crypto/tlog.ts";
import { clockWithSeconds, date, dateAndClock } from "../ui/times.ts";
import { language, number, speak, t } from "../ui/words.ts";
import { lastSeen, remember } from "./memory.ts";
import { tileHashes } from "./tiles.ts";

const LIMIT = 60_000;

async function fetched(path: string): Promise<Response> {
  const answer = await fetch(path, { signal: AbortSignal.timeout(LIMIT) });
  if (!answer.ok) throw new Unreachable(path);
  return answer;
}

/** The hub didn't answer: nothing is proven, and nothing is wrong. */
class Unreachable extends Error {}

interface LogKey {
  readonly hub: string;
  readonly origin: string;
  readonly key: Bytes;
}

/** The log's key out of the genesis, whose hash is the hub's id: whoever swaps the key makes another hub. */
async function logKey(): Promise<LogKey> {
  const facts = (await (await fetched("/api/hub")).json()) as { readonly hub: string; readonly genesis: string };
  const genesis = unb64(facts.genesis);
  if (b64(await statementId("genesis", genesis)) !== facts.hub) throw new ProtocolError("wrong-hub", "The genesis is not this hub's.");
  const { log } = parse(genesis) as unknown as { readonly log: { readonly origin: string; readonly key: string } };
  return { hub: facts.hub, origin: log.origin, key: unb64(log.key, 32) };
}

interface Proof {
  readonly checkpoint: Checkpoint;
  readonly before: { readonly size: number; readonly at: number } | null;
  readonly shown: number;
  readonly beyond: number;
}

interface Shown {
  readonly index: number;
  readonly body: Bytes;
}

function shownEntries(): readonly Shown[] {
  return [...document.querySelectorAll<HTMLElement>("[data-index][data-body]")].map((line) => ({
    index: Number(line.dataset["index"]),
    body: unb64(line.dataset["body"] ?? ""),
  }));
}

async function prove(): Promise<Proof> {
  const { hub, origin, key } = await logKey();
  const note = await (await fetched("/api/log/checkpoint")).text();
  const checkpoint = await readCheckpoint(note, origin, key);
  const hashes = tileHashes(checkpoint.size, async (path) => new Uint8Array(await (await fetched(`/api/log/${path}`)).arrayBuffer()));
  const seen = await lastSeen(hub);
  if (seen !== null) {
    const old = await readCheckpoint(seen.note, origin, key);
    if (old.size > checkpoint.size) throw new ProtocolError("rolled-back", "The log is shorter than it was.");
    const path = old.size > 0 && old.size < checkpoint.size ? await consistencyPath(old.size, checkpoint.size, hashes) : [];
    if (old.size > 0) await verifyConsistency(old.size, checkpoint.size, old.root, checkpoint.root, path);
  }
  const entries = shownEntries();
  const inside = entries.filter(({ index }) => index < checkpoint.size);
  for (const { index, body } of inside) {
    await verifyInclusion(index, checkpoint.size, await leafHash(body), await inclusionPath(index, checkpoint.size, hashes), checkpoint.root);
  }
  await remember(hub, { note, at: Date.now() });
  const before = seen === null ? null : { size: (await readCheckpoint(seen.note, origin, key)).size, at: seen.at };
  return { checkpoint, before, shown: inside.length, beyond: entries.length - inside.length };
}

function tell(title: string, words: string, facts: readonly (readonly [string, string])[], state: "is-checked" | "is-failed" | ""): void {
  const panel = document.getElementById("proof");
  const list = document.getElementById("proof-facts");
  const sentence = document.getElementById("proof-words");
  const heading = document.getElementById("proof-title");
  if (panel === null || list === null || sentence === null || heading === null) return;
  heading.textContent = title;
  panel.classList.remove("is-checked", "is-failed");
  if (state !== "") panel.classList.add(state);
  sentence.textContent = words;
  list.hidden = facts.length === 0;
  list.replaceChildren(
    ...facts.flatMap(([name, value]) => {
      const term = document.createElement("dt");
      const detail = document.createElement("dd");
      term.textContent = name;
      detail.textContent = value;
      return [term, detail];
    }),
  );
}

function tellProof(proof: Proof, took: number): void {
  const { checkpoint, before, shown, beyond } = proof;
  const facts: (readonly [string, string])[] = [
    [t("Size"), t("{n} entries", { n: checkpoint.size })],
    [t("Root"), `${b64(checkpoint.root).slice(0, 12)} …`],
    [t("Checkpoint"), t("signed by the hub’s log key")],
    [
      t("Consistent"),
      before === null
        ? t("This is the first checkpoint that this browser sees")
        : t("Yes, with the one you last saw: {moment} UTC, {n} entries", { moment: dateAndClock(before.at), n: before.size }),
    ],
    [t("Shown here"), t("All {n} entries stand in the log", { n: shown })],
  ];
  if (beyond > 0) facts.push([t("Newer"), t("{n} entries are newer than the checkpoint: verify again in a moment", { n: beyond })]);
  const seconds = number(Math.round(took / 100) / 10);
  tell(
    t("Log verified"),
    t("Checked in this browser at {time} UTC, in {seconds} seconds. Nothing was removed, added or changed behind what you saw before.", {
      time: clockWithSeconds(Date.now()),
      seconds,
    }),
    facts,
    "is-checked",
  );
}

async function verify(): Promise<void> {
  const began = performance.now();
  tell(t("The log’s proof"), t("Checking …"), [], "");
  try {
    tellProof(await prove(), performance.now() - began);
  } catch (reason) {
    if (reason instanceof ProtocolError) {
      tell(t("Check failed"), t("The log failed its check (problem {code}). Keep this page open and call another auditor before anything else.", { code: reason.code }), [], "is-failed");
      return;
    }
    tell(t("The log’s proof"), t("The hub can’t be reached, so nothing could be checked. Try again."), [], "");
    if (!(reason instanceof Unreachable || reason instanceof DOMException || reason instanceof TypeError)) throw reason;
  }
}

/** Days in words, and the button that checks again. */
function improvePage(): void {
  for (const day of document.querySelectorAll<HTMLTimeElement>("time[data-day]")) day.textContent = date(Date.parse(day.dateTime));
  const button = document.getElementById("verify");
  if (button === null) return;
  button.hidden = false;
  button.addEventListener("click", () => void verify());
}

await speak(language.value);
improvePage();
await verify();
