/**
 * Passkeys as the browser has them (WebAuthn, with its PRF extension): a secret comes out that only this person's authenticator makes.
 * Only a page can ask for it; it goes to the worker at once and is kept nowhere.
 */
import type { PasskeyMade, PasskeyOptions, PasskeyUsed } from "../worker/owning.ts";
import { ask } from "./state.ts";

export const canUsePasskeys = "PublicKeyCredential" in globalThis;

function b64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A problem that no worker told of; `code` is what the catalogue puts into words. */
class NoPasskey extends Error {
  readonly code: "passkey-cancelled" | "passkey-known" | "passkey-without-secret";

  constructor(code: NoPasskey["code"]) {
    super(code);
    this.code = code;
  }
}

/** What the browser says beyond that is for developers. */
async function asked(work: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await work;
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (reason) {
    if (!(reason instanceof DOMException)) throw reason;
    if (reason.name === "InvalidStateError") throw new NoPasskey("passkey-known");
  }
  throw new NoPasskey("passkey-cancelled");
}

function secretOf(credential: PublicKeyCredential): Uint8Array<ArrayBuffer> {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) throw new NoPasskey("passkey-without-secret");
  return first instanceof ArrayBuffer ? new Uint8Array(first) : Uint8Array.from(new Uint8Array(first.buffer, first.byteOffset, first.byteLength));
}

/** For signing in: whichever passkey of this hub the person chooses. */
export async function usePasskey(): Promise<PasskeyUsed> {
  const { passkey } = await ask("coming", { do: "passkey" });
  if (passkey === null) throw new Error("The worker gave no question.");
  const { challenge, host, input } = passkey;
  const credential = await asked(
    navigator.credentials.get({
      publicKey: { challenge, rpId: host, userVerification: "required", extensions: { prf: { eval: { first: input } } } },
    }),
  );
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    code: new TextDecoder().decode(response.userHandle ?? new ArrayBuffer()),
    credential: b64(credential.rawId),
    clientData: b64(response.clientDataJSON),
    authenticatorData: b64(response.authenticatorData),
    signature: b64(response.signature),
    secret: secretOf(credential),
  };
}

/** Makes one, then uses it at once: the secret that counts is the one that it gives when it is used. */
export async function makePasskey(options: PasskeyOptions, label: string): Promise<PasskeyMade> {
  const { challenge, rp, user, algorithms, known, input } = options;
  const extensions = { prf: { eval: { first: input } } };
  const made = await asked(
    navigator.credentials.create({
      publicKey: {
        challenge,
        rp,
        user: { ...user, displayName: user.name },
        pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: known.map((id) => ({ type: "public-key", id })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        attestation: "none",
        extensions,
      },
    }),
  );
  const used = await asked(
    navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rpId: rp.id,
        allowCredentials: [{ type: "public-key", id: made.rawId }],
        userVerification: "required",
        extensions,
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    credential: b64(made.rawId),
    clientData: b64(response.clientDataJSON),
    attestation: b64(response.attestationObject),
    secret: secretOf(used),
    label,
  };
}
