/**
 * A link's fragment, read once and taken out of the address bar before anything else runs (architecture.md "Said once").
 * Only an exercise hub signs in by it: elsewhere it is thrown away, so a leaked link opens nothing. An invitation's secret stays here.
 */

export interface Invited {
  readonly code: string;
  readonly second: string;
}

const given = new URLSearchParams(location.hash.slice(1));

/** Of an invitation's link, for the page that sets up; empty where there is none. */
export const invitation = given.get("invitation") ?? "";

function takeFragment(): Invited | null {
  const code = given.get("code");
  const second = given.get("second");
  if (code === null && second === null && invitation === "") return null;
  history.replaceState(null, "", location.pathname);
  if (invitation !== "" || document.documentElement.dataset["exercise"] === undefined) return null;
  return { code: code ?? "", second: second ?? "" };
}

export const invited = takeFragment();
