/**
 * Numbers that carry a check digit: ships, containers; and the id of an alert (docs/spec/20-templates.md).
 *
 * Twin of hub/client/domain/identifiers.py.
 */

import { onOneLine, SPACES } from "./texts.ts";

const IMO = /^[1-9][0-9]{6}$/;
const IMO_MARKS = new RegExp(`^[Ii][Mm][Oo]|[.:${SPACES}-]`, "g");
const CONTAINER = /^[A-Z]{3}[JUZ][0-9]{7}$/;
const CONTAINER_MARKS = new RegExp(`[./${SPACES}-]`, "g");
// Its last sign holds two bits less: one spelling for each id.
const ALERT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** The seven digits of an IMO ship number as somebody wrote it (`IMO 9074729`), other text on one line. */
export function imoOf(text: string): string {
  const digits = onOneLine(text).replace(IMO_MARKS, "");
  return /^[0-9]{7}$/.test(digits) ? digits : onOneLine(text);
}

/** Whether `text` is an IMO ship number with a right check digit (IMO resolution A.1117(30)). */
export function isImo(text: string): boolean {
  if (!IMO.test(text)) return false;
  const sum = Array.from(text.slice(0, 6)).reduce((total, digit, place) => total + (7 - place) * Number(digit), 0);
  return sum % 10 === Number(text[6]);
}

/** `CSQU3054383` for a container number as somebody wrote it (`csqu 305438-3`). */
export function containerOf(text: string): string {
  return onOneLine(text).replace(CONTAINER_MARKS, "").toUpperCase();
}

/**
 * Several container numbers, sorted, one space between; text that is anything else stays as typed.
 *
 * A space may stand inside a number as well as between two.
 */
export function containersOf(text: string): string {
  const line = onOneLine(text);
  const numbers = line.split(/[,;]/).map(containerOf);
  const found = numbers.map((one) => one.match(/[A-Z]{4}[0-9]{7}/g) ?? []);
  if (!numbers.every((one, place) => found[place]?.join("") === one)) return line;
  const sorted = [...new Set(found.flat())].sort().join(" ");
  return sorted === "" ? line : sorted;
}

/** Whether `text` is a container number with a right check digit (ISO 6346). */
export function isContainer(text: string): boolean {
  if (!CONTAINER.test(text)) return false;
  const sum = Array.from(text.slice(0, 10)).reduce((total, sign, place) => total + containerValue(sign) * 2 ** place, 0);
  return (sum % 11) % 10 === Number(text[10]);
}

/** `CSQU 305438 3`, as it stands on the container. */
export function showContainer(text: string): string {
  return CONTAINER.test(text) ? `${text.slice(0, 4)} ${text.slice(4, 10)} ${text.slice(10)}` : text;
}

/** Whether `text` is a statement id: 32 bytes in base64url. */
export function isAlertId(text: string): boolean {
  return ALERT.test(text);
}

function containerValue(sign: string): number {
  // A is 10, B is 12: multiples of eleven are left out, since they would not count.
  if (/[0-9]/.test(sign)) return Number(sign);
  const number = sign.charCodeAt(0) - 65;
  return 10 + number + Math.floor((number + 9) / 10);
}
