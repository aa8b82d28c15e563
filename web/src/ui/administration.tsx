/** The administrators' page: who waits, what asks for a signature, nominations, invitations, people. No content of any operation. */
import { useEffect, useState } from "preact/hooks";
import type { AdministrationView, InvitationPaper, NominationView, ProposalView, WaitingView } from "../worker/administering.ts";
import type { Problem } from "../worker/protocol.ts";
import { administer, administrationWords, faultWords, privilegeWords } from "./administer.ts";
import { Certify } from "./administration-certify.tsx";
import { BringKey } from "./administration-key.tsx";
import { Invite, Paper } from "./administration-invite.tsx";
import { People } from "./administration-people.tsx";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { Nominated } from "./nominated.tsx";
import { problemOf } from "./state.ts";
import { date, dateAndClock } from "./times.ts";
import { list, t } from "./words.ts";

const LOOK_AGAIN = 30_000;

export function Administration() {
  const [view, setView] = useState<AdministrationView | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [done, setDone] = useState("");
  const [certifying, setCertifying] = useState<WaitingView | null>(null);
  const [inviting, setInviting] = useState<NominationView | "new" | null>(null);
  const [paper, setPaper] = useState<InvitationPaper | null>(null);
  const refresh = (): void => {
    administer("look", {}).then(
      (seen) => {
        setView(seen);
        setProblem(null);
      },
      (reason: unknown) => setProblem(problemOf(reason)),
    );
  };
  useEffect(() => {
    refresh();
    const timer = setInterval(refresh, LOOK_AGAIN);
    return () => clearInterval(timer);
  }, []);
  const finish = (words: string): void => {
    setCertifying(null);
    setInviting(null);
    setDone(words);
    refresh();
  };
  const attempt = (work: Promise<unknown>, words: string): void => {
    work.then(
      () => finish(words),
      (reason: unknown) => setProblem(problemOf(reason)),
    );
  };
  if (paper !== null) return <Paper paper={paper} close={() => setPaper(null)} />;
  return (
    <Page>
      <div class="desk">
        <div class="page-head">
          <div>
            <h1 tabIndex={-1}>{t("Administration")}</h1>
            <p class="lead">{t("You say whose keys these are. You read no operation here, and nothing that you sign opens content.")}</p>
          </div>
        </div>
        <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
          {done}
        </p>
        {problem !== null && (
          <div class="errors" role="alert">
            <p>{administrationWords(problem)}</p>
          </div>
        )}
        {view === null && problem === null && <p role="status">{t("One moment …")}</p>}
        {view !== null && !view.active && <BringKey view={view} done={finish} />}
        {view !== null && view.active && (
          <>
            <Waiting rows={view.waiting} certify={setCertifying} />
            <Proposals
              rows={view.proposals}
              sign={({ id }) => attempt(administer("sign", { proposal: id }), t("Signed. What had all its signatures stands now."))}
            />
            <Nominations
              rows={view.nominations.filter(({ outcome }) => outcome === null)}
              invite={setInviting}
              decline={({ id }) => attempt(administer("decline", { nomination: id }), t("Declined. Whoever nominated sees it."))}
            />
            <Invitations
              view={view}
              invite={() => setInviting("new")}
              show={(id) => {
                administer("paper", { id }).then(setPaper, (reason: unknown) => setProblem(problemOf(reason)));
              }}
            />
            <People view={view} done={finish} show={setPaper} />
          </>
        )}
        {certifying !== null && view !== null && <Certify waiting={certifying} view={view} done={finish} />}
        {inviting !== null && (
          <Invite
            nomination={inviting === "new" ? null : inviting}
            close={() => setInviting(null)}
            made={(made) => {
              finish("");
              setPaper(made);
            }}
          />
        )}
      </div>
    </Page>
  );
}

function Waiting({ rows, certify }: { readonly rows: readonly WaitingView[]; readonly certify: (one: WaitingView) => void }) {
  return (
    <section class="section">
      <h2>{t("Waiting to be certified")}</h2>
      {rows.length === 0 && <p class="quiet">{t("Nobody waits. Whoever answers an invitation appears here.")}</p>}
      {rows.length > 0 && (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t("Account")}</th>
              <th scope="col" class="wide">
                {t("Answered")}
              </th>
              <th scope="col">{t("Checked")}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.invitation}>
                <th scope="row">
                  <bdi class="code">{one.code === "" ? t("unknown") : one.code}</bdi>
                  {one.name !== "" && (
                    <span class="meta of">
                      <bdi>{one.name}</bdi>
                    </span>
                  )}
                </th>
                <td class="wide">{one.at === 0 ? "" : t("{time} UTC", { time: dateAndClock(one.at) })}</td>
                <td>
                  {one.fault !== null && (
                    <span class="state is-failed">
                      <Icon name="warning" />
                      {faultWords(one.fault)}
                    </span>
                  )}
                  {one.fault === null && one.mine && (
                    <span class="state is-checked">
                      <Icon name="check" />
                      {one.again ? t("new keys, made with your invitation") : t("made with your invitation")}
                    </span>
                  )}
                  {one.fault === null && !one.mine && <span class="quiet">{t("invited by another administrator, who alone can check it")}</span>}
                </td>
                <td>
                  <div class="actions-cell">
                    {one.fault === null && one.mine && (
                      <button class="button is-small is-main" type="button" onClick={() => certify(one)}>
                        {t("Certify")}
                        <span class="hidden-text"> {one.code}</span>
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function proposalWords({ type, whom, detail }: ProposalView): string {
  switch (type) {
    case "account.certify":
      return t("Certify {whom} ({detail})", { whom, detail: list(detail.map(privilegeWords)) });
    case "account.rekey":
      return t("New keys for {whom}", { whom });
    case "account.suspend":
      return t("Suspend {whom}: {detail}", { whom, detail: list(detail) });
    case "account.restore":
      return t("Restore {whom}", { whom });
    case "administrators.set":
      return t("Administrators from now on: {detail}", { detail: list(detail) });
    case "operation.appoint":
      return t("Let {whom} take over an operation without coordinator", { whom });
    case "roles.adopt":
      return t("Adopt another matrix of roles: edition {detail}", { detail: list(detail) });
    default:
      return `${type} ${whom}`;
  }
}

function Proposals({ rows, sign }: { readonly rows: readonly ProposalView[]; readonly sign: (one: ProposalView) => void }) {
  if (rows.length === 0) return null;
  return (
    <section class="section">
      <h2>{t("Waiting for signatures")}</h2>
      <table class="table">
        <tbody>
          {rows.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                {proposalWords(one)}
                <span class="meta of">
                  {t("Signed by {names}.", { names: list(one.signed) })} {one.missing.length > 0 && t("Missing: {names}.", { names: list(one.missing) })}{" "}
                  {t("Until {date}.", { date: date(one.expires) })}
                </span>
              </th>
              <td>
                <div class="actions-cell">
                  {one.asksMe && (
                    <button class="button is-small is-due" type="button" onClick={() => sign(one)}>
                      <Icon name="seal" />
                      {t("Sign")}
                    </button>
                  )}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface NominationsProps {
  readonly rows: readonly NominationView[];
  readonly invite: (one: NominationView) => void;
  readonly decline: (one: NominationView) => void;
}

function Nominations({ rows, invite, decline }: NominationsProps) {
  return (
    <section class="section">
      <h2>{t("Nominations")}</h2>
      {rows.length === 0 && <p class="quiet">{t("Nobody is nominated at the moment.")}</p>}
      {rows.map((one) => (
        <article class="panel" key={one.id}>
          <Nominated nomination={one} />
          <p class="row">
            {one.fault === null && (
              <button class="button is-small is-main" type="button" onClick={() => invite(one)}>
                {t("Invite")}
                <span class="hidden-text"> {one.nominee.name}</span>
              </button>
            )}
            <button class="button is-small" type="button" onClick={() => decline(one)}>
              {t("Decline")}
              <span class="hidden-text"> {one.nominee.name}</span>
            </button>
          </p>
        </article>
      ))}
    </section>
  );
}

interface InvitationsProps {
  readonly view: AdministrationView;
  readonly invite: () => void;
  readonly show: (id: string) => void;
}

function Invitations({ view, invite, show }: InvitationsProps) {
  const rows = view.invitations.filter(({ state }) => state !== "certified");
  const words = { open: t("not answered yet"), over: t("over"), waiting: t("answered"), certified: t("certified") };
  return (
    <section class="section">
      <div class="desk-head">
        <h2>{t("Invitations")}</h2>
        <button class="button is-small" type="button" onClick={invite}>
          <Icon name="plus" />
          {t("New invitation")}
        </button>
      </div>
      {rows.length === 0 && <p class="quiet">{t("Each invitation is for one person, once, for 14 days. Its secret stays in your vault and on paper.")}</p>}
      {rows.length > 0 && (
        <table class="table">
          <tbody>
            {rows.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <bdi class="code">{one.code}</bdi>
                  {one.name !== "" && (
                    <span class="meta of">
                      <bdi>{one.name}</bdi>
                    </span>
                  )}
                </th>
                <td>
                  {words[one.state]}
                  <span class="meta of">{t("until {date}", { date: date(one.expires) })}</span>
                </td>
                <td>
                  <div class="actions-cell">
                    {one.state === "open" && (
                      <button class="button is-small" type="button" onClick={() => show(one.id)}>
                        {t("Show again")}
                        <span class="hidden-text"> {one.code}</span>
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
