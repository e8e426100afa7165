import type { components } from '../../api/schema';

export type Check = components['schemas']['Check'];

/** A status in a word, since a colour alone says nothing to many people. */
export const words: Record<Check['status'], string> = { green: 'OK', red: 'To mend', not_applicable: 'Not needed', unknown: 'Not known' };

export const toMend = (checks: Check[]): Check[] => checks.filter((c) => c.status === 'red');

const urgency: Record<Check['status'], number> = { red: 0, unknown: 1, green: 2, not_applicable: 3 };

/** The checks by what they are about: places with something to mend first, and in each what is to be mended first; else as they came. */
export function byPlace(checks: Check[]): { provider: string; items: Check[] }[] {
  const places = [...new Set(checks.map((c) => c.provider))].map((provider) => ({ provider, items: checks.filter((c) => c.provider === provider).sort((a, b) => urgency[a.status] - urgency[b.status]) }));
  return places.sort((a, b) => Number(toMend(b.items).length > 0) - Number(toMend(a.items).length > 0));
}

/** What is known of a call that is not there, as the form has it. */
export type Known = { provider: string; id: string; number: string; at: string; minutes: string };

type WhyQuery = { provider?: string; provider_call_id?: string; number?: string; at?: string; window_minutes?: number };

/** The question to the API; undefined where nothing is known. at is local time, as an input of the kind datetime-local has it. */
export function question({ provider, id, number, at, minutes }: Known): WhyQuery | undefined {
  const time = at ? new Date(at) : undefined;
  if (!id.trim() && !number.trim() && !time) return undefined;
  return {
    ...(provider && { provider }), ...(id.trim() && { provider_call_id: id.trim() }), ...(number.trim() && { number: number.trim() }),
    ...(time && { at: time.toISOString(), window_minutes: Number(minutes) }),
  };
}
