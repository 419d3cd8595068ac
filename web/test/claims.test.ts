import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, languages, settled, url, withBrowser, withPage } from './browser.js';

withBrowser();

test('claims are narrowed to a standing and put in order as the service lists them, and the address keeps both', async () => {
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims`);
      await settled(page);
      await page.locator('main select').first().selectOption('contested');
      await page.waitForURL(/standing=contested/);
      await page.locator('main select').last().selectOption('-width');
      await page.waitForURL(/sort=-width/);
      const { items } = await api<{ items: { id: string }[] }>('claims?standing=contested&sort=-width&limit=50');
      assert.ok(items.length > 0);
      const wanted = items.map(({ id }) => `claim-${id}`).join();
      await page.waitForFunction((wanted) => [...document.querySelectorAll('.claims h2 a')].map(({ id }) => id).join() === wanted, wanted);
      await page.reload();
      await page.waitForFunction((wanted) => [...document.querySelectorAll('.claims h2 a')].map(({ id }) => id).join() === wanted, wanted);
      assert.equal(await page.locator('main select').first().inputValue(), 'contested');
    }
  });
});
