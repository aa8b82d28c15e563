/**
 * Single keys: they act only outside fields and can be switched off (WCAG 2.1.4). The choice is a cookie like the language:
 * it says nothing about a person.
 */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { channelPath, go, place } from "./route.ts";
import { operations } from "./state.ts";
import { t } from "./words.ts";

const COOKIE = "keys=off";
export const shortcutsOpen = signal(false);
const enabled = signal(!document.cookie.split("; ").includes(COOKIE));

function enable(on: boolean): void {
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

export function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = shortcutsOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  if (!open) return null;
  const keys: readonly (readonly [readonly string[], string])[] = [
    [["j", "k"], t("next, previous item")],
    [["Enter"], t("open the item beside")],
    [["Esc"], t("close it, back to the row")],
    [["n"], t("next unread")],
    [["c"], t("new alert")],
    [["a"], t("acknowledge the notice")],
    [["r"], t("reply in the thread")],
    [["g", "h"], t("home")],
    [["g", "c"], t("channels")],
    [["g", "n"], t("notices")],
    [["Ctrl", "Enter"], t("send")],
    [["?"], t("this list")],
  ];
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="keys-t" onClose={() => (shortcutsOpen.value = false)}>
      <h2 id="keys-t">{t("Keyboard shortcuts")}</h2>
      <dl class="keys">
        {keys.map(([caps, does]) => (
          <div key={caps.join()}>
            <dt>
              {caps.map((cap) => (
                <kbd key={cap}>{cap}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="choice">
        <input type="checkbox" id="keys-on" checked={enabled.value} onChange={(event) => enable(event.currentTarget.checked)} />
        <label for="keys-on">{t("Single keys are on. They never act inside a field.")}</label>
      </div>
      <p>
        <button class="button" type="button" onClick={() => dialog.current?.close()}>
          {t("Close")}
        </button>
      </p>
    </dialog>
  );
}
