/**
 * The state that a directory chain leads to: organisations, accounts, devices (docs/spec/08-directory.md).
 */

import type { Administrator, Genesis, Level, Matrix, May } from "./acts.ts";
import { compareIds, type Bytes } from "./encoding.ts";
import { ProtocolError } from "./errors.ts";

export interface Organisation {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly short: string;
}

/** A certified person. The name here is the only one ever shown. */
export interface Account {
  readonly id: string;
  readonly organisation: string;
  readonly country: string;
  readonly name: string;
  readonly code: string;
  readonly aik: string;
  readonly aek: Bytes;
  /** Computed once, so that readers can be told without waiting. */
  readonly aekHash: string;
  readonly generation: number;
  readonly level: Level;
  readonly may: readonly May[];
  readonly invitation: string;
  readonly certifiedSeq: number;
  readonly suspended: boolean;
  /** A device was revoked: reads nothing new until the next key.rotate. */
  readonly awaitingRotation: boolean;
}

export interface Device {
  readonly id: string;
  readonly account: string;
  readonly key: string;
  readonly label: string;
  readonly addedSeq: number;
  readonly revokedSeq: number | null;
}

/** By entry `seq` administrators let an account, under this identity key, take over an operation. */
export interface Appointment {
  readonly seq: number;
  readonly operation: string;
  readonly account: string;
  readonly aik: string;
}

/** Whether new epochs may be wrapped for this account at all. */
export function reads(account: Account): boolean {
  return !account.suspended && !account.awaitingRotation;
}

interface Version<Value> {
  /** The directory size from which the value holds. */
  readonly from: number;
  readonly value: Value;
}

/** Each key's values with the size from which they hold: a replay of n entries stays linear. */
export class Versions<Value> {
  readonly #rows = new Map<string, Version<Value>[]>();

  put(size: number, key: string, value: Value): void {
    const row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, [{ from: size, value }]);
    else row.push({ from: size, value });
  }

  at(size: number, key: string): Value | null {
    return this.#rows.get(key)?.findLast((version) => version.from <= size)?.value ?? null;
  }

  *entriesAt(size: number): Generator<readonly [string, Value]> {
    for (const key of this.#rows.keys()) {
      const value = this.at(size, key);
      if (value !== null) yield [key, value];
    }
  }

  *valuesAt(size: number): Generator<Value> {
    for (const [, value] of this.entriesAt(size)) yield value;
  }

  upto(size: number): Versions<Value> {
    const copy = new Versions<Value>();
    for (const [key, row] of this.#rows) {
      for (const version of row) if (version.from <= size) copy.put(version.from, key, version.value);
    }
    return copy;
  }
}

/** The values as of one size. */
export class View<Value> {
  readonly #versions: Versions<Value>;
  readonly #size: number;

  constructor(versions: Versions<Value>, size: number) {
    this.#versions = versions;
    this.#size = size;
  }

  get(key: string): Value | null {
    return this.#versions.at(this.#size, key);
  }

  has(key: string): boolean {
    return this.get(key) !== null;
  }

  values(): Iterable<Value> {
    return this.#versions.valuesAt(this.#size);
  }
}

/** What the directories of one history share; it only grows at its end. */
export class Store {
  size: number;
  organisations = new Versions<Organisation>();
  accounts = new Versions<Account>();
  devices = new Versions<Device>();
  counters = new Versions<number>();
  /** By "aik …", "aek …", "code …", "invitation …", "key …", "administrator …", "administrator-key …". */
  taken = new Versions<string>();
  appointments = new Versions<Appointment>();

  constructor(size: number) {
    this.size = size;
  }

  upto(size: number): Store {
    const copy = new Store(size);
    copy.organisations = this.organisations.upto(size);
    copy.accounts = this.accounts.upto(size);
    copy.devices = this.devices.upto(size);
    copy.counters = this.counters.upto(size);
    copy.taken = this.taken.upto(size);
    copy.appointments = this.appointments.upto(size);
    return copy;
  }
}

/** The name under which the acts of exactly these signers are counted. */
export function signerGroup(by: readonly string[]): string {
  return [...by].sort(compareIds).join(" ");
}

interface Facts {
  readonly hub: string;
  readonly genesis: Genesis;
  readonly size: number;
  readonly head: string;
  readonly administrators: readonly Administrator[];
  readonly threshold: number;
  /** Of the administrators: how often they were set. */
  readonly edition: number;
  readonly version: number;
  readonly suite: number;
  readonly matrix: Matrix;
  /** Every matrix ever adopted, by its hash. */
  readonly matrices: ReadonlyMap<string, Matrix>;
  /** For `apply` only. */
  readonly store: Store;
}

/** The directory after `size` entries. Never changes; `apply` gives the next one. */
export class Directory implements Facts {
  readonly hub: string;
  readonly genesis: Genesis;
  readonly size: number;
  readonly head: string;
  readonly administrators: readonly Administrator[];
  readonly threshold: number;
  readonly edition: number;
  readonly version: number;
  readonly suite: number;
  readonly matrix: Matrix;
  readonly matrices: ReadonlyMap<string, Matrix>;
  readonly store: Store;
  readonly #facts: Facts;

  constructor(facts: Facts) {
    this.#facts = facts;
    this.hub = facts.hub;
    this.genesis = facts.genesis;
    this.size = facts.size;
    this.head = facts.head;
    this.administrators = facts.administrators;
    this.threshold = facts.threshold;
    this.edition = facts.edition;
    this.version = facts.version;
    this.suite = facts.suite;
    this.matrix = facts.matrix;
    this.matrices = facts.matrices;
    this.store = facts.store;
  }

  /** The same with other facts: for `apply` only. */
  with(changes: Partial<Facts>): Directory {
    return new Directory({ ...this.#facts, ...changes });
  }

  get organisations(): View<Organisation> {
    return new View(this.store.organisations, this.size);
  }

  get accounts(): View<Account> {
    return new View(this.store.accounts, this.size);
  }

  get devices(): View<Device> {
    return new View(this.store.devices, this.size);
  }

  /** The last act number of each `signerGroup`. */
  get counters(): View<number> {
    return new View(this.store.counters, this.size);
  }

  /** Who has a key, code, invitation or administrator's id, for ever. */
  get taken(): View<string> {
    return new View(this.store.taken, this.size);
  }

  /** The newest appointment for each operation: the one that stands. */
  get appointments(): View<Appointment> {
    return new View(this.store.appointments, this.size);
  }

  /** Raises not-certified. */
  account(id: string): Account {
    const account = this.accounts.get(id);
    if (account === null) throw new ProtocolError("not-certified", "The directory does not know this account.");
    return account;
  }

  /** Whether `device` was `account`'s and not revoked after `size` entries (default: all of this directory's). */
  deviceValid(device: string, account: string, size = this.size): boolean {
    const known = this.devices.get(device);
    return (
      known !== null &&
      known.account === account &&
      known.addedSeq < size &&
      (known.revokedSeq === null || known.revokedSeq >= size)
    );
  }

  /** The number of the next act that exactly these sign. */
  nextN(by: readonly string[]): number {
    return (this.counters.get(signerGroup(by)) ?? 0) + 1;
  }
}
