/**
 * Reads the one document with every form and list (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/published.py, which writes it.
 */

import { MalformedTemplate } from "./errors.ts";
import { loadLists, type Lists } from "./lists.ts";
import { formsOf, loadTemplate, type Template } from "./templates.ts";
import { isObject, type JsonObject } from "./texts.ts";

/** Every form and list that the hub publishes, ready to use. */
export interface Domain {
  readonly templates: readonly Template[];
  readonly lists: Lists;
  readonly template: (record: string, form: string) => Template;
}

/** Templates and lists of a published document. Throws MalformedTemplate, MalformedList. */
export function readDomain(published: unknown): Domain {
  if (!isObject(published) || !Array.isArray(published.templates))
    throw new MalformedTemplate("The document holds no templates.");
  const lists = loadLists(published);
  const documents: readonly JsonObject[] = published.templates.filter(isObject);
  const templates = documents.flatMap((one) => formsOf(one).map((form) => loadTemplate(one, form)));
  for (const field of templates.flatMap((template) => template.fields))
    if (field.list !== "" && !lists.has(field.list))
      throw new MalformedTemplate(`${field.key} asks for the list ${field.list}, which is not there.`);
  return {
    templates,
    lists,
    template(record: string, form: string): Template {
      const found = templates.find((one) => one.id === record && one.form === form);
      if (found === undefined) throw new MalformedTemplate(`There is no form ${form} of ${record} here.`);
      return found;
    },
  };
}
