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

export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => ComponentChildren {
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
    if (Found !== null) return <Found {...props} />;
    return (
      <Page narrow>
        <div class="stack measure">
          <h1 tabIndex={-1}>{failed.value ? t("This page could not be fetched") : t("One moment …")}</h1>
          {failed.value && (
            <>
              <p>{t("There is no connection. What you typed is kept.")}</p>
              <p>
                <button class="button" type="button" onClick={() => void begin()}>
                  {t("Try again")}
                </button>
              </p>
            </>
          )}
        </div>
      </Page>
    );
  };
}
