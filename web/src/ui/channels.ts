/** Words about channels and operations: what a channel is called, whose history it shows. */
import type { ChannelView, Problem } from "../worker/protocol.ts";
import { t } from "./words.ts";

type ChannelType = ChannelView["type"];

export function typeWords(type: string): string {
  switch (type as ChannelType) {
    case "all":
      return t("All members");
    case "coordination":
      return t("Coordination");
    case "regional":
      return t("Regional channel");
    case "bilateral":
      return t("Bilateral channel");
    case "case":
      return t("Case room");
    case "announcement":
      return t("Announcements");
    default:
      return type;
  }
}

/** The sealed label once it is open; before that, what kind of channel it is. */
export function channelName(channel: ChannelView): string {
  return channel.label ?? typeWords(channel.type);
}

export function compartmentWords(compartment: string): string {
  switch (compartment) {
    case "general":
      return t("General");
    case "precursor":
      return t("Precursor");
    case "vaccine":
      return t("Vaccine");
    default:
      return compartment;
  }
}

/** An operation may add compartments; those wear the plain ring. */
export function compartmentIcon(compartment: string): string {
  return compartment === "precursor" || compartment === "vaccine" ? compartment : "general";
}

export function historyWords(history: ChannelView["history"]): string {
  return history === "all" ? t("History open to all who join") : t("Readers see it from the day they join");
}

export function roleWords(role: string): string {
  switch (role) {
    case "contact":
      return t("Contact point");
    case "deputy":
      return t("Deputy");
    case "coordinator":
      return t("Coordinator");
    case "analyst":
      return t("Analyst");
    case "observer":
      return t("Observer");
    case "auditor":
      return t("Auditor");
    default:
      return role;
  }
}

export const NO_CHANNEL: Problem = { code: "not-found" };
