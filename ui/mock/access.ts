// What the mock API does with the audit log, one's own account and API tokens.
import type { components } from '../src/api/schema';
import { type Answer, type Body, notFound, ok, problem } from './answer.ts';
import { NOW, at, sessionUser, users } from './company.ts';

type S = components['schemas'];

const HOUR = 3_600_000;
const kinds: Pick<S['AuditEntry'], 'action' | 'subject_kind' | 'subject' | 'changes'>[] = [
  { action: 'credential.saved', subject_kind: 'connector', subject: 'Aircall', changes: [{ field: 'api_id', old: '', new: '7d2e' }, { field: 'api_token', old: '', new: '(secret)' }] },
  { action: 'signed_in', subject_kind: 'user', subject: sessionUser.name, changes: [{ field: 'with', old: '', new: 'password' }] },
  { action: 'user.saved', subject_kind: 'user', subject: 'Maria Lindqvist', changes: [{ field: 'permission_sets', old: '', new: 'Conversation Insights for Sales' }, { field: 'phones', old: '+12125550123', new: '+12125550123, +12125550150' }] },
  { action: 'sign_in_failed', subject_kind: 'user', subject: 'unknown user', changes: [{ field: 'with', old: '', new: 'password' }] },
  { action: 'excluded_number.added', subject_kind: 'excluded_number', subject: '+12125550142', changes: [{ field: 'note', old: '', new: 'Counsel' }] },
];

const log = (): S['AuditEntry'][] => Array.from({ length: 120 }, (_, i) => {
  const kind = kinds[i % kinds.length] as (typeof kinds)[number];
  const nobody = kind.action === 'sign_in_failed';
  return { id: `a${i}`, at: at(NOW - i * HOUR), actor_id: nobody ? '' : sessionUser.id, actor: nobody ? 'nobody' : sessionUser.name, token: i % 10 === 4 ? 'nightly export' : '', subject_id: `s${i}`, address: '192.0.2.17', ...kind };
});

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const newSessions = (): S['AccountSession'][] => [
  { id: 's1', current: true, address: '192.0.2.17', browser: firefox, created_at: at(NOW - 5 * HOUR), seen_at: at(NOW), expires_at: at(NOW + 160 * HOUR) },
  { id: 's2', current: false, address: '198.51.100.4', browser: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605.1', created_at: at(NOW - 60 * HOUR), seen_at: at(NOW - 9 * HOUR), expires_at: at(NOW + 100 * HOUR) },
];

/** The state of what concerns access. */
export function access(empty: () => boolean) {
  let sessions = newSessions();
  let tokens: S['APIToken'][] = [{ id: 't1', user_id: sessionUser.id, user: sessionUser.name, name: 'nightly export', prefix: 'earshot_K7QX2M', read_only: true, created_at: at(NOW - 900 * HOUR), expires_at: at(NOW + 900 * HOUR), expired: false, last_used_at: at(NOW - 7 * HOUR), last_address: '192.0.2.30' }];

  function tokensOf(method: string, id: string | undefined, body: Body): Answer {
    if (method === 'GET') return ok({ items: empty() ? [] : tokens });
    if (method === 'DELETE') { tokens = tokens.filter((t) => t.id !== id); return { status: 204 }; }
    const made: S['APIToken'] = { id: `t${Date.now()}`, user_id: sessionUser.id, user: sessionUser.name, name: String(body.name), prefix: 'earshot_MOCKED', read_only: !!body.read_only, created_at: at(NOW), ...(body.expires_at ? { expires_at: String(body.expires_at) } : {}), expired: false, last_address: '' };
    tokens = [made, ...tokens];
    return ok({ ...made, token: 'earshot_MOCKEDTOKENOFTHEMOCKAPIANDNOTHINGELSE' });
  }

  let sso: S['SSOSettings'] = { enabled: false, issuer: '', client_id: '', domains: [], create_users: false, button: 'Sign in with single sign-on', secret_set: false, callback: 'https://earshot.company.example/login/sso/callback' };

  return {
    sso(method: string, body: Body): Answer {
      if (method === 'PUT' && body.enabled && !String(body.issuer).startsWith('https://')) return problem(422, 'sso_issuer', 'the issuer must be an address that begins with https://');
      if (method === 'PUT') { const { secret, ...rest } = body as Partial<S['SSOSettings']> & { secret?: string }; sso = { ...sso, ...rest, secret_set: sso.secret_set || !!secret }; }
      return ok(sso);
    },
    ssoButton: () => (sso.enabled ? sso.button : ''),
    audit(id: string | undefined, q: URLSearchParams): Answer {
      if (id === 'actions') return ok({ items: [...new Set(kinds.map((k) => k.action))].sort() });
      const has = (e: S['AuditEntry']) => JSON.stringify(e).toLowerCase().includes((q.get('q') ?? '').toLowerCase()) && (!q.get('action') || e.action === q.get('action')) && (!q.get('actor') || e.actor_id === q.get('actor') || e.actor === q.get('actor'));
      const from = Number(q.get('cursor') ?? 0);
      const found = empty() ? [] : log().filter(has);
      return ok({ items: found.slice(from, from + 50), ...(from + 50 < found.length && { next: String(from + 50) }) });
    },
    account(method: string, what: string | undefined, id: string | undefined, body: Body): Answer {
      if (what === 'tokens') return tokensOf(method, id, body);
      if (what === 'password') return body.old === 'wrong' ? problem(422, 'wrong_password', 'the old password is wrong; nothing was changed') : { status: 204 };
      if (method === 'GET') return ok({ items: sessions });
      const before = sessions.length;
      sessions = id ? sessions.filter((s) => s.id !== id) : newSessions();
      return id ? { status: 204 } : ok({ sessions: before });
    },
    tokens: tokensOf,
    user(method: string, id: string, action: string): Answer {
      if (!users.some((u) => u.id === id)) return notFound();
      return method === 'DELETE' ? ok({ sessions: 2 }) : action === 'password-link' ? ok({ url: 'https://earshot.company.example/set-password#MOCKEDLINK', expires_at: at(NOW + 72 * HOUR) }) : notFound();
    },
  };
}
