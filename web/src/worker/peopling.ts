/**
 * What a page may ask about people: the directory with its contact cards, one person, the coverage board, one's own card, leaving
 * (docs/spec/19-cards.md). All of it goes through one request of the desk (`people`); the part that answers is fetched when somebody asks.
 */
import type { Contact } from "../crypto/card.ts";
import type { Days, Reason } from "../domain/coverage.ts";
import type { B64 } from "./protocol.ts";

/** Why a card is not shown: a refusal's code, or withheld where the hub keeps back one that this person has seen. */
export type CardFault = string;

/** Somebody as certified, and what their card says; nothing of a card that doesn't hold. */
export interface PersonRow {
  readonly account: B64;
  readonly name: string;
  readonly country: string;
  readonly organisation: B64;
  readonly organisationName: string;
  readonly short: string;
  readonly level: "A1" | "A2";
  readonly may: readonly string[];
  readonly suspended: boolean;
  readonly mine: boolean;
  readonly contact: Contact | null;
  readonly fault: CardFault | null;
  readonly deputy: string | null;
  /** Who stands in now, and until when. */
  readonly standIn: { readonly name: string; readonly until: number } | null;
}

/** One thing that the directory's signed entries say about a person: when the hub took it, and who signed it. */
export interface HistoryEvent {
  readonly at: number;
  readonly seq: number;
  readonly what: "certified" | "certified-again" | "key-rotated" | "rekeyed" | "device-added" | "device-revoked" | "suspended" | "restored";
  /** A level for a certification, a device's label for a device. */
  readonly detail: string | null;
  /** The names of the administrators who signed; empty where the person did. */
  readonly by: readonly string[];
}

export interface PersonDetail extends PersonRow {
  readonly code: string;
  readonly devices: readonly { readonly label: string; readonly addedAt: number; readonly revokedAt: number | null }[];
  readonly history: readonly HistoryEvent[];
  readonly safetyNumber: string;
  readonly common: readonly { readonly operation: B64; readonly name: string; readonly role: string }[];
}

export interface CoveredPerson {
  readonly account: B64;
  readonly name: string;
  readonly reasons: readonly Reason[];
  /** The midnight of the last day on which the hub saw them. */
  readonly day: number | null;
  readonly confirmedAt: number | null;
  readonly standIn: { readonly name: string; readonly until: number } | null;
}

export interface CoverageView {
  readonly days: Days;
  readonly countries: readonly { readonly country: string; readonly live: boolean; readonly deputy: boolean; readonly people: readonly CoveredPerson[] }[];
}

export interface OwnCard {
  readonly contact: Contact | null;
  readonly fault: CardFault | null;
  /** Who may stand in: members of one's operations. */
  readonly deputies: readonly { readonly account: B64; readonly name: string; readonly country: string }[];
}

export type Reminder =
  | { readonly is: "no-card" }
  | { readonly is: "card-fault"; readonly fault: CardFault }
  | { readonly is: "unconfirmed"; readonly since: number }
  | { readonly is: "away"; readonly name: string; readonly until: number }
  | { readonly is: "standing-in"; readonly name: string; readonly until: number }
  | { readonly is: "returned"; readonly before: number; readonly blocked: number }
  | { readonly is: "sleeping"; readonly name: string; readonly day: number | null; readonly blocked: number }
  | { readonly is: "silent"; readonly operation: B64; readonly countries: number; readonly dormant: number };

/** Who is away now: for the list of readers and the matrix of a notice. */
export interface StandIn {
  readonly account: B64;
  readonly country: string;
  readonly name: string;
  readonly deputy: string;
  readonly until: number;
}

export interface LeavingView {
  readonly code: string;
  readonly hasCard: boolean;
  readonly operations: readonly string[];
  readonly devices: readonly string[];
  /** Operations that would be left without a coordinator: then nobody leaves. */
  readonly lastCoordinatorOf: readonly string[];
}

export interface Peopling {
  readonly directory: { ask: Record<string, never>; answer: readonly PersonRow[] };
  readonly person: { ask: { account: B64 }; answer: PersonDetail };
  readonly coverage: { ask: { operation: B64 | null }; answer: CoverageView };
  readonly own: { ask: Record<string, never>; answer: OwnCard };
  /** Signs it and hands it in; null takes the card back. `confirmed_at` is the moment of signing. */
  readonly put: { ask: { contact: Contact | null }; answer: null };
  readonly reminders: { ask: Record<string, never>; answer: readonly Reminder[] };
  readonly standIns: { ask: Record<string, never>; answer: readonly StandIn[] };
  readonly leaving: { ask: Record<string, never>; answer: LeavingView };
  /** One step of the departure; null where there is none left and the session is over. Asked again after whatever stopped it, it goes on. */
  readonly leave: { ask: Record<string, never>; answer: { readonly did: "card" | "operation" | "device"; readonly which: string } | null };
}
