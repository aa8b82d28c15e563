/** Asking about the person's own account, and what a refusal means there. */
import type { Owning } from "../worker/owning.ts";
import type { Problem } from "../worker/protocol.ts";
import { problemWords } from "./problems.ts";
import { ask } from "./state.ts";
import { t } from "./words.ts";

export async function own<K extends keyof Owning>(what: K, given: Owning[K]["ask"]): Promise<Owning[K]["answer"]> {
  return (await ask("own", { what, with: given })) as Owning[K]["answer"];
}

export function ownWords(problem: Problem): string {
  switch (problem.code) {
    case "passkey-cancelled":
      return t("The passkey was not used: it was cancelled, or took too long. Nothing was changed.");
    case "passkey-without-secret":
      return t("This passkey can sign you in elsewhere, but can’t keep a key. Use another one, or the passphrase.");
    case "passkey-known":
      return t("This machine holds a passkey of yours already.");
    case "passphrase-short":
      return t("Too short: at least 12 characters.");
    case "wrong-groups":
      return t("These are not the two groups of the new code. Read them from the paper once more.");
    case "second-missing":
      return t("This browser doesn’t hold your second secret. Sign in here once with your sheet, then let the other device in.");
    case "conflict":
      return t("Another device of yours has changed the same. Load the page again and look how it stands now.");
    case "not-found":
      return t("The code is over: it was used or refused, or its ten minutes have passed. Ask for a new one.");
    case "malformed":
      return t("The code has a typing mistake. Compare it once more.");
    case "cannot-open":
      return t("A device asked with another code. Refuse it, and make a new code.");
    default:
      return problemWords(problem);
  }
}

/** At sign-in nothing may tell whether an account exists. */
export function comingWords(problem: Problem): string {
  switch (problem.code) {
    case "unauthenticated":
      return t("That did not open the account. Check the account and what you typed, or choose another way.");
    case "cannot-open":
      return t("The account’s keys did not open. Choose another way, or ask an administrator.");
    case "rate-limited":
      return t("Too many tries. Sign-in rests for a while.");
    case "stale-device":
      return t("This device was not used for 60 days. Come in another way, or confirm it on another device of yours.");
    default:
      return ownWords(problem);
  }
}
