/** How many people in how many countries read a channel, said before the button and above the feed. */
import type { ChannelView } from "../worker/protocol.ts";
import { t, tn } from "./words.ts";

/** "64 readers, 41 countries" */
export function audience(channel: ChannelView): string {
  const readers = tn("{n} reader", "{n} readers", channel.readers);
  return t("{readers}, {countries}", { readers, countries: tn("{n} country", "{n} countries", channel.countries) });
}

/** "64 people, 41 countries" */
export function people(channel: ChannelView): string {
  const persons = tn("{n} person", "{n} people", channel.readers);
  return t("{readers}, {countries}", { readers: persons, countries: tn("{n} country", "{n} countries", channel.countries) });
}
