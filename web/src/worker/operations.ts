/**
 * The running of operations: how they stand, what would follow from a change, and the signed changes themselves
 * (docs/spec/09-membership.md). Fetched when somebody asks; the desk hands every `govern` request on to here.
 */
import { ProtocolError } from "../crypto/errors.ts";
import { safetyNumber } from "../crypto/keys.ts";
import { appointed, coordinators, entryBody, entryId, type Operation, pending, readers, stale } from "../crypto/membership.ts";
import type { Directory } from "../crypto/directory.ts";
import { isCoordinated } from "../crypto/readers.ts";
import { getJson, Refused } from "../net/api.ts";
import { end, ending } from "./closing.ts";
import { commit, type Governing, handIn, tried } from "./governance.ts";
import type {
  Candidate,
  ChannelSettings,
  Effect,
  Governance,
  HistoryLine,
  Intention,
  OperationDetail,
  Organisation,
  PersonEffect,
  Settings,
  Signed,
} from "./governing.ts";
import { meantNow } from "./intentions.ts";
import { linesOf, nameOf } from "./lines.ts";
import { membersView } from "./members.ts";
import { rulesAnswer, rulesText } from "./rules.ts";
import { Declined } from "./problems.ts";
import type { ClearanceChannel } from "./protocol.ts";
import { known } from "./known.ts";
import type { World } from "./world.ts";

const ACTIONS = ["operation.phase", "member.admit", "member.change", "member.remove", "channel.open", "channel.close", "template.adopt", "rules.set"] as const;

type Answers = { readonly [K in keyof Governance]: (world: World, given: Governance[K]["ask"]) => Promise<Governance[K]["answer"]> | Governance[K]["answer"] };

const ANSWERS: Answers = {
  detail: (world, { operation }) => detail(world.governing(operation), world.destroyed.has(operation)),
  members: (world, { operation }) => membersView(world.governing(operation)),
  candidates: (world, { operation }) => candidates(world, operation),
  safety: (world, { account }) => safetyNumber(world.keys.hub, account, world.directory.latest.account(account).aik),
  effect: (world, { operation, meant }) => effect(world.governing(operation), meant),
  sign: (world, { operation, meant }) => sign(world, operation, meant),
  found: (world, given) => found(world, given),
  ending: (world, { operation }) => ending(world, operation),
  end: (world, { operation, step }) => end(world, operation, step),
  settings: (world, { operation }) => settings(world.governing(operation)),
  rules: (world, { operation }) => rulesAnswer(world.governing(operation)),
  history: (world, { operation, limit }) => history(world.governing(operation), limit),
};

/** Raises not-found for a request that this version does not know. */
export async function govern<K extends keyof Governance>(world: World, what: K, given: Governance[K]["ask"]): Promise<Governance[K]["answer"]> {
  if (!Object.hasOwn(ANSWERS, what)) throw new Declined("not-found");
  return ANSWERS[what](world, given);
}

async function detail(at: Governing, isGone: boolean): Promise<OperationDetail> {
  const state = shown(at);
  const directory = at.directory.latest;
  const own = state.members.get(at.keys.account) ?? null;
  const channels = await Promise.all([...state.channels.keys()].map((channel) => channelSettings(at, state, channel)));
  return {
    operation: state.id,
    code: state.code,
    name: state.name,
    phase: isGone ? "destroyed" : state.phase,
    openedAt: at.operation.past[0]?.at ?? 0,
    compartments: state.compartments,
    members: state.members.size,
    coordinators: coordinators(state, directory).map((account) => nameOf(directory, account)),
    isCoordinated: isCoordinated(state, directory),
    mayTake: appointed(state, directory, at.keys.account) !== null,
    rules: state.rules && {
      version: state.rules.version,
      accepted: [...state.members.values()].filter(({ rulesAccepted }) => rulesAccepted === state.rules?.version).length,
      mine: own?.rulesAccepted === state.rules.version,
    },
    role: own?.role ?? null,
    clearance: own?.compartments ?? [],
    // In a closed operation people can still leave; closing.ts tells what else its end allows.
    may: own === null || at.operation.frozen !== null || state.phase === "closed" ? [] : ACTIONS.filter((action) => state.matrix.allows(action, own.role)),
    channels,
    forms: [...state.templates].map(([template, { version }]) => ({ template, version })),
  };
}

/** As it was last verified, also where it stands still since. */
function shown({ operation }: Governing): Operation {
  if (operation.latest === null) throw new Declined("not-found");
  return operation.latest;
}

async function channelSettings(at: Governing, state: Operation, channel: string): Promise<ChannelSettings> {
  const place = state.channels.get(channel);
  if (place === undefined) throw new Declined("not-found");
  const directory = at.directory.latest;
  const all = readers(state, channel, directory);
  const { scope, of } = place.audience;
  return {
    channel,
    type: place.type,
    compartment: place.compartment,
    history: place.history,
    scope,
    of: of.map((one) => {
      if (scope === "accounts") return nameOf(directory, one);
      return scope === "organisations" ? (directory.organisations.get(one)?.name ?? "?") : one;
    }),
    open: place.open,
    label: await labelOf(at, channel),
    readers: all.length,
    countries: new Set(all.map(({ account }) => directory.account(account).country)).size,
    readHere: at.log(channel) !== null,
    pending: place.open ? pending(state, channel, directory).map(({ account }) => nameOf(directory, account)) : [],
    hasSecret: place.epoch !== null,
    stale: place.open && stale(state, channel, directory),
  };
}

/** Null where this person doesn't read it, or nobody gave it a name. */
async function labelOf({ log, secrets }: Governing, channel: string): Promise<string | null> {
  if (log(channel) === null) return null;
  const label = await secrets.label(channel).catch((refused: unknown) => {
    if (refused instanceof ProtocolError || refused instanceof Refused) return "";
    throw refused;
  });
  return label === "" ? null : label;
}

function candidates(world: World, operation: string | null): Governance["candidates"]["answer"] {
  const directory = world.directory.latest;
  const members = operation === null ? null : known(world.governing(operation).operation).members;
  const people = [...directory.accounts.values()].flatMap((account): Candidate[] => {
    const held = members?.get(account.id);
    if (held !== undefined && held.aik === account.aik) return [];
    return [
      {
        account: account.id,
        name: account.name,
        country: account.country,
        organisation: directory.organisations.get(account.organisation)?.name ?? "",
        level: account.level,
        suspended: account.suspended,
        mayCoordinate: account.may.includes("coordinate"),
        underOldKey: held !== undefined,
      },
    ];
  });
  const organisations = [...directory.organisations.values()].map(({ id, name, country }): Organisation => ({ organisation: id, name, country }));
  return { people, organisations };
}

/** Judges the changes as the hub would, and compares who reads what before and after. */
async function effect(at: Governing, intentions: readonly Intention[]): Promise<Effect> {
  const before = known(at.operation);
  const { changes } = await meantNow(intentions, before, at.directory.latest, at.keys.account);
  if (changes.length === 0) return { people: [], opens: [], refused: null };
  let after: Operation;
  try {
    after = await tried(at, before, changes);
  } catch (refused) {
    if (refused instanceof ProtocolError) return { people: [], opens: [], refused: refused.code };
    throw refused;
  }
  const directory = at.directory.latest;
  const touched = new Set(intentions.flatMap((one) => ("account" in one ? [one.account] : [])));
  const closing = new Set(intentions.flatMap((one) => (one.do === "close" ? [one.channel] : [])));
  const people = await Promise.all([...touched].map((account) => personEffect(at, before, after, account, closing)));
  const opens = intentions.flatMap((one) => {
    if (one.do !== "open") return [];
    const all = readers(after, one.channel, directory);
    const countries = new Set(all.map(({ account }) => directory.account(account).country)).size;
    return [{ channel: one.channel, readers: all.length, countries, readHere: all.some(({ account }) => account === at.keys.account) }];
  });
  return { people, opens, refused: null };
}

async function personEffect(at: Governing, before: Operation, after: Operation, account: string, closing: ReadonlySet<string>): Promise<PersonEffect> {
  const directory = at.directory.latest;
  const [gains, loses]: [ClearanceChannel[], ClearanceChannel[]] = [[], []];
  for (const [channel, { type, compartment, history, open }] of after.channels) {
    if (!open || closing.has(channel)) continue;
    const [reads, willRead] = [before, after].map((state) => isAmong(state, channel, account, directory));
    if (reads === willRead) continue;
    const label = await labelOf(at, channel);
    (willRead === true ? gains : loses).push({ channel, label, type, compartment, history, readHere: at.log(channel) !== null });
  }
  return { account, name: nameOf(directory, account), gains, loses };
}

function isAmong(state: Operation, channel: string, account: string, directory: Directory): boolean {
  return state.channels.has(channel) && readers(state, channel, directory).some((reader) => reader.account === account);
}

async function sign(world: World, operation: string, intentions: readonly Intention[]): Promise<Signed> {
  const at = world.governing(operation);
  const followed = await commit(at, (state) => meantNow(intentions, state, at.directory.latest, at.keys.account));
  await world.refresh(operation);
  return followed;
}

/** Signing once more after a lost answer finds the operation that stands: its code is this person's own choice. */
async function found(world: World, { code, name, compartments, own }: Governance["found"]["ask"]): Promise<Governance["found"]["answer"]> {
  const { keys } = world;
  for (const [operation, { ledger }] of world.operations) {
    const first = ledger.past[0];
    if (first?.state.code !== code) continue;
    if (first.author === keys.account && first.state.name === name && ledger.past.length === 1) return { operation };
    throw new Declined("code-taken");
  }
  await world.directory.sync();
  const directory = world.directory.latest;
  const body = entryBody({
    hub: keys.hub,
    operation: null,
    seq: 0,
    prev: null,
    directorySize: directory.size,
    directoryHead: directory.head,
    by: [{ account: keys.account, device: keys.device }],
    at: Date.now(),
    changes: [{ change: "operation.open", code, name, roles: directory.matrix.hash, compartments: [...compartments].sort(), own: [...own].sort() }],
    epochs: [],
  });
  const operation = await entryId(body);
  const refusal = await handIn(world, "/api/operations", body, []);
  if (refusal !== null) {
    const listed = refusal.isUnknown ? await getJson<readonly { operation: string }[]>("/api/operations") : [];
    if (!listed.some((one) => one.operation === operation)) throw refusal;
  }
  await world.refresh(operation);
  return { operation };
}

/** What can be taken over into another operation: never who said what. */
async function settings(at: Governing): Promise<Settings> {
  const state = shown(at);
  const directory = at.directory.latest;
  const open = [...state.channels].filter(([, place]) => place.open);
  const channels = await Promise.all(
    open.map(async ([channel, { type, compartment, audience, history }]) => {
      const label = await labelOf(at, channel);
      return { type, compartment, scope: audience.scope, of: audience.of, history, label: label ?? "", named: label !== null };
    }),
  );
  const members = [...state.members].flatMap(([account, { role, compartments, aik }]) => {
    const certified = directory.accounts.get(account);
    if (certified === null || certified.aik !== aik || certified.suspended || account === at.keys.account) return [];
    return [{ account, name: certified.name, country: certified.country, role, compartments }];
  });
  return { compartments: state.compartments, channels, forms: [...state.templates.keys()], rules: state.rules && (await rulesText(at, state.rules.hash)), members };
}

async function history(at: Governing, limit: number): Promise<Governance["history"]["answer"]> {
  const directory = at.directory.latest;
  const lines: HistoryLine[] = [];
  const labels = new Map<string, string | null>();
  const { past } = at.operation;
  for (let seq = past.length - 1; seq >= 0 && lines.length <= limit; seq--) {
    const entry = past[seq];
    if (entry === undefined) break;
    const changes = [...linesOf(entry, past[seq - 1]?.state ?? null, directory)].reverse();
    for (const [number, line] of changes.entries()) {
      if (line.channel !== null && !labels.has(line.channel)) labels.set(line.channel, await labelOf(at, line.channel));
      lines.push({
        ...line,
        id: `${entry.id}-${number}`,
        seq,
        at: entry.at,
        receivedAt: entry.receivedAt,
        by: nameOf(directory, entry.author),
        country: directory.accounts.get(entry.author)?.country ?? "",
        channelLabel: line.channel === null ? null : (labels.get(line.channel) ?? null),
      });
    }
  }
  return { lines: lines.slice(0, limit), more: lines.length > limit };
}
