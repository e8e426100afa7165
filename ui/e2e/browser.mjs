// What all browser tests share: one Chromium, and a page that is signed in.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'];

export const base = process.env.EARSHOT_E2E_URL ?? 'http://127.0.0.1:8080';

/** Starts Chromium with a fresh profile; close() removes it. */
export async function launch(options = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'earshot-e2e-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags, viewport: { width: 1280, height: 860 }, ...options });
  context.setDefaultTimeout(15_000);
  return { context, page: context.pages()[0] ?? (await context.newPage()), close: async () => { await context.close(); rmSync(profile, { recursive: true, force: true }); } };
}

export async function signIn(page, email = process.env.EARSHOT_E2E_EMAIL, password = process.env.EARSHOT_E2E_PASSWORD) {
  await page.goto(`${base}/login`);
  await page.locator('input[type=email]').fill(email);
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'App Launcher' }).waitFor();
}

/** Violations that axe finds on the page as it is, in words. */
export async function axe(page) {
  await page.addScriptTag({ path: axePath }).catch(async () => { await page.evaluate((await import('node:fs')).readFileSync(axePath, 'utf8')); });
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.map((v) => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.failureSummary?.split('\n').slice(1, 2).join(' ') ?? ''}`).join('; ')}`);
}

/** Whether the page stays wider than the window, once what moves has come to rest. */
export const overflows = (page) => page.waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1, null, { timeout: 3_000 }).then(() => false, () => true);

/** Waits until nothing is loading any more. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .mantine-Skeleton-root') && document.readyState === 'complete');
}
