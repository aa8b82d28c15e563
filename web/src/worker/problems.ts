/** Turns whatever went wrong in the worker into the one form that a page shows. */
import { ProtocolError } from "../crypto/errors.ts";
import { Refused } from "../net/api.ts";
import { NotKept } from "../store/rest.ts";
import type { Problem } from "./protocol.ts";

/** A refusal of the worker itself, such as asking for something while it is locked. */
export class Declined extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function problemOf(fault: unknown): Problem {
  if (fault instanceof Refused) {
    return fault.retryAfter === null ? { code: fault.code } : { code: fault.code, retryAfter: fault.retryAfter };
  }
  if (fault instanceof ProtocolError || fault instanceof Declined) return { code: fault.code };
  if (fault instanceof NotKept) return { code: "not-kept" };
  // A defect of ours: the page gets one sentence, the browser's console the whole story (which holds no content).
  reportError(fault);
  return { code: "defect" };
}
