/** Lets a new device in: shows a one-time code, checks who asks with it, and hands the vault's key over (docs/spec/27-ways.md). */
import { b64, type Bytes, randomBytes, unb64 } from "../crypto/encoding.ts";
import { verifier } from "../crypto/vault.ts";
import { type Approval, approvalOf, checkNewDevice, formatApprovalCode, type NewDevice, sealApproval } from "../crypto/ways.ts";
import { getJson, Refused, sendJson } from "../net/api.ts";
import { Rest } from "../store/rest.ts";
import { nonce } from "./keys.ts";
import type { Own } from "./own.ts";
import type { ApprovalView } from "./owning.ts";
import { Declined } from "./problems.ts";
import { addToDirectory } from "./rekeying.ts";

interface Waiting {
  readonly approval: Approval;
  readonly code: string;
  readonly expires: number;
  asking: { readonly device: NewDevice; readonly body: Bytes } | null;
  state: ApprovalView["state"];
}

let waiting: Waiting | null = null;

export async function letIn({ keys }: Own): Promise<ApprovalView> {
  const secret = randomBytes(13);
  const approval = await approvalOf(secret, keys.hub);
  const { expires } = await sendJson<{ expires: number }>("POST", "/api/approvals", { approval: approval.id });
  waiting = { approval, code: await formatApprovalCode(secret), expires, asking: null, state: "waiting" };
  return view(waiting);
}

/** Who asks has to have known the code: anybody else's request is as if there were none. */
export async function lookIn({ keys }: Own): Promise<ApprovalView> {
  const now = open();
  if (now.state === "over" || now.state === "answered") return view(now);
  try {
    const told = await getJson<{ request: { body: string; signature: string; mac: string } | null }>(`/api/approvals/${now.approval.id}`);
    if (told.request !== null && now.asking === null) {
      const [body, signature, mac] = [unb64(told.request.body), unb64(told.request.signature, 64), unb64(told.request.mac, 32)];
      const device = await checkNewDevice(body, signature, mac, now.approval, keys.hub, keys.code);
      now.asking = { device, body };
      now.state = "asked";
    }
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 404) throw refused;
    now.state = "over";
  }
  return view(now);
}

/** The device stands in the directory before it can open anything. */
export async function agree(own: Own): Promise<ApprovalView> {
  const { keys, rest } = own;
  const now = open();
  if (now.asking === null) throw new Declined("not-found");
  const { device, body } = now.asking;
  const held = await rest.device(keys.code);
  const second = held === null ? null : await Rest.openSecond(held);
  if (second === null) throw new Declined("second-missing");
  await addToDirectory(own, "device.add", { device: device.device, key: device.key, label: device.label });
  const handed = { account: keys.account, vaultKey: keys.vaultKey, second };
  const sealed = await sealApproval(now.approval, keys.hub, body, handed, nonce());
  const verifies = b64(await verifier(now.approval.signInSecret));
  await sendJson("POST", `/api/approvals/${now.approval.id}`, { sealed, verifier: verifies });
  now.state = "answered";
  return view(now);
}

export async function refuse(): Promise<null> {
  const now = open();
  waiting = null;
  try {
    await sendJson("DELETE", `/api/approvals/${now.approval.id}`, null);
  } catch (refused) {
    if (!(refused instanceof Refused) || refused.status !== 404) throw refused;
  }
  return null;
}

function open(): Waiting {
  if (waiting === null) throw new Declined("not-found");
  return waiting;
}

function view({ state, expires, code, asking }: Waiting): ApprovalView {
  return { state: expires <= Date.now() && state !== "answered" ? "over" : state, expires, code, label: asking?.device.label ?? null };
}
