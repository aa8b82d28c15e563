/**
 * A sign-in link's fragment, read once and taken out of the address bar before anything else runs (architecture.md "Said once").
 * Only an exercise hub uses it: elsewhere it is thrown away, so a leaked link opens nothing.
 */

export interface Invited {
  readonly code: string;
  readonly second: string;
}

function takeFragment(): Invited | null {
  const given = new URLSearchParams(location.hash.slice(1));
  const code = given.get("code");
  const second = given.get("second");
  if (code === null && second === null) return null;
  history.replaceState(null, "", location.pathname);
  if (document.documentElement.dataset["exercise"] === undefined) return null;
  return { code: code ?? "", second: second ?? "" };
}

export const invited = takeFragment();
