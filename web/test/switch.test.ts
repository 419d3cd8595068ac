/** The language is changed in the middle of something: each language is a page of its own, and nothing typed or decided is lost between. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, languages, open, settled, signedIn, url, withBrowser, withPage, type Language } from './browser.js';
import { heldBack, openQueue, propose, write } from './text.js';

withBrowser();

const otherOf = (language: Language): Language => (language === 'en' ? 'ar' : 'en');

/** Goes to the same page in the other language, by its link. */
async function change(page: Page, from: Language): Promise<void> {
  await page.locator('.about a[hreflang]').click();
  await page.waitForURL((to) => to.pathname.startsWith(`/${otherOf(from)}/`));
  await settled(page);
  assert.equal(await page.evaluate(() => document.documentElement.lang), otherOf(from));
}

for (const language of languages) {
  test(`what is typed into forms is there in the other language, and is saved from there: ${language}`, async () => {
    const { id } = await write<{ id: string }>('sources', { name: `As it was (${language})`, kind: 'outlet' });
    const owner = await write<{ id: string }>('sources', { name: `Owner of the switch ${language}`, kind: 'organization' });
    await withPage({}, async (page) => {
      await signedIn(page);
      await open(page, `/${language}/sources/${id}`);
      await settled(page);
      await page.locator('header.shell input[type=search]').fill('half a question');
      await page.locator('#control ~ .content button').last().click();
      await page.locator('.editing [role=combobox]').last().fill(`Owner of the switch ${language}`);
      await page.locator('.editing [role=option]').first().click();
      await page.locator('.editing [name=since]').fill('2019');
      await change(page, language);
      assert.equal(await page.locator('header.shell input[type=search]').inputValue(), 'half a question');
      assert.equal(await page.locator('.editing [role=combobox]').last().inputValue(), `Owner of the switch ${language}`);
      await page.locator('.editing .actions button').first().click();
      await page.locator('.editing').waitFor({ state: 'detached' });
      const { items } = await api<{ items: { object: string; since: string }[] }>(`relations?source=${id}`);
      assert.deepEqual(items.map(({ object, since }) => [object, since]), [[owner.id, '2019']]);

      await page.locator('.facts button').first().click();
      await page.locator('.editing [name=name]').fill('Typed on the way');
      await page.locator('.editing input[name=reason]').fill('لأنه كذا');
      await page.reload(); // as another language, another look at the same
      await page.locator('.editing [name=name]').waitFor();
      await change(page, otherOf(language));
      assert.equal(await page.locator('.editing input[name=reason]').inputValue(), 'لأنه كذا');
      await page.locator('.editing .actions button').first().click();
      await page.locator('.editing').waitFor({ state: 'detached' });
      assert.equal((await api<{ name: string }>(`sources/${id}`)).name, 'Typed on the way');
      await change(page, language); // what was saved is not typed any more
      assert.equal(await page.locator('.editing').count(), 0);
      await page.goBack();
      await page.waitForURL((to) => to.pathname.startsWith(`/${language}/`));
      await settled(page);
    });
  });

  test(`reasons stay, and a decision that is on its way is waited for and can be taken back: ${language}`, async () => {
    const { claim, links } = await propose(`a switch, ${language}`, 3);
    await withPage({ refusals: true }, async (page) => {
      await signedIn(page);
      await openQueue(page, language, claim);
      const shown = () => page.locator('.proposal').getAttribute('data-proposal');
      const refused = await shown();
      await page.route(/\/v1\/decisions$/, (route) => route.fulfill({ status: 409, headers: { 'Content-Type': 'application/problem+json' },
        body: JSON.stringify({ title: 'conflict', status: 409, code: 'conflict', detail: 'not now', request_id: 'r' }) }), { times: 1 });
      await page.keyboard.press('r');
      await page.locator('.rejecting input').fill('In my own words');
      await page.keyboard.press('Enter');
      await page.locator('.not-stored .problem').waitFor();
      const half = await shown();
      await page.keyboard.press('r');
      await page.locator('.rejecting input').fill('Half a reas');
      await change(page, language);
      assert.equal(await shown(), half);
      assert.equal(await page.locator('.rejecting input').inputValue(), 'Half a reas');
      await page.locator('.not-stored button').first().click();
      assert.equal(await shown(), refused);
      await page.keyboard.press('r');
      assert.equal(await page.locator('.rejecting input').inputValue(), 'In my own words');

      const letThrough = await heldBack(page, /\/v1\/decisions$/);
      await page.locator('.rejecting input').press('Enter');
      await page.locator('.about a[hreflang]').click();
      await letThrough();
      await page.waitForURL((to) => to.pathname.startsWith(`/${language}/`));
      await page.locator('.made button').click();
      await page.waitForFunction((count) => document.querySelectorAll('.queue a:not(.struck)').length === count, links.length);
      assert.equal((await api<{ status: string }>(`links/${refused}`)).status, 'proposed');
    });
  });
}
