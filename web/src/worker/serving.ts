/**
 * What channels need of any of their readers, done without asking: secrets checked, bad ones reported, new ones made, people who wait
 * for one served (docs/spec/10-epochs.md; twin of hub/client/serving.py).
 *
 * A hundred browsers see the same need at once. Coordinators' go first, the others wait for a while that is never the same twice, and
 * everybody looks again before doing anything: whoever was slower finds it done.
 */
import { channelOf, epochNeeded, holders, isReader, servedAgain } from "../crypto/membership.ts";
import type { Change } from "../crypto/changes.ts";
import { randomBytes } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { Refused } from "../net/api.ts";
import { commit, type Governing, type Meant } from "./governance.ts";
import { Declined } from "./problems.ts";
import { known } from "./known.ts";

/** In ms, from and to. */
const COORDINATORS_WAIT = [200, 2_000] as const;
const READERS_WAIT = [3_000, 20_000] as const;

/** Makes or grants what the channels of `at` need, judged anew on top of whatever came first; where nothing is needed, nothing is sent. */
export async function tend(at: Governing): Promise<void> {
  await at.directory.sync();
  await at.operation.sync();
  await commit(at, () => meaning([]));
}

/** One look at one operation: reports what does not open, then serves as its turn comes. */
export async function serve(at: Governing): Promise<void> {
  try {
    await reportBad(at);
    if (needy(at).size === 0) return;
    await pause(at);
    await at.directory.sync();
    await at.operation.sync();
    const only = needy(at);
    if (only.size > 0) await commit({ ...at, log: (channel) => (only.has(channel) ? at.log(channel) : null) }, () => meaning([]));
  } catch (refused) {
    // Whoever sends next meets the same need, and is told.
    if (!(refused instanceof Refused || refused instanceof Declined || refused instanceof ProtocolError)) throw refused;
  }
}

function needy(at: Governing): ReadonlySet<string> {
  const state = known(at.operation);
  const directory = at.directory.latest;
  const needs = (channel: string): boolean =>
    isReader(state, channel, at.keys.account, directory) &&
    (epochNeeded(state, channel, directory, Date.now()) || servedAgain(state, channel, directory).length > 0);
  return new Set([...state.channels].filter(([channel, { open }]) => open && needs(channel)).map(([channel]) => channel));
}

/** Opens each current epoch once; one whose maker signed what does not open is reported, once. */
async function reportBad(at: Governing): Promise<void> {
  for (const [channel, { open, epoch }] of known(at.operation).channels) {
    const isOurs = epoch !== null && holders(epoch).some(({ account }) => account === at.keys.account);
    if (!open || epoch === null || epoch.bad || !isOurs || at.log(channel) === null) continue;
    try {
      await at.secrets.checkSound(channel, epoch.number);
    } catch (refused) {
      if (!(refused instanceof ProtocolError)) throw refused;
      if (at.secrets.unopened.get(channel) === epoch.number) await report(at, channel, epoch.number);
    }
  }
}

/** Another reader may have been faster: then nothing is meant any more. */
async function report(at: Governing, channel: string, epoch: number): Promise<void> {
  await commit({ ...at, log: () => null }, (state) => {
    const now = channelOf(state, channel).epoch;
    return meaning(now !== null && now.number === epoch && !now.bad ? [{ change: "wrap.bad", channel, epoch }] : []);
  });
}

function meaning(changes: readonly Change[]): Meant {
  return { changes, labels: new Map(), documents: new Map() };
}

async function pause(at: Governing): Promise<void> {
  const isCoordinator = known(at.operation).members.get(at.keys.account)?.role === "coordinator";
  const [from, to] = isCoordinator ? COORDINATORS_WAIT : READERS_WAIT;
  const chance = (randomBytes(1)[0] ?? 0) / 256;
  await new Promise((done) => setTimeout(done, from + chance * (to - from)));
}
