/** The members of an operation as its signed entries admit them (protocol.md 4). */
import type { Account } from "../crypto/directory.ts";
import type { Governing } from "./governance.ts";
import type { MembersView } from "./protocol.ts";
import { known } from "./known.ts";

type Held = MembersView["members"][number]["held"];

/** Everybody who is in, by what the directory certifies; a member whose account is gone is not shown. */
export function membersView({ operation, directory, keys }: Governing): MembersView {
  const state = known(operation);
  const role = state.members.get(keys.account)?.role ?? null;
  const may = (action: string): boolean => role !== null && operation.frozen === null && state.matrix.allows(action, role);
  const isOpen = state.phase !== "closed";
  const [mayAdmit, mayChange, mayRemove] = [isOpen && may("member.admit"), isOpen && may("member.change"), may("member.remove")];
  const members = [...state.members].flatMap(([account, member]) => {
    const certified = directory.latest.accounts.get(account);
    if (certified === null) return [];
    const { name, country, organisation, level } = certified;
    const mine = account === keys.account;
    return [
      {
        account,
        name,
        country,
        organisation: directory.latest.organisations.get(organisation)?.short ?? "",
        organisationId: organisation,
        role: member.role,
        compartments: state.compartments.filter((compartment) => member.compartments.includes(compartment)),
        level,
        mine,
        mayChange: mayChange && !mine,
        mayRemove: mayRemove && !mine,
        held: held(certified, member.aik),
      },
    ];
  });
  return { mayAdmit, compartments: state.compartments, members };
}

function held({ aik, suspended, awaitingRotation }: Account, admitted: string): Held {
  if (aik !== admitted) return "old-key";
  if (suspended) return "suspended";
  return awaitingRotation ? "awaiting-key" : null;
}
