import { QueryClient, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { ApiError, api, unwrap } from './api';

export type VCCallFilter = { state?: string; reason?: string; q?: string };

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 5_000, retry: (count, error) => !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < 2 } },
});

export const queries = {
  session: () => queryOptions({ queryKey: ['session'], queryFn: () => unwrap(api.GET('/api/v1/session')), staleTime: 60_000 }),
  connectors: () => queryOptions({ queryKey: ['connectors'], queryFn: () => unwrap(api.GET('/api/v1/connectors')) }),
  connector: (provider: string) => queryOptions({ queryKey: ['connectors', provider], queryFn: () => unwrap(api.GET('/api/v1/connectors/{provider}', { params: { path: { provider } } })) }),
  excluded: () => queryOptions({ queryKey: ['excluded'], queryFn: () => unwrap(api.GET('/api/v1/excluded-numbers')) }),
  reasons: () => queryOptions({ queryKey: ['reasons'], queryFn: () => unwrap(api.GET('/api/v1/reasons')), staleTime: Infinity }),
  vcCounts: () => queryOptions({ queryKey: ['vc-calls', 'counts'], queryFn: () => unwrap(api.GET('/api/v1/vc-calls/counts')) }),
  vcCalls: (filter: VCCallFilter) => infiniteQueryOptions({
    queryKey: ['vc-calls', 'list', filter],
    queryFn: ({ pageParam }) => unwrap(api.GET('/api/v1/vc-calls', { params: { query: { ...filter, limit: 100, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '', getNextPageParam: (last) => last.next,
  }),
  vcCall: (id: string) => queryOptions({ queryKey: ['vc-calls', 'one', id], queryFn: () => unwrap(api.GET('/api/v1/vc-calls/{id}', { params: { path: { id } } })) }),
  calls: (q: string) => infiniteQueryOptions({
    queryKey: ['calls', 'list', q],
    queryFn: ({ pageParam }) => unwrap(api.GET('/api/v1/calls', { params: { query: { limit: 50, ...(q && { q }), ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '', getNextPageParam: (last) => last.next,
  }),
  call: (id: string) => queryOptions({ queryKey: ['calls', 'one', id], queryFn: () => unwrap(api.GET('/api/v1/calls/{id}', { params: { path: { id } } })) }),
  waveform: (id: string) => queryOptions({ queryKey: ['waveform', id], queryFn: () => unwrap(api.GET('/api/v1/calls/{id}/waveform', { params: { path: { id } } })), retry: false, staleTime: Infinity }),
  users: () => queryOptions({ queryKey: ['users'], queryFn: () => unwrap(api.GET('/api/v1/users')) }),
  permissionSets: () => queryOptions({ queryKey: ['permission-sets'], queryFn: () => unwrap(api.GET('/api/v1/permission-sets')), staleTime: Infinity }),
  settings: () => queryOptions({ queryKey: ['settings'], queryFn: () => unwrap(api.GET('/api/v1/settings/general')) }),
  engine: () => queryOptions({ queryKey: ['engine'], queryFn: () => unwrap(api.GET('/api/v1/engine')) }),
};

/** What must be asked for again when something of a topic changed. */
export function keysFor(topic: string, id: string): string[][] {
  switch (topic) {
    case 'vc_call': return [['vc-calls', 'counts'], ['vc-calls', 'list'], ['vc-calls', 'one', id]];
    case 'call': return [['calls', 'list'], ['calls', 'one', id], ['waveform', id]];
    case 'connector': return [['connectors']];
    case 'user': return [['users']];
    case 'settings': return [['settings']];
    case 'excluded_number': return [['excluded']];
    default: return [];
  }
}
