/** Seconds as 1:05 or 1:02:05. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(s / 60) % 60, s % 60].map((n) => String(n).padStart(2, '0'));
  const hours = Math.floor(s / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : `${Number(parts[0])}:${parts[1]}`;
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const dateOnly = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });

/** A point in time for people; an empty text for none. */
export const when = (iso?: string | null): string => (iso ? dateTime.format(new Date(iso)) : '');

const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** The time of day to the second. */
export const timeOfDay = (iso: string): string => timeOnly.format(new Date(iso));

const spans = new Map([[1, 'second'], [60, 'minute'], [3600, 'hour'], [86_400, 'day']]);

/** A length of time in words: minute, 10 seconds. */
export const span = (seconds: number): string => spans.get(seconds) ?? `${seconds.toLocaleString()} seconds`;

/** A number with its word: 1 call, 2,300 calls. */
export const many = (n: number, word: string): string => `${n.toLocaleString()} ${word}${n === 1 ? '' : 's'}`;

/** A day such as 2026-11-30, which has no time zone, for people. */
export const day = (iso: string): string => dateOnly.format(new Date(`${iso}T12:00:00`));

/** +12125550123 as +1 212-555-0123; what is no such number stays as it is. */
export function phone(number: string): string {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return us ? `+1 ${us[1]}-${us[2]}-${us[3]}` : number;
}

const names: Record<string, string> = { agent: 'Agent', customer: 'Customer', speaker_1: 'Speaker 1', speaker_2: 'Speaker 2' };
/** A speaker for people: the name that somebody gave it, else its role. */
export const speakerName = (speaker: string, given?: Record<string, string>): string => given?.[speaker] ?? names[speaker] ?? speaker;

/** The first letter of a word in capitals, underscores as spaces. */
export const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).replaceAll('_', ' ');

/** A text that begins with a capital letter. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Numbers that were pasted in a row, one a line or separated by comma or semicolon. */
export const pastedNumbers = (text: string): string[] => [...new Set(text.split(/[\n,;]+/).map((n) => n.trim()).filter(Boolean))];
