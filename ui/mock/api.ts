// The mock API: the shapes of /api/v1, kept in memory, for work on the UI without a server. Not part of the product.
import type { components } from '../src/api/schema';
import { access } from './access.ts';
import { type Answer, type Body, type Faults, notFound, ok, problem } from './answer.ts';
import { calls, summary, vcCalls, vcDetail } from './calls.ts';
import { at, permissionSets, reasons, sessionUser, users } from './company.ts';
import { desk } from './desk.ts';
import { insightTypes } from './insight-types.ts';
import { installer } from './install.ts';
import { description } from './openapi.ts';
import { wav, waveform } from './sound.ts';
import { languageModel } from './language-model.ts';
import { speechDefaults } from './speech.ts';
import { checks, whyMissing } from './troubleshoot.ts';

type S = components['schemas'];

function page<T>(items: T[], query: URLSearchParams): { items: T[]; next?: string } {
  const from = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  return { items: items.slice(from, from + limit), ...(from + limit < items.length && { next: String(from + limit) }) };
}

/** A whole world of its own for each server. */
export function mockAPI() {
  let faults: Faults = {};
  let settings: S['GeneralSettings'] = { optimal_speaker_separation: false, language: 'en', time_zone: '' };
  let speech = speechDefaults();
  let excluded: S['ExcludedNumber'][] = [];
  let people = users;
  const many = Array.from({ length: 10_000 }, (_, i): S['User'] => ({ ...(users[2] as S['User']), id: `m${i}`, name: `Rep ${String(i).padStart(5, '0')}`, email: `rep${i}@company.example`, active: i % 7 > 0 }));
  let received = vcCalls;
  let again: S['Reanalysis'][] = [];
  const listeners = new Set<(change: { topic: string; id: string }) => void>();
  const tell = (topic: string, id: string) => listeners.forEach((l) => l({ topic, id }));

  /** One call comes in, is being processed, and is done a moment later. */
  function arrive(more: Partial<S['VCCall']> = {}): S['VCCall'] {
    const made: S['VCCall'] = { ...(vcCalls[0] as S['VCCall']), id: `n${received.length}`, provider_call_id: String(918_500_000 + received.length), ...more, state: 'processing', stage: 'transcribe', created_at: at(Date.now()), updated_at: at(Date.now()) };
    received = [made, ...received];
    tell('vc_call', made.id);
    setTimeout(() => {
      received = received.map((c) => (c.id === made.id ? { ...c, state: 'processed', stage: 'analyze' } : c));
      tell('vc_call', made.id); tell('call', made.call_id);
    }, 1500);
    return made;
  }

  /** Whether a VC Call is among those that a filter selects; from and to say when it came in. */
  function selected(c: S['VCCall'], get: (key: string) => string): boolean {
    const same = (['state', 'reason', 'provider'] as const).every((k) => !get(k) || c[k] === get(k));
    const came = Date.parse(c.created_at);
    return same && (!get('user') || c.user_id === get('user')) && (!get('from') || came >= Date.parse(get('from'))) && (!get('to') || came < Date.parse(get('to'))) && `${c.provider_call_id} ${c.from} ${c.to}`.includes(get('q'));
  }

  const listVC = (q: URLSearchParams): Answer => ok(page(faults.empty ? [] : received.filter((c) => selected(c, (key) => q.get(key) ?? '')), q));

  function retryAll(body: Body): Answer {
    const chosen = new Set(received.filter((c) => c.state !== 'processed' && selected(c, (key) => String(body[key] ?? ''))).map((c) => c.id));
    received = received.map((c) => (chosen.has(c.id) ? { ...c, state: 'processing', reason: '', reason_title: '' } : c));
    for (const id of chosen) tell('vc_call', id);
    return ok({ count: chosen.size });
  }

  /** One call by its id at the provider: known ones start again, others are asked for; unknown ones are those that begin with 0. */
  function fetchCall(provider: string, provider_call_id: string): Answer {
    const known = received.find((c) => c.provider_call_id === provider_call_id);
    if (known?.state === 'processed') return problem(422, 'already_processed', 'this call is processed; there is nothing to retry');
    if (known) return one('vc-calls', known.id, 'retry');
    if (provider_call_id.startsWith('0')) return problem(404, 'not_found', 'the provider knows no such call');
    return ok(vcDetail(arrive({ provider, provider_call_id, received_via: 'retry' })));
  }

  function exclude(body: Body): Answer {
    const numbers = (body.numbers as string[]).map((n) => ({ given: n, digits: n.replace(/\D/g, '') }));
    const bad = numbers.filter((n) => n.digits.length < 7);
    if (bad.length > 0) return problem(422, 'invalid_number', 'Nothing was added, since not all are phone numbers.', bad.map((n) => `"${n.given}" is not a phone number.`));
    const added = numbers.map((n, i): S['ExcludedNumber'] => ({ id: `e${excluded.length + i}-${n.digits}`, number: `+${n.digits}`, display: n.given, note: String(body.note ?? ''), created_at: at(Date.now()) }));
    excluded = [...added, ...excluded];
    tell('excluded_number', '');
    return ok({ items: added });
  }

  function saveUser(id: string | undefined, body: Body): Answer {
    const b = body as S['UserBody'];
    const old = people.find((u) => u.id === id);
    if (old && b.last_modified_at && b.last_modified_at !== old.last_modified_at) return problem(409, 'user_changed', `${old.name} was changed meanwhile; nothing was saved: load the page again and repeat your change`);
    const ended = (old?.permission_sets ?? []).filter((s) => !s.to && !b.permission_sets?.includes(s.set)).map((s) => ({ ...s, to: at(Date.now()) }));
    const user: S['User'] = { id: id ?? `u${people.length}`, name: b.name, email: b.email, profile: b.profile ?? 'Standard User', active: b.active ?? true, manager_id: b.manager_id ?? '', identifiers: b.identifiers ?? {}, phones: b.phone_periods ?? (b.phones ?? []).map((number) => ({ number })), permission_sets: [...(b.permission_sets ?? []).map((set) => ({ set })), ...ended], last_modified_at: at(Date.now()) };
    people = id ? people.map((u) => (u.id === id ? user : u)) : [...people, user];
    return ok(user);
  }

  /** Ten thousand people, of whom a filter selects some. */
  function listUsers(q: URLSearchParams): Answer {
    if (!q.get('limit')) return ok({ items: people });
    const crowd = faults.empty ? [] : [...people, ...many];
    const text = (q.get('q') ?? '').toLowerCase();
    const found = crowd.filter((u) => `${u.name} ${u.email}`.toLowerCase().includes(text) && (!q.get('active') || String(u.active) === q.get('active')) && (!q.get('permission_set') || u.permission_sets.some((s) => !s.to && s.set === q.get('permission_set'))));
    return ok(page(found, q));
  }

  function usersOf(method: string, id: string | undefined, query: URLSearchParams, body: Body): Answer {
    if (id === 'import') return ok({ rows: [{ line: 2, email: 'new@company.example', action: 'create' }, { line: 3, email: 'maria@company.example', action: 'change' }], wrong: 0, saved: query.get('dry') !== 'true' });
    if (method !== 'GET') return saveUser(id, body);
    if (!id) return listUsers(query);
    const user = [...people, ...many].find((u) => u.id === id);
    return user ? ok(user) : notFound();
  }

  function one(kind: string, id: string, what: string | undefined): Answer {
    if (kind === 'calls') {
      const call = calls.find((c) => c.id === id);
      if (!call) return notFound();
      return what === 'waveform' ? ok(waveform(call)) : what === 'recording' ? { status: 200, bytes: wav(call) } : ok(call);
    }
    const vc = received.find((c) => c.id === id);
    if (!vc) return notFound();
    if (what !== 'retry' && what !== 'mend') return ok(vcDetail(vc));
    received = received.map((c) => (c.id === id ? { ...c, state: 'processing', reason: '', reason_title: '' } : c));
    return ok(vcDetail(received.find((c) => c.id === id) as S['VCCall']));
  }

  /** Corrections: one line, or who is who. */
  function correct(id: string, what: string, line: number, method: string, body: Body): Answer {
    const call = calls.find((c) => c.id === id);
    if (!call?.transcript) return notFound();
    const t = call.transcript;
    const sides: Record<string, string> = { agent: 'customer', customer: 'agent' };
    const { swap, merge, into, rename, name } = body as Record<string, string | undefined>;
    const changed = (l: S['Line']): S['Line'] => {
      if (what === 'speakers') return { ...l, speaker: l.speaker === merge ? String(into) : swap ? (sides[l.speaker] ?? l.speaker) : l.speaker };
      if (l.id !== line) return l;
      return method === 'DELETE' ? { ...l, corrected: false } : { ...l, text: String(body.text), speaker: String(body.speaker), corrected: true };
    };
    call.transcript = { ...t, lines: t.lines.map(changed), ...(rename && { names: { ...t.names, [rename]: String(name) } }) };
    tell('call', id);
    return ok(call);
  }

  function reanalyses(method: string, id: string | undefined, body: Body): Answer {
    if (method === 'GET') return ok({ items: faults.empty ? [] : again });
    if (id) { again = again.map((r) => (r.id === id ? { ...r, stopped: true, open: false } : r)); return ok(again.find((r) => r.id === id)); }
    const one = { ...(body as { stage: 'analyze' | 'transcribe' }), id: `r${again.length}`, total: 1200, asked: 300, processing: 20, processed: 279, failed: 1, open: true, stopped: false, created_by: sessionUser.name, created_at: at(Date.now()) };
    again = [one, ...again];
    return ok(one);
  }

  function counts(): Answer {
    const by_state: Record<string, number> = {};
    for (const c of received) by_state[c.state] = (by_state[c.state] ?? 0) + 1;
    return ok(faults.empty ? { total: 0, by_state: {} } : { total: received.length, by_state });
  }

  function session(method: string, body: Body): Answer {
    if (method === 'POST' && body.password === 'wrong') return problem(401, 'wrong_login', 'The e-mail or the password is wrong. Try again.');
    if (method !== 'GET') faults = { ...faults, signedOut: method === 'DELETE', firstRun: false };
    if (method === 'DELETE') return { status: 204 };
    const state: S['Session'] = { setup_needed: !!faults.firstRun, demo: true, version: 'mock', sso: gate.ssoButton(), ...(!faults.signedOut && !faults.firstRun && { user: sessionUser }) };
    return ok(method === 'POST' ? sessionUser : state);
  }

  function listCalls(q: URLSearchParams): Answer {
    const text = (q.get('q') ?? '').toLowerCase();
    const has = (c: S['CallDetail']) => `${c.contact_name} ${c.from} ${c.to} ${c.transcript?.lines.map((l) => l.text).join(' ') ?? ''}`.toLowerCase().includes(text);
    return ok(page(faults.empty ? [] : calls.filter(has).map(summary), q));
  }

  function general(method: string, body: Body): Answer {
    if (method === 'PUT') { settings = body as S['GeneralSettings']; tell('settings', ''); }
    return ok(settings);
  }

  function speechSettings(method: string, body: Body): Answer {
    if (method === 'PUT') { speech = { ...speech, ...(body as Partial<S['SpeechSettings']>) }; tell('settings', ''); }
    return ok(speech);
  }

  const { connectors, scheduledJobs, signedIn, sites, authProviders } = desk({ tell, faults: () => faults, arrive, fetchCall });

  const app = installer(tell);
  const model = languageModel(tell, () => calls, () => !!faults.empty);
  const types = insightTypes(tell, () => !!faults.empty);
  const gate = access(() => !!faults.empty);

  const engine = (): S['Engine'] => ({ installed: !faults.engineMissing, name: 'moonshine', model: 'tiny-en', languages: ['en'], hint: faults.engineMissing ? 'Run earshot models pull on the server, or earshot models add FILE where there is no internet.' : '', ffmpeg: !faults.engineMissing, ffmpeg_hint: faults.engineMissing ? 'Install the package ffmpeg to read MP3 and other compressed recordings.' : '' });

  function handle(method: string, url: URL, body: Body): Answer {
    const [resource = '', id, action] = url.pathname.replace(/^\/api\/v1\//, '').split('/');
    if (faults.failPath && url.pathname.startsWith(faults.failPath)) return problem(500, 'internal', 'Something unexpected happened. Nothing was changed. Try again, and look at the server log if it stays.');
    if (faults.signedOut && resource !== 'session') return problem(401, 'signed_out', 'You are not signed in. Sign in and try again.');
    switch (resource) {
      case 'session': return session(method, body);
      case 'setup': faults = { ...faults, firstRun: false }; return ok(sessionUser);
      case 'reasons': return ok({ items: reasons });
      case 'engine': return ok(engine());
      case 'permission-sets': return method === 'GET' ? ok(permissionSets) : { status: 204 };
      case 'settings': return id === 'language-model' ? model.settingsOf(method, action, body) : id === 'sso' ? gate.sso(method, body) : id === 'speech' ? speechSettings(method, body) : general(method, body);
      case 'package': return app.package(method, id, body);
      case 'mails': return app.mails(method, id);
      case 'openapi.json': return ok(description);
      case 'sites': return sites();
      case 'auth-providers': return authProviders();
      case 'connectors': return connectors(id, action, body, method);
      case 'troubleshooting': return checks(method === 'POST', { empty: faults.empty, engine: !faults.engineMissing });
      case 'why-missing': return whyMissing(url.searchParams, faults.empty ? [] : received, excluded);
      case 'scheduled-jobs': return scheduledJobs(method, id);
      case 'audit-log': return gate.audit(id, url.searchParams);
      case 'account': return gate.account(method, id, action, body);
      case 'api-tokens': return gate.tokens(method, id, body);
      case 'password': return body.link === 'used' ? problem(404, 'link_unknown', 'this link is not known, was used or has run out; ask your admin for a new one') : ok(sessionUser);
      case 'users': if (id && (action === 'sessions' || action === 'password-link')) return gate.user(method, id, action); return usersOf(method, id, url.searchParams, body);
      case 'excluded-numbers':
        if (method === 'POST') return exclude(body);
        if (method === 'DELETE') { excluded = excluded.filter((n) => n.id !== id); return { status: 204 }; }
        return ok({ items: excluded });
      case 'vc-calls': return !id ? listVC(url.searchParams) : id === 'counts' ? counts() : id === 'retry' ? retryAll(body) : one(resource, id, action);
      case 'insight-types': return types(method, id, body);
      case 'language-model': return model.run();
      case 'explorer': return model.explorer(body);
      case 'calls': return !id ? listCalls(url.searchParams) : action === 'writing' || action === 'summary' ? model.writing(method, id, action, body) : action === 'lines' || action === 'speakers' ? correct(id, action, Number(url.pathname.split('/')[6]), method, body) : one(resource, id, action);
      case 'reanalyses': return reanalyses(method, id, body);
      default: return notFound();
    }
  }

  return { handle, arrive, signedIn, setFaults: (f: Faults) => { faults = f; }, slowMs: () => faults.slowMs ?? 0, listen: (l: (change: { topic: string; id: string }) => void) => { listeners.add(l); return () => listeners.delete(l); } };
}
