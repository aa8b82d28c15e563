/** A signed change in words: as a line between what was sent, and in the history of an operation. */
import type { ComponentChildren } from "preact";
import type { ChangeLine } from "../worker/governing.ts";
import { compartmentWords, roleWords, typeWords } from "./channels.ts";
import { phaseWords } from "./govern.ts";
import { list, t, tx } from "./words.ts";

interface Told extends Pick<ChangeLine, "what" | "whom" | "detail"> {
  readonly by: string;
  /** Whether it stands in the channel that it is about. */
  readonly isHere?: boolean;
  /** What the channel is called where its reader is told; else it is said what kind it is. */
  readonly channelName?: string | null;
}

export function changeWords({ what, whom: name, detail, by: author, isHere = false, channelName = null }: Told): ComponentChildren {
  const by = <bdi>{author}</bdi>;
  const whom = (
    <b>
      <bdi>{name ?? ""}</bdi>
    </b>
  );
  const [first = "", ...others] = detail;
  const channel = <bdi>{channelName ?? t("{kind} ({compartment})", { kind: typeWords(first), compartment: compartmentWords(others[0] ?? "") })}</bdi>;
  switch (what) {
    case "founded":
      return tx("{by} opened the operation. Signed.", { by });
    case "opened":
      return isHere ? tx("{by} opened this channel. Signed.", { by }) : tx("{by} opened a channel: {channel}. Signed.", { by, channel });
    case "closed":
      return isHere ? tx("{by} closed this channel: it can be read, nothing more is sent. Signed.", { by }) : tx("{by} closed a channel: {channel}. Signed.", { by, channel });
    case "admitted":
      return others.length === 0
        ? tx("{by} admitted {whom}: {role}. Signed.", { by, whom, role: roleWords(first) })
        : tx("{by} admitted {whom}: {role}, cleared for {compartments}. Signed.", { by, whom, role: roleWords(first), compartments: list(others.map(compartmentWords)) });
    case "removed":
      return tx("{by} removed {whom}. Signed.", { by, whom });
    case "left":
      return tx("{whom} left the operation. Signed.", { whom });
    case "changed":
      return tx("{by} changed the role of {whom}: {role}. Signed.", { by, whom, role: roleWords(first) });
    case "cleared":
      return tx("{by} cleared {whom} for {compartments}. Signed.", { by, whom, compartments: list(detail.map(compartmentWords)) });
    case "uncleared":
      return tx("{by} took the clearance for {compartments} from {whom}. Signed.", { by, whom, compartments: list(detail.map(compartmentWords)) });
    case "new-secret":
      return name === null
        ? tx("The channel has a new secret, made by {by}.", { by })
        : tx("The channel has a new secret: {whom} no longer reads it.", { whom });
    case "granted":
      return tx("{by} gave {whom} the key to read. Signed.", { by, whom });
    case "phase":
      return tx("{by} moved the operation to another phase: {phase}. Signed.", { by, phase: phaseWords(first) });
    case "form":
      return tx("{by} took the form {form} into the operation. Signed.", { by, form: first });
    case "matrix":
      return tx("{by} took over the hub’s current rules of who may do what. Signed.", { by });
    case "bad-secret":
      return tx("{by} reported a secret that doesn’t open: the next reader makes a new one.", { by });
    case "other":
      return tx("{by} signed a change that this page has no words for yet.", { by });
  }
}

export function SystemWords(told: Told) {
  return <>{changeWords(told)}</>;
}
