// Makes pictures of every page in light and dark, and one of each on a phone: node e2e/screens.mjs FOLDER
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { base, launch, settled, signIn } from './browser.mjs';

const folder = process.argv[2] ?? 'screens';
mkdirSync(folder, { recursive: true });

async function pages(page) {
  const calls = await (await page.request.get(`${base}/api/v1/calls`)).json();
  const vc = await (await page.request.get(`${base}/api/v1/vc-calls?state=unmatched`)).json();
  const users = await (await page.request.get(`${base}/api/v1/users`)).json();
  const call = calls.items.find((c) => c.next_steps > 1 && c.talk_ratio.agent) ?? calls.items[0];
  return { home: '/', calls: '/calls', call: `/calls/${call?.id}`, providers: '/voice-connector', aircall: '/voice-connector/aircall', 'vc-calls': '/voice-connector/vc-calls', 'vc-call': `/voice-connector/vc-calls/${vc.items[0]?.id}`, 'error-handling': '/voice-connector/error-handling', 'excluded-numbers': '/voice-connector/excluded-numbers', troubleshooting: '/voice-connector/troubleshooting', users: '/setup/users', user: `/setup/users/${users.items.find((u) => u.identifiers.aircall)?.id}`, 'permission-sets': '/setup/permission-sets', 're-analysis': '/setup/re-analysis', 'named-credentials': '/setup/named-credentials', 'auth-providers': '/setup/auth-providers', sites: '/setup/sites', 'general-settings': '/setup/general-settings', 'insight-types': '/setup/insight-types', 'scheduled-jobs': '/setup/scheduled-jobs', 'installed-packages': '/setup/installed-packages', speech: '/setup/speech', 'language-model': '/setup/language-model', 'single-sign-on': '/setup/single-sign-on', 'audit-log': '/setup/audit-log', 'api-tokens': '/setup/api-tokens', 'new-user': '/setup/users/new', 'api-reference': '/api-reference', account: '/account', explorer: '/explorer', 'map-users': '/voice-connector/aircall/users', 'amazon-connect': '/voice-connector/amazonconnect', dialpad: '/voice-connector/dialpad', ringcentral: '/voice-connector/ringcentral' };
}

for (const look of [{ name: 'light', colorScheme: 'light' }, { name: 'dark', colorScheme: 'dark' }, { name: 'phone', colorScheme: 'light', viewport: { width: 360, height: 740 } }]) {
  const { page, close } = await launch({ colorScheme: look.colorScheme, ...(look.viewport && { viewport: look.viewport }) });
  await page.goto(`${base}/login`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.screenshot({ path: join(folder, `login-${look.name}.png`) });
  await signIn(page);
  for (const [name, path] of Object.entries(await pages(page))) {
    await page.goto(base + path);
    await settled(page);
    if (name === 'call') {
      await page.getByTestId('waveform').waitFor();
      await page.locator('.line').nth(3).click();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.locator('.line[data-current="true"]').waitFor();
    }
    await page.waitForTimeout(300); // the end of transitions
    await page.screenshot({ path: join(folder, `${name}-${look.name}.png`) });
  }
  await close();
}
