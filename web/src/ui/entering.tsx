/** What every way in shows: how far the opening is, and how long sign-in rests after wrong tries. */
import { useEffect, useState } from "preact/hooks";
import type { Problem, Session } from "../worker/protocol.ts";
import { waitingTime } from "./problems.ts";
import { t } from "./words.ts";

export type Way = "sheet" | "recovery" | "device";

export function stepWords(step: Session["step"]): string {
  switch (step) {
    case "signing-in":
      return t("Step 1 of 4: signing in …");
    case "opening-keys":
      return t("Step 2 of 4: opening your keys in this browser …");
    case "checking-directory":
      return t("Step 3 of 4: checking who is who …");
    case "opening-channels":
      return t("Step 4 of 4: opening your channels …");
    case null:
      return t("One moment …");
  }
}

/** How long a sign-in rests, second by second; nothing else on the page moves. */
export function Countdown({ problem }: { readonly problem: Problem | null }) {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const end = Date.now() + (problem?.retryAfter ?? 0) * 1000;
    const tick = (): void => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    tick();
    if (problem?.retryAfter === undefined) return;
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [problem]);
  if (problem?.retryAfter === undefined) return null;
  return <p class="meta">{left > 0 ? waitingTime(left) : t("You can try again now.")}</p>;
}
