/** Which notices and countries the page of acknowledgements shows. */
import { hasAnswered } from "../domain/acknowledgements.ts";
import { countriesOf } from "../domain/lists.ts";
import { said } from "../domain/texts.ts";
import type { CountryRow, NoticeView } from "../worker/protocol.ts";
import { domain } from "./alerts.ts";
import { country, language, t } from "./words.ts";

const LAST = 5;

export type Which = "last" | "urgent" | "all";
export type Standing = "any" | "not-yet" | "silent" | "opened";

export interface Filter {
  readonly which: Which;
  readonly standing: Standing;
  readonly region: string;
}

export function shownNotices(views: readonly NoticeView[], which: Which): readonly NoticeView[] {
  const found = which === "urgent" ? views.filter(({ urgent }) => urgent) : views;
  return which === "last" ? found.slice(0, LAST) : found;
}

export function isShown(row: CountryRow | undefined, standing: Standing): boolean {
  if (standing === "any") return true;
  if (row?.asked !== true) return false;
  return standing === "not-yet" ? !hasAnswered(row) : row.state === standing;
}

/** Every country that was asked or has answered, by the state in the first of the notices, in the reader's order of names. */
export function shownCountries(shown: readonly NoticeView[], { standing, region }: Filter): readonly string[] {
  const lists = domain.value?.lists;
  const inRegion = region === "" || lists === undefined ? null : new Set(countriesOf(lists, region));
  const found = new Set(shown.flatMap(({ rows }) => rows.map((row) => row.country)));
  return [...found]
    .filter((code) => inRegion?.has(code) !== false && isShown(shown[0]?.rows.find((row) => row.country === code), standing))
    .sort((a, b) => country(a).localeCompare(country(b)));
}

interface FiltersProps {
  readonly filter: Filter;
  readonly change: (filter: Filter) => void;
  readonly total: number;
  readonly newest: NoticeView | undefined;
  /** On a phone: the notices come first. */
  readonly folded: boolean;
}

export function Filters({ filter, change, total, newest, folded }: FiltersProps) {
  const regions = domain.value?.lists.get("regions")?.entries ?? [];
  const form = (
    <form class="filters" aria-label={t("Filter the matrix")} onSubmit={(event) => event.preventDefault()}>
      {regions.length > 0 && (
        <div class="field">
          <label for="f-region">{t("Region")}</label>
          <select class="input" id="f-region" value={filter.region} onChange={(event) => change({ ...filter, region: event.currentTarget.value })}>
            <option value="">{t("All regions")}</option>
            {regions.map((entry) => (
              <option key={entry.code} value={entry.code}>
                {said(entry.label, language.value)}
              </option>
            ))}
          </select>
        </div>
      )}
      <div class="field">
        <label for="f-which">{t("Notices")}</label>
        <select class="input" id="f-which" value={filter.which} onChange={(event) => change({ ...filter, which: event.currentTarget.value as Which })}>
          <option value="last">{t("Last five")}</option>
          <option value="urgent">{t("Urgent only")}</option>
          <option value="all">{t("All {n}", { n: total })}</option>
        </select>
      </div>
      {newest !== undefined && (
        <div class="field">
          <label for="f-state">{t("State of notice {number}", { number: newest.number })}</label>
          <select class="input" id="f-state" value={filter.standing} onChange={(event) => change({ ...filter, standing: event.currentTarget.value as Standing })}>
            <option value="any">{t("Any state")}</option>
            <option value="not-yet">{t("Not yet acknowledged")}</option>
            <option value="silent">{t("Silent")}</option>
            <option value="opened">{t("Opened only")}</option>
          </select>
        </div>
      )}
    </form>
  );
  if (!folded) return form;
  return (
    <details class="folded-filters">
      <summary>{t("Filter")}</summary>
      {form}
    </details>
  );
}
