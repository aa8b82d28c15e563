/** The page's start: takes a link's secret out of the address first, then words, worker, page. */
import "./ui/fragment.ts";
import { render } from "preact";
import { connect } from "./store/bridge.ts";
import { App } from "./ui/app.tsx";
import { loadDomain } from "./ui/alerts.ts";
import { InsecureContext, NoStart } from "./ui/no-start.tsx";
import { startRouting } from "./ui/route.ts";
import { start } from "./ui/state.ts";
import { language, speak } from "./ui/words.ts";

async function begin(page: HTMLElement): Promise<void> {
  await speak(language.value);
  page.replaceChildren();
  document.body.className = "";
  // Without a secure context there is no crypto.subtle: nothing could be opened or signed.
  if (!isSecureContext) {
    render(<InsecureContext />, page);
    return;
  }
  startRouting();
  render(<App />, page);
  const worker = document.documentElement.dataset["worker"];
  if (worker === undefined || worker === "") throw new Error("The shell names no worker.");
  await Promise.all([start(connect(worker)), loadDomain()]);
}

const page = document.getElementById("page");
if (page === null) throw new Error("The shell has no place for the page.");
begin(page).catch((reason: unknown) => {
  render(<NoStart />, page);
  throw reason;
});
