/** Does what a vector says about passkeys and approvals (docs/spec/14-vectors.md). */

import { b64 } from "../crypto/encoding.ts";
import {
  approvalOf,
  checkNewDevice,
  formatApprovalCode,
  newDeviceBody,
  newDeviceMac,
  openApproval,
  passkeyDoor,
  passkeyInput,
  passkeyWrap,
  readApprovalCode,
  sealApproval,
  type Approval,
} from "../crypto/ways.ts";
import { spelled, type Do, type Given } from "./given.ts";

async function approval(v: Given): Promise<Approval> {
  return approvalOf(v.bytes("secret"), v.text("hub"));
}

export const WAYS: Readonly<Record<string, Do>> = {
  passkey_input: (v) => spelled(passkeyInput(v.text("hub"))),
  passkey_wrap: (v) => passkeyWrap(v.text("hub"), v.text("credential")),
  passkey_door: async (v) => {
    const ids = { hub: v.text("hub"), code: v.text("code"), wrap: v.text("wrap") };
    const door = await passkeyDoor(v.bytes("passkey_secret"), ids);
    return { wrapping_key: b64(door.wrappingKey), sign_in_secret: b64(door.signInSecret) };
  },
  format_approval_code: (v) => formatApprovalCode(v.bytes("secret")),
  read_approval_code: (v) => spelled(readApprovalCode(v.text("typed"))),
  approval_of: async (v) => {
    const made = await approval(v);
    return { id: made.id, sealing_key: b64(made.sealingKey), sign_in_secret: b64(made.signInSecret) };
  },
  new_device_body: (v) =>
    b64(
      newDeviceBody({
        hub: v.text("hub"),
        approval: v.text("approval"),
        code: v.text("code"),
        device: v.text("device"),
        key: v.text("key"),
        label: v.text("label"),
        at: v.number("at"),
      }),
    ),
  new_device_mac: async (v) => spelled(newDeviceMac(await approval(v), v.text("hub"), v.bytes("body"))),
  check_new_device: async (v) => {
    const made = await approval(v);
    const { device, key, label } = await checkNewDevice(
      v.bytes("body"),
      v.bytes("signature"),
      v.bytes("mac"),
      made,
      v.text("hub"),
      v.text("code"),
    );
    return { device, key, label };
  },
  seal_approval: async (v) => {
    const handed = { account: v.text("account"), vaultKey: v.bytes("vault_key"), second: v.bytes("second") };
    return sealApproval(await approval(v), v.text("hub"), v.bytes("body"), handed, v.bytes("nonce"));
  },
  open_approval: async (v) => {
    const { account, vaultKey, second } = await openApproval(await approval(v), v.text("hub"), v.bytes("body"), v.text("sealed"));
    return { account, vault_key: b64(vaultKey), second: b64(second) };
  },
};
