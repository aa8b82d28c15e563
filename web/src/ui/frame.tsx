/** What stands on every page: skip link, bar, exercise strip, and the strips that tell of the connection, the session and troubles. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, Mark } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { place } from "./route.ts";
import { shell } from "./shell.ts";
import { shortcutsOpen } from "./shortcuts.ts";
import { ask, attempt, behind, connection, now, outbox, session, trouble, tasks, turnTo } from "./state.ts";
import { clock } from "./times.ts";
import { LANGUAGES, language, switchLanguage, t, tn, untranslated } from "./words.ts";

const WARN_BEFORE = 120_000;

export function SkipLink() {
  return (
    <a class="skip" href="#main">
      {t("Skip to content")}
    </a>
  );
}

export function ExerciseStrip() {
  if (!shell.exercise) return null;
  return (
    <p class="exercise">
      <b>{t("EXERCISE")}</b>
      <span>
        {t("Everything here is invented.")} <span class="wide">{t("Nothing in this hub is a real consignment.")}</span>
      </span>
    </p>
  );
}

export function LanguageLink() {
  const other = LANGUAGES.find(({ code }) => code !== language.value);
  if (other === undefined) return null;
  const choose = (event: MouseEvent): void => {
    event.preventDefault();
    attempt(switchLanguage(other.code));
  };
  return (
    <a href={`/lang/${other.code}?to=/`} lang={other.code} hreflang={other.code} onClick={choose}>
      <Icon name="lang" />
      <span class="word">{other.name}</span>
    </a>
  );
}

function Net() {
  const words: Readonly<Record<typeof connection.value, string>> = {
    connected: t("Connected"),
    polling: t("Connected"),
    connecting: t("Connecting"),
    offline: t("No connection"),
  };
  const calm = connection.value === "connected" || connection.value === "polling";
  return (
    <span class={calm ? "net" : "net is-telling"}>
      <Icon name="net" />
      <span class="net-word">{words[connection.value]}</span>
    </span>
  );
}

function AccountMenu() {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current !== null) menu.current.open = false;
  };
  useEffect(() => {
    const elsewhere = (event: Event): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target) === false) close();
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, []);
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || menu.current?.open !== true) return;
    event.stopPropagation();
    close();
    menu.current.querySelector("summary")?.focus();
  };
  const doing = (work: () => void) => (): void => {
    close();
    work();
  };
  const name = session.value?.name ?? "";
  return (
    <details class="menu" ref={menu} onKeyDown={escape}>
      <summary>
        <Icon name="person" />
        <span class="account-word">
          <bdi>{name}</bdi>
        </span>
      </summary>
      <ul>
        <li class="menu-head">
          <bdi>{name}</bdi>
          <span class="meta">
            <bdi class="code">{session.value?.code ?? ""}</bdi> · <bdi>{session.value?.deviceLabel ?? ""}</bdi>
          </span>
        </li>
        <li>
          <a href="/o/nominate" onClick={close}>
            {t("Contact points")}
          </a>
        </li>
        <li>
          <a href="/o/card" onClick={close}>
            {t("My contact card")}
          </a>
        </li>
        <li>
          <a href="/o/devices" onClick={close}>
            {t("Devices and ways in")}
          </a>
        </li>
        <li>
          <a href="/o/about" onClick={close}>
            {t("What the hub can and can’t see")}
          </a>
        </li>
        <li>
          <button type="button" onClick={doing(() => (shortcutsOpen.value = true))}>
            {t("Keyboard shortcuts")}
          </button>
        </li>
        <li>
          <button type="button" onClick={doing(() => attempt(ask("lock", {}).then(turnTo)))}>
            {t("Lock now")}
          </button>
        </li>
        <li>
          <button type="button" onClick={doing(() => attempt(ask("signOut", {}).then(turnTo)))}>
            {t("Sign out")}
          </button>
        </li>
      </ul>
    </details>
  );
}

function Nav() {
  const { page } = place.value;
  const atHome = page === "home";
  const inChannels = page !== "home" && page !== "about" && page !== "directory" && page !== "card" && page !== "coverage" && page !== "notices" && page !== "administration" && page !== "nominate" && page !== "devices" && page !== "sheet" && page !== "lost" && page !== "unknown";
  const asked = tasks.value.acknowledge.length;
  return (
    <nav class="nav" aria-label={t("Main")}>
      <ul>
        <li>
          <a href="/" aria-current={atHome ? "page" : undefined}>
            <Icon name="home" />
            <span>{t("Home")}</span>
          </a>
        </li>
        <li>
          <a href="/o" aria-current={inChannels ? "page" : undefined}>
            <Icon name="channels" />
            <span>{t("Channels")}</span>
          </a>
        </li>
        <li>
          <a href="/o/notices" aria-current={page === "notices" ? "page" : undefined}>
            <Icon name="notice" />
            <span>{t("Notices")}</span>{" "}
            {asked > 0 && (
              <span class="count is-urgent">
                {asked}
                <span class="hidden-text"> {t("to acknowledge")}</span>
              </span>
            )}
          </a>
        </li>
        {session.value?.mayAdminister === true && (
          <li>
            <a href="/o/administration" aria-current={page === "administration" ? "page" : undefined}>
              <Icon name="people" />
              <span>{t("Administration")}</span>
            </a>
          </li>
        )}
        <li>
          <a href="/o/directory" aria-current={page === "directory" ? "page" : undefined}>
            <Icon name="people" />
            <span>{t("Directory")}</span>
          </a>
        </li>
        {session.value?.mayAudit === true && (
          <li>
            <a href="/audit">
              <Icon name="log" />
              <span>{t("Log")}</span>
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}

/** Offline, the session's end, and what failed: one line each, told politely. */
function Strips() {
  const waiting = outbox.value.filter(({ state }) => state === "waiting" || state === "sending").length;
  const end = session.value?.expiresAt ?? null;
  const ending = end !== null && end - now.value < WARN_BEFORE;
  const stay = (): void => attempt(ask("renew", { stay: true }).then(turnTo));
  useEffect(() => {
    if (!ending) return;
    const key = (event: KeyboardEvent): void => {
      if (event.key === "F2") stay();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [ending]);
  return (
    <div class="strips" role="status">
      {connection.value === "offline" && (
        <p class="strip">
          <Icon name="net" />
          <span>
            {t("No connection. Your work is kept and will be sent.")}{" "}
            {waiting > 0 && tn("{n} item waits to be sent.", "{n} items wait to be sent.", waiting)}
          </span>
        </p>
      )}
      {behind.value && (
        <p class="strip is-due">
          <Icon name="clock" />
          <span>{t("The hub’s last proof of what exists is over two hours old: newer items may be missing. Past a day nothing is sent.")}</span>
        </p>
      )}
      {ending && (
        <p class="strip is-due">
          <Icon name="clock" />
          <span>{t("Your session ends at {time} UTC. What you typed is kept.", { time: clock(end) })}</span>
          <button class="button is-small" type="button" onClick={stay}>
            {t("Stay signed in")} <kbd>F2</kbd>
          </button>
        </p>
      )}
      {trouble.value !== null && (
        <p class="strip is-trouble">
          <Icon name="warning" />
          <span>{problemWords(trouble.value)}</span>
          <button class="button is-small" type="button" onClick={() => (trouble.value = null)}>
            {t("Close")}
          </button>
        </p>
      )}
      {untranslated.value && (
        <p class="strip">
          <Icon name="lang" />
          <span>The French words could not be loaded. Load the page again to try once more.</span>
        </p>
      )}
    </div>
  );
}

export function Header({ open }: { readonly open: boolean }) {
  return (
    <header>
      <div class="bar">
        <a class="brand" href="/">
          <Mark />
          NCP Hub
        </a>
        {open && <Nav />}
        <div class="bar-end">
          {open && <Net />}
          {open && (
            <a href="/o/about">
              <Icon name="help" />
              <span class="word">{t("Help")}</span>
            </a>
          )}
          <LanguageLink />
          {open && <AccountMenu />}
        </div>
      </div>
      <ExerciseStrip />
      {open && <Strips />}
    </header>
  );
}

export function Foot() {
  return (
    <footer class="foot">
      <a href="/o/about">{t("What the hub can and can’t see")}</a>
      <span class="push row">
        {t("Bundle")} <bdi class="code">{`${shell.build.slice(0, 4)} ${shell.build.slice(4, 8)}`}</bdi>
      </span>
    </footer>
  );
}

/** A page that is one column: Home, readers, writing, about. */
export function Page({ children, narrow = false }: { readonly children: ComponentChildren; readonly narrow?: boolean }) {
  return (
    <main class={narrow ? "page page-narrow" : "page"} id="main" tabIndex={-1}>
      {children}
    </main>
  );
}
