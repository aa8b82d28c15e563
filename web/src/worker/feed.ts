/** What a channel shows: what was sent, with the signed changes between, in the order of the log. */
import { systemItems } from "./lines.ts";
import { isSilent } from "./notices.ts";
import { Declined } from "./problems.ts";
import type { Item } from "./protocol.ts";
import type { Rotating } from "./rotation.ts";
import { itemOf, type Seen } from "./views.ts";

export function feed(place: Rotating, seen: Seen): readonly Item[] {
  const { log, operation } = place;
  const state = operation.latest;
  if (state === null) return [];
  const system = [...systemItems(operation, log.channel, seen.directory)];
  const items: Item[] = [];
  let before = 0;
  for (const entry of log.entries) {
    while (system[0] !== undefined && system[0].leaf < entry.leaf) items.push(lineAfter(system.shift(), before));
    if (!isSilent(entry)) items.push(itemOf(entry, place, state, seen));
    before = entry.seq;
  }
  return [...items, ...system.map((line) => lineAfter(line, before))];
}

function lineAfter(line: Item | undefined, seq: number): Item {
  if (line === undefined) throw new Declined("not-found");
  return { ...line, seq };
}

/** Stands where a channel can't be followed any further. */
export function brokenItem(channel: string, code: string, seq: number): Item {
  return { is: "fault", id: `broken-${channel}`, channel, seq, code, action: "tell", receivedAt: Date.now() };
}
