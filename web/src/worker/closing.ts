/**
 * The end of an operation as a member carries it out: closing, destroying by two, receipts (docs/spec/25-destruction.md).
 *
 * Twin of hub/client/closing.py.
 */
import { certificateHash, checkCertificateLeaf, checkReceipt, readCertificate, receiptBody, type Certificate, type Receipt } from "../crypto/certificate.ts";
import { type Change, type Entry, readEntry } from "../crypto/changes.ts";
import { b64, type Bytes, unb64 } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { apply, entryBody, entryId } from "../crypto/membership.ts";
import { NOTICE_OF_DESTRUCTION } from "../crypto/membership_changes.ts";
import { pack } from "../crypto/packet.ts";
import { coordinators, type Operation } from "../crypto/readers.ts";
import { getJson, Refused, sendPacket } from "../net/api.ts";
import type { Ending, EndingStep } from "./governing.ts";
import { commit, type Governing, type Meant } from "./governance.ts";
import { nameOf } from "./lines.ts";
import { Declined } from "./problems.ts";
import { known } from "./known.ts";
import type { World } from "./world.ts";

const ACTIONS = ["operation.close", "operation.destroy", "destroy.cancel", "hold.set", "retention.set"] as const;
/** Clocks differ: a notice of exactly seven days would be too short for a hub that is a little ahead. */
const SLACK = 60_000;

interface Waiting {
  readonly entry: Entry;
  readonly body: Bytes;
  readonly signature: Bytes;
  readonly by: string;
  readonly mine: boolean;
}

/** A certificate that holds, and the receipts that hold. */
export interface Destruction {
  readonly certificate: Certificate;
  readonly hash: string;
  readonly receipts: readonly Receipt[];
}

/** How the operation's end stands. What waits for a second signature only coordinators are told. */
export async function ending(world: World, operation: string): Promise<Ending> {
  const at = world.governing(operation);
  const state = known(at.operation);
  const directory = at.directory.latest;
  const own = state.members.get(at.keys.account);
  const may = own === undefined || at.operation.frozen !== null ? [] : ACTIONS.filter((action) => state.matrix.allows(action, own.role));
  const waits = may.includes("operation.destroy") && !world.destroyed.has(operation) ? await waiting(world, operation) : [];
  const gone = world.destroyed.get(operation) ?? null;
  return {
    phase: state.phase,
    may,
    retentionUntil: state.retentionUntil,
    hold: state.hold,
    destroyAt: state.destroyAt,
    others: coordinators(state, directory).filter((one) => one !== at.keys.account).map((one) => nameOf(directory, one)),
    waiting: await Promise.all(
      waits.map(async ({ entry, body, by, mine }) => ({
        id: await entryId(body),
        by: nameOf(directory, by),
        mine,
        destroyAt: entry.changes.flatMap((change) => (change.change === "operation.destroy" ? [change.at] : []))[0] ?? null,
      })),
    ),
    destroyed:
      gone === null
        ? null
        : {
            ...gone.certificate,
            by: gone.certificate.by.map((one) => nameOf(directory, one)),
            hash: gone.hash,
            receipts: gone.receipts.length,
          },
  };
}

/** Carries out one step. Raises what the rules refuse, before anything is sent. */
export async function end(world: World, operation: string, step: EndingStep): Promise<Ending> {
  const at = world.governing(operation);
  if (step.do === "destroy") await propose(at, { change: "operation.destroy", at: Math.max(step.at, Date.now() + NOTICE_OF_DESTRUCTION + SLACK) });
  else if (step.do === "release") await propose(at, { change: "hold.set", on: false, reason: step.reason });
  else if (step.do === "countersign") await countersign(world, operation, step.id);
  else await commit(at, (state) => only(changeOf(step, state)));
  await world.refresh(operation);
  return ending(world, operation);
}

function only(change: Change | null): Meant {
  return { changes: change === null ? [] : [change], labels: new Map(), documents: new Map() };
}

/** What one coordinator does alone. */
type Alone = Exclude<EndingStep, { do: "destroy" } | { do: "release" } | { do: "countersign" }>;

/** Null where it stands so already. */
function changeOf(step: Alone, state: Operation): Change | null {
  switch (step.do) {
    case "close":
      return state.phase === "closed" ? null : { change: "operation.close" };
    case "retain":
      return state.retentionUntil === step.until ? null : { change: "retention.set", until: step.until };
    case "hold":
      return state.hold === null ? { change: "hold.set", on: true, reason: step.reason } : null;
    case "cancel":
      return state.destroyAt === null ? null : { change: "destroy.cancel" };
  }
}

/** The same entry once for each device of the other coordinators: whichever signs beside, it is the next entry. */
async function propose(at: Governing, change: Change): Promise<void> {
  await at.directory.sync();
  await at.operation.sync();
  const [before, directory] = [known(at.operation), at.directory.latest];
  const others = new Set(coordinators(before, directory).filter((one) => one !== at.keys.account));
  const devices = [...directory.devices.values()].filter(({ account, revokedSeq }) => others.has(account) && revokedSeq === null);
  if (devices.length === 0) throw new Declined("no-second");
  const packets: Uint8Array[] = [];
  for (const { account, id } of devices) {
    const body = entryBody({
      hub: at.keys.hub,
      operation: before.id,
      seq: before.seq + 1,
      prev: before.head,
      directorySize: directory.size,
      directoryHead: directory.head,
      by: [
        { account: at.keys.account, device: at.keys.device },
        { account, device: id },
      ],
      at: Math.max(Date.now(), before.at),
      changes: [change],
      epochs: [],
    });
    packets.push(pack(new Uint8Array(), body, new Uint8Array(), [await at.keys.signer.sign("entry", body)], new Uint8Array()));
  }
  await sendPacket(`/api/operations/${before.id}/countersigning`, joined(packets));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

async function waiting(world: World, operation: string): Promise<readonly Waiting[]> {
  const { keys } = world;
  const told = await getJson<readonly { account: string; body: string; signature: string }[]>(`/api/operations/${operation}/countersigning`);
  return told.map(({ account, body, signature }) => {
    const bytes = unb64(body);
    const entry = readEntry(bytes);
    const mine = account !== keys.account && entry.by.some((one) => one.account === keys.account && one.device === keys.device);
    return { entry, body: bytes, signature: unb64(signature, 64), by: account, mine };
  });
}

/** The second signature: judged by the rules first, then handed in as the operation's next entry. */
async function countersign(world: World, operation: string, id: string): Promise<void> {
  const at = world.governing(operation);
  await at.directory.sync();
  await at.operation.sync();
  for (const { entry, body, signature, mine } of await waiting(world, operation)) {
    if (!mine || (await entryId(body)) !== id) continue;
    if (entry.operation !== operation) throw new ProtocolError("wrong-place", "An entry of another operation.");
    const own = await at.keys.signer.sign("entry", body);
    const signatures = entry.by.map(({ account }) => (account === at.keys.account ? own : signature));
    await apply(known(at.operation), at.directory.history.at(entry.directorySize), body, signatures);
    await sendPacket(`/api/operations/${operation}/entries`, pack(new Uint8Array(), body, new Uint8Array(), signatures, new Uint8Array()));
    return;
  }
  throw new Declined("changed-meanwhile");
}

/**
 * The certificate, proven in the log and held against the operation's own chain; null while there is none. Then this device says by
 * receipt that it forgot. Raises bad-proof, or wrong-place for a certificate that the chain gave no reason for.
 */
export async function settle(world: World, operation: string): Promise<Destruction | null> {
  const told = await getJson<{ leaf: number; certificate: string; receipts: readonly { body: string; signature: string }[] }>(
    `/api/operations/${operation}/destruction`,
  ).catch((refused: unknown) => {
    if (refused instanceof Refused && refused.status === 404) return null;
    throw refused;
  });
  if (told === null) return null;
  const at = world.governing(operation);
  const state = known(at.operation);
  const body = unb64(told.certificate);
  await checkCertificateLeaf(await world.log.body(told.leaf), body);
  const certificate = readCertificate(body);
  const fits =
    certificate.hub === at.keys.hub &&
    certificate.operation === operation &&
    certificate.due === state.destroyAt &&
    at.operation.past.some(({ id }) => id === certificate.entry);
  if (!fits) throw new ProtocolError("wrong-place", "A certificate that the chain gave no reason for.");
  const hash = b64(await certificateHash(body));
  const receipts = await receiptsOf(at, told.receipts, hash);
  if (!receipts.some(({ device }) => device === at.keys.device)) receipts.push(await confirm(at, hash));
  return { certificate, hash, receipts };
}

/** Those that a device of the directory signed for this certificate; others are as if they weren't there. */
async function receiptsOf(at: Governing, told: readonly { body: string; signature: string }[], certificate: string): Promise<Receipt[]> {
  const found: Receipt[] = [];
  for (const one of told) {
    const body = unb64(one.body);
    const { device } = JSON.parse(new TextDecoder().decode(body)) as { device: string };
    const known = at.directory.latest.devices.get(device);
    if (known === null) continue;
    const receipt = await checkReceipt(body, unb64(one.signature, 64), at.keys.hub, at.operation.id, unb64(known.key, 32));
    if (receipt.account === known.account && receipt.device === known.id && receipt.certificate === certificate) found.push(receipt);
  }
  return found;
}

async function confirm({ keys, operation }: Governing, certificate: string): Promise<Receipt> {
  const receipt: Receipt = { hub: keys.hub, operation: operation.id, account: keys.account, device: keys.device, certificate, at: Date.now() };
  const body = receiptBody(receipt);
  const signature = await keys.signer.sign("receipt", body);
  const packet = pack(new Uint8Array(), body, new Uint8Array(), [signature], new Uint8Array());
  await sendPacket(`/api/operations/${operation.id}/destruction/receipts`, packet);
  return receipt;
}
