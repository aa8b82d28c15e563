/**
 * Blueprints: what an operation of one kind begins with, as data (docs/spec/21-blueprints.md).
 *
 * Twin of hub/client/domain/blueprints.py. A blueprint only fills in a page; what counts afterwards is signed in the operation's chain.
 */

import { MalformedBlueprint } from "./errors.ts";
import { hidesSomething, isObject, type Json, lengthOf, type Text, textOf } from "./texts.ts";

export const TYPES = ["all", "coordination", "regional", "bilateral", "case", "announcement"] as const;
export const SCOPES = ["all", "countries", "organisations", "accounts", "roles"] as const;
export const ROLES = ["contact", "deputy", "coordinator", "analyst", "observer", "auditor"] as const;
export const HISTORIES = ["all", "from-join"] as const;
export type Kind = (typeof TYPES)[number];
export type Scope = (typeof SCOPES)[number];
export type RoleName = (typeof ROLES)[number];
export type History = (typeof HISTORIES)[number];

export const MAX_RULES = 12_000;
export const MAX_LABEL = 120;

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const COMPARTMENT = /^[a-z][a-z0-9-]{0,31}$/;
const PARTS = ["id", "version", "name", "summary", "compartments", "forms", "retention_days", "channels", "later", "rules"];

/** A channel to open; one that is offered for later has no label, and its audience may still have to be named. */
export interface PlannedChannel {
  readonly type: Kind;
  readonly compartment: string;
  readonly scope: Scope;
  readonly of: readonly RoleName[];
  readonly history: History;
  readonly label: Text | null;
}

/** Handling rules in every language of the product. */
export interface Rules {
  readonly title: Text;
  readonly text: Text;
}

export interface Blueprint {
  readonly id: string;
  readonly version: number;
  readonly name: Text;
  readonly summary: Text;
  readonly compartments: readonly string[];
  /** In the order in which they are offered. */
  readonly forms: readonly string[];
  readonly retentionDays: number;
  /** Opened with the operation. */
  readonly channels: readonly PlannedChannel[];
  /** How others are usually opened. */
  readonly later: readonly PlannedChannel[];
  readonly rules: Rules;
}

/** How a channel of this type is usually opened here. */
export function usual({ later, channels, compartments }: Pick<Blueprint, "later" | "channels" | "compartments">, type: Kind): PlannedChannel {
  const found = [...later, ...channels].find((one) => one.type === type);
  return found ?? { type, compartment: compartments[0] ?? "", scope: "all", of: [], history: "all", label: null };
}

/** Throws MalformedBlueprint. */
export function readBlueprint(raw: unknown): Blueprint {
  if (!isObject(raw) || !hasExactly(raw, PARTS)) {
    throw new MalformedBlueprint("A blueprint has exactly the parts that docs/spec/21-blueprints.md names.");
  }
  const id = matching(raw["id"], NAME, "id");
  const compartments = listed(raw["compartments"]).map((one) => matching(one, COMPARTMENT, "compartment"));
  if (compartments.length === 0 || !isAscending(compartments)) {
    throw new MalformedBlueprint(`The compartments of ${id} are not sorted, or there are none.`);
  }
  const forms = listed(raw["forms"]).map((one) => matching(one, NAME, "form"));
  if (new Set(forms).size !== forms.length) throw new MalformedBlueprint(`A form stands twice in ${id}.`);
  const channels = listed(raw["channels"]).map((one) => readChannel(one, compartments, true));
  if (!channels.some(({ type, scope }) => type === "all" && scope === "all")) {
    throw new MalformedBlueprint(`${id} opens no channel for all members.`);
  }
  return {
    id,
    version: whole(raw["version"], "version"),
    name: words(raw["name"], "name", 120),
    summary: words(raw["summary"], "summary", 500),
    compartments,
    forms,
    retentionDays: whole(raw["retention_days"], "retention_days"),
    channels,
    later: listed(raw["later"]).map((one) => readChannel(one, compartments, false)),
    rules: readRules(raw["rules"]),
  };
}

/** All of a published document, in its order. Throws MalformedBlueprint, also for a form that is not among `forms`. */
export function readBlueprints(raw: unknown, forms: readonly string[] | null = null): readonly Blueprint[] {
  const found = listed(raw).map(readBlueprint);
  if (new Set(found.map(({ id }) => id)).size !== found.length) throw new MalformedBlueprint("Two blueprints have one id.");
  for (const one of found) {
    const missing = forms === null ? [] : one.forms.filter((form) => !forms.includes(form));
    if (missing.length > 0) throw new MalformedBlueprint(`${one.id} asks for a form that is not there: ${missing.join(", ")}.`);
  }
  return found;
}

function readChannel(raw: unknown, compartments: readonly string[], now: boolean): PlannedChannel {
  const parts = ["type", "compartment", "scope", "history", ...(now ? ["label"] : [])];
  if (!isObject(raw) || !hasExactly(raw, Object.hasOwn(raw, "of") ? [...parts, "of"] : parts)) {
    throw new MalformedBlueprint("A channel has a part too many or too few.");
  }
  const [type, scope] = [choice(raw["type"], TYPES, "type"), choice(raw["scope"], SCOPES, "scope")];
  const compartment = raw["compartment"];
  if (typeof compartment !== "string" || !compartments.includes(compartment)) {
    throw new MalformedBlueprint("A channel stands in a compartment which is not there.");
  }
  const of = listed(raw["of"] ?? []).map((one) => choice(one, ROLES, "role"));
  if (of.length > 0 !== (scope === "roles") || !isAscending(of)) {
    throw new MalformedBlueprint("Roles are named, sorted, exactly where a channel is for roles.");
  }
  if (now && scope !== "all" && scope !== "roles") {
    throw new MalformedBlueprint("Who is named one by one is not known before the operation is opened.");
  }
  const label = now ? words(raw["label"], "label", MAX_LABEL) : null;
  return { type, compartment, scope, of, history: choice(raw["history"], HISTORIES, "history"), label };
}

/** Handling rules as they stand beside an entry. Throws MalformedBlueprint. */
export function readRules(raw: unknown): Rules {
  if (!isObject(raw) || !hasExactly(raw, ["title", "text"])) throw new MalformedBlueprint("Rules have a title and a text.");
  return { title: words(raw["title"], "title", 200), text: words(raw["text"], "text", MAX_RULES) };
}

function words(value: Json | undefined, what: string, longest: number): Text {
  const text = textOf(value);
  if (text === null || [text.en, text.fr].some((one) => lengthOf(one) > longest || hidesSomething(one))) {
    throw new MalformedBlueprint(`The ${what} is not text in English and French, or too long.`);
  }
  return { en: withoutEnds(text.en), fr: withoutEnds(text.fr) };
}

function withoutEnds(text: string): string {
  return text.replace(/^\n+|\n+$/g, "");
}

function hasExactly(raw: object, parts: readonly string[]): boolean {
  return Object.keys(raw).length === parts.length && parts.every((part) => Object.hasOwn(raw, part));
}

function listed(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) throw new MalformedBlueprint("A list is missing.");
  return value as readonly Json[];
}

function isAscending(some: readonly string[]): boolean {
  return some.every((one, at) => at === 0 || (some[at - 1] ?? "") < one);
}

function choice<One extends string>(value: Json | undefined, allowed: readonly One[], what: string): One {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new MalformedBlueprint(`This is no ${what}.`);
  return found;
}

function matching(value: Json | undefined, shape: RegExp, what: string): string {
  if (typeof value !== "string" || !shape.test(value)) throw new MalformedBlueprint(`This is no ${what}.`);
  return value;
}

function whole(value: Json | undefined, what: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 100_000) {
    throw new MalformedBlueprint(`${what} is no whole number from 1.`);
  }
  return value;
}
