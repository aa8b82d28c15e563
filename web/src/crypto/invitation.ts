/**
 * An invitation as it travels outside the hub: in a link's fragment, or as a code on a printed sheet
 * (docs/spec/26-invitations.md).
 */

import { CODE } from "./acts.ts";
import { b64, canon, parse, unb64, type Bytes } from "./encoding.ts";
import { fields, id16, id32, known, matching } from "./fields.ts";
import { enrolmentMac } from "./vault.ts";

const NOBODY = b64(new Uint8Array(16));

/** What the link says: at which hub, as whom, and the secret (16 bytes, base64url) that proves who answers. */
export interface Invited {
  readonly hub: string;
  readonly account: string;
  readonly code: string;
  readonly secret: string;
}

/** The id that follows from the secret: 16 bytes, from which nobody finds the secret. */
export async function invitationId(secret: Bytes, hub: string): Promise<string> {
  return b64((await enrolmentMac(secret, hub, NOBODY, new Uint8Array())).slice(0, 16));
}

/** What stands behind the # of the link; a browser never sends it. */
export function invitationFragment({ hub, account, code, secret }: Invited): string {
  return b64(canon({ v: 1, hub, account, code, secret }));
}

/** Raises not-canonical, malformed or unknown-version. */
export function readFragment(written: string): Invited {
  const value = fields(parse(unb64(written)), ["v", "hub", "account", "code", "secret"]);
  known(value["v"]);
  return { hub: id32(value["hub"]), account: id16(value["account"]), code: matching(value["code"], CODE), secret: id16(value["secret"]) };
}
