/**
 * What a page may ask about the running of an operation. All of it goes through one request of the desk (`govern`), and the part of
 * the worker that answers is fetched when somebody asks.
 */
import type { ChannelType, History, Phase, Scope, Stage } from "../crypto/changes.ts";
import type { Role } from "../crypto/acts.ts";
import type { Certificate } from "../crypto/certificate.ts";
import type { JsonObject } from "../crypto/encoding.ts";
import type { B64, ClearanceChannel, MembersView } from "./protocol.ts";

/** One thing that a person means to change. `was` is how it stood when they decided: changed-meanwhile where it stands otherwise. */
export type Intention =
  | { readonly do: "admit"; readonly account: B64; readonly role: Role; readonly compartments: readonly string[] }
  | {
      readonly do: "change";
      readonly account: B64;
      readonly role: Role;
      readonly compartments: readonly string[];
      readonly was: { readonly role: string; readonly compartments: readonly string[] };
    }
  | { readonly do: "remove"; readonly account: B64 }
  | {
      readonly do: "open";
      /** Made by the page, so that signing once more after a lost answer opens no second channel. */
      readonly channel: B64;
      readonly type: ChannelType;
      readonly compartment: string;
      readonly scope: Scope;
      readonly of: readonly string[];
      readonly history: History;
      readonly label: string;
    }
  | { readonly do: "close"; readonly channel: B64 }
  | { readonly do: "phase"; readonly phase: Phase; readonly was: string }
  | { readonly do: "adopt"; readonly template: string; readonly version: number; readonly document: JsonObject }
  /** The next version of the handling rules; `was` is the version that stood when they were written, 0 for none. */
  | { readonly do: "rules"; readonly document: JsonObject; readonly was: number }
  | { readonly do: "accept"; readonly version: number }
  | { readonly do: "keep"; readonly until: number }
  /** Appointed by the administrators, where nobody coordinates any more. */
  | { readonly do: "take" };

/** What happened to a channel or to people by one signed change, without words. `whom` is a certified name. */
export interface ChangeLine {
  readonly what:
    | "founded"
    | "admitted"
    | "removed"
    | "left"
    | "changed"
    | "cleared"
    | "uncleared"
    | "opened"
    | "closed"
    | "phase"
    | "form"
    | "new-secret"
    | "granted"
    | "restored"
    | "took-over"
    | "rules"
    | "accepted"
    | "retention"
    | "hold"
    | "released"
    | "ended"
    | "doomed"
    | "spared"
    | "version"
    | "matrix"
    | "bad-secret";
  readonly whom: string | null;
  /** The channel that it is about, where it is about one. */
  readonly channel: B64 | null;
  readonly detail: readonly string[];
}

export interface HistoryLine extends ChangeLine {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
  /** When the hub took it; shown where it differs. */
  readonly receivedAt: number;
  readonly by: string;
  readonly country: string;
  readonly channelLabel: string | null;
}

export interface ChannelSettings {
  readonly channel: B64;
  readonly type: ChannelType;
  readonly compartment: string;
  readonly history: History;
  readonly scope: Scope;
  /** Codes of countries and roles, names of organisations and people. */
  readonly of: readonly string[];
  readonly open: boolean;
  /** Null where this person doesn't read it. */
  readonly label: string | null;
  readonly readers: number;
  readonly countries: number;
  readonly readHere: boolean;
  /** Names of readers whom nobody has given the secret yet; everybody while it has none. */
  readonly pending: readonly string[];
  readonly hasSecret: boolean;
  /** Somebody lost reading since the secret was made: the next one comes before anything is sent. */
  readonly stale: boolean;
}

export interface OperationDetail {
  readonly operation: B64;
  readonly code: string;
  readonly name: string;
  readonly phase: Stage | "destroyed";
  readonly openedAt: number;
  readonly compartments: readonly string[];
  readonly members: number;
  readonly coordinators: readonly string[];
  /** This person's role; null where they are no member any more. */
  readonly role: string | null;
  readonly clearance: readonly string[];
  /** Actions of the matrix that this person's role may do here. */
  readonly may: readonly string[];
  /** Whether a valid coordinator is left to go on; where none is, administrators appoint one. */
  readonly isCoordinated: boolean;
  /** Whether this person was appointed and may take over now. */
  readonly mayTake: boolean;
  readonly rules: { readonly version: number; readonly accepted: number; readonly mine: boolean } | null;
  readonly channels: readonly ChannelSettings[];
  readonly forms: readonly { readonly template: string; readonly version: number }[];
}

/** Somebody certified who may be admitted. */
export interface Candidate {
  readonly account: B64;
  readonly name: string;
  readonly country: string;
  readonly organisation: string;
  readonly level: "A1" | "A2";
  readonly suspended: boolean;
  readonly mayCoordinate: boolean;
  /** A member under an identity key that is no longer theirs: they read nothing until they are admitted again. */
  readonly underOldKey: boolean;
}

export interface Organisation {
  readonly organisation: B64;
  readonly name: string;
  readonly country: string;
}

/** What a person would read after a change, and what no longer. */
export interface PersonEffect {
  readonly account: B64;
  readonly name: string;
  readonly gains: readonly ClearanceChannel[];
  readonly loses: readonly ClearanceChannel[];
}

export interface Effect {
  /** Those whose reading changes, in the order of the intentions. */
  readonly people: readonly PersonEffect[];
  /** Of a channel to be opened: how many would read it. */
  readonly opens: readonly { readonly channel: B64; readonly readers: number; readonly countries: number; readonly readHere: boolean }[];
  /** The rule that refuses it, if one does. */
  readonly refused: string | null;
}

export interface Signed {
  readonly rotated: readonly B64[];
  readonly waiting: readonly B64[];
}

/** Everything that an operation can be cloned from. */
export interface Settings {
  readonly compartments: readonly string[];
  readonly channels: readonly (Omit<Extract<Intention, { do: "open" }>, "do" | "channel"> & { readonly label: string; readonly named: boolean })[];
  readonly forms: readonly string[];
  readonly rules: Pick<RulesView, "title" | "text"> | null;
  readonly members: readonly { readonly account: B64; readonly name: string; readonly country: string; readonly role: Role; readonly compartments: readonly string[] }[];
}

/** How an operation's end stands. */
export interface Ending {
  readonly phase: Stage;
  /** What this person may do here of closing, destroying, cancelling, holding and setting the day. */
  readonly may: readonly string[];
  readonly retentionUntil: number | null;
  readonly hold: string | null;
  readonly destroyAt: number | null;
  /** Names of the other coordinators who may sign beside. */
  readonly others: readonly string[];
  /** Signed by one of two; `destroyAt` is null where it lifts the hold. */
  readonly waiting: readonly { readonly id: B64; readonly by: string; readonly mine: boolean; readonly destroyAt: number | null }[];
  /** The certificate, once it was proven; `by` are names. */
  readonly destroyed: (Certificate & { readonly hash: B64; readonly receipts: number }) | null;
}

export type EndingStep =
  | { readonly do: "close" | "cancel" }
  | { readonly do: "retain"; readonly until: number }
  | { readonly do: "hold"; readonly reason: string }
  | { readonly do: "release"; readonly reason: string }
  | { readonly do: "destroy"; readonly at: number }
  | { readonly do: "countersign"; readonly id: B64 };

/** The handling rules that stand, under the hash that a coordinator signed. */
export interface RulesView {
  readonly version: number;
  readonly title: { readonly en: string; readonly fr: string };
  readonly text: { readonly en: string; readonly fr: string };
  readonly setAt: number;
  readonly by: string;
  readonly accepted: readonly string[];
  readonly missing: readonly string[];
  /** Whether this member has accepted this version; null where they are no member. */
  readonly mine: boolean | null;
}

/** Requests, each with its answer. */
export interface Governance {
  readonly detail: { ask: { operation: B64 }; answer: OperationDetail };
  readonly members: { ask: { operation: B64 }; answer: MembersView };
  readonly candidates: { ask: { operation: B64 | null }; answer: { readonly people: readonly Candidate[]; readonly organisations: readonly Organisation[] } };
  /** What this person reads out on the telephone, computed from the key that the directory certifies now. */
  readonly safety: { ask: { account: B64 }; answer: string };
  /** What would follow; nothing is changed. */
  readonly effect: { ask: { operation: B64; meant: readonly Intention[] }; answer: Effect };
  /** One signed entry (more where one can't carry it), with the epochs and grants that follow. */
  readonly sign: { ask: { operation: B64; meant: readonly Intention[] }; answer: Signed };
  /** The first entry of a new operation, with this person as its coordinator; the code is not used twice. */
  readonly found: { ask: { code: string; name: string; compartments: readonly string[]; own: readonly string[] }; answer: { readonly operation: B64 } };
  readonly settings: { ask: { operation: B64 }; answer: Settings };
  readonly ending: { ask: { operation: B64 }; answer: Ending };
  readonly end: { ask: { operation: B64; step: EndingStep }; answer: Ending };
  readonly rules: { ask: { operation: B64 }; answer: { readonly rules: RulesView | null; readonly maySet: boolean } };
  /** Newest first. */
  readonly history: { ask: { operation: B64; limit: number }; answer: { readonly lines: readonly HistoryLine[]; readonly more: boolean } };
}
