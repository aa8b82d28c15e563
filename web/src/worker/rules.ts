/** Handling rules: the text whose hash a coordinator signed, and who has accepted it (docs/spec/09-membership.md). */
import { b64, hashOf, type Json, parse, utf8 } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { type Rules, readRules } from "../domain/blueprints.ts";
import { getText } from "../net/api.ts";
import type { Governing } from "./governance.ts";
import type { Governance } from "./governing.ts";
import { nameOf } from "./lines.ts";
import { Declined } from "./problems.ts";
import { known } from "./known.ts";

/** Raises wrong-rules where the hub gives another text than the signed one. */
export async function rulesText({ operation }: Governing, hash: string): Promise<Rules> {
  const given = await getText(`/api/operations/${operation.id}/templates/${hash}`);
  let document: Json;
  try {
    document = parse(utf8(given));
  } catch (refused) {
    if (refused instanceof ProtocolError) throw new Declined("wrong-rules");
    throw refused;
  }
  if (b64(await hashOf("rules", document)) !== hash) throw new Declined("wrong-rules");
  return readRules(document);
}

export async function rulesAnswer(at: Governing): Promise<Governance["rules"]["answer"]> {
  const state = known(at.operation);
  const own = state.members.get(at.keys.account) ?? null;
  const maySet = own !== null && state.matrix.allows("rules.set", own.role);
  const { rules } = state;
  if (rules === null) return { rules: null, maySet };
  const set = at.operation.past.findLast(({ changes }) => changes.some((change) => change.change === "rules.set"));
  const directory = at.directory.latest;
  const [accepted, missing]: [string[], string[]] = [[], []];
  for (const [account, { rulesAccepted }] of state.members) (rulesAccepted === rules.version ? accepted : missing).push(nameOf(directory, account));
  return {
    rules: {
      ...(await rulesText(at, rules.hash)),
      version: rules.version,
      setAt: set?.at ?? 0,
      by: nameOf(directory, set?.author ?? ""),
      accepted: accepted.sort(),
      missing: missing.sort(),
      mine: own === null ? null : own.rulesAccepted === rules.version,
    },
    maySet,
  };
}
