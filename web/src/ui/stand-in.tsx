/** Who is away and who stands in, wherever people are listed: told as soon as the cards are here, and never waited for. */
import { useEffect, useState } from "preact/hooks";
import type { StandIn } from "../worker/peopling.ts";
import { people, untilWords } from "./peopled.ts";
import { t } from "./words.ts";

/** Empty while they are on their way; lists stay what they are without them. */
export function useStandIns(): readonly StandIn[] {
  const [found, setFound] = useState<readonly StandIn[]>([]);
  useEffect(() => {
    people("standIns", {}).then(setFound, () => setFound([]));
  }, []);
  return found;
}

/** One line for each of the people that `is` picks. */
export function Away({ all, is }: { readonly all: readonly StandIn[]; readonly is: (one: StandIn) => boolean }) {
  return (
    <>
      {all.filter(is).map(({ account, name, deputy, until }) => (
        <span class="meta of" key={account}>
          {t("{name} is away until {date}: {deputy} stands in", { name, date: untilWords(until), deputy })}
        </span>
      ))}
    </>
  );
}
