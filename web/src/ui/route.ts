/**
 * Where the reader is: a path of ids, never content (product.md, "Must never appear").
 *
 * /                                      what needs you
 * /o                                     operations and channels
 * /o/about                               what the hub can and can't see
 * /setup                                 a new person's keys, from an invitation
 * /o/administration | nominate            administrators; nominations of one's own, and one's safety number
 * /o/devices | sheet | lost               one's own devices and ways in; a new sheet; what to do after a loss
 * /o/notices                             who has acknowledged, in the operation where something waits
 * /o/<operation>/notices                 … in one operation
 * /o/open | /o/open/<operation>           a new operation, perhaps like an earlier one
 * /o/<operation>/operation | members | admit | history | rules
 *                                        the operation itself: phase and channels, who takes part, what was changed, the rules
 * /o/directory | /o/directory/<account>   who can be reached; one person
 * /o/card                                one's own contact card
 * /o/coverage | /o/<operation>/coverage   which countries have a live contact point
 * /o/<operation>/<channel>               a channel
 * /o/<operation>/<channel>/<item>        … with one item beside it
 * /o/<operation>/<channel>/readers | new | draft/<id>
 */
import { computed, signal } from "@preact/signals";
import type { B64 } from "../worker/protocol.ts";

export type Place =
  | { readonly page: "home" }
  | { readonly page: "channels" }
  | { readonly page: "about" | "setup" | (typeof DESKS)[number] }
  | { readonly page: "notices"; readonly operation: B64 | null }
  | { readonly page: OperationPage; readonly operation: B64 }
  | { readonly page: "open"; readonly like: B64 | null }
  | { readonly page: "channel"; readonly operation: B64; readonly channel: B64; readonly item: B64 | null }
  | { readonly page: "readers" | "new"; readonly operation: B64; readonly channel: B64 }
  | { readonly page: "draft"; readonly operation: B64; readonly channel: B64; readonly draft: B64 }
  | { readonly page: "directory"; readonly account: B64 | null }
  | { readonly page: "card" }
  | { readonly page: "coverage"; readonly operation: B64 | null }
  | { readonly page: "unknown" };

const OPERATION_PAGES = ["operation", "members", "admit", "history", "rules"] as const;
export type OperationPage = (typeof OPERATION_PAGES)[number];

const DESKS = ["administration", "nominate", "devices", "sheet", "lost"] as const;
const ID = /^[A-Za-z0-9_-]{16,64}$/;
const path = signal(location.pathname);

export function placeOf(at: string): Place {
  const [root, operation, channel, third, fourth, ...more] = at.split("/").filter((part) => part !== "");
  if (root === undefined) return { page: "home" };
  if (root === "setup" && operation === undefined) return { page: "setup" };
  if (root !== "o" || more.length > 0) return { page: "unknown" };
  if (operation === undefined) return { page: "channels" };
  if (operation === "about" && channel === undefined) return { page: "about" };
  const desk = DESKS.find((one) => one === operation);
  if (desk !== undefined && channel === undefined) return { page: desk };
  if (operation === "notices" && channel === undefined) return { page: "notices", operation: null };
  if (ID.test(operation) && channel === "notices" && third === undefined) return { page: "notices", operation };
  if (operation === "open" && third === undefined && (channel === undefined || ID.test(channel))) return { page: "open", like: channel ?? null };
  if (operation === "directory" && third === undefined && (channel === undefined || ID.test(channel))) return { page: operation, account: channel ?? null };
  if ((operation === "card" || operation === "coverage") && channel === undefined) return operation === "card" ? { page: operation } : { page: operation, operation: null };
  if (ID.test(operation) && channel === "coverage" && third === undefined) return { page: channel, operation };
  const page = OPERATION_PAGES.find((one) => one === channel);
  if (ID.test(operation) && page !== undefined && third === undefined) return { page, operation };
  if (channel === undefined || !ID.test(operation) || !ID.test(channel)) return { page: "unknown" };
  if (third === undefined) return { page: "channel", operation, channel, item: null };
  if (third === "draft" && fourth !== undefined && ID.test(fourth)) return { page: "draft", operation, channel, draft: fourth };
  if (fourth !== undefined) return { page: "unknown" };
  if (third === "readers" || third === "new") return { page: third, operation, channel };
  return ID.test(third) ? { page: "channel", operation, channel, item: third } : { page: "unknown" };
}

export const place = computed<Place>(() => placeOf(path.value));

export function channelPath(operation: B64, channel: B64, item: B64 | null = null): string {
  return item === null ? `/o/${operation}/${channel}` : `/o/${operation}/${channel}/${item}`;
}

export function membersPath(operation: B64): string {
  return `/o/${operation}/members`;
}

export function operationPath(operation: B64): string {
  return `/o/${operation}/operation`;
}

export function coveragePath(operation: B64): string {
  return `/o/${operation}/coverage`;
}

export function personPath(account: B64): string {
  return `/o/directory/${account}`;
}

export function rulesPath(operation: B64): string {
  return `/o/${operation}/rules`;
}

export function noticesPath(operation: B64): string {
  return `/o/${operation}/notices`;
}

export function draftPath(operation: B64, channel: B64, draft: B64): string {
  return `/o/${operation}/${channel}/draft/${draft}`;
}

export function go(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (to === path.peek()) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  path.value = to;
}

/** A plain click on a link of ours changes the place without loading a page; anything else is the browser's business. */
function followed(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.target !== "" || link.origin !== location.origin || link.hash !== "") return;
  if (placeOf(link.pathname).page === "unknown") return;
  event.preventDefault();
  go(link.pathname);
}

export function startRouting(): void {
  addEventListener("popstate", () => {
    path.value = location.pathname;
  });
  document.addEventListener("click", followed);
}
