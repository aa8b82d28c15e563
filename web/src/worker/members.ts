/** The members of an operation as its signed entries admit them, and what another clearance would do (protocol.md 4). */
import type { Directory } from "../crypto/directory.ts";
import { memberOf, type Operation, readers } from "../crypto/membership.ts";
import type { Governing } from "./governance.ts";
import type { ClearanceChannel, ClearanceEffect, MembersView } from "./protocol.ts";
import { known } from "./rotation.ts";

const CHANGE = "member.change";

/** Everybody who is in, by what the directory certifies; a member whose account is gone is not shown. */
export function membersView({ operation, directory, keys }: Governing): MembersView {
  const state = known(operation);
  const role = state.members.get(keys.account)?.role ?? null;
  const mayChange = role !== null && state.matrix.allows(CHANGE, role);
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
        role: member.role,
        compartments: state.compartments.filter((compartment) => member.compartments.includes(compartment)),
        level,
        mine,
        mayChange: mayChange && !mine,
      },
    ];
  });
  return { compartments: state.compartments, members };
}

/** The channels that a member would read, and those that they would no longer read, under another clearance. */
export async function clearanceEffect(at: Governing, account: string, compartments: readonly string[]): Promise<ClearanceEffect> {
  const before = known(at.operation);
  const members = new Map(before.members).set(account, { ...memberOf(before, account), compartments });
  const after: Operation = { ...before, members };
  const directory = at.directory.latest;
  const [gains, loses]: [ClearanceChannel[], ClearanceChannel[]] = [[], []];
  for (const [channel, { type, compartment, history, open }] of before.channels) {
    const [reads, willRead] = [before, after].map((state) => isAmong(state, channel, account, directory));
    if (!open || reads === willRead) continue;
    const readHere = at.log(channel) !== null;
    const label = readHere ? await at.secrets.label(channel).catch(() => null) : null;
    (willRead === true ? gains : loses).push({ channel, label, type, compartment, history, readHere });
  }
  return { gains, loses };
}

function isAmong(state: Operation, channel: string, account: string, directory: Directory): boolean {
  return readers(state, channel, directory).some((reader) => reader.account === account);
}
