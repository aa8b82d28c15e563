/**
 * One statement as one file that anybody can verify who knows the hub's id: no network, no key (docs/spec/17-evidence.md).
 *
 * File: `title line ‖ packets`: the statement, the directory's entries, the operation's entries, in their order.
 */

import { readAct } from "./acts.ts";
import { readEntry } from "./changes.ts";
import { DirectoryHistory, type Account, type Device, type Directory, type Signed } from "./directory.ts";
import { b64, canon, concat, parse, unb64, utf8, type Bytes, type Json, type JsonObject } from "./encoding.ts";
import { checkEnvelope, envelopeId, readHeader, type Header } from "./envelope.ts";
import { ProtocolError, type Code } from "./errors.ts";
import { fields, id32, integer, isObject, items, known, malformed, matching, octets, unknownVersion } from "./fields.ts";
import { apply, channelOf, maySend, type Operation } from "./membership.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { pack, unpackAll } from "./packet.ts";
import { contentHash } from "./sealing.ts";
import { readCheckpoint } from "./tlog.ts";

export const MEDIA_TYPE = "application/vnd.ncphub.evidence";
export const SUFFIX = ".ncphub";
export const MAX_FILE = 64 * 1024 * 1024;

const TITLE = "NCP Hub evidence 1\n";
const TITLE_OF_EXERCISE = "NCP Hub evidence 1 EXERCISE\n";
const OTHER_TITLE = /^NCP Hub evidence [1-9][0-9]{0,3}( EXERCISE)?\n/;
const LONGEST_TITLE = 40;
const NOTE = /^[\s\S]{1,10000}$/u;
/** Origin, size, root, an empty line, the log's own signature. */
const NOTE_LINES = 5;
const LONGEST_PATH = 53;
const LONGEST_LEAF = 65_535;

/** That the log holds `leaf` at `index`. */
export interface Proof {
  readonly index: number;
  readonly leaf: Bytes;
  readonly path: readonly Bytes[];
}

/** A signed checkpoint and what stands under it: both chains' last entries of the file, and the statement. */
export interface LogProofs {
  readonly checkpoint: string;
  readonly directory: Proof;
  readonly operation: Proof;
  readonly statement: Proof;
}

/** One entry of an operation as it travels, without what stands beside it. */
export interface SignedEntry {
  readonly body: Bytes;
  readonly signatures: readonly Bytes[];
}

/** What a file holds, in its form; nothing of it is verified. */
export interface Bundle {
  readonly exercise: boolean;
  readonly statement: Bytes;
  readonly signature: Bytes;
  /** Canonical {salt, body}; empty for a statement without words. */
  readonly content: Bytes;
  readonly directory: readonly Signed[];
  readonly operation: readonly SignedEntry[];
  readonly log: LogProofs;
}

/** What a verified file proves: who said what, as of which directory and operation, at which place of the log. */
export interface Evidence {
  readonly directory: Directory;
  readonly operation: Operation;
  readonly header: Header;
  readonly author: Account;
  readonly device: Device;
  /** Administrators who signed the author's last certification. */
  readonly certifiedBy: readonly string[];
  readonly id: string;
  /** Null: a statement without words, such as an acknowledgement. */
  readonly body: JsonObject | null;
  readonly leaf: number;
  /** By the hub's clock. */
  readonly loggedAt: number;
  readonly logSize: number;
}

export function packEvidence({ exercise, statement, signature, content, directory, operation, log }: Bundle): Bytes {
  const proofs = {
    checkpoint: log.checkpoint,
    directory: proofForm(log.directory),
    operation: proofForm(log.operation),
    statement: proofForm(log.statement),
  };
  const none = new Uint8Array();
  return concat(
    utf8(exercise ? TITLE_OF_EXERCISE : TITLE),
    pack(canon({ v: 1, directory: directory.length, operation: operation.length, log: proofs }), statement, none, [signature], content),
    ...directory.map(({ entry, act, signatures }) => pack(none, entry, act, signatures, none)),
    ...operation.map(({ body, signatures }) => pack(none, body, none, signatures, none)),
  );
}

/**
 * The parts of a file. Raises too-large, unknown-version, not-canonical, gap where entries are missing that the file says
 * it has, malformed for what is not of the form, also for bytes where none belong.
 */
export function readEvidence(raw: Bytes): Bundle {
  if (raw.length > MAX_FILE) throw new ProtocolError("too-large", "The file is larger than evidence may be.");
  const title = titleOf(raw);
  const [said, ...chains] = unpackAll(raw.slice(title.length));
  if (said === undefined) throw malformed("The file has no statement.");
  const head = fields(parse(said.place), ["v", "directory", "operation", "log"]);
  known(head["v"]);
  const [entries, commits] = [integer(head["directory"], 1), integer(head["operation"], 1)];
  if (chains.length < entries + commits) throw gap("Entries are missing that the file says it has.");
  const [signature, ...more] = said.signatures;
  if (chains.length > entries + commits || said.act.length > 0 || signature === undefined || more.length > 0) {
    throw malformed("There is more than belongs into the file, or not one signature.");
  }
  const ordered = chains.slice(0, entries);
  const committed = chains.slice(entries);
  if (chains.some(({ place, beside }) => place.length + beside.length > 0) || committed.some(({ act }) => act.length > 0)) {
    throw malformed("There are bytes beside an entry that nothing vouches for.");
  }
  return {
    exercise: title === TITLE_OF_EXERCISE,
    statement: said.body,
    signature,
    content: said.beside,
    directory: ordered.map(({ body, act, signatures }) => ({ entry: body, act, signatures })),
    operation: committed.map(({ body, signatures }) => ({ body, signatures })),
    log: readLog(head["log"]),
  };
}

/**
 * What the file proves to somebody who trusts only that `hub` is the hub's id.
 *
 * Raises the error that names what does not fit. The steps:
 * 1. the form of the file;
 * 2. the directory from its genesis, which is `hub`, and the mark of an exercise;
 * 3. the operation from its opening;
 * 4. the statement: its place, its author's device and signature, what the author had seen of both chains;
 * 5. that it was allowed there;
 * 6. its words;
 * 7. the log: statement and last entries stand under a checkpoint signed by the hub's log, in this order.
 */
export async function verifyEvidence(raw: Bytes, hub: string): Promise<Evidence> {
  const bundle = readEvidence(raw);
  const history = await replayDirectory(bundle, hub);
  const directory = history.latest;
  const { operation, heads } = await replayOperation(bundle, history);
  const header = readHeader(bundle.statement);
  const { author, device } = await checkAuthor(header, bundle.signature, directory, operation);
  checkSeen(header, directory, heads);
  checkAllowed(header, directory, operation);
  const body = await checkWords(header, bundle.content);
  const id = b64(await envelopeId(bundle.statement));
  const { loggedAt, logSize } = await checkLog(bundle.log, directory, operation, header, id);
  const certify = await readAct(bundle.directory[author.certifiedSeq]?.act ?? new Uint8Array());
  const { administrators } = history.at(author.certifiedSeq); // others may have followed them
  const certifiedBy = administrators.filter((one) => certify.by.includes(one.id)).map(({ name }) => name);
  const leaf = bundle.log.statement.index;
  return { directory, operation, header, author, device, certifiedBy, id, body, leaf, loggedAt, logSize };
}

function titleOf(raw: Bytes): string {
  const start = Array.from(raw.subarray(0, LONGEST_TITLE), (byte) => String.fromCharCode(byte)).join("");
  for (const title of [TITLE, TITLE_OF_EXERCISE]) if (start.startsWith(title)) return title;
  if (OTHER_TITLE.test(start)) throw unknownVersion("This file is of a newer version");
  throw malformed("This is not a file of evidence.");
}

async function replayDirectory(bundle: Bundle, hub: string): Promise<DirectoryHistory> {
  const history = new DirectoryHistory();
  for (const { entry, act, signatures } of bundle.directory) {
    const state = await history.append(entry, act, signatures);
    if (state.hub !== hub) throw refusal("wrong-hub", "This is evidence from another hub than the one that was named.");
  }
  if (bundle.exercise !== history.latest.genesis.exercise) {
    throw malformed("The title does not say rightly whether this is an exercise.");
  }
  return history;
}

/** The operation after its last entry, and the id of each. */
async function replayOperation(
  bundle: Bundle,
  history: DirectoryHistory,
): Promise<{ readonly operation: Operation; readonly heads: readonly string[] }> {
  let operation: Operation | null = null;
  const heads: string[] = [];
  for (const { body, signatures } of bundle.operation) {
    const size = readEntry(body).directorySize;
    if (size > history.size) throw gap("An author had seen an entry of the directory that is missing here.");
    operation = await apply(operation, history.at(size), body, signatures);
    heads.push(operation.head);
  }
  if (operation === null) throw gap("There is an operation without its opening.");
  return { operation, heads };
}

async function checkAuthor(
  header: Header,
  signature: Bytes,
  directory: Directory,
  operation: Operation,
): Promise<{ readonly author: Account; readonly device: Device }> {
  const author = directory.account(header.account);
  const device = directory.devices.get(header.device);
  if (device === null || device.account !== header.account) throw refusal("not-certified", "The author has no such device.");
  await checkEnvelope(header, signature, unb64(device.key, 32), directory.hub);
  if (header.operation !== operation.id) throw refusal("wrong-place", "This was said in another operation.");
  return { author, device };
}

function checkSeen(header: Header, directory: Directory, heads: readonly string[]): void {
  const head = heads[header.head.size - 1];
  if (header.directorySize > directory.size || head === undefined) {
    throw gap("The author had seen an entry that is missing here.");
  }
  if (header.head.head !== head) throw refusal("forked", "The author had seen another past of the operation.");
}

function checkAllowed(header: Header, directory: Directory, operation: Operation): void {
  if (!directory.deviceValid(header.device, header.account)) throw refusal("revoked", "The author's device was revoked.");
  maySend(operation, header.channel, header.account, header.kind, directory);
  const current = channelOf(operation, header.channel).epoch?.number ?? 0;
  if (header.epoch > current || (header.content !== null && header.epoch !== current)) {
    throw refusal("stale-epoch", "Another epoch was current.");
  }
}

async function checkWords(header: Header, content: Bytes): Promise<JsonObject | null> {
  if (header.content === null) {
    if (content.length > 0) throw malformed("There are words beside a statement that has none.");
    return null;
  }
  const { salt, body } = fields(parse(content), ["salt", "body"]);
  const saltBytes = unb64(octets(salt, 32));
  if (!isObject(body)) throw malformed("The words are not an object.");
  if (header.content !== b64(await contentHash(saltBytes, body))) {
    throw refusal("wrong-place", "These are other words than the author signed.");
  }
  return body;
}

/** When the hub logged the statement, and the size of the log that was signed. */
async function checkLog(
  log: LogProofs,
  { genesis, head, size: entries }: Directory,
  operation: Operation,
  header: Header,
  statement: string,
): Promise<{ readonly loggedAt: number; readonly logSize: number }> {
  if (log.checkpoint.split("\n").length !== NOTE_LINES + 1) {
    throw refusal("bad-checkpoint", "This is not one note with the log's signature alone.");
  }
  const { size, root } = await readCheckpoint(log.checkpoint, genesis.logOrigin, unb64(genesis.logKey, 32));
  await checkStands(log.directory, entries === 1 ? "genesis" : "act", head, size, root);
  await checkStands(log.operation, "entry", operation.head, size, root);
  const leaf = await checkStands(log.statement, "envelope", statement, size, root);
  if (leaf["actor"] !== header.account || leaf["operation"] !== header.operation) {
    throw refusal("bad-proof", "The log names another author or operation.");
  }
  if (Math.max(log.directory.index, log.operation.index) >= log.statement.index) {
    throw refusal("not-next", "The log holds an entry behind the statement.");
  }
  return { loggedAt: integer(leaf["at"]), logSize: size };
}

/** The leaf, if it records `object` as `type` and stands in the log. */
async function checkStands(proof: Proof, type: string, object: string, size: number, root: Bytes): Promise<JsonObject> {
  const leaf = fields(parse(proof.leaf), ["v", "type", "at", "actor", "object", "hash", "salt"], ["device", "operation"]);
  known(leaf["v"]);
  if (leaf["type"] !== type || leaf["object"] !== object) throw refusal("bad-proof", "The log holds something else there.");
  await verifyInclusion(proof.index, size, await leafHash(proof.leaf), proof.path, root);
  return leaf;
}

function proofForm({ index, leaf, path }: Proof): JsonObject {
  return { index, leaf: b64(leaf), path: path.map(b64) };
}

function readProof(value: Json | undefined): Proof {
  const proof = fields(value, ["index", "leaf", "path"]);
  const path = items(proof["path"], LONGEST_PATH).map((one) => unb64(id32(one)));
  return { index: integer(proof["index"]), leaf: unb64(octets(proof["leaf"], 1, LONGEST_LEAF)), path };
}

function readLog(value: Json | undefined): LogProofs {
  const log = fields(value, ["checkpoint", "directory", "operation", "statement"]);
  return {
    checkpoint: matching(log["checkpoint"], NOTE),
    directory: readProof(log["directory"]),
    operation: readProof(log["operation"]),
    statement: readProof(log["statement"]),
  };
}

function refusal(code: Code, text: string): ProtocolError {
  return new ProtocolError(code, text);
}

function gap(text: string): ProtocolError {
  return refusal("gap", text);
}
