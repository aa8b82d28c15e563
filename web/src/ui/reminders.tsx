/** On the start page: what one's own card needs, who stands in for whom, who sleeps, which countries are silent. */
import type { Reminder } from "../worker/peopling.ts";
import { Icon } from "./icon.tsx";
import { faultWords, untilWords, usePeople } from "./peopled.ts";
import { coveragePath } from "./route.ts";
import { findOperation } from "./state.ts";
import { date } from "./times.ts";
import { t, tn } from "./words.ts";

/** Nothing stands there while nothing is to be told, or the hub can't be asked: it is no news then. */
export function Reminders() {
  const { answer } = usePeople("reminders", {});
  if (answer === null || answer.length === 0) return null;
  return (
    <section aria-labelledby="h-duty">
      <div class="section-head">
        <h2 id="h-duty">{t("People on duty")}</h2>
      </div>
      <ul class="tasks">
        {answer.map((reminder, at) => (
          <Told key={`${reminder.is} ${at}`} reminder={reminder} />
        ))}
      </ul>
    </section>
  );
}

interface Said {
  readonly icon: string;
  readonly due: boolean;
  readonly title: string;
  readonly words: string;
  readonly to: { readonly href: string; readonly words: string } | null;
}

function Told({ reminder }: { readonly reminder: Reminder }) {
  const { icon, due, title, words, to } = said(reminder);
  return (
    <li class={due ? "is-due" : undefined}>
      <Icon name={icon} />
      <div>
        <h3>{title}</h3>
        <p class="meta">{words}</p>
      </div>
      <p class="actions">
        {to !== null && (
          <a class="button is-small" href={to.href}>
            {to.words}
          </a>
        )}
      </p>
    </li>
  );
}

function said(reminder: Reminder): Said {
  const card = { href: "/o/card", words: t("My contact card") };
  switch (reminder.is) {
    case "no-card":
      return { icon: "person", due: true, title: t("Nobody can see how to reach you"), words: t("A contact card takes a minute. Members and the hub can read it."), to: card };
    case "card-fault":
      return { icon: "warning", due: true, title: t("Your contact card doesn’t hold"), words: faultWords(reminder.fault), to: card };
    case "unconfirmed":
      return { icon: "clock", due: true, title: t("Does your contact card still hold?"), words: t("Not confirmed since {date}: your country counts as silent.", { date: date(reminder.since) }), to: card };
    case "away":
      return { icon: "clock", due: false, title: t("{name} stands in for you", { name: reminder.name }), words: t("until {date}", { date: untilWords(reminder.until) }), to: card };
    case "standing-in":
      return { icon: "person", due: false, title: t("You stand in for {name}", { name: reminder.name }), words: t("until {date}", { date: untilWords(reminder.until) }), to: null };
    case "returned":
      return { icon: "clock", due: false, title: t("You were last here on {date}", { date: date(reminder.before) }), words: blockedWords(reminder.blocked), to: null };
    case "sleeping":
      return {
        icon: "clock",
        due: true,
        title: t("{name} has not been here for long", { name: reminder.name }),
        words: `${reminder.day === null ? "" : `${t("last signed in on {date}", { date: date(reminder.day) })}. `}${t("You are their deputy.")} ${blockedWords(reminder.blocked)}`,
        to: null,
      };
    case "silent": {
      const silent = tn("{n} country is silent", "{n} countries are silent", reminder.countries);
      const dormant = tn("{n} person has not signed in for long.", "{n} people have not signed in for long.", reminder.dormant);
      return {
        icon: "people",
        due: reminder.dormant > 0,
        title: t("{name}: {words}", { name: findOperation(reminder.operation)?.name ?? "", words: silent }),
        words: reminder.dormant > 0 ? dormant : t("No contact point there is live."),
        to: { href: coveragePath(reminder.operation), words: t("Coverage") },
      };
    }
  }
}

function blockedWords(days: number): string {
  return tn("An account that nobody signs in to for {n} day is blocked.", "An account that nobody signs in to for {n} days is blocked.", days);
}
