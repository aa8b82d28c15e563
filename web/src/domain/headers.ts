/**
 * What a filled form says in the clear header: urgency, countries asked, due date, reference (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/headers.py.
 */

import { MalformedBody } from "./errors.ts";
import { isAlertId } from "./identifiers.ts";
import { valueOf, type HeaderPart, type Template, type Values } from "./templates.ts";
import { codesOf, isTime, normalise } from "./values.ts";

const IMMEDIATE = "IMMEDIATE";

/** The parts of a header, as the worker puts them in; those that the form doesn't say are absent. */
export interface HeaderParts {
  readonly urgency?: "immediate" | "normal";
  readonly to?: readonly string[];
  readonly due?: number;
  readonly ref?: string;
}

/**
 * The parts of the header that the form says: the fields are named by the template.
 *
 * The hub reads these: nothing else of the form leaves the seal. `urgency` is `immediate` for IMMEDIATE, else `normal`;
 * `to` is sorted; `due` is in milliseconds. Ask problemsWith first. Throws MalformedBody for a value that no header takes.
 */
export function headerParts(template: Template, values: Values): HeaderParts {
  const canonical = normalise(template, values);
  const said = (part: HeaderPart): string => String(valueOf(canonical, template.header[part] ?? ""));
  const [urgency, to, due, ref] = [said("urgency"), codesOf(said("to")), said("due"), said("ref")];
  if (!to.every((code) => /^[A-Z]{2}$/.test(code))) throw new MalformedBody("The countries asked are no countries.");
  if (due !== "" && !isTime(due)) throw new MalformedBody("The due date is no time.");
  if (ref !== "" && !isAlertId(ref)) throw new MalformedBody("What this refers to is no alert.");
  return {
    ...(urgency === "" ? {} : { urgency: urgency === IMMEDIATE ? "immediate" : "normal" }),
    ...(to.length === 0 ? {} : { to }),
    ...(due === "" ? {} : { due: Date.parse(due) }),
    ...(ref === "" ? {} : { ref }),
  };
}
