// Goes through the whole Voice Connector Guide for each of the four providers, with the real binary and simulated providers, by what is on the screen.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch, settled } from './browser.mjs';

const binary = fileURLToPath(new URL('../../bin/earshot', import.meta.url));
const agents = [['Maria Lopez', '4101'], ['James Carter', '4102'], ['Priya Shah', '4103'], ['Dana Whitfield', '4104']];

// What is entered for each provider, by the labels of its form, and which switch comes first.
const providers = [
  { name: 'Aircall', kind: '', fields: { 'API ID': 'fake-id', 'API token': 'fake-token' }, address: 'API address', connectorFirst: true, lastWeek: true },
  { name: 'Amazon Connect', kind: 'Access keys', fields: { 'Access key ID': 'AKIAFAKEFAKEFAKE', 'Secret access key': 'fake-secret-access-key' }, address: 'Endpoint', connectorFirst: true, lastWeek: false,
    settings: (base) => ({ 'Instance ID': '12345678-1234-1234-1234-123456789012', 'Queue URL': `${base}/111122223333/contact-events` }), choices: { 'Where events come from': 'SQS queue' } },
  { name: 'Dialpad', kind: 'OAuth app', fields: { 'Client ID': 'fake-client', 'Client secret': 'fake-client-secret' }, address: 'API address', login: true, connectorFirst: false, lastWeek: false, began: 'Before enablement' }, // the simulated call began a minute ago
  { name: 'RingCentral', kind: 'Sign in', fields: { 'Client ID': 'fake-client', 'Client secret': 'fake-secret' }, address: 'API address', login: true, connectorFirst: true, lastWeek: true },
];
const slug = (name) => name.toLowerCase().replace(' ', '');

let base;
let browser;
let page;
let firstRun;
const folder = mkdtempSync(join(tmpdir(), 'earshot-guide-'));
const children = [];
const simulators = {};

const freePort = () => new Promise((done) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); }); });

/** Starts the program and waits until it has printed what is looked for. */
function start(args, wanted, env = {}) {
  const child = spawn(binary, [...args, '--data-dir', join(folder, args[0])], { env: { ...process.env, EARSHOT_LOG_LEVEL: 'warn', ...env } });
  children.push(child);
  let text = '';
  return new Promise((done, fail) => {
    child.once('exit', (code) => fail(new Error(`${args.join(' ')} ended with ${code}: ${text}`)));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { text += chunk; const found = wanted.exec(text); if (found) done(found[0]); });
  });
}

before(async () => {
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  firstRun = await start(['serve', '--addr', `127.0.0.1:${port}`], /http:\S+first-run\S+/, { EARSHOT_PUBLIC_URL: base });
  for (const { name } of providers) {
    const at = await freePort();
    simulators[name] = `http://127.0.0.1:${at}`;
    await start(['simulate', slug(name), '--listen', `127.0.0.1:${at}`], /Let a call happen/);
  }
  browser = await launch();
  page = browser.page;
});
after(async () => {
  await browser?.close();
  await Promise.all(children.map((c) => new Promise((done) => { if (c.exitCode !== null) return done(); c.once('exit', done); c.kill(); })));
  rmSync(folder, { recursive: true, force: true });
});

const section = (name) => page.getByRole('region', { name, exact: true });

/** Opens a page from the App Launcher, by keyboard alone. */
async function launcher(text, heading) {
  await page.keyboard.press('Control+k');
  await page.getByRole('textbox', { name: 'Search apps and pages' }).fill(text);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** "From Setup, enter … in the Quick Find box, and then select …" */
async function quickFind(text, name) {
  if (!(await page.getByRole('searchbox', { name: 'Quick Find' }).isVisible())) await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Users', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Quick Find' }).fill(text);
  await page.getByRole('main').getByRole('link', { name: new RegExp(`^${name}`) }).first().click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

async function open(p) {
  await launcher('Voice Connectors', 'Voice Connector');
  await page.getByRole('link', { name: new RegExp(`(Connect|Open) ${p.name}`) }).click();
  await page.getByRole('heading', { level: 1, name: p.name }).waitFor();
  await settled(page);
}

/** Turns a switch and waits until it is as it should be. */
async function turn(name, on) {
  const it = page.getByRole('switch', { name: new RegExp(`^${name}`) });
  await it.waitFor();
  if ((await it.isChecked()) !== on) await it.click();
  await page.waitForFunction(([label, wanted]) => [...document.querySelectorAll('input[role=switch]')].some((e) => e.labels[0]?.textContent.startsWith(label) && e.checked === wanted && !e.disabled), [name, on]);
}

const inGeneralSettings = async (p, on) => { await quickFind('Einstein Conversation Insights', 'General Settings'); await turn(p.name, on); };
const onItsPage = async (p, on) => { await open(p); await turn('Enable Integration', on); };

test('Install: the first admin installs for all users and gets a mail', async () => {
  await page.goto(firstRun);
  await page.getByRole('textbox', { name: 'Your name' }).fill('Nina Admin');
  await page.getByRole('textbox', { name: 'E-mail' }).fill('nina@larkspur.example');
  await page.getByLabel('Password', { exact: true }).or(page.locator('input[autocomplete=new-password]')).first().fill('correct horse battery');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('radio', { name: 'Install for All Users' }).check();
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await page.getByRole('link', { name: 'Connect RingCentral' }).waitFor();
  await quickFind('Installed', 'Installed Packages');
  await page.getByRole('article', { name: /was installed/ }).getByText('Read it').click();
  await page.getByText(/was installed on .*, for all users/).waitFor();
});

test('User ID matching: the identifiers of each user are entered, but for RingCentral, whose users are mapped', async () => {
  for (const [name, id] of agents) {
    await quickFind('Users', 'Users');
    await page.getByRole('link', { name: 'New user' }).click();
    const email = `${name.toLowerCase().replace(' ', '.')}@larkspur.example`;
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await page.getByRole('textbox', { name: 'E-mail' }).fill(email);
    for (const field of ['Aircall User Identifier', 'Dialpad User Identifier']) await page.getByRole('textbox', { name: field }).fill(id);
    await page.getByRole('textbox', { name: 'Amazon Connect Username' }).fill(email);
    await page.getByRole('checkbox', { name: /^Conversation Insights for Sales/ }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  }
});

for (const p of providers) {
  test(`${p.name}: launch, terms, named credential`, async () => {
    await open(p);
    await section('Prepare').getByText('You have Customize Application').waitFor();
    await page.getByRole('checkbox', { name: /I have read the terms/ }).check();
    await page.getByRole('button', { name: 'Accept', exact: true }).click();
    await section('Terms').getByText(/was accepted by Nina Admin/).waitFor();
    const step = section('Configure Named Credential');
    await step.getByText(`${p.name} Configuration Guide`).waitFor();
    if (p.kind) await step.getByText(p.kind, { exact: true }).first().click();
    for (const [label, value] of Object.entries(p.fields)) await step.getByLabel(label, { exact: false }).and(step.locator('input')).first().fill(value);
    await step.getByText('Settings', { exact: true }).click();
    await step.getByRole('textbox', { name: p.address }).fill(simulators[p.name]);
    for (const [label, value] of Object.entries(p.settings?.(simulators[p.name]) ?? {})) await step.getByRole('textbox', { name: label }).fill(value);
    for (const [label, value] of Object.entries(p.choices ?? {})) await step.getByLabel(label).selectOption(value);
    if (p.login) {
      await step.getByRole('button', { name: 'Save', exact: true }).click();
      await step.getByRole('button', { name: `Sign in at ${p.name}` }).and(page.locator(':enabled')).click();
    } else {
      await step.getByRole('button', { name: 'Save and test' }).click();
    }
    await step.getByText('✓ Authenticated').waitFor();
  });

  test(`${p.name}: its users are mapped to those here`, async () => {
    await page.getByRole('link', { name: 'Map users' }).click();
    await page.getByRole('heading', { level: 1, name: 'Map users' }).waitFor();
    if (p.name === 'RingCentral') {
      await page.getByText('Suggested: same').first().waitFor();
      await page.getByRole('button', { name: `Link ${agents.length} users` }).click();
    }
    for (const [name] of agents) await page.getByRole('row', { name: new RegExp(`${name}.*Linked`) }).waitFor();
    await page.getByRole('link', { name: `← ${p.name}` }).click();
    await page.getByRole('heading', { level: 1, name: p.name }).waitFor();
    await settled(page);
  });

  test(`${p.name}: integration user, excluded number, both switches in the order that was chosen`, async () => {
    await page.getByRole('button', { name: 'Assign Integration User' }).click();
    await section('Assign Integration User').getByText('✓ Nina Admin').waitFor();
    await section('Exclude Phone Numbers').getByRole('textbox', { name: 'Phone numbers' }).fill('+1 212 555 0199');
    await section('Exclude Phone Numbers').getByRole('button', { name: 'Exclude', exact: true }).click();
    await section('Exclude Phone Numbers').getByText(/1 number: \+1 212-555-0199/).waitFor();
    if (p.connectorFirst) {
      await onItsPage(p, true);
      await page.getByText(p.lastWeek ? 'Calls of the last 7 days will be processed when you turn on General Settings.' : /are not processed by themselves, whichever switch comes first/).waitFor();
      await inGeneralSettings(p, true);
    } else {
      await inGeneralSettings(p, true);
      await open(p);
      await page.getByText('Calls of the last 7 days will not be processed when you turn on Enable Integration').waitFor();
      await turn('Enable Integration', true);
    }
    await quickFind('Scheduled Jobs', 'Scheduled Jobs');
    await page.getByRole('button', { name: `Run now: Hourly batch of ${p.name}` }).waitFor();
    assert.equal(await page.getByRole('button', { name: `Delete: Back-fill of ${p.name}` }).count(), p.lastWeek ? 1 : 0);
  });

  test(`${p.name}: a call arrives and is ${p.began ? 'known as one that began before enabling' : 'processed'}`, async () => {
    const placed = await fetch(`${simulators[p.name]}/_simulate/place`, { method: 'POST' });
    assert.ok(placed.ok, await placed.text());
    await launcher('VC Calls', 'VC Calls');
    const listed = page.waitForResponse((r) => r.url().includes('/vc-calls?') && r.url().includes(`provider=${slug(p.name)}`) && r.ok());
    await page.getByLabel('Provider', { exact: true }).selectOption({ label: p.name });
    await (await listed).finished();
    await page.getByRole('row').getByText(p.began ?? 'Processed').first().waitFor({ timeout: 90_000 });
  });

  test(`${p.name}: disable, refused while jobs remain, delete them, enable again`, async () => {
    await onItsPage(p, false);
    await inGeneralSettings(p, false);
    await open(p);
    await page.getByRole('switch', { name: /^Enable Integration/ }).click();
    await section('Enable Integration').getByRole('alert').getByText(/scheduled jobs? remains? from before/).waitFor();
    await quickFind('Scheduled Jobs', 'Scheduled Jobs');
    const mine = page.getByRole('button', { name: new RegExp(`^Delete: .* of ${p.name}$`) }).and(page.locator(':visible'));
    await mine.first().waitFor();
    for (let left = await mine.count(); left > 0; left--) {
      await mine.first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.waitForFunction(([name, n]) => [...document.querySelectorAll('button')].filter((b) => b.offsetParent && b.ariaLabel?.startsWith('Delete: ') && b.ariaLabel.endsWith(` of ${name}`)).length < n, [p.name, left]);
    }
    await onItsPage(p, true);
    await turn(`${p.name} in General Settings`, true);
    await section('Enable Integration').getByText('✓ On').waitFor();
  });
}

test('Troubleshooting finds the guest user well', async () => {
  await launcher('Troubleshooting', 'Troubleshooting');
  await page.getByText(/Voice Connector Guest User is active and holds/).waitFor();
});
