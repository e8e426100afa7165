import { isDay, momentsOf } from './days';
import type { VCCallFilter } from './queries';

const keys = ['state', 'reason', 'provider', 'user', 'from', 'to', 'q'] as const;
const days = new Set<string>(['from', 'to']);

/** The filter in an address. The router reads 918400 as a number, people mean a text; what is no filter is left out. */
export function readFilter(search: Record<string, unknown>): VCCallFilter {
  const out: VCCallFilter = {};
  for (const key of keys) {
    const value = search[key];
    const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
    if (text && (!days.has(key) || isDay(text))) out[key] = text;
  }
  return out;
}

/** A filter as the API wants it: people say days, the API moments. */
export const filterQuery = ({ from, to, ...rest }: VCCallFilter): VCCallFilter => ({ ...rest, ...momentsOf({ from, to }) });
