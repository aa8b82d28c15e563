/**
 * A person's contact card: what members and the hub may know to reach somebody on duty (docs/spec/19-cards.md).
 *
 * Only the latest counts; it is signed by a device of the account, and erased by a signed withdrawal that says nothing.
 */

import type { Directory } from "./directory.ts";
import { b64, canon, parse, statementId, unb64, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { ascending, fields, flag, id16, id32, integer, isObject, items, known, malformed, matching, orNull } from "./fields.ts";
import { verify } from "./signing.ts";

export const MOST_LANGUAGES = 8;

export const LANGUAGE = /^[a-z]{2,3}(?:-[A-Z]{2})?$/;
export const PHONE = /^\+[1-9][0-9 ]{4,24}[0-9]$/;
export const CLOCK = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
export const TIME_ZONE = /^(?=.{1,64}$)[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){0,2}$/;
export const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])$/;

const HEAD = "v hub account device n at".split(" ");
const SAID = "languages phone hours time_zone email deputy confirmed_at away".split(" ");

/** Days 1 (Monday) to 7 and two times of day in the card's time zone; until before from ends on the next day. */
export interface Hours {
  readonly days: readonly number[];
  readonly from: string;
  readonly until: string;
}

/** Duty is handed over: from `from` until `until` (ms UTC) `deputy` stands in. */
export interface Away {
  readonly from: number;
  readonly until: number;
  readonly deputy: string;
}

/** How to reach somebody. */
export interface Contact {
  /** The best first. */
  readonly languages: readonly string[];
  readonly phone: string;
  /** Null: the phone is answered around the clock. */
  readonly hours: Hours | null;
  readonly time_zone: string;
  readonly email: string | null;
  readonly deputy: string | null;
  /** When the person last said that all of it holds. */
  readonly confirmed_at: number;
  readonly away: Away | null;
}

/** One statement; `contact` is null where the person took the card back. `body` is the exact signed bytes. */
export interface Card {
  readonly body: Bytes;
  readonly hub: string;
  readonly account: string;
  readonly device: string;
  /** 1, 2, … for each account. */
  readonly n: number;
  readonly at: number;
  readonly contact: Contact | null;
}

export interface CardHead {
  readonly hub: string;
  readonly account: string;
  readonly device: string;
  readonly n: number;
  readonly at: number;
}

/** The canonical bytes of a card, or of its withdrawal (`contact` null). Raises what `readCard` raises. */
export function cardBody({ hub, account, device, n, at }: CardHead, contact: Contact | null): Bytes {
  const said: JsonObject = contact === null ? { withdrawn: true } : (contact as unknown as JsonObject);
  const body = canon({ v: 1, hub, account, device, n, at, ...said });
  readCard(body);
  return body;
}

/** Raises not-canonical, too-large, malformed or unknown-version. */
export function readCard(body: Bytes): Card {
  const value = parse(body);
  if (!isObject(value) || !Object.hasOwn(value, "v")) throw malformed("This is no card.");
  known(value["v"]);
  const withdrawn = Object.hasOwn(value, "withdrawn");
  fields(value, withdrawn ? [...HEAD, "withdrawn"] : [...HEAD, ...SAID]);
  if (withdrawn && !flag(value["withdrawn"])) throw malformed("This is a withdrawal that is none.");
  const account = id16(value["account"]);
  const at = integer(value["at"]);
  return {
    body,
    hub: id32(value["hub"]),
    account,
    device: id16(value["device"]),
    n: integer(value["n"], 1),
    at,
    contact: withdrawn ? null : readContact(value, account, at),
  };
}

/** The statement id, which the log's leaf names. */
export async function cardId(body: Uint8Array): Promise<string> {
  return b64(await statementId("card", body));
}

/**
 * Returns only if a device that is valid now signed it for its own account.
 *
 * Raises wrong-hub, not-certified, bad-signature or revoked. A card stands as long as its device does: nobody who took a
 * device that was revoked since can speak for the person. What was taken back stays so: it says nothing.
 */
export async function checkCard(card: Card, signature: Bytes, directory: Directory): Promise<void> {
  if (card.hub !== directory.hub) throw new ProtocolError("wrong-hub", "This is a card of another hub.");
  directory.account(card.account);
  const device = directory.devices.get(card.device);
  if (device === null || device.account !== card.account) {
    throw new ProtocolError("not-certified", "The account has no such device.");
  }
  await verify("device", unb64(device.key, 32), "card", card.body, signature);
  if (card.contact !== null && !directory.deviceValid(card.device, card.account)) {
    throw new ProtocolError("revoked", "The device that signed the card was revoked.");
  }
}

/** What was shown of somebody's card: its number and its id. */
export interface SeenCard {
  readonly n: number;
  readonly id: string;
}

/** Raises rolled-back for a smaller number than the one that was `seen`, forked for another card under it. */
export async function checkNotOlder(seen: SeenCard | null, card: Card): Promise<void> {
  if (seen === null) return;
  if (card.n < seen.n) throw new ProtocolError("rolled-back", "This is an older card than the one that was shown before.");
  if (card.n === seen.n && (await cardId(card.body)) !== seen.id) {
    throw new ProtocolError("forked", "These are two cards with one number.");
  }
}

/** Whether the deputy stands in at `moment` (ms UTC). */
export function covers(away: Away, moment: number): boolean {
  return away.from <= moment && moment < away.until;
}

function readContact(value: JsonObject, account: string, at: number): Contact {
  const languages = items(value["languages"], MOST_LANGUAGES, 1).map((tag) => matching(tag, LANGUAGE));
  if (new Set(languages).size !== languages.length) throw malformed("This names a language twice.");
  return {
    languages,
    phone: matching(value["phone"], PHONE),
    hours: orNull(value["hours"], readHours),
    time_zone: matching(value["time_zone"], TIME_ZONE),
    email: orNull(value["email"], (email) => matching(email, EMAIL)),
    deputy: orNull(value["deputy"], (deputy) => other(deputy, account)),
    confirmed_at: integer(value["confirmed_at"], 0, at),
    away: orNull(value["away"], (away) => readAway(away, account)),
  };
}

function readHours(value: Json | undefined): Hours {
  const hours = fields(value, ["days", "from", "until"]);
  const days = items(hours["days"], 7, 1).map((day) => integer(day, 1, 7));
  ascending(days.map(String));
  const from = matching(hours["from"], CLOCK);
  const until = matching(hours["until"], CLOCK);
  if (from === until) throw malformed("These hours end when they begin.");
  return { days, from, until };
}

function readAway(value: Json | undefined, account: string): Away {
  const away = fields(value, ["from", "until", "deputy"]);
  const from = integer(away["from"]);
  return { from, until: integer(away["until"], from + 1), deputy: other(away["deputy"], account) };
}

function other(value: Json | undefined, account: string): string {
  const id = id16(value);
  if (id === account) throw malformed("Nobody is their own deputy.");
  return id;
}
