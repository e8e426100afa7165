// Follows a new admin through the real server: first run, connect Aircall, watch a call arrive, play it, click a line.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { axe, base, launch, overflows, settled, signIn } from './browser.mjs';

const env = process.env;
const email = 'nina@company.example';
const password = 'correct horse battery';
let browser;
let page;

before(async () => { browser = await launch(); page = browser.page; });
after(() => browser?.close());

const section = (name) => page.getByRole('region', { name });
const placeCall = () => fetch(env.EARSHOT_E2E_PLACE_URL, { method: 'POST' }).then((r) => r.json());

test('first run makes the admin', async () => {
  await page.goto(`${base}/`);
  await page.waitForURL('**/first-run**');
  await page.goto(env.EARSHOT_E2E_FIRST_RUN);
  await page.getByLabel('Your name').fill('Nina Admin');
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[autocomplete=new-password]').fill('short');
  await page.locator('input[autocomplete=new-password]').fill(password);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL('**/voice-connector');
});

test('the Voice Connector app is installed, and the mail that confirms it can be read', async () => {
  await page.getByRole('radio', { name: 'Install for All Users' }).check();
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await page.getByRole('link', { name: 'Connect Aircall' }).waitFor();
  await page.goto(`${base}/setup/installed-packages`);
  const mail = page.getByRole('article', { name: /was installed/ });
  await mail.getByText('Not sent').waitFor();
  await mail.getByText('Read it').click();
  await mail.getByText('Voice Connector Guest User with the permission sets').waitFor();
});

test('a user is made whom calls are matched to', async () => {
  await page.goto(`${base}/setup/users`);
  for (const [name, id] of [['Maria Lopez', '4101'], ['James Carter', '4102'], ['Priya Shah', '4103'], ['Dana Whitfield', '4104']]) {
    await page.goto(`${base}/setup/users`);
    await page.getByRole('link', { name: 'New user' }).click();
    const form = page.locator('form').filter({ has: page.getByRole('group', { name: 'Identifiers' }) });
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await form.getByRole('textbox', { name: 'E-mail' }).fill(`${id}@company.example`);
    await form.getByRole('textbox', { name: 'Aircall User Identifier' }).fill(id);
    await form.getByRole('checkbox', { name: /^Conversation Insights for Sales/ }).check();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  }
});

test('a wrong credential is explained, the right one connects', async () => {
  await page.goto(`${base}/voice-connector/aircall`);
  await page.getByRole('textbox', { name: 'API ID' }).fill(env.EARSHOT_E2E_AIRCALL_ID);
  await page.locator('input[type=password]').fill('wrong');
  await page.getByText('Settings', { exact: true }).click();
  await page.getByRole('textbox', { name: 'API address' }).fill(env.EARSHOT_E2E_AIRCALL_URL);
  await page.getByRole('button', { name: 'Save and test' }).click();
  await page.getByText(/rejects the API key/).first().waitFor();
  await page.locator('input[type=password]').fill(env.EARSHOT_E2E_AIRCALL_TOKEN);
  await page.getByRole('button', { name: 'Save and test' }).click();
  await page.getByText(/belongs to the company/).waitFor();
  await section('Configure Named Credential').getByText('Authenticated').waitFor();
});

test('the terms are accepted, and a test call goes the whole way before anything is enabled', async () => {
  await section('Enable Integration').getByText(/Blocked by/).waitFor();
  await page.getByRole('checkbox', { name: /I have read the terms/ }).check();
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await section('Terms').getByText(/was accepted by Nina Admin/).waitFor();
  await page.getByRole('button', { name: 'Make a test call' }).click();
  await section('Test Call').getByText('The test call passed.').waitFor({ timeout: 60_000 });
  assert.equal(await section('Test Call').getByRole('list').getByText('✓ Done').count(), 5); // the admin has neither identifier nor phone: matching could not be run
});

test('integration user and both switches', async () => {
  await page.getByRole('button', { name: 'Assign Integration User' }).click();
  await section('Assign Integration User').getByText('✓ Nina Admin').waitFor();
  await page.getByRole('switch', { name: 'Enable Integration' }).click();
  await page.locator('input[role=switch][data-checked=true]').first().waitFor({ state: 'attached' });
  await page.getByRole('switch', { name: 'Aircall in General Settings' }).click();
  await page.getByText('Receiving events').waitFor();
});

test('a call arrives without reloading, is processed and opened', async () => {
  await page.goto(`${base}/voice-connector/vc-calls`);
  await page.getByText('No call has arrived').waitFor();
  await placeCall();
  await page.getByRole('row').getByText('Processed').first().waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'App Launcher' }).click();
  await page.getByRole('textbox', { name: 'Search apps and pages' }).fill('Calls');
  await page.locator('.mantine-Spotlight-action', { hasText: 'Transcripts' }).click();
  await page.waitForURL('**/calls');
  await page.locator('tbody a').first().click();
  await page.getByRole('heading', { name: 'Transcript' }).waitFor();
  assert.ok(await page.locator('.line').count() > 5);
  assert.ok(await page.getByTestId('next-step').count() > 0, 'no next step was found');
});

test('the recording plays and a line seeks', async () => {
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction(() => document.querySelector('audio').currentTime > 0.4);
  await page.getByRole('button', { name: 'Pause' }).click();
  const line = page.locator('.line').nth(4);
  await line.click();
  await page.waitForFunction(() => document.querySelectorAll('.line')[4].dataset.current === 'true');
  const at = await page.evaluate(() => document.querySelector('audio').currentTime);
  assert.ok(at > 5, `the audio is at ${at} s`);
  await page.getByRole('button', { name: 'Pause' }).click();
});

test('excluded numbers: bad input changes nothing, good input is kept', async () => {
  await page.goto(`${base}/voice-connector/excluded-numbers`);
  await page.getByLabel('Phone numbers').fill('+1 212 555 0190\nnot a number');
  await page.getByRole('button', { name: /Exclude/ }).click();
  await page.getByText(/Nothing was added/).waitFor();
  await page.getByLabel('Phone numbers').fill('+1 212 555 0190, (212) 555-0191');
  await page.getByRole('button', { name: /Exclude/ }).click();
  await page.getByRole('cell', { name: '+1 212-555-0191', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove +1 212-555-0191' }).click();
  await page.getByRole('cell', { name: '+1 212-555-0191', exact: true }).waitFor({ state: 'detached' });
});

test('an insight type is added, tried and found by a re-analysis', async () => {
  const get = async (path) => (await page.request.get(`${base}/api/v1/${path}`)).json();
  const calls = await Promise.all((await get('calls?limit=20')).items.map((c) => get(`calls/${c.id}`)));
  const call = calls.find((c) => c.transcript?.lines.length > 2);
  const word = call.transcript.lines.flatMap((l) => l.text.match(/[a-z]{4,}/gi) ?? []).sort((a, b) => b.length - a.length)[0];
  await page.goto(`${base}/setup/insight-types`);
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Kind').selectOption({ label: 'Custom mention' });
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(word);
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: `Change ${word}` }).waitFor();
  await page.getByLabel('Sentence').fill(`They said ${word} twice`);
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByRole('table', { name: 'What matches' }).getByText('As written').waitFor();
  const asked = await page.request.post(`${base}/api/v1/reanalyses`, { data: { stage: 'analyze', call_id: call.id } });
  assert.ok(asked.ok(), await asked.text());
  await page.goto(`${base}/calls/${call.id}`);
  await section('Mentions').getByRole('button', { name: word, exact: true }).waitFor({ timeout: 60_000 });
});

test('the API reference shows what this server offers', async () => {
  await page.goto(`${base}/api-reference`);
  await page.getByLabel('Search').fill('excluded');
  await page.locator('summary').filter({ hasText: 'POST' }).first().click();
  await page.getByText(/curl -X POST .*excluded-numbers/).waitFor();
  assert.deepEqual(await axe(page), []);
});

test('a range of days is back-filled, and one call fetched by its id', async () => {
  const known = (await (await page.request.get(`${base}/api/v1/vc-calls`)).json()).items[0].provider_call_id;
  await page.goto(`${base}/voice-connector/aircall`);
  const backfill = section('Back-fill');
  await backfill.getByRole('button', { name: 'Last 7 days' }).click();
  await backfill.getByRole('button', { name: 'Process these calls' }).click();
  await backfill.getByText(/^Done: \d+ calls? listed, 0 of them new/).waitFor({ timeout: 30_000 });
  const one = section('Fetch One Call');
  await one.getByRole('textbox', { name: 'Provider call id' }).fill('1');
  await one.getByRole('button', { name: 'Fetch the call' }).click();
  await one.getByRole('alert').waitFor();
  await one.getByRole('textbox', { name: 'Provider call id' }).fill(known);
  await one.getByRole('button', { name: 'Fetch the call' }).click();
  await one.getByRole('link', { name: 'Show it in VC Calls' }).click();
  await page.getByRole('row').filter({ hasText: known }).getByText('Processed').waitFor();
});

test('a connector that was switched off is enabled again once its jobs are deleted', async () => {
  await page.goto(`${base}/setup/scheduled-jobs`);
  await page.getByRole('button', { name: 'Run now: Hourly batch of Aircall' }).click();
  await page.getByText('Hourly batch of Aircall was started.').waitFor();
  await page.goto(`${base}/voice-connector/aircall`);
  const enable = section('Enable Integration');
  await enable.getByRole('switch', { name: 'Enable Integration' }).click();
  await enable.getByText(/scheduled jobs? remains? from before/).waitFor();
  await enable.getByRole('switch', { name: 'Enable Integration' }).click();
  await enable.getByRole('button', { name: 'Delete them and enable' }).click();
  await enable.getByText('✓ On').waitFor();
  assert.equal(await enable.getByRole('alert').count(), 0);
});

test('calls of a user and a day are found, and all of a filter retried', async () => {
  await page.goto(`${base}/voice-connector/vc-calls`);
  const today = await page.evaluate(() => { const d = new Date(); return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`; });
  await page.getByLabel('Arrived on this day or later').fill(today);
  await page.locator('tbody tr[aria-rowindex]').first().waitFor();
  await page.getByLabel('User', { exact: true }).selectOption({ label: 'Nina Admin' });
  await page.getByText('No call fits these filters.').waitFor();
  await page.getByRole('button', { name: 'Retry all of this filter' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retry', exact: true }).click();
  await page.getByText('Nothing to retry').waitFor();
});

test('keyboard alone: sign in, App Launcher, VC Calls', async () => {
  const other = await launch();
  const p = other.page;
  await p.goto(`${base}/login`);
  await p.locator('input[type=email]:focus').waitFor();
  await p.keyboard.type(email);
  await p.keyboard.press('Tab');
  await p.keyboard.type(password);
  await p.keyboard.press('Enter');
  await p.getByRole('button', { name: 'App Launcher' }).waitFor();
  await p.keyboard.press('Control+k');
  await p.getByRole('textbox', { name: 'Search apps and pages' }).waitFor();
  await p.keyboard.type('VC Calls');
  await p.keyboard.press('ArrowDown');
  await p.keyboard.press('Enter');
  await p.waitForURL('**/voice-connector/vc-calls');
  await other.close();
});

const paths = async (p) => {
  const call = (await (await p.request.get(`${base}/api/v1/calls`)).json()).items[0];
  const vc = (await (await p.request.get(`${base}/api/v1/vc-calls`)).json()).items[0];
  return ['/', '/calls', `/calls/${call.id}`, '/voice-connector', '/voice-connector/aircall', '/voice-connector/vc-calls', `/voice-connector/vc-calls/${vc.id}`, '/voice-connector/excluded-numbers', '/voice-connector/error-handling', '/voice-connector/troubleshooting', '/setup/users', '/setup/users/new', '/setup/permission-sets', '/setup/re-analysis', '/setup/named-credentials', '/setup/auth-providers', '/setup/sites', '/setup/general-settings', '/setup/insight-types', '/setup/scheduled-jobs', '/setup/installed-packages', '/setup/api-tokens', '/setup/single-sign-on', '/setup/audit-log', '/account', '/api-reference', '/setup/speech'];
};

for (const colorScheme of ['light', 'dark']) {
  test(`no axe violation in ${colorScheme}, and nothing wider than a phone`, async () => {
    const other = await launch({ colorScheme });
    const p = other.page;
    await p.goto(`${base}/login`);
    await p.getByRole('button', { name: 'Sign in' }).waitFor();
    const problems = (await axe(p)).map((v) => `/login: ${v}`);
    await signIn(p, email, password);
    for (const path of await paths(p)) {
      await p.setViewportSize({ width: 1280, height: 860 });
      await p.goto(base + path);
      await p.locator('h1').first().waitFor(); // the page, not what it shows while it loads
      await settled(p);
      problems.push(...(await axe(p)).map((v) => `${path}: ${v}`));
      await p.setViewportSize({ width: 360, height: 740 });
      if (await overflows(p)) problems.push(`${path}: wider than 360 px`);
    }
    await other.close();
    assert.deepEqual(problems, []);
  });
}

test('a failing API is told, with a way on', async () => {
  await page.route('**/api/v1/calls?**', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, detail: 'something unexpected happened', code: 'internal' }) }));
  await page.goto(`${base}/calls`);
  await page.getByRole('alert').getByText('something unexpected happened').waitFor();
  await page.unroute('**/api/v1/calls?**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('tbody a').first().waitFor();
});

test('signing out ends the session', async () => {
  await page.getByRole('button', { name: /user menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
  assert.equal((await page.request.get(`${base}/api/v1/calls`)).status(), 401);
});
