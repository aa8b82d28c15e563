/** What the page that sets up may ask, and what it is shown; no key and no wrap is in it (docs/spec/26-invitations.md). */

/** Printed once by the person, kept apart from the passphrase. */
export interface Sheet {
  readonly url: string;
  readonly hub: string;
  readonly code: string;
  readonly second: string;
  readonly recovery: string;
}

/**
 * `none`: no invitation is here. `begin`: an invitation, and nothing made yet. `recovery`: keys are made, the sheet is to be
 * printed and proven. `ready`: handed in; an administrator certifies. `certified`: sign-in goes on.
 */
export type SetupStep = "none" | "begin" | "recovery" | "ready" | "certified";

export interface SetupView {
  readonly step: SetupStep;
  readonly hubName: string;
  readonly code: string;
  /** Until when the invitation can be used, ms UTC; null once it was. */
  readonly expires: number | null;
  readonly sheet: Sheet | null;
  /** Which two groups of the recovery code are asked for, counted from 1. */
  readonly asked: readonly number[];
  /** What the administrator's and this number must have in common; null before there are keys. */
  readonly safetyNumber: string | null;
}

export type SetupAsk =
  | { readonly do: "look" }
  /** What stood in the link, or what was typed from the sheet. */
  | { readonly do: "begin"; readonly fragment: string | null; readonly typed: string | null }
  | { readonly do: "make"; readonly passphrase: string; readonly deviceLabel: string }
  | { readonly do: "prove"; readonly groups: readonly string[] }
  | { readonly do: "forget" };
