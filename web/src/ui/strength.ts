/** How hard a passphrase is to guess, said in words: a hint, never a rule beyond its length. */
import { t } from "./words.ts";

export const SHORTEST = 12;

/** 0 too short, 1 easy, 2 fair, 3 hard. */
export type Strength = 0 | 1 | 2 | 3;

/** Three words, and four: the second secret of the sheet carries the rest. */
const FAIR_BITS = 33;
const HARD_BITS = 44;
const WORD_BITS = 11;

/** What a guesser who knows words, rows of a keyboard and repetitions would have to try, about, in bits. */
export function strengthOf(passphrase: string, told: readonly string[]): Strength {
  const length = Array.from(passphrase).length;
  if (length < SHORTEST) return 0;
  let rest = passphrase.toLowerCase();
  for (const known of told) if (known.length > 2) rest = rest.replaceAll(known.toLowerCase(), "");
  // The same character again, or the next one of a row, adds nothing.
  rest = rest.replaceAll(/(.)\1+/gu, "$1").replaceAll(/(?:0?123456789|abcdef\w*|qwert\w*|azert\w*)/g, "");
  const words = rest.split(/[^\p{L}]+/u).filter((word) => word.length > 2);
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  const distinct = new Set(words).size;
  const others = Math.max(0, Array.from(rest).length - letters - (words.length > 1 ? words.length - 1 : 0));
  // A made-up run of letters counts by its length, a word of a language as a choice among two thousand.
  const single = words.length === 1 ? Math.min(letters * 2, 30) : distinct * WORD_BITS;
  const bits = single + others * 4 + (/\p{Lu}/u.test(passphrase) ? 3 : 0);
  if (bits < FAIR_BITS) return 1;
  return bits < HARD_BITS ? 2 : 3;
}

export function strengthWords(strength: Strength): string {
  switch (strength) {
    case 0:
      return t("Too short: at least 12 characters.");
    case 1:
      return t("Easy to guess. Add a word that has nothing to do with the others.");
    case 2:
      return t("Fair. One more word makes it hard to guess.");
    case 3:
      return t("Hard to guess.");
  }
}
