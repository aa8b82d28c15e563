/** A device that the directory doesn't know yet: its owner's identity key certifies it, once. */
import { actBody } from "../crypto/directory.ts";
import { b64 } from "../crypto/encoding.ts";
import { pack } from "../crypto/packet.ts";
import { Refused, sendPacket } from "../net/api.ts";
import type { Unlocked } from "./keys.ts";
import type { DirectoryLedger } from "./ledger.ts";

const ACT_LIFE = 24 * 60 * 60 * 1000;
/** How often a number that another machine took meanwhile is asked for anew. */
const NUMBER_TRIES = 3;

/** Another machine of the same person may add itself in the same moment, and take the number. */
export async function addDevice(directory: DirectoryLedger, keys: Unlocked): Promise<void> {
  for (let left = NUMBER_TRIES; ; left -= 1) {
    try {
      await addOnce(directory, keys);
      return;
    } catch (refused) {
      if (!(refused instanceof Refused && refused.code === "repeated") || left === 0) throw refused;
      await directory.sync();
    }
  }
}

async function addOnce(directory: DirectoryLedger, { hub, account, owner, device, deviceLabel, signer }: Unlocked): Promise<void> {
  const n = directory.latest.nextN([account]);
  const head = { hub, type: "device.add", by: [account], n, expires: Date.now() + ACT_LIFE } as const;
  const body = actBody(head, { account, device, key: b64(signer.public), label: deviceLabel });
  const signature = await owner.sign("act", body);
  await sendPacket("/api/directory", pack(new Uint8Array(), new Uint8Array(), body, [signature], new Uint8Array()));
  await directory.sync();
}
