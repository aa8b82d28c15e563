/** Chooses the page: sign-in until the keys are open, then the place in the address. */
import { useEffect, useRef } from "preact/hooks";
import { Channels } from "./channel.tsx";
import { Header, Page, SkipLink } from "./frame.tsx";
import { Home } from "./home.tsx";
import { Nothing, fetchTheRest, lazy } from "./lazy.tsx";
import { type Place, place } from "./route.ts";
import { shortcutsOpen, useShortcuts } from "./shortcuts.ts";
import { SignIn } from "./sign-in.tsx";
import { session, unread } from "./state.ts";
import { t } from "./words.ts";

const About = lazy(async () => (await import("./about.tsx")).About);
const NewAlert = lazy(async () => (await import("./new-alert.tsx")).NewAlert);
const DraftPage = lazy(async () => (await import("./draft.tsx")).DraftPage);
const Notices = lazy(async () => (await import("./notices.tsx")).Notices);
const Members = lazy(async () => (await import("./members.tsx")).Members);
const Admit = lazy(async () => (await import("./admit.tsx")).Admit);
const Operation = lazy(async () => (await import("./operation.tsx")).Operation);
const RulesPage = lazy(async () => (await import("./rules.tsx")).RulesPage);
const OperationHistory = lazy(async () => (await import("./operation-history.tsx")).OperationHistory);
const OpenOperation = lazy(async () => (await import("./operation-open.tsx")).OpenOperation);
const Setup = lazy(async () => (await import("./setup.tsx")).Setup);
const Administration = lazy(async () => (await import("./administration.tsx")).Administration);
const Nominate = lazy(async () => (await import("./nominate.tsx")).Nominate);
const Devices = lazy(async () => (await import("./devices.tsx")).DevicesPage);
const NewSheet = lazy(async () => (await import("./new-sheet.tsx")).NewSheetPage);
const Lost = lazy(async () => (await import("./lost.tsx")).LostPage);
const Keys = lazy(async () => (await import("./keys.tsx")).Keys, Nothing);
const DirectoryPage = lazy(async () => (await import("./directory.tsx")).DirectoryPage);
const Person = lazy(async () => (await import("./person.tsx")).Person);
const CardPage = lazy(async () => (await import("./card.tsx")).CardPage);
const Coverage = lazy(async () => (await import("./coverage.tsx")).Coverage);
const Readers = lazy(async () => (await import("./readers.tsx")).Readers);

function titleOf(at: Place): string {
  switch (at.page) {
    case "home":
      return t("Home");
    case "channels":
      return t("Channels");
    case "about":
      return t("What the hub can and can’t see");
    case "setup":
    case "administration":
      return t("Administration");
    case "nominate":
      return t("Contact points");
    case "devices":
    case "sheet":
      return t("Devices and ways in");
    case "lost":
      return t("If you lost something");
    case "notices":
      return t("Who has acknowledged");
    case "channel":
      return at.item === null ? t("Channel") : t("Item");
    case "members":
    case "admit":
      return t("Members");
    case "operation":
    case "rules":
    case "history":
    case "open":
      return t("Operation");
    case "directory":
      return t("Directory");
    case "card":
      return t("My contact card");
    case "coverage":
      return t("Coverage");
    case "readers":
      return t("Who reads this channel");
    case "new":
      return t("New alert");
    case "draft":
      return t("Draft");
    case "unknown":
      return t("Page not found");
  }
}

function Content() {
  const at = place.value;
  if (session.value?.needsSheet === true) return <NewSheet />;
  switch (at.page) {
    case "home":
      return <Home />;
    case "devices":
      return <Devices />;
    case "sheet":
      return <NewSheet />;
    case "lost":
      return <Lost />;
    case "about":
      return <About />;
    case "setup":
      return <Setup />;
    case "administration":
      return <Administration />;
    case "nominate":
      return <Nominate />;
    case "notices":
      return <Notices operation={at.operation} />;
    case "channels":
    case "channel":
      return <Channels />;
    case "members":
      return <Members key={at.operation} operation={at.operation} />;
    case "admit":
      return <Admit key={at.operation} operation={at.operation} />;
    case "rules":
      return <RulesPage key={at.operation} operation={at.operation} />;
    case "operation":
      return <Operation key={at.operation} operation={at.operation} />;
    case "history":
      return <OperationHistory key={at.operation} operation={at.operation} />;
    case "open":
      return <OpenOperation key={at.like} like={at.like} />;
    case "directory":
      return at.account === null ? <DirectoryPage /> : <Person key={at.account} account={at.account} />;
    case "card":
      return <CardPage />;
    case "coverage":
      return <Coverage key={at.operation} operation={at.operation} />;
    case "readers":
      return <Readers operation={at.operation} id={at.channel} />;
    case "new":
      return <NewAlert operation={at.operation} id={at.channel} />;
    case "draft":
      return <DraftPage operation={at.operation} id={at.channel} draft={at.draft} />;
    case "unknown":
      return (
        <Page narrow>
          <div class="page-head">
            <h1 tabIndex={-1}>{t("There is no such page")}</h1>
          </div>
          <p>
            <a href="/">{t("Go to the start page")}</a>
          </p>
        </Page>
      );
  }
}

/** Counts and static words only: nothing of a channel ever stands in the tab. */
function useTitle(words: string): void {
  const count = unread.value;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${words} · NCP Hub`;
  }, [words, count]);
}

/** After a change of page the heading takes the focus, so that a screen reader says where it is; a closed item gives it back to its row. */
function useFocusOnArrival(at: Place): void {
  const before = useRef<Place | null>(null);
  const page = pageName(at);
  useEffect(() => {
    const from = before.current;
    before.current = at;
    if (from === null || page === "item") return;
    const row = page === "channel" && from.page === "channel" && from.item !== null ? from.item : null;
    if (row !== null) document.querySelector<HTMLElement>(`[data-row="${row}"] h3 a`)?.focus();
    else document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    if (page !== "channel") scrollTo(0, 0);
  }, [at, page]);
}

function pageName(at: Place): string {
  if (at.page === "channel") return at.item === null ? "channel" : "item";
  return at.page;
}

function Opened() {
  const at = place.value;
  useTitle(titleOf(at));
  useFocusOnArrival(at);
  useShortcuts();
  useEffect(() => void fetchTheRest(), []);
  const wide = at.page === "channels" || at.page === "channel";
  return (
    <div class={wide ? "app" : undefined}>
      <SkipLink />
      <Header open />
      <Content />
      {shortcutsOpen.value && <Keys />}
    </div>
  );
}

/** Shown while the worker says where it stands: a moment. */
function Waiting() {
  return (
    <div class="plain">
      <SkipLink />
      <Header open={false} />
      <main class="entry" id="main" tabIndex={-1}>
        <p role="status">{t("One moment …")}</p>
      </main>
    </div>
  );
}

function Closed() {
  const { page } = place.value;
  useTitle(page === "about" || page === "lost" ? titleOf(place.value) : t("Sign in"));
  if (page !== "about" && page !== "lost") {
    return (
      <div class="plain">
        <SignIn />
      </div>
    );
  }
  return (
    <div class="plain">
      <SkipLink />
      <Header open={false} />
      {page === "lost" ? <Lost /> : <About />}
    </div>
  );
}

export function App() {
  if (session.value === null) return <Waiting />;
  if (place.value.page === "setup") return <Setup />;
  return session.value.phase === "open" ? <Opened /> : <Closed />;
}
