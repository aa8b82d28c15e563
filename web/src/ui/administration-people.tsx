/** Everybody the directory certifies, and what an administrator can do for one of them. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { AdministrationView, InvitationPaper, Outcome, PersonView } from "../worker/administering.ts";
import type { Problem } from "../worker/protocol.ts";
import { administer, administrationWords, privilegeWords } from "./administer.ts";
import { outcomeWords, StandingDialog } from "./administration-certify.tsx";
import { Icon } from "./icon.tsx";
import { problemOf } from "./state.ts";
import { country, list, locale, t } from "./words.ts";

interface Props {
  readonly view: AdministrationView;
  readonly done: (words: string) => void;
  readonly show: (paper: InvitationPaper) => void;
}

export function People({ view, done, show }: Props) {
  const [wanted, setWanted] = useState("");
  const [opened, setOpened] = useState<PersonView | null>(null);
  const [standing, setStanding] = useState<PersonView | null>(null);
  const words = wanted.trim().toLowerCase();
  const rows = view.people
    .filter(({ name, code, organisationName, country: land }) => [name, code, organisationName, country(land)].some((one) => one.toLowerCase().includes(words)))
    .sort((a, b) => a.name.localeCompare(b.name, locale()));
  return (
    <section class="section">
      <div class="desk-head">
        <h2>{t("People")}</h2>
        <div class="field">
          <label class="hidden-text" for="people-search">
            {t("Find by name, code or country")}
          </label>
          <input class="input" id="people-search" type="search" placeholder={t("Find by name, code or country")} value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
        </div>
      </div>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("Name")}</th>
            <th scope="col" class="wide">
              {t("Account")}
            </th>
            <th scope="col" class="wide">
              {t("Standing")}
            </th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.account}>
              <th scope="row">
                <bdi>{one.name}</bdi>
                <span class="meta of">
                  <bdi>{one.organisationName}</bdi>, {country(one.country)}
                </span>
              </th>
              <td class="wide">
                <bdi class="code">{one.code}</bdi>
              </td>
              <td class="wide">
                {one.suspended ? t("suspended") : one.level}
                {one.may.length > 0 && <span class="meta of">{list(one.may.map(privilegeWords))}</span>}
              </td>
              <td>
                <div class="actions-cell">
                  <button class="button is-small" type="button" onClick={() => setOpened(one)}>
                    {t("Open")}
                    <span class="hidden-text"> {one.name}</span>
                  </button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {opened !== null && (
        <Person
          person={opened}
          close={() => setOpened(null)}
          done={(told) => {
            setOpened(null);
            done(told);
          }}
          show={(paper) => {
            setOpened(null);
            done("");
            show(paper);
          }}
          change={() => {
            setStanding(opened);
            setOpened(null);
          }}
        />
      )}
      {standing !== null && (
        <StandingDialog
          title={t("Standing of {name}", { name: standing.name })}
          safetyNumber={standing.safetyNumber}
          view={view}
          fixed={false}
          begin={{ name: standing.name, organisation: { id: standing.organisation }, level: standing.level, may: standing.may }}
          close={() => setStanding(null)}
          sign={async (given) => {
            const outcome = await administer("recertify", { account: standing.account, ...given });
            setStanding(null);
            done(outcomeWords(outcome, t("{name} is certified anew.", { name: given.name })));
          }}
        />
      )}
    </section>
  );
}

interface PersonProps {
  readonly person: PersonView;
  readonly close: () => void;
  readonly done: (words: string) => void;
  readonly show: (paper: InvitationPaper) => void;
  readonly change: () => void;
}

function Person({ person, close, done, show, change }: PersonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const doing = async (work: () => Promise<Outcome>, told: string): Promise<void> => {
    setWorking(true);
    setProblem(null);
    try {
      done(outcomeWords(await work(), told));
    } catch (refused) {
      setProblem(problemOf(refused));
      setWorking(false);
    }
  };
  const invite = async (): Promise<void> => {
    setWorking(true);
    try {
      show(await administer("invite", { code: person.code, name: person.name, nomination: null, account: person.account }));
    } catch (refused) {
      setProblem(problemOf(refused));
      setWorking(false);
    }
  };
  const { account, name } = person;
  const said = reason.trim() !== "";
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="person-t" onClose={close}>
      <div class="stack">
        <h2 id="person-t">
          <bdi>{name}</bdi>
        </h2>
        {problem !== null && (
          <p class="wrong" role="alert">
            <Icon name="warning" />
            {administrationWords(problem)}
          </p>
        )}
        <div class="panel">
          <h3>{t("Safety number")}</h3>
          <p class="safety code">{person.safetyNumber}</p>
        </div>
        <p class="row">
          <button class="button is-small" type="button" disabled={working} onClick={change}>
            {t("Change level, name or privileges")}
          </button>
          <button class="button is-small" type="button" disabled={working} onClick={() => void invite()}>
            {t("Invite for new keys")}
          </button>
        </p>
        <p class="meta">{t("New keys: for somebody who lost everything, or whose passphrase somebody else knows.")}</p>
        <div class="field">
          <label for="reason">{t("Reason")}</label>
          <p class="hint" id="reason-h">
            {t("It stands in the directory, where everybody reads it.")}
          </p>
          <input class="input" id="reason" autocomplete="off" aria-describedby="reason-h" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </div>
        <ul class="stack">
          {person.devices.map(({ device, label }) => (
            <li class="row" key={device}>
              <Icon name="device" />
              <bdi>{label}</bdi>
              <button
                class="button is-small"
                type="button"
                disabled={working || !said}
                onClick={() => void doing(() => administer("revokeDevice", { account, device, reason }), t("The device “{label}” can do nothing any more.", { label }))}
              >
                {t("Revoke")}
                <span class="hidden-text"> {label}</span>
              </button>
            </li>
          ))}
        </ul>
        <p class="row">
          {person.suspended ? (
            <button class="button" type="button" disabled={working} onClick={() => void doing(() => administer("restore", { account }), t("{name} can sign in again.", { name }))}>
              {t("Restore")}
            </button>
          ) : (
            <button
              class="button"
              type="button"
              disabled={working || !said}
              onClick={() => void doing(() => administer("suspend", { account, reason }), t("{name} is suspended: signed out everywhere, and reads nothing new.", { name }))}
            >
              {t("Suspend")}
            </button>
          )}
          <button class="button" type="button" onClick={() => dialog.current?.close()}>
            {t("Close")}
          </button>
        </p>
        {!said && <p class="meta">{t("Write a reason to suspend or revoke.")}</p>}
      </div>
    </dialog>
  );
}
