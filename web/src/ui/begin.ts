/** Begins an alert: makes its draft with what is known already, and goes to it. */
import { type Template, defaults, offered } from "../domain/templates.ts";
import type { B64, Item } from "../worker/protocol.ts";
import { domain, loadMore } from "./alerts.ts";
import { draftPath, go } from "./route.ts";
import { ask, findChannel, refreshDrafts, session } from "./state.ts";

export async function begin(template: Template, operation: B64, channel: B64, known: Readonly<Record<string, string>> = {}, replace = true): Promise<void> {
  const { id, form } = template;
  const { draft } = await ask("newDraft", { operation, channel, kind: "alert", ref: null, template: id, form });
  const country = session.value?.country ?? "";
  const values = { ...defaults(template), ...(country === "" ? {} : { country }), ...draft.values, ...known };
  await ask("putDraft", { draft: { ...draft, template: id, form, values } });
  await refreshDrafts();
  go(draftPath(operation, channel, draft.id), { replace });
}

/** The form whose reference names alerts of this record, filled with this one. False where nothing answers it, or one may not. */
export async function answerWarning(item: Item, operation: B64): Promise<boolean> {
  if (item.is !== "alert" || !("template" in item.body)) return false;
  const asked = item.body.template;
  const channel = findChannel(item.channel);
  if (channel?.maySend.includes("alert") !== true) return false;
  await loadMore();
  const answering = offered(domain.value?.templates ?? [], channel.compartment).find(
    ({ header, fields }) => header.ref !== undefined && fields.some(({ key, type, of }) => key === header.ref && type === "alert" && of === asked),
  );
  if (answering?.header.ref === undefined) return false;
  await begin(answering, operation, item.channel, { [answering.header.ref]: item.id }, false);
  return true;
}
