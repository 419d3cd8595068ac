/** Values that the API names reach the screen in words, whichever screen it is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { languages, mainClaim, open, settled, signedIn, url, withBrowser, withPage, type Language } from './browser.js';
import { openQueue, propose, write } from './text.js';

withBrowser();

interface Schema {
  enum?: unknown[];
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
}

const { components: { schemas } } = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')) as
  { components: { schemas: Record<string, Schema> } };

/** All values that the OpenAPI document lists of members of its schemas, but for those that are words of no language. */
const values = Object.entries(schemas).filter(([name]) => !/(Field|Format|Order|Code)$/.test(name))
  .flatMap(([, schema]) => schema.enum ?? []).filter((one): one is string => typeof one === 'string' && /^[a-z_]{3,}$/.test(one));

/** The members of a schema and of what is within it, each with its values, by where it stands; what a list has stands at 0. */
function membersOf(schema: Schema, at = ''): [pointer: string, values: unknown[]][] {
  const { $ref, enum: values, properties, items, additionalProperties: more } = schema;
  if ($ref) return membersOf(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, at);
  if (items) return membersOf(items, `${at}/0`);
  if (properties) return Object.entries(properties).flatMap(([name, of]) => membersOf(of, `${at}/${name}`));
  if (typeof more === 'object') return membersOf(more, `${at}/en`);
  return [[at, values ?? []]];
}

/**
 * The values that a screen shows as the API writes them. Names, quotes and addresses stand in elements that isolate them: there, only
 * a value that stands alone is one. What the service says in English is marked so.
 */
const raw = async (page: Page, language: Language, also: string[] = []): Promise<string[]> => page.evaluate(([values, arabic]) => {
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
}, [[...values, ...also], language === 'ar'] as const);

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

/** What is written of a change alone, and what the answer to one has, is in no version. */
const unversioned = /^\/(id|version|created_at|updated_at|namespace|mended|matches)\b/;

test('whatever a version of a thing may have is said in words: each field, and each value of those that are listed', async () => {
  const things = { source: 'Source', relation: 'Relation', document: 'Document', claim: 'Claim', attribution: 'Attribution', link: 'Link',
    review: 'Review', match: 'IdentityMatch' };
  const id = await mainClaim(); // what lists how a claim stood wants one
  await withPage({}, async (page) => {
    const wrong: Record<string, string[]> = {};
    let shown = 0;
    for (const language of languages) {
      for (const [resource, schema] of Object.entries(things)) {
        const members = membersOf(schemas[schema] ?? {}).filter(([pointer]) => !unversioned.test(pointer));
        const names = [...new Set(members.flatMap(([pointer]) => pointer.split('/')).filter((name) => /^[a-z_]{3,}$/.test(name)))];
        assert.ok(names.length > 5, resource);
        // Each value alone, and within what was changed as a whole.
        const differences = members.flatMap(([field, values]) => (values.length > 0 ? values : ['–']).flatMap((value) => {
          const [name = '', ...above] = field.split('/').slice(1).reverse();
          const whole = above.reduce<object>((of, one) => ({ [one]: of }), { [name]: value });
          return [{ field, before: value }, { field: `/${above.at(-1) ?? name}`, after: whole }];
        }));
        shown += differences.length;
        const version = { version: 1, at: '2026-03-14T10:00:00Z', actor: 'key:desk', operation: 'update', group: 'g', differences };
        await page.route(/\/v1\/.*\/history\?/, (route) => route.fulfill({ json: { items: [version] } }));
        await open(page, `/${language}/history?resource=${resource}&thing=${id}`);
        await page.locator('.acts dl').waitFor();
        await settled(page);
        const found = await raw(page, language, names);
        if (found.length > 0) wrong[`${language}/${resource}`] = [...new Set(found)];
        await page.unroute(/\/v1\/.*\/history\?/);
      }
    }
    assert.ok(shown > 500, `${shown} differences are shown`);
    assert.deepEqual(wrong, {});
  });
});
