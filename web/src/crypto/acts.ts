/**
 * The genesis and the acts as they are read and written (docs/spec/08-directory.md).
 *
 * Only their form is judged here; `directory` judges whether an act may stand.
 */

import { DEED_FIELDS, isKnown, readAdministrators, readDeed, readThreshold, type Administrator, type Deed } from "./deeds.ts";
import { canon, compareIds, parse, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import {
  ascendingIds,
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
  text,
  unknownVersion,
} from "./fields.ts";
import { readMatrix, type Matrix } from "./matrix.ts";

export { CODE, COUNTRY, LEVELS, MAY, type Administrator, type Deed, type Level, type May } from "./deeds.ts";
export {
  ACTION,
  COMPARTMENT,
  HUB_ROLES,
  Matrix,
  readCompartments,
  readMatrix,
  ROLES,
  rolesHash,
  type HubRole,
  type Role,
} from "./matrix.ts";

/** Printable ASCII without space and plus, as a log's name must be. */
export const ORIGIN = /^[!-*,-~]{1,200}$/;

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
  const administrators = readAdministrators(value["administrators"]);
  const log = fields(value["log"], ["origin", "key"]);
  return {
    name: text(value["name"], 120),
    origin: text(value["origin"], 200),
    at: integer(value["at"]),
    administrators,
    threshold: readThreshold(value["threshold"], administrators.length),
    logOrigin: matching(log["origin"], ORIGIN),
    logKey: id32(log["key"]),
    matrix: await readMatrix(value["roles"]),
    exercise: flag(value["exercise"]),
  };
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
