// Every page of the router, in each state that a page can be in. Runs the built UI (ui/dist) on the mock API; needs no server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

import { axe, launch, overflows, settled } from './browser.mjs';
import { adminPages, examples, routes } from './pages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MANY = 10_000;
const PAGE = 50; // what the server gives of a list that comes in pages, if nothing else is asked for
const paged = ['calls', 'vc-calls', 'audit-log'];
let server;
let base;
let browser;
let page;
let errors = [];
let mode = {};

/** What the API answers in the mode of the moment: as it is, nothing in any list, failures, or lists of ten thousand. */
async function answer(route) {
  const request = route.request();
  const url = new URL(request.url());
  const path = url.pathname.replace('/api/v1/', '');
  mode.asked?.push(`${request.method()} ${path}`);
  if (path === 'changes' || request.method() !== 'GET') return route.continue();
  if (mode.failing && path !== 'session') return route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ status: 500, code: 'internal', title: 'Internal', detail: 'Something unexpected happened. Nothing was changed. Try again.' }) });
  if (mode.many && path === mode.many) return route.fulfill({ json: await slice(url, route) });
  if (!mode.empty && !(mode.permissions && path === 'session')) return route.continue();
  const response = await route.fetch();
  if (!response.headers()['content-type']?.includes('json')) return route.fulfill({ response });
  const json = await response.json();
  if (mode.empty && Array.isArray(json.items)) { json.items = []; delete json.next; }
  if (mode.permissions && json.user) json.user = { ...json.user, permissions: mode.permissions, voice_connector: false };
  return route.fulfill({ response, json });
}

/** A page of a list of ten thousand, made of those that the mock has. */
async function slice(url, route) {
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? (paged.includes(mode.many) ? PAGE : MANY));
  url.searchParams.delete('cursor');
  const first = (await (await route.fetch({ url: url.href })).json()).items;
  assert.ok(first.length > 0, `${url.pathname}: the mock has nothing to repeat`);
  const items = Array.from({ length: Math.min(limit, MANY - from) }, (_, i) => ({ ...first[(from + i) % first.length], id: `many-${from + i}` }));
  return { items, ...(from + items.length < MANY && { next: String(from + items.length) }) };
}

before(async () => {
  process.env.EARSHOT_MOCK = '1';
  server = await preview({ root, logLevel: 'error', preview: { host: '127.0.0.1', port: 4900 + (process.pid % 600) }, build: { outDir: process.env.EARSHOT_UI_DIST ?? 'dist' } });
  base = server.resolvedUrls.local[0].replace(/\/$/, '');
  browser = await launch();
  page = browser.page;
  page.on('pageerror', (e) => errors.push(e.message));
  await browser.context.route('**/api/v1/**', answer);
  await fetch(`${base}/api/v1/excluded-numbers`, { method: 'POST', body: JSON.stringify({ numbers: ['+1 212 555 0142'], note: 'Counsel' }) });
});
after(async () => { await browser?.close(); await server?.close(); });

async function open(path, how = {}) {
  mode = how;
  errors = [];
  await page.goto(base + path);
  await page.locator('h1').first().waitFor();
  await settled(page);
}

const main = () => page.locator('main').first();
const fine = (name) => assert.deepEqual(errors, [], `${name}: errors in the page`);

async function looks(name, width, colorScheme) {
  await page.setViewportSize({ width, height: 860 });
  await page.emulateMedia({ colorScheme });
  assert.equal(await overflows(page), false, `${name}: is wider than ${width} px`);
  assert.deepEqual(await axe(page), [], `${name}: ${width} px, ${colorScheme}`);
}

/** Goes through the page with the Tab key: everything that can be used is reached, and what has the focus shows it. */
async function byKeyboard(name) {
  await page.setViewportSize({ width: 1280, height: 860 });
  const want = await page.evaluate(() => {
    const usable = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((e) => e.tabIndex >= 0 && !e.disabled && e.type !== 'radio' && e.textContent !== 'Show more' && e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert]'));
    usable.forEach((e, i) => { e.dataset.place = String(i); });
    document.activeElement?.blur?.();
    window.getSelection()?.removeAllRanges();
    return usable.map((e) => `${e.tagName} ${e.getAttribute('aria-label') ?? e.textContent?.slice(0, 40)}`);
  });
  const reached = new Set();
  const dim = [];
  for (let i = 0; i < want.length + 15 && i < 130; i++) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      return { place: e.dataset.place, text: `${e.tagName} ${e.getAttribute('aria-label') ?? e.textContent?.slice(0, 40)}`, shown: !e.matches('a, button') || style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
    });
    if (now.place !== undefined) reached.add(Number(now.place));
    if (!now.shown) dim.push(now.text);
  }
  assert.deepEqual(want.slice(0, 110).filter((_, i) => !reached.has(i)), [], `${name}: the Tab key does not reach`);
  assert.deepEqual(dim, [], `${name}: has the focus and does not show it`);
}

test('each route has an example address', () => {
  assert.deepEqual(routes().filter((r) => !examples[r]), [], 'routes without an example in e2e/pages.mjs');
  assert.deepEqual(Object.keys(examples).filter((e) => !routes().includes(e)), [], 'examples without a route');
});

for (const [route, example] of Object.entries(examples)) {
  const name = route;
  test(`${name}: light, dark, wide, on a phone, and by keyboard`, async () => {
    await page.setViewportSize({ width: 1280, height: 860 });
    await open(example.path);
    assert.equal(await page.locator('h1').count(), 1, `${name}: one heading`);
    assert.match(await page.title(), /Earshot/);
    if (!example.bare) assert.notEqual(await page.title(), 'Earshot', `${name}: the tab has its name`);
    await looks(name, 1280, 'light');
    await byKeyboard(name);
    await looks(name, 1280, 'dark');
    await looks(name, 360, 'dark');
    await looks(name, 360, 'light');
    fine(name);
  });
  test(`${name}: without data, and when the API fails`, async () => {
    await page.setViewportSize({ width: 1280, height: 860 });
    await open(example.path, { empty: true });
    assert.ok((await page.locator('body').innerText()).trim().length > 20, `${name}: empty and silent`);
    assert.deepEqual(await axe(page), [], `${name}: without data`);
    fine(name);
    if (example.bare || example.still) return;
    await open(example.path, { failing: true });
    await page.getByRole('alert').first().waitFor();
    assert.deepEqual(await axe(page), [], `${name}: failing`);
    mode = {};
    const again = page.getByRole('button', { name: 'Try again' });
    for (let left = await again.count(); left > 0; left = await again.count()) {
      await again.first().click();
      await page.waitForFunction((n) => [...document.querySelectorAll('button')].filter((b) => b.textContent === 'Try again').length < n, left);
      await settled(page);
    }
    assert.equal(await page.getByRole('alert').count(), 0, `${name}: still fails after it was tried again`);
    fine(name);
  });
  for (const list of example.many ?? []) {
    test(`${name}: ten thousand of ${list}`, async () => {
      await page.setViewportSize({ width: 1280, height: 860 });
      await open(example.path, { many: list });
      const drawn = await main().evaluate((e) => e.querySelectorAll('tr, li').length);
      assert.ok(drawn <= 400, `${name}: ${drawn} rows are drawn`);
      await looks(name, 1280, 'light');
      await looks(name, 360, 'dark');
      fine(name);
    });
  }
}

test('admin pages open for admins only, and are offered to nobody else', async () => {
  const admins = adminPages();
  assert.ok(admins.length > 10);
  await page.setViewportSize({ width: 1280, height: 860 });
  for (const { to, label } of admins) {
    const asked = [];
    await open(to, { permissions: ['View Calls'], asked });
    await page.getByText('This page is for admins').waitFor();
    assert.deepEqual([...new Set(asked)].filter((r) => !['GET session', 'GET changes'].includes(r)), [], `${to} asks for what it may not show`);
    assert.equal(await page.getByRole('navigation').getByText(label, { exact: true }).count(), 0, `${label} is in the navigation`);
    fine(to);
  }
  await page.getByRole('button', { name: 'App Launcher' }).click();
  const offered = await page.getByRole('dialog').innerText();
  assert.deepEqual(admins.filter((p) => offered.split('\n').includes(p.label)).map((p) => p.label), []);
});
