// What a healthy server hardly shows: troubles, faults and ten thousand rows. Runs the built UI (ui/dist) on the mock API; needs no server.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

import { axe, launch, overflows, settled } from './browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
let server;
let base;
let browser;
let page;
const errors = [];

before(async () => {
  process.env.EARSHOT_MOCK = '1';
  server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 4300 + (process.pid % 600) }, build: { outDir: process.env.EARSHOT_UI_DIST ?? 'dist' } });
  base = server.resolvedUrls.local[0].replace(/\/$/, '');
  browser = await launch();
  page = browser.page;
  page.on('pageerror', (e) => errors.push(e.message));
});
after(async () => { await browser?.close(); await server?.close(); });

const faults = (f) => fetch(`${base}/_mock`, { method: 'POST', body: JSON.stringify(f) });
const arrive = () => fetch(`${base}/_mock/arrive`).then((r) => r.json());
const open = async (path, p = page) => { await p.goto(base + path); await p.locator('h1').first().waitFor(); await settled(p); };
const ask = (method, path, body) => fetch(`${base}/api/v1/${path}`, { method, ...(body && { body: JSON.stringify(body) }) }).then((r) => (r.status < 300 ? undefined : assert.fail(`${method} ${path}: ${r.status}`)));
/** Switches a connector on by the API, whatever it was before: the connector first, so that it processes the last week. */
async function switchOn(provider, fields) {
  const to = `connectors/${provider}`;
  await ask('PUT', `${to}/credential`, { fields });
  await ask('POST', `${to}/terms`, { version: '2026-11' });
  await ask('POST', `${to}/test`);
  await ask('POST', `${to}/integration-user`);
  await ask('PUT', `${to}/switches`, { enabled: false, provider_enabled: false });
  await ask('PUT', `${to}/switches`, { enabled: true, delete_jobs: true });
  await ask('PUT', `${to}/switches`, { provider_enabled: true, delete_jobs: true });
}
const section = (name) => page.getByRole('region', { name, exact: true });

beforeEach(async () => { await page.setViewportSize({ width: 1280, height: 860 }); await faults({}); });

test('who lacks something cannot become integration user, and reads what', async () => {
  await open('/voice-connector/aircall');
  await page.getByRole('textbox', { name: 'API ID' }).fill('id');
  await page.locator('input[type=password]').fill('token');
  await page.getByRole('button', { name: 'Save and test' }).click();
  await page.getByText('2 of 3 numbers record calls').waitFor();
  await page.getByText('Turn on recording for "Front desk"').waitFor();
  await faults({ incompleteUser: true });
  await page.getByRole('button', { name: 'Assign Integration User' }).click();
  await section('Assign Integration User').getByRole('listitem').nth(1).waitFor();
  assert.equal(await section('Assign Integration User').getByRole('listitem').count(), 2);
  await faults({});
  await page.getByRole('button', { name: 'Assign Integration User' }).click();
  await section('Assign Integration User').getByText('✓ Nina Admin').waitFor();
});

test('ten thousand VC Calls scroll with few rows drawn, and a new one costs few requests', async () => {
  await open('/voice-connector/vc-calls');
  await page.locator('tbody tr').nth(20).waitFor();
  let most = 0;
  for (let done = false; !done;) {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const seen = await page.evaluate(() => ({ rows: document.querySelectorAll('tbody tr').length, all: document.querySelector('table').getAttribute('aria-rowcount') }));
    most = Math.max(most, seen.rows);
    done = seen.all !== '-1';
  }
  assert.ok(most <= 160, `${most} rows were drawn`);
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await page.locator('tr[aria-rowindex="10001"]').waitFor();
  const asked = [];
  page.on('request', (r) => asked.push(r.url()));
  const call = await arrive();
  await page.evaluate(() => window.scrollTo(0, 0));
  const row = page.getByRole('row').filter({ hasText: call.provider_call_id });
  await row.getByText('Processed').waitFor();
  const lists = asked.filter((u) => u.includes('/vc-calls')).length;
  assert.ok(lists < 12, `${lists} requests for one call`);
  page.removeAllListeners('request');
});

test('all providers are shown, each with its own way on', async () => {
  await open('/voice-connector');
  for (const name of ['Aircall', 'Amazon Connect', 'Dialpad', 'RingCentral']) await section(name).getByRole('link', { name: new RegExp(`(Connect|Open) ${name}`) }).waitFor();
});

test('a kind of credential asks for its own fields, and is sent', async () => {
  await open('/voice-connector/ringcentral');
  const form = section('Configure Named Credential');
  await form.getByRole('textbox', { name: 'JWT' }).fill('eyJ\nhbGci');
  await form.getByText('Sign in', { exact: true }).click();
  await form.getByRole('textbox', { name: 'JWT' }).waitFor({ state: 'detached' });
  await form.getByText('JWT', { exact: true }).first().click();
  assert.equal(await form.getByRole('textbox', { name: 'JWT' }).inputValue(), 'eyJ\nhbGci');
  await form.getByText('Settings', { exact: true }).click();
  await form.getByLabel('Send client credentials in header').selectOption('no');
  await form.getByRole('textbox', { name: 'Client ID' }).fill('app');
  await form.locator('input[type=password]').fill('hush');
  const sent = page.waitForRequest((r) => r.method() === 'PUT' && r.url().endsWith('/credential'));
  await form.getByRole('button', { name: 'Save and test' }).click();
  const body = (await sent).postDataJSON();
  assert.deepEqual(body.fields, { client_id: 'app', client_secret: 'hush', jwt: 'eyJ\nhbGci', kind: 'jwt' });
  assert.equal(body.settings.client_in_header, 'no');
  await form.getByText('✓ Authenticated').waitFor();
  assert.equal(await form.getByRole('textbox', { name: 'JWT' }).inputValue(), '');
});

test('signing in at a provider: save, go there, be refused, go there again', async () => {
  await open('/voice-connector/dialpad');
  const form = section('Configure Named Credential');
  await form.getByText('OAuth app', { exact: true }).click();
  await form.getByText('https://earshot.company.example/oauth/callback').waitFor();
  const signIn = form.getByRole('button', { name: 'Sign in at Dialpad' });
  assert.ok(await signIn.isDisabled());
  await form.getByRole('textbox', { name: 'Client ID' }).fill('app');
  await form.locator('input[type=password]').fill('hush');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForFunction(() => ![...document.querySelectorAll('button')].find((b) => b.textContent === 'Sign in at Dialpad')?.disabled);
  await faults({ loginRefused: true });
  await signIn.click();
  await page.waitForURL('**/voice-connector/dialpad?problem=*');
  await page.getByRole('alert').getByText('The provider did not grant access (access_denied)').waitFor();
  assert.deepEqual(await axe(page), []);
  await faults({});
  await section('Configure Named Credential').getByRole('button', { name: 'Sign in at Dialpad' }).click();
  await page.waitForURL('**/voice-connector/dialpad');
  await section('Configure Named Credential').getByText('✓ Authenticated').waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('why a sign-in failed is told where no connector is known, can be closed, and is only text', async () => {
  await page.goto(`${base}/voice-connector/?problem=${encodeURIComponent('this sign-in is not known <b>or</b> has run out')}`);
  await page.getByRole('alert').getByText('This sign-in is not known <b>or</b> has run out').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '');
});

test('scheduled jobs: run, delete, and what they leave when a connector is enabled again', async () => {
  await open('/setup/scheduled-jobs');
  await page.getByRole('heading', { name: 'No scheduled jobs' }).waitFor();
  await switchOn('dialpad', { kind: 'api_key', api_key: 'k' });
  await page.getByText('Pulls calls that did not arrive in real time').waitFor();
  const backfill = page.getByRole('row').filter({ hasText: 'Back-fill' });
  await backfill.getByText('Done: 200 calls listed, 50 of them new').first().waitFor();
  assert.ok(await page.getByRole('button', { name: 'Run now: Back-fill of Dialpad' }).isDisabled());
  await page.getByRole('button', { name: 'Run now: Hourly batch of Dialpad' }).click();
  await page.getByText('Hourly batch of Dialpad was started.').waitFor();
  await page.getByRole('row').filter({ hasText: 'Hourly batch' }).getByText('3 calls listed').last().waitFor();
  await page.getByRole('button', { name: 'Delete: Hourly batch of Dialpad' }).click();
  await page.getByRole('dialog').getByText('missed until the connector is switched off and on').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await page.getByRole('button', { name: 'Delete: Hourly batch of Dialpad' }).count(), 1);
  await page.getByRole('button', { name: 'Delete: Watch of Dialpad' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete: Watch of Dialpad' }).waitFor({ state: 'detached' });

  await open('/voice-connector/dialpad');
  const enable = section('Enable Integration');
  await enable.getByRole('switch', { name: 'Enable Integration' }).click();
  await enable.getByText('1 scheduled job remains from before').waitFor();
  await enable.getByRole('switch', { name: 'Enable Integration' }).click();
  await enable.getByRole('alert').getByText('1 scheduled jobs remain').waitFor();
  assert.ok(!(await enable.getByRole('switch', { name: 'Enable Integration' }).isChecked()));
  assert.deepEqual(await axe(page), []);
  await enable.getByRole('button', { name: 'Delete them and enable' }).click();
  await enable.getByText('✓ On').waitFor();
  await enable.getByRole('link', { name: /Scheduled Jobs \(/ }).click();
  await page.waitForURL('**/setup/scheduled-jobs');
  await page.getByRole('button', { name: 'Delete: Watch of Dialpad' }).waitFor();
});

test('General Settings enables what jobs stand in the way of, too', async () => {
  await switchOn('dialpad', { kind: 'api_key', api_key: 'k' });
  await ask('PUT', 'connectors/dialpad/switches', { provider_enabled: false });
  await open('/setup/general-settings');
  await page.getByRole('switch', { name: 'Dialpad' }).click();
  await page.getByRole('button', { name: 'Delete them and enable' }).click();
  await page.waitForFunction(() => [...document.querySelectorAll('input[role=switch]')].some((s) => s.checked && s.closest('.mantine-Switch-root')?.textContent.includes('Dialpad')));
  assert.equal(await page.getByRole('alert').count(), 0);
});

test('a back-fill is asked for by days and shows how far it is', async () => {
  await switchOn('aircall', { api_id: 'id', api_token: 't' });
  await open('/voice-connector/aircall');
  const part = section('Back-fill');
  await part.getByRole('button', { name: 'Last 30 days' }).click();
  const days = await part.locator('input[type=date]').evaluateAll((inputs) => inputs.map((i) => i.value));
  assert.equal(Math.round((Date.parse(days[1]) - Date.parse(days[0])) / 86_400_000), 30);
  const sent = page.waitForRequest((r) => r.url().endsWith('/backfill'));
  await part.getByRole('button', { name: 'Process these calls' }).click();
  const body = (await sent).postDataJSON();
  assert.equal(Math.round((Date.parse(body.to) - Date.parse(body.from)) / 86_400_000), 31);
  await part.getByText(/^[2468]0 %: /).waitFor();
  await part.getByText('Done: 200 calls listed, 50 of them new').waitFor();
  await section('Provider Limits').getByText('12 of 60 requests in the last minute').waitFor();
  await open('/voice-connector/dialpad');
  await section('Provider Limits').getByText(/10 of 10 requests in the last minute, paused until/).waitFor();
});

test('one call is fetched by its id, also one that never arrived', async () => {
  await open('/voice-connector/aircall');
  const part = section('Fetch One Call');
  const id = part.getByRole('textbox', { name: 'Provider call id' });
  await id.fill('0815');
  await part.getByRole('button', { name: 'Fetch the call' }).click();
  await part.getByRole('alert').getByText('The provider knows no such call').waitFor();
  await id.fill('918400000');
  await part.getByRole('button', { name: 'Fetch the call' }).click();
  await part.getByRole('link', { name: 'Show it in VC Calls' }).waitFor();
  await id.fill(' 77001 ');
  await part.getByRole('button', { name: 'Fetch the call' }).click();
  await part.getByRole('status').getByText('Processing').waitFor();
  await part.getByRole('link', { name: 'Call 77001' }).click();
  await page.getByRole('heading', { name: 'Call 77001' }).waitFor();
});

test('VC Calls of one user in a range of days, and all of them retried', async () => {
  await open('/voice-connector/vc-calls');
  await page.getByLabel('User', { exact: true }).selectOption({ label: 'Maria Lopez' });
  await page.getByLabel('Arrived on this day or later').fill('2026-11-20');
  await page.getByLabel('Arrived on this day or earlier').fill('2026-11-21');
  await page.getByLabel('State').selectOption('failed');
  await page.waitForURL((u) => ['user=u1', 'from=2026-11-20', 'to=2026-11-21', 'state=failed'].every((p) => u.search.includes(p)));
  await page.waitForFunction(() => { const rows = [...document.querySelectorAll('tbody tr[aria-rowindex]')]; return rows.length > 0 && rows.every((r) => r.textContent.includes('Maria Lopez') && r.textContent.includes('Failed')); });
  const count = await page.locator('tbody tr[aria-rowindex]').count();
  await page.getByRole('button', { name: 'Retry all of this filter' }).click();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Retry', exact: true }).click();
  await page.getByText(`${count} calls started again.`).waitFor();
  await page.getByText('No call fits these filters.').waitFor();
  await page.getByLabel('State').selectOption('processed');
  assert.ok(await page.getByRole('button', { name: 'Retry all of this filter' }).isDisabled());
});

test('filters live in the address', async () => {
  await open('/voice-connector/vc-calls?state=failed&q=91839');
  assert.equal(await page.getByLabel('State').inputValue(), 'failed');
  assert.equal(await page.getByRole('searchbox').inputValue(), '91839');
  await page.locator('tbody tr').nth(20).waitFor();
  const states = await page.locator('tbody tr[aria-rowindex] td:nth-child(2)').allInnerTexts();
  assert.ok(states.length > 0 && states.every((s) => s.startsWith('Failed')), states.join());
  await page.getByRole('searchbox').fill('no such call');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.locator('tbody tr').nth(20).waitFor();
  assert.equal(new URL(page.url()).search, '');
});

test('the transcript follows the recording until the reader scrolls', async () => {
  await open('/calls/c8');
  const inView = (n) => page.waitForFunction((i) => { const box = document.querySelector('[aria-label="Lines of the transcript"]').getBoundingClientRect(); const line = document.querySelectorAll('.line')[i].getBoundingClientRect(); return line.top >= box.top - 1 && line.bottom <= box.bottom + 1; }, n);
  await page.getByRole('slider', { name: 'Position' }).fill('700');
  await page.waitForFunction(() => [...document.querySelectorAll('.line')].findIndex((l) => l.dataset.current === 'true') > 80);
  const at = await page.evaluate(() => [...document.querySelectorAll('.line')].findIndex((l) => l.dataset.current === 'true'));
  await inView(at);
  await page.getByRole('region', { name: 'Lines of the transcript' }).hover();
  await page.mouse.wheel(0, -4000);
  await page.getByRole('button', { name: 'Follow along' }).click();
  await inView(at);
  await page.getByRole('region', { name: 'Next steps' }).getByRole('button').first().click();
  await page.waitForFunction(() => document.querySelectorAll('.line')[4].dataset.current === 'true');
  await page.getByRole('button', { name: 'Pause' }).click();
});

test('silence is skipped on request', async () => {
  await open('/calls/c0');
  await page.getByRole('switch', { name: 'Skip silence' }).click();
  const silence = await page.evaluate(async () => { const { transcript } = await (await fetch('/api/v1/calls/c0')).json(); const lines = transcript.lines; const i = lines.findIndex((l, n) => n > 0 && l.start - lines[n - 1].end > 5); return { from: lines[i - 1].end, to: lines[i].start }; });
  await page.getByRole('slider', { name: 'Position' }).fill(String((silence.from + 0.5).toFixed(1)));
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForFunction((to) => document.querySelector('audio').currentTime > to - 0.3, silence.to, { timeout: (silence.to - silence.from) * 1000 - 2500 });
  await page.getByRole('button', { name: 'Pause' }).click();
});

test('the waveform changes its colours with the scheme', async () => {
  await open('/calls/c0');
  // The first colour that is painted whole, other than the one given.
  const ink = (not) => page.waitForFunction((before) => {
    const c = document.querySelector('[data-testid=waveform] > div')?.shadowRoot?.querySelector('canvas');
    const d = c?.getContext('2d').getImageData(0, 0, c.width, c.height).data ?? [];
    for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255) { const found = [d[i], d[i + 1], d[i + 2]].join(); return found !== before && found; }
    return false;
  }, not).then((h) => h.jsonValue());
  const before = await ink('');
  await page.getByRole('button', { name: /Dark colours|Light colours/ }).click();
  await ink(before);
  await page.getByRole('button', { name: /Dark colours|Light colours/ }).click();
});

test('a session that ends elsewhere leads to the login and back', async () => {
  await open('/calls');
  await faults({ signedOut: true });
  await page.getByRole('searchbox').fill('invoice');
  await page.waitForURL('**/login?next=*');
  await page.locator('input[type=email]').fill('nina@company.example');
  await page.locator('input[type=password]').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('password is wrong').waitFor();
  await page.locator('input[type=password]').fill('right');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/calls');
});

test('a server without an admin leads to the first run', async () => {
  await faults({ firstRun: true });
  await page.goto(`${base}/calls`);
  await page.waitForURL('**/first-run**');
  assert.deepEqual(await axe(page), []);
});

test('a server that does not answer is told', async () => {
  await faults({ failPath: '/api/v1/session' });
  await page.goto(`${base}/`);
  await page.getByRole('heading', { name: 'Earshot cannot show this page' }).waitFor({ timeout: 30_000 });
  await faults({});
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: /Hello/ }).waitFor();
});

const lists = { '/': '/api/v1/calls', '/calls': '/api/v1/calls', '/setup/scheduled-jobs': '/api/v1/scheduled-jobs', '/voice-connector/vc-calls': '/api/v1/vc-calls', '/setup/users': '/api/v1/users' };
test('a page tells that its data failed, and tries again', async () => {
  for (const [path, failPath] of Object.entries(lists)) {
    await faults({ failPath });
    await page.goto(base + path);
    await page.getByRole('alert').getByText('Something unexpected happened').first().waitFor();
    await faults({});
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByRole('alert').first().waitFor({ state: 'detached' });
  }
});

const troubled = ['/calls/c7', '/calls/c9', '/calls/c10', '/calls/c11', '/calls/c12', '/calls/c13', '/calls/none', '/nowhere', '/voice-connector/none', '/voice-connector/vc-calls/v12', '/voice-connector/vc-calls/v16', '/voice-connector', '/voice-connector/amazonconnect', '/voice-connector/dialpad', '/voice-connector/ringcentral', '/setup/scheduled-jobs'];
const empty = ['/', '/calls', '/voice-connector/vc-calls', '/voice-connector/excluded-numbers', '/setup/scheduled-jobs'];
for (const colorScheme of ['light', 'dark']) {
  test(`troubled, empty and failed pages have no axe violation in ${colorScheme}, and fit a phone`, async () => {
    const other = await launch({ colorScheme });
    const problems = [];
    const look = async (path) => {
      await other.page.setViewportSize({ width: 1280, height: 860 });
      await open(path, other.page);
      problems.push(...(await axe(other.page)).map((v) => `${path}: ${v}`));
      if (!(await other.page.title()).endsWith('· Earshot')) problems.push(`${path}: titled ${await other.page.title()}`);
      await other.page.setViewportSize({ width: 360, height: 740 });
      if (await overflows(other.page)) problems.push(`${path}: wider than 360 px`);
    };
    for (const path of troubled) await look(path);
    await faults({ empty: true });
    for (const path of empty) await look(path);
    await faults({ engineMissing: true });
    await look('/setup/speech');
    await faults({ failPath: '/api/v1/vc-calls' });
    await other.page.goto(`${base}/voice-connector/vc-calls`);
    await other.page.getByRole('alert').waitFor();
    problems.push(...(await axe(other.page)).map((v) => `failed: ${v}`));
    await other.close();
    assert.deepEqual(problems, []);
  });
}

test('older calls are analysed again, with progress, and it can be stopped', async () => {
  await faults({ empty: true });
  await open('/setup/re-analysis');
  await page.getByRole('heading', { name: 'Nothing was analysed again' }).waitFor();
  await faults({});
  await page.getByRole('radio', { name: 'Transcribe again' }).check();
  await page.getByLabel('Provider').selectOption('aircall');
  const sent = page.waitForRequest((r) => r.method() === 'POST' && r.url().endsWith('/reanalyses'));
  await page.getByRole('button', { name: 'Start' }).click();
  assert.deepEqual((await sent).postDataJSON(), { stage: 'transcribe', provider: 'aircall' });
  const item = page.getByRole('listitem', { name: /Transcribed again: of aircall/ });
  await item.getByText('280 of 1,200 calls done, 1 of them not processed').waitFor();
  assert.deepEqual(await axe(page), []);
  await item.getByRole('button', { name: 'Stop' }).click();
  await item.getByText('Stopped after 280 calls').waitFor();
});

test('ten thousand users scroll with few rows drawn, and are found by name', async () => {
  await open('/setup/users');
  await page.locator('tbody tr').nth(20).waitFor();
  for (let done = false; !done;) {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const seen = await page.evaluate(() => ({ rows: document.querySelectorAll('tbody tr').length, all: document.querySelector('table').getAttribute('aria-rowcount') }));
    assert.ok(seen.rows <= 160, `${seen.rows} rows are drawn`);
    done = seen.all !== '-1';
  }
  await page.getByRole('searchbox', { name: 'Find a user' }).fill('rep 09999');
  await page.getByRole('link', { name: 'Rep 09999' }).waitFor();
  await page.getByLabel('Permission set').selectOption('Conversation Insights for Service');
  await page.getByText('No user fits these filters.').waitFor();
});

test('a user gets a number with its days, a manager and a set; what somebody else changed meanwhile is not overwritten', async () => {
  await open('/setup/users/u2');
  await page.getByRole('button', { name: 'Add a number' }).click();
  await page.getByRole('textbox', { name: 'Number', exact: true }).last().fill('+1 212 555 0199');
  await page.getByLabel('From').last().fill('2026-11-02');
  await page.getByLabel('Manager').selectOption({ label: 'Maria Lopez' });
  await page.getByRole('checkbox', { name: /^Conversation Insights for Service/ }).check();
  assert.deepEqual(await axe(page), []);
  const sent = page.waitForRequest((r) => r.method() === 'PUT' && r.url().endsWith('/users/u2'));
  await page.getByRole('button', { name: 'Save' }).click();
  const body = (await sent).postDataJSON();
  assert.equal(body.phone_periods.length, 2);
  assert.ok(body.phone_periods[1].from && !body.phone_periods[1].to && body.manager_id === 'u1');
  await page.getByText('James Carter is saved').waitFor();
  const now = await (await fetch(`${base}/api/v1/users/u2`)).json();
  await fetch(`${base}/api/v1/users/u2`, { method: 'PUT', body: JSON.stringify({ ...now, phone_periods: now.phones, permission_sets: [] }) });
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('James C.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('James Carter was changed meanwhile').waitFor();
});

test('users are imported after a look at what would happen', async () => {
  await open('/setup/users');
  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import users' });
  await dialog.locator('input[type=file]').setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from('email,name\nnew@company.example,New\n') });
  await dialog.getByText('new@company.example').waitFor();
  assert.deepEqual(await axe(page), []);
  const sent = page.waitForRequest((r) => r.url().endsWith('/users/import?dry=false'));
  await dialog.getByRole('button', { name: 'Import 2 users' }).click();
  const request = await sent;
  assert.equal(request.headers()['content-type'], 'text/csv');
  assert.equal(request.postData(), 'email,name\nnew@company.example,New\n');
  await dialog.waitFor({ state: 'hidden' });
});

test('a permission set is given to several users at once', async () => {
  await open('/setup/permission-sets');
  await page.getByRole('button', { name: 'Assign Conversation Insights for Service' }).click();
  const dialog = page.getByRole('dialog', { name: 'Conversation Insights for Service' });
  await dialog.getByRole('checkbox', { name: /Priya Shah/ }).check();
  await dialog.getByRole('checkbox', { name: /Dana Whitfield/ }).check();
  assert.deepEqual(await axe(page), []);
  const sent = page.waitForRequest((r) => r.url().endsWith('/permission-sets/assignments'));
  await dialog.getByRole('button', { name: 'Save' }).click();
  assert.deepEqual((await sent).postDataJSON(), { set: 'Conversation Insights for Service', users: ['u3', 'u4'], hold: true });
  await dialog.waitFor({ state: 'hidden' });
});

test('an API token is shown once, and revoked after a question', async () => {
  await open('/account');
  const tokens = section('API tokens');
  await tokens.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('weekly report');
  await page.getByRole('button', { name: 'Make token' }).click();
  await page.getByText('earshot_MOCKEDTOKEN', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('earshot_MOCKEDTOKEN', { exact: false }).waitFor({ state: 'detached' });
  await tokens.getByRole('button', { name: 'Revoke weekly report' }).click();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await tokens.getByText('weekly report').waitFor({ state: 'detached' });
});

test('the audit log is filtered and says when nothing fits', async () => {
  await open('/setup/audit-log');
  await page.getByRole('combobox', { name: 'Action' }).selectOption('sign_in_failed');
  await page.getByRole('cell').getByText('Credential saved').first().waitFor({ state: 'detached' });
  await page.getByRole('searchbox', { name: 'Search the audit log' }).fill('zebra');
  await page.getByText('No entry fits these filters.').waitFor();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await page.getByText('Credential saved').last().waitFor();
});

test('a line is corrected, speakers get names, and it can be taken back', async () => {
  await open('/calls/c0');
  await page.getByRole('button', { name: 'Correct', exact: true }).click();
  await page.getByRole('button', { name: /Then that was our mistake/ }).click();
  const form = page.getByRole('form', { name: 'Correct a line' });
  assert.ok(await form.getByRole('button', { name: 'Save' }).isDisabled());
  await form.getByLabel('What was said').fill('Then that was my mistake.');
  assert.deepEqual(await axe(page), []);
  const sent = page.waitForRequest((r) => r.method() === 'PUT' && r.url().includes('/lines/5'));
  await form.getByRole('button', { name: 'Save' }).click();
  assert.match((await sent).postDataJSON().was, /^Then that was our mistake/);
  await page.getByRole('button', { name: /Then that was my mistake\. \(corrected\)/ }).click();
  await form.getByRole('button', { name: 'Take the correction back' }).waitFor();
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Correct', exact: true }).click();
  await page.getByRole('button', { name: 'Speakers' }).click();
  const dialog = page.getByRole('dialog', { name: 'Speakers' });
  await dialog.getByRole('textbox', { name: 'Name of Customer' }).fill('Peter');
  await dialog.getByRole('button', { name: 'Save' }).last().click();
  await dialog.getByText('It stays so when the call is transcribed again').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.locator('.line .who').getByText('Peter').first().waitFor();
});

test('no page had an error of its own', () => assert.deepEqual(errors, []));
