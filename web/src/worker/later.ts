/** Parts of the worker that are fetched when somebody asks for what they do. */
import { Refused } from "../net/api.ts";

/** Raises Refused("offline") where the hub can't be reached for it; asking again tries again. */
export async function later<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch {
    throw new Refused("offline", 0); // an import tells no more than that it failed
  }
}
