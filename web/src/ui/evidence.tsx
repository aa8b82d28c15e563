/** Saving one signed item as a file which proves itself: the button, and what is told of the file. */
import { useState } from "preact/hooks";
import type { B64, Problem } from "../worker/protocol.ts";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { ask, attempt, problemOf } from "./state.ts";
import { t, tx } from "./words.ts";

const KEPT = 60_000;

type Saving =
  | { readonly is: "ready" | "busy" }
  | { readonly is: "saved"; readonly name: string; readonly hub: B64 }
  | { readonly is: "failed"; readonly problem: Problem };

export interface Evidence {
  readonly saving: Saving;
  readonly save: () => void;
}

export function useEvidence(channel: B64, id: B64): Evidence {
  const [saving, setSaving] = useState<Saving>({ is: "ready" });
  const save = async (): Promise<void> => {
    setSaving({ is: "busy" });
    try {
      setSaving({ is: "saved", ...(await keep(channel, id)) });
    } catch (reason) {
      setSaving({ is: "failed", problem: problemOf(reason) });
    }
  };
  return { saving, save: () => void save() };
}

export function EvidenceButton({ saving, save }: Evidence) {
  return (
    <button class="button is-small" type="button" disabled={saving.is === "busy"} onClick={save}>
      <Icon name="save" />
      {t("Save as evidence")}
    </button>
  );
}

export function EvidenceWords({ saving }: Evidence) {
  return (
    <div class="stack meta" role="status">
      {saving.is === "busy" && <p>{t("Collecting and checking the proofs …")}</p>}
      {saving.is === "saved" && (
        <>
          <p>
            {t("Saved as {name}. Whoever has the file can verify it without an account; it also shows who is certified here and a member of the operation.", {
              name: saving.name,
            })}
          </p>
          <p>{tx("To verify it one needs this hub’s id, by another way than the file: {hub}", { hub: <bdi class="code">{saving.hub}</bdi> })}</p>
        </>
      )}
      {saving.is === "failed" && <p>{problemWords(saving.problem)}</p>}
    </div>
  );
}

/** A country's answer to a notice, in a place with little room. */
export function AnswerEvidence({ channel, id, country }: { readonly channel: B64; readonly id: B64; readonly country: string }) {
  const words = t("Save the answer of {country} as evidence", { country });
  return (
    <button class="mark-button" type="button" aria-label={words} title={words} onClick={() => attempt(keep(channel, id))}>
      <Icon name="save" />
    </button>
  );
}

/** Asks for the file and gives it to the browser, which keeps it where the person's downloads go. */
async function keep(channel: B64, id: B64): Promise<{ readonly name: string; readonly hub: B64 }> {
  const { name, type, bytes, hub } = await ask("evidence", { channel, id });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, KEPT);
  return { name, hub };
}
