/**
 * The page that runs every vector in a browser and writes what came of each (docs/spec/14-vectors.md).
 *
 * Only the tests load it: `tests/browser/test_vectors.py` reads the text of `#results`.
 */

import type { Json, JsonObject } from "./crypto/encoding.ts";
import { ProtocolError } from "./crypto/errors.ts";
import { runDomainVectors } from "./domain/vectors.ts";
import { BYTES } from "./vectors/bytes.ts";
import { CARDS } from "./vectors/card.ts";
import { NOMINATIONS } from "./vectors/nomination.ts";
import { CERTIFICATES } from "./vectors/certificate.ts";
import { CHAINS } from "./vectors/chains.ts";
import { EVIDENCE } from "./vectors/evidence.ts";
import { Given, type Do } from "./vectors/given.ts";
import { madeHere } from "./vectors/made.ts";
import { HEADS } from "./vectors/heads.ts";
import { OUTSIDE } from "./vectors/outside.ts";
import { WAYS } from "./vectors/ways.ts";

interface Case {
  readonly name: string;
  readonly do: string;
  readonly in: JsonObject;
  readonly out?: Json;
  readonly refused?: string;
}

interface File {
  readonly module: string;
  readonly shared?: JsonObject;
  readonly cases: readonly Case[];
}

interface Result {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  readonly expected: Json;
  readonly found: Json;
}

const FUNCTIONS: ReadonlyMap<string, Do> = new Map(Object.entries({ ...BYTES, ...CARDS, ...CHAINS, ...EVIDENCE, ...CERTIFICATES, ...HEADS, ...NOMINATIONS, ...OUTSIDE, ...WAYS }));

async function fetchJson<T>(path: string): Promise<T> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** `{out}` or `{refused}` as the vector has it, `{broken}` for what neither may be. */
async function outcome(one: Case, shared: JsonObject): Promise<JsonObject> {
  const run = FUNCTIONS.get(one.do);
  if (run === undefined) return { broken: `There is no function "${one.do}".` };
  try {
    return { out: await run(new Given(one.in, shared)) };
  } catch (error) {
    if (error instanceof ProtocolError) return { refused: error.code };
    return { broken: error instanceof Error ? (error.stack ?? error.message) : "thrown" };
  }
}

/** Written with sorted keys; not by `canon`, which would judge the broken values that some vectors hold. */
function written(value: Json): string {
  return JSON.stringify(value, (_, part: Json) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

async function runFile(path: string): Promise<readonly Result[]> {
  if (path.startsWith("domain/")) return runDomainFile(path);
  const file = await fetchJson<File>(`/vectors/${path}`);
  const results: Result[] = [];
  for (const one of file.cases) {
    const expected = one.refused === undefined ? { out: one.out ?? null } : { refused: one.refused };
    const found = await outcome(one, file.shared ?? {});
    results.push({ file: path, name: one.name, passed: written(expected) === written(found), expected, found });
  }
  return results;
}

/** The forms and lists have their own runner beside them, which compares by itself. */
async function runDomainFile(path: string): Promise<readonly Result[]> {
  const name = path.slice("domain/".length, -".json".length);
  const results = runDomainVectors(name, await fetchJson<unknown>(`/vectors/${path}`));
  return results.map((one) => ({ file: path, name: one.name, passed: one.ok, expected: "", found: one.told }));
}

async function runAll(): Promise<JsonObject> {
  try {
    const results: Result[] = [];
    for (const path of await fetchJson<readonly string[]>("/vectors/index.json")) results.push(...(await runFile(path)));
    return { results: results.map((result) => ({ ...result })), made: await madeHere() };
  } catch (error) {
    return { broken: error instanceof Error ? error.message : "thrown" };
  }
}

const violations: JsonObject[] = [];
document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  violations.push({ directive: effectiveDirective, blocked: blockedURI });
});

const output = document.createElement("pre");
output.textContent = JSON.stringify({ ...(await runAll()), violations });
output.id = "results";
document.body.append(output);
