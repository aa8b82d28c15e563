/**
 * X-Wing and HPKE by themselves, so that the page to sign in on needs not wait for them (docs/spec/04-wrapping.md).
 *
 * The worker fetches them while somebody types: web/src/worker/desk.ts.
 */

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";

export function kem(): XWing {
  return new XWing();
}

export function suite(): CipherSuite {
  return new CipherSuite({ kem: kem(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}
