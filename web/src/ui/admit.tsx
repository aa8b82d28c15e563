/** Admitting people: found in the directory, given a role and a clearance, and what they will read said before signing. */
import { useState } from "preact/hooks";
import type { Role } from "../crypto/acts.ts";
import type { Candidate, Intention } from "../worker/governing.ts";
import type { B64 } from "../worker/protocol.ts";
import { roleWords } from "./channels.ts";
import { Clearances, RoleChoice } from "./clearances.tsx";
import { Page } from "./frame.tsx";
import { governWords, pathOf, useGoverned } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { go } from "./route.ts";
import { Signing, waitingWords } from "./signing.tsx";
import { findOperation } from "./state.ts";
import { country, list, locale, t, tn } from "./words.ts";

/** More than this is a list to be narrowed, not to be read. */
const SHOWN = 60;

export function Admit({ operation }: { readonly operation: B64 }) {
  const { answer, problem } = useGoverned("candidates", { operation });
  const { answer: detail } = useGoverned("detail", { operation });
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState<readonly B64[]>([]);
  const [role, setRole] = useState<Role>("contact");
  const [compartments, setCompartments] = useState<readonly string[]>(["general"]);
  const [done, setDone] = useState("");
  const here = findOperation(operation);
  const people = [...(answer?.people ?? [])].sort((a, b) => country(a.country).localeCompare(country(b.country), locale()) || a.name.localeCompare(b.name, locale()));
  const found = people.filter((one) => fits(one, words));
  const admitted = people.filter(({ account }) => chosen.includes(account));
  const offered = detail?.compartments ?? [];
  const held = compartments.filter((one) => offered.includes(one));
  const meant: readonly Intention[] = admitted.map(({ account }) => ({ do: "admit", account, role, compartments: held }));
  return (
    <Page>
      <p>
        <a class="textlink" href={pathOf(operation, "members")}>
          <Icon name="back" more="flip" />
          {t("Members")}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{t("Admit members")}</h1>
          <p class="lead">{here === null ? "" : t("People whom the directory certifies and who are not in {operation} yet.", { operation: here.name })}</p>
        </div>
      </div>
      <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
        {done}
      </p>
      {problem !== null && <p role="alert">{governWords(problem)}</p>}
      <div class="with-side">
        <div>
          <div class="field">
            <label for="admit-search">{t("Country, organisation or name")}</label>
            <input class="input" id="admit-search" type="search" autocomplete="off" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
          </div>
          <p class="meta" role="status">
            {answer === null ? t("One moment …") : tn("{n} person", "{n} people", found.length)}
            {found.length > SHOWN && <> {t("Write more to see the others.")}</>}
          </p>
          <ul class="choices">
            {found.slice(0, SHOWN).map((one) => (
              <Person
                key={one.account}
                person={one}
                chosen={chosen.includes(one.account)}
                choose={(on) => {
                  setDone("");
                  setChosen(on ? [...chosen, one.account] : chosen.filter((each) => each !== one.account));
                }}
              />
            ))}
          </ul>
        </div>
        <section class="panel stack" aria-labelledby="as-t">
          <h2 id="as-t">{admitted.length === 0 ? t("As what") : tn("Admit {n} person", "Admit {n} people", admitted.length)}</h2>
          {admitted.length > 0 && <p>{list(admitted.map(({ name }) => name))}</p>}
          <RoleChoice id="admit-role" role={role} choose={setRole} />
          <Clearances id="admit" all={offered} held={held} choose={setCompartments} />
          {admitted.some(isToCompare) && (
            <dl class="fields">
              {admitted.filter(isToCompare).map((one) => (
                <Safety key={one.account} person={one} />
              ))}
            </dl>
          )}
          {admitted.some(({ level }) => level === "A1") && <p class="hint">{t("Certified on paper only (A1): compare the safety number by telephone before you clear somebody for more than General.")}</p>}
          {admitted.some(({ underOldKey }) => underOldKey) && <p class="hint">{t("Somebody here has started again with new keys. Compare the safety number by telephone before you let them in again.")}</p>}
          <Signing
            operation={operation}
            meant={meant}
            idle={t("Choose people in the list: what they will read stands here before you sign.")}
            action={tn("Sign the admission", "Sign the admissions", Math.max(1, admitted.length))}
            done={(signed) => {
              const names = list(admitted.map(({ name }) => name));
              setChosen([]);
              setDone([tn("{names} is now a member ({role}).", "{names} are now members ({role}).", admitted.length, { names, role: roleWords(role) }), t("Signed, and seen by every member."), waitingWords(signed)].filter(Boolean).join(" "));
              scrollTo(0, 0);
            }}
            cancel={() => go(pathOf(operation, "members"))}
          />
        </section>
      </div>
    </Page>
  );
}

/** Certified on paper only, or under new keys: a voice must confirm whose keys these are. */
function isToCompare({ level, underOldKey }: Candidate): boolean {
  return level === "A1" || underOldKey;
}

function Safety({ person: { account, name } }: { readonly person: Candidate }) {
  const { answer } = useGoverned("safety", { account });
  return (
    <>
      <dt>
        <bdi>{name}</bdi>
      </dt>
      <dd>
        <span class="hidden-text">{t("Safety number")} </span>
        <bdi class="code">{answer ?? "…"}</bdi>
      </dd>
    </>
  );
}

interface PersonProps {
  readonly person: Candidate;
  readonly chosen: boolean;
  readonly choose: (on: boolean) => void;
}

function Person({ person, chosen, choose }: PersonProps) {
  const id = `p-${person.account}`;
  return (
    <li class="choice">
      <input id={id} type="checkbox" checked={chosen} disabled={person.suspended} aria-describedby={`${id}-h`} onChange={(event) => choose(event.currentTarget.checked)} />
      <label for={id}>
        <bdi class="cc">{person.country}</bdi> <bdi>{person.name}</bdi>
      </label>
      <span class="hint" id={`${id}-h`}>
        {country(person.country)}, <bdi>{person.organisation}</bdi>, {person.level === "A2" ? t("certified by voice (A2)") : t("certified on paper (A1)")}
        {person.suspended && <>. {t("Suspended by an administrator.")}</>}
        {person.underOldKey && <>. {t("Member under an earlier key.")}</>}
      </span>
    </li>
  );
}

/** Every word begins some word of what is known of the person. */
function fits(person: Candidate, words: string): boolean {
  const known = plain(`${person.country} ${country(person.country)} ${person.organisation} ${person.name}`).split(/[^\p{L}\p{N}]+/u);
  return plain(words).split(/\s+/).filter(Boolean).every((word) => known.some((one) => one.startsWith(word)));
}

function plain(words: string): string {
  return words.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
}
