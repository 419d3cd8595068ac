/** Values that the API names reach the screen in words, whichever screen it is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { languages, mainClaim, open, settled, signedIn, url, withBrowser, withPage, type Language } from './browser.js';
import { openQueue, propose, write } from './text.js';

withBrowser();

/** All values that the OpenAPI document lists of members of its schemas, but for those that are words of no language. */
const values = (() => {
  interface Schema { enum?: unknown[] }
  const text = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8');
  const { components: { schemas } } = JSON.parse(text) as { components: { schemas: Record<string, Schema> } };
  return Object.entries(schemas).filter(([name]) => !/(Field|Format|Order|Code)$/.test(name)).flatMap(([, schema]) => schema.enum ?? [])
    .filter((one): one is string => typeof one === 'string' && /^[a-z_]{3,}$/.test(one));
})();

/**
 * The values that a screen shows as the API writes them. Names, quotes and addresses stand in elements that isolate them: there, only
 * a value that stands alone is one. What the service says in English is marked so.
 */
const raw = async (page: Page, language: Language): Promise<string[]> => page.evaluate(([values, arabic]) => {
  const shown = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const known = new Set(values);
  const found: string[] = [];
  for (let node = shown.nextNode(); node; node = shown.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    if (node.parentElement?.closest('script, style, kbd, .code, [lang=en]:not(html)')) continue;
    const named = node.parentElement?.closest('bdi, q, .statement') !== null;
    const words = named ? [text] : text.split(/[^a-z_]+/);
    found.push(...words.filter((one) => known.has(one) && (arabic || one.includes('_'))));
  }
  return found;
}, [values, language === 'ar'] as const);

test('no value is shown as the API writes it', async () => {
  assert.ok(values.length > 100);
  const id = await mainClaim();
  const { claim, links: [link] } = await propose('values in words', 1);
  const source = async (name: string, kind: string) => (await write<{ id: string }>('sources', { name, kind })).id;
  const [a, b] = [await source('An account of many names', 'social_account'), await source('A wire that goes by another', 'wire')];
  const { id: match } = await write<{ id: string }>('matches', { kind: 'same_source', a, b, rationale: 'As they sound.',
    method: { kind: 'rule', name: 'test/names' } });
  const { id: document } = await write<{ id: string }>('documents', { publisher: a, kind: 'press_release', title: 'In many words' });
  const { id: relation } = await write<{ id: string }>('relations', { kind: 'controlled_by', subject: a, object: b });
  const { id: attribution } = await write<{ id: string }>('attributions', { claim, document, stance: 'denies', status: 'proposed',
    chain: [{ source: a, act: 'publishes' }, { source: b, act: 'according_to', certainty: 'probable', evidence: 'hearsay' }] },
  { sealed: true });
  const screens = ['claims', `claims/${id}`, `claims/${id}?view=list&proposed=1`, 'sources', `sources/${a}`, 'documents',
    `documents/${document}?attribution=${attribution}`, 'history',
    ...Object.entries({ claim, link, match, relation, attribution, source: a, document })
      .map(([resource, thing]) => `history?resource=${resource}&thing=${thing}`)];
  await withPage({}, async (page) => {
    await signedIn(page);
    await page.goto(`${url}/en/claims`);
    const wrong: Record<string, string[]> = {};
    for (const language of languages) {
      for (const screen of screens) {
        await open(page, `/${language}/${screen}`);
        await page.locator('h1').waitFor();
        await settled(page);
        const found = await raw(page, language);
        if (found.length > 0) wrong[`${language}/${screen}`] = found;
      }
      await openQueue(page, language, claim);
      wrong[`${language}/review`] = await raw(page, language);
      await open(page, `/${language}/review?resource=match&item=${match}`);
      await page.locator(`[data-proposal="${match}"] .compared`).waitFor();
      wrong[`${language}/review of a match`] = await raw(page, language);
    }
    assert.deepEqual(Object.fromEntries(Object.entries(wrong).filter(([, found]) => found.length > 0)), {});
  });
});
