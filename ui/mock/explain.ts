// What the mock API says about why a VC Call is where it is, and what mends it.
import type { components } from '../src/api/schema';

type S = components['schemas'];
type Told = Pick<S['VCCallDetail'], 'steps' | 'overtaken' | 'mends' | 'talk_seconds' | 'recording' | 'recordings' | 'voicemail' | 'contact_name' | 'tags' | 'snapshot' | 'ended_at' | 'observed_at'>;

const rules = [['switches', 'Switches', 'both switches are on'], ['excluded', 'Excluded numbers', 'none of its numbers is excluded'], ['length', 'Length', '62 s of talk; more than 10 s are needed'], ['user', 'User', 'Aircall User Identifier "4101" is of Maria Lindqvist'], ['permission', 'Permission', 'Maria Lindqvist holds Conversation Insights for Sales since 2026-01-05 09:00 UTC']] as const;
const stopped: Record<string, [rule: string, text: string]> = {
  too_short: ['length', '8 s of talk; more than 10 s are needed'], no_user: ['user', 'no user has Aircall User Identifier 4109 New, and +12125550100 is nobody\'s phone'],
  no_permission: ['permission', 'Tom Berg never held an insights permission set'], excluded_number: ['excluded', '+12125550142 is an excluded number since 2026-11-01 09:00 UTC (the lawyer)'], connector_off: ['switches', 'Enable Integration is off'],
};
const mend = (action: S['Mend']['action'], label: string, effect: string, more: Partial<S['Mend']> = {}): S['Mend'] => ({ action, label, effect, field: '', value: '', user_id: '', goes: true, ...more });
const retry = mend('retry', 'Retry', 'The provider is asked anew, and all rules with it.');
const offers: Record<string, S['Mend'][]> = {
  too_short: [], internal_only: [], one_participant: [],
  no_user: [mend('assign_user', 'Assign a user', 'This and all other unmatched calls that it fits start again.', { field: 'Aircall User Identifier', value: '4109' }), retry],
  no_permission: [mend('grant_set', 'Give Tom Berg a permission set', 'Calls of Tom Berg are processed from now on. This one stays as it is, since the set was not held when it took place.', { goes: false })],
  excluded_number: [mend('include_number', 'Take +12125550142 off the list', 'Calls with it are processed from now on.', { value: '+12125550142' })],
};

export const why = (c: S['VCCall']): Told => ({
  steps: rules.map(([rule, title, text]) => ({ rule, title, ...(stopped[c.reason]?.[0] === rule ? { outcome: 'stopped' as const, text: (stopped[c.reason]?.[1] ?? '') } : { outcome: 'passed' as const, text }) })),
  overtaken: false, mends: c.state === 'processed' ? [] : offers[c.reason] ?? [retry],
  talk_seconds: c.reason === 'too_short' ? 8 : 62, recording: c.reason === 'not_recorded' ? 'none' : 'ready', recordings: 1, voicemail: false, contact_name: '', tags: [], ended_at: c.started_at, observed_at: c.created_at,
  snapshot: { id: c.provider_call_id, direction: c.direction, from: c.from, to: c.to, recording: 'ready' },
});
