/** Asks the worker's administrators' desk: one request of many kinds, each with its own answer. */
import type { Administering } from "../worker/administering.ts";
import type { Problem } from "../worker/protocol.ts";
import { problemWords } from "./problems.ts";
import { ask } from "./state.ts";
import { country, t } from "./words.ts";

/** Rejects with the Problem, as every request does. */
export async function administer<K extends keyof Administering>(what: K, given: Administering[K]["ask"]): Promise<Administering[K]["answer"]> {
  return (await ask("administer", { do: what, with: given })) as Administering[K]["answer"];
}

/** Words for what only administrators can meet; anything else as everywhere. */
export function administrationWords(problem: Problem): string {
  switch (problem.code) {
    case "no-key":
      return t("Your administrator’s key isn’t in this vault, or the directory no longer names it.");
    case "not-a-key":
      return t("This file isn’t an administrator’s key.");
    case "wrong-passphrase":
      return t("The passphrase doesn’t open this key. It is the key file’s own, not yours.");
    case "not-this-hubs":
      return t("The directory of this hub doesn’t name this key.");
    case "code-malformed":
      return t("An account’s code has capital letters, digits and hyphens, such as GH-CUSTOMS-1.");
    case "code-taken":
      return t("Somebody had this code before: codes are never used again.");
    case "keys-changed":
      return t("The hub shows other keys than a moment ago. Nothing was signed. Compare the safety number by phone.");
    case "repeated":
    case "gap":
      return t("Another administrator was faster. Load the page again, then decide once more.");
    case "rule-broken":
      return t("The directory’s rules don’t allow this. Nothing was changed.");
    default:
      return problemWords(problem);
  }
}

export function privilegeWords(may: string): string {
  switch (may) {
    case "administer":
      return t("administers");
    case "audit":
      return t("audits");
    case "coordinate":
      return t("coordinates");
    default:
      return may;
  }
}

export function faultWords(fault: string): string {
  switch (fault) {
    case "cannot-open":
      return t("It was not made with the invitation’s secret: somebody else answered, or the hub changed it. Don’t certify it. Tell the person by phone and make a new invitation.");
    case "wrong-place":
      return t("It names another account or code than you invited. Don’t certify it.");
    default:
      return t("Its signatures or keys don’t hold ({code}). Don’t certify it.", { code: fault });
  }
}

/** Two letters of the countries, sorted by their names in the reader's language. */
export function countries(): readonly string[] {
  return COUNTRIES.split(" ").sort((a, b) => country(a).localeCompare(country(b)));
}

const COUNTRIES =
  "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TZ UA UG US UY UZ VA VC VE VN VU WS XK YE ZA ZM ZW";
