/**
 * Why a statement was refused, in the words that both languages share (docs/spec/00-overview.md).
 *
 * One class with a code, not one class per code: a caller in the browser decides by `code`, and the sentence is for the
 * person who reads the fault.
 */

export type Code =
  | "not-canonical"
  | "too-large"
  | "unknown-context"
  | "bad-signature"
  | "weak-key"
  | "malformed-key"
  | "cannot-open"
  | "bad-commitment"
  | "wrong-readers"
  | "wrong-wraps"
  | "bad-previous"
  | "not-next"
  | "wrong-hub"
  | "wrong-place"
  | "malformed"
  | "not-allowed"
  | "not-certified"
  | "revoked"
  | "expired"
  | "stale-epoch"
  | "unknown-version"
  | "repeated"
  | "gap"
  | "forked"
  | "rolled-back"
  | "bad-proof"
  | "bad-checkpoint"
  | "below-floor"
  | "not-a-reader";

export class ProtocolError extends Error {
  override readonly name = "ProtocolError";

  readonly code: Code;

  constructor(code: Code, text: string) {
    super(text);
    this.code = code;
  }
}
