/**
 * What a page may ask the worker that holds the keys, and what the worker tells the pages
 * (architecture.md "The member's side in the browser"). A page never sees a key, a wrap or an unchecked body.
 */

import type { AcknowledgementState, CountryState, Row } from "../domain/acknowledgements.ts";
import type { NoticeBody } from "../domain/bodies.ts";
import type { Nominated } from "../crypto/nomination.ts";
import type { AdministerAsk, NominationView } from "./administering.ts";
import type { SetupAsk, SetupView } from "./setting-up.ts";
import type { ChangeLine, Governance } from "./governing.ts";
import type { ByPassphrase, ComingAsk, ComingView, OtherWay, Owning } from "./owning.ts";
import type { Peopling } from "./peopling.ts";

/** A byte string as base64url without padding: ids, statement ids. */
export type B64 = string;

/** A refusal as the page shows it: `code` names it (catalogue), `kept` says whether the typed words are safe. */
export interface Problem {
  readonly code: string;
  readonly retryAfter?: number;
}

export type Phase = "closed" | "opening" | "open" | "ended";

/** `step` tells what an opening does at the moment, for a line of progress in words. */
export interface Session {
  readonly phase: Phase;
  readonly step: "signing-in" | "opening-keys" | "checking-directory" | "opening-channels" | null;
  readonly account: B64 | null;
  readonly code: string | null;
  readonly name: string | null;
  readonly country: string | null;
  readonly deviceLabel: string | null;
  readonly expiresAt: number | null;
  readonly mayAudit: boolean;
  readonly mayAdminister: boolean;
  /** The recovery code was used: a new sheet comes before anything else. */
  readonly needsSheet: boolean;
  readonly mayCoordinate: boolean;
  /** Account codes whose second secret rests on this device, with the day it was stored. */
  readonly remembered: readonly { readonly code: string; readonly at: number }[];
}

export type Connection = "connected" | "connecting" | "polling" | "offline";

export interface ChannelView {
  readonly channel: B64;
  readonly operation: B64;
  readonly type: "all" | "coordination" | "regional" | "bilateral" | "case" | "announcement";
  readonly compartment: string;
  /** The sealed label once opened; null while it isn't. */
  readonly label: string | null;
  readonly history: "all" | "from-join";
  readonly readers: number;
  readonly countries: number;
  /** Who reads it by the rules and has no copy of its secret yet. */
  readonly pending: readonly string[];
  /** Who reported that the channel's secret does not open; null where nobody did since it was made. */
  readonly bad: string | null;
  readonly namedAudience: boolean;
  readonly maySend: readonly string[];
  readonly unread: number;
  readonly urgent: number;
  /** The sequence up to which this person has read; the "new" line stands behind it. */
  readonly readTo: number;
  readonly last: number;
}

export interface OperationView {
  readonly operation: B64;
  readonly code: string;
  readonly name: string;
  readonly phase: string;
  readonly members: number;
  readonly channels: readonly ChannelView[];
  /** Channels that exist without this person as a reader: type and compartment only. */
  readonly closedToMe: readonly ClosedChannel[];
  /** Set when an entry of the chain was invalid: read-only, with the code of what was wrong. */
  readonly frozen: string | null;
  /** Records whose forms are offered, in this order; empty: all. */
  readonly forms: readonly string[];
  /** There are handling rules that this member has not accepted: asked before they write. */
  readonly mustAccept: boolean;
}

/** `cleared` is false where the compartment is what keeps this person out, true where the channel is for others. */
export interface ClosedChannel {
  readonly channel: B64;
  readonly type: string;
  readonly compartment: string;
  readonly readers: number;
  readonly cleared: boolean;
}

/** A member as the directory certifies them and the operation's signed entries admit them. */
export interface MemberView {
  readonly account: B64;
  readonly name: string;
  readonly country: string;
  readonly organisation: string;
  readonly organisationId: B64;
  readonly role: string;
  readonly compartments: readonly string[];
  readonly level: "A1" | "A2";
  readonly mine: boolean;
  /** Whether this person may change this member's role and clearance. */
  readonly mayChange: boolean;
  readonly mayRemove: boolean;
  /** What keeps this member from reading anything, whatever they are cleared for. */
  readonly held: "old-key" | "suspended" | "awaiting-key" | null;
}

export interface MembersView {
  readonly mayAdmit: boolean;
  /** All compartments of the operation. */
  readonly compartments: readonly string[];
  readonly members: readonly MemberView[];
}

/** A channel that a change opens to somebody or closes. `label` is null where this person does not read it: then another reader must act. */
export interface ClearanceChannel {
  readonly channel: B64;
  readonly label: string | null;
  readonly type: string;
  readonly compartment: string;
  readonly history: "all" | "from-join";
  readonly readHere: boolean;
}

export interface Author {
  readonly account: B64;
  readonly name: string;
  readonly country: string;
  readonly organisation: string;
  readonly device: string;
  readonly level: "A1" | "A2";
}

/** What the panel says in words about one item's signature. `checkedAt` is when this browser checked it. */
export interface Signature {
  readonly at: number;
  readonly receivedAt: number;
  readonly checkedAt: number;
  readonly leaf: number;
  readonly id: B64;
}

export interface AlertBody {
  readonly template: string;
  readonly template_version: number;
  readonly form: string;
  readonly language: string;
  readonly tlp: string;
  readonly fields: readonly (readonly [string, unknown])[];
}

/** A notice as it is sealed: what noticeBody of the domain makes. */
export type SealedNotice = Readonly<Record<string, unknown>> & { readonly notice: unknown };

export interface PostBody {
  readonly text: string;
  readonly language: string;
}

/** A notice and where the countries stand: `own` is the reader's own country, null where it is not asked and has not answered. */
export interface NoticeItem {
  readonly is: "notice";
  readonly id: B64;
  readonly operation: B64;
  readonly channel: B64;
  readonly seq: number;
  readonly reference: string;
  readonly author: Author;
  readonly signature: Signature;
  readonly urgent: boolean;
  readonly ref: null;
  readonly mine: boolean;
  readonly replies: number;
  readonly number: number;
  readonly due: number | null;
  readonly toAll: boolean;
  readonly asked: readonly string[];
  readonly acknowledged: number;
  readonly opened: number;
  readonly mayAnswer: boolean;
  readonly own: { readonly state: CountryState; readonly at: number | null; readonly late: boolean } | null;
  readonly body: NoticeBody;
}

/** `by` is the certified name of who answered for the country, `organisation` the one that reads for it. */
export interface CountryRow extends Row {
  readonly organisation: string | null;
  readonly by: string | null;
}

export interface NoticeView extends NoticeItem {
  readonly rows: readonly CountryRow[];
}

/** What is asked of this person's country and not answered yet. */
export interface Tasks {
  readonly acknowledge: readonly NoticeItem[];
  readonly questions: readonly Item[];
}

/** One line of a channel. A fault never shows a body, an author's claim or a time as true. */
export type Item =
  | NoticeItem
  | {
      readonly is: "alert" | "post";
      readonly id: B64;
      readonly channel: B64;
      readonly seq: number;
      readonly reference: string;
      readonly author: Author;
      readonly signature: Signature;
      readonly urgent: boolean;
      readonly ref: B64 | null;
      /** Countries asked, and by when: what the clear header says. */
      readonly to: readonly string[];
      readonly due: number | null;
      readonly mine: boolean;
      readonly replies: number;
      readonly body: AlertBody | PostBody;
    }
  | {
      readonly is: "fault";
      readonly id: B64;
      readonly channel: B64;
      readonly seq: number;
      readonly code: string;
      /** The one thing to do: ask again, tell a coordinator, update, wait. */
      readonly action: "again" | "tell" | "update" | "wait";
      readonly receivedAt: number;
    }
  | {
      readonly is: "system";
      readonly id: B64;
      readonly channel: B64;
      readonly seq: number;
      readonly at: number;
      readonly what: ChangeLine["what"];
      readonly by: string;
      readonly whom: string | null;
      /** Whether it is about the channel in which it stands. */
      readonly isHere: boolean;
      readonly detail: readonly string[];
    };

export interface Reader {
  readonly account: B64;
  readonly name: string;
  readonly country: string;
  readonly role: string;
  readonly pending: boolean;
}

export interface Draft {
  /** The client-made id (16 bytes) of the future envelope: its reference is known from the start. */
  readonly id: B64;
  readonly operation: B64;
  readonly channel: B64;
  readonly kind: "alert" | "post" | "notice";
  readonly ref: B64 | null;
  readonly template: string | null;
  readonly form: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  readonly changedAt: number;
}

export type OutboxState = "waiting" | "sending" | "sent" | "refused";

export interface OutboxEntry {
  readonly id: B64;
  readonly operation: B64;
  readonly channel: B64;
  readonly kind: "alert" | "post" | "notice" | "acknowledgement" | "seen";
  readonly ref: B64 | null;
  /** Of an acknowledgement: what it says. */
  readonly answer: AcknowledgementState | null;
  readonly reference: string;
  readonly state: OutboxState;
  /** The hub's checked receipt time; only then is something "Sent". */
  readonly sentAt: number | null;
  readonly problem: Problem | null;
}

/** A file for the person's downloads; `hub` is what whoever verifies it must know from elsewhere. */
export interface Evidence {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hub: B64;
}

/** Requests, each with its answer. Every request has a time limit on the page's side. */
export interface Requests {
  readonly session: { ask: Record<string, never>; answer: Session };
  readonly unlock: { ask: ByPassphrase | OtherWay; answer: Session };
  /** What comes before `unlock` in another way than with the passphrase. */
  readonly coming: { ask: ComingAsk; answer: ComingView };
  readonly lock: { ask: Record<string, never>; answer: Session };
  /** `stay`: not only a fresh token, but a later end of the session. */
  readonly renew: { ask: { stay?: true }; answer: Session };
  readonly signOut: { ask: Record<string, never>; answer: Session };
  readonly connection: { ask: Record<string, never>; answer: Connection };
  readonly operations: { ask: Record<string, never>; answer: readonly OperationView[] };
  /** Ascending by seq; the newest `limit` before `before` (null: the end). */
  readonly items: { ask: { channel: B64; before: number | null; limit: number }; answer: { readonly items: readonly Item[]; readonly more: boolean } };
  /** An alert or post with its thread; checks the signature anew. */
  readonly item: { ask: { channel: B64; id: B64 }; answer: { readonly item: Item; readonly thread: readonly Item[] } };
  readonly readers: { ask: { channel: B64 }; answer: readonly Reader[] };
  /** A file that proves one item to whoever has no account here, verified before it is answered; for an acknowledgement too. */
  readonly evidence: { ask: { channel: B64; id: B64 }; answer: Evidence };
  readonly newDraft: { ask: { operation: B64; channel: B64; kind: Draft["kind"]; ref: B64 | null; template: string | null; form: string | null }; answer: { readonly draft: Draft; readonly reference: string } };
  readonly drafts: { ask: Record<string, never>; answer: readonly Draft[] };
  /** Answers when the draft rests sealed on this device; `onHub` when it is sealed on the hub too, where it isn't asked to stay here. */
  readonly putDraft: { ask: { draft: Draft; deviceOnly?: true }; answer: { readonly savedAt: number; readonly onHub: boolean } };
  readonly dropDraft: { ask: { id: B64 }; answer: null };
  /** Puts the draft into the outbox (durable on this device) and begins to send; `to`, `due`, `ref` stand in the clear header. */
  readonly send: { ask: { draft: B64; body: AlertBody | PostBody | SealedNotice; urgent: boolean; to?: readonly string[]; due?: number; ref?: B64 }; answer: OutboxEntry };
  readonly outbox: { ask: Record<string, never>; answer: readonly OutboxEntry[] };
  readonly sendAgain: { ask: { id: B64 }; answer: OutboxEntry };
  /** A refused entry becomes a draft again. */
  readonly backToDraft: { ask: { id: B64 }; answer: Draft };
  /** The notices of an operation, the newest first, with every country's row. */
  readonly notices: { ask: { operation: B64 }; answer: readonly NoticeView[] };
  /** Puts the answer of this person's country into the outbox. */
  readonly acknowledge: { ask: { channel: B64; id: B64; state: AcknowledgementState }; answer: OutboxEntry };
  /** A notice was open for two seconds: its author learns that, once. */
  readonly openedNotice: { ask: { channel: B64; id: B64 }; answer: null };
  readonly tasks: { ask: Record<string, never>; answer: Tasks };
  /** Takes an answer that was refused out of the outbox. */
  readonly dropAnswer: { ask: { id: B64 }; answer: null };
  /** Everything about the running of an operation (governing.ts); `with` and the answer are those of Governance[what]. */
  readonly govern: { ask: { what: keyof Governance; with: unknown }; answer: unknown };
  /** Everything about people and their contact cards (peopling.ts); `with` and the answer are those of Peopling[what]. */
  readonly people: { ask: { what: keyof Peopling; with: unknown }; answer: unknown };
  /** Everything about this person's own account (owning.ts); `with` and the answer are those of Owning[what]. */
  readonly own: { ask: { what: keyof Owning; with: unknown }; answer: unknown };
  /** The log against what all devices of this person saw; it is pinned in the vault from then on. Entries, before: null at first. */
  readonly checkLog: { ask: Record<string, never>; answer: { readonly size: number; readonly before: number | null } };
  /** The person looks at this page: what they read elsewhere meanwhile is asked for. */
  readonly look: { ask: Record<string, never>; answer: null };
  /** A new person's keys, step by step; the only requests that need no open keys. */
  readonly setUp: { ask: SetupAsk; answer: SetupView };
  /** Everything of the administrators' page (administering.ts). */
  readonly administer: { ask: AdministerAsk; answer: unknown };
  readonly nominate: { ask: Nominated; answer: null };
  /** This person's nominations, and what became of them. */
  readonly nominations: { ask: Record<string, never>; answer: readonly NominationView[] };
  /** What this person reads to an administrator, for level A2. */
  readonly safetyNumber: { ask: Record<string, never>; answer: string };
  readonly markRead: { ask: { channel: B64; seq: number }; answer: null };
}

export type Ask = keyof Requests;

/** What changed; the page asks again for what it shows. */
export type Event =
  | { readonly event: "session"; readonly session: Session }
  | { readonly event: "connection"; readonly connection: Connection }
  /** Each minute: whether the hub's last word on what exists is over two hours old. */
  | { readonly event: "news"; readonly behind: boolean }
  | { readonly event: "operations" }
  | { readonly event: "items"; readonly channel: B64; readonly arrived: readonly B64[] }
  | { readonly event: "outbox"; readonly entry: OutboxEntry }
  | { readonly event: "drafts" };

export interface Request {
  readonly n: number;
  readonly ask: Ask;
  readonly with: unknown;
}

export type Answer =
  | { readonly n: number; readonly answer: unknown }
  | { readonly n: number; readonly problem: Problem };

/** First message of a page: its Web Lock's name, by which the worker learns that the page is gone. */
export interface Hello {
  readonly hello: string;
}

export const PROTOCOL = 1;
