/** Setting up, in four steps: the browser, the passphrase, the sheet, and the wait for an administrator. Each goes on after a reload. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SetupAsk, SetupView } from "../worker/setting-up.ts";
import type { Problem } from "../worker/protocol.ts";
import { deviceLabel } from "./device.ts";
import { invitation } from "./fragment.ts";
import { Foot, Header, SkipLink } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { go } from "./route.ts";
import { SetupSheet } from "./setup-sheet.tsx";
import { ask, problemOf, session } from "./state.ts";
import { SHORTEST, strengthOf, strengthWords } from "./strength.ts";
import { dateAndClock } from "./times.ts";
import { language, LANGUAGES, switchLanguage, t } from "./words.ts";

const LOOK_AGAIN = 15_000;

type Does = (asked: SetupAsk) => Promise<void>;

export function Setup() {
  const [view, setView] = useState<SetupView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  const [checked, setChecked] = useState(false);
  const step = view?.step ?? null;
  const does: Does = async (asked) => {
    setWorking(true);
    setProblem(null);
    try {
      setView(await ask("setUp", asked));
    } catch (reason) {
      setProblem(problemOf(reason));
    } finally {
      setWorking(false);
    }
  };
  useEffect(() => {
    void does(invitation === "" ? { do: "look" } : { do: "begin", fragment: invitation, typed: null });
    // A link pasted into this very page changes the fragment alone.
    const pasted = (): void => {
      const fragment = new URLSearchParams(location.hash.slice(1)).get("invitation");
      if (fragment === null) return;
      history.replaceState(null, "", location.pathname);
      void does({ do: "begin", fragment, typed: null });
    };
    addEventListener("hashchange", pasted);
    return () => removeEventListener("hashchange", pasted);
  }, []);
  useEffect(() => {
    if (step !== "ready") return;
    const timer = setInterval(() => void does({ do: "look" }), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [step]);
  useEffect(() => {
    document.title = `${t("Setting up")} · NCP Hub`;
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [step, checked]);
  if (session.value?.phase === "open") return <SignedIn />;
  return (
    <div class="plain">
      <SkipLink />
      <Header open={false} />
      <main class="page page-narrow setup" id="main" tabIndex={-1}>
        {problem !== null && <Trouble problem={problem} />}
        {view === null && problem === null && <p role="status">{t("One moment …")}</p>}
        {(step === "none" || (view === null && problem !== null)) && <Typed does={does} working={working} />}
        {view !== null && step === "begin" && !checked && <Begin view={view} next={() => setChecked(true)} />}
        {view !== null && step === "begin" && checked && <Passphrase view={view} does={does} working={working} />}
        {view !== null && step === "recovery" && <Recovery view={view} does={does} working={working} />}
        {view !== null && (step === "ready" || step === "certified") && <Ready view={view} />}
      </main>
      <Foot />
    </div>
  );
}

/** Words for what only this page can meet; anything else as everywhere. */
export function setupWords(problem: Problem): string {
  switch (problem.code) {
    case "malformed":
    case "not-canonical":
      return t("The invitation has a typing mistake. Compare it with your sheet.");
    case "invitation-unknown":
      return t("This hub knows no such invitation. Compare it with your sheet, or ask your administrator for a new one.");
    case "invitation-over":
      return t("This invitation is over. Ask your administrator for a new one.");
    case "invitation-used":
      return t("This invitation was used already, in another browser. If that wasn’t you, tell your administrator by phone.");
    case "wrong-invitation":
      return t("The hub says something else about this invitation than the link. Stop here and tell your administrator by phone.");
    case "other-invitation":
      return t("Another person is being set up in this browser. Finish there first, or use another browser.");
    case "passphrase-short":
      return t("Too short: at least 12 characters.");
    case "wrong-groups":
      return t("These are not the two groups. Read them once more from the printed sheet.");
    default:
      return problemWords(problem);
  }
}

function Trouble({ problem }: { readonly problem: Problem }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [problem]);
  return (
    <div class="errors" role="alert" tabIndex={-1} ref={box}>
      <h2>{t("It didn’t work")}</h2>
      <p>{setupWords(problem)}</p>
    </div>
  );
}

function Step({ n, title, children }: { readonly n: number; readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="stack">
      <p class="meta">{t("Step {n} of 4", { n })}</p>
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </section>
  );
}

/** Without a link: the code of the printed invitation. */
function Typed({ does, working }: { readonly does: Does; readonly working: boolean }) {
  const [typed, setTyped] = useState("");
  return (
    <section class="stack">
      <h1 tabIndex={-1}>{t("Set up your account")}</h1>
      <p>{t("Open the link that your administrator gave you, or write the invitation from the printed sheet.")}</p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void does({ do: "begin", fragment: null, typed });
        }}
      >
        <div class="field">
          <label for="typed">{t("Invitation")}</label>
          <p class="hint" id="typed-h">
            {t("Seven groups of four characters. It is sent nowhere: only this browser reads it.")}
          </p>
          <input
            class="input code"
            id="typed"
            autocomplete="off"
            spellcheck={false}
            autocapitalize="characters"
            aria-describedby="typed-h"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
        <p class="row">
          <button class="button is-main" type="submit" disabled={working}>
            {t("Go on")}
          </button>
          <a href="/">{t("I have an account: sign in")}</a>
        </p>
      </form>
    </section>
  );
}

/** What this browser must be able to do; each is tried, not guessed from its name. */
async function abilities(): Promise<readonly boolean[]> {
  const signs = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(
    () => true,
    () => false,
  );
  const keeps = await new Promise<boolean>((done) => {
    const opening = indexedDB.open("ncphub-try");
    opening.onsuccess = () => {
      opening.result.close();
      indexedDB.deleteDatabase("ncphub-try");
      done(true);
    };
    opening.onerror = () => done(false);
  });
  return [signs, keeps, "locks" in navigator];
}

function Begin({ view, next }: { readonly view: SetupView; readonly next: () => void }) {
  const [able, setAble] = useState<readonly boolean[] | null>(null);
  useEffect(() => {
    void abilities().then(setAble);
  }, []);
  const lines = [t("It can sign with a key that never leaves it."), t("It can keep that key for the next time."), t("It can hold your keys open while you work.")];
  const fit = able !== null && able.every((one) => one);
  return (
    <Step n={1} title={t("Language and browser")}>
      <p>
        {t("You are invited to {hub} as {code}.", { hub: view.hubName, code: view.code })}{" "}
        {view.expires !== null && t("The invitation is good until {time} UTC.", { time: dateAndClock(view.expires) })}
      </p>
      <fieldset>
        <legend class="label">{t("Language")}</legend>
        {LANGUAGES.map(({ code, name }) => (
          <div class="choice" key={code}>
            <input id={`lang-${code}`} type="radio" name="lang" checked={language.value === code} onChange={() => void switchLanguage(code)} />
            <label for={`lang-${code}`} lang={code}>
              {name}
            </label>
          </div>
        ))}
      </fieldset>
      <div>
        <h2>{t("This browser")}</h2>
        <ul class="abilities" role="status">
          {lines.map((words, at) => (
            <li key={words}>
              <Icon name={able === null ? "clock" : able[at] === true ? "check" : "warning"} />
              {able !== null && able[at] !== true ? t("No: {words}", { words }) : words}
            </li>
          ))}
        </ul>
        {able !== null && !fit && <p role="alert">{t("This browser can’t be used. Take a current Edge, Chrome or Firefox, not in a private window.")}</p>}
      </div>
      <p class="quiet">{t("Your keys are made here, in this browser. Use a machine that is yours or your office’s, with a printer near it.")}</p>
      <p>
        <button class="button is-main" type="button" disabled={!fit} onClick={next}>
          {t("Go on")}
        </button>
      </p>
    </Step>
  );
}

function Passphrase({ view, does, working }: { readonly view: SetupView; readonly does: Does; readonly working: boolean }) {
  const [passphrase, setPassphrase] = useState("");
  const [shown, setShown] = useState(false);
  const [asked, setAsked] = useState(false);
  const strength = strengthOf(passphrase, [view.code, view.hubName]);
  const short = asked && strength === 0;
  return (
    <Step n={2} title={t("Choose a passphrase")}>
      <p>{t("Four or five words that don’t belong together are easy to remember and hard to guess. You need it each time you sign in; nobody can tell it to you again.")}</p>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (strength > 0 && !working) void does({ do: "make", passphrase, deviceLabel: deviceLabel() });
        }}
      >
        <input type="text" name="username" autocomplete="username" value={view.code} readOnly hidden />
        <div class={short ? "field is-wrong" : "field"}>
          <label for="passphrase">{t("Passphrase")}</label>
          <p class="hint" id="pass-h">
            {t("At least 12 characters. You may paste it.")}
          </p>
          <input
            class="input"
            id="passphrase"
            name="passphrase"
            type="password"
            autocomplete="new-password"
            minLength={SHORTEST}
            aria-describedby="pass-h pass-s"
            aria-invalid={short}
            value={passphrase}
            onInput={(event) => setPassphrase(event.currentTarget.value)}
          />
          <p class={short ? "wrong" : "understood"} id="pass-s" role="status">
            <Icon name={short ? "warning" : "lock"} />
            <span>{passphrase === "" && !asked ? t("What you write is judged here and sent nowhere.") : strengthWords(strength)}</span>
          </p>
        </div>
        {shown && passphrase !== "" && <p class="panel">{passphrase}</p>}
        <div class="choice">
          <input id="shown" type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
          <label for="shown">{t("Show what I write")}</label>
        </div>
        <p class="row">
          <button class="button is-main" type="submit" disabled={working}>
            <Icon name="key" />
            {working ? t("Making your keys …") : t("Make my keys")}
          </button>
        </p>
      </form>
    </Step>
  );
}

function Recovery({ view, does, working }: { readonly view: SetupView; readonly does: Does; readonly working: boolean }) {
  const [groups, setGroups] = useState<readonly string[]>(["", ""]);
  const { sheet } = view;
  return (
    <Step n={3} title={t("Print your sheet")}>
      <p>{t("The sheet opens your account when you change the machine or forget the passphrase. It is shown this once. Keep it where you keep passports, apart from the passphrase.")}</p>
      {sheet !== null && <SetupSheet sheet={sheet} hubName={view.hubName} />}
      <p>
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
          if (!working) void does({ do: "prove", groups });
        }}
      >
        <h2>{t("Read two groups from the paper")}</h2>
        <p class="quiet">{t("So that you know the paper is right. The recovery code was tried here before: it opens your keys.")}</p>
        <div class="pair">
          {view.asked.map((number, at) => (
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
            {working ? t("One moment …") : t("The sheet is printed: go on")}
          </button>
        </p>
      </form>
    </Step>
  );
}

function Ready({ view }: { readonly view: SetupView }) {
  const certified = view.step === "certified";
  const signIn = async (): Promise<void> => {
    await ask("setUp", { do: "forget" });
    go("/");
  };
  return (
    <Step n={4} title={certified ? t("You are certified") : t("Your keys are made")}>
      {certified ? (
        <p role="status">{t("An administrator has certified you. Sign in with your passphrase; this browser knows the rest.")}</p>
      ) : (
        <p role="status">
          {t("Now an administrator checks that it was you who answered, and certifies you. That may take a day. You may close this page and come back: it looks by itself.")}
        </p>
      )}
      {view.safetyNumber !== null && !certified && (
        <div class="panel">
          <h2>{t("Your safety number")}</h2>
          <p class="safety code">{view.safetyNumber}</p>
          <p class="meta">{t("If the administrator calls you, read it to each other. The same number means that nobody stands between you.")}</p>
        </div>
      )}
      {certified && (
        <p>
          <button class="button is-main" type="button" onClick={() => void signIn()}>
            <Icon name="key" />
            {t("Sign in")}
          </button>
        </p>
      )}
    </Step>
  );
}

function SignedIn() {
  return (
    <div class="plain">
      <SkipLink />
      <Header open />
      <main class="page page-narrow" id="main" tabIndex={-1}>
        <h1 tabIndex={-1}>{t("Set up your account")}</h1>
        <p>{t("Somebody is signed in here. Sign out first, then open the link again: one browser profile for one person.")}</p>
      </main>
    </div>
  );
}
