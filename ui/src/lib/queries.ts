import { type InfiniteData, QueryCache, QueryClient, infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { ApiError, type Problem, api, unwrap } from './api';
import { auditQuery } from './audit';
import { filterQuery } from './filter';
import type { Description } from './openapi';
import { mergeFirst } from './pages';

/** What selects VC Calls; from and to are days, both included, by when the calls came in. */
export type VCCallFilter = { state?: string; reason?: string; provider?: string; user?: string; from?: string; to?: string; q?: string };

/** How much of a list is asked for at once. */
const CALLS_PAGE = 50;
const VC_CALLS_PAGE = 100;
const USERS_PAGE = 100;

/** What selects users. */
export type UserFilter = { q?: string; active?: 'true' | 'false'; permission_set?: string };

/** What selects entries of the audit log; from and to are days, both included. */
export type AuditFilter = { actor?: string; action?: string; from?: string; to?: string; q?: string };

/** A session that ended shows at whatever is asked for next: the session is asked for again, and the shell leads to the login. */
const onError = (error: Error) => { if (error instanceof ApiError && error.status === 401) void queryClient.invalidateQueries({ queryKey: ['session'] }); };

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  defaultOptions: { queries: { staleTime: 5_000, retry: (count, error) => !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < 2 } },
});

const callPage = (q: string, cursor: string) => unwrap(api.GET('/api/v1/calls', { params: { query: { limit: CALLS_PAGE, ...(q && { q }), ...(cursor && { cursor }) } } }));
const vcCallPage = (filter: VCCallFilter, cursor: string) => unwrap(api.GET('/api/v1/vc-calls', { params: { query: { ...filterQuery(filter), limit: VC_CALLS_PAGE, ...(cursor && { cursor }) } } }));

/** The description of the API, which is not described in itself. */
async function describe(): Promise<Description> {
  const response = await fetch('/api/v1/openapi.json').catch(() => { throw new ApiError(0, {}); });
  if (!response.ok) throw new ApiError(response.status, (await response.json().catch(() => ({}))) as Problem);
  return (await response.json()) as Description;
}

export const queries = {
  session: () => queryOptions({ queryKey: ['session'], queryFn: () => unwrap(api.GET('/api/v1/session')), staleTime: 60_000 }),
  connectors: () => queryOptions({ queryKey: ['connectors'], queryFn: () => unwrap(api.GET('/api/v1/connectors')) }),
  connector: (provider: string) => queryOptions({ queryKey: ['connectors', provider], queryFn: () => unwrap(api.GET('/api/v1/connectors/{provider}', { params: { path: { provider } } })) }),
  testCall: (provider: string) => queryOptions({ queryKey: ['connectors', provider, 'test-call'], queryFn: () => unwrap(api.GET('/api/v1/connectors/{provider}/test-call', { params: { path: { provider } } })) }),
  providerUsers: (provider: string) => queryOptions({ queryKey: ['connectors', provider, 'users'], queryFn: () => unwrap(api.GET('/api/v1/connectors/{provider}/users', { params: { path: { provider } } })), staleTime: 60_000, retry: false }),
  description: () => queryOptions({ queryKey: ['description'], queryFn: describe, staleTime: Infinity }),
  sites: () => queryOptions({ queryKey: ['sites'], queryFn: () => unwrap(api.GET('/api/v1/sites')) }),
  authProviders: () => queryOptions({ queryKey: ['auth-providers'], queryFn: () => unwrap(api.GET('/api/v1/auth-providers')) }),
  scheduledJobs: () => queryOptions({ queryKey: ['scheduled-jobs'], queryFn: () => unwrap(api.GET('/api/v1/scheduled-jobs')) }),
  package: () => queryOptions({ queryKey: ['package'], queryFn: () => unwrap(api.GET('/api/v1/package')) }),
  mails: () => queryOptions({ queryKey: ['mails'], queryFn: () => unwrap(api.GET('/api/v1/mails')) }),
  excluded: () => queryOptions({ queryKey: ['excluded'], queryFn: () => unwrap(api.GET('/api/v1/excluded-numbers')) }),
  reasons: () => queryOptions({ queryKey: ['reasons'], queryFn: () => unwrap(api.GET('/api/v1/reasons')), staleTime: Infinity }),
  vcCounts: () => queryOptions({ queryKey: ['vc-calls', 'counts'], queryFn: () => unwrap(api.GET('/api/v1/vc-calls/counts')) }),
  vcCalls: (filter: VCCallFilter) => infiniteQueryOptions({
    queryKey: ['vc-calls', 'list', filter],
    queryFn: ({ pageParam }) => vcCallPage(filter, pageParam),
    initialPageParam: '', getNextPageParam: (last) => last.next,
  }),
  vcCall: (id: string) => queryOptions({ queryKey: ['vc-calls', 'one', id], queryFn: () => unwrap(api.GET('/api/v1/vc-calls/{id}', { params: { path: { id } } })) }),
  calls: (q: string) => infiniteQueryOptions({
    queryKey: ['calls', 'list', q],
    queryFn: ({ pageParam }) => callPage(q, pageParam),
    initialPageParam: '', getNextPageParam: (last) => last.next,
  }),
  call: (id: string) => queryOptions({ queryKey: ['calls', 'one', id], queryFn: () => unwrap(api.GET('/api/v1/calls/{id}', { params: { path: { id } } })) }),
  waveform: (id: string) => queryOptions({ queryKey: ['waveform', id], queryFn: () => unwrap(api.GET('/api/v1/calls/{id}/waveform', { params: { path: { id } } })), retry: false, staleTime: Infinity }),
  users: () => queryOptions({ queryKey: ['users', 'all'], queryFn: () => unwrap(api.GET('/api/v1/users')) }),
  user: (id: string) => queryOptions({ queryKey: ['users', 'one', id], queryFn: () => unwrap(api.GET('/api/v1/users/{id}', { params: { path: { id } } })), staleTime: Infinity }),
  userPages: (filter: UserFilter) => infiniteQueryOptions({
    queryKey: ['users', 'list', filter],
    queryFn: ({ pageParam }) => unwrap(api.GET('/api/v1/users', { params: { query: { ...filter, limit: USERS_PAGE, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '', getNextPageParam: (last) => last.next,
  }),
  permissionSets: () => queryOptions({ queryKey: ['permission-sets'], queryFn: () => unwrap(api.GET('/api/v1/permission-sets')) }),
  settings: () => queryOptions({ queryKey: ['settings'], queryFn: () => unwrap(api.GET('/api/v1/settings/general')) }),
  sso: () => queryOptions({ queryKey: ['settings', 'sso'], queryFn: () => unwrap(api.GET('/api/v1/settings/sso')) }),
  modelSettings: () => queryOptions({ queryKey: ['settings', 'language-model'], queryFn: () => unwrap(api.GET('/api/v1/settings/language-model')) }),
  writing: (id: string) => queryOptions({ queryKey: ['calls', 'one', id, 'writing'], queryFn: () => unwrap(api.GET('/api/v1/calls/{id}/writing', { params: { path: { id } } })) }),
  speechSettings: () => queryOptions({ queryKey: ['settings', 'speech'], queryFn: () => unwrap(api.GET('/api/v1/settings/speech')) }),
  reanalyses: () => queryOptions({ queryKey: ['reanalyses'], queryFn: () => unwrap(api.GET('/api/v1/reanalyses')), refetchInterval: (q) => (q.state.data?.items.some((r) => r.open) ? 3_000 : false) }),
  audit: (filter: AuditFilter) => infiniteQueryOptions({
    queryKey: ['audit-log', 'list', filter],
    queryFn: ({ pageParam }) => unwrap(api.GET('/api/v1/audit-log', { params: { query: { ...auditQuery(filter), ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '', getNextPageParam: (last) => last.next,
  }),
  auditActions: () => queryOptions({ queryKey: ['audit-log', 'actions'], queryFn: () => unwrap(api.GET('/api/v1/audit-log/actions')) }),
  sessions: () => queryOptions({ queryKey: ['account', 'sessions'], queryFn: () => unwrap(api.GET('/api/v1/account/sessions')) }),
  ownTokens: () => queryOptions({ queryKey: ['account', 'tokens'], queryFn: () => unwrap(api.GET('/api/v1/account/tokens')) }),
  allTokens: () => queryOptions({ queryKey: ['api-tokens'], queryFn: () => unwrap(api.GET('/api/v1/api-tokens')) }),
  insightTypes: () => queryOptions({ queryKey: ['insight-types'], queryFn: () => unwrap(api.GET('/api/v1/insight-types')) }),
  engine: () => queryOptions({ queryKey: ['engine'], queryFn: () => unwrap(api.GET('/api/v1/engine')) }),
};

/** What must be asked for again when something of a topic changed, besides the lists of refreshLists. */
export function keysFor(topic: string, id: string): string[][] {
  switch (topic) {
    case 'vc_call': return [['vc-calls', 'counts'], ['vc-calls', 'one', id]];
    case 'call': return [['calls', 'one', id], ['waveform', id]];
    case 'connector': return [['connectors'], ['sites'], ['auth-providers']];
    case 'scheduled_job': return [['scheduled-jobs']];
    case 'reanalysis': return [['reanalyses']];
    case 'user': return [['users'], ['package']];
    case 'settings': return [['settings'], ['package']];
    case 'mail': return [['mails']];
    case 'insight_type': return [['insight-types']];
    case 'excluded_number': return [['excluded']];
    default: return [];
  }
}

/** Lists up to this many pages are asked for again as a whole; of longer ones, at most so many changed calls at a time. */
const FEW_PAGES = 2;
const MOST_CHANGED = 20;

type List = { name: 'calls' | 'vc-calls'; first: (filter: unknown) => Promise<{ items: { id: string }[] }>; one?: (id: string) => Promise<{ id: string }> };

/** Calls change while they are new, so that their first page is enough; any VC Call may be retried. */
const lists: Record<string, List> = {
  call: { name: 'calls', first: (q) => callPage(q as string, '') },
  vc_call: { name: 'vc-calls', first: (filter) => vcCallPage(filter as VCCallFilter, ''), one: (id) => unwrap(api.GET('/api/v1/vc-calls/{id}', { params: { path: { id } } })) },
};

/**
 * Brings the lists of a topic up to date after some of it changed. A short list is asked for again. Of a long one, which somebody
 * scrolled through, only the first page and what changed are: each page again at each change would be a hundred requests.
 */
export async function refreshLists(client: QueryClient, topic: string, ids: string[]): Promise<void> {
  const list = lists[topic];
  if (!list || ids.length === 0) return;
  const { name, first, one } = list;
  type Data = InfiniteData<{ items: { id: string }[]; next?: string }>;
  await Promise.all(client.getQueriesData<Data>({ queryKey: [name, 'list'] }).map(async ([key, data]) => {
    const active = client.getQueryCache().find({ queryKey: key })?.isActive();
    if (!data || !active || data.pages.length <= FEW_PAGES) return client.invalidateQueries({ queryKey: key });
    const shown = new Set(data.pages.flatMap((p) => p.items.map((c) => c.id)));
    const [fresh, updated] = await Promise.all([first(key[2]), Promise.all(one ? ids.filter((id) => shown.has(id)).slice(-MOST_CHANGED).map(one) : [])]);
    client.setQueryData<Data>(key, (now) => now && { ...now, pages: mergeFirst(now.pages, fresh.items, updated) });
  })).catch(() => client.invalidateQueries({ queryKey: [name, 'list'] }));
}
