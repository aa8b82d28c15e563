/**
 * Makes, with random keys, what vectors cannot hold: the Python side then opens it (docs/spec/14-vectors.md).
 */

import { chainStart } from "../crypto/chain.ts";
import { b64, compareIds, newId, randomBytes, type Json } from "../crypto/encoding.ts";
import { recordForm } from "../crypto/epochs.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { aekHash, newEncryptionKey } from "../crypto/keys.ts";
import { makeEpoch, sealMessage } from "../crypto/sealing.ts";
import { newDeviceSigner } from "../crypto/signing.ts";

const READER_COUNT = 3;

/** An epoch with its readers' seeds, and a message signed by a device whose key never leaves the browser. */
export async function madeHere(): Promise<Json> {
  const place = { hub: b64(randomBytes(32)), operation: b64(randomBytes(32)), channel: newId() };
  const accounts = Array.from({ length: READER_COUNT }, newId).sort(compareIds);
  const people = await Promise.all(
    accounts.map(async (account, at) => {
      const { seed, public: aek } = await newEncryptionKey();
      const reader = { account, aik: b64(randomBytes(32)), generation: at + 1, aekHash: b64(await aekHash(aek)) };
      return { seed, reader, aek };
    }),
  );
  const start = b64(await chainStart(place.hub, place.operation, place.channel));
  const former = { epoch: 1, es: randomBytes(32) };
  const epoch = await makeEpoch(place, 2, people, "Salle de crise", { seq: 0, chain: start }, former);
  const { keys, signer } = await newDeviceSigner();
  const parts = {
    ...place,
    kind: "alert",
    epoch: 2,
    id: newId(),
    account: accounts[0] ?? "",
    device: newId(),
    device_seq: 1,
    device_prev: null,
    head: { seq: 3, id: b64(randomBytes(32)) },
    directory: { size: 7 },
    seen: { seq: 0, chain: start },
    at: 1_800_000_000_000,
  };
  const body = { title: "Seringues, 40 cartons — 注射器" };
  const sealed = await sealMessage(epoch.secret, parts, body, randomBytes(32), randomBytes(12));
  return {
    place,
    readers: people.map(({ seed, reader }) => ({ ...reader, seed: b64(seed) })),
    record: recordForm(epoch.record),
    wraps: epoch.wraps.map(b64),
    secret: b64(epoch.secret),
    former: b64(former.es),
    header: b64(sealed.header.body),
    ciphertext: b64(sealed.ciphertext),
    signature: b64(await signer.sign("envelope", sealed.header.body)),
    device: b64(signer.public),
    extractable: keys.privateKey.extractable,
    foreign: await refusalOf(signer.sign("act", sealed.header.body)),
  };
}

async function refusalOf(signing: Promise<unknown>): Promise<string> {
  try {
    await signing;
    return "signed";
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.code;
  }
}
