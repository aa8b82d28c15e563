/** When the page can't begin: what is the matter, and what to do about it. */
import type { ComponentChildren } from "preact";
import { Header, Page, SkipLink } from "./frame.tsx";
import { t } from "./words.ts";

function Sorry({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div class="plain">
      <SkipLink />
      <Header open={false} />
      <Page narrow>
        <div class="stack measure">
          <h1 tabIndex={-1}>{title}</h1>
          {children}
        </div>
      </Page>
    </div>
  );
}

export function InsecureContext() {
  return (
    <Sorry title={t("This address is not secure")}>
      <p>{t("Your browser gives keys only to pages with https, or on this computer itself. Open the hub under its https address.")}</p>
    </Sorry>
  );
}

export function NoStart() {
  return (
    <Sorry title={t("The page could not start")}>
      <p>{t("Nothing is lost: drafts and what waits to be sent are kept on this device.")}</p>
      <p>
        <button class="button" type="button" onClick={() => location.reload()}>
          {t("Load the page again")}
        </button>
      </p>
    </Sorry>
  );
}
