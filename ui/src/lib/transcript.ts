import type { Line } from './api';

type Timed = Pick<Line, 'start' | 'end'>;
type Span = { start: number; end: number };

/** Index of the line that is spoken at a time, or was last; -1 before the first. Lines are in order of start. */
export function lineAt(lines: Timed[], time: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.start ?? 0) <= time + 0.01) low = middle + 1; else high = middle;
  }
  return low - 1;
}

/** Where to go on from a silence that is longer than least seconds; the time itself while somebody speaks. */
export function skipSilence(speech: Span[], time: number, least = 1.5): number {
  let next = Infinity;
  for (const s of speech) {
    if (time >= s.start - 0.15 && time < s.end + 0.15) return time;
    if (s.start > time) next = Math.min(next, s.start);
  }
  return next - time > least && Number.isFinite(next) ? next - 0.15 : time;
}

/** All speech of all speakers. */
export const allSpeech = (speech: Record<string, Span[]>): Span[] => Object.values(speech).flat();

/** Splits a text where a search hits it, for marking. */
export function hits(text: string, search: string): { text: string; hit: boolean }[] {
  const needle = search.trim().toLowerCase();
  if (!needle) return [{ text, hit: false }];
  const out: { text: string; hit: boolean }[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, from)) {
    if (at > from) out.push({ text: text.slice(from, at), hit: false });
    out.push({ text: text.slice(at, at + needle.length), hit: true });
    from = at + needle.length;
  }
  if (from < text.length) out.push({ text: text.slice(from), hit: false });
  return out;
}
