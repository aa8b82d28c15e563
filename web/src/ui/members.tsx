/** Who takes part in an operation and is cleared for what: seen by every member, changed by a coordinator's signature. */
import { useState } from "preact/hooks";
import type { Intention, Signed } from "../worker/governing.ts";
import type { B64, MembersView, MemberView } from "../worker/protocol.ts";
import type { Role } from "../crypto/acts.ts";
import { compartmentIcon, compartmentWords, roleWords } from "./channels.ts";
import { Page } from "./frame.tsx";
import { governWords, pathOf, useGoverned } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { Clearances, RoleChoice } from "./clearances.tsx";
import { personPath } from "./route.ts";
import { Dialog, Signing, waitingWords } from "./signing.tsx";
import { findOperation } from "./state.ts";
import { country, list, locale, t, tn, tx } from "./words.ts";

type Acting = { readonly do: "change"; readonly member: MemberView } | { readonly do: "remove"; readonly members: readonly MemberView[] };

export function Members({ operation }: { readonly operation: B64 }) {
  const { answer: view, problem } = useGoverned("members", { operation });
  const [acting, setActing] = useState<Acting | null>(null);
  const [chosen, setChosen] = useState<readonly B64[]>([]);
  const [done, setDone] = useState("");
  const here = findOperation(operation);
  const members = [...(view?.members ?? [])].sort(
    (a, b) => country(a.country).localeCompare(country(b.country), locale()) || a.name.localeCompare(b.name, locale()),
  );
  const leaving = members.filter(({ account, mayRemove }) => mayRemove && chosen.includes(account));
  const finish = (words: string): void => {
    setActing(null);
    setChosen([]);
    setDone(words);
  };
  return (
    <Page>
      <p>
        <a class="textlink" href={pathOf(operation, "operation")}>
          <Icon name="back" more="flip" />
          {here === null ? t("Operation") : <bdi>{here.name}</bdi>}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{t("Members")}</h1>
          {here !== null && (
            <p class="lead">
              {tx("{kind}: {words}", { kind: <bdi>{here.name}</bdi>, words: tn("{n} member", "{n} members", here.members) })}.{" "}
              {t("Each was admitted and cleared by a coordinator’s signature, which this browser has checked.")}
            </p>
          )}
        </div>
        {view?.mayAdmit === true && (
          <p class="row">
            <a class="button is-main" href={pathOf(operation, "admit")}>
              <Icon name="plus" />
              {t("Admit members")}
            </a>
            {leaving.length > 0 && (
              <button class="button" type="button" onClick={() => setActing({ do: "remove", members: leaving })}>
                {tn("Remove {n} member", "Remove {n} members", leaving.length)}
              </button>
            )}
          </p>
        )}
      </div>
      <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
        {done}
      </p>
      {problem !== null && <p role="alert">{governWords(problem)}</p>}
      {view === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {view !== null && (
        <table class="table members">
          <thead>
            <tr>
              <th scope="col">{t("Country")}</th>
              <th scope="col">{t("Name")}</th>
              <th scope="col" class="wide">
                {t("Role")}
              </th>
              <th scope="col">{t("Cleared for")}</th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <Row
                key={member.account}
                member={member}
                view={view}
                operation={operation}
                chosen={chosen.includes(member.account)}
                choose={(on) => setChosen(on ? [...chosen, member.account] : chosen.filter((one) => one !== member.account))}
                change={() => {
                  setDone("");
                  setActing({ do: "change", member });
                }}
              />
            ))}
          </tbody>
        </table>
      )}
      {acting?.do === "change" && view !== null && <Change key={acting.member.account} operation={operation} member={acting.member} all={view.compartments} remove={() => setActing({ do: "remove", members: [acting.member] })} close={finish} />}
      {acting?.do === "remove" && <Removal operation={operation} members={acting.members} close={finish} />}
    </Page>
  );
}

interface RowProps {
  readonly member: MemberView;
  readonly view: MembersView;
  readonly operation: B64;
  readonly chosen: boolean;
  readonly choose: (on: boolean) => void;
  readonly change: () => void;
}

function Row({ member, view, operation, chosen, choose, change }: RowProps) {
  return (
    <tr>
      <td>
        {member.mayRemove && (
          <input type="checkbox" class="pick" checked={chosen} aria-label={t("Choose {name}", { name: member.name })} onChange={(event) => choose(event.currentTarget.checked)} />
        )}
        <bdi class="cc">{member.country}</bdi> <span class="wide">{country(member.country)}</span>
      </td>
      <th scope="row">
        <a href={personPath(member.account)}>
          <bdi>{member.name}</bdi>
        </a>
        {member.mine && <> {t("(you)")}</>}
        <span class="meta of">
          <bdi>{member.organisation}</bdi>, {levelWords(member.level)}
          <span class="narrow">, {roleWords(member.role)}</span>
        </span>
        {member.held !== null && (
          <span class="state is-due is-wrapping">
            <Icon name="key" />
            {heldWords(member.held)}
          </span>
        )}
      </th>
      <td class="wide">{roleWords(member.role)}</td>
      <td>
        <div class="clearance">
          <Held all={view.compartments} held={member.compartments} isAuditor={member.role === "auditor"} />
          {member.held === "old-key" && view.mayAdmit && (
            <a class="button is-small" href={pathOf(operation, "admit")}>
              {t("Admit again")}
            </a>
          )}
          {member.mayChange && member.held !== "old-key" && (
            <button class="button is-small" type="button" onClick={change}>
              {t("Change")}
              <span class="hidden-text"> {t("role and clearance of {name}", { name: member.name })}</span>
            </button>
          )}
        </div>
      </td>
    </tr>
  );
}

function levelWords(level: MemberView["level"]): string {
  return level === "A2" ? t("certified by voice (A2)") : t("certified on paper (A1)");
}

function heldWords(held: NonNullable<MemberView["held"]>): string {
  switch (held) {
    case "old-key":
      return t("Has started again with new keys: reads nothing here until admitted again.");
    case "suspended":
      return t("Suspended by an administrator: reads nothing.");
    case "awaiting-key":
      return t("Lost a device: reads nothing new until their browser has made a new key.");
  }
}

function Held({ all, held, isAuditor }: { readonly all: readonly string[]; readonly held: readonly string[]; readonly isAuditor: boolean }) {
  if (isAuditor) return <span class="quiet">{t("no content: reads the log")}</span>;
  if (held.length === 0) return <span class="quiet">{t("nothing yet")}</span>;
  return (
    <ul class="cleared">
      {all.filter((one) => held.includes(one)).map((one) => (
        <li key={one}>
          <Icon name={compartmentIcon(one)} />
          {compartmentWords(one)}
        </li>
      ))}
    </ul>
  );
}

interface ChangeProps {
  readonly operation: B64;
  readonly member: MemberView;
  readonly all: readonly string[];
  readonly remove: () => void;
  readonly close: (done: string) => void;
}

function Change({ operation, member, all, remove, close }: ChangeProps) {
  const [compartments, setCompartments] = useState<readonly string[]>(member.compartments);
  const [role, setRole] = useState<Role>(member.role as Role);
  const isSame = role === member.role && compartments.length === member.compartments.length && compartments.every((one) => member.compartments.includes(one));
  const was = { role: member.role, compartments: member.compartments };
  const meant: readonly Intention[] = isSame ? [] : [{ do: "change", account: member.account, role, compartments, was }];
  return (
    <Dialog title={t("Role and clearance of {name}", { name: member.name })} close={() => close("")}>
      <RoleChoice id="change-role" role={role} choose={setRole} />
      <Clearances id="change" all={all} held={compartments} choose={setCompartments} />
      <Signing
        operation={operation}
        meant={meant}
        idle={t("Choose a role, tick or untick a compartment: what follows from it stands here before you sign.")}
        action={t("Sign the change")}
        done={(signed) => close(changedWords(member, role, compartments, signed))}
        cancel={() => close("")}
      />
      {member.mayRemove && (
        <p>
          <button class="textbutton" type="button" onClick={remove}>
            {t("Remove from the operation …")}
          </button>
        </p>
      )}
    </Dialog>
  );
}

function Removal({ operation, members, close }: { readonly operation: B64; readonly members: readonly MemberView[]; readonly close: (done: string) => void }) {
  const names = list(members.map(({ name }) => name));
  return (
    <Dialog title={t("Remove from the operation: {names}", { names })} close={() => close("")}>
      <Signing
        operation={operation}
        meant={members.map(({ account }) => ({ do: "remove", account }))}
        idle=""
        action={tn("Sign the removal", "Sign the removals", members.length)}
        done={(signed) => close([tn("{names} is no longer a member.", "{names} are no longer members.", members.length, { names }), t("Signed, and seen by every member."), waitingWords(signed)].filter(Boolean).join(" "))}
        cancel={() => close("")}
      >
        <p>{t("What they sent stays. They can still see how the operation stood until now, and nothing that comes after.")}</p>
      </Signing>
    </Dialog>
  );
}

function changedWords(member: MemberView, role: string, compartments: readonly string[], signed: Signed): string {
  const given = compartments.filter((one) => !member.compartments.includes(one));
  const taken = member.compartments.filter((one) => !compartments.includes(one));
  const { name } = member;
  return [
    role === member.role ? "" : t("{name} is now: {role}.", { name, role: roleWords(role) }),
    given.length > 0 ? t("{name} is now cleared for {compartments}.", { name, compartments: list(given.map(compartmentWords)) }) : "",
    taken.length > 0 ? t("{name} is no longer cleared for {compartments}.", { name, compartments: list(taken.map(compartmentWords)) }) : "",
    t("Signed, and seen by every member."),
    waitingWords(signed),
  ]
    .filter((words) => words !== "")
    .join(" ");
}
