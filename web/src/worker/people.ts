/**
 * People as the directory certifies them and their cards say: the directory, one person with the history of their keys, the coverage
 * board, reminders (docs/spec/19-cards.md). Fetched when somebody asks; the desk hands every `people` request on to here.
 */
import { readAct } from "../crypto/acts.ts";
import { type Contact, covers } from "../crypto/card.ts";
import { type Account, type Directory, entryId } from "../crypto/directory.ts";
import { b64, parse, statementId } from "../crypto/encoding.ts";
import { safetyNumber } from "../crypto/keys.ts";
import type { Operation } from "../crypto/membership.ts";
import { unpackAll } from "../crypto/packet.ts";
import { coverage, type Covered, DAY, type Days, isConfirmed, type Watch } from "../domain/coverage.ts";
import { getJson, getPackets } from "../net/api.ts";
import { type At, cards, checkDeputies, contactOf, putCard, RECENT, type Shown } from "./cards.ts";
import { leave, leaving } from "./departing.ts";
import type { CoverageView, HistoryEvent, OwnCard, Peopling, PersonDetail, PersonRow, Reminder, StandIn } from "./peopling.ts";
import { Declined } from "./problems.ts";

type Answers = { readonly [K in keyof Peopling]: (at: At, given: Peopling[K]["ask"]) => Promise<Peopling[K]["answer"]> };

const ANSWERS: Answers = {
  directory: (at) => everybody(at),
  person: (at, { account }) => person(at, account),
  coverage: (at, { operation }) => board(at, operation),
  own: (at) => own(at),
  put: async (at, { contact }) => {
    if (contact !== null) checkDeputies(at, contact);
    await putCard(at, contact);
    return null;
  },
  reminders: (at) => reminders(at),
  standIns: (at) => standIns(at),
  leaving: (at) => leaving(at),
  leave: (at) => leave(at),
};

/** Raises not-found for a request that this version does not know. */
export async function people<K extends keyof Peopling>(at: At, what: K, given: Peopling[K]["ask"]): Promise<Peopling[K]["answer"]> {
  if (!Object.hasOwn(ANSWERS, what)) throw new Declined("not-found");
  return ANSWERS[what](at, given);
}

async function everybody(at: At): Promise<readonly PersonRow[]> {
  const shown = await cards(at);
  return [...at.world.directory.latest.accounts.values()].map((account) => rowOf(at, account, shown));
}

function rowOf({ world, keys }: At, account: Account, shown: ReadonlyMap<string, Shown>): PersonRow {
  const directory = world.directory.latest;
  const one = shown.get(account.id);
  const organisation = directory.organisations.get(account.organisation);
  const contact = account.suspended ? null : contactOf(one);
  return {
    account: account.id,
    name: account.name,
    country: account.country,
    organisation: account.organisation,
    organisationName: organisation?.name ?? "",
    short: organisation?.short ?? "",
    level: account.level,
    may: account.may,
    suspended: account.suspended,
    mine: account.id === keys.account,
    contact,
    fault: one?.fault ?? null,
    deputy: contact === null || contact.deputy === null ? null : nameOf(directory, contact.deputy),
    standIn: standInOf(directory, contact),
  };
}

function standInOf(directory: Directory, contact: Contact | null): PersonRow["standIn"] {
  const away = contact?.away ?? null;
  return away !== null && covers(away, Date.now()) ? { name: nameOf(directory, away.deputy), until: away.until } : null;
}

function nameOf(directory: Directory, account: string): string {
  return directory.accounts.get(account)?.name ?? "?";
}

async function person(at: At, id: string): Promise<PersonDetail> {
  const { world, keys } = at;
  const account = world.directory.latest.accounts.get(id);
  if (account === null) throw new Declined("not-found");
  const row = rowOf(at, account, await cards(at));
  const devices = [...world.directory.latest.devices.values()].filter((device) => device.account === id);
  const common = [...world.operations.values()].flatMap(({ ledger: { latest } }) => {
    const member = latest?.members.get(id);
    return latest === null || member === undefined ? [] : [{ operation: latest.id, name: latest.name, role: member.role }];
  });
  return {
    ...row,
    code: account.code,
    devices: devices.map(({ label, addedSeq, revokedSeq }) => ({
      label,
      addedAt: world.directory.takenAt(addedSeq),
      revokedAt: revokedSeq === null ? null : world.directory.takenAt(revokedSeq),
    })),
    history: await history(at, id),
    safetyNumber: await safetyNumber(keys.hub, id, account.aik),
    common,
  };
}

/** What the signed entries say about a person, the latest first: read off the verified states, one entry after the other. */
async function history({ world: { directory } }: At, id: string): Promise<readonly HistoryEvent[]> {
  const found: { readonly seq: number; readonly what: HistoryEvent["what"]; readonly detail: string | null }[] = [];
  let before: Account | null = null;
  for (let size = 1; size <= directory.history.size; size += 1) {
    const now = directory.history.at(size).accounts.get(id);
    if (now === null || now === before) continue;
    const what = changed(before, now);
    if (what !== null) found.push({ seq: size - 1, what, detail: what.startsWith("certified") ? now.level : null });
    before = now;
  }
  for (const device of directory.latest.devices.values()) {
    if (device.account !== id) continue;
    found.push({ seq: device.addedSeq, what: "device-added", detail: device.label });
    if (device.revokedSeq !== null) found.push({ seq: device.revokedSeq, what: "device-revoked", detail: device.label });
  }
  const events = await Promise.all(
    found.map(async ({ seq, what, detail }) => {
      const own = what === "device-added" || what === "key-rotated";
      return { at: directory.takenAt(seq), seq, what, detail, by: own ? [] : await signersOf(directory, seq, id) };
    }),
  );
  return events.sort((a, b) => b.seq - a.seq);
}

/** Null for what another event of the same entry says: a revoked device. */
function changed(before: Account | null, now: Account): HistoryEvent["what"] | null {
  if (before === null) return "certified";
  if (now.aik !== before.aik) return "rekeyed";
  if (now.generation !== before.generation) return "key-rotated";
  if (now.suspended !== before.suspended) return now.suspended ? "suspended" : "restored";
  if (now.awaitingRotation !== before.awaitingRotation) return null;
  return "certified-again";
}

/** Who signed an entry: fetched once more, and held against what was verified. Empty where the person did. */
async function signersOf(directory: At["world"]["directory"], seq: number, account: string): Promise<readonly string[]> {
  const page = await getPackets(`/api/directory?after=${seq - 1}&limit=1`);
  const [packet] = unpackAll(page.bytes);
  if (packet === undefined || (await entryId(packet.body)) !== directory.history.idAt(seq)) throw new Declined("forked");
  const ordered = (parse(packet.body) as { readonly act?: unknown }).act;
  if (b64(await statementId("act", packet.act)) !== ordered) throw new Declined("forked");
  const names = new Map(directory.history.at(seq).administrators.map(({ id, name }) => [id, name]));
  const { by } = await readAct(packet.act);
  return by.filter((signer) => signer !== account).map((signer) => names.get(signer) ?? "?");
}

async function board(at: At, operation: string | null, age = 0): Promise<CoverageView> {
  const path = operation === null ? "/api/coverage" : `/api/operations/${operation}/coverage`;
  const told = await getJson<{ days: Days; people: readonly { account: string; day: number | null }[] }>(path);
  const shown = await cards(at, age);
  const directory = at.world.directory.latest;
  const members = operation === null ? null : known(at, operation).members;
  const days = new Map(told.people.map(({ account, day }) => [account, day]));
  const counted = [...directory.accounts.values()].filter(({ id }) => {
    const role = members?.get(id)?.role;
    return days.has(id) && (members === null || role === "contact" || role === "deputy");
  });
  const watches = counted.map((account): Watch => {
    const one = shown.get(account.id);
    const contact = contactOf(one);
    return {
      country: account.country,
      account: account.id,
      suspended: account.suspended,
      day: days.get(account.id) ?? null,
      card: contact !== null ? "held" : one !== undefined && one.fault !== null ? "faulty" : "none",
      confirmed_at: contact?.confirmed_at ?? null,
      deputy: contact !== null && contact.deputy !== null,
    };
  });
  const found: readonly Covered[] = coverage(watches, Date.now(), told.days);
  return {
    days: told.days,
    countries: found.map(({ country, live, deputy, people: judged }) => ({
      country,
      live,
      deputy,
      people: judged.map(([account, reasons]) => {
        const contact = contactOf(shown.get(account));
        return {
          account,
          name: nameOf(directory, account),
          reasons,
          day: days.get(account) ?? null,
          confirmedAt: contact?.confirmed_at ?? null,
          standIn: standInOf(directory, contact),
        };
      }),
    })),
  };
}

function known({ world }: At, operation: string): Operation {
  const latest = world.operations.get(operation)?.ledger.latest ?? null;
  if (latest === null) throw new Declined("not-found");
  return latest;
}

async function own(at: At): Promise<OwnCard> {
  const { world, keys } = at;
  const one = (await cards(at)).get(keys.account);
  const directory = world.directory.latest;
  const others = new Set([...world.operations.values()].flatMap(({ ledger }) => [...(ledger.latest?.members.keys() ?? [])]));
  others.delete(keys.account);
  const deputies = [...others].flatMap((account) => {
    const found = directory.accounts.get(account);
    return found === null || found.suspended ? [] : [{ account, name: found.name, country: found.country }];
  });
  return { contact: contactOf(one), fault: one?.fault ?? null, deputies };
}

async function standIns(at: At): Promise<readonly StandIn[]> {
  const directory = at.world.directory.latest;
  return [...(await cards(at, RECENT))].flatMap(([account, one]) => {
    const standIn = standInOf(directory, contactOf(one));
    const person = directory.accounts.get(account);
    if (standIn === null || person === null || person.suspended) return [];
    return [{ account, country: person.country, name: person.name, deputy: standIn.name, until: standIn.until }];
  });
}

interface Returned {
  readonly days: Days;
  readonly before: number | null;
  readonly sleeping: readonly { readonly account: string; readonly day: number | null }[];
}

/** What this person should know about cards and absences, theirs first. */
async function reminders(at: At): Promise<readonly Reminder[]> {
  const { world, keys } = at;
  const directory = world.directory.latest;
  const shown = await cards(at, RECENT);
  const { days, before, sleeping } = await getJson<Returned>("/api/presence");
  const found: Reminder[] = [];
  const now = Date.now();
  const mine = shown.get(keys.account);
  const contact = contactOf(mine);
  if (mine !== undefined && mine.fault !== null) found.push({ is: "card-fault", fault: mine.fault });
  else if (contact === null) found.push({ is: "no-card" });
  else if (!isConfirmed(contact.confirmed_at, now)) found.push({ is: "unconfirmed", since: contact.confirmed_at });
  const standIn = standInOf(directory, contact);
  if (standIn !== null) found.push({ is: "away", ...standIn });
  for (const [account, one] of shown) {
    const away = contactOf(one)?.away ?? null;
    if (away === null || away.deputy !== keys.account || !covers(away, now)) continue;
    found.push({ is: "standing-in", name: nameOf(directory, account), until: away.until });
  }
  if (before !== null && now - before >= days.reminded * DAY) found.push({ is: "returned", before, blocked: days.blocked });
  for (const { account, day } of sleeping) found.push({ is: "sleeping", name: nameOf(directory, account), day, blocked: days.blocked });
  for (const [operation, { ledger }] of world.operations) {
    if (ledger.latest?.members.get(keys.account)?.role === "coordinator") found.push(...(await silentIn(at, operation)));
  }
  return found;
}

async function silentIn(at: At, operation: string): Promise<readonly Reminder[]> {
  const { countries, days } = await board(at, operation, RECENT);
  const silent = countries.filter(({ live }) => !live).length;
  const sleeps = ({ day }: { readonly day: number | null }): boolean => day !== null && Date.now() - day >= (days.reminded + 1) * DAY;
  const dormant = countries.flatMap(({ people: all }) => all).filter(sleeps).length;
  return silent + dormant === 0 ? [] : [{ is: "silent", operation, countries: silent, dormant }];
}
