/**
 * Which act may stand: its number, its signers, and what its deed needs (docs/spec/08-directory.md).
 *
 * Judged by the directory before it; nothing is changed here.
 */

import type { Act, Deed } from "./acts.ts";
import { PROTOCOL, SUITE } from "./chain.ts";
import { b64, equalBytes, unb64, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";
import { malformed, unknownVersion } from "./fields.ts";
import { aekHash, checkEncryptionKey } from "./keys.ts";
import { signerGroup, type Account, type Directory } from "./people.ts";
import { checkStrong, verify } from "./signing.ts";

/** Raises unless `act` may be the next entry's: hub, signers, number, signatures, rule (see `apply`). */
export async function checkAct(
  state: Directory,
  act: Act,
  body: Bytes,
  signatures: readonly Bytes[],
): Promise<void> {
  if (act.hub !== state.hub) throw new ProtocolError("wrong-hub", "This is an act of another hub.");
  const byOwner = await checkSigners(state, act, body, signatures);
  const last = state.counters.get(signerGroup(act.by)) ?? 0;
  if (act.n <= last) throw repeated(`Act number ${act.n} was used.`);
  if (act.n > last + 1) throw gap(`Act number ${act.n}, but ${last + 1} is next.`);
  checkRule(state, act, byOwner, await hashOfNewKey(act.deed));
}

/** The hash of the encryption key that a deed brings; empty where it brings none. */
export async function hashOfNewKey(deed: Deed): Promise<string> {
  return "aek" in deed ? b64(await aekHash(deed.aek)) : "";
}

/** Whether an owner signed, not administrators; raises unless all signatures stand. */
async function checkSigners(
  state: Directory,
  act: Act,
  body: Bytes,
  signatures: readonly Bytes[],
): Promise<boolean> {
  if (signatures.length !== act.by.length) throw badSignature("There is not one signature for each signer.");
  const keys = keysOf(state, act.deed);
  const first = firstSigner(act);
  if (keys.has(first)) {
    for (const [at, signer] of act.by.entries()) {
      const key = keys.get(signer);
      if (key === undefined) throw notCertified("A signer is no administrator.");
      await verify("administrator", unb64(key), "act", body, signatures[at] ?? new Uint8Array());
    }
    return false;
  }
  if (act.by.length !== 1) throw notAllowed("An owner signs alone.");
  await verify("account", unb64(state.account(first).aik), "act", body, signatures[0] ?? new Uint8Array());
  return true;
}

/** The administrators who may sign: the present ones, and whom the deed makes one. */
function keysOf(state: Directory, deed: Deed): ReadonlyMap<string, string> {
  const added = deed.type === "administrators.set" ? deed.administrators : [];
  return new Map([...added, ...state.administrators].map(({ id, key }) => [id, key]));
}

function firstSigner(act: Act): string {
  const [first] = act.by;
  if (first === undefined) throw malformed("An act has a signer.");
  return first;
}

function checkRule(state: Directory, act: Act, byOwner: boolean, hash: string): void {
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
    case "organisation.change": {
      checkAdministrators(act, byOwner, 1);
      const known = state.organisations.get(deed.organisation);
      if (known === null) throw notCertified("The directory does not know this organisation.");
      if (known.name === deed.name && known.short === deed.short) throw repeated("The organisation is called so.");
      return;
    }
    case "account.certify": {
      const known = state.accounts.get(deed.account);
      const privileged = deed.may.length > 0 || (known !== null && known.may.length > 0);
      checkAdministrators(act, byOwner, privileged ? state.threshold : 1);
      checkCertify(state, deed, known, hash);
      return;
    }
    case "account.suspend":
    case "account.restore": {
      const account = state.account(deed.account);
      checkAdministrators(act, byOwner, account.may.length > 0 ? state.threshold : 1);
      if (account.suspended === (deed.type === "account.suspend")) throw repeated("The account already is so.");
      return;
    }
    case "account.rekey":
      checkAdministrators(act, byOwner, state.threshold);
      state.account(deed.account);
      checkNewKeys(state, deed, hash);
      return;
    case "device.add":
      checkOwner(act, byOwner, deed.account);
      if (state.account(deed.account).suspended) throw revoked("A suspended account adds no device.");
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
      const { generation } = state.account(deed.account);
      if (deed.generation !== generation + 1) throw gap(`Generation ${generation + 1} is next.`);
      checkEncryptionKey(deed.aek);
      if (state.taken.has(`aek ${hash}`)) throw repeated("This encryption key was used before.");
      return;
    }
    case "administrators.set":
      checkAdministratorsSet(state, act, deed);
      return;
    case "operation.appoint":
      checkAdministrators(act, byOwner, state.threshold);
      if (state.account(deed.account).suspended) throw revoked("A suspended account is appointed nowhere.");
      return;
    case "version.raise":
      checkAdministrators(act, byOwner, state.threshold);
      checkRaise(deed.version, state.version, PROTOCOL);
      return;
    case "suite.raise":
      checkAdministrators(act, byOwner, state.threshold);
      checkRaise(deed.suite, state.suite, SUITE);
      return;
  }
}

/** Raises repeated unless `to` is above `present`, unknown-version if this client knows only `newest`. */
export function checkRaise(to: number, present: number, newest: number): void {
  if (to <= present) throw repeated("This is not above the present one.");
  if (to > newest) throw unknownVersion("From here on a newer version is needed");
}

function checkAdministrators(act: Act, byOwner: boolean, needed: number): void {
  if (byOwner || act.by.length < needed) throw notAllowed(`${act.deed.type} needs ${needed} administrators here.`);
}

function checkOwner(act: Act, byOwner: boolean, account: string): void {
  if (!byOwner || firstSigner(act) !== account) throw notAllowed(`${act.deed.type} is for the account's owner.`);
}

/**
 * Nobody becomes an administrator without having signed, and the new ones have shown that enough of them can sign: a set
 * that nobody could act under would be the hub's last.
 */
function checkAdministratorsSet(state: Directory, act: Act, deed: DeedOf<"administrators.set">): void {
  if (deed.edition <= state.edition) throw repeated("The administrators have been set since.");
  if (deed.edition !== state.edition + 1) throw gap(`Set ${state.edition + 1} of the administrators is next.`);
  const present = new Map(state.administrators.map((one) => [one.id, one]));
  if (act.by.filter((signer) => present.has(signer)).length < state.threshold) {
    throw notAllowed(`${deed.type} needs ${state.threshold} of the present administrators.`);
  }
  for (const { id, key } of deed.administrators) {
    const known = present.get(id);
    if (known !== undefined) {
      if (known.key !== key) throw repeated("This is an administrator's id with another key.");
      continue;
    }
    checkStrong(unb64(key));
    if (!act.by.includes(id)) throw notAllowed("A new administrator has not signed.");
    if (state.taken.has(`administrator ${id}`) || state.taken.has(`administrator-key ${key}`) || state.accounts.has(id)) {
      throw repeated("A new administrator's id or key was used before.");
    }
  }
  if (deed.administrators.filter(({ id }) => act.by.includes(id)).length < deed.threshold) {
    throw notAllowed(`Fewer than ${deed.threshold} of the new administrators have signed.`);
  }
  if (deed.threshold === state.threshold && sameAdministrators(deed.administrators, state.administrators)) {
    throw repeated("The administrators are these.");
  }
}

function sameAdministrators(a: Directory["administrators"], b: Directory["administrators"]): boolean {
  return a.length === b.length && a.every(({ id, name }, at) => b[at]?.id === id && b[at].name === name);
}

type DeedOf<Type extends Deed["type"]> = Extract<Deed, { readonly type: Type }>;

function checkCertify(state: Directory, deed: DeedOf<"account.certify">, known: Account | null, hash: string): void {
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
  if (deed.generation !== 1) throw gap("A new account begins with generation 1.");
  if (state.taken.has(`administrator ${deed.account}`)) throw repeated("An administrator has or had this id.");
  if (state.taken.has(`code ${deed.code}`)) throw repeated("This code was used before.");
  checkNewKeys(state, deed, hash);
}

/** Keys and an invitation that are sound and were never used, whoever had them. */
function checkNewKeys(
  state: Directory,
  deed: DeedOf<"account.certify"> | DeedOf<"account.rekey">,
  hash: string,
): void {
  checkStrong(unb64(deed.aik));
  checkEncryptionKey(deed.aek);
  for (const use of keysIn(deed, hash)) if (state.taken.has(use)) throw repeated("This key or invitation was used before.");
}

/** What nobody uses ever again, by the names of `Directory.taken`. */
export function keysIn(
  deed: DeedOf<"account.certify"> | DeedOf<"account.rekey">,
  hash: string,
): readonly string[] {
  return [`aik ${deed.aik}`, `aek ${hash}`, `invitation ${deed.invitation}`];
}

function badSignature(sentence: string): ProtocolError {
  return new ProtocolError("bad-signature", sentence);
}

function repeated(sentence: string): ProtocolError {
  return new ProtocolError("repeated", sentence);
}

function gap(sentence: string): ProtocolError {
  return new ProtocolError("gap", sentence);
}

function revoked(sentence: string): ProtocolError {
  return new ProtocolError("revoked", sentence);
}

function notAllowed(sentence: string): ProtocolError {
  return new ProtocolError("not-allowed", sentence);
}

function notCertified(sentence: string): ProtocolError {
  return new ProtocolError("not-certified", sentence);
}
