/**
 * Sign-in: account code, passphrase, second secret. The secret is found on this device, typed from the sheet, or came with an
 * exercise's link. The passphrase goes to the worker once and is kept nowhere. Every other way in stands beside it (ways-in.tsx).
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem, Requests } from "../worker/protocol.ts";
import { deviceLabel } from "./device.ts";
import { Countdown, stepWords, type Way } from "./entering.tsx";
import { invited } from "./fragment.ts";
import { Foot, Header, SkipLink } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { Knows } from "./knows.tsx";
import { lazy, Nothing, WaitingPart } from "./lazy.tsx";
import { signInWords } from "./problems.ts";
import { ask, problemOf, session, turnTo } from "./state.ts";
import { date } from "./times.ts";
import { t } from "./words.ts";

type Blank = "account" | "passphrase" | "second";

const OtherWays = lazy(async () => (await import("./ways-in.tsx")).OtherWays, Nothing);
const OtherWay = lazy(async () => (await import("./ways-in.tsx")).OtherWay, WaitingPart);

function missingWords(blank: Blank): string {
  switch (blank) {
    case "account":
      return t("Write your account code");
    case "passphrase":
      return t("Write your passphrase");
    case "second":
      return t("Write the second secret from your sheet");
  }
}

export function SignIn() {
  const remembered = session.value?.remembered ?? [];
  const [code, setCode] = useState(invited?.code ?? remembered[0]?.code ?? session.value?.code ?? "");
  const [passphrase, setPassphrase] = useState("");
  const [second, setSecond] = useState(invited?.second ?? "");
  const [typing, setTyping] = useState(false);
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [missing, setMissing] = useState<readonly Blank[]>([]);
  const [way, setWay] = useState<Way>("sheet");
  const summary = useRef<HTMLDivElement>(null);

  const onDevice = remembered.find((each) => each.code === code.trim());
  const fromLink = invited !== null && invited.code === code.trim() && invited.second !== "" && second === invited.second;
  const asksSecond = typing || (onDevice === undefined && !fromLink);
  const ended = session.value?.phase === "ended";

  useEffect(() => {
    if (problem !== null || missing.length > 0) summary.current?.focus();
  }, [problem, missing]);

  const enter = async (given: Requests["unlock"]["ask"]): Promise<void> => {
    setProblem(null);
    setMissing([]);
    setWorking(true);
    try {
      const opened = await ask("unlock", given);
      setPassphrase("");
      turnTo(opened);
    } catch (reason) {
      setProblem(problemOf(reason));
    } finally {
      setWorking(false);
    }
  };
  const unlock = async (): Promise<void> => {
    const given: Readonly<Record<Blank, string>> = { account: code.trim(), passphrase, second: second.trim() };
    const blanks = (["account", "passphrase", "second"] as const).filter((name) => given[name] === "" && (name !== "second" || asksSecond));
    setMissing(blanks);
    setProblem(null);
    if (blanks.length > 0 || working) return;
    await enter({
      code: given.account,
      passphrase,
      second: asksSecond || fromLink ? given.second : null,
      deviceLabel: deviceLabel(),
    });
  };

  const choose = (next: Way): void => {
    setProblem(null);
    setMissing([]);
    setWay(next);
  };

  const wrong = (blank: Blank) => missing.includes(blank);
  return (
    <>
      <SkipLink />
      <Header open={false} />
      <main class="entry" id="main" tabIndex={-1}>
        <section class="stack" aria-labelledby="title">
          <h1 id="title">{t("Sign in")}</h1>
          {ended ? (
            <p class="quiet">{t("Your session has ended. Drafts and what waits to be sent are kept on this device.")}</p>
          ) : (
            <p class="quiet">{t("For national contact points of an operation. Your keys are opened in this browser and never leave it.")}</p>
          )}
          {way !== "sheet" && <OtherWay way={way} code={code} setCode={setCode} enter={enter} working={working} problem={problem} fail={setProblem} back={() => choose("sheet")} />}
          {way === "sheet" && <form
            class="stack"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void unlock();
            }}
          >
            {(problem !== null || missing.length > 0) && (
              <div class="errors" role="alert" tabIndex={-1} ref={summary} aria-labelledby="err-t">
                <h2 id="err-t">{problem === null ? t("Something is missing") : t("You are not signed in")}</h2>
                {problem !== null && <p>{signInWords(problem)}</p>}
                <ul>
                  {missing.map((blank) => (
                    <li key={blank}>
                      <a href={`#${blank}`}>{missingWords(blank)}</a>
                    </li>
                  ))}
                </ul>
              </div>
            )}
            <div class={wrong("account") ? "field is-wrong" : "field"}>
              <label for="account">{t("Account")}</label>
              <p class="hint" id="account-h">
                {t("Printed on your sheet, such as")} <span class="code">GH-CUSTOMS-1</span>
              </p>
              {wrong("account") && <Mistake id="account-e" words={missingWords("account")} />}
              <input
                class="input"
                id="account"
                name="account"
                autocomplete="username"
                spellcheck={false}
                autocapitalize="none"
                aria-describedby={wrong("account") ? "account-h account-e" : "account-h"}
                aria-invalid={wrong("account")}
                value={code}
                onInput={(event) => setCode(event.currentTarget.value)}
              />
            </div>
            <div class={wrong("passphrase") ? "field is-wrong" : "field"}>
              <label for="passphrase">{t("Passphrase")}</label>
              <p class="hint" id="pass-h">
                {t("At least 12 characters. You may paste it.")}
              </p>
              {wrong("passphrase") && <Mistake id="pass-e" words={missingWords("passphrase")} />}
              <input
                class="input"
                id="passphrase"
                name="passphrase"
                type="password"
                autocomplete="current-password"
                aria-describedby={wrong("passphrase") ? "pass-h pass-e" : "pass-h"}
                aria-invalid={wrong("passphrase")}
                value={passphrase}
                onInput={(event) => setPassphrase(event.currentTarget.value)}
              />
            </div>
            {asksSecond ? (
              <div class={wrong("second") ? "field is-wrong" : "field"}>
                <label for="second">{t("Second secret")}</label>
                <p class="hint" id="second-h">
                  {t("From your printed sheet. It is asked once on each device, which then keeps it.")}
                </p>
                {wrong("second") && <Mistake id="second-e" words={missingWords("second")} />}
                <input
                  class="input code"
                  id="second"
                  name="second"
                  autocomplete="off"
                  spellcheck={false}
                  autocapitalize="characters"
                  aria-describedby={wrong("second") ? "second-h second-e" : "second-h"}
                  aria-invalid={wrong("second")}
                  value={second}
                  onInput={(event) => setSecond(event.currentTarget.value)}
                />
              </div>
            ) : (
              <p class="understood">
                <Icon name="device" />
                <span>
                  {onDevice === undefined
                    ? t("Second secret: it came with the link of this exercise.")
                    : t("Second secret: found on this device. It was stored here on {date}.", { date: date(onDevice.at) })}{" "}
                  <button class="textbutton" type="button" onClick={() => setTyping(true)}>
                    {t("Type it from the sheet instead")}
                  </button>
                </span>
              </p>
            )}
            <p>
              <button class="button is-main is-wide" type="submit">
                <Icon name="key" />
                {t("Sign in and unlock")}
              </button>
            </p>
            <p class="meta" role="status">
              {(working || session.value?.phase === "opening") && stepWords(session.value?.step ?? null)}
            </p>
            <Countdown problem={problem} />
          </form>}
        </section>
        <div class="stack-large">
          <OtherWays choose={choose} enter={enter} fail={setProblem} chosen={way} />
          <Knows more />
        </div>
      </main>
      <Foot />
    </>
  );
}

export function Mistake({ id, words }: { readonly id: string; readonly words: string }) {
  return (
    <p class="wrong" id={id}>
      <Icon name="warning" />
      <span>
        <span class="hidden-text">{t("Mistake:")} </span>
        {words}
      </span>
    </p>
  );
}
