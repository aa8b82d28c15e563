/** Which countries have a live contact point, and why the others have not: for coordinators and administrators. */
import type { CoverageView, CoveredPerson } from "../worker/peopling.ts";
import type { B64 } from "../worker/protocol.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { reasonWords, untilWords, usePeople } from "./peopled.ts";
import { problemWords } from "./problems.ts";
import { operationPath, personPath } from "./route.ts";
import { findOperation } from "./state.ts";
import { date } from "./times.ts";
import { country, locale, t, tn } from "./words.ts";

export function Coverage({ operation }: { readonly operation: B64 | null }) {
  const { answer, problem } = usePeople("coverage", { operation });
  const here = operation === null ? null : findOperation(operation);
  const live = answer?.countries.filter((one) => one.live).length ?? 0;
  return (
    <Page>
      <p>
        <a class="textlink" href={operation === null ? "/o/directory" : operationPath(operation)}>
          <Icon name="back" more="flip" />
          {here === null ? t("Directory") : <bdi>{here.name}</bdi>}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{here === null ? t("Coverage of the hub") : t("Coverage of {name}", { name: here.name })}</h1>
          {answer !== null && (
            <p class="lead">
              {t("{live} of {all} countries have a live contact point.", { live, all: answer.countries.length })}{" "}
              {t("Live means: not suspended, signed in within {n} days, and a contact card confirmed within a year.", { n: answer.days.live })}
            </p>
          )}
          <p class="meta">{t("When somebody was last here is what the hub says; the cards were checked by this browser. The hub writes into its log that you looked.")}</p>
        </div>
      </div>
      {problem !== null && <p role="alert">{problem.code === "not-allowed" ? t("Only coordinators and administrators see who was here when.") : problemWords(problem)}</p>}
      {answer === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {answer !== null && <Board view={answer} />}
    </Page>
  );
}

function Board({ view }: { readonly view: CoverageView }) {
  const sorted = [...view.countries].sort((a, b) => Number(a.live) - Number(b.live) || country(a.country).localeCompare(country(b.country), locale()));
  return (
    <table class="table members">
      <thead>
        <tr>
          <th scope="col">{t("Country")}</th>
          <th scope="col">{t("State")}</th>
          <th scope="col">{t("Contact points")}</th>
          <th scope="col" class="wide">
            {t("Deputy")}
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ country: code, live, deputy, people }) => (
          <tr key={code}>
            <th scope="row">
              <bdi class="cc">{code}</bdi> <span class="wide">{country(code)}</span>
            </th>
            <td>
              <span class={live ? "state is-checked" : "state is-due"}>
                <Icon name={live ? "check" : "warning"} />
                {live ? t("live") : t("silent")}
              </span>
            </td>
            <td>
              {people.map((person) => (
                <Contact key={person.account} person={person} days={view.days} />
              ))}
            </td>
            <td class="wide">{deputy ? t("yes") : <span class="quiet">{t("none")}</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Contact({ person, days }: { readonly person: CoveredPerson; readonly days: CoverageView["days"] }) {
  const { reasons, day, confirmedAt, standIn } = person;
  return (
    <p>
      <a href={personPath(person.account)}>
        <bdi>{person.name}</bdi>
      </a>
      <span class="meta of">
        {day === null ? t("never signed in") : t("last signed in on {date}", { date: date(day) })}
        {reasons.includes("unconfirmed-card") && confirmedAt !== null && <> · {t("card not confirmed since {date}", { date: date(confirmedAt) })}</>}
        {standIn !== null && <> · {t("away until {date}: {name} stands in", { date: untilWords(standIn.until), name: standIn.name })}</>}
      </span>
      {reasons.length > 0 && <span class="of">{reasons.map((reason) => reasonWords(reason, days)).join(" · ")}</span>}
      {day !== null && days.reminded > 0 && isDormant(day, days.reminded) && (
        <span class="meta of">{tn("blocked after {n} day without a sign-in", "blocked after {n} days without a sign-in", days.blocked)}</span>
      )}
    </p>
  );
}

function isDormant(day: number, reminded: number): boolean {
  return Date.now() - day >= (reminded + 1) * 86_400_000;
}
