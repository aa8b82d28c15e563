/** The items of one channel as the page holds them: asked from the worker, asked again when something arrived. */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { B64, Item, Problem } from "../worker/protocol.ts";
import { ask, onItems, problemOf } from "./state.ts";

const PAGE = 50;
const SOME_BEFORE = 10;
/** More than anybody scrolls in one sitting; older ones are asked for page by page up to here. */
const MOST = 1_000;

export interface Items {
  readonly list: Signal<readonly Item[] | null>;
  readonly more: Signal<boolean>;
  readonly problem: Signal<Problem | null>;
  /** The ids that came while the page was open, newest last: what a screen reader is told. */
  readonly arrived: Signal<readonly B64[]>;
  older(): Promise<void>;
}

function itemsOf(channel: B64, atFirst: number): Items & { refresh(limit?: number): Promise<void> } {
  const list = signal<readonly Item[] | null>(null);
  const more = signal(false);
  const problem = signal<Problem | null>(null);
  const refresh = async (limit = Math.max(PAGE, atFirst, list.value?.length ?? 0)): Promise<void> => {
    try {
      const answer = await ask("items", { channel, before: null, limit: Math.min(MOST, limit) });
      list.value = answer.items;
      more.value = answer.more && limit < MOST;
      problem.value = null;
    } catch (reason) {
      problem.value = problemOf(reason);
    }
  };
  const older = async (): Promise<void> => {
    await refresh((list.value?.length ?? 0) + PAGE);
  };
  return { list, more, problem, arrived: signal<readonly B64[]>([]), older, refresh };
}

/** All that is unread and some before it at first, so that reading begins where it stopped. */
export function useItems(channel: B64, unread: number): Items {
  const items = useMemo(() => itemsOf(channel, unread + SOME_BEFORE), [channel]);
  useEffect(() => {
    void items.refresh();
    return onItems((where, arrived) => {
      if (where !== channel) return;
      const longer = (items.list.value?.length ?? 0) + arrived.length;
      void items.refresh(Math.max(PAGE, longer)).then(() => {
        if (arrived.length > 0) items.arrived.value = arrived;
      });
    });
  }, [channel, items]);
  return items;
}
