/** Every way in beside passphrase and second secret, always shown (docs/spec/27-ways.md); fetched after the first paint. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem, Requests } from "../worker/protocol.ts";
import { deviceLabel } from "./device.ts";
import { Countdown, stepWords, type Way } from "./entering.tsx";
import { Icon } from "./icon.tsx";
import { comingWords } from "./own.ts";
import { canUsePasskeys, usePasskey } from "./passkeys.ts";
import { ask, problemOf, session } from "./state.ts";
import { t } from "./words.ts";

type Enter = (given: Requests["unlock"]["ask"]) => Promise<void>;

const LOOK_AGAIN = 2_000;

interface ListProps {
  readonly chosen: Way;
  readonly choose: (way: Way) => void;
  readonly enter: Enter;
  readonly fail: (problem: Problem | null) => void;
}

export function OtherWays({ chosen, choose, enter, fail }: ListProps) {
  const [asking, setAsking] = useState(false);
  const byPasskey = async (): Promise<void> => {
    if (asking) return;
    choose("sheet");
    setAsking(true);
    try {
      await enter({ way: "passkey", used: await usePasskey(), deviceLabel: deviceLabel() });
    } catch (reason) {
      fail(problemOf(reason));
    } finally {
      setAsking(false);
    }
  };
  const way = (name: Way, icon: string, title: string, words: string) => (
    <li>
      <Icon name={icon} />
      <button class="textbutton" type="button" aria-pressed={chosen === name} onClick={() => choose(name)}>
        {title}
      </button>
      <p>{words}</p>
    </li>
  );
  return (
    <section aria-labelledby="other-ways">
      <h2 id="other-ways">{t("Other ways in")}</h2>
      <ul class="ways">
        {canUsePasskeys && (
          <li>
            <Icon name="key" />
            <button class="textbutton" type="button" onClick={() => void byPasskey()}>
              {t("Passkey")}
            </button>
            <p>{t("On this machine, your telephone or a security key, if you have added one.")}</p>
          </li>
        )}
        {way("device", "device", t("Another device of yours that is open"), t("It shows a code for ten minutes. Type it here."))}
        {way("recovery", "sheet", t("Recovery code"), t("From your sheet: the one with the highest number. Then you choose a new passphrase."))}
        <li>
          <Icon name="warning" />
          <a href="/o/lost">{t("I have lost something")}</a>
          <p>{t("A device, the passphrase, the sheet, or everything: what to do, and what is safe.")}</p>
        </li>
      </ul>
    </section>
  );
}

interface OtherProps {
  readonly way: Way;
  readonly code: string;
  readonly setCode: (code: string) => void;
  readonly enter: Enter;
  readonly working: boolean;
  readonly problem: Problem | null;
  readonly fail: (problem: Problem | null) => void;
  readonly back: () => void;
}

export function OtherWay(props: OtherProps) {
  return props.way === "recovery" ? <ByRecovery {...props} /> : <ByDevice {...props} />;
}

function ByRecovery({ code, setCode, enter, working, problem, back }: OtherProps) {
  const [typed, setTyped] = useState("");
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!working && code.trim() !== "" && typed.trim() !== "") void enter({ way: "recovery", code, recovery: typed, deviceLabel: deviceLabel() });
      }}
    >
      <h2>{t("With your recovery code")}</h2>
      <Trouble problem={problem} />
      <Account code={code} setCode={setCode} />
      <Secret
        id="recovery"
        label={t("Recovery code")}
        hint={t("Eleven groups of five. Capitals, spaces and hyphens don’t matter.")}
        value={typed}
        set={setTyped}
      />
      <p class="quiet">{t("Afterwards you choose a new passphrase and print a new sheet: this code opens nothing any more.")}</p>
      <Go working={working} words={t("Open with the recovery code")} />
      <Countdown problem={problem} />
      <Back back={back} />
    </form>
  );
}

function ByDevice({ code, setCode, enter, working, problem, fail, back }: OtherProps) {
  const [typed, setTyped] = useState("");
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const look = async (): Promise<void> => {
      try {
        const { state } = await ask("coming", { do: "look" });
        if (state === "let-in") {
          setWaiting(false);
          await enter({ way: "approval" });
        }
      } catch (reason) {
        setWaiting(false);
        fail(problemOf(reason));
      }
    };
    const timer = setInterval(() => void look(), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [waiting]);
  const begin = async (): Promise<void> => {
    fail(null);
    try {
      await ask("coming", { do: "ask", code, typed, deviceLabel: deviceLabel() });
      setWaiting(true);
    } catch (reason) {
      fail(problemOf(reason));
    }
  };
  const stop = (): void => {
    setWaiting(false);
    void ask("coming", { do: "stop" });
    back();
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!working && !waiting && code.trim() !== "" && typed.trim() !== "") void begin();
      }}
    >
      <h2>{t("With another device of yours")}</h2>
      <Trouble problem={problem} />
      <ol class="bullets">
        <li>{t("On the device that is open: your name, then “Devices and ways in”, then “Let in a new device”.")}</li>
        <li>{t("Type here the code that it shows.")}</li>
        <li>{t("Agree there. This device then opens by itself.")}</li>
      </ol>
      <Account code={code} setCode={setCode} />
      <Secret id="one-time" label={t("One-time code")} hint={t("Six groups of four. It is good for ten minutes and one device.")} value={typed} set={setTyped} />
      {waiting ? (
        <p class="understood" role="status">
          <Icon name="clock" />
          <span>{t("Waiting. The other device now shows “{label}”: agree there.", { label: deviceLabel() })}</span>
        </p>
      ) : (
        <Go working={working} words={t("Ask to be let in")} />
      )}
      <Back back={stop} />
    </form>
  );
}

function Trouble({ problem }: { readonly problem: Problem | null }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem !== null) box.current?.focus();
  }, [problem]);
  if (problem === null) return null;
  return (
    <div class="errors" role="alert" tabIndex={-1} ref={box}>
      <h2>{t("You are not signed in")}</h2>
      <p>{comingWords(problem)}</p>
    </div>
  );
}

function Account({ code, setCode }: { readonly code: string; readonly setCode: (code: string) => void }) {
  return (
    <div class="field">
      <label for="account">{t("Account")}</label>
      <p class="hint" id="account-h">
        {t("Printed on your sheet, such as")} <span class="code">GH-CUSTOMS-1</span>
      </p>
      <input
        class="input"
        id="account"
        name="account"
        autocomplete="username"
        spellcheck={false}
        autocapitalize="none"
        aria-describedby="account-h"
        value={code}
        onInput={(event) => setCode(event.currentTarget.value)}
      />
    </div>
  );
}

interface SecretProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly set: (value: string) => void;
}

function Secret({ id, label, hint, value, set }: SecretProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <p class="hint" id={`${id}-h`}>
        {hint}
      </p>
      <input
        class="input code"
        id={id}
        autocomplete="off"
        spellcheck={false}
        autocapitalize="characters"
        aria-describedby={`${id}-h`}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </div>
  );
}

function Go({ working, words }: { readonly working: boolean; readonly words: string }) {
  return (
    <>
      <p>
        <button class="button is-main is-wide" type="submit">
          <Icon name="key" />
          {words}
        </button>
      </p>
      <p class="meta" role="status">
        {(working || session.value?.phase === "opening") && stepWords(session.value?.step ?? null)}
      </p>
    </>
  );
}

function Back({ back }: { readonly back: () => void }) {
  return (
    <p>
      <button class="textbutton" type="button" onClick={back}>
        {t("Use the passphrase instead")}
      </button>
    </p>
  );
}
