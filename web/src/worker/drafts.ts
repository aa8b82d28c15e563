/**
 * Drafts: every typed word rests sealed on this device within a second and on the hub a little later, and follows the
 * person from there (protocol.md 2). A draft has the id of its future envelope, so its reference is known from the start.
 */
import { b64, type Json, type JsonObject, randomBytes, unb64 } from "../crypto/encoding.ts";
import { Refused } from "../net/api.ts";
import { Declined } from "./problems.ts";
import type { Draft } from "./protocol.ts";
import type { Records } from "./records.ts";

const PREFIX = "draft-";

export class Drafts {
  private readonly records: Records;

  constructor(records: Records) {
    this.records = records;
    for (const { record, value } of records.overtaken.splice(0)) if (record.startsWith(PREFIX)) void this.keepBeside(value);
  }

  all(): readonly Draft[] {
    return this.records
      .named(PREFIX)
      .map(draftOf)
      .sort((a, b) => b.changedAt - a.changedAt);
  }

  get(id: string): Draft {
    const found = this.records.get(nameOf(id));
    if (found === null) throw new Declined("draft-gone");
    return draftOf(found);
  }

  /** An empty draft rests on this device only: the hub gets it with the first word. */
  async begin(draft: Draft): Promise<void> {
    await this.records.keep(nameOf(draft.id), formOf(draft));
  }

  /** Durable on this device when it returns; true if it rests on the hub too. */
  async put(draft: Draft, deviceOnly = false): Promise<boolean> {
    await this.records.keep(nameOf(draft.id), formOf(draft));
    if (deviceOnly) return false;
    try {
      const other = await this.records.bring(nameOf(draft.id));
      if (other !== null) await this.keepBeside(other);
      return true;
    } catch (refused) {
      if (refused instanceof Refused) return false;
      throw refused;
    }
  }

  async drop(id: string): Promise<void> {
    try {
      await this.records.drop(nameOf(id));
    } catch (refused) {
      // The hub keeps a sealed copy a while longer; the next load here finds it gone or drops it again.
      if (!(refused instanceof Refused)) throw refused;
    }
  }

  /** What another device wrote under the same name is kept as a draft of its own. */
  private async keepBeside(value: JsonObject): Promise<void> {
    const copy = { ...draftOf(value), id: newEnvelopeId() };
    await this.records.keep(nameOf(copy.id), formOf(copy));
  }
}

/** UUIDv7: the first 48 bits are the time in ms, so that ids of one person sort by age (RFC 9562 §5.7). */
export function newEnvelopeId(): string {
  const id = randomBytes(16);
  const view = new DataView(id.buffer);
  const now = Date.now();
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return b64(id);
}

/** Record names are small letters and digits: the id in hexadecimal. */
export function hexOf(id: string): string {
  return Array.from(unb64(id, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function nameOf(id: string): string {
  return `${PREFIX}${hexOf(id)}`;
}

/** A draft's written form. Values keep their keys: template keys match what canonical JSON allows. */
export function formOf({ id, operation, channel, kind, ref, template, form, values, changedAt }: Draft): JsonObject {
  return { id, operation, channel, kind, ref, template, form, values: composed(values as JsonObject), changed_at: changedAt };
}

/** Keyboards also write letters in two parts or half a character: canonical JSON takes them whole. */
function composed(value: JsonObject): JsonObject {
  const whole = (one: Json): Json => (typeof one === "string" ? one.toWellFormed().normalize("NFC") : one);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, whole(one)]));
}

export function draftOf(value: JsonObject): Draft {
  const { changed_at: changedAt, ...rest } = value;
  return { ...rest, changedAt } as unknown as Draft;
}
