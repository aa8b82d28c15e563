/** One operation: its phase, channels, rules and forms, and what a coordinator changes there. */
import { useState } from "preact/hooks";
import { PHASES, type Phase } from "../crypto/changes.ts";
import type { ChannelSettings, OperationDetail } from "../worker/governing.ts";
import type { B64 } from "../worker/protocol.ts";
import { domain } from "./alerts.ts";
import { compartmentIcon, compartmentWords, roleWords, typeWords } from "./channels.ts";
import { OpenChannel } from "./channel-open.tsx";
import { Closing } from "./closing.tsx";
import { Page } from "./frame.tsx";
import { audienceWords, governWords, historyChoiceWords, namedChannel, pathOf, phaseMeaning, phaseWords, useGoverned } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { channelPath, coveragePath } from "./route.ts";
import { Dialog, Signing, waitingWords } from "./signing.tsx";
import { session } from "./state.ts";
import { date } from "./times.ts";
import { said } from "../domain/texts.ts";
import { language, list, t, tn } from "./words.ts";

type Acting = { readonly do: "take" } | { readonly do: "phase"; readonly phase: Phase } | { readonly do: "open" } | { readonly do: "close"; readonly channel: ChannelSettings };

export function Operation({ operation }: { readonly operation: B64 }) {
  const { answer: detail, problem } = useGoverned("detail", { operation });
  const [acting, setActing] = useState<Acting | null>(null);
  const [done, setDone] = useState("");
  const finish = (words: string): void => {
    setActing(null);
    setDone(words);
  };
  const act = (next: Acting): void => {
    setDone("");
    setActing(next);
  };
  return (
    <Page>
      <p>
        <a class="textlink" href="/o">
          <Icon name="back" more="flip" />
          {t("Channels")}
        </a>
      </p>
      {problem !== null && <p role="alert">{governWords(problem)}</p>}
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{detail === null ? t("Operation") : <bdi>{detail.name}</bdi>}</h1>
          {detail !== null && (
            <p class="lead">
              <bdi class="code">{detail.code}</bdi>. {t("Opened on {date}.", { date: date(detail.openedAt) })}{" "}
              {detail.role !== null && t("You are in it as: {role}.", { role: roleWords(detail.role) })}
            </p>
          )}
        </div>
        {detail?.role === "coordinator" && session.value?.mayCoordinate === true && (
          <p>
            <a class="textlink" href={`/o/open/${operation}`}>
              <Icon name="plus" />
              {t("Open a new one like it")}
            </a>
          </p>
        )}
      </div>
      <p role="status" class={done === "" ? "hidden-text" : "panel is-checked done"}>
        {done}
      </p>
      {detail === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {detail !== null && (
        <div class="with-side">
          <div class="stack-large">
            <Lost detail={detail} take={() => act({ do: "take" })} />
            <Phases detail={detail} act={act} />
            <ChannelsOf detail={detail} act={act} />
            <Closing operation={operation} />
          </div>
          <Side detail={detail} />
        </div>
      )}
      {acting?.do === "phase" && detail !== null && <MovePhase detail={detail} phase={acting.phase} close={finish} />}
      {acting?.do === "take" && detail !== null && <TakeOver detail={detail} close={finish} />}
      {acting?.do === "open" && detail !== null && <OpenChannel detail={detail} close={finish} />}
      {acting?.do === "close" && detail !== null && <CloseChannel detail={detail} channel={acting.channel} close={finish} />}
    </Page>
  );
}

/** Without a coordinator nothing is lost, but nobody is admitted: administrators appoint one, who takes over here. */
function Lost({ detail, take }: { readonly detail: OperationDetail; readonly take: () => void }) {
  if (detail.isCoordinated && !detail.mayTake) return null;
  return (
    <section class="panel is-due" aria-labelledby="lost-t">
      <h2 id="lost-t">{t("Nobody coordinates this operation any more")}</h2>
      <p>{t("Channels go on and nothing is lost. But nobody can admit, clear or remove people until the administrators, several together, appoint a coordinator.")}</p>
      {detail.mayTake && (
        <>
          <p>{t("They have appointed you.")}</p>
          <p>
            <button class="button is-main" type="button" onClick={take}>
              <Icon name="seal" />
              {t("Take over as coordinator")}
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function TakeOver({ detail, close }: { readonly detail: OperationDetail; readonly close: (done: string) => void }) {
  return (
    <Dialog title={t("Take over {name}", { name: detail.name })} close={() => close("")}>
      <Signing
        operation={detail.operation}
        meant={[{ do: "take" }]}
        idle=""
        action={t("Sign and take over")}
        done={() => close(t("You coordinate it now. Admit a second coordinator: that one can clear you for compartments."))}
        cancel={() => close("")}
      >
        <p>{t("You become its coordinator and read nothing yet: nobody clears themselves. The appointment can be used once.")}</p>
      </Signing>
    </Dialog>
  );
}

interface PartProps {
  readonly detail: OperationDetail;
  readonly act: (acting: Acting) => void;
}

function Phases({ detail, act }: PartProps) {
  const may = detail.may.includes("operation.phase");
  const ends = detail.phase === "destroyed" ? ["closed", "destroyed"] : detail.phase === "closed" ? ["closed"] : [];
  const steps: readonly string[] = [...PHASES, ...ends];
  const here = steps.indexOf(detail.phase);
  return (
    <section aria-labelledby="phase-t">
      <h2 id="phase-t">{t("Phase")}</h2>
      <ol class="phases">
        {steps.map((phase, at) => (
          <li key={phase} class={at === here ? "is-here" : undefined} aria-current={at === here ? "step" : undefined}>
            <div>
              <b>{phaseWords(phase)}</b>
              {at === here && <span class="tag">{t("now")}</span>}
              <p class="meta">{phaseMeaning(phase)}</p>
              {phase === "active" && at !== here && detail.coordinators.length < 2 && <p class="meta">{t("Needs two coordinators: admit a second one first.")}</p>}
            </div>
            {may && Math.abs(at - here) === 1 && (
              <button class="button is-small" type="button" disabled={phase === "active" && detail.coordinators.length < 2} onClick={() => act({ do: "phase", phase: phase as Phase })}>
                {at > here ? t("Move on to it") : t("Go back to it")}
                <span class="hidden-text"> ({phaseWords(phase)})</span>
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function MovePhase({ detail, phase, close }: { readonly detail: OperationDetail; readonly phase: Phase; readonly close: (done: string) => void }) {
  return (
    <Dialog title={t("To the phase: {phase}", { phase: phaseWords(phase) })} close={() => close("")}>
      <Signing
        operation={detail.operation}
        meant={[{ do: "phase", phase, was: detail.phase }]}
        idle=""
        action={t("Sign the change")}
        done={() => close([t("The phase is now: {phase}.", { phase: phaseWords(phase) }), t("Signed, and seen by every member.")].join(" "))}
        cancel={() => close("")}
      >
        <p>{phaseMeaning(phase)}</p>
      </Signing>
    </Dialog>
  );
}

function ChannelsOf({ detail, act }: PartProps) {
  const open = detail.channels.filter((channel) => channel.open);
  const closed = detail.channels.filter((channel) => !channel.open);
  return (
    <section aria-labelledby="ch-t">
      <div class="section-head">
        <h2 id="ch-t">
          {t("Channels")} <span class="n">{open.length}</span>
        </h2>
        {detail.may.includes("channel.open") && (
          <button class="button is-small" type="button" onClick={() => act({ do: "open" })}>
            <Icon name="plus" />
            {t("Open a channel")}
          </button>
        )}
      </div>
      <table class="table members">
        <thead>
          <tr>
            <th scope="col">{t("Channel")}</th>
            <th scope="col" class="wide">
              {t("What newcomers read")}
            </th>
            <th scope="col">{t("For whom")}</th>
          </tr>
        </thead>
        <tbody>
          {open.map((channel) => (
            <ChannelRow key={channel.channel} detail={detail} channel={channel} act={act} />
          ))}
        </tbody>
      </table>
      {closed.length > 0 && <p class="meta block">{tn("{n} closed channel: {names}. It can still be read.", "{n} closed channels: {names}. They can still be read.", closed.length, { names: list(closed.map(namedChannel)) })}</p>}
    </section>
  );
}

function ChannelRow({ detail, channel, act }: PartProps & { readonly channel: ChannelSettings }) {
  return (
    <tr>
      <th scope="row">
        {channel.readHere && channel.hasSecret ? (
          <a href={channelPath(detail.operation, channel.channel)}>
            <Icon name={compartmentIcon(channel.compartment)} />
            <bdi>{namedChannel(channel)}</bdi>
          </a>
        ) : (
          <>
            <Icon name={channel.readHere ? compartmentIcon(channel.compartment) : "noeye"} /> {namedChannel(channel)}
          </>
        )}
        <span class="meta of">
          {typeWords(channel.type)}, {compartmentWords(channel.compartment)}
        </span>
        <Waiting channel={channel} />
      </th>
      <td class="wide">
        <span class="meta">{historyChoiceWords(channel.history)}</span>
      </td>
      <td>
        <div class="clearance">
          <div>
            {audienceWords(channel)}
            <span class="meta of">
              {tn("{n} reader", "{n} readers", channel.readers)}, {tn("{n} country", "{n} countries", channel.countries)}
            </span>
          </div>
          {detail.may.includes("channel.close") && (
            <button class="button is-small" type="button" onClick={() => act({ do: "close", channel })}>
              {t("Close")}
              <span class="hidden-text"> ({namedChannel(channel)})</span>
            </button>
          )}
        </div>
      </td>
    </tr>
  );
}

/** Whom the channel waits for, by name: never a silent lock-out. */
function Waiting({ channel }: { readonly channel: ChannelSettings }) {
  const words = !channel.hasSecret
    ? channel.readers === 0
      ? t("Nobody reads it yet.")
      : t("Waits for the first of its readers to open it.")
    : channel.stale
      ? t("Somebody lost reading: the next reader makes a new secret before anything is sent.")
      : channel.pending.length > 0
        ? tn("{names} waits for the key: any reader’s browser hands it on.", "{names} wait for the key: any reader’s browser hands it on.", channel.pending.length, { names: list(channel.pending) })
        : null;
  if (words === null) return null;
  return (
    <span class="state is-due is-wrapping">
      <Icon name="clock" />
      {words}
    </span>
  );
}

function CloseChannel({ detail, channel, close }: { readonly detail: OperationDetail; readonly channel: ChannelSettings; readonly close: (done: string) => void }) {
  const name = namedChannel(channel);
  return (
    <Dialog title={t("Close {name}", { name })} close={() => close("")}>
      <Signing
        operation={detail.operation}
        meant={[{ do: "close", channel: channel.channel }]}
        idle=""
        action={t("Sign and close")}
        done={(signed) => close([t("Closed: {name}.", { name }), t("Signed, and seen by every member."), waitingWords(signed)].filter(Boolean).join(" "))}
        cancel={() => close("")}
      >
        <p>{t("Nothing more is sent in it, and it can’t be opened again. What was sent stays with those who read it.")}</p>
      </Signing>
    </Dialog>
  );
}

function Side({ detail }: { readonly detail: OperationDetail }) {
  return (
    <div class="stack">
      <section class="panel" aria-labelledby="in-t">
        <h2 id="in-t">{t("Members")}</h2>
        <p>
          <a href={pathOf(detail.operation, "members")}>{tn("{n} member", "{n} members", detail.members)}</a>
          {detail.role === "coordinator" && (
            <>
              {" · "}
              <a href={coveragePath(detail.operation)}>{t("Coverage")}</a>
            </>
          )}
        </p>
        <p class="meta">{t("Coordinators: {names}", { names: list(detail.coordinators) })}</p>
        {detail.coordinators.length < 2 && <p class="meta">{t("With one coordinator alone, nobody can stand in. Admit a second one.")}</p>}
      </section>
      <section class="panel" aria-labelledby="comp-t">
        <h2 id="comp-t">{t("Compartments")}</h2>
        <ul class="legend">
          {detail.compartments.map((one) => (
            <li key={one}>
              <Icon name={compartmentIcon(one)} />
              {compartmentWords(one)}
            </li>
          ))}
        </ul>
        <p class="meta">{detail.clearance.length === 0 ? t("You are cleared for none of them.") : t("You are cleared for: {compartments}", { compartments: list(detail.clearance.map(compartmentWords)) })}</p>
      </section>
      <section class="panel" aria-labelledby="rules-t">
        <h2 id="rules-t">{t("Handling rules")}</h2>
        {detail.rules === null ? (
          <p class="meta">{t("None are set.")}</p>
        ) : (
          <p class="meta">
            {t("Version {n}, accepted by {some} of {all} members.", { n: detail.rules.version, some: detail.rules.accepted, all: detail.members })}
            {detail.role !== null && !detail.rules.mine && <> {t("You have not accepted them yet.")}</>}
          </p>
        )}
        {(detail.rules !== null || detail.may.includes("rules.set")) && (
          <p>
            <a href={pathOf(detail.operation, "rules")}>{detail.rules === null ? t("Set them") : detail.rules.mine || detail.role === null ? t("Read them") : t("Read and accept them")}</a>
          </p>
        )}
      </section>
      <section class="panel" aria-labelledby="forms-t">
        <h2 id="forms-t">{t("Forms")}</h2>
        {detail.forms.length === 0 ? (
          <p class="meta">{t("All forms of the hub are offered.")}</p>
        ) : (
          <ol class="meta">
            {detail.forms.map(({ template }) => (
              <li key={template}>{formName(template)}</li>
            ))}
          </ol>
        )}
      </section>
      <section class="panel" aria-labelledby="hist-t">
        <h2 id="hist-t">{t("History")}</h2>
        <p>
          <a href={pathOf(detail.operation, "history")}>{t("Every signed change")}</a>
        </p>
      </section>
    </div>
  );
}

/** What a form is called; its own id while the forms are on their way. */
export function formName(template: string): string {
  const found = domain.value?.templates.find(({ id }) => id === template);
  return found === undefined ? template : said(found.title, language.value);
}
