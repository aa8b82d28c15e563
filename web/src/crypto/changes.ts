/**
 * Entries of an operation's chain and the changes they hold, as they are read and written (docs/spec/09-membership.md).
 *
 * Only their form is judged here; `membership` judges whether an entry may stand.
 */

import { COMPARTMENT, COUNTRY, readCompartments, ROLES, type Role } from "./acts.ts";
import { canon, compareIds, parse, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import { readRecord, recordForm, type EpochRecord } from "./epochs.ts";
import {
  ascending,
  ascendingIds,
  choice,
  compareText,
  fields,
  id16,
  id32,
  integer,
  isObject,
  items,
  known,
  malformed,
  matching,
  orNull,
  text,
  unknownVersion,
} from "./fields.ts";

export const PHASES = ["planned", "preparation", "active", "reporting"] as const;
export const CHANNEL_TYPES = ["all", "coordination", "regional", "bilateral", "case", "announcement"] as const;
export const SCOPES = ["all", "countries", "organisations", "accounts", "roles"] as const;
export const HISTORIES = ["all", "from-join"] as const;

export type Phase = (typeof PHASES)[number];
export type ChannelType = (typeof CHANNEL_TYPES)[number];
export type Scope = (typeof SCOPES)[number];
export type History = (typeof HISTORIES)[number];

export const OPERATION_CODE = /^[A-Z][A-Z0-9]{1,7}$/;
export const TEMPLATE = /^[a-z][a-z0-9-]{0,63}$/;

export interface Author {
  readonly account: string;
  readonly device: string;
}

/** Whom a channel is for: countries, organisations, accounts or roles, sorted. */
export interface Audience {
  readonly scope: Scope;
  readonly of: readonly string[];
}

export type Change =
  | {
      readonly change: "operation.open";
      readonly code: string;
      readonly name: string;
      readonly roles: string;
      readonly compartments: readonly string[];
      readonly own: readonly string[];
    }
  | { readonly change: "phase.set"; readonly phase: Phase }
  | {
      readonly change: "member.admit";
      readonly account: string;
      readonly aik: string;
      readonly role: Role;
      readonly compartments: readonly string[];
    }
  | {
      readonly change: "member.change";
      readonly account: string;
      readonly role: Role;
      readonly compartments: readonly string[];
    }
  | { readonly change: "member.remove"; readonly account: string }
  | {
      readonly change: "channel.open";
      readonly channel: string;
      readonly type: ChannelType;
      readonly compartment: string;
      readonly audience: Audience;
      readonly history: History;
    }
  | { readonly change: "channel.close"; readonly channel: string }
  | { readonly change: "template.adopt"; readonly template: string; readonly version: number; readonly hash: string }
  /** Wraps of the current epoch for readers who came after it was made; they travel beside the entry. */
  | {
      readonly change: "grants";
      readonly channel: string;
      readonly epoch: number;
      readonly wrapsHash: string;
      readonly to: readonly string[];
    }
  | { readonly change: "matrix.take"; readonly hash: string }
  /** A reader reports that the epoch does not open: it is stale from here on. */
  | { readonly change: "wrap.bad"; readonly channel: string; readonly epoch: number };

export type ChangeOf<Name extends Change["change"]> = Extract<Change, { readonly change: Name }>;

/** One atomic commit to an operation. */
export interface Entry {
  readonly hub: string;
  /** Null exactly at seq 0: the operation's id is this entry's. */
  readonly operation: string | null;
  readonly seq: number;
  readonly prev: string | null;
  readonly directorySize: number;
  readonly directoryHead: string;
  readonly by: readonly Author[];
  readonly at: number;
  readonly changes: readonly Change[];
  readonly epochs: readonly EpochRecord[];
}

/** An entry ready for signing by each device of `by` in order. Raises what `readEntry` raises. */
export function entryBody(entry: Entry): Bytes {
  const ranked = [...entry.by].sort((a, b) => compareIds(a.account, b.account));
  const body = canon({
    v: 1,
    hub: entry.hub,
    operation: entry.operation,
    seq: entry.seq,
    prev: entry.prev,
    directory: { size: entry.directorySize, head: entry.directoryHead },
    by: ranked.map(({ account, device }) => ({ account, device })),
    at: entry.at,
    changes: entry.changes.map(changeForm),
    epochs: entry.epochs.map(recordForm),
  });
  readEntry(body);
  return body;
}

/** The written form of a change. */
export function changeForm(change: Change): JsonObject {
  if (change.change === "grants") {
    const { wrapsHash, ...rest } = change;
    return { ...rest, wraps_hash: wrapsHash };
  }
  if (change.change === "channel.open") return { ...change, audience: audienceForm(change.audience) };
  return { ...change };
}

/** The written form of an audience, sorted (ids by their raw bytes). */
export function audienceForm({ scope, of }: Audience): JsonObject {
  const byText = scope === "countries" || scope === "roles";
  return { scope, of: [...of].sort(byText ? compareText : compareIds) };
}

const ENTRY_FIELDS = "v hub operation seq prev directory by at changes epochs".split(" ");

/** Raises not-canonical, too-large, malformed, or unknown-version for a change that this client does not know. */
export function readEntry(body: Uint8Array): Entry {
  const value = parse(body);
  if (!isObject(value) || !Object.hasOwn(value, "v")) throw malformed("This is no entry.");
  known(value["v"]);
  fields(value, ENTRY_FIELDS);
  const seq = integer(value["seq"]);
  const directory = fields(value["directory"], ["size", "head"]);
  if ((value["operation"] === null) !== (seq === 0) || (value["prev"] === null) !== (seq === 0)) {
    throw malformed("Operation and prev are null exactly in the first entry.");
  }
  const by = items(value["by"], 2, 1).map(readAuthor);
  ascendingIds(by.map((author) => author.account));
  const epochs = items(value["epochs"], 64).map(readRecord);
  if (new Set(epochs.map((record) => record.channel)).size !== epochs.length) {
    throw malformed("There are two epochs for one channel.");
  }
  const changes = items(value["changes"], 256).map(readChange);
  if (changes.length === 0 && epochs.length === 0) throw malformed("This entry does nothing.");
  return {
    hub: id32(value["hub"]),
    operation: orNull(value["operation"], id32),
    seq,
    prev: orNull(value["prev"], id32),
    directorySize: integer(directory["size"], 1),
    directoryHead: id32(directory["head"]),
    by,
    at: integer(value["at"]),
    changes,
    epochs,
  };
}

const CHANGE_FIELDS: Readonly<Record<Change["change"], string>> = {
  "operation.open": "code name roles compartments own",
  "phase.set": "phase",
  "member.admit": "account aik role compartments",
  "member.change": "account role compartments",
  "member.remove": "account",
  "channel.open": "channel type compartment audience history",
  "channel.close": "channel",
  "template.adopt": "template version hash",
  grants: "channel epoch wraps_hash to",
  "matrix.take": "hash",
  "wrap.bad": "channel epoch",
};

function isKnown(name: string): name is Change["change"] {
  return Object.hasOwn(CHANGE_FIELDS, name);
}

/** Raises malformed, or unknown-version for a change that this client does not know. */
export function readChange(value: Json | undefined): Change {
  if (!isObject(value) || !Object.hasOwn(value, "change")) throw malformed("This is no change.");
  const change = value["change"];
  if (typeof change !== "string") throw malformed("A change's name is text.");
  if (!isKnown(change)) throw unknownVersion("This is a change that this version does not know");
  fields(value, ["change", ...CHANGE_FIELDS[change].split(" ")]);
  switch (change) {
    case "operation.open":
      return readOpening(value);
    case "phase.set":
      return { change, phase: choice(value["phase"], PHASES) };
    case "member.admit":
      return {
        change,
        account: id16(value["account"]),
        aik: id32(value["aik"]),
        role: choice(value["role"], ROLES),
        compartments: readCompartments(value["compartments"], 0),
      };
    case "member.change":
      return {
        change,
        account: id16(value["account"]),
        role: choice(value["role"], ROLES),
        compartments: readCompartments(value["compartments"], 0),
      };
    case "member.remove":
      return { change, account: id16(value["account"]) };
    case "channel.open":
      return {
        change,
        channel: id16(value["channel"]),
        type: choice(value["type"], CHANNEL_TYPES),
        compartment: matching(value["compartment"], COMPARTMENT),
        audience: readAudience(value["audience"]),
        history: choice(value["history"], HISTORIES),
      };
    case "channel.close":
      return { change, channel: id16(value["channel"]) };
    case "template.adopt":
      return {
        change,
        template: matching(value["template"], TEMPLATE),
        version: integer(value["version"], 1),
        hash: id32(value["hash"]),
      };
    case "grants":
      return {
        change,
        channel: id16(value["channel"]),
        epoch: integer(value["epoch"], 1),
        wrapsHash: id32(value["wraps_hash"]),
        to: ascendingIds(items(value["to"], 1500, 1).map(id16)),
      };
    case "matrix.take":
      return { change, hash: id32(value["hash"]) };
    case "wrap.bad":
      return { change, channel: id16(value["channel"]), epoch: integer(value["epoch"], 1) };
  }
}

function readOpening(value: JsonObject): ChangeOf<"operation.open"> {
  const compartments = readCompartments(value["compartments"]);
  const own = readCompartments(value["own"], 0);
  if (!own.every((name) => compartments.includes(name))) {
    throw malformed("The opener is cleared for what the operation does not have.");
  }
  return {
    change: "operation.open",
    code: matching(value["code"], OPERATION_CODE),
    name: text(value["name"], 120),
    roles: id32(value["roles"]),
    compartments,
    own,
  };
}

function readAudience(value: Json | undefined): Audience {
  const written = fields(value, ["scope", "of"]);
  const scope = choice(written["scope"], SCOPES);
  const of = items(written["of"], 500);
  if ((scope === "all") !== (of.length === 0)) throw malformed("This audience is nobody, or all and some.");
  if (scope === "countries") return { scope, of: ascending(of.map((code) => matching(code, COUNTRY))) };
  if (scope === "roles") return { scope, of: ascending(of.map((role) => choice(role, ROLES))) };
  return { scope, of: ascendingIds(of.map(id16)) };
}

function readAuthor(value: Json): Author {
  const { account, device } = fields(value, ["account", "device"]);
  return { account: id16(account), device: id16(device) };
}
