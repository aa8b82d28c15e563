/**
 * What a page may ask about the person's own account: the ways in, the devices, a new sheet, a device to be let in
 * (docs/spec/27-ways.md). No key and no wrap is in it. All but `Coming` goes through one request of the desk (`own`).
 */
import type { B64 } from "./protocol.ts";

export interface ByPassphrase {
  readonly code: string;
  readonly passphrase: string;
  /** Null where this browser holds it. */
  readonly second: string | null;
  readonly deviceLabel: string;
}

/** A way in beside passphrase and second secret. */
export type OtherWay =
  | { readonly way: "recovery"; readonly code: string; readonly recovery: string; readonly deviceLabel: string }
  | { readonly way: "passkey"; readonly used: PasskeyUsed; readonly deviceLabel: string }
  /** After `coming` has said "let-in". */
  | { readonly way: "approval" };

export type WayIn = "passphrase" | OtherWay["way"];

/** What the browser gave for a passkey; `secret` is what it makes of the hub's question, and goes to nobody. */
export interface PasskeyUsed {
  readonly code: string;
  readonly credential: B64;
  readonly clientData: B64;
  readonly authenticatorData: B64;
  readonly signature: B64;
  readonly secret: Uint8Array<ArrayBuffer>;
}

/** Before the keys are open: the question for a passkey, and a new device that asks another one. */
export type ComingAsk =
  | { readonly do: "passkey" }
  | { readonly do: "ask"; readonly code: string; readonly typed: string; readonly deviceLabel: string }
  | { readonly do: "look" }
  | { readonly do: "stop" };

export interface ComingView {
  readonly passkey: { readonly challenge: Uint8Array<ArrayBuffer>; readonly host: string; readonly input: Uint8Array<ArrayBuffer> } | null;
  readonly state: "none" | "waiting" | "let-in";
}

export interface WayRow {
  readonly wrap: B64;
  readonly kind: "passphrase" | "recovery" | "passkey";
  readonly number: number;
  readonly madeAt: number;
  readonly lastUsedAt: number | null;
  readonly label: string | null;
}

export interface DeviceRow {
  readonly device: B64;
  readonly label: string;
  readonly here: boolean;
  /** Null for a device that never opened a session since the hub counts them. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly stale: boolean;
}

/** Shown once, to be printed. */
export interface NewSheet {
  readonly url: string;
  readonly code: string;
  readonly second: string;
  readonly recovery: string;
  readonly number: number;
  readonly at: number;
  /** The two groups of the recovery code that are asked for, counted from 1. */
  readonly asked: readonly number[];
}

/** What a new passkey is made with. */
export interface PasskeyOptions {
  readonly challenge: Uint8Array<ArrayBuffer>;
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: Uint8Array<ArrayBuffer>; readonly name: string };
  readonly algorithms: readonly number[];
  readonly known: readonly Uint8Array<ArrayBuffer>[];
  readonly input: Uint8Array<ArrayBuffer>;
}

export interface PasskeyMade {
  readonly credential: B64;
  readonly clientData: B64;
  readonly attestation: B64;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly label: string;
}

export interface ApprovalView {
  /** `over`: used, refused, or its ten minutes have passed. */
  readonly state: "waiting" | "asked" | "answered" | "over";
  readonly expires: number;
  readonly code: string;
  /** What the device that asks calls itself. */
  readonly label: string | null;
}

export interface Owning {
  readonly ways: { readonly ask: Record<string, never>; readonly answer: readonly WayRow[] };
  readonly devices: { readonly ask: Record<string, never>; readonly answer: readonly DeviceRow[] };
  /** `fresh`: the vault gets a new key too, and passkeys have to be added anew. Raises passphrase-short. */
  readonly newSheet: { readonly ask: { readonly passphrase: string; readonly fresh: boolean }; readonly answer: NewSheet };
  /** Raises wrong-groups. Afterwards the sheet of before opens nothing. */
  readonly proveSheet: { readonly ask: { readonly groups: readonly string[] }; readonly answer: null };
  readonly passkeyOptions: { readonly ask: Record<string, never>; readonly answer: PasskeyOptions };
  readonly addPasskey: { readonly ask: PasskeyMade; readonly answer: null };
  readonly dropPasskey: { readonly ask: { readonly wrap: B64 }; readonly answer: null };
  /** Takes devices out, and gives the account a new key. */
  readonly revoke: { readonly ask: { readonly devices: readonly B64[] }; readonly answer: null };
  readonly keepDevice: { readonly ask: { readonly device: B64 }; readonly answer: null };
  readonly letIn: { readonly ask: Record<string, never>; readonly answer: ApprovalView };
  readonly lookIn: { readonly ask: Record<string, never>; readonly answer: ApprovalView };
  readonly agree: { readonly ask: Record<string, never>; readonly answer: ApprovalView };
  readonly refuse: { readonly ask: Record<string, never>; readonly answer: null };
}
