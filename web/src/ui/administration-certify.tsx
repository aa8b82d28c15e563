/** Certifying: whose keys these are, at which level, and what the person may do beyond their operations. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { May } from "../crypto/acts.ts";
import type { AdministrationView, Organisation, Outcome, WaitingView } from "../worker/administering.ts";
import type { Problem } from "../worker/protocol.ts";
import { administer, administrationWords, countries } from "./administer.ts";
import { Icon } from "./icon.tsx";
import { problemOf } from "./state.ts";
import { country, t } from "./words.ts";

const PRIVILEGES = ["coordinate", "administer", "audit"] as const;

export interface Standing {
  readonly name: string;
  readonly organisation: Organisation;
  readonly level: "A1" | "A2";
  readonly may: readonly May[];
}

export function outcomeWords(outcome: Outcome, done: string): string {
  return outcome === "done" ? done : t("Signed by you. It waits for the other administrators’ signatures.");
}

export function Certify({ waiting, view, done }: { readonly waiting: WaitingView; readonly view: AdministrationView; readonly done: (words: string) => void }) {
  const again = waiting.again ? view.people.find(({ code }) => code === waiting.code) : undefined;
  const given = view.nominations.find(({ nominee }) => nominee.name === waiting.name && waiting.name !== "");
  return (
    <StandingDialog
      title={waiting.again ? t("New keys for {code}", { code: waiting.code }) : t("Certify {code}", { code: waiting.code })}
      safetyNumber={waiting.safetyNumber}
      view={view}
      fixed={again !== undefined}
      begin={{
        name: again?.name ?? waiting.name,
        organisation: again === undefined ? { name: given?.organisation ?? "", country: given?.country ?? waiting.code.slice(0, 2) } : { id: again.organisation },
        level: "A1",
        may: [],
      }}
      close={() => done("")}
      sign={async (standing) => {
        const outcome = await administer("certify", { invitation: waiting.invitation, safetyNumber: waiting.safetyNumber, ...standing });
        done(outcomeWords(outcome, t("{name} is certified. Whoever waits there goes on by signing in.", { name: standing.name })));
      }}
    />
  );
}

interface StandingProps {
  readonly title: string;
  readonly safetyNumber: string;
  readonly view: AdministrationView;
  readonly begin: Standing;
  /** Only the keys change: name, organisation and privileges stay as they are. */
  readonly fixed: boolean;
  readonly close: () => void;
  readonly sign: (standing: Standing) => Promise<void>;
}

export function StandingDialog({ title, safetyNumber, view, begin, fixed, close, sign }: StandingProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState(begin.name);
  const [organisation, setOrganisation] = useState("id" in begin.organisation ? begin.organisation.id : "");
  const [newName, setNewName] = useState("name" in begin.organisation ? begin.organisation.name : "");
  const [land, setLand] = useState("country" in begin.organisation ? begin.organisation.country : "");
  const [compared, setCompared] = useState(begin.level === "A2");
  const [may, setMay] = useState<readonly May[]>(begin.may);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const whole = fixed || (name.trim() !== "" && (organisation !== "" || (newName.trim() !== "" && land !== "")));
  const doSign = async (): Promise<void> => {
    setWorking(true);
    setProblem(null);
    try {
      const where: Organisation = organisation === "" ? { name: newName, country: land } : { id: organisation };
      await sign({ name, organisation: where, level: compared ? "A2" : "A1", may: compared ? may : [] });
    } catch (reason) {
      setProblem(problemOf(reason));
      setWorking(false);
    }
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="certify-t" onClose={close}>
      <h2 id="certify-t">{title}</h2>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (whole && !working) void doSign();
        }}
      >
        {problem !== null && (
          <p class="wrong" role="alert">
            <Icon name="warning" />
            {administrationWords(problem)}
          </p>
        )}
        {fixed && <p>{t("The same person with new keys. Every membership ends until a coordinator admits them anew, and privileges are given anew.")}</p>}
        {!fixed && (
          <>
            <div class="field">
              <label for="certified-name">{t("Certified name")}</label>
              <p class="hint" id="certified-name-h">
                {t("The only name that is ever shown, such as NCP Ghana · Customs Division.")}
              </p>
              <input class="input" id="certified-name" autocomplete="off" aria-describedby="certified-name-h" value={name} onInput={(event) => setName(event.currentTarget.value)} />
            </div>
            <div class="field">
              <label for="organisation">{t("Organisation")}</label>
              <select class="input" id="organisation" value={organisation} onChange={(event) => setOrganisation(event.currentTarget.value)}>
                <option value="">{t("A new one, named below")}</option>
                {[...view.organisations]
                  .sort((a, b) => a.name.localeCompare(b.name))
                  .map(({ id, name: named, country: code }) => (
                    <option key={id} value={id}>
                      {named} ({code})
                    </option>
                  ))}
              </select>
            </div>
            {organisation === "" && (
              <div class="pair">
                <div class="field">
                  <label for="organisation-name">{t("Its name")}</label>
                  <input class="input" id="organisation-name" autocomplete="off" value={newName} onInput={(event) => setNewName(event.currentTarget.value)} />
                </div>
                <div class="field">
                  <label for="organisation-country">{t("Its country")}</label>
                  <select class="input" id="organisation-country" value={land} onChange={(event) => setLand(event.currentTarget.value)}>
                    <option value="" />
                    {countries().map((code) => (
                      <option key={code} value={code}>
                        {country(code)}
                      </option>
                    ))}
                  </select>
                </div>
              </div>
            )}
          </>
        )}
        <div class="panel">
          <h3>{t("Safety number")}</h3>
          <p class="safety code">{safetyNumber}</p>
          {!fixed && (
            <div class="choice">
              <input id="compared" type="checkbox" checked={compared} onChange={(event) => setCompared(event.currentTarget.checked)} />
              <label for="compared">{t("I compared it with the person by voice or in person (level A2)")}</label>
            </div>
          )}
        </div>
        {!fixed && compared && (
          <fieldset>
            <legend>{t("May also")}</legend>
            {PRIVILEGES.map((one) => (
              <div class="choice" key={one}>
                <input
                  id={`may-${one}`}
                  type="checkbox"
                  checked={may.includes(one)}
                  onChange={(event) => setMay(event.currentTarget.checked ? [...may, one] : may.filter((other) => other !== one))}
                />
                <label for={`may-${one}`}>{mayWords(one)}</label>
              </div>
            ))}
            {may.length > 0 && view.threshold > 1 && <p class="hint">{t("This needs the signatures of {n} administrators.", { n: view.threshold })}</p>}
          </fieldset>
        )}
        <p class="row">
          <button class="button is-main" type="submit" disabled={!whole || working}>
            <Icon name="seal" />
            {working ? t("Signing …") : t("Sign")}
          </button>
          <button class="button" type="button" onClick={() => dialog.current?.close()}>
            {t("Cancel")}
          </button>
        </p>
      </form>
    </dialog>
  );
}

function mayWords(may: May): string {
  switch (may) {
    case "coordinate":
      return t("open operations and coordinate");
    case "administer":
      return t("administer this hub");
    case "audit":
      return t("read the log");
  }
}
