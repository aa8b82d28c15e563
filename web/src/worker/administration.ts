/** The administrators' desk: everything they see at once, and each thing they do (docs/spec/26-invitations.md, 08-directory.md). */
import type { Account } from "../crypto/directory.ts";
import { b64, newId, unb64, type JsonObject } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { safetyNumber } from "../crypto/keys.ts";
import { readNomination, verifyNomination } from "../crypto/nomination.ts";
import { getJson } from "../net/api.ts";
import type {
  AdministerAsk,
  Administering,
  AdministrationView,
  NominationView,
  Organisation,
  Outcome,
  PersonView,
} from "./administering.ts";
import { act, administratorOf, bringKey, type Desk, isNamed, signing } from "./administrator.ts";
import { closeNomination, find, forget, invitationViews, invite, paper, waiting } from "./invitations.ts";
import { Declined } from "./problems.ts";
import { proposals, proposalView, signProposal } from "./proposals.ts";

type Does = { readonly [K in keyof Administering]: (desk: Desk, given: Administering[K]["ask"]) => Promise<Administering[K]["answer"]> };

export async function administer(desk: Desk, asked: AdministerAsk): Promise<Administering[keyof Administering]["answer"]> {
  await desk.directory.sync();
  return DOES[asked.do](desk, asked.with as never);
}

const DOES: Does = {
  look,
  bringKey: async (desk, { file, passphrase }) => {
    await bringKey(desk, file, passphrase);
    return null;
  },
  invite: async (desk, { code, name, nomination, account }) => {
    const made = await invite(desk, await signing(desk), { code, name, account });
    if (nomination !== null) await closeNomination(nomination, "invited");
    return made;
  },
  paper: (desk, { id }) => paper(desk, find(desk, id)),
  decline: async (_, { nomination }) => {
    await closeNomination(nomination, "declined");
    return null;
  },
  certify,
  recertify: async (desk, { account, organisation, name, level, may }) => {
    const known = desk.directory.latest.account(account);
    const parts = { ...keysOf(known), organisation: await organisationOf(desk, organisation), name: name.trim(), level, may: [...may].sort() };
    return act(desk, "account.certify", parts, needed(desk, [...may, ...known.may]));
  },
  suspend: (desk, { account, reason }) => act(desk, "account.suspend", { account, reason: reason.trim() }, neededFor(desk, account)),
  restore: (desk, { account }) => act(desk, "account.restore", { account }, neededFor(desk, account)),
  revokeDevice: (desk, { account, device, reason }) => act(desk, "device.revoke", { account, device, reason: reason.trim() }, 1),
  sign: async (desk, { proposal }) => signProposal(desk, await signing(desk), proposal),
};

async function look(desk: Desk): Promise<AdministrationView> {
  const own = await administratorOf(desk);
  const { latest } = desk.directory;
  const active = own !== null && isNamed(desk, own);
  const pending = active ? await waiting(desk, own) : [];
  const proposed = active ? await proposals(desk, own) : [];
  return {
    key: own === null ? null : { id: own.id, name: own.name },
    active,
    threshold: latest.threshold,
    administrators: latest.administrators.map(({ id, name }) => ({ id, name, mine: id === own?.id })),
    organisations: [...latest.organisations.values()].map(({ id, name, country }) => ({ id, name, country })),
    invitations: invitationViews(desk, pending, Date.now()),
    waiting: pending.map(({ view }) => view),
    nominations: await nominations(desk),
    proposals: own === null ? [] : proposed.map((one) => proposalView(desk, own, one)),
    people: await Promise.all([...latest.accounts.values()].map((account) => person(desk, account))),
  };
}

async function person({ directory, keys }: Desk, account: Account): Promise<PersonView> {
  const { latest } = directory;
  const { id, code, name, organisation, country, level, may, suspended, aik } = account;
  const devices = [...latest.devices.values()].filter((one) => one.account === id && one.revokedSeq === null);
  return {
    ...{ account: id, code, name, organisation, country, level, may, suspended },
    organisationName: latest.organisations.get(organisation)?.name ?? "",
    safetyNumber: await safetyNumber(keys.hub, id, aik),
    devices: devices.map((one) => ({ device: one.id, label: one.label })),
    mine: id === keys.account,
  };
}

// ---- nominations

interface Nominated {
  readonly body: string;
  readonly signature: string;
  readonly at: number;
  readonly outcome: "invited" | "declined" | null;
}

async function nominations(desk: Desk): Promise<readonly NominationView[]> {
  const rows = await getJson<readonly Nominated[]>("/api/nominations");
  return Promise.all(rows.map((row) => nominationView(desk, row)));
}

/** A signature that doesn't hold is told, with whatever the nomination claims: an administrator asks by phone. */
export async function nominationView({ directory }: Pick<Desk, "directory">, { body, signature, at, outcome }: Nominated): Promise<NominationView> {
  const bytes = unb64(body);
  let fault: string | null = null;
  try {
    await verifyNomination(bytes, unb64(signature, 64), directory.latest);
  } catch (refused) {
    if (!(refused instanceof ProtocolError)) throw refused;
    fault = refused.code;
  }
  const read = readNomination(bytes);
  return { ...read, at, outcome, fault, by: directory.latest.accounts.get(read.account)?.name ?? "" };
}

// ---- certifying

async function certify(desk: Desk, given: Administering["certify"]["ask"]): Promise<Outcome> {
  const own = await signing(desk);
  const found = (await waiting(desk, own)).find(({ view }) => view.invitation === given.invitation);
  if (found === undefined) throw new Declined("not-found");
  // The hub may show other keys now than a moment ago: what was compared is what is certified.
  if (found.enrolment === null || found.view.safetyNumber !== given.safetyNumber) throw new Declined("keys-changed");
  const { account, code, aik, aek, invitation } = found.enrolment;
  if (found.view.again) {
    const rekeyed = await act(desk, "account.rekey", { account, aik, aek: b64(aek), invitation }, desk.directory.latest.threshold, found.following);
    if (rekeyed === "done") await forget(desk, given.invitation);
    return rekeyed;
  }
  const keys = { account, code, aik, invitation, aek: b64(aek), generation: 1 };
  const { name, level, may } = given;
  const parts = { ...keys, organisation: await organisationOf(desk, given.organisation), name: name.trim(), level, may: [...may].sort() };
  const outcome = await act(desk, "account.certify", parts, needed(desk, may), found.following);
  if (outcome === "done") await forget(desk, given.invitation);
  return outcome;
}

async function organisationOf(desk: Desk, given: Organisation): Promise<string> {
  if ("id" in given) return given.id;
  const [organisation, name] = [newId(), given.name.trim()];
  const same = [...desk.directory.latest.organisations.values()].find((one) => one.name === name && one.country === given.country);
  if (same !== undefined) return same.id;
  await act(desk, "organisation.add", { organisation, name, country: given.country, short: Array.from(name).slice(0, 32).join("") }, 1);
  return organisation;
}

function keysOf({ id, code, aik, aek, generation, invitation }: Account): JsonObject {
  return { account: id, code, aik, aek: b64(aek), generation, invitation };
}

/** How many administrators must sign for an account that may, or might, do more than others. */
function needed({ directory }: Desk, may: readonly string[]): number {
  return may.length > 0 ? directory.latest.threshold : 1;
}

function neededFor(desk: Desk, account: string): number {
  return needed(desk, desk.directory.latest.account(account).may);
}
