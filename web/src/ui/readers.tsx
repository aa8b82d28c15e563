/** Who reads a channel: people and countries, computed from the signed changes of the operation, not from a list the hub keeps. */
import { useEffect, useState } from "preact/hooks";
import type { B64, Problem, Reader } from "../worker/protocol.ts";
import { channelName, roleWords } from "./channels.ts";
import { audience } from "./audience.ts";
import { Page } from "./frame.tsx";
import { Icon } from "./icon.tsx";
import { problemWords } from "./problems.ts";
import { channelPath, personPath } from "./route.ts";
import { Away } from "./stand-in.tsx";
import { ask, findChannel, findOperation, problemOf } from "./state.ts";
import { country, locale, t } from "./words.ts";

export function Readers({ operation, id }: { readonly operation: B64; readonly id: B64 }) {
  const channel = findChannel(id);
  const [readers, setReaders] = useState<readonly Reader[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const known = channel !== null;
  useEffect(() => {
    if (!known) return;
    ask("readers", { channel: id }).then(setReaders, (reason: unknown) => setProblem(problemOf(reason)));
  }, [id, known]);
  const sorted = [...(readers ?? [])].sort(
    (a, b) => country(a.country).localeCompare(country(b.country), locale()) || a.name.localeCompare(b.name, locale()),
  );
  return (
    <Page>
      <p>
        <a class="textlink" href={channelPath(operation, id)}>
          <Icon name="back" more="flip" />
          {t("Back to the channel")}
        </a>
      </p>
      <div class="page-head">
        <div>
          <h1 tabIndex={-1}>{t("Who reads this channel")}</h1>
          {channel !== null && (
            <p class="lead">
              <bdi>{channelName(channel)}</bdi>, <bdi>{findOperation(operation)?.name}</bdi>: {audience(channel)}.
            </p>
          )}
        </div>
      </div>
      {problem !== null && <p role="alert">{problemWords(problem)}</p>}
      {readers === null && problem === null && <p role="status">{t("One moment …")}</p>}
      {readers !== null && (
        <table class="table members">
          <thead>
            <tr>
              <th scope="col">{t("Country")}</th>
              <th scope="col">{t("Name")}</th>
              <th scope="col" class="wide">
                {t("Role")}
              </th>
              <th scope="col">{t("Key")}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((reader) => (
              <tr key={reader.account}>
                <td>
                  <bdi class="cc">{reader.country}</bdi> <span class="wide">{country(reader.country)}</span>
                </td>
                <th scope="row">
                  <a href={personPath(reader.account)}>
                    <bdi>{reader.name}</bdi>
                  </a>
                  <Away is={({ account }) => account === reader.account} />
                </th>
                <td class="wide">{roleWords(reader.role)}</td>
                <td>
                  {reader.pending ? (
                    <span class="state">
                      <Icon name="clock" />
                      {t("on the way")}
                    </span>
                  ) : (
                    <span class="state">
                      <Icon name="check" />
                      {t("has it")}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Page>
  );
}
