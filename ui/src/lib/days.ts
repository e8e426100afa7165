const two = (n: number): string => String(n).padStart(2, '0');

/** The day of a moment in the zone of this browser, as 2026-11-23. */
export const dayOf = (moment: Date): string => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;

/** The day that lies some days after a day, or before it. */
export function dayAfter(day: string, days = 1): string {
  const [y = 0, m = 1, d = 1] = day.split('-').map(Number);
  return dayOf(new Date(y, m - 1, d + days));
}

/** Whether a text is a day of the calendar, as 2026-11-23. */
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && dayAfter(text, 0) === text;

/** The moment at which a day starts in the zone of this browser. */
export function startOfDay(day: string): string {
  const [y = 0, m = 1, d = 1] = day.split('-').map(Number);
  return new Date(y, m - 1, d).toISOString();
}

/** The moments between which whole days lie, the last of them included, as the API wants them: from inclusive, to exclusive. */
export const momentsOf = ({ from, to }: { from?: string; to?: string }): { from?: string; to?: string } => ({ ...(from && { from: startOfDay(from) }), ...(to && { to: startOfDay(dayAfter(to)) }) });
