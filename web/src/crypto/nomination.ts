/**
 * A nomination: who should become a contact point, and who stands for it (docs/spec/24-nominations.md).
 *
 * It is not sealed: the hub and every administrator read it, and the page that asks for it says so.
 */

import { COUNTRY, ROLES, type Role } from "./acts.ts";
import { LANGUAGE, MOST_LANGUAGES, PHONE, TIME_ZONE } from "./card.ts";
import type { Directory } from "./directory.ts";
import { canon, compareIds, parse, unb64, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { ascendingIds, choice, fields, id16, id32, integer, isObject, items, known, malformed, matching, orNull, text } from "./fields.ts";
import { verify } from "./signing.ts";

/** How the new person's safety number can be compared. */
export const CHECKS = ["in-person", "phone", "video"] as const;
export type Check = (typeof CHECKS)[number];

const MOST_OPERATIONS = 20;
const FIELDS = "v hub account device id at nominee organisation country role operations deputy endorsed_by check_method until".split(" ");

/** The person, as their administration names them. */
export interface Nominee {
  readonly name: string;
  readonly function: string;
  readonly duty_phone: string;
  /** The best first. */
  readonly languages: readonly string[];
  readonly time_zone: string;
}

/** What is said of the person; everything else is where and when. */
export interface Nominated {
  readonly nominee: Nominee;
  readonly organisation: string;
  readonly country: string;
  readonly role: Role;
  /** Where they are needed; nothing follows from it by itself. */
  readonly operations: readonly string[];
  readonly deputy: string | null;
  readonly endorsed_by: string;
  readonly check_method: Check;
  /** ms UTC. */
  readonly until: number;
}

export interface NominationHead {
  readonly hub: string;
  readonly account: string;
  readonly device: string;
  readonly id: string;
  readonly at: number;
}

/** One statement, signed by a device of whoever nominates. */
export type Nomination = NominationHead & Nominated;

/** The canonical bytes of a nomination. Raises what `readNomination` raises. */
export function nominationBody({ hub, account, device, id, at }: NominationHead, said: Nominated): Bytes {
  const operations = [...said.operations].sort(compareIds);
  const body = canon({ ...(said as unknown as JsonObject), v: 1, hub, account, device, id, at, operations });
  readNomination(body);
  return body;
}

/** Raises not-canonical, too-large, malformed or unknown-version. */
export function readNomination(body: Bytes): Nomination {
  const value = parse(body);
  if (!isObject(value) || !Object.hasOwn(value, "v")) throw malformed("This is no nomination.");
  known(value["v"]);
  fields(value, FIELDS);
  const at = integer(value["at"]);
  return {
    hub: id32(value["hub"]),
    account: id16(value["account"]),
    device: id16(value["device"]),
    id: id16(value["id"]),
    at,
    nominee: nominee(value["nominee"]),
    organisation: text(value["organisation"], 120),
    country: matching(value["country"], COUNTRY),
    role: choice(value["role"], ROLES),
    operations: ascendingIds(items(value["operations"], MOST_OPERATIONS).map(id32)),
    deputy: orNull(value["deputy"], (words) => text(words, 120)),
    endorsed_by: text(value["endorsed_by"], 200),
    check_method: choice(value["check_method"], CHECKS),
    until: integer(value["until"], at + 1),
  };
}

/** The nomination, if a device of the account that it names, valid in `directory`, signed exactly this. */
export async function verifyNomination(body: Bytes, signature: Bytes, directory: Directory): Promise<Nomination> {
  const nomination = readNomination(body);
  if (nomination.hub !== directory.hub) throw new ProtocolError("wrong-hub", "This is a nomination at another hub.");
  const device = directory.devices.get(nomination.device);
  if (device === null || device.account !== nomination.account) {
    throw new ProtocolError("not-certified", "The account has no such device.");
  }
  if (!directory.deviceValid(nomination.device, nomination.account)) throw new ProtocolError("revoked", "The device was revoked.");
  await verify("device", unb64(device.key), "nomination", body, signature);
  return nomination;
}

function nominee(value: Json | undefined): Nominee {
  const person = fields(value, ["name", "function", "duty_phone", "languages", "time_zone"]);
  const languages = items(person["languages"], MOST_LANGUAGES, 1).map((one) => matching(one, LANGUAGE));
  if (new Set(languages).size !== languages.length) throw malformed("A language stands there twice.");
  return {
    name: text(person["name"], 120),
    function: text(person["function"], 120),
    duty_phone: matching(person["duty_phone"], PHONE),
    languages,
    time_zone: matching(person["time_zone"], TIME_ZONE),
  };
}
