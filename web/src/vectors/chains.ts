/**
 * Does what a vector says about a directory or an operation (docs/spec/14-vectors.md).
 */

import { b64, compareIds, concat, unb64, type Json } from "../crypto/encoding.ts";
import { apply as applyToDirectory, checkEnrolmentPublic, type Directory } from "../crypto/directory.ts";
import {
  apply as applyToOperation,
  appointed,
  checkAtItsPlace,
  checkEntryWraps,
  coordinators,
  holders,
  maySend,
  pending,
  readEntry,
  readers,
  stale,
  type Operation,
} from "../crypto/membership.ts";
import { compareText } from "../crypto/fields.ts";
import { asBytes, asList, asNumber, asObject, nothing, readerForm, type Do, type Given } from "./given.ts";

// Shared chains are replayed once: the states of each by the list that holds its entries.
const directories = new WeakMap<object, (Directory | null)[]>();
const operations = new WeakMap<object, (Operation | null)[]>();

export async function directoryAfter(entries: readonly Json[], after: number): Promise<Directory | null> {
  const states = directories.get(entries) ?? [null];
  directories.set(entries, states);
  while (states.length <= after) {
    const { entry, act, signatures } = asObject(entries[states.length - 1]);
    const before = states.at(-1) ?? null;
    states.push(await applyToDirectory(before, asBytes(entry), asBytes(act), asList(signatures).map(asBytes)));
  }
  return states[after] ?? null;
}

async function operationAfter(
  entries: readonly Json[],
  directory: readonly Json[],
  after: number,
): Promise<Operation | null> {
  const states = operations.get(entries) ?? [null];
  operations.set(entries, states);
  while (states.length <= after) {
    const { entry, signatures, directory: size } = asObject(entries[states.length - 1]);
    const standing = there(await directoryAfter(directory, asNumber(size)));
    const before = states.at(-1) ?? null;
    states.push(await applyToOperation(before, standing, asBytes(entry), asList(signatures).map(asBytes)));
  }
  return states[after] ?? null;
}

function there<T>(state: T | null): T {
  if (state === null) throw new Error("The case needs a state that its shared chain does not lead to.");
  return state;
}

async function operationStanding(v: Given): Promise<readonly [Operation, Directory]> {
  const directory = asList(v.shared["directory"]);
  const state = await operationAfter(asList(v.shared["operation"]), directory, v.number("after"));
  return [there(state), there(await directoryAfter(directory, v.number("directory")))];
}

async function standing(v: Given): Promise<readonly [Operation, string, Directory]> {
  const [state, directory] = await operationStanding(v);
  return [state, v.text("channel"), directory];
}

function byId(rows: readonly (readonly [string, ...Json[]])[]): Json {
  return [...rows].sort((a, b) => compareIds(a[0], b[0]));
}

function directorySummary(state: Directory): Json {
  return {
    hub: state.hub,
    size: state.size,
    head: state.head,
    matrix: state.matrix.hash,
    threshold: state.threshold,
    administrators: [state.edition, state.administrators.map(({ id, name }) => [id, name])],
    versions: [state.version, state.suite],
    appointments: byId(
      [...state.store.appointments.entriesAt(state.size)].map(([id, { seq, account, aik }]) => [id, seq, account, aik]),
    ),
    counters: [...state.store.counters.entriesAt(state.size)]
      .map(([group, n]) => [b64(concat(...group.split(" ").map((id) => unb64(id)))), n] as const)
      .sort((a, b) => compareText(a[0], b[0])),
    organisations: byId([...state.organisations.values()].map(({ id, country, name }) => [id, country, name])),
    accounts: byId(
      [...state.accounts.values()].map((one) => [
        one.id,
        one.aik,
        one.generation,
        one.level,
        one.may,
        one.suspended,
        one.awaitingRotation,
      ]),
    ),
    devices: byId(
      [...state.devices.values()].map((one) => [one.id, one.account, one.addedSeq, one.revokedSeq]),
    ),
  };
}

function operationSummary(state: Operation): Json {
  return {
    id: state.id,
    seq: state.seq,
    head: state.head,
    phase: state.phase,
    matrix: state.matrix.hash,
    members: byId(
      [...state.members].map(([id, { aik, organisation, role, compartments, restoredFrom, rulesAccepted }]) => [
        ...([id, aik, organisation, role, compartments] as const),
        ...([restoredFrom, rulesAccepted] as const),
      ]),
    ),
    channels: byId(
      [...state.channels].map(([id, { type, compartment, open, epoch }]) => [
        id,
        type,
        compartment,
        open,
        epoch?.number ?? 0,
        epoch === null ? [] : holders(epoch).map((reader) => reader.account),
      ]),
    ),
    templates: [...state.templates]
      .map(([name, { version }]) => [name, version] as const)
      .sort((a, b) => compareText(a[0], b[0])),
    rules: state.rules === null ? null : [state.rules.version, state.rules.hash],
    closing: [state.retentionUntil, state.hold, state.destroyAt],
    versions: [state.version, state.takenSeq],
  };
}

export const CHAINS: Readonly<Record<string, Do>> = {
  "directory.apply": async (v) => {
    const state = await directoryAfter(asList(v.shared["entries"]), v.number("after"));
    const after = await applyToDirectory(state, v.bytes("entry"), v.bytes("act"), v.bytesList("signatures"));
    return directorySummary(after);
  },
  device_valid: async (v) => {
    const state = there(await directoryAfter(asList(v.shared["entries"]), v.number("after")));
    const size = v.json("at_size");
    return state.deviceValid(v.text("device"), v.text("account"), size === null ? state.size : asNumber(size));
  },
  check_enrolment_public: async (v) => {
    const read = await checkEnrolmentPublic(v.bytes("body"), v.bytesList("signatures"), v.text("hub"));
    return { account: read.account, code: read.code, invitation: read.invitation, device: read.device };
  },
  "membership.apply": async (v) => {
    const directory = asList(v.shared["directory"]);
    const state = await operationAfter(asList(v.shared["operation"]), directory, v.number("after"));
    const judged = there(await directoryAfter(directory, v.number("directory")));
    return operationSummary(await applyToOperation(state, judged, v.bytes("entry"), v.bytesList("signatures")));
  },
  /** How many ms both chains take from the beginning: for tests/bench/replay.py. */
  replay: async (v) => {
    const [directory, operation] = [asList(v.shared["directory"]), asList(v.shared["operation"])];
    const begun = performance.now();
    await directoryAfter(directory, directory.length);
    const between = performance.now();
    await operationAfter(operation, directory, operation.length);
    return [Math.round(between - begun), Math.round(performance.now() - between)];
  },
  readers: async (v) => readers(...(await standing(v))).map(readerForm),
  pending: async (v) => pending(...(await standing(v))).map(readerForm),
  stale: async (v) => stale(...(await standing(v))),
  may_send: async (v) => {
    const [state, channel, directory] = await standing(v);
    maySend(state, channel, v.text("account"), v.text("kind"), directory);
    return null;
  },
  check_at_its_place: async (v) => {
    const [state, then] = await operationStanding(v);
    checkAtItsPlace(state, readEntry(v.bytes("entry")), then);
    return null;
  },
  coordinators: async (v) => [...coordinators(...(await operationStanding(v)))].sort(compareText),
  appointed: async (v) => appointed(...(await operationStanding(v)), v.text("account")),
  check_entry_wraps: async (v) => {
    const directory = asList(v.shared["directory"]);
    const state = there(await operationAfter(asList(v.shared["operation"]), directory, v.number("after")));
    const wraps = v.list("wraps").map((list) => asList(list).map(asBytes));
    return nothing(checkEntryWraps(state, v.bytes("body"), wraps));
  },
};
