import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languages, open, settled, url, withBrowser, withPage } from './browser.js';
import { write } from './text.js';

withBrowser();

test('documents are found by words of their texts, in any spelling, and the words stay in the address', async () => {
  const { id: publisher } = await write<{ id: string }>('sources', { name: 'A desk of its own words', kind: 'outlet' });
  const store = (title: string, text: string) => write<{ id: string }>('documents', { publisher, kind: 'article', title, text });
  const { id: english } = await store('A short note', 'The quaywarden counted thirteen lanterns.');
  const { id: arabic } = await store('خبر قصير', 'عدّ حارس الرصيف ثلاثة عشر فانوسًا.');
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/documents?publisher=${publisher}`);
      for (const [words, id] of [['lanterns quaywarden', english], ['فانوسا', arabic]] as const) {
        await page.locator('main input[type=search]').fill(words);
        await page.locator('main input[type=search]').press('Enter');
        await page.waitForURL((to) => to.searchParams.get('q') === words && to.searchParams.get('publisher') === publisher);
        await settled(page);
        assert.deepEqual(await page.locator('.claims h2 a').evaluateAll((all) => all.map((one) => one.id)), [`document-${id}`]);
      }
      await open(page, `/${language}/documents?q=unheard-of-words`);
      await settled(page);
      assert.equal(await page.locator('.claims li').count(), 0);
      assert.notEqual(await page.locator('.content').innerText(), '');
    }
  });
});
