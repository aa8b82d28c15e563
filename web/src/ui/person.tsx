/** One person: how to reach them, who certified them and how, their devices, and what became of their keys. */
import type { ComponentChildren } from "preact";
import type { HistoryEvent, PersonDetail } from "../worker/peopling.ts";
import type { B64 } from "../worker/protocol.ts";
import { roleWords } from "./channels.ts";
import { regionOf, StandsIn } from "./directory.tsx";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { hoursWords, isAtWork, languagesWords, localTime, usePeople } from "./peopled.ts";
import { problemWords } from "./problems.ts";
import { operationPath } from "./route.ts";
import { now } from "./state.ts";
import { date, dateAndClock, machineTime } from "./times.ts";
import { country, list, t } from "./words.ts";

export function Person({ account }: { readonly account: B64 }) {
  const { answer: person, problem } = usePeople("person", { account });
  return (
    <Page>
      <p>
        <a class="textlink" href="/o/directory">
          <Icon name="back" more="flip" />
          {t("Directory")}
        </a>
      </p>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      {person === null ? (
        <>
          <h1 tabIndex={-1}>{t("Person")}</h1>
          {problem === null && <p role="status">{t("One moment …")}</p>}
        </>
      ) : (
        <Detail person={person} />
      )}
    </Page>
  );
}

function Detail({ person }: { readonly person: PersonDetail }) {
  const certified = person.history.find(({ what }) => what === "certified-again" || what === "certified" || what === "rekeyed");
  const region = regionOf(person.country);
  return (
    <>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>
            <bdi>{person.name}</bdi>
          </h1>
          <p class="lead">
            <bdi>{person.organisationName}</bdi>, {country(person.country)}
            {region !== "" && <> · {region}</>}
          </p>
          {person.suspended && (
            <p class="state is-failed">
              <Icon name="lock" />
              {t("Suspended: reads and sends nothing.")}
            </p>
          )}
          <StandsIn person={person} />
        </div>
      </div>
      <div class="with-side">
        <div class="stack-large">
          <Reach person={person} />
          <History events={person.history} />
        </div>
        <div class="stack">
          <section class="panel" aria-labelledby="p-who">
            <h2 id="p-who">{t("Who this is")}</h2>
            <dl class="fields">
              <Line name={t("Account")}>
                <bdi class="code">{person.code}</bdi>
              </Line>
              <Line name={t("Certified")}>{certified === undefined ? "–" : certifiedWords(person.level, certified)}</Line>
              {person.may.length > 0 && <Line name={t("May")}>{list(person.may.map(mayWords))}</Line>}
            </dl>
            <p class="meta">{t("Safety number: read it to each other by telephone. If it is the same on both sides, nobody has put other keys under this name.")}</p>
            <p>
              <bdi class="code safety">{person.safetyNumber}</bdi>
            </p>
          </section>
          <section class="panel" aria-labelledby="p-dev">
            <h2 id="p-dev">{t("Devices")}</h2>
            <ul class="steps">
              {person.devices.map(({ label, addedAt, revokedAt }) => (
                <li key={`${label} ${addedAt}`}>
                  <Icon name="device" />
                  <span>
                    <bdi>{label}</bdi>
                    <span class="meta of">
                      {revokedAt === null ? t("since {date}", { date: date(addedAt) }) : t("{from} to {until}, revoked", { from: date(addedAt), until: date(revokedAt) })}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          </section>
          <section class="panel" aria-labelledby="p-ops">
            <h2 id="p-ops">{t("Operations in common")}</h2>
            {person.common.length === 0 ? (
              <p class="meta">{t("None.")}</p>
            ) : (
              <ul>
                {person.common.map(({ operation, name, role }) => (
                  <li key={operation}>
                    <a href={operationPath(operation)}>
                      <bdi>{name}</bdi>
                    </a>{" "}
                    <span class="meta">{roleWords(role)}</span>
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      </div>
    </>
  );
}

function Line({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="pair-line">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Reach({ person: { contact, deputy, fault } }: { readonly person: PersonDetail }) {
  return (
    <section aria-labelledby="p-reach">
      <h2 id="p-reach">{t("How to reach")}</h2>
      {contact === null ? (
        <p class="meta">{fault === null ? t("No contact card yet.") : t("Nothing of the card is shown.")}</p>
      ) : (
        <dl class="fields">
          <Line name={t("Duty phone")}>
            <bdi class="number">{contact.phone}</bdi>
          </Line>
          <Line name={t("Answered")}>{hoursWords(contact)}</Line>
          <Line name={t("Time there")}>
            {localTime(contact.time_zone, now.value)?.clock ?? "–"} <bdi class="meta">{contact.time_zone}</bdi>
            {isAtWork(contact, now.value) === false && <span class="meta of">{t("outside working hours")}</span>}
          </Line>
          <Line name={t("Languages")}>{languagesWords(contact)}</Line>
          <Line name={t("E-mail")}>{contact.email === null ? "–" : <bdi>{contact.email}</bdi>}</Line>
          <Line name={t("Deputy")}>{deputy === null ? "–" : <bdi>{deputy}</bdi>}</Line>
          <Line name={t("Confirmed")}>{date(contact.confirmed_at)}</Line>
        </dl>
      )}
    </section>
  );
}

function History({ events }: { readonly events: readonly HistoryEvent[] }) {
  return (
    <section aria-labelledby="p-keys">
      <h2 id="p-keys">{t("Key history")}</h2>
      <p class="meta">{t("From the directory’s signed entries, which this browser has checked. The times are the hub’s, in UTC.")}</p>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("When")}</th>
            <th scope="col">{t("What")}</th>
            <th scope="col">{t("Signed by")}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={`${event.seq} ${event.what}`}>
              <td>
                <time dateTime={machineTime(event.at)}>{dateAndClock(event.at)}</time>
              </td>
              <th scope="row">{eventWords(event)}</th>
              <td>{event.by.length === 0 ? t("the person") : <bdi>{list(event.by)}</bdi>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function certifiedWords(level: PersonDetail["level"], { at, by }: HistoryEvent): string {
  const how = level === "A2" ? t("by voice (A2)") : t("on paper (A1)");
  return t("{how}, {date}, by {names}", { how, date: date(at), names: by.length === 0 ? "–" : list(by) });
}

function mayWords(may: string): string {
  if (may === "coordinate") return t("coordinate");
  return may === "audit" ? t("audit") : t("administer");
}

function eventWords({ what, detail }: HistoryEvent): string {
  switch (what) {
    case "certified":
      return t("Certified ({level})", { level: detail ?? "" });
    case "certified-again":
      return t("Certified again ({level})", { level: detail ?? "" });
    case "key-rotated":
      return t("New encryption key");
    case "rekeyed":
      return t("All keys new: the safety number has changed");
    case "device-added":
      return t("Device added: {label}", { label: detail ?? "" });
    case "device-revoked":
      return t("Device revoked: {label}", { label: detail ?? "" });
    case "suspended":
      return t("Suspended");
    case "restored":
      return t("Restored");
  }
}
