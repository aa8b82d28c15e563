/**
 * Does what a vector says about bytes: encoding, keys, sealing, vault, trees and log (docs/spec/14-vectors.md).
 */

import { rolesHash } from "../crypto/acts.ts";
import { chainStart, channelChain, checkNext, checkNotRolledBack } from "../crypto/chain.ts";
import { b64, canon, commitTo, pae, parse, statementId, unb64, type Context, type JsonObject } from "../crypto/encoding.ts";
import { checkEnvelope, envelopeId, readHeader } from "../crypto/envelope.ts";
import {
  checkEpochRecord,
  checkWraps,
  readersHash,
  readRecord,
  verifyWrap,
  wrapLeaf,
  wrapPath,
  wrapsRoot,
} from "../crypto/epochs.ts";
import { aekHash, checkEncryptionKey, encryptionKeyFromSeed, safetyNumber } from "../crypto/keys.ts";
import {
  consistencyPath,
  Frontier,
  hashesOf,
  inclusionPath,
  leafHash,
  nodeHash,
  root,
  verifyConsistency,
  verifyInclusion,
} from "../crypto/merkle.ts";
import { pack, unpackAll } from "../crypto/packet.ts";
import {
  checkCommitment,
  commitment,
  contentHash,
  messageKey,
  openEpoch,
  openLabel,
  openMessage,
  openPrevious,
  sealLabel,
  sealMessage,
  sealPrevious,
} from "../crypto/sealing.ts";
import { checkStrong, publicOf, signerFromSecret, verify, verifyNote, type Role } from "../crypto/signing.ts";
import {
  checkpointText,
  decodeBundle,
  encodeBundle,
  keyId,
  leafBody,
  leafDetailHash,
  parseTilePath,
  readCheckpoint,
  signCheckpoint,
  tilePath,
  verifierKey,
  type Leaf,
} from "../crypto/tlog.ts";
import {
  checkEnrolmentMac,
  enrolmentMac,
  formatSecret,
  openPrivate,
  openVault,
  passphraseDoor,
  readRecoveryCode,
  readSecret,
  readVaultWrap,
  recoveryCode,
  recoveryDoor,
  sealPrivate,
  sealVault,
  stretch,
  unwrapVaultKey,
  vaultWrapForm,
  verifier,
  wrapVaultKey,
  type Door,
} from "../crypto/vault.ts";
import { unwrap, wrap, wrapInfo } from "../crypto/wrapping.ts";
import { asBytes, asList, asNumber, asObject, asText, nothing, spelled, spelledAll, type Do, type Given } from "./given.ts";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function unhex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function doorForm({ wrappingKey, signInSecret }: Door): JsonObject {
  return { wrapping_key: b64(wrappingKey), sign_in_secret: b64(signInSecret) };
}

function doorOf(given: Given): Door {
  return { wrappingKey: given.bytes("wrapping_key"), signInSecret: new Uint8Array() };
}

function wrapIds(given: Given): { readonly hub: string; readonly code: string; readonly wrap: string } {
  return { hub: given.text("hub"), code: given.text("code"), wrap: given.text("wrap") };
}

const ENCODING: Readonly<Record<string, Do>> = {
  canon: (v) => spelled(canon(v.json("value"))),
  parse: (v) => parse(v.bytes("raw")),
  b64: (v) => b64(unhex(v.text("hex"))),
  unb64: (v) => hex(v.has("size") ? unb64(v.text("text"), v.number("size")) : unb64(v.text("text"))),
  pae: (v) => spelled(pae(v.object<Context>("context"), v.bytes("body"))),
  statement_id: (v) => spelled(statementId(v.object<Context>("context"), v.bytes("body"))),
  commit_to: (v) => spelled(commitTo(v.object<Context>("context"), v.json("value"))),
};

const SIGNING: Readonly<Record<string, Do>> = {
  public_of: (v) => spelled(publicOf(v.bytes("secret"))),
  sign: async (v) => {
    const signer = await signerFromSecret(v.object<Role>("role"), v.bytes("secret"));
    return spelled(signer.sign(v.object<Context>("context"), v.bytes("body")));
  },
  verify: (v) => {
    const [role, context] = [v.object<Role>("role"), v.object<Context>("context")];
    return nothing(verify(role, v.bytes("public"), context, v.bytes("body"), v.bytes("signature")));
  },
  verify_note: (v) => nothing(verifyNote(v.bytes("public"), v.bytes("note"), v.bytes("signature"))),
  check_strong: (v) => {
    checkStrong(v.bytes("public"));
    return null;
  },
};

const KEYS: Readonly<Record<string, Do>> = {
  encryption_public: async (v) => b64((await encryptionKeyFromSeed(v.bytes("seed"))).public),
  check_encryption_key: (v) => {
    checkEncryptionKey(v.bytes("public"));
    return null;
  },
  aek_hash: (v) => spelled(aekHash(v.bytes("public"))),
  safety_number: (v) => safetyNumber(v.text("hub"), v.text("account"), v.text("aik")),
  wrap: (v) => spelled(wrap(v.bytes("aek_public"), v.bytes("secret"), v.object("info"))),
  unwrap: (v) => spelled(unwrap(v.bytes("seed"), v.bytes("blob"), v.object("info"))),
  wrap_info: (v) => spelled(wrapInfo(v.object("info"))),
};

const SEALING: Readonly<Record<string, Do>> = {
  message_key: (v) => spelled(messageKey(v.bytes("epoch_secret"), v.object("ids"))),
  content_hash: (v) => spelled(contentHash(v.bytes("salt"), v.object("body"))),
  seal_message: async (v) => {
    const [secret, header, body] = [v.bytes("epoch_secret"), v.object("header"), v.object("body")];
    const sealed = await sealMessage(secret, header, body, v.bytes("salt"), v.bytes("nonce"));
    return { header: b64(sealed.header.body), ciphertext: b64(sealed.ciphertext) };
  },
  open_message: async (v) => {
    const header = readHeader(v.bytes("header"));
    const { salt, body } = await openMessage(v.bytes("epoch_secret"), header, v.bytes("ciphertext"));
    return { salt: b64(salt), body };
  },
  seal_label: (v) => sealLabel(v.bytes("epoch_secret"), v.object("ids"), v.text("label"), v.bytes("nonce")),
  open_label: (v) => openLabel(v.bytes("epoch_secret"), v.object("ids"), v.text("sealed")),
  seal_previous: (v) =>
    sealPrevious(v.bytes("epoch_secret"), v.object("ids"), v.bytes("former_secret"), v.bytes("nonce")),
  open_previous: (v) => spelled(openPrevious(v.bytes("epoch_secret"), v.object("ids"), v.text("sealed"))),
  commitment: (v) => spelled(commitment(v.bytes("epoch_secret"), v.object("ids"))),
  check_commitment: (v) => nothing(checkCommitment(v.bytes("epoch_secret"), v.object("ids"), v.bytes("expected"))),
  open_epoch: (v) => {
    const record = readRecord(v.json("record"));
    const stands = { index: v.number("index"), size: v.number("size"), path: v.bytesList("path") };
    const wrapsHash = v.has("wraps_hash") ? v.text("wraps_hash") : record.wrapsHash;
    const [account, generation, wrapped] = [v.text("account"), v.number("generation"), v.bytes("wrap")];
    return spelled(
      openEpoch(v.bytes("seed"), account, generation, record, wrapped, stands, v.object("place"), wrapsHash),
    );
  },
};

const ENVELOPE_AND_CHAIN: Readonly<Record<string, Do>> = {
  read_header: (v) => {
    const { kind, urgency, epoch, deviceSeq, to, content } = readHeader(v.bytes("body"));
    return { kind, urgency, epoch, device_seq: deviceSeq, to, sealed: content !== null };
  },
  check_envelope: (v) => {
    const header = readHeader(v.bytes("body"));
    return nothing(checkEnvelope(header, v.bytes("signature"), v.bytes("device_public"), v.text("hub")));
  },
  envelope_id: (v) => spelled(envelopeId(v.bytes("body"))),
  check_next: (v) => {
    const prev = v.json("prev");
    checkNext(v.object("head"), v.number("seq"), prev === null ? null : asText(prev));
    return null;
  },
  check_not_rolled_back: (v) => {
    const ids = v.list("ids").map(asText);
    checkNotRolledBack(v.object("pin"), ids.length, (seq) => ids[seq] ?? null);
    return null;
  },
  chain_start: (v) => spelled(chainStart(v.text("hub"), v.text("operation"), v.text("channel"))),
  channel_chain: (v) => spelled(channelChain(v.bytes("previous"), v.bytes("envelope"))),
};

const EPOCHS: Readonly<Record<string, Do>> = {
  roles_hash: (v) => spelled(rolesHash(v.json("matrix"))),
  readers_hash: (v) => spelled(readersHash(v.readers("readers"))),
  wrap_leaf: (v) => spelled(wrapLeaf(v.text("account"), v.number("generation"), v.bytes("wrap"))),
  wraps_root: (v) => spelled(wrapsRoot(v.readers("readers"), v.bytesList("wraps"))),
  wrap_path: (v) => spelledAll(wrapPath(v.readers("readers"), v.bytesList("wraps"), v.number("index"))),
  check_wraps: (v) => nothing(checkWraps(v.text("wraps_hash"), v.bytesList("wraps"), v.readers("readers"))),
  check_epoch_record: (v) => {
    const [record, keepsHistory] = [readRecord(v.json("record")), v.json("keeps_history") === true];
    return nothing(checkEpochRecord(record, v.readers("readers"), v.number("former"), keepsHistory));
  },
  verify_wrap: (v) => {
    const stands = { index: v.number("index"), size: v.number("size"), path: v.bytesList("path") };
    const [account, generation, wrapped] = [v.text("account"), v.number("generation"), v.bytes("wrap")];
    return nothing(verifyWrap(account, generation, wrapped, stands, v.text("wraps_hash")));
  },
};

const VAULT: Readonly<Record<string, Do>> = {
  stretch: (v) =>
    spelled(stretch(v.text("passphrase"), v.bytes("salt"), v.number("memory"), v.number("passes"), v.number("lanes"))),
  passphrase_door: async (v) =>
    doorForm(await passphraseDoor(v.bytes("stretched"), v.bytes("second_secret"), wrapIds(v))),
  recovery_door: async (v) => doorForm(await recoveryDoor(v.bytes("recovery"), wrapIds(v))),
  verifier: (v) => spelled(verifier(v.bytes("sign_in_secret"))),
  wrap_vault_key: async (v) => {
    const [memory, passes, lanes] = [v.number("memory"), v.number("passes"), v.number("lanes")];
    // Some vectors leave out the salt, which the types forbid.
    const kind = v.text("kind");
    const stretching = kind === "passphrase" ? { salt: v.object<string>("salt"), memory, passes, lanes } : null;
    const key = v.bytes("vault_key");
    const plain = kind === "passkey" ? kind : "recovery";
    return vaultWrapForm(await wrapVaultKey(key, doorOf(v), wrapIds(v), stretching, v.bytes("nonce"), plain));
  },
  unwrap_vault_key: (v) => {
    const written = readVaultWrap(v.json("vault_wrap"));
    return spelled(unwrapVaultKey(written, doorOf(v), v.text("hub"), v.text("code")));
  },
  seal_vault: (v) => {
    const { aik, aeks, former } = asObject(v.json("vault"));
    const pairs = asList(aeks).map((pair) => {
      const [generation, seed] = asList(pair);
      return { generation: asNumber(generation), seed: asBytes(seed) };
    });
    const vault = { aik: asBytes(aik), aeks: pairs, ...(former !== undefined && { former: asList(former).map(asBytes) }) };
    return sealVault(v.bytes("vault_key"), v.object("ids"), vault, v.bytes("nonce"));
  },
  open_vault: async (v) => {
    const { aik, aeks, former } = await openVault(v.bytes("vault_key"), v.object("ids"), v.text("sealed"));
    const pairs = aeks.map(({ generation, seed }) => [generation, b64(seed)]);
    return { aik: b64(aik), aeks: pairs, ...(former !== undefined && { former: former.map(b64) }) };
  },
  seal_private: (v) => sealPrivate(v.bytes("vault_key"), v.object("ids"), v.object("value"), v.bytes("nonce")),
  open_private: (v) => openPrivate(v.bytes("vault_key"), v.object("ids"), v.text("sealed")),
  recovery_code: (v) => recoveryCode(v.bytes("secret")),
  read_recovery_code: (v) => spelled(readRecoveryCode(v.text("typed"))),
  format_secret: (v) => formatSecret(v.bytes("secret")),
  read_secret: (v) => spelled(readSecret(v.text("typed"))),
  enrolment_mac: (v) =>
    spelled(enrolmentMac(v.bytes("invitation_secret"), v.text("hub"), v.text("invitation"), v.bytes("body"))),
  check_enrolment_mac: (v) => {
    const [secret, hub, invitation] = [v.bytes("invitation_secret"), v.text("hub"), v.text("invitation")];
    return nothing(checkEnrolmentMac(secret, hub, invitation, v.bytes("body"), v.bytes("mac")));
  },
};

const MERKLE: Readonly<Record<string, Do>> = {
  leaf_hash: (v) => spelled(leafHash(v.bytes("body"))),
  node_hash: (v) => spelled(nodeHash(v.bytes("left"), v.bytes("right"))),
  root: (v) => spelled(root(v.bytesList("leaf_hashes"))),
  frontier: async (v) => {
    const grown = new Frontier();
    for (const leaf of v.bytesList("leaves")) await grown.append(await leafHash(leaf));
    return { size: grown.size, hashes: grown.hashes.map(b64), root: b64(await grown.root()) };
  },
  inclusion_path: async (v) =>
    spelledAll(inclusionPath(v.number("index"), v.number("size"), await hashesOf(v.bytesList("leaf_hashes")))),
  verify_inclusion: (v) =>
    nothing(
      verifyInclusion(v.number("index"), v.number("size"), v.bytes("leaf"), v.bytesList("path"), v.bytes("root")),
    ),
  consistency_path: async (v) =>
    spelledAll(consistencyPath(v.number("old_size"), v.number("new_size"), await hashesOf(v.bytesList("leaf_hashes")))),
  verify_consistency: (v) => {
    const [oldSize, newSize] = [v.number("old_size"), v.number("new_size")];
    return nothing(verifyConsistency(oldSize, newSize, v.bytes("old_root"), v.bytes("new_root"), v.bytesList("path")));
  },
};

const TLOG: Readonly<Record<string, Do>> = {
  key_id: (v) => spelled(keyId(v.text("name"), v.bytes("public"))),
  verifier_key: (v) => verifierKey(v.text("name"), v.bytes("public")),
  checkpoint_text: (v) => checkpointText(v.text("origin"), v.number("size"), v.bytes("root")),
  sign_checkpoint: async (v) => {
    const secret = v.bytes("secret");
    return signCheckpoint(secret, await publicOf(secret), v.text("origin"), v.number("size"), v.bytes("root"));
  },
  read_checkpoint: async (v) => {
    const { size, root: hash } = await readCheckpoint(v.text("note"), v.text("origin"), v.bytes("log_public"));
    return { size, root: b64(hash) };
  },
  tile_path: (v) => tilePath(v.object<number | null>("level"), v.number("index"), v.number("width")),
  parse_tile_path: (v) => {
    const { level, index, width } = parseTilePath(v.text("path"));
    return [level, index, width];
  },
  encode_bundle: (v) => spelled(encodeBundle(v.bytesList("entries"))),
  decode_bundle: (v) => spelledAll(decodeBundle(v.bytes("bundle"))),
  leaf_body: (v) => spelled(leafBody(v.all as unknown as Leaf)),
  leaf_detail_hash: (v) => spelled(leafDetailHash(v.json("detail"))),
};

const PACKETS: Readonly<Record<string, Do>> = {
  pack: (v) => {
    const [place, body, act, beside] = [v.bytes("place"), v.bytes("body"), v.bytes("act"), v.bytes("beside")];
    return spelled(pack(place, body, act, v.bytesList("signatures"), beside));
  },
  unpack_all: (v) =>
    unpackAll(v.bytes("raw")).map(({ place, body, act, beside, signatures }) => ({
      ...{ place: b64(place), body: b64(body), act: b64(act), beside: b64(beside) },
      signatures: signatures.map(b64),
    })),
};

export const BYTES: Readonly<Record<string, Do>> = {
  ...ENCODING,
  ...SIGNING,
  ...KEYS,
  ...SEALING,
  ...ENVELOPE_AND_CHAIN,
  ...EPOCHS,
  ...VAULT,
  ...MERKLE,
  ...TLOG,
  ...PACKETS,
};
