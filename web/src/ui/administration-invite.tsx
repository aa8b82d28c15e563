/** Making an invitation, and the paper that carries it: a link, and a sheet whose secret never reaches the hub. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { InvitationPaper, NominationView } from "../worker/administering.ts";
import type { Problem } from "../worker/protocol.ts";
import { administer, administrationWords } from "./administer.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { shell } from "./shell.ts";
import { problemOf } from "./state.ts";
import { dateAndClock } from "./times.ts";
import { t } from "./words.ts";

interface InviteProps {
  readonly nomination: NominationView | null;
  readonly close: () => void;
  readonly made: (paper: InvitationPaper) => void;
}

export function Invite({ nomination, close, made }: InviteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [code, setCode] = useState(nomination === null ? "" : `${nomination.country}-CUSTOMS-`);
  const [name, setName] = useState(nomination?.nominee.name ?? "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const make = async (): Promise<void> => {
    setWorking(true);
    setProblem(null);
    try {
      made(await administer("invite", { code, name, nomination: nomination?.id ?? null, account: null }));
    } catch (reason) {
      setProblem(problemOf(reason));
      setWorking(false);
    }
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="invite-t" onClose={close}>
      <h2 id="invite-t">{t("New invitation")}</h2>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!working) void make();
        }}
      >
        {problem !== null && (
          <p class="wrong" role="alert">
            <Icon name="warning" />
            {administrationWords(problem)}
          </p>
        )}
        <div class="field">
          <label for="invite-code">{t("Account code")}</label>
          <p class="hint" id="invite-code-h">
            {t("What the person types to sign in, for good: GH-CUSTOMS-1.")}
          </p>
          <input
            class="input code"
            id="invite-code"
            spellcheck={false}
            autocapitalize="characters"
            autocomplete="off"
            aria-describedby="invite-code-h"
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="invite-name">{t("Who it is for")}</label>
          <p class="hint" id="invite-name-h">
            {t("For your own memory, sealed in your vault.")}
          </p>
          <input class="input" id="invite-name" autocomplete="off" aria-describedby="invite-name-h" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </div>
        <p class="row">
          <button class="button is-main" type="submit" disabled={working}>
            {working ? t("One moment …") : t("Make the invitation")}
          </button>
          <button class="button" type="button" onClick={() => dialog.current?.close()}>
            {t("Cancel")}
          </button>
        </p>
      </form>
    </dialog>
  );
}

export function Paper({ paper, close }: { readonly paper: InvitationPaper; readonly close: () => void }) {
  const [copied, setCopied] = useState(false);
  return (
    <Page narrow>
      <div class="setup stack">
        <h1 tabIndex={-1} class="screen-only">
          {t("Invitation for {code}", { code: paper.code })}
        </h1>
        <p class="screen-only">
          {t("Hand it over outside this hub: in person, by post, or by another channel that you trust. Whoever has it first can answer in the person’s place; you would see that, because only one can.")}
        </p>
        <div class="panel screen-only">
          <h2>{t("Link")}</h2>
          <p class="link-box code" id="invitation-link">
            {paper.link}
          </p>
          <p>
            <button
              class="button is-small"
              type="button"
              onClick={() => {
                void navigator.clipboard.writeText(paper.link).then(() => setCopied(true));
              }}
            >
              {copied ? t("Copied") : t("Copy the link")}
            </button>
          </p>
          <p class="meta">{t("What stands behind the # is read by the browser alone and never sent.")}</p>
        </div>
        <section class="sheet" aria-labelledby="paper-t">
          <h2 id="paper-t">{t("Invitation to {hub}", { hub: shell.hubName })}</h2>
          <dl class="fields">
            {paper.name !== "" && (
              <>
                <dt>{t("For")}</dt>
                <dd>
                  <bdi>{paper.name}</bdi>
                </dd>
              </>
            )}
            <dt>{t("Open in your browser")}</dt>
            <dd class="code">{paper.url}</dd>
            <dt>{t("Account")}</dt>
            <dd class="code">{paper.code}</dd>
            <dt>{t("Invitation")}</dt>
            <dd class="code">{paper.typed}</dd>
            <dt>{t("Good until")}</dt>
            <dd>{t("{time} UTC", { time: dateAndClock(paper.expires) })}</dd>
          </dl>
          <p class="meta">{t("It can be used once. Your own keys are made in your browser; you choose your passphrase there and print a sheet of your own. Keep this paper until you are certified, then destroy it.")}</p>
        </section>
        <p class="row screen-only">
          <button class="button is-main" type="button" onClick={() => print()}>
            <Icon name="print" />
            {t("Print the invitation")}
          </button>
          <button class="button" type="button" onClick={close}>
            {t("Back to the list")}
          </button>
        </p>
      </div>
    </Page>
  );
}
