/**
 * A draft while somebody writes it: on this device within a second of every key, on the hub two seconds after the last one,
 * and at once when the page is left. The page says when it was stored; leaving asks only when storing failed.
 */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { B64, Draft, Problem } from "../worker/protocol.ts";
import { draftPath, go } from "./route.ts";
import { ask, problemOf, refreshDrafts } from "./state.ts";

/** The longest that a key waits to be stored here: somebody who types without a pause loses no more to a dying tab. */
const SOON = 700;
const REST = 2_000;

export interface Keeper {
  readonly draft: Signal<Draft>;
  /** Null before anything was typed. */
  readonly saved: Signal<{ readonly at: number; readonly onHub: boolean } | null>;
  readonly problem: Signal<Problem | null>;
  write(values: Draft["values"], more?: Partial<Pick<Draft, "template" | "form">>): void;
  /** Stores what is not stored yet; rejects with what kept it from being stored. */
  flush(): Promise<void>;
  drop(): Promise<void>;
}

function keeperOf(first: Draft): Keeper {
  const draft = signal(first);
  const saved = signal<{ readonly at: number; readonly onHub: boolean } | null>(null);
  const problem = signal<Problem | null>(null);
  let soon = 0;
  let rest = 0;
  let kept = first;
  let brought = first;
  let dropped = false;
  const store = async (deviceOnly: boolean): Promise<void> => {
    const wanted = draft.value;
    if (wanted === (deviceOnly ? kept : brought) || dropped) return;
    try {
      const { savedAt, onHub } = await ask("putDraft", deviceOnly ? { draft: wanted, deviceOnly } : { draft: wanted });
      kept = wanted;
      if (!deviceOnly) brought = wanted;
      // Told at the first time and when somebody rests: not again and again into the ear of who types.
      if (!deviceOnly || saved.value === null) saved.value = { at: savedAt, onHub };
      problem.value = null;
    } catch (reason) {
      problem.value = problemOf(reason);
      throw reason;
    }
  };
  const stop = (): void => {
    clearTimeout(soon);
    clearTimeout(rest);
    soon = 0;
  };
  const flush = async (): Promise<void> => {
    stop();
    await store(false);
  };
  const quietly = (storing: Promise<void>): void => {
    // What went wrong stands on the page (problem); the next key tries again.
    storing.catch(() => undefined);
  };
  return {
    draft,
    saved,
    problem,
    flush,
    write: (values, more = {}) => {
      draft.value = { ...draft.value, ...more, values, changedAt: Date.now() };
      clearTimeout(rest);
      rest = window.setTimeout(() => quietly(flush()), REST);
      if (soon !== 0) return;
      soon = window.setTimeout(() => {
        soon = 0;
        quietly(store(true));
      }, SOON);
    },
    drop: async () => {
      stop();
      dropped = true;
      await ask("dropDraft", { id: first.id });
      await refreshDrafts();
    },
  };
}

/** Keeps one draft for as long as the component lives: stores at the end, and before the page is hidden or left. */
export function useKeeper(draft: Draft): Keeper;
export function useKeeper(draft: Draft | null): Keeper | null;
export function useKeeper(draft: Draft | null): Keeper | null {
  const keeper = useMemo(() => (draft === null ? null : keeperOf(draft)), [draft?.id]);
  useEffect(() => {
    if (keeper === null) return;
    const leave = (event: BeforeUnloadEvent): void => {
      keeper.flush().catch(() => undefined);
      if (keeper.problem.value !== null) event.preventDefault();
    };
    const hide = (): void => {
      if (document.visibilityState === "hidden") keeper.flush().catch(() => undefined);
    };
    addEventListener("beforeunload", leave);
    document.addEventListener("visibilitychange", hide);
    return () => {
      removeEventListener("beforeunload", leave);
      document.removeEventListener("visibilitychange", hide);
      keeper.flush().catch(() => undefined);
    };
  }, [keeper]);
  return keeper;
}

interface Start {
  readonly operation: B64;
  readonly channel: B64;
  readonly kind: Draft["kind"];
  readonly ref?: B64 | null;
  readonly template?: string;
  readonly form?: string;
}

/** Makes a draft and goes to its page. */
export async function startDraft(start: Start): Promise<void> {
  const { operation, channel, kind, ref = null, template = null, form = null } = start;
  const { draft } = await ask("newDraft", { operation, channel, kind, ref, template, form });
  await refreshDrafts();
  go(draftPath(operation, channel, draft.id), { replace: kind === "alert" });
}
