/** One's own devices and ways in: what they are in a person's words, and what can be taken out (docs/spec/27-ways.md). */
import { useEffect, useState } from "preact/hooks";
import type { DeviceRow, WayRow } from "../worker/owning.ts";
import type { Problem } from "../worker/protocol.ts";
import { deviceLabel } from "./device.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { LetIn } from "./let-in.tsx";
import { freshKey } from "./new-sheet.tsx";
import { own, ownWords } from "./own.ts";
import { canUsePasskeys, makePasskey } from "./passkeys.ts";
import { go } from "./route.ts";
import { Dialog } from "./signing.tsx";
import { problemOf } from "./state.ts";
import { date, dateAndClock } from "./times.ts";
import { t, tn } from "./words.ts";

export function DevicesPage() {
  const [devices, setDevices] = useState<readonly DeviceRow[] | null>(null);
  const [ways, setWays] = useState<readonly WayRow[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState("");
  const [going, setGoing] = useState<readonly DeviceRow[]>([]);
  const look = async (): Promise<void> => {
    try {
      setDevices(await own("devices", {}));
      setWays(await own("ways", {}));
    } catch (reason) {
      setProblem(problemOf(reason));
    }
  };
  useEffect(() => void look(), []);
  const does = async (work: () => Promise<string>): Promise<void> => {
    setProblem(null);
    setSaid("");
    try {
      setSaid(await work());
      await look();
    } catch (reason) {
      setProblem(problemOf(reason));
    }
  };
  const others = devices?.filter(({ here }) => !here) ?? [];
  return (
    <Page narrow>
      <div class="stack-large">
        <div class="page-head">
          <h1 tabIndex={-1}>{t("Devices and ways in")}</h1>
        </div>
        <p role="status" class={said === "" ? "hidden-text" : "understood"}>
          {said !== "" && <Icon name="check" />}
          <span>{said}</span>
        </p>
        {problem !== null && (
          <p class="wrong" role="alert">
            <Icon name="warning" />
            <span>{ownWords(problem)}</span>
          </p>
        )}
        <section class="stack" aria-labelledby="devices-t">
          <h2 id="devices-t">{t("Your devices")}</h2>
          {devices === null ? (
            <p role="status">{t("One moment …")}</p>
          ) : (
            <ul class="own-list">
              {devices.map((device) => (
                <Device key={device.device} device={device} revoke={() => setGoing([device])} keep={() => void does(() => kept(device))} />
              ))}
            </ul>
          )}
          {others.length > 1 && (
            <p>
              <button class="button" type="button" onClick={() => setGoing(others)}>
                {t("Revoke all others")}
              </button>
            </p>
          )}
          <LetIn done={() => void look()} />
        </section>
        <section class="stack" aria-labelledby="ways-t">
          <h2 id="ways-t">{t("Your ways in")}</h2>
          <p class="quiet">{t("Each of them opens your keys by itself. Have at least two, and keep them in different places.")}</p>
          {ways !== null && (
            <ul class="own-list">
              {ways.map((way) => (
                <Way key={way.wrap} way={way} drop={() => void does(() => dropped(way))} />
              ))}
            </ul>
          )}
          <p class="row">
            {canUsePasskeys && (
              <button class="button" type="button" onClick={() => void does(addPasskey)}>
                <Icon name="plus" />
                {t("Add a passkey")}
              </button>
            )}
            <button class="button" type="button" onClick={() => go("/o/sheet")}>
              {t("New passphrase and new sheet")}
            </button>
          </p>
        </section>
        <p>
          <a class="textlink" href="/o/lost">
            {t("If you lost something")}
          </a>
        </p>
      </div>
      {going.length > 0 && <Revoking devices={going} close={() => setGoing([])} done={(words) => void does(() => Promise.resolve(words))} fail={setProblem} />}
    </Page>
  );
}

async function kept({ device, label }: DeviceRow): Promise<string> {
  await own("keepDevice", { device });
  return t("“{label}” stays a device of yours.", { label });
}

async function dropped({ wrap, label }: WayRow): Promise<string> {
  await own("dropPasskey", { wrap });
  return t("The passkey “{label}” opens your account no longer.", { label: label ?? "" });
}

async function addPasskey(): Promise<string> {
  const options = await own("passkeyOptions", {});
  await own("addPasskey", await makePasskey(options, deviceLabel()));
  return t("The passkey was added, and opens your account from now on.");
}

interface DeviceProps {
  readonly device: DeviceRow;
  readonly revoke: () => void;
  readonly keep: () => void;
}

function Device({ device, revoke, keep }: DeviceProps) {
  const { label, here, firstAt, lastAt, stale } = device;
  return (
    <li>
      <Icon name="device" />
      <div>
        <p class="own-name">
          <bdi>{label}</bdi> {here && <span class="tag">{t("This device")}</span>}{" "}
          {stale && (
            <span class="state is-due">
              <Icon name="clock" />
              {t("Not used for 60 days")}
            </span>
          )}
        </p>
        <p class="meta">
          {firstAt === null || lastAt === null
            ? t("Not used yet")
            : t("First used {first}, last used {last}", { first: date(firstAt), last: here ? t("now") : t("{moment} UTC", { moment: dateAndClock(lastAt) }) })}
        </p>
        {stale && <p class="meta">{t("It opens nothing by the passphrase alone until you say here that it is still yours.")}</p>}
      </div>
      {!here && (
        <p class="row own-actions">
          {stale && (
            <button class="button is-small" type="button" onClick={keep}>
              {t("It is still mine")}
            </button>
          )}
          <button class="button is-small" type="button" aria-label={t("Revoke {label}", { label })} onClick={revoke}>
            {t("Revoke")}
          </button>
        </p>
      )}
    </li>
  );
}

function Way({ way, drop }: { readonly way: WayRow; readonly drop: () => void }) {
  const { kind, number, label, madeAt, lastUsedAt } = way;
  const names: Readonly<Record<WayRow["kind"], string>> = {
    passphrase: t("Passphrase with second secret"),
    recovery: t("Recovery code {n}", { n: number }),
    passkey: t("Passkey “{label}”", { label: label ?? "" }),
  };
  return (
    <li>
      <Icon name={kind === "recovery" ? "sheet" : "key"} />
      <div>
        <p class="own-name">{names[kind]}</p>
        <p class="meta">
          {t("Made {date}", { date: date(madeAt) })}
          {" · "}
          {lastUsedAt === null ? t("never used") : t("last used {moment} UTC", { moment: dateAndClock(lastUsedAt) })}
        </p>
      </div>
      {kind === "passkey" && (
        <p class="row own-actions">
          <button class="button is-small" type="button" aria-label={t("Remove the passkey {label}", { label: label ?? "" })} onClick={drop}>
            {t("Remove")}
          </button>
        </p>
      )}
    </li>
  );
}

type Reason = "done" | "locked" | "open";

interface RevokingProps {
  readonly devices: readonly DeviceRow[];
  readonly close: () => void;
  readonly done: (words: string) => void;
  readonly fail: (problem: Problem) => void;
}

/** Says what follows before it is done: a device that was lost needs more than being taken out. */
function Revoking({ devices, close, done, fail }: RevokingProps) {
  const [reason, setReason] = useState<Reason>("done");
  const [working, setWorking] = useState(false);
  const choices: readonly (readonly [Reason, string, string])[] = [
    ["done", t("I no longer use it"), t("It reads nothing that is sent from now on. Your account gets a new key.")],
    ["locked", t("It is lost or stolen, and was locked"), t("The same, and you make a new sheet at once: the old passphrase and second secret open nothing any more.")],
    ["open", t("It was open when it was taken, or somebody may know my passphrase"), t("The same, and then call an administrator: only new keys for you help, because whoever opened it may hold your old ones.")],
  ];
  const revoke = async (): Promise<void> => {
    setWorking(true);
    try {
      await own("revoke", { devices: devices.map(({ device }) => device) });
      close();
      done(tn("{n} device was revoked. Your account has a new key.", "{n} devices were revoked. Your account has a new key.", devices.length));
      if (reason === "locked") {
        freshKey.value = true;
        go("/o/sheet");
      }
      if (reason === "open") go("/o/lost");
    } catch (refused) {
      close();
      fail(problemOf(refused));
    }
  };
  const title = devices.length === 1 ? t("Revoke “{label}”", { label: devices[0]?.label ?? "" }) : tn("Revoke {n} device", "Revoke {n} devices", devices.length);
  return (
    <Dialog title={title} close={close}>
      <fieldset class="stack">
        <legend>{t("What has happened?")}</legend>
        {choices.map(([name, words, follows]) => (
          <div class="choice" key={name}>
            <input id={`why-${name}`} type="radio" name="why" checked={reason === name} onChange={() => setReason(name)} aria-describedby={`why-${name}-h`} />
            <div>
              <label for={`why-${name}`}>{words}</label>
              <p class="hint" id={`why-${name}-h`}>
                {follows}
              </p>
            </div>
          </div>
        ))}
      </fieldset>
      <p class="meta">{t("A device that was revoked never comes back under the same key.")}</p>
      <p class="row">
        <button class="button is-main" type="button" disabled={working} onClick={() => void revoke()}>
          {working ? t("One moment …") : t("Sign the revocation")}
        </button>
        <button class="button" type="button" onClick={close}>
          {t("Cancel")}
        </button>
      </p>
    </Dialog>
  );
}
