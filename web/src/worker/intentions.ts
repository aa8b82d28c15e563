/**
 * What a person means to change, as signed changes of the operation as it stands now (docs/spec/09-membership.md).
 *
 * Asked anew whenever somebody else's entry came first: what stands already is left out, and what that entry made different from what
 * the person saw raises changed-meanwhile, so that nobody's decision is overwritten unseen.
 */
import { type Change, readChange } from "../crypto/changes.ts";
import type { Directory } from "../crypto/directory.ts";
import { b64, hashOf, type JsonObject } from "../crypto/encoding.ts";
import { appointed, audienceForm, channelOf, memberOf, type Operation } from "../crypto/membership.ts";
import type { Meant } from "./governance.ts";
import type { Intention } from "./governing.ts";
import { Declined } from "./problems.ts";

/** Raises changed-meanwhile, and what names something that isn't there. */
export async function meantNow(intentions: readonly Intention[], state: Operation, directory: Directory, me: string): Promise<Meant> {
  const labels = new Map<string, string>();
  const documents = new Map<string, JsonObject>();
  const changes: Change[] = [];
  for (const one of intentions) {
    if (one.do === "open") labels.set(one.channel, one.label);
    if (one.do === "adopt") {
      const hash = b64(await hashOf("template", one.document));
      documents.set(hash, { template: one.template, hash, document: one.document });
      if ((state.templates.get(one.template)?.version ?? 0) < one.version) {
        changes.push({ change: "template.adopt", template: one.template, version: one.version, hash });
      }
      continue;
    }
    if (one.do === "rules") {
      const hash = b64(await hashOf("rules", one.document));
      if (state.rules?.hash === hash) continue;
      if ((state.rules?.version ?? 0) !== one.was) throw new Declined("changed-meanwhile");
      documents.set(hash, { rules: hash, document: one.document });
      changes.push({ change: "rules.set", version: one.was + 1, hash });
      continue;
    }
    const change = changeFor(one, state, directory, me);
    if (change !== null) changes.push(change);
  }
  return { changes, labels, documents };
}

function changeFor(one: Exclude<Intention, { do: "adopt" | "rules" }>, state: Operation, directory: Directory, me: string): Change | null {
  switch (one.do) {
    case "admit":
      return admitting(one, state, directory);
    case "change": {
      const { role, compartments } = memberOf(state, one.account);
      if (role === one.role && isSame(compartments, one.compartments)) return null;
      if (role !== one.was.role || !isSame(compartments, one.was.compartments)) throw new Declined("changed-meanwhile");
      return { change: "member.change", account: one.account, role: one.role, compartments: [...one.compartments].sort() };
    }
    case "remove":
      return state.members.has(one.account) ? { change: "member.remove", account: one.account } : null;
    case "open": {
      if (state.channels.has(one.channel)) return null;
      const { channel, type, compartment, history } = one;
      const audience = audienceForm({ scope: one.scope, of: one.of });
      return readChange({ change: "channel.open", channel, type, compartment, audience, history });
    }
    case "close":
      return channelOf(state, one.channel).open ? { change: "channel.close", channel: one.channel } : null;
    case "phase":
      if (state.phase === one.phase) return null;
      if (state.phase !== one.was) throw new Declined("changed-meanwhile");
      return { change: "phase.set", phase: one.phase };
    case "accept":
      if (state.rules?.version !== one.version) throw new Declined("changed-meanwhile");
      return memberOf(state, me).rulesAccepted === one.version ? null : { change: "rules.accept", version: one.version };
    case "keep":
      return state.retentionUntil === one.until ? null : { change: "retention.set", until: one.until };
    case "take": {
      if (state.members.get(me)?.role === "coordinator") return null;
      const actSeq = appointed(state, directory, me);
      if (actSeq === null) throw new Declined("not-allowed");
      return { change: "coordinator.take", actSeq };
    }
  }
}

function admitting(one: Extract<Intention, { do: "admit" }>, state: Operation, directory: Directory): Change | null {
  const { aik } = directory.account(one.account);
  const held = state.members.get(one.account);
  const compartments = [...one.compartments].sort();
  if (held !== undefined && held.aik === aik) {
    if (held.role === one.role && isSame(held.compartments, compartments)) return null;
    throw new Declined("changed-meanwhile");
  }
  // Under an earlier key: the same person, so what they held of a channel may be given back to them.
  return { change: held === undefined ? "member.admit" : "member.restore", account: one.account, aik, role: one.role, compartments };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
