/**
 * An administrator's key in their own vault, and what it signs: requests, acts, and acts that others sign too
 * (docs/spec/08-directory.md; twin of hub/client/administrators.py).
 */
import { actBody } from "../crypto/directory.ts";
import { type Deed } from "../crypto/acts.ts";
import { b64, canon, compareIds, statementId, unb64, type Bytes, type JsonObject } from "../crypto/encoding.ts";
import { id32, isObject } from "../crypto/fields.ts";
import { pack } from "../crypto/packet.ts";
import { type Signer, signerFromSecret } from "../crypto/signing.ts";
import { openPrivate, stretch } from "../crypto/vault.ts";
import { sendPacket } from "../net/api.ts";
import type { Unlocked } from "./keys.ts";
import type { DirectoryLedger } from "./ledger.ts";
import { Declined } from "./problems.ts";
import type { Records } from "./records.ts";
import type { Outcome } from "./administering.ts";

export const RECORD = "administrator";
const DAY = 24 * 3_600_000;
/** As long as several people may need to find each other. */
const PROPOSAL_LIFE = 14 * DAY;
/** A key is made before the hub it founds has an id. */
const NO_HUB = b64(new Uint8Array(32));
const NOTHING = new Uint8Array();

export interface Desk {
  readonly keys: Unlocked;
  readonly records: Records;
  readonly directory: DirectoryLedger;
}

export interface Administrator {
  readonly id: string;
  readonly name: string;
  readonly signer: Signer;
}

/** The key in this person's vault, or null. */
export async function administratorOf({ records }: Desk): Promise<Administrator | null> {
  const kept = records.get(RECORD);
  if (kept === null) return null;
  const { id, name, secret } = kept as { id: string; name: string; secret: string };
  return { id, name, signer: await signerFromSecret("administrator", unb64(secret, 32)) };
}

/** Raises Declined no-key where this person holds no key that the directory names now. */
export async function signing(desk: Desk): Promise<Administrator> {
  const own = await administratorOf(desk);
  if (own === null || !isNamed(desk, own)) throw new Declined("no-key");
  return own;
}

export function isNamed({ directory }: Desk, { id, signer }: Administrator): boolean {
  return directory.latest.administrators.some((one) => one.id === id && one.key === b64(signer.public));
}

/** Durable here and on the hub, sealed, when it returns. */
export async function keepKey({ records }: Desk, id: string, name: string, secret: Bytes): Promise<void> {
  await records.keep(RECORD, { v: 1, id, name, secret: b64(secret) });
  await records.bring(RECORD);
}

/** The key of a file that `ncphub found genesis` wrote. Raises Declined not-a-key, wrong-passphrase or not-this-hubs. */
export async function bringKey(desk: Desk, file: string, passphrase: string): Promise<void> {
  const { id, name, salt, sealed } = readKeyFile(file);
  let opened: JsonObject;
  try {
    opened = await openPrivate(await stretch(passphrase, unb64(salt, 16)), { hub: NO_HUB, account: id, record: RECORD, version: 1 }, sealed);
  } catch {
    throw new Declined("wrong-passphrase");
  }
  const secret = unb64(id32(opened["secret"]));
  const signer = await signerFromSecret("administrator", secret);
  if (!isNamed(desk, { id, name, signer })) throw new Declined("not-this-hubs");
  await keepKey(desk, id, name, secret);
}

function readKeyFile(file: string): { id: string; name: string; salt: string; sealed: string } {
  let value: unknown;
  try {
    value = JSON.parse(file);
  } catch {
    throw new Declined("not-a-key");
  }
  const parts = isObject(value as JsonObject) ? (value as JsonObject) : {};
  const [id, name, salt, sealed] = [parts["id"], parts["name"], parts["salt"], parts["sealed"]];
  if (typeof id !== "string" || typeof name !== "string" || typeof salt !== "string" || typeof sealed !== "string") {
    throw new Declined("not-a-key");
  }
  return { id, name, salt, sealed };
}

/** A request that an administrator's signature authorises and that doesn't enter the chain. */
export async function request({ keys }: Desk, { id, signer }: Administrator, type: string, parts: JsonObject): Promise<Bytes> {
  const body = canon({ ...parts, v: 1, hub: keys.hub, type, by: [id], at: Date.now() });
  return pack(NOTHING, body, NOTHING, [await signer.sign("act", body)], NOTHING);
}

/**
 * Signs an act and hands it in; one that needs further administrators is left at the hub for them.
 *
 * `following` are packets that are handed in right after it.
 */
export async function act(desk: Desk, type: Deed["type"], parts: JsonObject, needed: number, following: Bytes = NOTHING): Promise<Outcome> {
  const own = await signing(desk);
  const { latest } = desk.directory;
  const others = latest.administrators.map(({ id }) => id).filter((id) => id !== own.id);
  return signAct(desk, own, type, parts, [own.id, ...others.slice(0, needed - 1)], following);
}

export async function signAct(
  desk: Desk,
  own: Administrator,
  type: Deed["type"],
  parts: JsonObject,
  signers: readonly string[],
  following: Bytes = NOTHING,
): Promise<Outcome> {
  const by = [...signers].sort(compareIds);
  const head = { hub: desk.keys.hub, type, by, n: desk.directory.latest.nextN(by), expires: Date.now() + (by.length > 1 ? PROPOSAL_LIFE : DAY) };
  const body = actBody(head, parts);
  const signature = await own.signer.sign("act", body);
  if (by.length > 1) {
    await sendPacket("/api/proposals", pack(NOTHING, NOTHING, body, [signature], following));
    return "proposed";
  }
  await handIn(desk, body, [signature], following);
  return "done";
}

export async function handIn({ directory }: Desk, body: Bytes, signatures: readonly Bytes[], following: Bytes): Promise<void> {
  const packet = pack(NOTHING, NOTHING, body, signatures, NOTHING);
  const whole = new Uint8Array(packet.length + following.length);
  whole.set(packet);
  whole.set(following, packet.length);
  await sendPacket("/api/directory", whole);
  await directory.sync();
}

export async function actId(body: Bytes): Promise<string> {
  return b64(await statementId("act", body));
}
