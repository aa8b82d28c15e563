/** Bringing an administrator's key into the vault, once, from the file that founding wrote. */
import { useState } from "preact/hooks";
import type { AdministrationView } from "../worker/administering.ts";
import type { Problem } from "../worker/protocol.ts";
import { administer, administrationWords } from "./administer.ts";
import { Icon } from "./icon.tsx";
import { problemOf } from "./state.ts";
import { list, t } from "./words.ts";

export function BringKey({ view, done }: { readonly view: AdministrationView; readonly done: (words: string) => void }) {
  const [file, setFile] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  const bring = async (): Promise<void> => {
    setWorking(true);
    setProblem(null);
    try {
      await administer("bringKey", { file, passphrase });
      done(t("Your key rests sealed in your vault. The file is no longer needed here: keep it as the spare, on paper or in a safe."));
    } catch (reason) {
      setProblem(problemOf(reason));
      setWorking(false);
    }
  };
  return (
    <section class="section stack">
      <h2>{t("Your administrator’s key")}</h2>
      <p>
        {view.key === null
          ? t("To certify people here, bring your key once from its file. It is sealed into your vault, where only you open it.")
          : t("The directory no longer names the key in this vault. Bring the one that it names.")}{" "}
        {t("Administrators of this hub: {names}.", { names: list(view.administrators.map(({ name }) => name)) })}
      </p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!working) void bring();
        }}
      >
        {problem !== null && (
          <p class="wrong" role="alert">
            <Icon name="warning" />
            {administrationWords(problem)}
          </p>
        )}
        <div class="field">
          <label for="key-file">{t("Key file")}</label>
          <input
            class="input"
            id="key-file"
            type="file"
            accept=".key"
            onChange={(event) => {
              void event.currentTarget.files?.[0]?.text().then(setFile);
            }}
          />
        </div>
        <div class="field">
          <label for="key-pass">{t("The key file’s passphrase")}</label>
          <input
            class="input"
            id="key-pass"
            type="password"
            autocomplete="off"
            value={passphrase}
            onInput={(event) => setPassphrase(event.currentTarget.value)}
          />
        </div>
        <p>
          <button class="button is-main" type="submit" disabled={working || file === ""}>
            <Icon name="key" />
            {working ? t("One moment …") : t("Bring the key")}
          </button>
        </p>
      </form>
    </section>
  );
}
