/**
 * Entries of an operation's chain as they are read and written (docs/spec/09-membership.md).
 *
 * Only their form is judged here; `membership` judges whether an entry may stand.
 */

import { changeForm, readChange, type Change } from "./change_forms.ts";
import { canon, compareIds, parse, type Bytes, type Json } from "./encoding.ts";
import { readRecord, recordForm, type EpochRecord } from "./epochs.ts";
import { ascendingIds, fields, id16, id32, integer, isObject, items, known, malformed, orNull } from "./fields.ts";

export {
  audienceForm,
  changeForm,
  CHANNEL_TYPES,
  HISTORIES,
  OPERATION_CODE,
  PHASES,
  readChange,
  SCOPES,
  STAGES,
  TEMPLATE,
  type Audience,
  type Change,
  type ChangeOf,
  type ChannelType,
  type History,
  type Phase,
  type Scope,
  type Stage,
} from "./change_forms.ts";

export interface Author {
  readonly account: string;
  readonly device: string;
}

/** One atomic commit to an operation. */
export interface Entry {
  readonly hub: string;
  /** Null exactly at seq 0: the operation's id is this entry's. */
  readonly operation: string | null;
  readonly seq: number;
  readonly prev: string | null;
  readonly directorySize: number;
  readonly directoryHead: string;
  readonly by: readonly Author[];
  readonly at: number;
  readonly changes: readonly Change[];
  readonly epochs: readonly EpochRecord[];
}

/** An entry ready for signing by each device of `by` in order. Raises what `readEntry` raises. */
export function entryBody(entry: Entry): Bytes {
  const ranked = [...entry.by].sort((a, b) => compareIds(a.account, b.account));
  const body = canon({
    v: 1,
    hub: entry.hub,
    operation: entry.operation,
    seq: entry.seq,
    prev: entry.prev,
    directory: { size: entry.directorySize, head: entry.directoryHead },
    by: ranked.map(({ account, device }) => ({ account, device })),
    at: entry.at,
    changes: entry.changes.map(changeForm),
    epochs: entry.epochs.map(recordForm),
  });
  readEntry(body);
  return body;
}

const ENTRY_FIELDS = "v hub operation seq prev directory by at changes epochs".split(" ");

/** Raises not-canonical, too-large, malformed, or unknown-version for a change that this client does not know. */
export function readEntry(body: Uint8Array): Entry {
  const value = parse(body);
  if (!isObject(value) || !Object.hasOwn(value, "v")) throw malformed("This is no entry.");
  known(value["v"]);
  fields(value, ENTRY_FIELDS);
  const seq = integer(value["seq"]);
  const directory = fields(value["directory"], ["size", "head"]);
  if ((value["operation"] === null) !== (seq === 0) || (value["prev"] === null) !== (seq === 0)) {
    throw malformed("Operation and prev are null exactly in the first entry.");
  }
  const by = items(value["by"], 2, 1).map(readAuthor);
  ascendingIds(by.map((author) => author.account));
  const epochs = items(value["epochs"], 64).map(readRecord);
  if (new Set(epochs.map((record) => record.channel)).size !== epochs.length) {
    throw malformed("There are two epochs for one channel.");
  }
  const changes = items(value["changes"], 256).map(readChange);
  if (changes.length === 0 && epochs.length === 0) throw malformed("This entry does nothing.");
  return {
    hub: id32(value["hub"]),
    operation: orNull(value["operation"], id32),
    seq,
    prev: orNull(value["prev"], id32),
    directorySize: integer(directory["size"], 1),
    directoryHead: id32(directory["head"]),
    by,
    at: integer(value["at"]),
    changes,
    epochs,
  };
}

function readAuthor(value: Json): Author {
  const { account, device } = fields(value, ["account", "device"]);
  return { account: id16(account), device: id16(device) };
}
