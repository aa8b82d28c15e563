/**
 * Who is who in a hub, as signed by administrators and owners: the directory chain (docs/spec/08-directory.md).
 */

import { CODE, readAct, readGenesis, type Act, type Deed } from "./acts.ts";
import { checkNext } from "./chain.ts";
import { b64, canon, equalBytes, parse, statementId, unb64, type Bytes, type Json } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { fields, id16, id32, integer, known, malformed, matching, octets, orNull, text } from "./fields.ts";
import { aekHash, checkEncryptionKey, PUBLIC_SIZE } from "./keys.ts";
import { ADMINISTRATORS, Directory, Store, type Account } from "./people.ts";
import { checkStrong, verify } from "./signing.ts";

export { actBody, genesisBody } from "./acts.ts";
export { ADMINISTRATORS, Directory, reads, type Account, type Device, type Organisation } from "./people.ts";

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
  const hash = "aek" in act.deed ? b64(await aekHash(act.deed.aek)) : "";
  return change(state, id, act, hash);
}

/** Raises unless `act` may be the next entry's: hub, number, signers, signatures, rule (see `apply`). */
export async function checkAct(
  state: Directory,
  act: Act,
  body: Bytes,
  signatures: readonly Bytes[],
): Promise<void> {
  if (act.hub !== state.hub) throw new ProtocolError("wrong-hub", "This is an act of another hub.");
  const group = await checkSigners(state, act, body, signatures);
  const last = state.counters.get(group) ?? 0;
  if (act.n <= last) throw repeated(`Act number ${act.n} was used.`);
  if (act.n > last + 1) throw new ProtocolError("gap", `Act number ${act.n}, but ${last + 1} is next.`);
  checkRule(state, act, group !== ADMINISTRATORS);
}

async function found(hub: string, id: string, body: Bytes, signatures: readonly Bytes[]): Promise<Directory> {
  const genesis = await readGenesis(body);
  if (b64(await statementId("genesis", body)) !== hub) {
    throw new ProtocolError("wrong-hub", "This is the genesis of another hub.");
  }
  if (signatures.length !== genesis.administrators.length) {
    throw badSignature("The genesis needs every administrator's signature.");
  }
  for (const [at, administrator] of genesis.administrators.entries()) {
    const key = unb64(administrator.key);
    checkStrong(key);
    await verify("administrator", key, "genesis", body, signatures[at] ?? new Uint8Array());
  }
  checkStrong(unb64(genesis.logKey));
  const { matrix } = genesis;
  const matrices = new Map([[matrix.hash, matrix]]);
  return new Directory({ hub, genesis, size: 1, head: id, matrix, matrices, store: new Store(1) });
}

/** The counter group of an act whose signatures all stand. */
async function checkSigners(state: Directory, act: Act, body: Bytes, signatures: readonly Bytes[]): Promise<string> {
  if (signatures.length !== act.by.length) throw badSignature("There is not one signature for each signer.");
  const keys = new Map(state.administrators.map((administrator) => [administrator.id, administrator.key]));
  const first = firstSigner(act);
  if (keys.has(first)) {
    for (const [at, signer] of act.by.entries()) {
      const key = keys.get(signer);
      if (key === undefined) throw notCertified("A signer is no administrator.");
      await verify("administrator", unb64(key), "act", body, signatures[at] ?? new Uint8Array());
    }
    return ADMINISTRATORS;
  }
  if (act.by.length !== 1) throw notAllowed("An owner signs alone.");
  await verify("account", unb64(state.account(first).aik), "act", body, signatures[0] ?? new Uint8Array());
  return first;
}

function firstSigner(act: Act): string {
  const [first] = act.by;
  if (first === undefined) throw malformed("An act has a signer.");
  return first;
}

function checkRule(state: Directory, act: Act, byOwner: boolean): void {
  const deed = act.deed;
  switch (deed.type) {
    case "roles.adopt":
      checkAdministrators(act, byOwner, state.threshold);
      if (deed.matrix.edition <= state.matrix.edition) throw repeated("This edition of the roles is not newer.");
      return;
    case "organisation.add":
      checkAdministrators(act, byOwner, 1);
      if (state.organisations.has(deed.organisation)) throw repeated("An organisation with this id exists.");
      return;
    case "account.certify": {
      const known = state.accounts.get(deed.account);
      const privileged = deed.may.length > 0 || (known !== null && known.may.length > 0);
      checkAdministrators(act, byOwner, privileged ? state.threshold : 1);
      checkCertify(state, deed, known);
      return;
    }
    case "account.suspend":
    case "account.restore": {
      const account = state.account(deed.account);
      checkAdministrators(act, byOwner, account.may.length > 0 ? state.threshold : 1);
      if (account.suspended === (deed.type === "account.suspend")) throw repeated("The account already is so.");
      return;
    }
    case "device.add":
      checkOwner(act, byOwner, deed.account);
      if (state.account(deed.account).suspended) {
        throw new ProtocolError("revoked", "A suspended account adds no device.");
      }
      checkStrong(unb64(deed.key));
      if (state.devices.has(deed.device) || state.taken.has(`key ${deed.key}`)) {
        throw repeated("This device's id or key was used before.");
      }
      return;
    case "device.revoke": {
      if (byOwner) checkOwner(act, byOwner, deed.account);
      const device = state.devices.get(deed.device);
      if (device === null || device.account !== deed.account) throw notCertified("The account has no such device.");
      if (device.revokedSeq !== null) throw repeated("The device is revoked already.");
      return;
    }
    case "key.rotate": {
      checkOwner(act, byOwner, deed.account);
      const account = state.account(deed.account);
      if (deed.generation !== account.generation + 1) {
        throw new ProtocolError("gap", `Generation ${account.generation + 1} is next.`);
      }
      checkEncryptionKey(deed.aek);
      if (equalBytes(deed.aek, account.aek)) throw repeated("This is the same encryption key again.");
      return;
    }
  }
}

function checkAdministrators(act: Act, byOwner: boolean, needed: number): void {
  if (byOwner || act.by.length < needed) throw notAllowed(`${act.deed.type} needs ${needed} administrators here.`);
}

function checkOwner(act: Act, byOwner: boolean, account: string): void {
  if (!byOwner || firstSigner(act) !== account) throw notAllowed(`${act.deed.type} is for the account's owner.`);
}

type Certify = Extract<Deed, { readonly type: "account.certify" }>;

function checkCertify(state: Directory, deed: Certify, known: Account | null): void {
  if (!state.organisations.has(deed.organisation)) throw notCertified("The directory does not know this organisation.");
  if (deed.may.length > 0 && deed.level !== "A2") {
    throw notAllowed("Who may coordinate, administer or audit is certified at A2.");
  }
  checkStrong(unb64(deed.aik));
  checkEncryptionKey(deed.aek);
  if (known !== null) {
    // Certified again: another standing, the same keys.
    if (deed.aik !== known.aik || !equalBytes(deed.aek, known.aek) || deed.generation !== known.generation) {
      throw repeated("The account exists with other keys.");
    }
    if (deed.code !== known.code || deed.invitation !== known.invitation) {
      throw repeated("The account exists with another code or invitation.");
    }
    return;
  }
  if (deed.generation !== 1) throw new ProtocolError("gap", "A new account begins with generation 1.");
  if (state.administrators.some((administrator) => administrator.id === deed.account)) {
    throw repeated("An administrator has this id.");
  }
  for (const use of uses(deed)) if (state.taken.has(use)) throw repeated("This key, code or invitation was used before.");
}

function uses(deed: Certify): readonly string[] {
  return [`aik ${deed.aik}`, `code ${deed.code}`, `invitation ${deed.invitation}`];
}

/** `state` with an act that was judged; `newAekHash` is of the deed's encryption key, if it has one. Nothing raises and nothing waits from here on. */
function change(state: Directory, id: string, act: Act, newAekHash: string): Directory {
  const [seq, size] = [state.size, state.size + 1];
  // Another directory may have grown the shared store further: then this one goes on in its own copy.
  const store = state.store.size === state.size ? state.store : state.store.upto(state.size);
  store.size = size;
  const first = firstSigner(act);
  const byAdministrators = state.administrators.some((administrator) => administrator.id === first);
  store.counters.put(size, byAdministrators ? ADMINISTRATORS : first, act.n);
  let { matrix, matrices } = state;
  const deed = act.deed;
  switch (deed.type) {
    case "roles.adopt":
      matrix = deed.matrix;
      matrices = new Map([...matrices, [matrix.hash, matrix]]);
      break;
    case "organisation.add": {
      const { organisation, name, country, short } = deed;
      store.organisations.put(size, organisation, { id: organisation, name, country, short });
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
      break;
    }
  }
  const { hub, genesis } = state;
  return new Directory({ hub, genesis, size, head: id, matrix, matrices, store });
}

function putAccount(state: Directory, store: Store, deed: Certify, newAekHash: string): void {
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
  if (known === null) for (const use of uses(deed)) store.taken.put(state.size + 1, use, id);
}

// ---- enrolment

/** A request to be certified: the public keys that a new person's browser (or a new device's) made. */
export interface Enrolment {
  readonly hub: string;
  readonly invitation: string;
  readonly account: string;
  readonly code: string;
  readonly aik: string;
  readonly aek: Bytes;
  readonly device: string;
  readonly deviceKey: string;
  readonly deviceLabel: string;
  readonly at: number;
}

/** The body that AIK and device key both sign, and the invitation's secret authenticates. */
export function enrolmentBody(enrolment: Enrolment): Bytes {
  const { hub, invitation, account, code, aik, aek, at } = enrolment;
  const device: Json = { id: enrolment.device, key: enrolment.deviceKey, label: enrolment.deviceLabel };
  return canon({ v: 1, hub, invitation, account, code, aik, aek: b64(aek), at, device });
}

/**
 * The enrolment, if AIK and device key (in this order) both signed it and all keys are sound.
 *
 * The MAC with the invitation's secret is the administrator's to check: the hub does not know that secret.
 */
export async function checkEnrolmentPublic(
  body: Bytes,
  signatures: readonly Bytes[],
  hub: string,
): Promise<Enrolment> {
  const value = fields(parse(body), "v hub invitation account code aik aek device at".split(" "));
  known(value["v"]);
  const device = fields(value["device"], ["id", "key", "label"]);
  const enrolment: Enrolment = {
    hub: id32(value["hub"]),
    invitation: id16(value["invitation"]),
    account: id16(value["account"]),
    code: matching(value["code"], CODE),
    aik: id32(value["aik"]),
    aek: unb64(octets(value["aek"], PUBLIC_SIZE)),
    device: id16(device["id"]),
    deviceKey: id32(device["key"]),
    deviceLabel: text(device["label"], 80),
    at: integer(value["at"]),
  };
  if (enrolment.hub !== hub) throw new ProtocolError("wrong-hub", "This is an enrolment at another hub.");
  const [aik, deviceKey] = [unb64(enrolment.aik), unb64(enrolment.deviceKey)];
  checkStrong(aik);
  checkStrong(deviceKey);
  checkEncryptionKey(enrolment.aek);
  if (enrolment.aik === enrolment.deviceKey) throw malformed("The account and the device have one key.");
  const [byAccount, byDevice] = signatures;
  if (signatures.length !== 2 || byAccount === undefined || byDevice === undefined) {
    throw badSignature("An enrolment has the signatures of the account's and the device's keys.");
  }
  await verify("account", aik, "enrol", body, byAccount);
  await verify("device", deviceKey, "enrol", body, byDevice);
  return enrolment;
}

function wrongPlace(sentence: string): ProtocolError {
  return new ProtocolError("wrong-place", sentence);
}

function badSignature(sentence: string): ProtocolError {
  return new ProtocolError("bad-signature", sentence);
}

function repeated(sentence: string): ProtocolError {
  return new ProtocolError("repeated", sentence);
}

function notAllowed(sentence: string): ProtocolError {
  return new ProtocolError("not-allowed", sentence);
}

function notCertified(sentence: string): ProtocolError {
  return new ProtocolError("not-certified", sentence);
}
