/** Who is away and who stands in, wherever people are listed: told as soon as the cards are here, and never waited for. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { StandIn } from "../worker/peopling.ts";
import { people, untilWords } from "./peopled.ts";
import { session } from "./state.ts";
import { t } from "./words.ts";

const FRESH = 30_000;
const NOBODY: readonly StandIn[] = [];
const held = signal<{ readonly account: string | null; readonly all: readonly StandIn[] }>({ account: null, all: NOBODY });
let askedAt = 0;

/** Empty while they are on their way; lists stay what they are without them. Many rows ask once. */
export function useStandIns(): readonly StandIn[] {
  const account = session.value?.account ?? null;
  useEffect(() => {
    if (held.peek().account === account && Date.now() - askedAt < FRESH) return;
    askedAt = Date.now();
    held.value = { account, all: NOBODY };
    people("standIns", {}).then(
      (all) => {
        held.value = { account, all };
      },
      () => {
        askedAt = 0;
      },
    );
  }, [account]);
  return held.value.account === account ? held.value.all : NOBODY;
}

/** One line for each of the people that `is` picks. */
export function Away({ is }: { readonly is: (one: StandIn) => boolean }) {
  return (
    <>
      {useStandIns()
        .filter(is)
        .map(({ account, deputy, until }) => (
          <span class="meta of" key={account}>
            {t("away until {date}: {name} stands in", { date: untilWords(until), name: deputy })}
          </span>
        ))}
    </>
  );
}
