/**
 * A search in a long list: code, words, where it belongs (WAI-ARIA combobox with a listbox). The typed words are the value
 * until an entry is chosen, so that nothing typed is lost; free text, where allowed, is always the last choice.
 */
import { useRef, useState } from "preact/hooks";
import { type CodeList, type Entry, search } from "../domain/lists.ts";
import { said } from "../domain/texts.ts";
import { FREE_PLACE, freePlace } from "../domain/values.ts";
import { country, language, t, tn } from "./words.ts";

const MOST = 8;

/** What an entry of a picker says beside its words: what kind of place, nothing for others. */
function entryNote(list: string, entry: Entry): string {
  if (list !== "places") return "";
  const kinds: Readonly<Record<string, string>> = {
    "1": t("seaport"),
    "3": t("road terminal"),
    "4": t("airport"),
    "5": t("postal exchange"),
    "6": t("dry port"),
    B: t("border crossing"),
  };
  return [...entry.group].map((letter) => kinds[letter] ?? "").filter(Boolean).join(", ");
}

/** What the input is told by the field it belongs to. */
export interface InputAbout {
  readonly id: string;
  readonly name: string;
  readonly autocomplete: "off";
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
  readonly "aria-required": true | undefined;
}

interface PickerProps {
  readonly input: InputAbout;
  readonly list: CodeList;
  readonly value: string;
  readonly free: boolean;
  readonly choose: (value: string) => void;
}

interface Option {
  readonly value: string;
  readonly code: string;
  readonly words: string;
  readonly note: string;
}

function entryWords(list: CodeList, entry: Entry): string {
  const words = said(entry.label, language.value);
  return list.name === "places" ? t("{place}, {country}", { place: words, country: country(entry.code.slice(0, 2)) }) : words;
}

/** What the input shows: the words of a chosen entry, else what was typed. */
function shown(list: CodeList, value: string): string {
  if (value.startsWith(FREE_PLACE)) return value.slice(1);
  const entry = list.entry(value);
  if (entry === null) return value;
  return list.name === "hs" ? `${entry.code} ${said(entry.label, language.value)}` : `${entryWords(list, entry)} (${entry.code})`;
}

/** The words with the found beginnings marked. */
function Marked({ words, query }: { readonly words: string; readonly query: string }) {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (
    <span>
      {words.split(/(\s+)/).map((word, index) => {
        const found = wanted.find((start) => word.toLowerCase().startsWith(start));
        if (found === undefined) return word;
        return (
          <span key={index}>
            <mark>{word.slice(0, found.length)}</mark>
            {word.slice(found.length)}
          </span>
        );
      })}
    </span>
  );
}

export function Picker({ input, list, value, free, choose }: PickerProps) {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [query, setQuery] = useState<string | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const asked = query ?? "";
  const found = open ? search(list, asked, language.value, MOST) : [];
  const options: Option[] = found.map((entry) => ({
    value: entry.code,
    code: entry.code,
    words: entryWords(list, entry),
    note: entryNote(list.name, entry),
  }));
  if (open && free && asked.trim() !== "") {
    options.push({ value: freePlace(asked), code: "–", words: t("“{words}” as free text", { words: asked.trim() }), note: t("Kept as you typed it, not on the map") });
  }
  const current = Math.min(at, options.length - 1);

  const close = (): void => {
    setOpen(false);
    setQuery(null);
  };
  const take = (option: Option | undefined): void => {
    if (option === undefined) return;
    choose(option.value);
    close();
  };
  const type = (words: string): void => {
    setQuery(words);
    setOpen(true);
    setAt(0);
    choose(words);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) {
        setOpen(true);
        return;
      }
      const by = event.key === "ArrowDown" ? 1 : -1;
      setAt((current + by + options.length) % Math.max(1, options.length));
    } else if (event.key === "Enter" && open && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      take(options[current]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    }
  };
  const listId = `${input.id}-l`;
  return (
    <>
      <input
        {...input}
        ref={box}
        class="input"
        role="combobox"
        dir="auto"
        spellcheck={false}
        aria-expanded={open && options.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && current >= 0 ? `${listId}-${current}` : undefined}
        value={query ?? shown(list, value)}
        onInput={(event) => type(event.currentTarget.value)}
        onFocus={() => box.current?.select()}
        onBlur={close}
        onKeyDown={keys}
      />
      {open && options.length > 0 && (
        <>
          <ul class="picker" id={listId} role="listbox" aria-label={said(list.title, language.value)}>
            {options.map((option, index) => (
              <li
                key={option.value}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === current}
                onPointerDown={(event) => {
                  event.preventDefault();
                  take(option);
                }}
              >
                <bdi class="code">{option.code}</bdi>
                <Marked words={option.words} query={asked} />
                {option.note !== "" && <small>{option.note}</small>}
              </li>
            ))}
          </ul>
          <p class="picker-foot">
            <span role="status">{tn("{n} choice", "{n} choices", options.length)}</span>
            <span aria-hidden="true">
              <kbd>↑</kbd> <kbd>↓</kbd> {t("move")}
            </span>
            <span aria-hidden="true">
              <kbd>Enter</kbd> {t("choose")}
            </span>
            <span aria-hidden="true">
              <kbd>Esc</kbd> {t("close")}
            </span>
          </p>
        </>
      )}
      {open && options.length === 0 && asked.trim() !== "" && (
        <p class="picker-foot is-alone" role="status">
          {t("Nothing in the list begins like this.")}
        </p>
      )}
    </>
  );
}
