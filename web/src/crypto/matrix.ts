/**
 * The matrix: which role may do what, in which compartments (docs/spec/08-directory.md).
 */

import { b64, hashOf, type Bytes, type Json } from "./encoding.ts";
import { ascending, choice, compareText, fields, integer, items, known, malformed, matching } from "./fields.ts";

export const ROLES = ["contact", "deputy", "coordinator", "analyst", "observer", "auditor"] as const;
export const HUB_ROLES = ["account", "administrator", "auditor_hub", "coordinator_hub"] as const;

export type Role = (typeof ROLES)[number];
export type HubRole = (typeof HUB_ROLES)[number];

export const ACTION = /^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*$/;
export const COMPARTMENT = /^[a-z][a-z0-9-]{0,31}$/;

/** Which role may do what, in which compartments. `hash` names it. */
export class Matrix {
  readonly hash: string;
  readonly edition: number;
  /** By "action role"; null: every compartment. */
  readonly #grants: ReadonlyMap<string, ReadonlySet<string> | null>;

  constructor(hash: string, edition: number, grants: ReadonlyMap<string, ReadonlySet<string> | null>) {
    this.hash = hash;
    this.edition = edition;
    this.#grants = grants;
  }

  /** Whether `role` may do `action` in `compartment` (null: in any at all). */
  allows(action: string, role: Role | HubRole, compartment: string | null = null): boolean {
    const granted = this.#grants.get(`${action} ${role}`);
    if (granted === undefined) return false;
    return compartment === null || granted === null || granted.has(compartment);
  }
}

/** Raises malformed unless rows are sorted, known in role, and none is there twice. */
export async function readMatrix(value: Json | undefined): Promise<Matrix> {
  const written = fields(value, ["v", "edition", "grants"]);
  known(written["v"]);
  const grants = new Map<string, ReadonlySet<string> | null>();
  let before: readonly [string, string] | null = null;
  for (const row of items(written["grants"], 1000)) {
    const [actionField, roleField, compartments] = items(row, 3, 3);
    const action = matching(actionField, ACTION);
    const role = choice(roleField, [...ROLES, ...HUB_ROLES]);
    if (before !== null && (compareText(before[0], action) || compareText(before[1], role)) >= 0) {
      throw malformed("Grants are not sorted, or one is there twice.");
    }
    before = [action, role];
    const granted = items(compartments, 64, 1);
    const everywhere = granted.length === 1 && granted[0] === "*";
    grants.set(`${action} ${role}`, everywhere ? null : new Set(readCompartments(granted)));
  }
  return new Matrix(b64(await rolesHash(written)), integer(written["edition"], 1), grants);
}

/** The hash of the written form. */
export async function rolesHash(matrix: Json): Promise<Bytes> {
  return hashOf("roles", matrix);
}

/** Compartment names, sorted, none twice. */
export function readCompartments(value: Json | undefined, low = 1): readonly string[] {
  return ascending(items(value, 64, low).map((name) => matching(name, COMPARTMENT)));
}
