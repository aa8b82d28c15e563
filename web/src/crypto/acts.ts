/**
 * The genesis, the acts and the matrix as they are read and written (docs/spec/08-directory.md).
 *
 * Only their form is judged here; `directory` judges whether an act may stand.
 */

import { b64, canon, compareIds, hashOf, parse, unb64, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import {
  ascending,
  ascendingIds,
  choice,
  compareText,
  fields,
  flag,
  id16,
  id32,
  integer,
  isObject,
  items,
  known,
  malformed,
  matching,
  octets,
  text,
  unknownVersion,
} from "./fields.ts";
import { PUBLIC_SIZE } from "./keys.ts";

export const ROLES = ["contact", "deputy", "coordinator", "analyst", "observer", "auditor"] as const;
export const HUB_ROLES = ["account", "administrator", "auditor_hub", "coordinator_hub"] as const;
export const LEVELS = ["A1", "A2"] as const;
export const MAY = ["administer", "audit", "coordinate"] as const;

export type Role = (typeof ROLES)[number];
export type HubRole = (typeof HUB_ROLES)[number];
export type Level = (typeof LEVELS)[number];
export type May = (typeof MAY)[number];

export const ACTION = /^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)*$/;
export const COMPARTMENT = /^[a-z][a-z0-9-]{0,31}$/;
export const COUNTRY = /^[A-Z]{2}$/;
export const CODE = /^[A-Z0-9][A-Z0-9-]{1,31}$/;
/** Printable ASCII without space and plus, as a log's name must be. */
export const ORIGIN = /^[!-*,-~]{1,200}$/;

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

export interface Administrator {
  readonly id: string;
  readonly key: string;
  readonly name: string;
}

export interface Genesis {
  readonly name: string;
  readonly origin: string;
  readonly at: number;
  readonly administrators: readonly Administrator[];
  readonly threshold: number;
  readonly logOrigin: string;
  readonly logKey: string;
  readonly matrix: Matrix;
  readonly exercise: boolean;
}

export type Deed =
  | { readonly type: "roles.adopt"; readonly matrix: Matrix }
  | {
      readonly type: "organisation.add";
      readonly organisation: string;
      readonly name: string;
      readonly country: string;
      readonly short: string;
    }
  | {
      readonly type: "account.certify";
      readonly account: string;
      readonly organisation: string;
      readonly name: string;
      readonly code: string;
      readonly aik: string;
      readonly aek: Bytes;
      readonly generation: number;
      readonly level: Level;
      readonly may: readonly May[];
      readonly invitation: string;
    }
  | { readonly type: "account.suspend"; readonly account: string; readonly reason: string }
  | { readonly type: "account.restore"; readonly account: string }
  | {
      readonly type: "device.add";
      readonly account: string;
      readonly device: string;
      readonly key: string;
      readonly label: string;
    }
  | { readonly type: "device.revoke"; readonly account: string; readonly device: string; readonly reason: string }
  | { readonly type: "key.rotate"; readonly account: string; readonly aek: Bytes; readonly generation: number };

/** Who did what: `by` signed it, as their group's act number `n`, to be handed in before `expires`. */
export interface Act {
  readonly hub: string;
  readonly by: readonly string[];
  readonly n: number;
  readonly expires: number;
  readonly deed: Deed;
}

// ---- genesis

const GENESIS_FIELDS =
  "v suite name origin at administrators threshold log witnesses quorum roles exercise salt".split(" ");

/** The first statement of a hub; its id is the hub's. `matrix` in its written form, `salt` 16 bytes. */
export function genesisBody(parts: {
  readonly name: string;
  readonly origin: string;
  readonly at: number;
  readonly administrators: readonly Administrator[];
  readonly threshold: number;
  readonly logOrigin: string;
  readonly logKey: string;
  readonly matrix: Json;
  readonly exercise: boolean;
  readonly salt: string;
}): Bytes {
  const ranked = [...parts.administrators].sort((a, b) => compareIds(a.id, b.id));
  const body = canon({
    v: 1,
    suite: 1,
    name: parts.name,
    origin: parts.origin,
    at: parts.at,
    administrators: ranked.map(({ id, key, name }) => ({ id, key, name })),
    threshold: parts.threshold,
    log: { origin: parts.logOrigin, key: parts.logKey },
    witnesses: [],
    quorum: 0,
    roles: parts.matrix,
    exercise: parts.exercise,
    salt: parts.salt,
  });
  return body;
}

/** Raises not-canonical, malformed or unknown-version. */
export async function readGenesis(body: Uint8Array): Promise<Genesis> {
  const value = fields(parse(body), GENESIS_FIELDS);
  known(value["v"]);
  known(value["suite"]);
  known(value["quorum"], 0);
  const witnesses = value["witnesses"];
  if (!Array.isArray(witnesses) || witnesses.length > 0) throw unknownVersion("Witnesses need a newer version");
  id16(value["salt"]);
  const administrators = items(value["administrators"], 32, 2).map(readAdministrator);
  ascendingIds(administrators.map((one) => one.id));
  if (new Set(administrators.map((one) => one.key)).size !== administrators.length) {
    throw malformed("Two administrators have one key.");
  }
  const log = fields(value["log"], ["origin", "key"]);
  return {
    name: text(value["name"], 120),
    origin: text(value["origin"], 200),
    at: integer(value["at"]),
    administrators,
    threshold: integer(value["threshold"], 1, administrators.length - 1),
    logOrigin: matching(log["origin"], ORIGIN),
    logKey: id32(log["key"]),
    matrix: await readMatrix(value["roles"]),
    exercise: flag(value["exercise"]),
  };
}

function readAdministrator(value: Json): Administrator {
  const { id, key, name } = fields(value, ["id", "key", "name"]);
  return { id: id16(id), key: id32(key), name: text(name, 120) };
}

// ---- matrix

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

// ---- acts

/** An act ready for signing by each of `by` in ascending order; `parts` are the type's own fields. */
export function actBody(
  head: {
    readonly hub: string;
    readonly type: Deed["type"];
    readonly by: readonly string[];
    readonly n: number;
    readonly expires: number;
  },
  parts: JsonObject,
): Bytes {
  const { hub, type, n, expires } = head;
  return canon({ ...parts, v: 1, hub, type, by: [...head.by].sort(compareIds), n, expires });
}

const DEED_FIELDS: Readonly<Record<Deed["type"], string>> = {
  "roles.adopt": "roles",
  "organisation.add": "organisation name country short",
  "account.certify": "account organisation name code aik aek generation level may invitation",
  "account.suspend": "account reason",
  "account.restore": "account",
  "device.add": "account device key label",
  "device.revoke": "account device reason",
  "key.rotate": "account aek generation",
};

function isKnown(type: string): type is Deed["type"] {
  return Object.hasOwn(DEED_FIELDS, type);
}

/** Raises not-canonical, malformed, or unknown-version for a type that this client does not know. */
export async function readAct(body: Uint8Array): Promise<Act> {
  const value = parse(body);
  if (!isObject(value) || !Object.hasOwn(value, "v") || !Object.hasOwn(value, "type")) throw malformed("This is no act.");
  const type = value["type"];
  known(value["v"]);
  if (typeof type !== "string") throw malformed("An act's type is text.");
  if (!isKnown(type)) throw unknownVersion("This is an act that this version does not know");
  fields(value, ["v", "hub", "type", "by", "n", "expires", ...DEED_FIELDS[type].split(" ")]);
  return {
    by: ascendingIds(items(value["by"], 32, 1).map(id16)),
    hub: id32(value["hub"]),
    n: integer(value["n"], 1),
    expires: integer(value["expires"]),
    deed: await readDeed(type, value),
  };
}

async function readDeed(type: Deed["type"], value: JsonObject): Promise<Deed> {
  if (type === "roles.adopt") return { type, matrix: await readMatrix(value["roles"]) };
  if (type === "organisation.add") {
    return {
      type,
      organisation: id16(value["organisation"]),
      name: text(value["name"], 120),
      country: matching(value["country"], COUNTRY),
      short: text(value["short"], 32),
    };
  }
  const account = id16(value["account"]);
  switch (type) {
    case "account.certify":
      return {
        type,
        account,
        organisation: id16(value["organisation"]),
        name: text(value["name"], 120),
        code: matching(value["code"], CODE),
        aik: id32(value["aik"]),
        aek: unb64(octets(value["aek"], PUBLIC_SIZE)),
        generation: integer(value["generation"], 1),
        level: choice(value["level"], LEVELS),
        may: ascending(items(value["may"], MAY.length).map((word) => choice(word, MAY))),
        invitation: id16(value["invitation"]),
      };
    case "account.suspend":
      return { type, account, reason: text(value["reason"], 500) };
    case "account.restore":
      return { type, account };
    case "device.add":
      return {
        type,
        account,
        device: id16(value["device"]),
        key: id32(value["key"]),
        label: text(value["label"], 80),
      };
    case "device.revoke":
      return { type, account, device: id16(value["device"]), reason: text(value["reason"], 500) };
    case "key.rotate":
      return {
        type,
        account,
        aek: unb64(octets(value["aek"], PUBLIC_SIZE)),
        generation: integer(value["generation"], 2),
      };
  }
}
