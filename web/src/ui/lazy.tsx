/**
 * Pages whose code comes when it is needed, so that the first load stays small. Once the first page stands, the rest is fetched
 * in the background: a form can be opened without a connection afterwards. The words that only such pages say come with them.
 */
import { signal } from "@preact/signals";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Page } from "./frame.tsx";
import { speakMore, t } from "./words.ts";

const all: (() => Promise<void>)[] = [];

/** Fetches what is not here yet; what can't be fetched now is fetched when somebody goes there. */
export async function fetchTheRest(): Promise<void> {
  for (const one of all) await one();
}

interface WaitingProps {
  /** What keeps the page away; null while it is on its way. */
  readonly again: (() => void) | null;
}

/** Stands in for a whole page. */
function WaitingPage({ again }: WaitingProps) {
  return (
    <Page narrow>
      <div class="stack measure">
        <h1 tabIndex={-1}>{again === null ? t("One moment …") : t("This page could not be fetched")}</h1>
        {again !== null && <Again again={again} />}
      </div>
    </Page>
  );
}

/** Stands in for a part of a page. */
export function WaitingPart({ again }: WaitingProps) {
  return <div class="detail stack">{again === null ? <p role="status">{t("One moment …")}</p> : <Again again={again} />}</div>;
}

/** For what is asked for by a key, and comes a moment later. */
export function Nothing(): null {
  return null;
}

function Again({ again }: { readonly again: () => void }) {
  return (
    <>
      <p>{t("There is no connection. What you typed is kept.")}</p>
      <p>
        <button class="button" type="button" onClick={again}>
          {t("Try again")}
        </button>
      </p>
    </>
  );
}

export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, Waiting: ComponentType<WaitingProps> = WaitingPage): (props: P) => ComponentChildren {
  const found = signal<ComponentType<P> | null>(null);
  const failed = signal(false);
  const begin = async (): Promise<void> => {
    if (found.value !== null) return;
    failed.value = false;
    try {
      const [component, spoken] = await Promise.all([load(), speakMore()]);
      if (spoken) found.value = component;
      else failed.value = true;
    } catch (reason) {
      // import() rejects with a TypeError where the file can't be had.
      if (!(reason instanceof TypeError)) throw reason;
      failed.value = true;
    }
  };
  all.push(begin);
  return function Lazy(props: P) {
    const Found = found.value;
    useEffect(() => {
      if (Found === null) void begin();
    }, [Found]);
    return Found === null ? <Waiting again={failed.value ? () => void begin() : null} /> : <Found {...props} />;
  };
}
