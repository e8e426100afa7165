// Every page of the UI, with an address that shows it: what the matrix tests and what the pictures are made of.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = (file) => readFileSync(fileURLToPath(new URL(`../src/app/${file}`, import.meta.url)), 'utf8');

/** The paths of the router, without those that only lead elsewhere. */
export const routes = () => [...source('router.tsx').matchAll(/(?:page\(|path: )'([^']+)'/g)].map((m) => m[1]).filter((p) => p !== '$' && p !== '/setup');

/** The pages that only admins may open, as src/app/pages.ts lists them. */
export const adminPages = () => [...source('pages.ts').matchAll(/label: '([^']+)'.*?to: '([^']+)'.*admin: true/g)].map((m) => ({ label: m[1], to: m[2] }));

/**
 * An address for each path, on the mock API. bare: outside of the frame; still: asks nothing that could fail; many: lists of the API that may
 * grow to thousands.
 */
export const examples = {
  '/login': { path: '/login', bare: true },
  '/set-password': { path: '/set-password#link', bare: true },
  '/first-run': { path: '/first-run?code=x', bare: true },
  '/': { path: '/' },
  '/calls': { path: '/calls', many: ['calls'] },
  '/calls/$id': { path: '/calls/c1' },
  '/api-reference': { path: '/api-reference' },
  '/explorer': { path: '/explorer', still: true },
  '/account': { path: '/account', many: ['account/tokens'] },
  '/voice-connector': { path: '/voice-connector' },
  '/voice-connector/vc-calls': { path: '/voice-connector/vc-calls', many: ['vc-calls'] },
  '/voice-connector/vc-calls/$id': { path: '/voice-connector/vc-calls/v1' },
  '/voice-connector/error-handling': { path: '/voice-connector/error-handling', many: ['vc-calls', 'users'] },
  '/voice-connector/excluded-numbers': { path: '/voice-connector/excluded-numbers', many: ['excluded-numbers'] },
  '/voice-connector/troubleshooting': { path: '/voice-connector/troubleshooting' },
  '/voice-connector/$provider/users': { path: '/voice-connector/dialpad/users', many: ['connectors/dialpad/users', 'users'] },
  '/voice-connector/$provider': { path: '/voice-connector/aircall' },
  '/setup/users': { path: '/setup/users', many: ['users'] },
  '/setup/users/new': { path: '/setup/users/new', many: ['users'] },
  '/setup/users/$id': { path: '/setup/users/u1', many: ['users'] },
  '/setup/permission-sets': { path: '/setup/permission-sets' },
  '/setup/named-credentials': { path: '/setup/named-credentials' },
  '/setup/auth-providers': { path: '/setup/auth-providers' },
  '/setup/sites': { path: '/setup/sites' },
  '/setup/general-settings': { path: '/setup/general-settings' },
  '/setup/insight-types': { path: '/setup/insight-types', many: ['insight-types'] },
  '/setup/scheduled-jobs': { path: '/setup/scheduled-jobs' },
  '/setup/re-analysis': { path: '/setup/re-analysis' },
  '/setup/installed-packages': { path: '/setup/installed-packages' },
  '/setup/single-sign-on': { path: '/setup/single-sign-on' },
  '/setup/audit-log': { path: '/setup/audit-log', many: ['audit-log'] },
  '/setup/api-tokens': { path: '/setup/api-tokens', many: ['api-tokens'] },
  '/setup/language-model': { path: '/setup/language-model' },
  '/setup/speech': { path: '/setup/speech' },
};
