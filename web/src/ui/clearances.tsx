/** The two choices that decide what a member reads: role and compartments. */
import { ROLES, type Role } from "../crypto/acts.ts";
import { compartmentWords, roleWords } from "./channels.ts";
import { t } from "./words.ts";

/** What a role may do, in one sentence. */
export function roleMeaning(role: string): string {
  switch (role) {
    case "contact":
      return t("Reads, sends alerts and posts, acknowledges for the country.");
    case "deputy":
      return t("As a contact point, beside it.");
    case "coordinator":
      return t("Runs the operation: admits people, opens channels, writes notices.");
    case "analyst":
      return t("Reads and writes posts; sends no alerts.");
    case "observer":
      return t("Reads, and answers when asked.");
    default:
      return t("Sees who did what; reads no content, whatever is ticked below.");
  }
}

interface RoleProps {
  readonly id: string;
  readonly role: Role;
  readonly choose: (role: Role) => void;
}

export function RoleChoice({ id, role, choose }: RoleProps) {
  return (
    <div class="field">
      <label for={id}>{t("Role")}</label>
      <select
        class="input is-short"
        id={id}
        value={role}
        aria-describedby={`${id}-h`}
        onChange={(event) => {
          const chosen = ROLES.find((one) => one === event.currentTarget.value);
          if (chosen !== undefined) choose(chosen);
        }}
      >
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {roleWords(one)}
          </option>
        ))}
      </select>
      <p class="hint" id={`${id}-h`}>
        {roleMeaning(role)}
      </p>
    </div>
  );
}

interface ClearancesProps {
  readonly id: string;
  readonly all: readonly string[];
  readonly held: readonly string[];
  readonly choose: (held: readonly string[]) => void;
}

export function Clearances({ id, all, held, choose }: ClearancesProps) {
  return (
    <fieldset class="field">
      <legend>{t("Cleared for")}</legend>
      {all.map((one) => (
        <div class="choice" key={one}>
          <input
            id={`${id}-${one}`}
            type="checkbox"
            checked={held.includes(one)}
            onChange={(event) => choose(all.filter((each) => (each === one ? event.currentTarget.checked : held.includes(each))))}
          />
          <label for={`${id}-${one}`}>{compartmentWords(one)}</label>
        </div>
      ))}
    </fieldset>
  );
}
