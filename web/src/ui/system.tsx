/** A signed change in words: as a line between what was sent, and in the history of an operation. */
import type { ComponentChildren } from "preact";
import type { ChangeLine } from "../worker/governing.ts";
import { compartmentWords, roleWords, typeWords } from "./channels.ts";
import { phaseWords } from "./govern.ts";
import { date } from "./times.ts";
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
    case "restored":
      return tx("{by} admitted {whom} again, with new keys. Signed.", { by, whom });
    case "took-over":
      return tx("{by} took over as coordinator, appointed by the administrators. Signed.", { by });
    case "rules":
      return tx("{by} set the handling rules, version {version}. Signed.", { by, version: first });
    case "accepted":
      return tx("{by} accepted the handling rules, version {version}. Signed.", { by, version: first });
    case "retention":
      return tx("{by} set how long the operation is kept: until {date}. Signed.", { by, date: date(Number(first)) });
    case "hold":
      return tx("{by} put a hold on it: nothing is destroyed ({reason}). Signed.", { by, reason: <bdi>{first}</bdi> });
    case "released":
      return tx("{by} lifted the hold. Signed.", { by });
    case "ended":
      return tx("{by} closed the operation: it can be read, nothing more is sent. Signed.", { by });
    case "doomed":
      return tx("{by} ordered the destruction of the operation on {date}. Signed.", { by, date: date(Number(first)) });
    case "spared":
      return tx("{by} cancelled the destruction. Signed.", { by });
    case "version":
      return tx("{by} raised the version that every client has to know. Signed.", { by });
  }
}

export function SystemWords(told: Told) {
  return <>{changeWords(told)}</>;
}
