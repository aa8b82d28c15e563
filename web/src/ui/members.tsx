/** Who takes part in an operation and is cleared for what: seen by every member, changed by a coordinator's signature. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { B64, ClearanceChannel, ClearanceEffect, MembersView, MemberView, Problem } from "../worker/protocol.ts";
import { compartmentIcon, compartmentWords, roleWords, typeWords } from "./channels.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { ask, findOperation, operations, problemOf } from "./state.ts";
import { country, list, locale, t, tn, tx } from "./words.ts";

export function Members({ operation }: { readonly operation: B64 }) {
  const [view, setView] = useState<MembersView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [changing, setChanging] = useState<MemberView | null>(null);
  const [done, setDone] = useState("");
  const seen = operations.value;
  useEffect(() => {
    if (seen === null) return;
    ask("members", { operation }).then(setView, (reason: unknown) => setProblem(problemOf(reason)));
  }, [operation, seen]);
  const here = findOperation(operation);
  const sorted = [...(view?.members ?? [])].sort(
    (a, b) => country(a.country).localeCompare(country(b.country), locale()) || a.name.localeCompare(b.name, locale()),
  );
  return (
    <Page>
      <p>
        <a class="textlink" href="/o">
          <Icon name="back" more="flip" />
          {t("Channels")}
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
      </div>
      <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
        {done}
      </p>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
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
            {sorted.map((member) => (
              <tr key={member.account}>
                <td>
                  <bdi class="cc">{member.country}</bdi> <span class="wide">{country(member.country)}</span>
                </td>
                <th scope="row">
                  <bdi>{member.name}</bdi>
                  {member.mine && <> {t("(you)")}</>}
                  <span class="meta of">
                    <bdi>{member.organisation}</bdi>, {levelWords(member.level)}
                  </span>
                </th>
                <td class="wide">{roleWords(member.role)}</td>
                <td>
                  <div class="clearance">
                    <Clearance all={view.compartments} held={member.compartments} />
                    {member.mayChange && (
                      <button
                        class="button is-small"
                        type="button"
                        onClick={() => {
                          setDone("");
                          setChanging(member);
                        }}
                      >
                        {t("Change")}
                        <span class="hidden-text"> {t("the clearance of {name}", { name: member.name })}</span>
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {changing !== null && view !== null && (
        <Change
          key={changing.account}
          operation={operation}
          member={changing}
          all={view.compartments}
          close={(words) => {
            setChanging(null);
            setDone(words);
          }}
        />
      )}
    </Page>
  );
}

function levelWords(level: MemberView["level"]): string {
  return level === "A2" ? t("certified by voice (A2)") : t("certified on paper (A1)");
}

function Clearance({ all, held }: { readonly all: readonly string[]; readonly held: readonly string[] }) {
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
  readonly close: (done: string) => void;
}

/** Choose, read what follows, sign: in one dialog, so that nobody signs what they have not read. */
function Change({ operation, member, all, close }: ChangeProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [chosen, setChosen] = useState<readonly string[]>(member.compartments);
  const [effect, setEffect] = useState<ClearanceEffect | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [signing, setSigning] = useState(false);
  const given = chosen.filter((one) => !member.compartments.includes(one));
  const taken = member.compartments.filter((one) => !chosen.includes(one));
  const changed = given.length + taken.length > 0;
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    let current = true;
    setEffect(null);
    ask("clearance", { operation, account: member.account, compartments: chosen }).then(
      (found) => {
        if (current) setEffect(found);
      },
      (reason: unknown) => setProblem(problemOf(reason)),
    );
    return () => {
      current = false;
    };
  }, [operation, member.account, chosen]);
  const sign = async (): Promise<void> => {
    setSigning(true);
    setProblem(null);
    try {
      const { waiting } = await ask("changeClearance", { operation, account: member.account, was: member.compartments, compartments: chosen });
      close(doneWords(member.name, given, taken, waiting.length));
    } catch (reason) {
      setProblem(problemOf(reason));
      setSigning(false);
    }
  };
  const toggle = (compartment: string, on: boolean): void => {
    setChosen(all.filter((one) => (one === compartment ? on : chosen.includes(one))));
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="clearance-t" onClose={() => close("")}>
      <h2 id="clearance-t">{t("Clearance of {name}", { name: member.name })}</h2>
      <fieldset disabled={signing}>
        <legend>{t("Cleared for")}</legend>
        {all.map((one) => (
          <div class="choice" key={one}>
            <input id={`c-${one}`} type="checkbox" checked={chosen.includes(one)} onChange={(event) => toggle(one, event.currentTarget.checked)} />
            <label for={`c-${one}`}>{compartmentWords(one)}</label>
          </div>
        ))}
      </fieldset>
      <div class="stack" aria-live="polite">
        {!changed && <p class="meta">{t("Tick or untick a compartment: what follows from it stands here before you sign.")}</p>}
        {changed && effect !== null && <Follows name={member.name} given={given} taken={taken} effect={effect} />}
      </div>
      {problem !== null && <p role="alert">{problem.code === "offline" ? t("The hub can’t be reached. If it still took the change, the list shows it as soon as the connection is back; if not, sign again.") : problemWords(problem)}</p>}
      <p class="row">
        <button class="button is-main" type="button" disabled={!changed || effect === null || signing} onClick={() => void sign()}>
          <Icon name="seal" />
          {signing ? t("Signing …") : t("Sign the change")}
        </button>
        <button class="button" type="button" disabled={signing} onClick={() => dialog.current?.close()}>
          {t("Cancel")}
        </button>
      </p>
    </dialog>
  );
}

interface FollowsProps {
  readonly name: string;
  readonly given: readonly string[];
  readonly taken: readonly string[];
  readonly effect: ClearanceEffect;
}

/** What follows, in sentences: which channels, from when, and what can't be undone. */
function Follows({ name, given, taken, effect }: FollowsProps) {
  const archive = effect.gains.filter(({ history }) => history === "all");
  const fromNow = effect.gains.filter(({ history }) => history === "from-join");
  const others = effect.loses.filter(({ readHere }) => !readHere);
  return (
    <>
      {taken.length > 0 && (
        <Part
          icon="lock"
          words={
            effect.loses.length === 0
              ? t("{name} loses {compartments}. No channel has this member as a reader because of it.", { name, compartments: named(taken) })
              : t("{name} no longer reads: {channels}. Each gets a new secret; what is sent from now on stays closed to this member.", {
                  name,
                  channels: channelWords(effect.loses),
                })
          }
        />
      )}
      {taken.length > 0 && <Part icon="eye" words={t("What was read until now can’t be taken back: it may have been copied.")} />}
      {others.length > 0 && (
        <Part
          icon="clock"
          words={t("You don’t read {channels}: there the next reader’s browser makes the new secret before anything is sent.", { channels: channelWords(others) })}
        />
      )}
      {given.length > 0 && effect.gains.length === 0 && (
        <Part icon="plus" words={t("{name} is cleared for {compartments}. No channel opens because of it yet.", { name, compartments: named(given) })} />
      )}
      {archive.length > 0 && (
        <Part icon="plus" words={t("{name} reads everything in: {channels}, also what was sent before.", { name, channels: channelWords(archive) })} />
      )}
      {fromNow.length > 0 && (
        <Part icon="plus" words={t("{name} reads what is sent from now on in: {channels}.", { name, channels: channelWords(fromNow) })} />
      )}
      <Part icon="people" words={t("Every member of the operation sees this change with your name.")} />
    </>
  );
}

function Part({ icon, words }: { readonly icon: string; readonly words: ComponentChildren }) {
  return (
    <p class="follows">
      <Icon name={icon} />
      <span>{words}</span>
    </p>
  );
}

function named(compartments: readonly string[]): string {
  return list(compartments.map(compartmentWords));
}

/** By label where this person reads the channel, else by what it is. */
function channelWords(channels: readonly ClearanceChannel[]): string {
  return list(channels.map(({ label, type, compartment }) => label ?? `${typeWords(type)} (${compartmentWords(compartment)})`));
}

function doneWords(name: string, given: readonly string[], taken: readonly string[], waiting: number): string {
  return [
    given.length > 0 ? t("{name} is now cleared for {compartments}.", { name, compartments: named(given) }) : "",
    taken.length > 0 ? t("{name} is no longer cleared for {compartments}.", { name, compartments: named(taken) }) : "",
    t("Signed, and seen by every member."),
    waiting > 0
      ? tn("{n} channel gets its new secret from its next reader who sends.", "{n} channels get their new secrets from their next readers who send.", waiting)
      : "",
  ]
    .filter((words) => words !== "")
    .join(" ");
}
