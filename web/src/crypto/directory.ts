/**
 * Who is who in a hub, as signed by administrators and owners: the directory chain (docs/spec/08-directory.md).
 */

import { readAct, readGenesis, type Act, type Deed } from "./acts.ts";
import { checkNext } from "./chain.ts";
import { checkAct, hashOfNewKey, keysIn } from "./directory_rules.ts";
import { b64, canon, parse, statementId, unb64, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { fields, id32, integer, known, orNull } from "./fields.ts";
import { Directory, signerGroup, Store } from "./people.ts";
import { checkStrong, verify } from "./signing.ts";

export { actBody, genesisBody } from "./acts.ts";
export { checkAct } from "./directory_rules.ts";
export { checkEnrolmentPublic, enrolmentBody, type Enrolment } from "./enrolment.ts";
export { Directory, reads, type Account, type Appointment, type Device, type Organisation } from "./people.ts";

/** One entry as it travels: the entry, the act it orders, the act's signatures in the order of `by`. */
export interface Signed {
  readonly entry: Bytes;
  readonly act: Bytes;
  readonly signatures: readonly Bytes[];
}

/** Every state of one directory, from the genesis to the last entry verified here. */
export class DirectoryHistory {
  readonly #states: Directory[] = [];

  /** Verifies everything. Raises what `apply` raises, at the first entry that may not stand. */
  static async replay(entries: Iterable<Signed>): Promise<DirectoryHistory> {
    const history = new DirectoryHistory();
    for (const { entry, act, signatures } of entries) await history.append(entry, act, signatures);
    return history;
  }

  /** The new latest state; nothing changes if `apply` raises. One call at a time. */
  async append(entryBody: Bytes, actBody: Bytes, signatures: readonly Bytes[]): Promise<Directory> {
    const state = await apply(this.#states.at(-1) ?? null, entryBody, actBody, signatures);
    this.#states.push(state);
    return state;
  }

  get size(): number {
    return this.#states.length;
  }

  /** Raises wrong-place while there is no genesis. */
  get latest(): Directory {
    return this.at(this.size);
  }

  /** The directory after `size` entries. Raises wrong-place if that is not known here. */
  at(size: number): Directory {
    const state = this.#states[size - 1];
    if (state === undefined) {
      throw new ProtocolError("wrong-place", `A directory of ${size} entries is not known here, only ${this.size}.`);
    }
    return state;
  }

  /** The id of entry `seq`, for `checkNotRolledBack`. */
  idAt(seq: number): string {
    return this.at(seq + 1).head;
  }
}

export async function replay(entries: Iterable<Signed>): Promise<DirectoryHistory> {
  return DirectoryHistory.replay(entries);
}

/** The hub's ordering of one act (`act` is the act's statement id; the hub id for the genesis). */
export function entryBody(hub: string, seq: number, prev: string | null, act: string): Bytes {
  return canon({ v: 1, hub, seq, prev, act });
}

/** The statement id of a directory entry. */
export async function entryId(body: Uint8Array): Promise<string> {
  return b64(await statementId("directory-entry", body));
}

/**
 * The directory after one more entry.
 *
 * Raises the error that names what does not fit: form, place (not-next, wrong-hub, wrong-place), order of acts (repeated,
 * gap), signatures (bad-signature) or rule (not-allowed, not-certified, revoked, repeated, weak-key, malformed-key).
 * `expires` is not judged: a client has no trusted time; the hub judges it when it accepts the act.
 */
export async function apply(
  state: Directory | null,
  entryBody: Bytes,
  actBody: Bytes,
  signatures: readonly Bytes[],
): Promise<Directory> {
  const value = fields(parse(entryBody), ["v", "hub", "seq", "prev", "act"]);
  known(value["v"]);
  const [seq, prev] = [integer(value["seq"]), orNull(value["prev"], id32)];
  const [hub, actId] = [id32(value["hub"]), id32(value["act"])];
  const id = await entryId(entryBody);
  if (state === null) {
    checkNext(null, seq, prev);
    if (actId !== hub) throw wrongPlace("The first entry orders something else than the genesis.");
    return found(hub, id, actBody, signatures);
  }
  if (hub !== state.hub) throw new ProtocolError("wrong-hub", "This is a directory entry of another hub.");
  checkNext({ seq: state.size - 1, id: state.head }, seq, prev);
  if (b64(await statementId("act", actBody)) !== actId) throw wrongPlace("The entry orders another act.");
  const act = await readAct(actBody);
  await checkAct(state, act, actBody, signatures);
  return change(state, id, act, await hashOfNewKey(act.deed));
}

async function found(hub: string, id: string, body: Bytes, signatures: readonly Bytes[]): Promise<Directory> {
  const genesis = await readGenesis(body);
  if (b64(await statementId("genesis", body)) !== hub) {
    throw new ProtocolError("wrong-hub", "This is the genesis of another hub.");
  }
  if (signatures.length !== genesis.administrators.length) {
    throw new ProtocolError("bad-signature", "The genesis needs every administrator's signature.");
  }
  for (const [at, administrator] of genesis.administrators.entries()) {
    const key = unb64(administrator.key);
    checkStrong(key);
    await verify("administrator", key, "genesis", body, signatures[at] ?? new Uint8Array());
  }
  checkStrong(unb64(genesis.logKey));
  const { matrix, administrators, threshold } = genesis;
  const store = new Store(1);
  takeAdministrators(store, administrators);
  return new Directory({
    ...{ hub, genesis, size: 1, head: id, administrators, threshold, edition: 1, version: 1, suite: 1 },
    ...{ matrix, matrices: new Map([[matrix.hash, matrix]]), store },
  });
}

/** `state` with an act that was judged; `newAekHash` is of the deed's encryption key, if it has one. Nothing raises and nothing waits from here on. */
function change(state: Directory, id: string, act: Act, newAekHash: string): Directory {
  const [seq, size] = [state.size, state.size + 1];
  // Another directory may have grown the shared store further: then this one goes on in its own copy.
  const store = state.store.size === state.size ? state.store : state.store.upto(state.size);
  store.size = size;
  store.counters.put(size, signerGroup(act.by), act.n);
  const after = state.with({ size, head: id, store });
  const deed = act.deed;
  switch (deed.type) {
    case "roles.adopt":
      return after.with({
        matrix: deed.matrix,
        matrices: new Map([...state.matrices, [deed.matrix.hash, deed.matrix]]),
      });
    case "organisation.add": {
      const { organisation, name, country, short } = deed;
      store.organisations.put(size, organisation, { id: organisation, name, country, short });
      break;
    }
    case "organisation.change": {
      const known = state.organisations.get(deed.organisation);
      if (known !== null) store.organisations.put(size, known.id, { ...known, name: deed.name, short: deed.short });
      break;
    }
    case "account.certify":
      putAccount(state, store, deed, newAekHash);
      break;
    case "account.suspend":
    case "account.restore":
      store.accounts.put(size, deed.account, {
        ...state.account(deed.account),
        suspended: deed.type === "account.suspend",
      });
      break;
    case "device.add": {
      const { device, account, key, label } = deed;
      store.devices.put(size, device, { id: device, account, key, label, addedSeq: seq, revokedSeq: null });
      store.taken.put(size, `key ${key}`, device);
      break;
    }
    case "device.revoke": {
      const device = state.devices.get(deed.device);
      if (device !== null) store.devices.put(size, deed.device, { ...device, revokedSeq: seq });
      store.accounts.put(size, deed.account, { ...state.account(deed.account), awaitingRotation: true });
      break;
    }
    case "key.rotate": {
      const { aek, generation } = deed;
      const keys = { aek, aekHash: newAekHash, generation };
      const rotated = { ...state.account(deed.account), ...keys, awaitingRotation: false };
      store.accounts.put(size, deed.account, rotated);
      store.taken.put(size, `aek ${newAekHash}`, deed.account);
      break;
    }
    case "account.rekey":
      rekey(state, store, deed, newAekHash);
      break;
    case "administrators.set": {
      takeAdministrators(store, deed.administrators);
      const { administrators, threshold, edition } = deed;
      return after.with({ administrators, threshold, edition });
    }
    case "operation.appoint": {
      const { operation, account } = deed;
      store.appointments.put(size, operation, { seq, operation, account, aik: state.account(account).aik });
      break;
    }
    case "version.raise":
      return after.with({ version: deed.version });
    case "suite.raise":
      return after.with({ suite: deed.suite });
  }
  return after;
}

function putAccount(state: Directory, store: Store, deed: DeedOf<"account.certify">, newAekHash: string): void {
  const known = state.accounts.get(deed.account);
  const { account: id, organisation, name, code, aik, aek, generation, level, may, invitation } = deed;
  store.accounts.put(state.size + 1, id, {
    ...{ id, organisation, name, code, aik, aek, generation, level, may, invitation },
    aekHash: newAekHash,
    country: state.organisations.get(deed.organisation)?.country ?? "",
    certifiedSeq: state.size,
    suspended: known?.suspended ?? false,
    awaitingRotation: known?.awaitingRotation ?? false,
  });
  if (known !== null) return;
  store.taken.put(state.size + 1, `code ${code}`, id);
  for (const use of keysIn(deed, newAekHash)) store.taken.put(state.size + 1, use, id);
}

/**
 * The account under its new keys, at the lowest level and with no device left. The owner, who may know nothing of what was,
 * counts their acts from 1 again: none under the older key fits any more.
 */
function rekey(state: Directory, store: Store, deed: DeedOf<"account.rekey">, newAekHash: string): void {
  const [seq, size] = [state.size, state.size + 1];
  const { account: id, aik, aek, invitation } = deed;
  const known = state.account(id);
  store.accounts.put(size, id, {
    ...known,
    ...{ aik, aek, aekHash: newAekHash, generation: known.generation + 1, level: "A1", may: [], invitation },
    ...{ certifiedSeq: seq, suspended: false, awaitingRotation: false },
  });
  store.counters.put(size, signerGroup([id]), 0);
  for (const use of keysIn(deed, newAekHash)) store.taken.put(size, use, id);
  for (const device of [...state.devices.values()]) {
    if (device.account === id && device.revokedSeq === null) {
      store.devices.put(size, device.id, { ...device, revokedSeq: seq });
    }
  }
}

function takeAdministrators(store: Store, administrators: Directory["administrators"]): void {
  for (const { id, key } of administrators) {
    store.taken.put(store.size, `administrator ${id}`, id);
    store.taken.put(store.size, `administrator-key ${key}`, id);
  }
}

type DeedOf<Type extends Deed["type"]> = Extract<Deed, { readonly type: Type }>;

function wrongPlace(sentence: string): ProtocolError {
  return new ProtocolError("wrong-place", sentence);
}
