/** What the administrators' page may ask, and what it is shown: no secret but an invitation's link is in it (docs/spec/26-invitations.md). */
import type { Level, May } from "../crypto/acts.ts";
import type { Nominated } from "../crypto/nomination.ts";
import type { B64 } from "./protocol.ts";

export interface InvitationView {
  readonly id: B64;
  readonly code: string;
  /** What the administrator wrote of the person; empty where nothing. */
  readonly name: string;
  readonly madeAt: number;
  readonly expires: number;
  readonly state: "open" | "over" | "waiting" | "certified";
  /** The person exists already and gets new keys. */
  readonly again: boolean;
}

/** `fault` is set where the enrolment must not be certified: who made it did not have the invitation's secret, or another person's place. */
export interface WaitingView {
  readonly invitation: B64;
  readonly code: string;
  readonly name: string;
  readonly at: number;
  readonly deviceLabel: string;
  readonly safetyNumber: string;
  readonly again: boolean;
  /** False where another administrator made the invitation: only they can check it. */
  readonly mine: boolean;
  readonly fault: string | null;
}

export interface NominationView extends Nominated {
  readonly id: B64;
  readonly at: number;
  readonly by: string;
  readonly outcome: "invited" | "declined" | null;
  /** Set where the signature doesn't hold: nothing else of it is shown as true. */
  readonly fault: string | null;
}

/** An act that waits for signatures, as the page says it in words. */
export interface ProposalView {
  readonly id: B64;
  readonly type: string;
  readonly whom: string;
  readonly detail: readonly string[];
  readonly signed: readonly string[];
  readonly missing: readonly string[];
  /** Whether this administrator's signature is one of those that are missing. */
  readonly asksMe: boolean;
  readonly expires: number;
}

export interface DeviceView {
  readonly device: B64;
  readonly label: string;
}

export interface PersonView {
  readonly account: B64;
  readonly code: string;
  readonly name: string;
  readonly organisation: B64;
  readonly organisationName: string;
  readonly country: string;
  readonly level: Level;
  readonly may: readonly May[];
  readonly suspended: boolean;
  readonly safetyNumber: string;
  readonly devices: readonly DeviceView[];
  readonly mine: boolean;
}

export interface OrganisationView {
  readonly id: B64;
  readonly name: string;
  readonly country: string;
}

export interface AdministrationView {
  /** The key in this person's vault; null while there is none. */
  readonly key: { readonly id: B64; readonly name: string } | null;
  /** Whether the directory names that key. */
  readonly active: boolean;
  readonly threshold: number;
  readonly administrators: readonly { readonly id: B64; readonly name: string; readonly mine: boolean }[];
  readonly organisations: readonly OrganisationView[];
  readonly invitations: readonly InvitationView[];
  readonly waiting: readonly WaitingView[];
  readonly nominations: readonly NominationView[];
  readonly proposals: readonly ProposalView[];
  readonly people: readonly PersonView[];
}

/** To be handed over outside the hub: the link, or the code on a printed sheet. */
export interface InvitationPaper {
  readonly id: B64;
  readonly code: string;
  readonly name: string;
  readonly link: string;
  readonly typed: string;
  readonly url: string;
  readonly expires: number;
}

export type Organisation = { readonly id: B64 } | { readonly name: string; readonly country: string };

/** What became of an act: it stands, or it waits for other administrators. */
export type Outcome = "done" | "proposed";

export interface Administering {
  readonly look: { ask: Record<string, never>; answer: AdministrationView };
  readonly bringKey: { ask: { file: string; passphrase: string }; answer: null };
  /** With `account`, an invitation for new keys of somebody who exists. */
  readonly invite: { ask: { code: string; name: string; nomination: B64 | null; account: B64 | null }; answer: InvitationPaper };
  readonly paper: { ask: { id: B64 }; answer: InvitationPaper };
  readonly decline: { ask: { nomination: B64 }; answer: null };
  readonly certify: {
    ask: { invitation: B64; safetyNumber: string; organisation: Organisation; name: string; level: Level; may: readonly May[] };
    answer: Outcome;
  };
  readonly recertify: { ask: { account: B64; organisation: Organisation; name: string; level: Level; may: readonly May[] }; answer: Outcome };
  readonly suspend: { ask: { account: B64; reason: string }; answer: Outcome };
  readonly restore: { ask: { account: B64 }; answer: Outcome };
  readonly revokeDevice: { ask: { account: B64; device: B64; reason: string }; answer: Outcome };
  readonly sign: { ask: { proposal: B64 }; answer: Outcome };
}

/** `with` and the answer are those of Administering[do]. */
export interface AdministerAsk {
  readonly do: keyof Administering;
  readonly with: unknown;
}
