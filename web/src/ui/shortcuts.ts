/**
 * Single keys: they act only outside fields and can be switched off (WCAG 2.1.4). The choice is a cookie like the language:
 * it says nothing about a person.
 */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { channelPath, go, place } from "./route.ts";
import { operations } from "./state.ts";

const COOKIE = "keys=off";
export const shortcutsOpen = signal(false);
export const enabled = signal(!document.cookie.split("; ").includes(COOKIE));

export function enable(on: boolean): void {
  enabled.value = on;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${on ? "keys=" : COOKIE}; Path=/; SameSite=Strict; Max-Age=${on ? 0 : 31_536_000}${secure}`;
}

/** The rows of the feed in reading order: what j and k walk over. */
function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.offsetParent !== null);
}

function currentRow(all: readonly HTMLElement[]): number {
  const focused = all.findIndex((row) => row.contains(document.activeElement));
  return focused >= 0 ? focused : all.findIndex((row) => row.classList.contains("is-selected"));
}

function focusRow(row: HTMLElement | undefined): void {
  (row?.querySelector<HTMLElement>("h3 a") ?? row)?.focus();
}

function step(by: 1 | -1): void {
  const all = rows();
  const at = currentRow(all);
  if (at < 0) return focusRow(by === 1 ? all[0] : all.at(-1));
  focusRow(all[Math.min(all.length - 1, Math.max(0, at + by))]);
}

function nextUnread(): void {
  const all = rows();
  const found = all.slice(currentRow(all) + 1).find((row) => row.dataset["unread"] !== undefined);
  if (found !== undefined) return focusRow(found);
  const here = "channel" in place.value ? place.value.channel : null;
  for (const { operation, channels } of operations.value ?? []) {
    const next = channels.find(({ unread, channel }) => unread > 0 && channel !== here);
    if (next !== undefined) return go(channelPath(operation, next.channel));
  }
}

function compose(): void {
  const at = place.value;
  if ("channel" in at) return go(`${channelPath(at.operation, at.channel)}/new`);
  go("/o");
}

function close(): void {
  const at = place.value;
  if (at.page !== "channel" || at.item === null) return;
  go(channelPath(at.operation, at.channel));
}

/** The notice under the focus, else the one that is open. */
function acknowledge(): void {
  const all = rows();
  const row = all[currentRow(all)];
  const button = row?.querySelector<HTMLElement>("[data-acknowledge]") ?? document.querySelector<HTMLElement>(".detail [data-acknowledge]");
  button?.click();
}

const SINGLE: Readonly<Record<string, () => void>> = {
  j: () => step(1),
  k: () => step(-1),
  n: nextUnread,
  c: compose,
  a: acknowledge,
  r: () => document.getElementById("reply")?.focus(),
  "?": () => (shortcutsOpen.value = true),
};
const AFTER_G: Readonly<Record<string, () => void>> = { h: () => go("/"), c: () => go("/o"), n: () => go("/o/notices") };

let afterG = 0;

function pressed(event: KeyboardEvent): void {
  const target = event.target instanceof HTMLElement ? event.target : null;
  const inField = target?.closest("input, textarea, select, [contenteditable], dialog, [role=listbox]") !== null;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !inField) return close();
  if (inField || !enabled.value) return;
  const table = event.timeStamp - afterG < 1_500 ? AFTER_G : SINGLE;
  afterG = event.key === "g" && table === SINGLE ? event.timeStamp : -1_500;
  const act = Object.hasOwn(table, event.key) ? table[event.key] : undefined;
  if (act === undefined) return;
  event.preventDefault();
  act();
}

export function useShortcuts(): void {
  useEffect(() => {
    afterG = -1_500;
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
