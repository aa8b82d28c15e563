/** Signing a change: what follows stands before the button, in sentences, so that nobody signs what they have not read. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Effect, Intention, PersonEffect, Signed } from "../worker/governing.ts";
import type { B64, ClearanceChannel, Problem } from "../worker/protocol.ts";
import { govern, governWords, namedChannel } from "./govern.ts";
import { Icon } from "./icon.tsx";
import { problemOf } from "./state.ts";
import { list, t, tn } from "./words.ts";

interface SigningProps {
  readonly operation: B64;
  /** Empty while there is nothing to sign yet. */
  readonly meant: readonly Intention[];
  /** Said in place of what follows while `meant` is empty. */
  readonly idle: string;
  /** The button's words. */
  readonly action: string;
  readonly done: (signed: Signed) => void;
  readonly cancel: () => void;
  /** Words that a change of this kind always comes with, said before the general ones. */
  readonly children?: ComponentChildren;
}

/** Asks what would follow, shows it, signs it once. A refusal leaves everything as it was chosen. */
export function Signing({ operation, meant, idle, action, done, cancel, children }: SigningProps) {
  const [effect, setEffect] = useState<Effect | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [signing, setSigning] = useState(false);
  const key = JSON.stringify(meant);
  useEffect(() => {
    setEffect(null);
    setProblem(null);
    if (meant.length === 0) return;
    let current = true;
    govern("effect", { operation, meant }).then(
      (found) => {
        if (current) setEffect(found);
      },
      (reason: unknown) => {
        if (current) setProblem(problemOf(reason));
      },
    );
    return () => {
      current = false;
    };
  }, [operation, key]);
  const sign = async (): Promise<void> => {
    setSigning(true);
    setProblem(null);
    try {
      done(await govern("sign", { operation, meant }));
    } catch (reason) {
      setProblem(problemOf(reason));
    }
    setSigning(false);
  };
  const refused = effect?.refused ?? null;
  return (
    <>
      <div class="stack" aria-live="polite">
        {meant.length === 0 && <p class="meta">{idle}</p>}
        {meant.length > 0 && children}
        {effect !== null && refused === null && <Follows effect={effect} meant={meant} />}
        {refused !== null && <p>{governWords({ code: refused })}</p>}
      </div>
      {problem !== null && <p role="alert">{governWords(problem)}</p>}
      <p class="row">
        <button class="button is-main" type="button" disabled={effect === null || refused !== null || signing} onClick={() => void sign()}>
          <Icon name="seal" />
          {signing ? t("Signing …") : action}
        </button>
        <button class="button" type="button" disabled={signing} onClick={cancel}>
          {t("Cancel")}
        </button>
      </p>
    </>
  );
}

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

export function Dialog({ title, close, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="dialog-t" onClose={close}>
      <h2 id="dialog-t">{title}</h2>
      {children}
    </dialog>
  );
}

export function Part({ icon, children }: { readonly icon: string; readonly children: ComponentChildren }) {
  return (
    <p class="follows">
      <Icon name={icon} />
      <span>{children}</span>
    </p>
  );
}

interface Group {
  readonly names: readonly string[];
  readonly gains: readonly ClearanceChannel[];
  readonly loses: readonly ClearanceChannel[];
}

/** People for whom the same follows, together. */
function grouped(people: readonly PersonEffect[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { name, gains, loses } of people) {
    const key = [...gains.map(({ channel }) => `+${channel}`), ...loses.map(({ channel }) => `-${channel}`)].join(" ");
    const found = groups.get(key);
    groups.set(key, { names: [...(found?.names ?? []), name], gains, loses });
  }
  return [...groups.values()];
}

/** Which channels open to whom and from when, which close, and what can't be undone. */
function Follows({ effect, meant }: { readonly effect: Effect; readonly meant: readonly Intention[] }) {
  const groups = grouped(effect.people);
  const leaving = meant.some((one) => one.do === "remove");
  const losing = leaving || effect.people.some(({ loses }) => loses.length > 0) || meant.some((one) => one.do === "change" && one.was.compartments.some((was) => !one.compartments.includes(was)));
  const unread = new Map(effect.people.flatMap(({ loses }) => loses.filter(({ readHere }) => !readHere).map((one) => [one.channel, one])));
  return (
    <>
      {groups.map((group) => (
        <OfGroup key={group.names.join(" ")} {...group} meant={meant} />
      ))}
      {losing && <Part icon="eye">{t("What was read until now can’t be taken back: it may have been copied.")}</Part>}
      {unread.size > 0 && (
        <Part icon="clock">
          {t("You don’t read {channels}: there the next reader’s browser makes the new secret before anything is sent.", { channels: list([...unread.values()].map(namedChannel)) })}
        </Part>
      )}
      {effect.opens.map(({ channel, readers, countries, readHere }) => (
        <Part key={channel} icon="people">
          {tn("{n} person reads it", "{n} people read it", readers)}, {tn("{n} country", "{n} countries", countries)}.{" "}
          {!readHere && t("You don’t: its first reader makes its secret, and it has no name until then.")}
        </Part>
      ))}
      <Part icon="people">{t("Every member of the operation sees this change with your name.")}</Part>
    </>
  );
}

function OfGroup({ names, gains, loses, meant }: Group & { readonly meant: readonly Intention[] }) {
  const archive = gains.filter(({ history }) => history === "all");
  const fromNow = gains.filter(({ history }) => history === "from-join");
  const said = { names: list(names), name: list(names) };
  const n = names.length;
  const removed = meant.some((one) => one.do === "remove");
  const admitted = meant.some((one) => one.do === "admit");
  return (
    <>
      {loses.length > 0 && (
        <Part icon="lock">
          {tn(
            "{names} no longer reads: {channels}. Each gets a new secret; what is sent from now on stays closed to this member.",
            "{names} no longer read: {channels}. Each gets a new secret; what is sent from now on stays closed to these members.",
            n,
            { ...said, channels: list(loses.map(namedChannel)) },
          )}
        </Part>
      )}
      {loses.length === 0 && gains.length === 0 && removed && <Part icon="lock">{tn("{names} reads no channel, so no secret changes.", "{names} read no channel, so no secret changes.", n, said)}</Part>}
      {loses.length === 0 && gains.length === 0 && !removed && (
        <Part icon="help">
          {admitted
            ? tn("{names} reads no channel yet.", "{names} read no channel yet.", n, said)
            : t("No channel opens or closes for {names} because of it.", said)}
        </Part>
      )}
      {archive.length > 0 && (
        <Part icon="plus">
          {tn("{names} reads everything in: {channels}, also what was sent before.", "{names} read everything in: {channels}, also what was sent before.", n, { ...said, channels: list(archive.map(namedChannel)) })}
        </Part>
      )}
      {fromNow.length > 0 && (
        <Part icon="plus">
          {tn("{names} reads what is sent from now on in: {channels}.", "{names} read what is sent from now on in: {channels}.", n, { ...said, channels: list(fromNow.map(namedChannel)) })}
        </Part>
      )}
    </>
  );
}

/** What is added to "signed" where other readers still have to act. */
export function waitingWords({ waiting }: Signed): string {
  return waiting.length === 0
    ? ""
    : tn("{n} channel gets its new secret from its next reader who sends.", "{n} channels get their new secrets from their next readers who send.", waiting.length);
}
