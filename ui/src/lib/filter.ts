import type { VCCallFilter } from './queries';

const keys = ['state', 'reason', 'provider', 'q'] as const;

/** The filter in an address. The router reads 918400 as a number, people mean a text; what is no filter is left out. */
export function readFilter(search: Record<string, unknown>): VCCallFilter {
  const out: VCCallFilter = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === 'number' || (typeof value === 'string' && value.trim())) out[key] = String(value).trim();
  }
  return out;
}
