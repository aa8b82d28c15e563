/**
 * Runs the cases of tests/vectors/domain against this side; tests/unit/domain/test_vectors.py runs the same ones.
 */

import { type Answer, type Asking, tally } from "./acknowledgements.ts";
import { coverage, type Days, type Watch } from "./coverage.ts";
import { type Blueprint, type Kind, readBlueprint, readBlueprints, usual } from "./blueprints.ts";
import { alertBody, noticeBody, postBody, readAlertBody, readNoticeBody, readPostBody, type ByLanguage, type NoticeKind } from "./bodies.ts";
import { DomainError, MalformedTemplate } from "./errors.ts";
import { headerParts } from "./headers.ts";
import { containerOf, containersOf, imoOf, isAlertId, isContainer, isImo, showContainer } from "./identifiers.ts";
import { countriesOf, listed, offeredEntries, search } from "./lists.ts";
import { problemsWith } from "./problems.ts";
import { readDomain, type Domain } from "./published.ts";
import { checkReference, reference } from "./references.ts";
import { summary, valueText } from "./summaries.ts";
import { defaults, fieldsToShow, loadTemplate, offered, type Template, type Value, type Values } from "./templates.ts";
import { filledIn, hidesSomething, isObject, onOneLine, trimmed, wordsOf, type JsonObject } from "./texts.ts";
import {
  decimalOf,
  freePlace,
  hsOf,
  isCas,
  isDecimal,
  isHs,
  isLocode,
  isTime,
  normalise,
  showDecimal,
} from "./values.ts";

/** What became of one case: `told` says what was seen where it is not what was asked. */
export interface Result {
  readonly name: string;
  readonly ok: boolean;
  readonly told: string;
}

interface Case {
  readonly do: string;
  readonly what: string;
  readonly in: { readonly [name: string]: unknown };
  readonly out?: unknown;
  readonly refused?: string;
}

type Asked = Case["in"];

/** Runs one vector file: `name` is its name without `.json`, `file` its parsed content. */
export function runDomainVectors(name: string, file: unknown): readonly Result[] {
  const { given, cases } = file as { readonly given?: unknown; readonly cases: readonly Case[] };
  const domain = given === undefined ? null : readDomain(given);
  return cases.map((one, number) => {
    const told = judge(one, domain);
    return { name: `domain/${name} ${String(number)} ${one.do}: ${one.what}`, ok: told === "", told };
  });
}

function judge(one: Case, domain: Domain | null): string {
  let seen: unknown;
  try {
    seen = answer(one.do, one.in, domain);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.name === one.refused ? "" : `refused as ${error.name}: ${error.message}`;
  }
  if (one.refused !== undefined) return `not refused: ${sorted(seen)}`;
  return sorted(seen) === sorted(one.out) ? "" : `${sorted(seen)} instead of ${sorted(one.out)}`;
}

function answer(what: string, asked: Asked, domain: Domain | null): unknown {
  switch (what) {
    case "decimal_of":
      return decimalOf(text(asked));
    case "is_decimal":
      return isDecimal(text(asked));
    case "show_decimal":
      return showDecimal(text(asked, "decimal"), text(asked, "locale"));
    case "is_cas":
      return isCas(text(asked));
    case "hs_of":
      return hsOf(text(asked));
    case "is_hs":
      return isHs(text(asked));
    case "is_imo":
      return isImo(text(asked));
    case "imo_of":
      return imoOf(text(asked));
    case "is_container":
      return isContainer(text(asked));
    case "container_of":
      return containerOf(text(asked));
    case "containers_of":
      return containersOf(text(asked));
    case "show_container":
      return showContainer(text(asked));
    case "is_alert_id":
      return isAlertId(text(asked));
    case "is_locode":
      return isLocode(text(asked));
    case "is_time":
      return isTime(text(asked));
    case "read_blueprint":
      return written(readBlueprint(asked.raw));
    case "read_blueprints":
      return readBlueprints(asked.raw, asked.forms as readonly string[] | null).map(({ id }) => id);
    case "usual":
      return usual(readBlueprint(asked.raw), text(asked, "type") as Kind);
    case "free_place":
      return freePlace(text(asked));
    case "words_of":
      return wordsOf(text(asked));
    case "trimmed":
      return trimmed(text(asked));
    case "on_one_line":
      return onOneLine(text(asked));
    case "hides_something":
      return hidesSomething(text(asked));
    case "filled_in":
      return filledIn(text(asked), asked.args as { readonly [name: string]: string });
    case "reference":
      return reference(text(asked, "operation"), text(asked, "country"), bytes(text(asked, "envelope_id")));
    case "check_reference": {
      const { shortId, ...rest } = checkReference(text(asked));
      return { ...rest, short_id: shortId };
    }
    case "read_alert_body": {
      const { templateVersion, ...rest } = readAlertBody(asked.body);
      return { ...rest, template_version: templateVersion };
    }
    case "post_body":
      return postBody(text(asked), text(asked, "language"));
    case "read_post_body":
      return readPostBody(asked.body);
    case "notice_body": {
      const replaces = typeof asked.replaces === "string" ? asked.replaces : null;
      const [titles, texts] = [asked.titles as ByLanguage, asked.texts as ByLanguage];
      return noticeBody(text(asked, "kind") as NoticeKind, titles, texts, text(asked, "authentic"), replaces);
    }
    case "read_notice_body":
      return readNoticeBody(asked.body);
    case "tally": {
      const notices = (asked.notices as (Asking & { readonly to_all: boolean })[]).map((one) => ({ ...one, toAll: one.to_all }));
      const found = tally(notices, asked.answers as readonly Answer[]);
      return found.map(({ id, number, rows }) => [id, number, rows.map((row) => Object.values(row) as readonly unknown[])]);
    }
    case "coverage": {
      const found = coverage(asked.people as readonly Watch[], asked.now as number, asked.days as Days);
      return found.map(({ country, live, deputy, people }) => [country, live, deputy, people]);
    }
    case "read": {
      const { templates, lists } = readDomain(asked.published, asked.more ?? null);
      return { templates: formNames(templates).sort(byWords), lists: [...lists.keys()].sort() };
    }
    case "load_template":
      return keysOf(loadTemplate(asked.document as JsonObject, text(asked, "form")).fields);
    default:
      return answerWithForms(what, asked, domain);
  }
}

function answerWithForms(what: string, asked: Asked, domain: Domain | null): unknown {
  if (domain === null) throw new MalformedTemplate(`${what} needs forms and lists.`);
  const { lists } = domain;
  const values = asked.values as Values;
  const form = (): Template => domain.template(text(asked, "template"), text(asked, "form"));
  switch (what) {
    case "search":
      return search(listed(lists, text(asked, "list")), text(asked, "query"), text(asked, "locale"), Number(asked.limit)).map(
        (entry) => entry.code,
      );
    case "offered_entries":
      return offeredEntries(listed(lists, text(asked, "list")), text(asked, "compartment")).map((entry) => entry.code);
    case "countries_of":
      return countriesOf(lists, text(asked, "region"));
    case "offered":
      return formNames(offered(domain.templates, text(asked, "compartment")));
    case "header_parts":
      return headerParts(form(), values);
    case "normalise": {
      const once = normalise(form(), values);
      const twice = normalise(form(), once);
      return sorted(once) === sorted(twice) ? once : { once, twice };
    }
    case "problems_with": {
      const now = typeof asked.now === "string" ? asked.now : null;
      const problems = problemsWith(form(), lists, values, { named: asked.named === true }, now);
      return problems.map((problem) => [problem.field, problem.code, problem.args]);
    }
    case "alert_body":
      return alertBody(form(), values, text(asked, "language"));
    case "summary": {
      const { placeCode, countryName, ...rest } = summary(form(), lists, values, text(asked, "locale"));
      return { ...rest, place_code: placeCode, country_name: countryName };
    }
    case "value_text": {
      const field = form().fields.find((one) => one.key === asked.field);
      return field === undefined ? null : valueText(field, lists, asked.value as Value, text(asked, "locale"));
    }
    case "fields_to_show":
      return keysOf(fieldsToShow(form(), values));
    case "defaults":
      return defaults(form());
    default:
      throw new MalformedTemplate(`This side does not know ${what}.`);
  }
}

function written({ retentionDays, ...rest }: Blueprint): object {
  return { ...rest, retention_days: retentionDays };
}

function text(asked: Asked, name = "text"): string {
  const found = asked[name];
  if (typeof found !== "string") throw new TypeError(`The case has no ${name}.`);
  return found;
}

function bytes(base64url: string): Uint8Array {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
}

function keysOf(fields: readonly { readonly key: string }[]): readonly string[] {
  return fields.map((field) => field.key);
}

function formNames(templates: readonly Template[]): [string, string][] {
  return templates.map((one) => [one.id, one.form]);
}

function byWords(one: readonly string[], other: readonly string[]): number {
  return one.join(" ") < other.join(" ") ? -1 : 1;
}

/** JSON with sorted keys, to compare two values. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part,
  );
}
