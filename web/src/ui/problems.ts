/** What a refusal means to a person: what happened, what is kept, what to do. One sentence each, never a code alone. */
import type { Problem } from "../worker/protocol.ts";
import { t, tn } from "./words.ts";

export function waitingTime(seconds: number): string {
  return seconds < 90
    ? tn("Try again in {n} second.", "Try again in {n} seconds.", Math.max(1, Math.ceil(seconds)))
    : tn("Try again in {n} minute.", "Try again in {n} minutes.", Math.ceil(seconds / 60));
}

/** What can be wrong with the directory while it is read at sign-in: everything that follows is judged by it. */
const OF_THE_DIRECTORY = new Set(["bad-signature", "bad-previous", "wrong-place", "gap", "not-allowed", "not-certified"]);

/** At sign-in nothing may tell whether an account exists. */
export function signInWords(problem: Problem): string {
  switch (problem.code) {
    case "unauthenticated":
    case "cannot-open":
      return t("Account, passphrase and second secret don’t fit together. Check each of them.");
    case "second-missing":
      return t("Write the second secret from your sheet");
    case "dormant":
      return t("Nobody has signed in to this account for too long, so it is blocked. Nothing was deleted. Ask an administrator to restore it.");
    case "stale-device":
      return t("This device was not used for 60 days. Come in another way, or confirm it on another device of yours.");
    case "malformed":
      return t("The second secret has a typing mistake. Compare it with your sheet.");
    case "rate-limited":
      return t("Too many tries. Sign-in rests for a while.");
    default:
      return OF_THE_DIRECTORY.has(problem.code) ? directoryWords(problem.code) : problemWords(problem);
  }
}

function directoryWords(code: string): string {
  return t("The hub’s directory of people doesn’t hold (problem {code}), so nothing is opened or sent. Stop here and tell an administrator by phone.", { code });
}

export function problemWords(problem: Problem): string {
  switch (problem.code) {
    case "offline":
      return t("The hub can’t be reached. Your work is kept and will be sent.");
    case "worker-silent":
      return t("This takes longer than it should. What you typed is kept; try again.");
    case "hub-busy":
    case "rate-limited":
      return `${t("The hub is busy. What you typed is kept.")} ${waitingTime(problem.retryAfter ?? 5)}`;
    case "unauthenticated":
    case "expired-session":
    case "locked":
      return t("Your session has ended. What you typed is kept; sign in again.");
    case "not-allowed":
      return t("Your role doesn’t allow this here. A coordinator can change that.");
    case "not-a-reader":
      return t("You aren’t a reader of this channel. A coordinator can change that.");
    case "not-found":
      return t("It isn’t here, or you may not read it. A coordinator can tell you more.");
    case "stale-epoch":
      return t("The readers of the channel have changed. It is sealed anew and sent again by itself.");
    case "no-longer-reader":
      return t("You no longer read this channel, so this was not sent. Your words are kept: take them back as a draft. A coordinator can tell you more.");
    case "too-large":
      return t("It is too long to be sent. Shorten it; what you typed is kept.");
    case "unknown-version":
      return t("This browser’s page is older than the hub. Load the page again to update it.");
    case "rolled-back":
    case "forked":
    case "bad-checkpoint":
    case "bad-proof":
      return t("The hub shows another history than before. Stop here and tell an administrator by phone.");
    case "held-back":
      return t("The hub says that there is more, and doesn’t deliver it. Stop here and tell an administrator by phone.");
    case "old-news":
      return t("What this browser knows is over a day old, so nothing is sent. Check this device’s clock; what you typed is kept.");
    case "not-kept":
      return t("This device could not store it: its space for this page is full or switched off. Copy your text before you leave.");
    case "draft-gone":
      return t("This draft is no longer here. It was sent or deleted, perhaps on another device.");
    case "wrong-hub":
    case "wrong-identity":
      return t("This is not the hub or the person that this browser knew. Stop here and tell an administrator by phone.");
    case "bad-directory":
      return directoryWords(problem.code);
    case "frozen":
      return t("A signed change of this operation doesn’t hold, so it is read-only here. Tell a coordinator by phone.");
    default:
      return t("It didn’t work (problem {code}). What you typed is kept; try again or tell a coordinator.", { code: problem.code });
  }
}

/** What a bridge rejects with; anything else is a defect and goes on as one. */
export function isProblem(reason: unknown): reason is Problem {
  return typeof reason === "object" && reason !== null && "code" in reason && typeof reason.code === "string";
}
