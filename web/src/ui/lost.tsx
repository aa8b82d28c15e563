/** If you lost something: what to do, what is safe, what isn't. The same words as the guide (docs/guide). */
import { Foot, Page } from "./frame.tsx";
import { session } from "./state.ts";
import { t } from "./words.ts";

interface Case {
  readonly id: string;
  readonly title: string;
  readonly does: readonly string[];
  readonly safe: string;
}

export function LostPage() {
  const open = session.value?.phase === "open";
  const cases: readonly Case[] = [
    {
      id: "device",
      title: t("A device, and it was locked"),
      does: [
        t("On another device: your name, “Devices and ways in”, “Revoke”, “It is lost or stolen, and was locked”."),
        t("Make the new sheet that it asks for, and print it."),
        t("You have no other device? Sign in on a borrowed one with your sheet or recovery code, revoke, and sign out."),
      ],
      safe: t("Whoever holds the device reads nothing: it keeps no key that opens without you. What your colleagues sent stays readable to you."),
    },
    {
      id: "passphrase",
      title: t("The passphrase"),
      does: [t("Sign in with your recovery code, or with a passkey, or let this device in from one that is open."), t("Choose a new passphrase and print the new sheet. The old one opens nothing from then on.")],
      safe: t("Nobody else can do this for you, and nobody has to: the hub knows neither your passphrase nor your codes."),
    },
    {
      id: "sheet",
      title: t("The sheet"),
      does: [t("Sign in as always, then “Devices and ways in”, “New passphrase and new sheet”."), t("Somebody may have seen both the sheet and your passphrase? Then call an administrator as well.")],
      safe: t("The second secret alone opens nothing without the passphrase. The recovery code does: make the new sheet today."),
    },
    {
      id: "open",
      title: t("A device that was open, or somebody may know your passphrase"),
      does: [
        t("Call an administrator at once, by telephone; if you reach none, a coordinator. Your account is suspended within a minute."),
        t("If you still have a device, revoke the stolen one there."),
        t("You get new keys by a new invitation, as below."),
      ],
      safe: t("What was open to you until then may have been read. What is sent after the suspension isn’t."),
    },
    {
      id: "everything",
      title: t("Everything"),
      does: [
        t("Call an administrator. Agree on the telephone that it is you; they send you a new invitation."),
        t("Open it and set up as on the first day. You stay the same person with the same account code."),
        t("Compare the safety number with the administrator and with a coordinator of each operation. They admit you anew."),
      ],
      safe: t("No operation loses anything: its members hold the keys. You read again what each channel shows to newcomers. Drafts and marks of yours are lost."),
    },
  ];
  return (
    <>
      <Page narrow>
        <div class="stack-large measure">
          <div class="page-head">
            <h1 tabIndex={-1}>{t("If you lost something")}</h1>
          </div>
          {cases.map(({ id, title, does, safe }) => (
            <section class="stack" aria-labelledby={`lost-${id}`} key={id}>
              <h2 id={`lost-${id}`}>{title}</h2>
              <ol class="bullets">
                {does.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
              <p class="quiet">{safe}</p>
            </section>
          ))}
          <p>
            <a class="textlink" href={open ? "/o/devices" : "/"}>
              {open ? t("Devices and ways in") : t("Sign in")}
            </a>
          </p>
        </div>
      </Page>
      <Foot />
    </>
  );
}
