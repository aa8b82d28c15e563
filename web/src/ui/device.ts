/**
 * Names this browser for the list of devices: "Edge on Windows, Accra", from what the browser says of itself and of its clock. Names
 * are never translated.
 */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/, "Windows"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

function first(kinds: readonly (readonly [RegExp, string])[], text: string, otherwise: string): string {
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
}

export function deviceLabel(agent: string = navigator.userAgent): string {
  const city = Intl.DateTimeFormat().resolvedOptions().timeZone.split("/").slice(1).at(-1)?.replaceAll("_", " ");
  const machine = `${first(BROWSERS, agent, "Browser")} on ${first(SYSTEMS, agent, "computer")}`;
  return city === undefined ? machine : `${machine}, ${city}`;
}
