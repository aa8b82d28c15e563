/**
 * Who may make a change or an epoch: judged by the operation before the entry (docs/spec/09-membership.md).
 *
 * Nothing is changed here; `membership_changes` judges whether a change fits.
 */

import type { Role } from "./acts.ts";
import type { Change, ChangeOf } from "./changes.ts";
import { ProtocolError } from "./errors.ts";
import type { Account, Directory } from "./people.ts";
import { channelOf, holders, isReader, memberOf, type Epoch, type Member, type Operation } from "./readers.ts";

/** Raises unless `author`, as of `state`, may make `change`. */
export function checkAuthorMay(state: Operation, directory: Directory, author: string, change: Change): void {
  const own = memberOf(state, author);
  switch (change.change) {
    case "operation.open":
      throw new ProtocolError("repeated", "The operation is open.");
    case "phase.set":
      checkMatrix(state, "operation.phase", own.role);
      return;
    case "member.admit":
    case "member.restore":
    case "member.change": {
      if (change.change === "member.change" && change.account === author) {
        checkNotWidened(own, change);
        return;
      }
      // Leaving and coming back in one entry would be a way to widen one's own clearance.
      if (change.account === author) throw notAllowed("Nobody admits themselves.");
      const action = change.change === "member.change" ? "member.change" : "member.admit";
      checkMatrix(state, action, own.role);
      for (const compartment of change.compartments) checkMatrix(state, action, own.role, compartment);
      return;
    }
    case "member.remove":
      // Everyone may leave.
      if (change.account !== author) checkMatrix(state, "member.remove", own.role);
      return;
    case "channel.open":
      checkMatrix(state, "channel.open", own.role, change.compartment);
      return;
    case "channel.close":
      checkMatrix(state, "channel.close", own.role, channelOf(state, change.channel).compartment);
      return;
    case "grants":
    case "wrap.bad":
      checkHolder(state, directory, author, change);
      return;
    case "coordinator.take":
      throw notAllowed("coordinator.take stands alone in its entry.");
    case "operation.destroy":
      checkMatrix(state, change.change, own.role);
      if (own.role !== "coordinator") throw notAllowed("Only coordinators destroy an operation.");
      return;
    case "template.adopt":
    case "matrix.take":
    case "rules.set":
    case "rules.accept":
    case "retention.set":
    case "hold.set":
    case "operation.close":
    case "destroy.cancel":
    case "version.raise":
      checkMatrix(state, change.change, own.role);
      return;
  }
}

/** Raises not-allowed unless the operation's matrix lets `role` do `action` (in `compartment`). */
export function checkMatrix(state: Operation, action: string, role: Role, compartment: string | null = null): void {
  if (!state.matrix.allows(action, role, compartment)) {
    throw notAllowed(`${action} is not for the role ${role}${compartment === null ? "" : ` in ${compartment}`}.`);
  }
}

function checkNotWidened(own: Member, change: ChangeOf<"member.change">): void {
  const within = change.compartments.every((compartment) => own.compartments.includes(compartment));
  if (change.role !== own.role || !within) {
    throw notAllowed("Nobody changes their own role or widens their own clearance.");
  }
}

/** Raises unless `author` reads the channel and has the named epoch, which is the current one. */
function checkHolder(
  state: Operation,
  directory: Directory,
  author: string,
  change: ChangeOf<"grants"> | ChangeOf<"wrap.bad">,
): void {
  const epoch = currentEpoch(state, change.channel, change.epoch, "This is not the channel's current epoch.");
  if (!isReader(state, change.channel, author, directory) || !holds(epoch, directory.account(author))) {
    throw new ProtocolError("not-a-reader", "Only who has the epoch grants it or reports it.");
  }
}

/** The channel's epoch if it is the one with this number. */
export function currentEpoch(state: Operation, channel: string, number: number, otherwise: string): Epoch {
  const { epoch } = channelOf(state, channel);
  if (epoch === null || epoch.number !== number) throw new ProtocolError("wrong-place", otherwise);
  return epoch;
}

/** Whether the account, under its present identity key, was given the epoch. */
export function holds(epoch: Epoch, account: Account): boolean {
  return holders(epoch).some((reader) => reader.account === account.id && reader.aik === account.aik);
}

function notAllowed(sentence: string): ProtocolError {
  return new ProtocolError("not-allowed", sentence);
}
