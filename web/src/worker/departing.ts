/**
 * Leaving everything in one act: the card, the operations, the devices (docs/spec/19-cards.md; twin of hub/client/departure.py).
 *
 * Each step is read off what the chains say, so whoever was interrupted goes on where they stood by asking once more.
 */
import { actBody } from "../crypto/directory.ts";
import type { Operation } from "../crypto/membership.ts";
import { pack } from "../crypto/packet.ts";
import { Refused, sendPacket } from "../net/api.ts";
import { type At, cards, contactOf, putCard } from "./cards.ts";
import { commit } from "./governance.ts";
import type { LeavingView, Peopling } from "./peopling.ts";
import { Declined } from "./problems.ts";

const ACT_LIFE = 24 * 60 * 60 * 1000;
const REASON = "Departure";
const MOVED_ON: ReadonlySet<string> = new Set(["gap", "repeated"]);

interface Left {
  readonly hasCard: boolean;
  readonly operations: readonly Operation[];
  /** This one last. */
  readonly devices: readonly { readonly id: string; readonly label: string }[];
}

export async function leaving(at: At): Promise<LeavingView> {
  const { hasCard, operations, devices } = await left(at);
  return {
    code: at.keys.code,
    hasCard,
    operations: operations.map(({ name }) => name),
    devices: devices.map(({ label }) => label),
    lastCoordinatorOf: operations.filter((one) => isLastCoordinator(at, one)).map(({ name }) => name),
  };
}

/** Raises last-coordinator where an operation would be left without one; then nothing was changed. */
export async function leave(at: At): Promise<Peopling["leave"]["answer"]> {
  const { hasCard, operations, devices } = await left(at);
  if (operations.some((one) => isLastCoordinator(at, one))) throw new Declined("last-coordinator");
  if (hasCard) {
    await putCard(at, null);
    return { did: "card", which: "" };
  }
  const [operation] = operations;
  if (operation !== undefined) {
    const removal = { changes: [{ change: "member.remove", account: at.keys.account }] as const, labels: new Map<string, string>(), documents: new Map() };
    await commit(at.world.governing(operation.id), (state) => (state.members.has(at.keys.account) ? removal : { ...removal, changes: [] }));
    return { did: "operation", which: operation.name };
  }
  const [device] = devices;
  if (device === undefined) return null;
  await revoke(at, device.id);
  return { did: "device", which: device.label };
}

async function left(at: At): Promise<Left> {
  const { world, keys } = at;
  await world.directory.sync();
  const directory = world.directory.latest;
  const operations = [...world.operations.values()].flatMap(({ ledger }) => {
    const state = ledger.frozen === null ? ledger.latest : null;
    return state !== null && state.members.has(keys.account) ? [state] : [];
  });
  const devices = [...directory.devices.values()]
    .filter(({ id, account }) => account === keys.account && directory.deviceValid(id, account))
    .sort((a, b) => Number(a.id === keys.device) - Number(b.id === keys.device));
  return { hasCard: contactOf((await cards(at)).get(keys.account)) !== null, operations, devices };
}

/** Whether others would stay behind without anybody who coordinates. */
function isLastCoordinator({ world, keys }: At, { members }: Operation): boolean {
  const directory = world.directory.latest;
  const coordinating = [...members].filter(([account, { role }]) => role === "coordinator" && directory.accounts.get(account)?.suspended === false);
  return coordinating.length === 1 && coordinating[0]?.[0] === keys.account && members.size > 1;
}

async function revoke({ world, keys }: At, device: string): Promise<void> {
  const { hub, account, owner } = keys;
  const head = { hub, type: "device.revoke", by: [account], n: world.directory.latest.nextN([account]), expires: Date.now() + ACT_LIFE } as const;
  const body = actBody(head, { account, device, reason: REASON });
  const signature = await owner.sign("act", body);
  try {
    await sendPacket("/api/directory", pack(new Uint8Array(), new Uint8Array(), body, [signature], new Uint8Array()));
  } catch (refused) {
    // Another device of this person was faster: the next step looks again.
    if (!(refused instanceof Refused) || !MOVED_ON.has(refused.code)) throw refused;
  }
}
