/**
 * Invitations made here, and the enrolments that came under them: the secret rests in the administrator's vault and never
 * reaches the hub (docs/spec/26-invitations.md; twin of hub/client/registrar.py).
 */
import { CODE } from "../crypto/acts.ts";
import { checkEnrolmentPublic, type Enrolment } from "../crypto/directory.ts";
import { b64, newId, randomBytes, unb64, type Bytes } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { invitationFragment, invitationId } from "../crypto/invitation.ts";
import { safetyNumber } from "../crypto/keys.ts";
import { pack } from "../crypto/packet.ts";
import { checkEnrolmentMac, formatSecret } from "../crypto/vault.ts";
import { sendJson, sendPacket } from "../net/api.ts";
import type { InvitationPaper, InvitationView, WaitingView } from "./administering.ts";
import { type Administrator, type Desk, request } from "./administrator.ts";
import { Declined } from "./problems.ts";

const LIFE = 14 * 24 * 3_600_000;
const PREFIX = "invitation-";
const NOTHING = new Uint8Array();

/** What the vault remembers of an invitation. */
export interface Remembered {
  readonly v: 1;
  readonly invitation: string;
  readonly account: string;
  readonly code: string;
  readonly name: string;
  readonly secret: string;
  readonly at: number;
  readonly expires: number;
}

/** An enrolment as the hub hands it on: nothing of it is believed. */
interface Row {
  readonly invitation: string;
  readonly body: string;
  readonly signatures: string;
  readonly mac: string;
  readonly device_act: { readonly body: string; readonly signature: string };
}

/** `enrolment` is there only where everything holds: both signatures, every key, the invitation's secret, account and code. */
export interface Waiting {
  readonly view: WaitingView;
  readonly enrolment: Enrolment | null;
  /** Packet of the account's own act that adds the enrolled device. */
  readonly following: Bytes;
}

function recordOf(invitation: string): string {
  const hex = Array.from(unb64(invitation, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return PREFIX + hex;
}

export function remembered({ records }: Desk): readonly Remembered[] {
  return records.named(PREFIX).map((value) => value as unknown as Remembered);
}

export function find(desk: Desk, invitation: string): Remembered {
  const known = remembered(desk).find((one) => one.invitation === invitation);
  if (known === undefined) throw new Declined("not-found");
  return known;
}

/** Once it is certified nobody needs the secret again. */
export async function forget({ records }: Desk, invitation: string): Promise<void> {
  await records.drop(recordOf(invitation));
}

/**
 * The vault first: whoever answers can be checked even if the answer to this is lost.
 *
 * Raises Declined code-malformed or code-taken.
 */
export async function invite(desk: Desk, own: Administrator, given: { code: string; name: string; account: string | null }): Promise<InvitationPaper> {
  const code = given.code.trim().toUpperCase();
  if (!CODE.test(code)) throw new Declined("code-malformed");
  const { latest } = desk.directory;
  const known = given.account === null ? null : latest.account(given.account);
  if (known === null && latest.taken.has(`code ${code}`)) throw new Declined("code-taken");
  if (known !== null && known.code !== code) throw new Declined("code-malformed");
  const [secret, at, account] = [randomBytes(16), Date.now(), given.account ?? newId()];
  const invitation = await invitationId(secret, desk.keys.hub);
  const expires = at + LIFE;
  const kept: Remembered = { v: 1, invitation, account, code, name: given.name.trim(), secret: b64(secret), at, expires };
  await desk.records.keep(recordOf(invitation), { ...kept });
  await desk.records.bring(recordOf(invitation));
  await sendPacket("/api/invitations", await request(desk, own, "invitation.open", { invitation, account, code, expires }));
  return paper(desk, kept);
}

/** The link and the sheet again, for as long as nobody has answered. */
export async function paper({ keys }: Desk, { invitation, account, code, name, secret, expires }: Remembered): Promise<InvitationPaper> {
  const url = `${location.origin}/setup`;
  const link = `${url}#invitation=${invitationFragment({ hub: keys.hub, account, code, secret })}`;
  return { id: invitation, code, name, link, typed: await formatSecret(unb64(secret, 16)), url, expires };
}

/** All that wait, each judged here. */
export async function waiting(desk: Desk, own: Administrator): Promise<readonly Waiting[]> {
  const asked = await request(desk, own, "enrolments.read", {});
  const rows = await sendPacket<readonly Row[]>("/api/enrolments/pending", asked);
  return Promise.all(rows.map((row) => judge(desk, row)));
}

async function judge(desk: Desk, row: Row): Promise<Waiting> {
  const { hub } = desk.keys;
  const known = remembered(desk).find((one) => one.invitation === row.invitation) ?? null;
  const blank: WaitingView = {
    invitation: row.invitation,
    code: known?.code ?? "",
    name: known?.name ?? "",
    at: 0,
    deviceLabel: "",
    safetyNumber: "",
    again: false,
    mine: known !== null,
    fault: null,
  };
  try {
    // 1. both signatures and every key; 2. made with the invitation's secret; 3. for the invited account and code.
    const body = unb64(row.body);
    const joined = unb64(row.signatures, 128);
    const enrolment = await checkEnrolmentPublic(body, [joined.slice(0, 64), joined.slice(64)], hub);
    if (enrolment.invitation !== row.invitation) throw new ProtocolError("wrong-place", "Another invitation's enrolment.");
    const { code, at, deviceLabel, account, aik } = enrolment;
    const view: WaitingView = {
      ...blank,
      code,
      at,
      deviceLabel,
      safetyNumber: await safetyNumber(hub, account, aik),
      again: desk.directory.latest.accounts.has(account),
    };
    if (known === null) return { view, enrolment: null, following: NOTHING };
    await checkEnrolmentMac(unb64(known.secret, 16), hub, row.invitation, body, unb64(row.mac, 32));
    if (account !== known.account || code !== known.code) throw new ProtocolError("wrong-place", "Somebody else was invited.");
    const act = row.device_act;
    const following = pack(NOTHING, NOTHING, unb64(act.body), [unb64(act.signature, 64)], NOTHING);
    return { view, enrolment, following };
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    return { view: { ...blank, fault: fault.code }, enrolment: null, following: NOTHING };
  }
}

export function invitationViews(desk: Desk, pending: readonly Waiting[], now: number): readonly InvitationView[] {
  const { latest } = desk.directory;
  return remembered(desk)
    .map(({ invitation, account, code, name, at, expires }): InvitationView => {
      const certified = latest.accounts.get(account)?.invitation === invitation;
      const answered = pending.some(({ view }) => view.invitation === invitation);
      const state = certified ? "certified" : answered ? "waiting" : expires > now ? "open" : "over";
      return { id: invitation, code, name, madeAt: at, expires, state, again: latest.accounts.has(account) && !certified };
    })
    .sort((a, b) => b.madeAt - a.madeAt);
}

export async function closeNomination(nomination: string, outcome: "invited" | "declined"): Promise<void> {
  await sendJson("POST", `/api/nominations/${nomination}/outcome`, { outcome });
}
