/** Read means seen for two seconds, not opened: the highest item that stayed in view is told to the worker. */
import { useEffect } from "preact/hooks";
import type { B64 } from "../worker/protocol.ts";
import { ask, attempt } from "./state.ts";

const LONG_ENOUGH = 2_000;

export function useReading(feed: { readonly current: HTMLElement | null }, channel: B64, readTo: number, shown: unknown): void {
  useEffect(() => {
    if (feed.current === null) return;
    const timers = new Map<Element, number>();
    let highest = readTo;
    const read = (row: Element): void => {
      timers.delete(row);
      const seq = Number(row instanceof HTMLElement ? row.dataset["seq"] : 0);
      if (document.visibilityState !== "visible" || !(seq > highest)) return;
      highest = seq;
      attempt(ask("markRead", { channel, seq }));
    };
    const watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          clearTimeout(timers.get(target));
          if (isIntersecting) timers.set(target, window.setTimeout(() => read(target), LONG_ENOUGH));
          else timers.delete(target);
        }
      },
      { threshold: 0.5 },
    );
    for (const row of feed.current.querySelectorAll("[data-seq]")) {
      if (Number((row as HTMLElement).dataset["seq"]) > readTo) watcher.observe(row);
    }
    return () => {
      watcher.disconnect();
      for (const timer of timers.values()) clearTimeout(timer);
    };
  }, [feed, channel, readTo, shown]);
}
