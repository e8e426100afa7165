// What the mock API finds wrong, and why it says that a call is missing.
import type { components } from '../src/api/schema';
import { type Answer, ok, problem } from './answer.ts';
import { at } from './company.ts';

type S = components['schemas'];

const check = (provider: string, id: string, title: string, status: S['Check']['status'], found: string, more: Partial<S['Check']> = {}): S['Check'] => ({ id, provider, title, status, found, why: '', fix: '', page: '', ...more });

const installation = (engine: boolean): S['Check'][] => [
  check('', 'database', 'Database', 'green', 'SQLite can be reached, its tables are up to date (schema 5).'),
  check('', 'recordings', "Recordings' store", 'green', 'The folder blobs in the data folder can be written and read.'),
  engine ? check('', 'speech', 'Speech engine', 'green', 'moonshine-tiny-en-0.1.0 is installed, and each of its 12 files has the right checksum.')
    : check('', 'speech', 'Speech engine', 'red', 'No speech engine is installed: recordings are kept and can be played, but not transcribed.', { why: 'It turns recordings into text; without it calls wait.', fix: 'Install one: earshot models pull. Calls that wait go on by themselves.', page: '/setup/speech' }),
  check('', 'disk', 'Disk space', 'green', '64.2 GiB is free for the data folder /var/lib/earshot.'),
  check('', 'jobs', 'Jobs are worked', 'green', 'Jobs are worked; none is late.'),
  check('', 'guest_user', 'Voice Connector Guest User', 'red', 'Guest lacks Voice Connector Permission.', { why: 'Sites take events on behalf of this user, who needs the two permission sets for it.', fix: 'Assign Voice Connector Permission to Guest.', page: '/setup/users' }),
];

const connected = (revoked: boolean): S['Check'][] => [
  check('dialpad', 'switches', 'Enabled in both places', 'green', 'Enable Integration and the switch of Dialpad in General Settings are both on since 2026-11-20 09:00 UTC.'),
  check('dialpad', 'site', 'Site is active', 'green', 'The site is active.'),
  check('dialpad', 'public_url', 'Public address', 'not_applicable', 'No public address is set, so the calls of Dialpad are pulled every hour instead of coming at once. To have them at once, set EARSHOT_PUBLIC_URL.'),
  revoked ? check('dialpad', 'credential', 'Named credential is authenticated', 'red', 'Revoked since 2026-11-23 14:58 UTC: Dialpad rejects the API key.', { why: 'Without it nothing can be asked from the provider, neither calls nor recordings.', fix: "Make a new key at the provider, enter it on the connector's page and press Test.", page: '/voice-connector/dialpad' })
    : check('dialpad', 'credential', 'Named credential is authenticated', 'green', 'Authenticated, last tested on 2026-11-23 09:00 UTC.'),
  revoked ? check('dialpad', 'scope', 'Scope of the named credential', 'unknown', 'The provider says what a credential may do only if it is valid.', { fix: 'Authenticate the named credential first.', page: '/voice-connector/dialpad' })
    : check('dialpad', 'scope', 'Scope of the named credential', 'green', 'The provider names nothing that is missing. Scope: calls:list recordings_export.'),
  check('dialpad', 'sync', 'Last listing', 'green', 'Calls were last listed on 2026-11-23 14:40 UTC: 3 calls listed, 0 of them new.'),
];

/** asked: the providers were asked just now, and one of them refused. */
export function checks(asked: boolean, { empty = false, engine = true }): Answer {
  const items = empty ? [] : [...installation(engine), ...connected(asked)];
  return ok({ ok: items.every((c) => c.status !== 'red'), checked_at: at(Date.now()), items } satisfies S['Checks']);
}

const finding = (code: string, title: string, text: string, evidence: string[], fix: string, page: string, more: Partial<S['Finding']> = {}): S['Finding'] => ({ code, provider: 'dialpad', vc_call_id: '', call_id: '', title, text, evidence, fix, page, ...more });

/** A known call is explained; of one that nobody knows it is said how far listings have come. */
export function whyMissing(q: URLSearchParams, received: S['VCCall'][], excluded: S['ExcludedNumber'][]): Answer {
  const [id, number] = [q.get('provider_call_id') ?? '', q.get('number') ?? ''];
  if (!id && !number && !q.get('at')) return problem(422, 'nothing_known', 'say at least one thing of the call: its id at the provider, a number on it, or about when it began');
  if (number && number.replace(/\D/g, '').length < 7) return problem(422, 'bad_number', `"${number}" is not a phone number; write it with its country code, as +1 212 555 0123`);
  const known = received.filter((c) => (id ? c.provider_call_id === id : `${c.from} ${c.to}`.includes(number))).slice(0, 3);
  const findings = known.map((c) => finding(c.reason || 'processed', c.reason ? `It arrived and is ${c.state}: ${c.reason_title.toLowerCase()}` : 'It is there', `Call ${c.provider_call_id} is ${c.state}.`, [`Dialpad told of call ${c.provider_call_id} on 2026-11-23 14:03 UTC, by an event`, c.detail || 'matched Maria Lindqvist by phone +12125550100', '+12125550100 is the phone of Maria Lindqvist since 2026-01-05 09:00 UTC'], 'If somebody else should see it, look at whom it was matched to.', '/voice-connector/vc-calls', { vc_call_id: c.id, call_id: c.call_id }));
  if (excluded.some((n) => n.number.endsWith(number.replace(/\D/g, ''))) && number) findings.unshift(finding('excluded_number', 'Its calls are not processed: the number is excluded', 'A number on this call is on the list of excluded numbers.', [`${number} is an excluded number since today`], 'Remove the number from Excluded Numbers if its calls should be processed, then retry.', '/voice-connector/excluded-numbers'));
  if (known.length === 0) findings.push(finding('not_listed', 'Dialpad: it never told of such a call', 'No event of it came, and the listing up to 2026-11-23 14:40 UTC did not name it: the provider has no such call, or the credential may not see it.', ['last event of any call: 2026-11-23 14:03 UTC', 'last listing: 2026-11-23 14:40 UTC', 'Dialpad may tell of a call up to a day late'], id ? 'Fetch it by its id: the provider then says whether it knows the call.' : 'Look the call up at the provider, and ask with its id.', '/voice-connector/dialpad'));
  return ok({ findings, fetch: id && known.length === 0 ? ['dialpad'] : [] } satisfies S['WhyMissing']);
}
