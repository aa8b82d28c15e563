/** Blueprints and the documents of forms, as the hub publishes them for everybody; what an operation adopts is signed by hash. */
import type { JsonObject } from "../crypto/encoding.ts";
import { type Blueprint, readBlueprints } from "../domain/blueprints.ts";
import { isObject } from "../domain/texts.ts";
import { Failed } from "../store/bridge.ts";
import { shell } from "./shell.ts";

export interface Plans {
  readonly blueprints: readonly Blueprint[];
  /** Each record's document by its id. */
  readonly forms: ReadonlyMap<string, JsonObject>;
}

async function fetched(address: string): Promise<JsonObject> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(60_000) }).catch(() => null);
  const found: unknown = answer?.ok === true ? await answer.json() : null;
  if (!isObject(found)) throw new Failed({ code: "offline" });
  return found;
}

/** Rejects with offline; throws MalformedBlueprint where the hub ships what this page can't read. */
export async function loadPlans(): Promise<Plans> {
  if (shell.documents === null) throw new Error("The shell names no document of forms.");
  const address = new URL(shell.documents, location.href);
  const first = await fetched(address.pathname);
  const { more } = first;
  const rest = typeof more === "string" ? await fetched(new URL(more, address).pathname) : {};
  const templates = [first, rest].flatMap(({ templates: some }) => (Array.isArray(some) ? (some as readonly JsonObject[]) : []));
  const forms = new Map(templates.flatMap((one) => (typeof one["id"] === "string" ? [[one["id"], one] as const] : [])));
  const blueprints = readBlueprints(rest["blueprints"], [...forms.keys()]);
  // The one that brings hardly anything stands last.
  return { blueprints: [...blueprints].sort((a, b) => Number(a.forms.length === 0) - Number(b.forms.length === 0)), forms };
}
