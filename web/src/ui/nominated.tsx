/** A nomination as its readers see it: who is nominated, by whom, and how they can be checked. */
import type { NominationView } from "../worker/administering.ts";
import { roleWords } from "./channels.ts";
import { Icon } from "./icon.tsx";
import { date, dateAndClock } from "./times.ts";
import { country, list, t } from "./words.ts";

export function Nominated({ nomination: one }: { readonly nomination: NominationView }) {
  const { nominee } = one;
  return (
    <>
      <h3>
        <bdi>{nominee.name}</bdi>, <bdi>{nominee.function}</bdi>
      </h3>
      {one.fault !== null && (
        <p class="wrong" role="alert">
          <Icon name="warning" />
          {t("The signature of this nomination doesn’t hold ({code}). Ask by phone who wrote it.", { code: one.fault })}
        </p>
      )}
      <dl class="fields">
        <dt>{t("Organisation")}</dt>
        <dd>
          <bdi>{one.organisation}</bdi>, {country(one.country)}
        </dd>
        <dt>{t("Role")}</dt>
        <dd>{roleWords(one.role)}</dd>
        <dt>{t("Duty phone")}</dt>
        <dd>
          <bdi>{nominee.duty_phone}</bdi>
        </dd>
        <dt>{t("Languages")}</dt>
        <dd>{list(nominee.languages)}</dd>
        <dt>{t("Time zone")}</dt>
        <dd>{nominee.time_zone}</dd>
        {one.deputy !== null && (
          <>
            <dt>{t("Deputy")}</dt>
            <dd>
              <bdi>{one.deputy}</bdi>
            </dd>
          </>
        )}
        <dt>{t("Endorsed by")}</dt>
        <dd>
          <bdi>{one.endorsed_by}</bdi>
        </dd>
        <dt>{t("To be checked")}</dt>
        <dd>{checkWords(one.check_method)}</dd>
        <dt>{t("Until")}</dt>
        <dd>{date(one.until)}</dd>
        <dt>{t("Nominated by")}</dt>
        <dd>
          <bdi>{one.by}</bdi>, {t("{time} UTC", { time: dateAndClock(one.at) })}
        </dd>
      </dl>
    </>
  );
}

export function checkWords(method: string): string {
  switch (method) {
    case "in-person":
      return t("in person");
    case "phone":
      return t("by phone");
    default:
      return t("by video");
  }
}
