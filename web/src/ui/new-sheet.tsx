/** A new passphrase, second secret and recovery code: made, printed, proven by two groups, and only then in the place of the old ones. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { NewSheet } from "../worker/owning.ts";
import type { Problem } from "../worker/protocol.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { own, ownWords } from "./own.ts";
import { go } from "./route.ts";
import { shell } from "./shell.ts";
import { problemOf, session } from "./state.ts";
import { SHORTEST, strengthOf, strengthWords } from "./strength.ts";
import { date } from "./times.ts";
import { t } from "./words.ts";

/** Set by who sends a person here after a loss: the vault gets a new key too. */
export const freshKey = signal(false);

export function NewSheetPage() {
  const forced = session.value?.needsSheet ?? false;
  const [sheet, setSheet] = useState<NewSheet | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem !== null) box.current?.focus();
  }, [problem]);
  useEffect(() => document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true }), [sheet === null]);
  const does = async (work: () => Promise<void>): Promise<void> => {
    if (working) return;
    setWorking(true);
    setProblem(null);
    try {
      await work();
    } catch (reason) {
      setProblem(problemOf(reason));
    } finally {
      setWorking(false);
    }
  };
  const make = (passphrase: string): Promise<void> => does(async () => setSheet(await own("newSheet", { passphrase, fresh: freshKey.value })));
  const prove = (groups: readonly string[]): Promise<void> =>
    does(async () => {
      await own("proveSheet", { groups });
      freshKey.value = false;
      if (!forced) go("/o/devices");
    });
  return (
    <Page narrow>
      <div class="stack-large measure setup">
        <div class="page-head">
          <h1 tabIndex={-1}>{sheet === null ? t("Choose a new passphrase") : t("Print your new sheet")}</h1>
        </div>
        {problem !== null && (
          <div class="errors screen-only" role="alert" tabIndex={-1} ref={box}>
            <h2>{t("That did not work yet")}</h2>
            <p>{ownWords(problem)}</p>
          </div>
        )}
        {sheet === null ? <Passphrase forced={forced} make={make} working={working} /> : <Printed sheet={sheet} prove={prove} working={working} />}
      </div>
    </Page>
  );
}

interface PassphraseProps {
  readonly forced: boolean;
  readonly make: (passphrase: string) => Promise<void>;
  readonly working: boolean;
}

function Passphrase({ forced, make, working }: PassphraseProps) {
  const [passphrase, setPassphrase] = useState("");
  const [shown, setShown] = useState(false);
  const strength = strengthOf(passphrase, [session.value?.code ?? "", session.value?.name ?? "", shell.hubName]);
  const input = {
    class: "input",
    id: "new-passphrase",
    autocomplete: "new-password" as const,
    minLength: SHORTEST,
    "aria-describedby": "new-h new-s",
    value: passphrase,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => setPassphrase(event.currentTarget.value),
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (strength > 0) void make(passphrase);
      }}
    >
      <p>
        {forced
          ? t("You came in with your recovery code. It has done its work: now choose a new passphrase and print a new sheet.")
          : t("You get a new passphrase, a new second secret and a new recovery code, all on one new sheet.")}
      </p>
      {freshKey.value && <p>{t("Your keys are sealed under a new key as well. Passkeys have to be added again, and your other devices ask once for the new sheet.")}</p>}
      <p class="quiet">{t("Until you have proven that you hold the new sheet, the old one goes on working.")}</p>
      <div class="field">
        <label for="new-passphrase">{t("New passphrase")}</label>
        <p class="hint" id="new-h">
          {t("At least 12 characters. Four words that have nothing to do with each other are easy to remember. You may paste it.")}
        </p>
        {shown ? <input {...input} type="text" /> : <input {...input} type="password" />}
        <p class={passphrase !== "" && strength === 0 ? "wrong" : "understood"} id="new-s" role="status">
          <Icon name={passphrase !== "" && strength === 0 ? "warning" : "lock"} />
          <span>{passphrase === "" ? t("What you write is judged here and sent nowhere.") : strengthWords(strength)}</span>
        </p>
      </div>
      <div class="choice">
        <input id="new-shown" type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
        <label for="new-shown">{t("Show what I write")}</label>
      </div>
      <p>
        <button class="button is-main" type="submit" disabled={working}>
          <Icon name="key" />
          {working ? t("One moment …") : t("Make my new sheet")}
        </button>
      </p>
    </form>
  );
}

interface PrintedProps {
  readonly sheet: NewSheet;
  readonly prove: (groups: readonly string[]) => Promise<void>;
  readonly working: boolean;
}

function Printed({ sheet, prove, working }: PrintedProps) {
  const [groups, setGroups] = useState<readonly string[]>(["", ""]);
  return (
    <div class="stack">
      <p class="screen-only">{t("It is shown this once. Keep it where you keep passports, apart from the passphrase, and destroy the old one.")}</p>
      <section class="sheet" aria-labelledby="sheet-t">
        <h2 id="sheet-t">{t("Sheet of {code} · {hub}", { code: sheet.code, hub: shell.hubName })}</h2>
        <dl class="fields">
          <dt>{t("Address of the hub")}</dt>
          <dd class="code">{sheet.url}</dd>
          <dt>{t("Account")}</dt>
          <dd class="code">{sheet.code}</dd>
          <dt>{t("Second secret")}</dt>
          <dd class="code">{sheet.second}</dd>
          <dt>{t("Recovery code {n}", { n: sheet.number })}</dt>
          <dd>
            <ol class="groups code">
              {sheet.recovery.split("-").map((group, at) => (
                <li key={at}>{group}</li>
              ))}
            </ol>
          </dd>
          <dt>{t("Made on")}</dt>
          <dd>{date(sheet.at)}</dd>
        </dl>
        <p class="meta">{t("Only the sheet with the highest number opens your account. On a new machine: account, passphrase and second secret. Without the passphrase: account and recovery code.")}</p>
      </section>
      <p class="screen-only">
        <button class="button" type="button" onClick={() => print()}>
          <Icon name="print" />
          {t("Print the sheet")}
        </button>
      </p>
      <form
        class="stack screen-only"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void prove(groups);
        }}
      >
        <h2>{t("Read two groups from the paper")}</h2>
        <p class="quiet">{t("So that you know the paper is right. The recovery code was tried here before: it opens your keys.")}</p>
        <div class="pair">
          {sheet.asked.map((number, at) => (
            <div class="field" key={number}>
              <label for={`group-${number}`}>{t("Recovery code, group {n}", { n: number })}</label>
              <input
                class="input code is-short"
                id={`group-${number}`}
                autocomplete="off"
                spellcheck={false}
                autocapitalize="characters"
                value={groups[at] ?? ""}
                onInput={(event) => {
                  const typed = event.currentTarget.value;
                  setGroups((before) => before.map((one, place) => (place === at ? typed : one)));
                }}
              />
            </div>
          ))}
        </div>
        <p>
          <button class="button is-main" type="submit" disabled={working}>
            {working ? t("One moment …") : t("The sheet is printed: use it from now on")}
          </button>
        </p>
      </form>
    </div>
  );
}
