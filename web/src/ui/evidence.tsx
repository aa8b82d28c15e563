/** The button that saves one signed item as a file which proves itself. */
import { useState } from "preact/hooks";
import type { B64, Problem } from "../worker/protocol.ts";
import { problemWords } from "./problems.ts";
import { ask, problemOf } from "./state.ts";
import { t } from "./words.ts";

const KEPT = 60_000;

type Saving = { readonly is: "ready" | "busy" } | { readonly is: "saved"; readonly name: string } | { readonly is: "failed"; readonly problem: Problem };

export function EvidenceButton({ channel, id }: { readonly channel: B64; readonly id: B64 }) {
  const [saving, setSaving] = useState<Saving>({ is: "ready" });

  async function save(): Promise<void> {
    setSaving({ is: "busy" });
    try {
      const { name, type, bytes } = await ask("evidence", { channel, id });
      handOver(name, new Blob([bytes], { type }));
      setSaving({ is: "saved", name });
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
      <p class="meta" role="status">
        {saving.is === "busy" && t("Collecting and checking the proofs …")}
        {saving.is === "saved" &&
          t("Saved as {name}. Whoever has the file can verify it without an account; it also shows who is certified here and a member of the operation.", {
            name: saving.name,
          })}
        {saving.is === "failed" && problemWords(saving.problem)}
      </p>
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
