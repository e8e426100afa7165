// The connectors of the mock API as they are before anybody touched them: what four drivers declare.
import type { components } from '../src/api/schema';
import { at } from './company.ts';

type S = components['schemas'];

const field = (name: string, label: string, help: string, more: Partial<S['Field']> = {}): S['Field'] => ({ name, label, help, secret: false, required: true, long: false, choices: [], default: '', set: false, value: '', ...more } as S['Field']);
const secret = (name: string, label: string, help: string, more: Partial<S['Field']> = {}) => field(name, label, help, { secret: true, ...more });
const region = field('region', 'Country of numbers without country code', 'Two letters, as US or FR.', { required: false, default: 'US' });
const address = (base: string) => field('base_url', 'API address', 'Only for tests against another server.', { default: base });
const yesOrNo = field('client_in_header', 'Send client credentials in header', 'How the client ID and secret are sent for a token.', { required: false, default: 'yes', choices: ['yes', 'no'] });
const kind = (name: string, label: string, help: string, fields: string[], login = false): S['CredentialKind'] => ({ name, label, help, login, fields });
const pace = (group: string, requests: number, per_seconds: number, more: Partial<S['Pace']> = {}): S['Pace'] => ({ group, requests, per_seconds, used: 0, ...more });

const guide = `## What you need

- An **admin** of your company in Aircall.
- Call recording switched on for each number: *Numbers > (number) > Settings > Call recording*.

## Make an API key

1. Open the **Aircall Dashboard** and go to **Integrations & API > API Keys**.
2. Press **Add a new API key**, give it a name, and copy **API ID** and **API token**. The token is shown once.
3. Enter both here and press **Save and test**.

\`\`\`
GET /v1/company
\`\`\`
`;

const terms: S['Terms'] = { version: '2026-11', text: '* **Consent to recording** is yours to see to.\n* Recordings are kept on this server.', accepted: false, accepted_by: '' };

const blockers: S['Blocker'][] = [{ step: 'terms', text: 'the terms are not accepted' }, { step: 'credential', text: 'the named credential is not authenticated: save it and press Test' }, { step: 'integration-user', text: 'no integration user is assigned' }];

type Declared = Pick<S['Connector'], 'provider' | 'name' | 'limits' | 'paces'> & { guide?: string; backfill?: boolean; kinds?: S['CredentialKind'][]; fields: S['Field'][]; settings: S['Field'][] };

function connector(d: Declared): S['Connector'] {
  const kinds = d.kinds ?? [];
  return {
    provider: d.provider, name: d.name, identifier_field: d.provider === 'amazonconnect' ? 'Amazon Connect Username' : `${d.name} User Identifier`, guide: d.guide ?? guide.replaceAll('Aircall', d.name), limits: d.limits, backfill: d.backfill ?? true, paces: d.paces, settings: d.settings,
    prepare: [`An **admin** of your company in ${d.name}.`, 'Nothing must be asked of the vendor.'], terms, blockers, missing: [],
    configured: false, enabled: false, provider_enabled: false, on: false, subscribed: false,
    credential: { status: 'Not authenticated', scope: '', problem: '', kind: kinds[0]?.name ?? '', kinds, fields: d.fields, callback: kinds.some((k) => k.login) ? 'https://earshot.company.example/oauth/callback' : '' },
    site: { active: true, address: `https://earshot.company.example/site/${d.provider}/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`, hint: `${d.name} sends its events here. Earshot registers it by itself.` },
  };
}

const clientFields = [field('client_id', 'Client ID', 'Of your app.'), secret('client_secret', 'Client secret', 'Of the same app.')];

export const newConnectors = (): S['Connector'][] => [
  connector({
    provider: 'aircall', name: 'Aircall', limits: 'Aircall allows 60 requests a minute and lists at most 10,000 calls at a time.', paces: [pace('', 60, 60, { used: 12 })],
    fields: [field('api_id', 'API ID', 'From Integrations & API > API Keys in the Aircall Dashboard.'), secret('api_token', 'API token', 'Shown once by Aircall when the key is made.')],
    settings: [address('https://api.aircall.io')],
  }),
  connector({
    provider: 'amazonconnect', name: 'Amazon Connect', backfill: false, limits: 'Amazon allows 2 searches of contacts a second.', paces: [pace('search', 2, 1), pace('describe', 2, 1)],
    kinds: [
      kind('access_keys', 'Access keys', 'Keys of a user of your Amazon account that may do nothing else.', ['access_key_id', 'secret_access_key']), kind('instance_role', 'Instance role', 'Where Earshot runs at Amazon: the role of its machine. Nothing is entered.', []),
      kind('assume_role', 'Assume a role', 'A role of your Amazon account, protected by an external id.', ['role_arn', 'external_id']),
    ],
    fields: [field('access_key_id', 'Access key ID', ''), secret('secret_access_key', 'Secret access key', ''), field('role_arn', 'Role', 'As arn:aws:iam::123456789012:role/earshot.'), secret('external_id', 'External ID', '')],
    settings: [field('instance', 'Instance', 'Id of your Amazon Connect instance.'), field('aws_region', 'Region', 'In which the instance runs.', { default: 'us-east-1', choices: ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-2'] })],
  }),
  connector({
    provider: 'dialpad', name: 'Dialpad', limits: 'Dialpad allows 20 requests a second for the whole company, and 10 a minute about single calls.', paces: [pace('company', 20, 1, { used: 1 }), pace('call', 10, 60, { used: 10, paused_until: at(Date.now() + 3_600_000) }), pace('webhook', 100, 60)],
    kinds: [kind('api_key', 'API key', 'A key of one company, made by a Company Admin. The simplest way.', ['api_key']), kind('login', 'OAuth app', 'A Company Admin signs in at Dialpad and permits your OAuth app.', ['client_id', 'client_secret'], true)],
    fields: [secret('api_key', 'API key', 'From Admin Settings > My Company > Authentication > API Keys.'), ...clientFields], settings: [address('https://dialpad.com'), region],
  }),
  connector({
    provider: 'ringcentral', name: 'RingCentral', limits: 'RingCentral allows 10 heavy requests a minute: the call log and each download of a recording count as one.', paces: [pace('light', 50, 60), pace('medium', 40, 60), pace('heavy', 10, 60), pace('auth', 5, 60)],
    kinds: [kind('jwt', 'JWT', 'An admin’s JWT for an app of yours: best for a server.', ['client_id', 'client_secret', 'jwt']), kind('login', 'Sign in', 'An admin signs in at RingCentral and is sent back here.', ['client_id', 'client_secret'], true)],
    fields: [...clientFields, secret('jwt', 'JWT', 'Made by an admin under Credentials in the developer console.', { long: true })], settings: [address('https://platform.ringcentral.com'), yesOrNo, region],
  }),
];
