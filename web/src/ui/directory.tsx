/** Who can be reached in each country: names as certified, what a card says as its owner signed it. */
import { useEffect, useState } from "preact/hooks";
import { said, wordsOf } from "../domain/texts.ts";
import type { PersonRow } from "../worker/peopling.ts";
import { domain, loadMore } from "./alerts.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { faultWords, hoursWords, isAtWork, languagesWords, localTime, untilWords, usePeople } from "./peopled.ts";
import { problemWords } from "./problems.ts";
import { personPath } from "./route.ts";
import { attempt, now, session } from "./state.ts";
import { country, language, languageName, locale, t, tn } from "./words.ts";

export function DirectoryPage() {
  const { answer, problem } = usePeople("directory", {});
  const [query, setQuery] = useState("");
  useEffect(() => attempt(loadMore()), []);
  const all = (answer ?? []).filter(({ suspended }) => !suspended);
  const found = all.filter((person) => answers(person, query));
  const partners = found.filter((person) => partnerOf(person) !== null);
  const countries = found.filter((person) => partnerOf(person) === null);
  return (
    <Page>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{t("Directory")}</h1>
          <p class="lead">{t("Names are as the administrators certified them. What a contact card says was signed by the person, and this browser has checked it.")}</p>
        </div>
        <p class="row">
          {(session.value?.mayCoordinate === true || session.value?.mayAdminister === true) && (
            <a class="button" href="/o/coverage">
              {t("Coverage")}
            </a>
          )}
          <a class="button" href="/o/card">
            <Icon name="person" />
            {t("My contact card")}
          </a>
        </p>
      </div>
      <div class="filters find" role="search">
        <div class="field">
          <label for="dir-q">{t("Country, person or language")}</label>
          <input class="input" id="dir-q" type="search" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        </div>
        <p class="meta" role="status">
          {answer !== null && tn("{n} person", "{n} people", found.length)}
        </p>
      </div>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      {answer === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {answer !== null && found.length === 0 && <p class="block">{t("Nobody answers to that.")}</p>}
      {countries.length > 0 && <People rows={countries} heading={t("Country")} of={placeOf} />}
      {partners.length > 0 && (
        <section class="block" aria-labelledby="dir-partners">
          <h2 id="dir-partners">{t("Partner organisations")}</h2>
          <People rows={partners} heading={t("Organisation")} of={partnerPlace} />
        </section>
      )}
    </Page>
  );
}

interface Where {
  readonly code: string;
  readonly name: string;
  readonly region: string;
}

interface PeopleProps {
  readonly rows: readonly PersonRow[];
  readonly heading: string;
  readonly of: (person: PersonRow) => Where;
}

function People({ rows, heading, of }: PeopleProps) {
  const sorted = rows
    .map((person) => ({ person, where: of(person) }))
    .sort((a, b) => a.where.name.localeCompare(b.where.name, locale()) || a.person.organisationName.localeCompare(b.person.organisationName, locale()) || a.person.name.localeCompare(b.person.name, locale()));
  return (
    <table class="table members people">
      <thead>
        <tr>
          <th scope="col">{heading}</th>
          <th scope="col">{t("Person")}</th>
          <th scope="col">{t("Duty phone")}</th>
          <th scope="col" class="wide">
            {t("Time there")}
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ person, where }, at) => {
          const isFirst = sorted[at - 1]?.where.code !== where.code;
          const count = sorted.filter((other) => other.where.code === where.code).length;
          return (
            <tr key={person.account}>
              {isFirst && (
                <td rowSpan={count}>
                  <bdi class="cc">{where.code}</bdi> <span class="wide">{where.name}</span>
                  {where.region !== "" && <span class="meta of wide">{where.region}</span>}
                </td>
              )}
              <th scope="row">
                <a href={personPath(person.account)}>
                  <bdi>{person.name}</bdi>
                </a>
                {person.mine && <> {t("(you)")}</>}
                <span class="meta of">
                  <bdi>{person.organisationName}</bdi>
                  {person.contact !== null && <> · {languagesWords(person.contact)}</>}
                </span>
                <StandsIn person={person} />
              </th>
              <Phone person={person} />
              <Time person={person} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function StandsIn({ person: { standIn, fault } }: { readonly person: Pick<PersonRow, "standIn" | "fault"> }) {
  if (fault !== null) {
    return (
      <span class="state is-failed is-wrapping">
        <Icon name="warning" />
        {faultWords(fault)}
      </span>
    );
  }
  if (standIn === null) return null;
  return (
    <span class="state is-due is-wrapping">
      <Icon name="clock" />
      {t("Away until {date}. {name} stands in.", { date: untilWords(standIn.until), name: standIn.name })}
    </span>
  );
}

function Phone({ person: { contact } }: { readonly person: PersonRow }) {
  if (contact === null) return <td class="quiet">{t("not given")}</td>;
  return (
    <td>
      <bdi class="number">{contact.phone}</bdi>
      <span class="meta of">{hoursWords(contact)}</span>
    </td>
  );
}

function Time({ person: { contact } }: { readonly person: PersonRow }) {
  if (contact === null) return <td class="wide" />;
  const here = localTime(contact.time_zone, now.value);
  const work = isAtWork(contact, now.value);
  return (
    <td class="wide">
      {here?.clock ?? "–"}
      <span class="meta of">{contact.hours === null || work === null ? contact.time_zone.replaceAll("_", " ") : work ? t("in working hours") : t("outside working hours")}</span>
    </td>
  );
}

function placeOf({ country: code }: PersonRow): Where {
  return { code, name: country(code), region: regionOf(code) };
}

/** The regional intelligence office where its members are known, else the region (config/reference/regions.toml names the sources). */
export function regionOf(code: string): string {
  const entries = domain.value?.lists.get("regions")?.entries ?? [];
  const around = entries.filter(({ group }) => group.split(" ").includes(code));
  const found = around.find((entry) => entry.code.startsWith("RILO-")) ?? around[0];
  if (found === undefined) return "";
  const words = said(found.label, language.value);
  return found.code.startsWith("RILO-") ? words : t("Region: {name}", { name: words });
}

/** The code of the international organisation that somebody speaks for; null for an administration. */
export function partnerOf({ short }: Pick<PersonRow, "short">): string | null {
  const first = short.split(/[\s·,/-]/u, 1)[0]?.toUpperCase() ?? "";
  return domain.value?.lists.get("partners")?.entry(first)?.code ?? null;
}

function partnerPlace(person: PersonRow): Where {
  const code = partnerOf(person) ?? "";
  const label = domain.value?.lists.get("partners")?.entry(code)?.label;
  const name = label === undefined ? code : said(label, language.value);
  return { code, name, region: "" };
}

function answers(person: PersonRow, query: string): boolean {
  const { contact } = person;
  const spoken = (contact?.languages ?? []).flatMap((tag) => [languageName(tag), languageName(tag, tag)]);
  const told = [person.name, person.organisationName, person.short, person.country, country(person.country), regionOf(person.country), ...spoken];
  const words = wordsOf(told.join(" "));
  return wordsOf(query).every((wanted) => words.some((word) => word.startsWith(wanted)));
}
