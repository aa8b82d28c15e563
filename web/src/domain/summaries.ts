/**
 * What others see first of an alert, and any value in words (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/summaries.py.
 */

import { showContainer } from "./identifiers.ts";
import { listed, type Lists } from "./lists.ts";
import { valueOf, type Field, type SummaryPart, type Template, type Value, type Values } from "./templates.ts";
import { codesOf, FREE_PLACE, showDecimal } from "./values.ts";

/**
 * One row. Parts that are not filled are empty strings; `quantity` is canonical (showDecimal writes it for people),
 * `placeCode` is empty for a described place, `mode` is the digit of UN/ECE Recommendation 19.
 */
export interface Summary {
  readonly title: string;
  readonly quantity: string;
  readonly unit: string;
  readonly place: string;
  readonly placeCode: string;
  readonly conveyance: string;
  readonly mode: string;
  readonly tlp: string;
  readonly country: string;
  readonly countryName: string;
}

/** The row of an alert, labels in `locale`; what was typed stays in its author's language. */
export function summary(template: Template, lists: Lists, values: Values, locale: string): Summary {
  const first = (part: SummaryPart): readonly [string, Value] => {
    const key = template.summary[part].find((one) => valueOf(values, one) !== "") ?? "";
    return [key, valueOf(values, key)];
  };
  const words = (part: SummaryPart): string => {
    const [key, value] = first(part);
    const field = template.fields.find((one) => one.key === key);
    return field === undefined ? String(value) : valueText(field, lists, value, locale);
  };
  const place = String(first("place")[1]);
  return {
    title: words("title"),
    quantity: String(first("quantity")[1]),
    unit: words("unit"),
    place: words("place"),
    placeCode: place.startsWith(FREE_PLACE) ? "" : place,
    conveyance: words("conveyance"),
    mode: listed(lists, "conveyances").entry(String(first("conveyance")[1]))?.group ?? "",
    tlp: String(first("tlp")[1]),
    country: String(first("country")[1]),
    countryName: words("country"),
  };
}

/**
 * `value` as a person reads it in `locale`; codes that this edition does not know stay codes, times stay canonical.
 *
 * A yes or no stays `yes` or `no`: its words are the catalogue's.
 */
export function valueText(field: Field, lists: Lists, value: Value, locale: string): string {
  const text = String(value);
  switch (field.type) {
    case "country":
      return codesOf(text).map((code) => listed(lists, "countries").label(code, locale)).join(", ");
    case "code":
      return codesOf(text).map((code) => listed(lists, field.list).label(code, locale)).join(", ");
    case "place":
      return text.startsWith(FREE_PLACE) ? text.slice(1) : listed(lists, "places").label(text, locale);
    case "imo":
      return `IMO ${text}`;
    case "container":
      return codesOf(text).map(showContainer).join(", ");
    case "decimal":
    case "integer":
      return showDecimal(text, locale);
    case "alert":
    case "boolean":
    case "cas":
    case "datetime":
    case "hs":
    case "longtext":
    case "text":
    case "tlp":
      return text;
  }
}
