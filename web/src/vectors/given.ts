/**
 * What a vector hands to a function, and how a function's result is written down (docs/spec/14-vectors.md).
 */

import { b64, parse, unb64, utf8, type Bytes, type Json, type JsonObject } from "../crypto/encoding.ts";
import type { Reader } from "../crypto/epochs.ts";

/** A case that does not have what its function needs: the vector is wrong, not the code. */
class BadCase extends Error {}

/**
 * The inputs of one case by their names in the vector; `shared` is what its file keeps for many cases, `within` the name of
 * those that a case stands on where there are several.
 */
export class Given {
  readonly all: JsonObject;
  readonly shared: JsonObject;

  constructor(all: JsonObject, shared: JsonObject) {
    this.all = all;
    const within = all["within"];
    this.shared = typeof within === "string" ? asObject(shared[within]) : shared;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.all, name);
  }

  json(name: string): Json {
    const value = this.all[name];
    if (value === undefined) throw new BadCase(`The case has no "${name}".`);
    return value;
  }

  /** An object whose form is the vector's business, handed on as the function's own type. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the caller's type in one place
  object<T = JsonObject>(name: string): T {
    return this.json(name) as T;
  }

  text(name: string): string {
    return asText(this.json(name));
  }

  number(name: string): number {
    return asNumber(this.json(name));
  }

  bytes(name: string): Bytes {
    return unb64(this.text(name));
  }

  list(name: string): readonly Json[] {
    return asList(this.json(name));
  }

  bytesList(name: string): readonly Bytes[] {
    return this.list(name).map(asBytes);
  }

  readers(name: string): readonly Reader[] {
    return this.list(name).map((form) => {
      const [account, aik, generation, aekHash] = asList(form);
      return { account: asText(account), aik: asText(aik), generation: asNumber(generation), aekHash: asText(aekHash) };
    });
  }
}

export function asText(value: Json | undefined): string {
  if (typeof value !== "string") throw new BadCase("Text is expected.");
  return value;
}

export function asNumber(value: Json | undefined): number {
  if (typeof value !== "number") throw new BadCase("A number is expected.");
  return value;
}

export function asList(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw new BadCase("A list is expected.");
  return value as readonly Json[];
}

export function asBytes(value: Json | undefined): Bytes {
  return unb64(asText(value));
}

export function asObject(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BadCase("An object is expected.");
  return value as JsonObject;
}

/** One case's function: its JSON-ready result, or an error. */
export type Do = (given: Given) => Json | Promise<Json>;

/** For functions that only refuse. */
export async function nothing(done: Promise<void> | undefined): Promise<null> {
  await done;
  return null;
}

export async function spelled(bytes: Bytes | Promise<Bytes>): Promise<string> {
  return b64(await bytes);
}

export async function spelledAll(list: Promise<readonly Bytes[]> | readonly Bytes[]): Promise<readonly string[]> {
  return (await list).map(b64);
}

export function readerForm({ account, aik, generation, aekHash }: Reader): Json {
  return [account, aik, generation, aekHash];
}

export function parsed(text: string): Json {
  return parse(utf8(text));
}
