/** Documents in the tests: which they are, and how words are picked in them. */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { api, demo, given, importLines, open, settled, url, type Language, type Watched } from './browser.js';

export interface Selector { start: number; end: number; exact: string }

export interface Attribution {
  id: string;
  status: string;
  claim: string;
  content?: Selector;
  chain: { source: string; act?: string; cue?: Selector; described_as?: string }[];
}

/** The id of the demo's document of this key. */
export async function documentOf(key: string): Promise<string> {
  const { items } = await api<{ items: { id: string }[] }>(`documents?key=${key}&namespace=${encodeURIComponent(demo)}&fields=key`);
  assert.ok(items[0]);
  return items[0].id;
}

/** Changes something, as the desk's key may. What is to stand in the history when that is looked at is waited for, `sealed`. */
export async function write<T>(path: string, body: object, { sealed = false } = {}): Promise<T> {
  const response = await fetch(`${url}/v1/${path}`, {
    method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json',
      Authorization: `Bearer ${given('HEADWATER_KEY')}`, ...(sealed && { Prefer: 'wait=sealed' }) },
  });
  assert.ok(response.ok, `${path}: ${response.status} ${response.ok ? '' : await response.text()}`);
  return (await response.json()) as T;
}

/** Changes some fields of a version of something, as one of the keys. */
export async function patch(path: string, body: object, version: number, key = 'HEADWATER_KEY'): Promise<void> {
  const response = await fetch(`${url}/v1/${path}`, {
    method: 'PATCH', body: JSON.stringify(body), headers: { 'Content-Type': 'application/merge-patch+json',
      Authorization: `Bearer ${given(key)}`, 'If-Match': `"${version}"` },
  });
  assert.ok(response.ok, `${path}: ${response.status} ${response.ok ? '' : await response.text()}`);
}

/** Makes a claim, and links from others to it that wait for a decision. */
export async function propose(name: string, count: number): Promise<{ claim: string; links: string[] }> {
  const claimOf = async (said: string) => (await write<{ id: string }>('claims', { statement: { en: said, ar: `${said} بالعربية` },
    quantities: [{ value: said.length, comparator: '=', unit: 'killed' }] })).id;
  const claim = await claimOf(`What the tests decide on: ${name}.`);
  const links: string[] = [];
  for (let i = 0; i < count; i++) {
    const from = await claimOf(`What the tests link: ${name}, ${'x'.repeat(i)}.`);
    links.push((await write<{ id: string }>('links', { kind: 'equivalent', from, to: claim, status: 'proposed', confidence: 0.5 + i / 1000,
      rationale: 'As the tests would have it.', method: { kind: 'rule', name: 'test/alike' } })).id);
  }
  return { claim, links };
}

/** A story of one wire, many rewriters, and more reprints of these, as the lines of a bundle. */
function* wireStory(rewriters: number, reprints: number, origins: number): Generator<object> {
  yield { type: 'bundle', format: 'headwater-bundle/1', namespace: `https://headwater.example/wire-${rewriters}-${reprints}` };
  const source = (key: string) => ({ type: 'source', key, kind: 'outlet', name: `The ${key} of the coast` });
  yield source('wire');
  for (let i = 0; i < origins; i++) yield source(`origin-${i}`);
  for (let i = 0; i < rewriters; i++) yield source(`rewriter-${i}`);
  for (let i = 0; i < reprints; i++) yield source(`reprint-${i}`);
  yield { type: 'claim', key: `wired-${rewriters}-${reprints}`, statement: { en: `A story that ${reprints} outlets reprint.` } };
  for (let i = 0; i < rewriters + reprints; i++) {
    const key = i < rewriters ? `rewriter-${i}` : `reprint-${i - rewriters}`;
    yield { type: 'document', key: `d-${i}`, publisher: key, kind: 'article', published: { earliest: '2025-03-11', latest: '2025-03-11' } };
  }
  for (let i = 0; i < rewriters + reprints; i++) {
    const own = i < rewriters ? [{ source: `rewriter-${i}` }]
      : [{ source: `reprint-${i - rewriters}` }, { source: `rewriter-${i % rewriters}` }];
    yield { type: 'attribution', key: `a-${i}`, claim: `wired-${rewriters}-${reprints}`, document: `d-${i}`, stance: 'affirms',
      chain: [...own, { source: 'wire' }, { source: `origin-${i % origins}` }] };
  }
}

/** Stores such a story, and gives the id of its claim. */
export async function importStory(rewriters: number, reprints: number, origins: number): Promise<string> {
  const lines = [...wireStory(rewriters, reprints, origins)].map((line) => JSON.stringify(line)).join('\n');
  await importLines(lines);
  const found = await fetch(`${url}/v1/claims?key=wired-${rewriters}-${reprints}`);
  return ((await found.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
}

/** Opens the queue of what waits about a claim. */
export async function openQueue(page: Page, language: Language, claim: string): Promise<void> {
  await open(page, `/${language}/review?claim=${claim}`);
  await page.locator('.proposal').waitFor();
  await settled(page);
}

export async function openDocument(page: Page, language: Language, id: string, query = ''): Promise<void> {
  await page.goto(`${url}/${language}/documents/${id}${query}`);
  await page.locator('#attributions').waitFor();
}

/** Picks the first place where these words stand, by the keyboard's way. */
export async function pickWords(page: Page, words: string): Promise<void> {
  await page.locator('.tools input[type=search]').fill(words);
  await page.locator('.hits button').first().click();
  await page.locator('.picked').waitFor();
}

/** Types what is not to be one of those that are offered, as Enter leaves it. */
export async function typeNew(field: Locator, name: string): Promise<void> {
  await field.fill(name);
  await field.press('Enter');
}

/** What a tint lies over. */
export const tinted = (page: Page, name: string): Promise<string[]> =>
  page.evaluate((name) => [...(CSS.highlights.get(`headwater-${name}`) ?? [])].map(String), name);

/** Signs in with the desk's key, by the page's own dialog. */
export async function signIn(page: Page): Promise<void> {
  await page.locator('dialog[open] input[name=key]').fill(given('HEADWATER_KEY'));
  await page.locator('dialog[open] form:has(input) button').click();
  await page.locator('#key').waitFor({ state: 'detached' }); // another dialog may be open behind it
}

/** Keeps answers of the service back until they are let through. */
export async function heldBack(page: Page, path: RegExp): Promise<() => Promise<void>> {
  let through = () => {};
  const gate = new Promise<void>((resolve) => (through = resolve));
  const held: Promise<void>[] = [];
  await page.route(path, (route) => {
    held.push(route.fetch().then(async (response) => {
      await gate;
      await route.fulfill({ response });
    }));
  });
  return async () => {
    through();
    await page.unrouteAll({ behavior: 'wait' });
    await Promise.all(held);
  };
}

/** Waits until the margin lists so many; where it does not, says what the page shows and what is stored. */
export async function listed(page: Page, document: string, count: number): Promise<void> {
  const cards = page.locator('.margin > li');
  try {
    await page.waitForFunction((count) => window.document.querySelectorAll('.margin > li').length === count, count);
  } catch (error) {
    const { items } = await api<{ items: Attribution[] }>(`documents/${document}/attributions?status=proposed,accepted,rejected`);
    const stored = items.map(({ id, status }) => `${id} ${status}`).join();
    const said = (await page.locator('[role=alert], dialog[open], [aria-busy=true]').allInnerTexts()).join(' | ').slice(0, 500);
    const asked = (page as Partial<Watched>).asked?.slice(-5).join(' ');
    throw new Error(`${await cards.count()} of ${count} are listed; stored: ${stored}; the page says: ${said}; asked last: ${asked}`,
      { cause: error });
  }
}
