/**
 * What rests on this device: its signing key, the second secret, and records sealed under the vault's key
 * (protocol.md 2). IndexedDB holds ciphertext and non-extractable keys, never a word of plaintext.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import { type Bytes, equalBytes, randomBytes } from "../crypto/encoding.ts";

/** One account's keys on this browser profile. */
export interface DeviceRecord {
  readonly code: string;
  readonly hub: string;
  readonly account: string;
  readonly device: string;
  readonly label: string;
  readonly madeAt: number;
  readonly key: CryptoKeyPair;
  readonly rest: CryptoKey;
  /** Null until it is typed here: who came in by a passkey or a recovery code has not said it. */
  readonly second: { readonly nonce: Bytes; readonly sealed: Bytes } | null;
}

/** A record that only the account's vault opens: a draft, an outbox entry, the pins, the read marks. */
export interface SealedRecord {
  readonly account: string;
  readonly record: string;
  readonly version: number;
  readonly sealed: string;
  /** Whether the hub has had this version too. */
  readonly brought: boolean;
}

interface Schema extends DBSchema {
  devices: { key: string; value: DeviceRecord };
  sealed: { key: [string, string]; value: SealedRecord };
}

/** The browser gave back something else than what was put: keys kept there would be lost. */
export class NotKept extends Error {}

export class Rest {
  private readonly db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.db = db;
  }

  static async open(): Promise<Rest> {
    return new Rest(
      await openDB<Schema>("ncphub", 1, {
        upgrade(db) {
          db.createObjectStore("devices", { keyPath: "code" });
          db.createObjectStore("sealed", { keyPath: ["account", "record"] });
        },
      }),
    );
  }

  async devices(): Promise<readonly DeviceRecord[]> {
    return this.db.getAll("devices");
  }

  async device(code: string): Promise<DeviceRecord | null> {
    return (await this.db.get("devices", code)) ?? null;
  }

  /** Makes the key under which the second secret rests: it can be used here and never be read. */
  static async restKey(): Promise<CryptoKey> {
    return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  static async sealSecond(rest: CryptoKey, second: Bytes): Promise<NonNullable<DeviceRecord["second"]>> {
    const nonce = randomBytes(12);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, rest, second);
    return { nonce, sealed: new Uint8Array(sealed) };
  }

  static async openSecond(record: DeviceRecord): Promise<Bytes | null> {
    if (record.second === null) return null;
    const { nonce, sealed } = record.second;
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, record.rest, sealed));
  }

  /**
   * Keeps a device's keys and reads them back at once.
   *
   * Raises NotKept where the browser silently stored something else (seen with key types it can't store).
   */
  async keepDevice(record: DeviceRecord, second: Bytes | null): Promise<void> {
    await this.db.put("devices", record, undefined);
    const kept = await this.device(record.code);
    if (kept === null || kept.device !== record.device) throw new NotKept("The device's record was not kept.");
    const probe = randomBytes(32);
    const signature = await crypto.subtle.sign("Ed25519", kept.key.privateKey, probe);
    const holds = await crypto.subtle.verify("Ed25519", record.key.publicKey, signature, probe);
    const opened = await Rest.openSecond(kept);
    const same = second === null || opened === null ? opened === second : equalBytes(opened, second);
    if (!holds || !same) throw new NotKept("The device's keys were not kept.");
  }

  async sealed(account: string): Promise<readonly SealedRecord[]> {
    return this.db.getAll("sealed", IDBKeyRange.bound([account, ""], [account, "\uffff"]));
  }

  /** Durable when it returns: the transaction asks for a flush to the disk. */
  async keepSealed(record: SealedRecord): Promise<void> {
    const change = this.db.transaction("sealed", "readwrite", { durability: "strict" });
    await change.store.put(record);
    await change.done;
  }

  async dropSealed(account: string, record: string): Promise<void> {
    await this.db.delete("sealed", [account, record]);
  }
}
