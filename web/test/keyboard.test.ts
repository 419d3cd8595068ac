import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languages, mainClaim, open, openClaim, settled, url, withBrowser, withPage } from './browser.js';

withBrowser();

test('from the list to the words of an origin by keyboard alone, each arrow the way it points', async () => {
  const id = await mainClaim();
  for (const language of languages) {
    await withPage({}, async (page) => {
      await page.goto(`${url}/${language}/claims?q=killed`);
      await settled(page);
      await page.keyboard.press('j');
      const chosen = await page.evaluate(() => document.activeElement?.id);
      assert.match(chosen ?? '', /^claim-/);
      await page.locator(`#claim-${id}`).focus();
      await page.keyboard.press('Enter');
      await page.locator(`.claim[data-claim="${id}"] .board`).first().waitFor();
      await settled(page);
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
      // One stop of Tab is in the drawing; from there arrows go towards the origins, which stand at the end of the line.
      await page.locator('.affirming .face[tabindex="0"]').focus();
      const towards = language === 'ar' ? 'ArrowLeft' : 'ArrowRight';
      for (let i = 0; i < 4; i++) await page.keyboard.press(towards);
      const at = page.locator('.affirming .card:focus-within');
      assert.equal(await at.evaluate((card) => card.classList.contains('origin') || card.classList.contains('circle')), true);
      await page.keyboard.press('Enter');
      await page.locator('.panel mark').first().waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'panel-title');
      await page.keyboard.press('x'); // whose words are shown
      await page.waitForURL((to) => to.searchParams.get('without') === to.searchParams.get('card'));
      await settled(page);
      await page.keyboard.press('x');
      await page.waitForURL((to) => !to.searchParams.has('without'));
      await settled(page);
      await page.keyboard.press('Escape');
      assert.equal(await page.evaluate(() => document.activeElement?.classList.contains('face')), true);
      await page.keyboard.press('x');
      await page.waitForURL((to) => to.searchParams.getAll('without').length === 1);
      await settled(page);
      await page.keyboard.press('Shift+X');
      await page.waitForURL((to) => !to.searchParams.has('without'));
      for (const [key, side] of [[']', 'denying'], ['[', 'affirming']] as const) {
        await page.keyboard.press(key);
        assert.equal(await page.evaluate(() => document.activeElement?.closest('.side')?.classList[1]), side);
      }
      await page.keyboard.press('l');
      await page.locator('.affirming .outline').waitFor();
      await page.keyboard.press('o');
      await page.waitForURL(/\/documents\//);
    });
  }
});

test('keys work on an Arabic keyboard, are silent in fields, and can be turned off and changed', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${url}/ar/claims`);
    await settled(page);
    const closed = async () => {
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    };
    const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
    await page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'ت', code: 'KeyJ', bubbles: true })));
    assert.match(await focused(), /^claim-/);
    const first = await focused();
    await page.keyboard.press('j');
    assert.notEqual(await focused(), first);
    await page.keyboard.press('/');
    await page.keyboard.type('jk?');
    assert.equal(await page.locator('input[name=q]').inputValue(), 'jk?');
    assert.equal(await page.locator('dialog').count(), 0);
    await page.locator('h1').focus();
    await page.keyboard.press('?');
    await page.locator('dialog input[aria-labelledby=key-next]').fill('w');
    await page.locator('dialog input[aria-labelledby=key-next]').press('Tab');
    await closed();
    await page.locator('h1').focus();
    await page.keyboard.press('j');
    assert.equal(await focused(), '');
    await page.keyboard.press('w');
    assert.match(await focused(), /^claim-/);
    await page.keyboard.press('?');
    await page.locator('dialog input[type=checkbox]').uncheck();
    await closed();
    await page.locator('h1').focus();
    await page.keyboard.press('w');
    assert.equal(await focused(), '');
  });
});

test('Back brings the reader to where they were', async () => {
  await withPage({ viewport: { width: 1000, height: 500 } }, async (page) => {
    await page.goto(`${url}/en/claims`);
    await settled(page);
    const link = page.locator('.claims li:nth-child(20) h2 a');
    await link.focus();
    const [id, scroll] = await page.evaluate(() => [document.activeElement?.id, scrollY]);
    assert.ok(Number(scroll) > 0);
    await page.keyboard.press('Enter');
    await page.locator('.claim').waitFor();
    await settled(page);
    assert.equal(await page.evaluate(() => scrollY), 0);
    await page.goBack();
    await page.locator('.claims li:nth-child(20)').waitFor();
    await page.waitForFunction((to) => Math.abs(scrollY - Number(to)) < 2, scroll);
    assert.equal(await page.evaluate(() => document.activeElement?.id), id);
  });
});

test('the language changes where one is, and is remembered', async () => {
  const id = await mainClaim();
  await withPage({}, async (page) => {
    await openClaim(page, 'en', id, '?as_of=2025-03-12');
    await page.getByRole('link', { name: 'العربية' }).click();
    await page.waitForURL((to) => to.pathname === `/ar/claims/${id}` && to.searchParams.get('as_of') === '2025-03-12');
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ['ar', 'rtl']);
    await page.goto(url);
    assert.match(page.url(), /\/ar\/claims$/);
    await open(page, '/en/claims?q=قتلى');
    await page.locator(`#claim-${id}`).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'ltr');
  });
});
