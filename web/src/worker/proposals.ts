/** Acts that wait for other administrators: read, put into words' parts, signed, and handed in by whoever signs last (docs/spec/08-directory.md). */
import { readAct, type Act, type Deed } from "../crypto/acts.ts";
import { unb64, type Bytes } from "../crypto/encoding.ts";
import { pack } from "../crypto/packet.ts";
import { verify } from "../crypto/signing.ts";
import { sendPacket } from "../net/api.ts";
import type { Outcome, ProposalView } from "./administering.ts";
import { actId, type Administrator, type Desk, handIn, request } from "./administrator.ts";
import { Declined } from "./problems.ts";

const NOTHING = new Uint8Array();

interface Row {
  readonly act: string;
  readonly following: string;
  readonly at: number;
  readonly signatures: readonly (readonly [string, string])[];
}

export interface Proposal {
  readonly id: string;
  readonly body: Bytes;
  readonly act: Act;
  readonly following: Bytes;
  readonly signatures: ReadonlyMap<string, Bytes>;
}

/** Only signatures that were verified here are counted. */
export async function proposals(desk: Desk, own: Administrator): Promise<readonly Proposal[]> {
  const rows = await sendPacket<readonly Row[]>("/api/proposals/waiting", await request(desk, own, "proposals.read", {}));
  return Promise.all(rows.map((row) => read(desk, row)));
}

async function read(desk: Desk, row: Row): Promise<Proposal> {
  const body = unb64(row.act);
  const act = await readAct(body);
  const keys = keysFor(desk, act);
  const signatures = new Map<string, Bytes>();
  for (const [signer, written] of row.signatures) {
    const key = keys.get(signer);
    const signature = unb64(written, 64);
    if (key === undefined || !act.by.includes(signer)) continue;
    await verify("administrator", unb64(key, 32), "act", body, signature);
    signatures.set(signer, signature);
  }
  return { id: await actId(body), body, act, following: unb64(row.following), signatures };
}

/** The present administrators, and whom the act makes one. */
function keysFor({ directory }: Desk, { deed }: Act): ReadonlyMap<string, string> {
  const newcomers = "administrators" in deed ? deed.administrators : [];
  return new Map([...newcomers, ...directory.latest.administrators].map(({ id, key }) => [id, key]));
}

export async function signProposal(desk: Desk, own: Administrator, id: string): Promise<Outcome> {
  const found = (await proposals(desk, own)).find((one) => one.id === id);
  if (found === undefined) throw new Declined("not-found");
  const { act, body, following } = found;
  if (act.hub !== desk.keys.hub || !act.by.includes(own.id)) throw new Declined("not-allowed");
  const signature = found.signatures.get(own.id) ?? (await own.signer.sign("act", body));
  const signatures = new Map(found.signatures).set(own.id, signature);
  const all = act.by.map((signer) => signatures.get(signer));
  if (all.every((one) => one !== undefined)) {
    await handIn(desk, body, all, following);
    return "done";
  }
  await sendPacket("/api/proposals", pack(NOTHING, NOTHING, body, [signature], following));
  return "proposed";
}

export function proposalView(desk: Desk, own: Administrator, { id, act, signatures }: Proposal): ProposalView {
  const names = new Map([...desk.directory.latest.administrators].map((one) => [one.id, one.name]));
  const named = (ids: readonly string[]): readonly string[] => ids.map((one) => names.get(one) ?? "");
  const missing = act.by.filter((signer) => !signatures.has(signer));
  return {
    id,
    type: act.deed.type,
    ...parts(desk, act.deed),
    signed: named([...signatures.keys()]),
    missing: named(missing),
    asksMe: act.by.includes(own.id) && (missing.includes(own.id) || missing.length === 0),
    expires: act.expires,
  };
}

/** Whom the act is about, by the certified name, and what else of it a signer must see. */
function parts({ directory }: Desk, deed: Deed): { whom: string; detail: readonly string[] } {
  const { latest } = directory;
  const name = (account: string): string => latest.accounts.get(account)?.name ?? "";
  switch (deed.type) {
    case "account.certify": {
      const organisation = latest.organisations.get(deed.organisation);
      return { whom: deed.name, detail: [deed.code, organisation?.name ?? "", deed.level, ...deed.may] };
    }
    case "account.suspend":
      return { whom: name(deed.account), detail: [deed.reason] };
    case "account.restore":
      return { whom: name(deed.account), detail: [] };
    case "account.rekey":
    case "operation.appoint":
    case "device.add":
    case "device.revoke":
    case "key.rotate":
      return { whom: name(deed.account), detail: [] };
    case "organisation.add":
      return { whom: deed.name, detail: [deed.country] };
    case "organisation.change":
      return { whom: latest.organisations.get(deed.organisation)?.name ?? "", detail: [deed.name] };
    case "administrators.set":
      return { whom: "", detail: [...deed.administrators.map((one) => one.name), String(deed.threshold)] };
    case "roles.adopt":
      return { whom: "", detail: [String(deed.matrix.edition)] };
    case "suite.raise":
      return { whom: "", detail: [String(deed.suite)] };
    case "version.raise":
      return { whom: "", detail: [String(deed.version)] };
  }
}
