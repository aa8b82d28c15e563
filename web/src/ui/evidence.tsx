/** The button that saves one signed item as a file which proves itself. */
import { useState } from "preact/hooks";
import type { B64, Problem } from "../worker/protocol.ts";
import { problemWords } from "./problems.ts";
import { ask, problemOf } from "./state.ts";
import { t, tx } from "./words.ts";

const KEPT = 60_000;

type Saving = { readonly is: "ready" | "busy" } | { readonly is: "saved"; readonly name: string; readonly hub: B64 } | { readonly is: "failed"; readonly problem: Problem };

export function EvidenceButton({ channel, id }: { readonly channel: B64; readonly id: B64 }) {
  const [saving, setSaving] = useState<Saving>({ is: "ready" });

  async function save(): Promise<void> {
    setSaving({ is: "busy" });
    try {
      const { name, type, bytes, hub } = await ask("evidence", { channel, id });
      handOver(name, new Blob([bytes], { type }));
      setSaving({ is: "saved", name, hub });
    } catch (reason) {
      setSaving({ is: "failed", problem: problemOf(reason) });
    }
  }

  return (
    <>
      <p class="row row-tight actions">
        <button class="button is-small" type="button" disabled={saving.is === "busy"} onClick={() => void save()}>
          {t("Save as evidence")}
        </button>
      </p>
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
    </>
  );
}

/** Gives a file to the browser, which keeps it where the person's downloads go. */
function handOver(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it after the click has returned.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, KEPT);
}
