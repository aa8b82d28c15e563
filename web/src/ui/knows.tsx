/** What the hub can and can't see, in short (product.md); about.tsx is the whole page. */
import { Icon } from "./icon.tsx";
import { t } from "./words.ts";

export function Points({ icon, points }: { readonly icon: string; readonly points: readonly string[] }) {
  return (
    <ul class="points">
      {points.map((point) => (
        <li key={point}>
          <Icon name={icon} />
          <span>{point}</span>
        </li>
      ))}
    </ul>
  );
}

export function Knows({ more }: { readonly more: boolean }) {
  return (
    <section aria-labelledby="knows">
      <h2 id="knows">{t("What the hub can and can’t see")}</h2>
      <div class="knows">
        <div>
          <h3>{t("It can’t see")}</h3>
          <Points
            icon="noeye"
            points={[
              t("Texts, products, places, quantities, names"),
              t("Your drafts"),
              t("Your passphrase and your keys"),
            ]}
          />
        </div>
        <div>
          <h3>{t("It can see")}</h3>
          <Points
            icon="eye"
            points={[
              t("Who sent or read, and when"),
              t("Kind, urgency and size of what was sent"),
              t("Who may read which channel"),
            ]}
          />
        </div>
      </div>
      <p class="meta">
        {t("Every access is written in a log that nobody can quietly rewrite.")}{" "}
        {more && (
          <a class="textlink" href="/o/about">
            {t("Read the whole page")}
          </a>
        )}
      </p>
    </section>
  );
}
