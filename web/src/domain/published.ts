/**
 * Reads the two documents with every form and list (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/published.py, which writes it.
 */

import { MalformedList, MalformedTemplate } from "./errors.ts";
import { loadLists, type Lists } from "./lists.ts";
import { formsOf, loadTemplate, type Template } from "./templates.ts";
import { isObject, type Json } from "./texts.ts";

/** Every form and list that the hub publishes, ready to use. */
export interface Domain {
  readonly templates: readonly Template[];
  readonly lists: Lists;
  readonly template: (record: string, form: string) => Template;
  /** The file name of the document with the other forms and lists, beside the first one; null where it is in already. */
  readonly more: string | null;
}

/** Templates and lists of the published document, and of the second one where it is there. Throws MalformedTemplate, MalformedList. */
export function readDomain(published: unknown, more: unknown = null): Domain {
  const parts = more === null ? [published] : [published, more];
  const read = parts.map((part) => {
    if (!isObject(part) || !Array.isArray(part.templates))
      throw new MalformedTemplate("The document holds no templates.");
    if (!Array.isArray(part.lists)) throw new MalformedList("The document holds no lists.");
    return { templates: part.templates as readonly Json[], lists: part.lists as readonly Json[] };
  });
  const lists = loadLists({ lists: read.flatMap((part) => part.lists) });
  const documents = read.flatMap((part) => part.templates).filter(isObject);
  const templates = documents.flatMap((one) => formsOf(one).map((form) => loadTemplate(one, form)));
  const rest = isObject(published) && more === null ? published.more : undefined;
  for (const field of templates.flatMap((template) => template.fields))
    if (rest === undefined && field.list !== "" && !lists.has(field.list))
      throw new MalformedTemplate(`${field.key} asks for the list ${field.list}, which is not there.`);
  return {
    templates,
    lists,
    more: typeof rest === "string" ? rest : null,
    template(record: string, form: string): Template {
      const found = templates.find((one) => one.id === record && one.form === form);
      if (found === undefined) throw new MalformedTemplate(`There is no form ${form} of ${record} here.`);
      return found;
    },
  };
}
