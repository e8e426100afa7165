// What the mock API does with connectors: credentials, signing in, switches, back-fill, one call.
import type { components } from '../src/api/schema';
import { NOW, at, sessionUser } from './company.ts';
import { newConnectors } from './connectors.ts';
import { type Answer, type Body, type World, notFound, ok, problem } from './answer.ts';
import { schedule } from './schedule.ts';

type S = components['schemas'];

const WEEK = 7 * 86_400_000;

/** All connectors, and what can be asked of them. */
const newBlockers = newConnectors()[0]?.blockers ?? [];

/** A test call that passes. */
const testCall = (): S['TestCall'] => ({ user: sessionUser.name, started_at: at(NOW), finished_at: at(NOW), passed: true, steps: (['credential', 'qualify', 'match', 'recording', 'transcribe', 'analyze'] as const).map((name) => ({ name, state: 'done', detail: 'it went well', fix: '', page: '' })) });

/** Users of a provider: one is linked, two are alike to ours, one is nobody here. */
const people: S['ProviderUser'][] = [
  { identifier: '4101', name: 'Maria Lopez', email: 'maria@company.example', phones: ['+12125550101'], user_id: 'u1', suggested_id: '', suggested_by: '' },
  { identifier: '4102', name: 'J. Carter', email: 'james@company.example', phones: [], user_id: '', suggested_id: 'u2', suggested_by: 'email' },
  { identifier: '4103', name: 'Wolfeschlegelsteinhausenbergerdorff, Hubert Blaine', email: 'hubert.wolfeschlegelsteinhausenbergerdorff@company.example', phones: ['+12125550107', '+12125550108'], user_id: '', suggested_id: 'u3', suggested_by: 'phone' },
  { identifier: '4109', name: 'Front Desk', email: '', phones: ['+12125550100'], user_id: '', suggested_id: '', suggested_by: '' },
];

export function desk({ tell, faults, arrive, fetchCall }: World) {
  let connectors = newConnectors();
  const jobs = schedule(tell);
  const tested = new Set<string>();
  const find = (provider: string) => connectors.find((c) => c.provider === provider);
  const standing = (c: S['Connector']): S['Connector'] => ({ ...c, blockers: newBlockers.filter((b) => (b.step === 'terms' ? !c.terms.accepted : b.step === 'credential' ? c.credential.status !== 'Authenticated' : !c.integration_user)) });
  const set = (changed: S['Connector']) => { const c = standing(changed); connectors = connectors.map((o) => (o.provider === c.provider ? c : o)); tell('connector', c.provider); return ok(c); };

  function saveCredential(c: S['Connector'], body: Body): Answer {
    const { fields = {}, settings = {} } = body as { fields?: Record<string, string>; settings?: Record<string, string> };
    const kind = c.credential.kinds.find((k) => k.name === (fields.kind ?? c.credential.kind));
    if (c.credential.kinds.length > 0 && !kind) return problem(422, 'unknown_kind', `${c.name} has no credential of the kind "${fields.kind}".`);
    const needed = c.credential.fields.filter((f) => !kind || kind.fields.includes(f.name));
    const missing = needed.find((f) => f.required && !fields[f.name] && !(f.secret && f.set));
    if (missing) return problem(422, 'field_missing', `${missing.label} is missing.`);
    const kept = c.credential.fields.map((f) => (needed.includes(f) ? { ...f, set: f.set || !!fields[f.name], value: f.secret ? '' : (fields[f.name] ?? f.value) } : { ...f, set: false, value: '' }));
    return set({ ...c, configured: true, credential: { ...c.credential, kind: kind?.name ?? '', fields: kept, status: 'Not authenticated', problem: 'not tested since it was changed' }, settings: c.settings.map((f) => ({ ...f, value: settings[f.name] || f.default })) });
  }

  function authenticate(c: S['Connector'], works: boolean) {
    const refusal = `${c.name} rejects the API key.`;
    set({ ...c, credential: { ...c.credential, status: works ? 'Authenticated' : 'Not authenticated', scope: works ? 'public_api' : '', problem: works ? '' : refusal, checked_at: at(NOW) } });
    const items: S['CheckItem'][] = [{ name: 'Credential', detail: works ? 'The key belongs to the company Larkspur Office Supplies.' : refusal, fix: works ? '' : 'Check that all was copied whole, without spaces.', ok: works }, { name: 'Recording', detail: '2 of 3 numbers record calls; "Front desk" does not.', fix: `Turn on recording for "Front desk" in ${c.name}.`, ok: false }];
    return ok({ ok: works, account: 'Larkspur Office Supplies', scope: works ? 'public_api' : '', items } satisfies S['CheckReport']);
  }

  function switches(c: S['Connector'], body: Body): Answer {
    const { enabled = c.enabled, provider_enabled = c.provider_enabled, delete_jobs } = body as S['SwitchesInBody'];
    const turnedOn = (enabled && !c.enabled) || (provider_enabled && !c.provider_enabled);
    const left = jobs.left(c.provider).length;
    if (turnedOn && !c.on && left > 0 && !delete_jobs) return problem(409, 'jobs_remain', `${left} scheduled jobs remain from before the connector was switched off; delete them on the page Scheduled Jobs, then switch it on`);
    if (turnedOn && !c.on) jobs.removeAll(c.provider);
    const on = enabled && provider_enabled;
    if (on && !c.on) {
      jobs.start(c.provider, !c.backfill);
      if (c.enabled && c.backfill) jobs.backfill(c.provider, at(NOW - WEEK), at(NOW));
    }
    return set({ ...c, enabled, provider_enabled, on, subscribed: on, process_from: undefined, ...(on && { process_from: at(NOW - (c.enabled ? WEEK : 0)), last_sync_at: at(NOW), site: { ...c.site, last_event_at: at(NOW) } }) });
  }

  const off = () => problem(409, 'connector_off', 'the connector is off; turn on both switches first');

  function backfill(c: S['Connector'], { from, to }: Body): Answer {
    if (!c.on) return off();
    return String(from) < String(to) ? ok(jobs.backfill(c.provider, String(from), String(to))) : problem(422, 'bad_range', `the range ends before it begins; ${from} is not before ${to}`);
  }

  let theirs: S['ProviderUser'][] = people.map((p) => ({ ...p, phones: [...p.phones] }));

  function link(body: Body): Answer {
    const links = body.links as S['UserLink'][];
    const known = links.filter((l) => l.identifier);
    if (new Set(known.map((l) => l.user_id)).size < known.length) return problem(422, 'linked_twice', 'A user is chosen for two people; choose one of them.');
    theirs = theirs.map((p) => { const to = known.find((l) => l.identifier === p.identifier); return to ? { ...p, user_id: to.user_id, suggested_id: '', suggested_by: '' } : links.some((l) => !l.identifier && l.user_id === p.user_id) ? { ...p, user_id: '' } : p; });
    return ok({ count: links.length });
  }

  const actions: Record<string, (c: S['Connector'], body: Body) => Answer> = {
    credential: saveCredential, switches, backfill,
    test: (c) => authenticate(c, c.credential.fields[0]?.value !== 'wrong'),
    login: (c) => ok({ url: `/_mock/login?provider=${c.provider}` }),
    'integration-user': (c) => (faults().incompleteUser
      ? problem(409, 'integration_user_incomplete', 'You cannot become the integration user yet.', ['The permission set Conversation Insights Integration User is missing.', 'The permission API Enabled is missing.'])
      : set({ ...c, integration_user: { id: sessionUser.id, name: sessionUser.name } })),
    terms: (c, body) => (body.version === c.terms.version ? set({ ...c, terms: { ...c.terms, accepted: true, accepted_by: sessionUser.name, accepted_at: at(NOW) } }) : problem(409, 'terms_changed', 'the terms have changed since you read them')),
    'test-call': (c) => { tested.add(c.provider); return ok(testCall()); },
    site: (c, body) => set({ ...c, site: { ...c.site, active: !!body.active } }),
    sync: () => { arrive(); return ok({}, 202); },
    calls: (c, body) => (c.on ? fetchCall(c.provider, String(body.provider_call_id)) : off()),
  };

  return {
    /** /connectors, /connectors/{provider} and what is done with one. */
    connectors: (provider: string | undefined, action: string | undefined, body: Body, method = 'POST'): Answer => {
      if (!provider) return ok({ items: connectors });
      const c = find(provider);
      if (c && action === 'users') return method === 'GET' ? ok({ items: faults().empty ? [] : theirs }) : link(body);
      if (c && action === 'test-call' && method === 'GET') return ok(tested.has(provider) ? testCall() : { user: '', passed: false, steps: [] });
      return (c && (action ? actions[action]?.(c, body) : ok(c))) ?? notFound();
    },
    sites: () => ok({ items: faults().empty ? [] : connectors.map((c, i): S['ConnectorSite'] => ({ provider: c.provider, name: c.name, on: c.on, subscribed: c.subscribed, site: c.site, requests: i > 1 ? [] : [{ at: at(NOW), status: 200, why: '' }, { at: at(NOW - 60_000), status: 401, why: 'it was not signed as the subscription says: it is not of the provider, or of an older subscription' }] })) }),
    authProviders: () => ok({ items: faults().empty ? [] : connectors.filter((c) => c.credential.callback).map((c): S['AuthProvider'] => ({ provider: c.provider, name: c.name, type: 'OpenID Connect', used: c.provider === 'ringcentral', status: 'Authenticated', client_id: c.provider === 'ringcentral' ? 'x7Kd2fQ1TgO5nYw3' : '', secret_set: c.provider === 'ringcentral', authorize_url: `https://platform.${c.provider}.com/restapi/oauth/authorize`, token_url: `https://platform.${c.provider}.com/restapi/oauth/token`, callback: c.credential.callback, scopes: ['ReadCallLog', 'ReadCallRecording'], client_in_header: c.provider === 'ringcentral' })) }),
    /** /scheduled-jobs and what is done with one. */
    scheduledJobs: (method: string, id: string | undefined): Answer => {
      if (!id) return ok({ items: faults().empty ? [] : jobs.list() });
      const job = jobs.one(id);
      if (!job) return notFound();
      if (method === 'POST' && !find(job.provider)?.on) return off();
      if (method === 'POST') jobs.run(id); else jobs.remove(id);
      return { status: method === 'POST' ? 202 : 204 };
    },
    /** Somebody signed in at a provider, or was refused; gives where they go on. */
    signedIn: (provider: string): string => {
      const c = find(provider);
      if (!c) return '/voice-connector';
      if (faults().loginRefused) return `/voice-connector/${provider}?problem=${encodeURIComponent('the provider did not grant access (access_denied); press Sign in to try again')}`;
      authenticate(c, true);
      return `/voice-connector/${provider}`;
    },
  };
}
