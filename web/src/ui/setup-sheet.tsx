/** The sheet that a person prints once: how it looks on the screen and on paper (print.css hides everything else). */
import type { Sheet } from "../worker/setting-up.ts";
import { date } from "./times.ts";
import { t } from "./words.ts";

export function SetupSheet({ sheet, hubName }: { readonly sheet: Sheet; readonly hubName: string }) {
  const groups = sheet.recovery.split("-");
  return (
    <section class="sheet" aria-labelledby="sheet-t">
      <h2 id="sheet-t">{t("Sheet of {code} · {hub}", { code: sheet.code, hub: hubName })}</h2>
      <dl class="fields">
        <dt>{t("Address of the hub")}</dt>
        <dd class="code">{sheet.url}</dd>
        <dt>{t("Hub’s id")}</dt>
        <dd class="code">{sheet.hub}</dd>
        <dt>{t("Account")}</dt>
        <dd class="code">{sheet.code}</dd>
        <dt>{t("Second secret")}</dt>
        <dd class="code">{sheet.second}</dd>
        <dt>{t("Recovery code")}</dt>
        <dd>
          <ol class="groups code">
            {groups.map((group, at) => (
              <li key={at}>{group}</li>
            ))}
          </ol>
        </dd>
        <dt>{t("Made on")}</dt>
        <dd>{date(Date.now())}</dd>
      </dl>
      <p class="meta">
        {t("On a new machine: account, passphrase and second secret. Without the passphrase: account and recovery code. Whoever holds this sheet and your passphrase is you: if it is lost, sign in and make a new one at once.")}
      </p>
    </section>
  );
}
