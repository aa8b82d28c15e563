/** Does what a published vector says about the primitives below the protocol, in this house's libraries (docs/spec/14-vectors.md). */

import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
// These two are what @hpke/hybridkem-x-wing computes with: the same packages, fixed by the lock file.
import { X25519 } from "@hpke/dhkem-x25519";
import { MlKem768 } from "mlkem";

import { b64 } from "../crypto/encoding.ts";
import { ProtocolError } from "../crypto/errors.ts";
import { hkdf, hmac, openBytes, sealBytes } from "../crypto/sealing.ts";
import { asBytes, asList, spelled, type Do } from "./given.ts";

export const OUTSIDE: Readonly<Record<string, Do>> = {
  hkdf: (v) => spelled(hkdf(v.bytes("ikm"), v.bytes("salt"), v.bytes("info"))),
  hmac: (v) => spelled(hmac(v.bytes("secret"), v.bytes("message"))),
  seal_bytes: (v) => spelled(sealBytes(v.bytes("key"), v.bytes("nonce"), v.bytes("plain"), v.bytes("aad"))),
  open_bytes: (v) => spelled(openBytes(v.bytes("key"), v.bytes("sealed"), v.bytes("aad"))),
  x25519: async (v) => {
    const shared = await new X25519(new HkdfSha256()).derive(v.bytes("private"), v.bytes("public"));
    return b64(Uint8Array.from(shared));
  },
  mlkem_public: async (v) => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the class that the X-Wing library itself calls
    const [publicKey] = await new MlKem768().deriveKeyPair(v.bytes("seed"));
    return b64(Uint8Array.from(publicKey));
  },
  hpke_open_rfc9180: async (v) => {
    const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
    const recipientKey = await suite.kem.importKey("raw", v.bytes("private").buffer, false);
    const [enc, info] = [v.bytes("enc").buffer, v.bytes("info").buffer];
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info });
    const opened: string[] = [];
    for (const message of v.list("messages")) {
      const [aad, ciphertext] = asList(message).map(asBytes);
      if (aad === undefined || ciphertext === undefined) throw new Error("A message is [AAD, ciphertext].");
      try {
        opened.push(b64(new Uint8Array(await recipient.open(ciphertext.buffer, aad.buffer))));
      } catch {
        throw new ProtocolError("cannot-open", "This message does not open.");
      }
    }
    return opened;
  },
};
