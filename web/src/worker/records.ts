/**
 * Private records: sealed on this device first, then on the hub, so that they follow the person (protocol.md 2).
 *
 * The last writer wins and the loser is kept: whoever is overtaken gets the winner back to keep beside its own.
 */
import type { JsonObject } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { openPrivate, sealPrivate } from "../crypto/vault.ts";
import { getJson, Refused, sendJson } from "../net/api.ts";
import type { Rest } from "../store/rest.ts";
import { nonce, type Unlocked } from "./keys.ts";
import { PINS } from "./pins.ts";

interface Stored {
  readonly record: string;
  readonly version: number;
  readonly sealed: string;
}

export class Records {
  private readonly rest: Rest;
  private readonly keys: Unlocked;
  /** The hub's version of each record as last seen. */
  private readonly versions = new Map<string, number>();
  private readonly values = new Map<string, JsonObject>();
  /** What this device wrote while another one wrote too, and lost: for the caller to keep under another name. */
  readonly overtaken: { readonly record: string; readonly value: JsonObject }[] = [];

  constructor(rest: Rest, keys: Unlocked) {
    this.rest = rest;
    this.keys = keys;
  }

  /** Everything of this person: what the hub has, and over it what this device wrote and could not bring there. */
  async load(): Promise<void> {
    for (const stored of await getJson<readonly Stored[]>("/api/private")) await this.take(stored);
    for (const { record, version, sealed, brought } of await this.rest.sealed(this.keys.account)) {
      const onHub = this.versions.get(record) ?? 0;
      if (isLocal(record) || (!brought && version > onHub)) this.values.set(record, await this.open(record, version, sealed));
      else if (!brought) this.overtaken.push({ record, value: await this.open(record, version, sealed) });
      // Dropped on another device. A hub may not drop what this device has seen of it in the same way.
      else if (onHub === 0 && !record.startsWith(PINS)) await this.rest.dropSealed(this.keys.account, record);
    }
  }

  /** What rests on this device under this name, whatever the hub says of it: a hub can't take back what was seen. */
  async resting(record: string): Promise<JsonObject | null> {
    const kept = (await this.rest.sealed(this.keys.account)).find((one) => one.record === record);
    return kept === undefined ? null : this.open(record, kept.version, kept.sealed);
  }

  /** The same of every record with such a name, and then what is known of them from the hub. */
  async everywhere(name: RegExp): Promise<readonly JsonObject[]> {
    const kept = (await this.rest.sealed(this.keys.account)).filter(({ record }) => name.test(record));
    const here = await Promise.all(kept.map(({ record, version, sealed }) => this.open(record, version, sealed)));
    return [...here, ...[...this.values].filter(([record]) => name.test(record)).map(([, value]) => value)];
  }

  /** What the hub holds of one record now, where another device has brought a newer version; null where there is none. */
  async newer(record: string): Promise<JsonObject | null> {
    const stored = await getJson<Stored>(`/api/private/${record}`).catch(nothing);
    if (stored === null || stored.version <= (this.versions.get(record) ?? 0)) return null;
    const value = await this.open(record, stored.version, stored.sealed);
    this.versions.set(record, stored.version);
    return value;
  }

  get(record: string): JsonObject | null {
    return this.values.get(record) ?? null;
  }

  named(prefix: string): readonly JsonObject[] {
    return [...this.values].filter(([name]) => name.startsWith(prefix)).map(([, value]) => value);
  }

  /** Durable on this device when it returns. */
  async keep(record: string, value: JsonObject): Promise<void> {
    const version = (this.versions.get(record) ?? 0) + 1;
    const sealed = await this.seal(record, version, value);
    await this.rest.keepSealed({ account: this.keys.account, record, version, sealed, brought: false });
    this.values.set(record, value);
  }

  /** Brings the record to the hub. Gives what another device had written there meanwhile, or null. */
  async bring(record: string): Promise<JsonObject | null> {
    const value = this.values.get(record);
    if (value === undefined) return null;
    try {
      await this.put(record, value);
      return null;
    } catch (fault) {
      if (!(fault instanceof Refused) || fault.status !== 409) throw fault;
    }
    const winner = await getJson<Stored>(`/api/private/${record}`);
    const other = await this.open(record, winner.version, winner.sealed);
    this.versions.set(record, winner.version);
    await this.put(record, value);
    return other;
  }

  async drop(record: string): Promise<void> {
    this.values.delete(record);
    await this.rest.dropSealed(this.keys.account, record);
    if (this.versions.delete(record)) await sendJson("DELETE", `/api/private/${record}`, null);
  }

  /** Drops drafts and whatever else was meant for an operation; what can't be dropped at the hub now is dropped at the next load. */
  async forget(operation: string): Promise<void> {
    for (const [record, value] of [...this.values]) {
      if (value["operation"] !== operation) continue;
      await this.drop(record).catch((refused: unknown) => {
        if (!(refused instanceof Refused)) throw refused;
      });
    }
  }

  private async put(record: string, value: JsonObject): Promise<void> {
    const version = (this.versions.get(record) ?? 0) + 1;
    const sealed = await this.seal(record, version, value);
    await sendJson("PUT", `/api/private/${record}`, { version, sealed });
    this.versions.set(record, version);
    await this.rest.keepSealed({ account: this.keys.account, record, version, sealed, brought: true });
  }

  private async take({ record, version, sealed }: Stored): Promise<void> {
    this.values.set(record, await this.open(record, version, sealed));
    this.versions.set(record, version);
  }

  private seal(record: string, version: number, value: JsonObject): Promise<string> {
    const { hub, account, vaultKey } = this.keys;
    return sealPrivate(vaultKey, { hub, account, record, version }, value, nonce());
  }

  /** With the vault's key, or with one of before, under which another device had sealed it. */
  private async open(record: string, version: number, sealed: string): Promise<JsonObject> {
    const { hub, account, vaultKey, vault } = this.keys;
    const place = { hub, account, record, version };
    for (const former of vault.former ?? []) {
      const found = await openPrivate(former, place, sealed).catch(otherKey);
      if (found !== null) return found;
    }
    return openPrivate(vaultKey, place, sealed);
  }
}

/** Sealed under another key than this one. */
function otherKey(refused: unknown): null {
  if (refused instanceof ProtocolError && refused.code === "cannot-open") return null;
  throw refused;
}

/** A record that nobody has brought yet is no news. */
function nothing(refused: unknown): null {
  if (refused instanceof Refused && refused.status === 404) return null;
  throw refused;
}

/** The outbox belongs to the device and never travels. */
function isLocal(record: string): boolean {
  return record.startsWith("outbox-");
}
