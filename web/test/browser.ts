/** The browser of the tests, and a page in it that is watched: what it logs, what it is refused and what it asks for fails the test. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { after, before } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; npm test sets it`);
  return value;
}

export const url = given('HEADWATER_URL');
export const languages = ['en', 'ar'] as const;
export type Language = (typeof languages)[number];
export const demo = 'https://headwater.example/demo';

let browser: Browser;

/** The system's Chromium. Its shell is the same without the window around a page, which is a third of the work. */
const installed = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** A whole one loads two pages of its own for each window, which suggest addresses. */
const args = ['--no-sandbox', '--disable-gpu', '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup'];

/** Starts a browser for the tests of a file, and says at the end how long they took. */
export function withBrowser(): void {
  before(async () => {
    browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? installed.find(existsSync), args });
  });
  after(async () => {
    await browser.close();
    console.log(`${basename(process.argv[1] ?? '')}: ${Math.round(performance.now() / 1000)} s`);
  });
}

export interface Watched extends Page {
  /** The addresses that the page asked for, in order. */
  asked: string[];
}

/** What a test lets happen: answers that refuse are logged by the browser itself. What it measures is never made slower. */
export interface Allowance {
  refusals?: boolean;
  measured?: boolean;
}

/** How many times slower than this machine the browser is to be; what only a fast one does in time fails then. */
const slower = Number(process.env['HEADWATER_SLOWER'] ?? 1);

/** Gives a page to a test, and fails it for whatever the page logged, was refused by its policy, or asked of others. */
export async function withPage(options: BrowserContextOptions & Allowance, use: (page: Watched) => Promise<void>): Promise<void> {
  const { refusals = false, measured = false, ...context } = options;
  const opened = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en', reducedMotion: 'reduce', ...context });
  try {
    const page = Object.assign(await opened.newPage(), { asked: [] as string[] });
    if (slower > 1 && !measured) {
      await (await opened.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: slower });
    }
    const wrong: string[] = [];
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`policy: ${violatedDirective} ${blockedURI}`));
    });
    page.on('console', (message) => {
      if (!(refusals && /^Failed to load resource/.test(message.text()))) wrong.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
    page.on('request', (request) => {
      page.asked.push(request.url());
      const { origin, pathname } = new URL(request.url());
      const own = origin === new URL(url).origin && /^\/(v1\/|assets\/|(en|ar)(\/|$)|$)/.test(pathname);
      if (!own && !request.url().startsWith('data:')) wrong.push(`asked: ${request.url()}`);
    });
    await use(page);
    assert.deepEqual(wrong, []);
  } finally {
    await opened.close();
  }
}

/** Asks the API itself. */
export async function api<T>(path: string): Promise<T> {
  const response = await fetch(`${url}/v1/${path}`);
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

export interface Listed {
  id: string;
  key: string;
  statement: Record<string, string>;
}

const claimsOf = async (namespace: string): Promise<Listed[]> =>
  (await api<{ items: Listed[] }>(`claims?namespace=${encodeURIComponent(namespace)}&limit=1000`)).items;

/** The claims of the demo. */
export const demoClaims = (): Promise<Listed[]> => claimsOf(demo);

/** Stores the lines of a bundle. */
export async function importLines(lines: string): Promise<void> {
  const response = await fetch(`${url}/v1/imports`, {
    method: 'POST', body: lines, headers: { 'Content-Type': 'application/x-ndjson', Authorization: `Bearer ${given('HEADWATER_KEY')}` },
  });
  assert.ok(response.ok, await response.text());
}

/** The folder that stands beside the repository; what is read from it may be missing, unless it is asked for. */
const shared = new URL('../../../shared/', import.meta.url);

/** A file of the seed article; nothing where it is not there. */
export function ofArticle(name: string): string | undefined {
  const file = new URL(`seed/${name}`, shared);
  if (process.env['HEADWATER_REQUIRE_SHARED'] || existsSync(file)) return readFileSync(file, 'utf8');
  return undefined;
}

/** The claims of the seed article, where it is there. */
export async function articleClaims(): Promise<Listed[]> {
  const lines = ofArticle('article.ndjson');
  if (lines === undefined) return [];
  await importLines(lines);
  return claimsOf('https://headwater.example/seed');
}

/** The claim that the demo opens on. */
export async function mainClaim(): Promise<string> {
  const claim = (await demoClaims()).find(({ key }) => key === 'harbour-blast-toll');
  assert.ok(claim);
  return claim.id;
}

/** Opens an address of the page; where the page is open already in that language, as a link on it would. */
export async function open(page: Page, path: string): Promise<void> {
  if (!page.url().startsWith(url + path.slice(0, 3))) {
    await page.goto(url + path);
    return;
  }
  await page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
}

/** Opens a claim and waits until its page is whole. */
export async function openClaim(page: Page, language: Language, id: string, query = ''): Promise<void> {
  await open(page, `/${language}/claims/${id}${query}`);
  await page.locator(`.claim[data-claim="${id}"]`).waitFor();
  await page.locator('.claim [aria-busy=false] .sentence').waitFor();
  await page.locator('#contradictions').waitFor();
  await settled(page);
}

/** Waits until nothing is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('[aria-busy=true]').length === 0 && document.querySelector('h1') !== null);
}

/** Signs a page in with a key of the tests, as its dialog does. */
export async function signedIn(page: Page, key = 'HEADWATER_KEY'): Promise<void> {
  const response = await page.request.post(`${url}/v1/session`, { headers: { Authorization: `Bearer ${given(key)}` } });
  assert.equal(response.status(), 200);
}
