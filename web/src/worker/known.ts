/** An operation as it was last verified, for whoever acts in it; apart from rotation.ts, whose later parts need it too. */
import type { Operation } from "../crypto/membership.ts";
import type { OperationLedger } from "./ledger.ts";
import { Declined } from "./problems.ts";

/** The operation as it stands. Raises frozen where it stands still. */
export function known(operation: OperationLedger): Operation {
  if (operation.frozen !== null) throw new Declined(operation.frozen === "bad-directory" ? "bad-directory" : "frozen");
  if (operation.latest === null) throw new Declined("not-found");
  return operation.latest;
}
