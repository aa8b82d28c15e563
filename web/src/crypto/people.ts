/**
 * The state that a directory chain leads to: organisations, accounts, devices (docs/spec/08-directory.md).
 */

import type { Administrator, Genesis, Level, Matrix, May } from "./acts.ts";
import type { Bytes } from "./encoding.ts";
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

  *valuesAt(size: number): Generator<Value> {
    for (const key of this.#rows.keys()) {
      const value = this.at(size, key);
      if (value !== null) yield value;
    }
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
  /** By "aik …", "code …", "invitation …", "key …". */
  taken = new Versions<string>();

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
    return copy;
  }
}

/** The counter that all administrators share. */
export const ADMINISTRATORS = "administrators";

/** The directory after `size` entries. Never changes; `apply` gives the next one. */
export class Directory {
  readonly hub: string;
  readonly genesis: Genesis;
  readonly size: number;
  readonly head: string;
  readonly matrix: Matrix;
  /** Every matrix ever adopted, by its hash. */
  readonly matrices: ReadonlyMap<string, Matrix>;
  /** For `apply` only. */
  readonly store: Store;

  constructor(state: {
    readonly hub: string;
    readonly genesis: Genesis;
    readonly size: number;
    readonly head: string;
    readonly matrix: Matrix;
    readonly matrices: ReadonlyMap<string, Matrix>;
    readonly store: Store;
  }) {
    this.hub = state.hub;
    this.genesis = state.genesis;
    this.size = state.size;
    this.head = state.head;
    this.matrix = state.matrix;
    this.matrices = state.matrices;
    this.store = state.store;
  }

  get administrators(): readonly Administrator[] {
    return this.genesis.administrators;
  }

  get threshold(): number {
    return this.genesis.threshold;
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

  /** The last act number of each signer group: `ADMINISTRATORS`, or an account id. */
  get counters(): View<number> {
    return new View(this.store.counters, this.size);
  }

  /** Which account or device has an AIK, code, invitation or device key, for ever. */
  get taken(): View<string> {
    return new View(this.store.taken, this.size);
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

  /** The number of the signer group's next act. */
  nextN(by: string = ADMINISTRATORS): number {
    return (this.counters.get(by) ?? 0) + 1;
  }
}
