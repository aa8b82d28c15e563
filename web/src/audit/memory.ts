/** The last checkpoint that this browser checked, by hub: what a later log is compared with. Public bytes, nothing of a person. */
import { type DBSchema, openDB } from "idb";

export interface Seen {
  readonly note: string;
  readonly at: number;
}

interface Memory extends DBSchema {
  checkpoint: { key: string; value: Seen };
}

function open() {
  return openDB<Memory>("ncphub-auditor", 1, {
    upgrade: (database) => {
      database.createObjectStore("checkpoint");
    },
  });
}

export async function lastSeen(hub: string): Promise<Seen | null> {
  const database = await open();
  try {
    return (await database.get("checkpoint", hub)) ?? null;
  } finally {
    database.close();
  }
}

export async function remember(hub: string, seen: Seen): Promise<void> {
  const database = await open();
  try {
    await database.put("checkpoint", seen, hub);
  } finally {
    database.close();
  }
}
