/** The list of the single keys, and the switch that silences them. */
import { useEffect, useRef } from "preact/hooks";
import { enable, enabled, shortcutsOpen } from "./shortcuts.ts";
import { t } from "./words.ts";

export function Keys() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
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
