// The invented company that the mock API shows: people and reasons.
import type { components } from '../src/api/schema';

type S = components['schemas'];

/** Numbers between 0 and 1 that are the same at each start. */
export function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return s / 2 ** 32;
  };
}

/** The moment at which the mock's world stands still. */
export const NOW = Date.parse('2026-11-23T15:00:00Z');
export const at = (ms: number): string => new Date(ms).toISOString();

const reason = (code: string, state: string, title: string, meaning: string, fix: string, page: string, retries = false): S['Reason'] => ({ code, state, title, meaning, fix, page, retries });

export const reasons: S['Reason'][] = [
  reason('too_short', 'skipped', 'Too short', 'Only calls longer than 10 seconds are processed.', 'Nothing to do.', '/voice-connector/vc-calls'),
  reason('not_recorded', 'skipped', 'Not recorded', 'The provider made no recording of this call.', 'Turn on recording for this number or user at the provider; it holds for calls from then on.', '/voice-connector'),
  reason('internal_only', 'skipped', 'Internal only', 'Everybody on the call belongs to the company.', 'Nothing to do.', '/voice-connector/vc-calls'),
  reason('excluded_number', 'skipped', 'Excluded number', 'A number on this call is on the list of excluded numbers.', 'Remove the number from Excluded Numbers if its calls should be processed, then retry.', '/voice-connector/excluded-numbers'),
  reason('no_permission', 'skipped', 'No permission', 'The user held no insights permission set when the call took place.', 'Assign an insights permission set to the user; it holds for calls from then on.', '/setup/users'),
  reason('separation_off', 'skipped', 'Speaker separation off', 'The recording is mono, and Optimal Speaker Separation is off.', 'Turn on Optimal Speaker Separation in General Settings, then retry.', '/setup/general-settings'),
  reason('no_user', 'unmatched', 'No user', "Neither the provider's user id nor the company's number on the call belongs to a user.", "Put the provider's user id or the number on the right user, then retry.", '/setup/users'),
  reason('recording_pending', 'waiting', 'Recording pending', 'The provider has not finished the recording yet.', 'Wait; it is asked for again by itself.', '/voice-connector/vc-calls', true),
  reason('engine_missing', 'waiting', 'No speech engine', 'No speech engine is installed. The recording is kept and can be played.', 'Install one: earshot models pull. The call goes on by itself.', '/setup/speech', true),
  reason('provider_error', 'failed', 'Provider error', 'The provider answered with an error that should pass.', 'Wait; it is tried again by itself on the first day.', '/voice-connector', true),
];

const LONG = 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh of the Department for International Customer Happiness';
const people = ['Nina Admin', 'Maria Lopez', 'James Carter', 'Priya Shah', 'Dana Whitfield', `Hubert Blaine ${LONG}`];

export const permissionSets: S['PermissionSets'] = {
  items: ['Conversation Insights Integration User', 'Conversation Insights for Sales', 'Conversation Insights for Service', 'Sales Engagement Conversation Insights'],
  profiles: ['System Administrator', 'Standard User'],
  insight_sets: ['Conversation Insights for Sales', 'Conversation Insights for Service', 'Sales Engagement Conversation Insights'],
  sets: ['Conversation Insights Integration User', 'Conversation Insights for Sales', 'Conversation Insights for Service', 'Sales Engagement Conversation Insights'].map((name, i) => ({ name, insight: i > 0, holders: i * 2, gives: i > 0 ? 'An insights permission set: calls are processed for users who held one when the call took place; gives access to one’s own calls' : 'Lets a user be the integration user of a connector, with a profile that may set it up' })),
};

export const users = people.map((name, i): S['User'] => ({
  id: `u${i}`, name, email: `${name.split(' ')[0]?.toLowerCase()}@company.example`, profile: i === 0 ? 'System Administrator' : 'Standard User', active: true,
  identifiers: i > 0 ? { aircall: `41${String(i).padStart(2, '0')}` } : {},
  phones: i > 0 ? [{ number: `+1646555010${i}`, from: at(NOW - 9e9) }] : [],
  permission_sets: i === 0 ? [{ set: 'Conversation Insights Integration User' }] : i === 4 ? [] : [{ set: 'Conversation Insights for Sales', from: at(NOW - 9e9) }],
  manager_id: i > 1 ? 'u1' : '', last_modified_at: at(NOW - i * 1e8),
}));

export const sessionUser: S['SessionUser'] = {
  id: 'u0', name: 'Nina Admin', email: 'nina@company.example', profile: 'System Administrator',
  voice_connector: true,
  permissions: ['Customize Application', 'Modify All Data', 'Assign Permission Sets', 'Manage Users', 'API Enabled'],
};
