/** The audit page's own script: it proves the log in this browser and says in words what it found. */
import { b64, unb64 } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { clockWithSeconds, date, dateAndClock } from "../ui/times.ts";
import { language, number, speak, speakMore, t } from "../ui/words.ts";
import { startMenu, worker } from "./account.ts";
import { type Altered, type Proof, prove, type Shown, Unreachable } from "./proof.ts";

type Vault = { readonly size: number; readonly before: number | null } | null;

function shownEntries(): readonly Shown[] {
  return [...document.querySelectorAll<HTMLElement>("[data-index][data-body]")].map((line) => ({
    index: Number(line.dataset["index"]),
    body: unb64(line.dataset["body"] ?? ""),
    detail: line.dataset["detail"] === undefined ? null : unb64(line.dataset["detail"]),
    at: Date.parse(line.querySelector("time")?.dateTime ?? ""),
  }));
}

/** What the worker says that holds this auditor's vault: the log against what all their devices saw. Null while it is locked. */
async function askVault(): Promise<Vault> {
  try {
    return await worker().ask("checkLog", {});
  } catch {
    return null; // locked, or no worker here: this browser's own memory still counts
  }
}

/** Marks each altered row where it stands. */
function mark(altered: readonly Altered[]): void {
  const parts = new Map(altered.map(({ index, part }) => [index, part]));
  for (const line of document.querySelectorAll<HTMLElement>("[data-index]")) {
    const part = parts.get(Number(line.dataset["index"]));
    line.classList.toggle("is-altered", part !== undefined);
    line.querySelector(".altered")?.remove();
    if (part === undefined) continue;
    const flag = document.createElement("b");
    flag.className = "altered";
    flag.textContent = alteredWords(part);
    line.querySelector("p")?.prepend(flag, " ");
  }
}

function alteredWords(part: Altered["part"]): string {
  if (part === "entry") return t("This entry is not what was logged.");
  if (part === "detail") return t("What stands beside this entry was changed.");
  return t("The time shown is not the one that was logged.");
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

function tellProof(proof: Proof, vault: Vault, took: number): void {
  const { checkpoint, before, shown, beyond, altered } = proof;
  mark(altered);
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
    [
      t("In your vault"),
      vault === null
        ? t("Locked. Unlock in this browser to compare with what your other devices saw")
        : vault.before === null
          ? t("Kept there from now on, for all your devices")
          : t("Yes, with the {n} entries that your devices saw", { n: vault.before }),
    ],
    [t("Shown here"), t("{n} of {all} entries stand in the log as shown", { n: shown - altered.length, all: shown })],
  ];
  if (beyond > 0) facts.push([t("Newer"), t("{n} entries are newer than the checkpoint: verify again in a moment", { n: beyond })]);
  if (altered.length > 0) {
    tell(
      t("Check failed"),
      t("Altered: {entries}. Keep this page open and call another auditor before anything else.", {
        entries: altered.map(({ index }) => number(index)).join(", "),
      }),
      facts,
      "is-failed",
    );
    return;
  }
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
    const proof = await prove(shownEntries());
    tellProof(proof, await askVault(), performance.now() - began);
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

await Promise.all([speak(language.value), speakMore()]);
improvePage();
startMenu();
await verify();
