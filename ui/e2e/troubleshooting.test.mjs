// The page Troubleshooting with what it may find, on the mock API; needs the built UI and no server.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

import { axe, launch, overflows, settled } from './browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = '/voice-connector/troubleshooting';
let server;
let base;
let browser;
let page;
const errors = [];

before(async () => {
  process.env.EARSHOT_MOCK = '1';
  server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 4900 + (process.pid % 600) }, build: { outDir: process.env.EARSHOT_UI_DIST ?? 'dist' } });
  base = server.resolvedUrls.local[0].replace(/\/$/, '');
  browser = await launch();
  page = browser.page;
  page.on('pageerror', (e) => errors.push(e.message));
});
after(async () => { await browser?.close(); await server?.close(); assert.deepEqual(errors, []); });

const faults = (f) => fetch(`${base}/_mock`, { method: 'POST', body: JSON.stringify(f) });
const open = async (p = page) => { await p.goto(base + path); await p.locator('h1').first().waitFor(); await settled(p); };
const section = (name) => page.getByRole('region', { name, exact: true });
const form = () => section('Why is this call missing?');

beforeEach(async () => { await page.setViewportSize({ width: 1280, height: 860 }); await faults({}); await open(); });

test('what is to be mended comes first, in words, and leads to where it is mended', async () => {
  await page.getByRole('status').getByText('1 thing to mend.').waitFor();
  const first = section('This installation').getByRole('listitem').first();
  await first.getByText(/To mend$/).waitFor();
  await first.getByText('Guest lacks Voice Connector Permission.').waitFor();
  await first.getByRole('link', { name: 'Go to Users' }).click();
  await page.waitForURL('**/setup/users');
});

test('asking the providers finds what nobody has noticed yet', async () => {
  await section('Dialpad').getByText('Nothing to mend').waitFor();
  await page.getByRole('button', { name: 'Ask the providers now' }).click();
  const first = section('Dialpad').getByRole('listitem').first();
  await first.getByText('Dialpad rejects the API key').waitFor();
  await first.getByRole('link', { name: 'Go to Dialpad' }).click();
  await page.waitForURL('**/voice-connector/dialpad');
});

/** Switches Dialpad on, so that it can be asked. */
async function switchOn() {
  const ask = (method, to, body) => fetch(`${base}/api/v1/connectors/dialpad/${to}`, { method, ...(body && { body: JSON.stringify(body) }) });
  await ask('PUT', 'credential', { fields: { kind: 'api_key', api_key: 'k' } });
  await ask('POST', 'test');
  await ask('PUT', 'switches', { enabled: true, provider_enabled: true });
}

test('a call that nobody knows is explained, asked for, and comes; by keyboard alone', async () => {
  await switchOn();
  const find = form().getByRole('button', { name: 'Find out' });
  assert.ok(await find.isDisabled());
  await form().getByLabel('Provider call id').focus();
  await page.keyboard.type('77123');
  await page.keyboard.press('Enter');
  await form().getByRole('heading', { name: 'Dialpad: it never told of such a call' }).waitFor();
  await form().getByText('Last listing: 2026-11-23 14:40 UTC').waitFor();
  assert.deepEqual(await axe(page), []);
  await form().getByRole('button', { name: 'Ask Dialpad for call 77123' }).focus();
  await page.keyboard.press('Enter');
  await form().getByRole('link', { name: 'Open the VC Call' }).waitFor();
  await form().getByRole('button', { name: 'Clear' }).click();
  await form().getByRole('listitem').first().waitFor({ state: 'detached' });
});

test('a number that is none is told, and one that is excluded leads to its list', async () => {
  await form().getByLabel('Phone number').fill('123');
  await form().getByRole('button', { name: 'Find out' }).click();
  await form().getByRole('alert').getByText('"123" is not a phone number').waitFor();
  await fetch(`${base}/api/v1/excluded-numbers`, { method: 'POST', body: JSON.stringify({ numbers: ['+1 646 555 0188'] }) });
  await form().getByLabel('Phone number').fill('646 555 0188');
  await form().getByRole('button', { name: 'Find out' }).click();
  await form().getByRole('heading', { name: 'Its calls are not processed: the number is excluded' }).waitFor();
  await form().getByRole('link', { name: 'Go to Excluded Numbers' }).click();
  await page.waitForURL('**/excluded-numbers');
});

test('a time is asked about with its window', async () => {
  await form().getByLabel('It began about').fill('2026-11-23T14:30');
  await form().getByLabel('Give or take').selectOption('15');
  const sent = page.waitForRequest((r) => r.url().includes('/why-missing'));
  await form().getByRole('button', { name: 'Find out' }).click();
  const query = new URL((await sent).url()).searchParams;
  assert.equal(query.get('window_minutes'), '15');
  assert.ok(!Number.isNaN(Date.parse(query.get('at'))));
});

for (const colorScheme of ['light', 'dark']) {
  test(`troubled, empty and failed it has no axe violation in ${colorScheme}, and fits a phone`, async () => {
    const other = await launch({ colorScheme });
    const problems = [];
    for (const f of [{ engineMissing: true }, { empty: true }, { failPath: '/api/v1/troubleshooting' }]) {
      await faults(f);
      await other.page.setViewportSize({ width: 1280, height: 860 });
      await other.page.goto(base + path);
      await other.page.locator('h1').first().waitFor();
      await (f.failPath ? other.page.getByRole('alert').first().waitFor() : settled(other.page));
      problems.push(...(await axe(other.page)).map((v) => `${JSON.stringify(f)}: ${v}`));
      await other.page.setViewportSize({ width: 360, height: 740 });
      if (await overflows(other.page)) problems.push(`${JSON.stringify(f)}: wider than 360 px`);
      if (process.env.EARSHOT_SHOTS) await other.page.screenshot({ fullPage: true, path: `${process.env.EARSHOT_SHOTS}/${colorScheme}-${Object.keys(f)[0]}-360.png` });
      await other.page.setViewportSize({ width: 1280, height: 860 });
      if (process.env.EARSHOT_SHOTS) await other.page.screenshot({ fullPage: true, path: `${process.env.EARSHOT_SHOTS}/${colorScheme}-${Object.keys(f)[0]}.png` });
    }
    await other.close();
    assert.deepEqual(problems, []);
  });
}
