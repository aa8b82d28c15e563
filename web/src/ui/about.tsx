/** What the hub can and can't see, in full (product.md). */
import { Foot, Page } from "./frame.tsx";
import { Points } from "./knows.tsx";
import { t } from "./words.ts";

export function About() {
  return (
    <>
      <Page narrow>
        <div class="stack-large measure">
          <div class="page-head">
            <h1 tabIndex={-1}>{t("What the hub can and can’t see")}</h1>
          </div>
          <section class="stack" aria-labelledby="about-cant">
            <h2 id="about-cant">{t("What it can’t see")}</h2>
            <p>{t("Alerts and posts are sealed in the sender’s browser and opened in the readers’ browsers. In between, the hub holds sealed boxes.")}</p>
            <Points
              icon="noeye"
              points={[
                t("Every text, product, place, quantity, name and reference number inside an alert"),
                t("The names of channels"),
                t("Drafts: they rest sealed on your device and sealed on the hub"),
                t("Your passphrase, your second secret and your keys"),
              ]}
            />
          </section>
          <section class="stack" aria-labelledby="about-can">
            <h2 id="about-can">{t("What it can see")}</h2>
            <p>{t("A post office must know who sends to whom. The hub knows this and no more:")}</p>
            <Points
              icon="eye"
              points={[
                t("Accounts with their country, organisation and role"),
                t("Contact cards, who stands in for whom, and the day of each sign-in"),
                t("Operations, the type and compartment of their channels, and who may read them"),
                t("Who sent what kind of item, when, from which device, how urgent and how large"),
                t("Who fetched what, when and from which address"),
              ]}
            />
          </section>
          <section class="stack" aria-labelledby="about-log">
            <h2 id="about-log">{t("The log")}</h2>
            <p>{t("Each of these accesses is written in a log. Entries are chained: whoever changes or removes one is found out by every auditor’s next check.")}</p>
            <p>{t("Auditors read the log. They hold no key to any content.")}</p>
          </section>
          <section class="stack" aria-labelledby="about-you">
            <h2 id="about-you">{t("What you can do")}</h2>
            <ul class="bullets">
              <li>{t("Keep your printed sheet apart from your passphrase.")}</li>
              <li>{t("Lock the page when you leave your desk.")}</li>
              <li>{t("Tell a coordinator by phone when an item says that its check failed.")}</li>
            </ul>
          </section>
        </div>
      </Page>
      <Foot />
    </>
  );
}
