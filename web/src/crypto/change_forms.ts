/**
 * What an entry of an operation changes, by its name, as it is read and written (docs/spec/09-membership.md).
 *
 * Only the form is judged here; `membership_rules` and `membership_changes` judge whether a change may stand.
 */

import { COMPARTMENT, COUNTRY, readCompartments, ROLES, type Role } from "./acts.ts";
import { compareIds, type Json, type JsonObject } from "./encoding.ts";
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
  malformed,
  matching,
  text,
  unknownVersion,
} from "./fields.ts";

export const PHASES = ["planned", "preparation", "active", "reporting"] as const;
/** How far an operation has come; it is closed by `operation.close` alone. */
export const STAGES = [...PHASES, "closed"] as const;
export const CHANNEL_TYPES = ["all", "coordination", "regional", "bilateral", "case", "announcement"] as const;
export const SCOPES = ["all", "countries", "organisations", "accounts", "roles"] as const;
export const HISTORIES = ["all", "from-join"] as const;

export type Phase = (typeof PHASES)[number];
export type Stage = (typeof STAGES)[number];
export type ChannelType = (typeof CHANNEL_TYPES)[number];
export type Scope = (typeof SCOPES)[number];
export type History = (typeof HISTORIES)[number];

export const OPERATION_CODE = /^[A-Z][A-Z0-9]{1,7}$/;
export const TEMPLATE = /^[a-z][a-z0-9-]{0,63}$/;

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
  | { readonly change: "wrap.bad"; readonly channel: string; readonly epoch: number }
  /** A member who got new keys: the same person, whose new identity key a coordinator has compared. */
  | {
      readonly change: "member.restore";
      readonly account: string;
      readonly aik: string;
      readonly role: Role;
      readonly compartments: readonly string[];
    }
  /** The author, whom directory entry `actSeq` appointed, takes over an operation that nobody coordinates. */
  | { readonly change: "coordinator.take"; readonly actSeq: number }
  /** Handling rules, which every member is asked to accept; their text travels beside the entry. */
  | { readonly change: "rules.set"; readonly version: number; readonly hash: string }
  | { readonly change: "rules.accept"; readonly version: number }
  | { readonly change: "retention.set"; readonly until: number }
  /** While a hold is on, nothing is destroyed. */
  | { readonly change: "hold.set"; readonly on: boolean; readonly reason: string }
  /** From here on the operation is only read. */
  | { readonly change: "operation.close" }
  | { readonly change: "operation.destroy"; readonly at: number }
  /** The operation is kept after all. */
  | { readonly change: "destroy.cancel" }
  | { readonly change: "version.raise"; readonly version: number };

export type ChangeOf<Name extends Change["change"]> = Extract<Change, { readonly change: Name }>;

/** The written form of a change. */
export function changeForm(change: Change): JsonObject {
  if (change.change === "grants") {
    const { wrapsHash, ...rest } = change;
    return { ...rest, wraps_hash: wrapsHash };
  }
  if (change.change === "coordinator.take") return { change: change.change, act_seq: change.actSeq };
  if (change.change === "channel.open") return { ...change, audience: audienceForm(change.audience) };
  return { ...change };
}

/** The written form of an audience, sorted (ids by their raw bytes). */
export function audienceForm({ scope, of }: Audience): JsonObject {
  const byText = scope === "countries" || scope === "roles";
  return { scope, of: [...of].sort(byText ? compareText : compareIds) };
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
  "member.restore": "account aik role compartments",
  "coordinator.take": "act_seq",
  "rules.set": "version hash",
  "rules.accept": "version",
  "retention.set": "until",
  "hold.set": "on reason",
  "operation.close": "",
  "operation.destroy": "at",
  "destroy.cancel": "",
  "version.raise": "version",
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
  fields(value, `change ${CHANGE_FIELDS[change]}`.trim().split(" "));
  switch (change) {
    case "operation.open":
      return readOpening(value);
    case "phase.set":
      return { change, phase: choice(value["phase"], PHASES) };
    case "member.admit":
    case "member.restore":
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
    case "coordinator.take":
      return { change, actSeq: integer(value["act_seq"], 1) };
    case "rules.set":
      return { change, version: integer(value["version"], 1), hash: id32(value["hash"]) };
    case "rules.accept":
      return { change, version: integer(value["version"], 1) };
    case "retention.set":
      return { change, until: integer(value["until"]) };
    case "hold.set":
      return { change, on: flag(value["on"]), reason: text(value["reason"], 500) };
    case "operation.close":
    case "destroy.cancel":
      return { change };
    case "operation.destroy":
      return { change, at: integer(value["at"]) };
    case "version.raise":
      return { change, version: integer(value["version"], 2) };
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
