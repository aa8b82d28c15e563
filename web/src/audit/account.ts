/** The auditor's account menu, and the worker that holds their keys in this browser. */
import { type Bridge, connect } from "../store/bridge.ts";

/** Made once: the policy lets a page name its worker a single time. */
let bridge: Bridge | null = null;

export function worker(): Bridge {
  bridge ??= connect(document.documentElement.dataset["worker"] ?? "");
  return bridge;
}

/** Locks here, or ends the session at the hub as well; then the start page asks who comes next. */
async function leave(how: "lock" | "signOut"): Promise<void> {
  try {
    await worker().ask(how, {});
  } finally {
    location.assign("/");
  }
}

export function startMenu(): void {
  const menu = document.getElementById("account");
  if (!(menu instanceof HTMLDetailsElement)) return;
  document.getElementById("lock")?.addEventListener("click", () => void leave("lock"));
  document.getElementById("sign-out")?.addEventListener("click", () => void leave("signOut"));
  document.addEventListener("pointerdown", ({ target }) => {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  });
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}
