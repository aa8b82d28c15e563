/**
 * A setting-up that isn't finished yet, so that a reload or a crash loses nothing: sealed under a key that this browser can use
 * and nobody can read (docs/spec/26-invitations.md). It is deleted when the person signs in for the first time.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import { type Bytes, canon, parse, randomBytes, type JsonObject } from "../crypto/encoding.ts";
import { isObject } from "../crypto/fields.ts";
import { NotKept } from "./rest.ts";

const ONLY = "setup";
const MAX_SIZE = 200_000;

interface Kept {
  readonly rest: CryptoKey;
  readonly nonce: Bytes;
  readonly sealed: Bytes;
  /** The device's signing key, which can't be read out and so can't be sealed. */
  readonly keys: CryptoKeyPair | null;
}

interface Schema extends DBSchema {
  setups: { key: string; value: Kept };
}

export interface Resting {
  readonly value: JsonObject;
  readonly keys: CryptoKeyPair | null;
}

async function open(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>("ncphub-setup", 1, {
    upgrade(db) {
      db.createObjectStore("setups");
    },
  });
}

async function withDatabase<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  const db = await open();
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

export async function readSetup(): Promise<Resting | null> {
  return withDatabase(async (db) => {
    const kept = await db.get("setups", ONLY);
    if (kept === undefined) return null;
    const plain = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.nonce }, kept.rest, kept.sealed));
    const value = parse(plain, MAX_SIZE);
    return isObject(value) ? { value, keys: kept.keys } : null;
  });
}

/** Durable when it returns. Raises NotKept where the browser stored something else. */
export async function keepSetup({ value, keys }: Resting): Promise<void> {
  const rest = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const nonce = randomBytes(12);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, rest, canon(value)));
  await withDatabase(async (db) => {
    const change = db.transaction("setups", "readwrite", { durability: "strict" });
    await change.store.put({ rest, nonce, sealed, keys }, ONLY);
    await change.done;
  });
  const back = await readSetup();
  if (back === null || (keys !== null && back.keys === null)) throw new NotKept("The setting-up was not kept.");
}

export async function dropSetup(): Promise<void> {
  await withDatabase((db) => db.delete("setups", ONLY));
}
