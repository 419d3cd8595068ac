import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { languages, mainClaim, openClaim, settled, url, withBrowser, withPage } from './browser.js';

withBrowser();

const hostile: Record<string, string> = {
  'turns the direction': 'Gazette \u202Ecipsoh eht\u2066 of \u200Fx',
  'is long': 'x'.repeat(10_000),
  'is markup': '<img src=x onerror="document.title=1">{{1}}${1}<script>1</script>',
  'is long in Arabic': 'جريدة'.repeat(2_000),
  'is blank': ' ',
};

/** Puts a name in the place of every name and every statement that the service answers. */
async function rename(page: Page, name: string): Promise<void> {
  await page.route('**/v1/**', async (route) => {
    const response = await route.fetch();
    const given: unknown = JSON.parse(await response.text(), (key, value: unknown) => {
      if (key === 'name' || key === 'rationale' || key === 'scope') return name;
      if (key === 'names') return { en: name }; // the other script is missing
      if (key === 'statement') return { ar: name };
      if (key === 'places' || key === 'topics') return [name];
      if (key === 'exact' || key === 'prefix' || key === 'suffix') return name;
      return value;
    });
    await route.fulfill({ response, json: given });
  });
}

for (const [kind, name] of Object.entries(hostile)) {
  test(`a name that ${kind} stays a name`, async () => {
    const id = await mainClaim();
    for (const language of languages) {
      await withPage({ viewport: { width: 1200, height: 800 } }, async (page) => {
        await rename(page, name);
        await openClaim(page, language, id);
        assert.equal(await page.locator('img, main script, iframe').count(), 0);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 1200, 'claim');
        assert.equal(await page.locator('.sentence .interval .code').first().innerText(), '2–5');
        await page.locator('.affirming .face').first().click();
        await page.locator('.panel .chain').first().waitFor();
        await page.locator('.views button').last().click();
        await page.locator('.outline').first().waitFor();
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 1200, 'list');
        await page.goto(`${url}/${language}/claims`);
        await settled(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 1200, 'claims');
        await page.unrouteAll({ behavior: 'ignoreErrors' }); // who one is may be on its way still
      });
    }
  });
}

test('what goes wrong is said in words, what was shown stays, and it goes on', async () => {
  const id = await mainClaim();
  await withPage({ refusals: true }, async (page) => {
    await openClaim(page, 'en', id);
    await page.route('**/v1/**', (route) => route.fulfill({
      status: 403, contentType: 'application/problem+json',
      json: { type: 'x', title: 'Forbidden', status: 403, code: 'forbidden', detail: 'not for you', request_id: 'r-17',
        errors: [{ code: 'required', expected: 'a key', pointer: '/key' }] },
    }));
    await page.getByRole('checkbox').check();
    const problem = page.getByRole('alert');
    await problem.waitFor();
    const said = await problem.innerText();
    for (const words of ['You may not do this', 'not for you', '/key', 'a key', 'r-17']) assert.ok(said.includes(words), words);
    assert.equal(await page.locator('.sentence .interval .code').first().innerText(), '2–5');
    await page.unroute('**/v1/**');
    await problem.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.banner').waitFor();
    await settled(page);
    assert.equal(await page.getByRole('alert').count(), 0);
  });
});
