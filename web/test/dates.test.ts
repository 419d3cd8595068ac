import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { languages, signedIn, url, withBrowser, withPage } from './browser.js';
import { openQueue, propose, write } from './text.js';

withBrowser();

test('no part of the page cuts the day from a moment by itself', () => {
  const sources = fileURLToPath(new URL('../src', import.meta.url));
  const cut = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name) && name !== 'language.ts')
    .filter((name) => /(slice|substring)\(0, 1[0-9]\)/.test(readFileSync(join(sources, name), 'utf8').replace(/facts_sha256\.slice/g, '')));
  assert.deepEqual(cut, []);
});

test('what was published between two days is said to be so wherever it is listed', async () => {
  const { id: publisher } = await write<{ id: string }>('sources', { name: 'A desk without a calendar', kind: 'outlet' });
  const text = 'The harbour was closed, the desk without a calendar says.';
  const made = async (published: object) => (await write<{ id: string }>('documents', { publisher, kind: 'article', text,
    title: JSON.stringify(published), published })).id;
  const between = await made({ earliest: '2024-04-02', latest: '2024-08-30' });
  const after = await made({ earliest: '2024-04-02' });
  const { claim } = await propose('an interval', 0);
  const said = { claim, stance: 'affirms', chain: [{ source: publisher }], content: { start: 0, end: 22, exact: text.slice(0, 22) } };
  await write('attributions', { ...said, document: between, status: 'proposed' });
  await write('attributions', { ...said, document: after });
  await withPage({}, async (page) => {
    await signedIn(page);
    for (const language of languages) {
      await page.goto(`${url}/${language}/documents?publisher=${publisher}`);
      const listed = (id: string) => page.locator(`.claims li:has(#document-${id}) .code`).innerText();
      assert.deepEqual([await listed(between), await listed(after)], ['2024-04-02 – 2024-08-30', '2024-04-02 – …']);
      await page.goto(`${url}/${language}/documents/${between}`);
      await page.locator('.facts .code').getByText('2024-04-02 – 2024-08-30', { exact: true }).waitFor();
      await openQueue(page, language, claim);
      await page.locator('.proposal .code').getByText('2024-04-02 – 2024-08-30', { exact: true }).waitFor();
      await page.goto(`${url}/${language}/claims/${claim}`);
      await page.locator('.evidence td .code').getByText('2024-04-02 – …', { exact: true }).waitFor();
    }
  });
});
