import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, languages, mainClaim, open, openClaim, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { documentOf, openQueue, propose } from './text.js';

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

const acts = 'a[href], button:enabled, input:enabled:not([type=radio]), select:enabled, textarea:enabled, summary';

/** Goes through a page by Tab, with all open that can be, and tells which actions were not come to, or could not be seen to be. */
async function passedBy(page: Page): Promise<string[]> {
  await page.evaluate(() => document.querySelectorAll<HTMLElement>('details:not([open]) > summary').forEach((one) => one.click()));
  await settled(page);
  await page.evaluate(() => {
    const walk = { reached: new Set<EventTarget | null>(), wrong: [] as string[], around: false };
    Object.assign(window, { walk });
    document.querySelector<HTMLElement>('.skip')?.focus();
    addEventListener('focusin', ({ target }) => {
      const one = target as HTMLElement;
      walk.around ||= one.matches('.skip');
      if (walk.around || walk.reached.has(one)) return;
      walk.reached.add(one);
      const { left, top, width, height } = one.getClientRects()[0] ?? new DOMRect();
      const over = document.elementFromPoint(left + width / 2, top + height / 2);
      if (!over || !(one.contains(over) || over.contains(one))) walk.wrong.push(`under something else: ${one.outerHTML.slice(0, 120)}`);
      const { outlineStyle, boxShadow } = getComputedStyle(one);
      if (outlineStyle === 'none' && boxShadow === 'none') walk.wrong.push(`its focus cannot be seen: ${one.outerHTML.slice(0, 120)}`);
    });
  });
  const around = () => page.evaluate(() => (window as unknown as { walk: { around: boolean } }).walk.around);
  for (let presses = 0; presses < 1000 && !(await around()); presses += 10) {
    for (let i = 0; i < 10; i++) await page.keyboard.press('Tab');
  }
  return page.evaluate((acts) => {
    const { reached, wrong, around } = (window as unknown as { walk: { reached: Set<Element>; wrong: string[]; around: boolean } }).walk;
    const left = [...document.querySelectorAll<HTMLElement>(acts)].filter((one) =>
      one.checkVisibility({ visibilityProperty: true }) && !reached.has(one) && !one.matches('.skip, .board [tabindex="-1"]'));
    if (!around) wrong.push('the walk does not end');
    return [...wrong, ...left.map((one) => `not come to: ${one.outerHTML.slice(0, 120)}`)];
  }, acts);
}

for (const language of languages) {
  test(`every action of a claim, of the review and of a document is come to by keyboard alone, and is seen: ${language}`, async () => {
    const id = await mainClaim();
    const { claim } = await propose(`a walk, ${language}`, 2);
    const { items } = await api<{ items: { id: string }[] }>('sources?key=oxbow-wire');
    await withPage({}, async (page) => {
      await signedIn(page);
      await openClaim(page, language, id, `?card=${items[0]?.id}`);
      assert.deepEqual(await passedBy(page), [], 'claim');
      // One stop of Tab is in each drawing; arrows lead to all its cards.
      const towards = language === 'ar' ? 'ArrowLeft' : 'ArrowRight';
      for (const side of ['affirming', 'denying']) {
        const stop = page.locator(`.${side} .face[tabindex="0"]`);
        const cards = await page.locator(`.${side} .face`).count();
        await stop.focus();
        const come = new Set<string | null>();
        const at = () => page.evaluate(() => document.activeElement?.getAttribute('data-card') ?? null);
        for (let column = 0; column < 8; column++) {
          await page.keyboard.press('Home');
          for (let before: string | null = ''; before !== (before = await at());) {
            come.add(before);
            await page.keyboard.press('ArrowDown');
          }
          await page.keyboard.press(towards);
        }
        assert.equal(come.size, cards, side);
      }
      await openQueue(page, language, claim);
      await page.keyboard.press('r');
      await page.locator('.rejecting').waitFor();
      assert.deepEqual(await passedBy(page), [], 'review, a rejection');
      await page.locator('#proposal').focus();
      await page.keyboard.press('e');
      await page.locator('.editing').waitFor();
      assert.deepEqual(await passedBy(page), [], 'review, a proposal that is edited');
      await open(page, `/${language}/documents/${await documentOf('wire-first')}`);
      await page.locator('#attributions').waitFor();
      await settled(page);
      assert.deepEqual(await passedBy(page), [], 'document');
      await page.locator('.tools input[type=search]').focus();
      await page.keyboard.type('14');
      await page.locator('.hits button').first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.picked').waitFor();
      assert.deepEqual(await passedBy(page), [], 'document, words that are picked');
      await page.locator('.picked button').first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.draft .actions').waitFor();
      assert.deepEqual(await passedBy(page), [], 'document, an attribution being written');
    });
  });
}
