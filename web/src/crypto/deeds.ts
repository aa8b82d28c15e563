/**
 * What an act does, by its type, as it is read (docs/spec/08-directory.md).
 *
 * Only the form is judged here; `directory_rules` judges whether a deed may stand.
 */

import { unb64, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import {
  ascending,
  ascendingIds,
  choice,
  fields,
  id16,
  id32,
  integer,
  items,
  malformed,
  matching,
  octets,
  text,
} from "./fields.ts";
import { PUBLIC_SIZE } from "./keys.ts";
import { readMatrix, type Matrix } from "./matrix.ts";

export const LEVELS = ["A1", "A2"] as const;
export const MAY = ["administer", "audit", "coordinate"] as const;
const MOST_ADMINISTRATORS = 32;

export type Level = (typeof LEVELS)[number];
export type May = (typeof MAY)[number];

export const COUNTRY = /^[A-Z]{2}$/;
export const CODE = /^[A-Z0-9][A-Z0-9-]{1,31}$/;

export interface Administrator {
  readonly id: string;
  readonly key: string;
  readonly name: string;
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
  | { readonly type: "key.rotate"; readonly account: string; readonly aek: Bytes; readonly generation: number }
  /** Another name; the country never changes. */
  | {
      readonly type: "organisation.change";
      readonly organisation: string;
      readonly name: string;
      readonly short: string;
    }
  /** The same person with new keys: whatever was bound to the old identity key ends here. */
  | {
      readonly type: "account.rekey";
      readonly account: string;
      readonly aik: string;
      readonly aek: Bytes;
      readonly invitation: string;
    }
  /** Who administers from here on. `edition` counts the sets, the genesis' being 1. */
  | {
      readonly type: "administrators.set";
      readonly edition: number;
      readonly administrators: readonly Administrator[];
      readonly threshold: number;
    }
  /** Who may take over an operation that has no valid coordinator left. */
  | { readonly type: "operation.appoint"; readonly operation: string; readonly account: string }
  | { readonly type: "version.raise"; readonly version: number }
  | { readonly type: "suite.raise"; readonly suite: number };

/** Two or more, by id, each with a key of their own. */
export function readAdministrators(value: Json | undefined): readonly Administrator[] {
  const administrators = items(value, MOST_ADMINISTRATORS, 2).map(readAdministrator);
  ascendingIds(administrators.map((one) => one.id));
  if (new Set(administrators.map((one) => one.key)).size !== administrators.length) {
    throw malformed("Two administrators have one key.");
  }
  return administrators;
}

/** How many of `count` administrators must sign together: one lost key never blocks the others. */
export function readThreshold(value: Json | undefined, count: number): number {
  return integer(value, 1, count - 1);
}

function readAdministrator(value: Json): Administrator {
  const { id, key, name } = fields(value, ["id", "key", "name"]);
  return { id: id16(id), key: id32(key), name: text(name, 120) };
}

/** Each deed's own fields. */
export const DEED_FIELDS: Readonly<Record<Deed["type"], string>> = {
  "roles.adopt": "roles",
  "organisation.add": "organisation name country short",
  "account.certify": "account organisation name code aik aek generation level may invitation",
  "account.suspend": "account reason",
  "account.restore": "account",
  "device.add": "account device key label",
  "device.revoke": "account device reason",
  "key.rotate": "account aek generation",
  "organisation.change": "organisation name short",
  "account.rekey": "account aik aek invitation",
  "administrators.set": "edition administrators threshold",
  "operation.appoint": "operation account",
  "version.raise": "version",
  "suite.raise": "suite",
};

export function isKnown(type: string): type is Deed["type"] {
  return Object.hasOwn(DEED_FIELDS, type);
}

/** The deed of an act whose fields are there. */
export async function readDeed(type: Deed["type"], value: JsonObject): Promise<Deed> {
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
  if (type === "organisation.change") {
    return {
      type,
      organisation: id16(value["organisation"]),
      name: text(value["name"], 120),
      short: text(value["short"], 32),
    };
  }
  if (type === "administrators.set") {
    const administrators = readAdministrators(value["administrators"]);
    const edition = integer(value["edition"], 2);
    return { type, edition, administrators, threshold: readThreshold(value["threshold"], administrators.length) };
  }
  if (type === "version.raise") return { type, version: integer(value["version"], 2) };
  if (type === "suite.raise") return { type, suite: integer(value["suite"], 2) };
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
    case "account.rekey":
      return {
        type,
        account,
        aik: id32(value["aik"]),
        aek: unb64(octets(value["aek"], PUBLIC_SIZE)),
        invitation: id16(value["invitation"]),
      };
    case "operation.appoint":
      return { type, operation: id32(value["operation"]), account };
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
