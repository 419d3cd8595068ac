/** Groups that are drawn as one are set aside as one, in the drawing and in the list; the focus stays with what one was at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, languages, mainClaim, openClaim, settled, url, withBrowser, withPage } from './browser.js';
import { importStory, write } from './text.js';

withBrowser();

interface Side { independent_origins: { min: number; max: number }; lines: number; attributions: number }

const asideOf = (page: Page) => new URL(page.url()).searchParams.getAll('without');

/** Waits until so many are set aside, and holds the number of attributions on the page to the report without them. */
async function asAside(page: Page, id: string, count: number): Promise<void> {
  await page.waitForURL((to) => to.searchParams.getAll('without').length === count);
  await settled(page);
  const query = new URLSearchParams(asideOf(page).map((one) => ['without', one]));
  const { affirming } = await api<{ affirming: Side }>(`claims/${id}/corroboration?${query}`);
  const said = await page.locator('.sentence a[href="#evidence"]').first().innerText();
  assert.equal(Number(said.match(/\d+/)?.[0]), affirming.attributions, said);
}

for (const language of languages) {
  test(`a fold is set aside whole by button and by key, drawn or listed, and not where it is too many: ${language}`, async () => {
    const id = await importStory(2, 150, 3); // two folds of 75
    await withPage({}, async (page) => {
      const listed = '.outline li:has(> p > [aria-expanded]) > p';
      for (const [view, at, focused] of [['', '.card.alike', '.face'], ['?view=list', listed, '.name']]) {
        await openClaim(page, language, id, view);
        const folds = page.locator(at ?? '');
        assert.equal(await folds.count(), 2, at);
        const whole = folds.first().locator('.aside');
        assert.match((await whole.getAttribute('aria-label')) ?? '', /75/);
        await folds.first().hover();
        await whole.click();
        await asAside(page, id, 75);
        assert.equal(await folds.locator('.aside[aria-pressed=true]').count(), 1);
        // With the others it would be more than a report is made without.
        const other = folds.locator('.aside[aria-pressed=false]');
        assert.match((await other.textContent()) ?? '', /100/);
        assert.match((await other.getAttribute('title')) ?? '', /100/);
        assert.equal(await other.getAttribute('aria-disabled'), 'true');
        await other.click({ force: true });
        assert.equal(asideOf(page).length, 75);
        await folds.filter({ has: page.locator('.aside[aria-pressed=true]') }).locator(focused ?? '').focus();
        await page.keyboard.press('x');
        await asAside(page, id, 0);
        assert.equal(await page.evaluate((at) => document.activeElement?.closest(at ?? '') !== null, at), true, 'the focus is elsewhere');
        await page.keyboard.press('x');
        await asAside(page, id, 75);
      }
      // Listed by themselves they are the same, as many at a time as are drawn at once.
      await page.locator('.outline [aria-expanded=false]').first().click();
      const own = page.locator('.outline li:has(> p > [aria-expanded=true]) > ul > li > p > .aside');
      assert.equal(await own.count(), 60);
      await page.locator('.outline .more').click();
      assert.equal(await own.count(), 75);
      assert.equal(await page.locator('.outline .more').count(), 0);
    });
  });

  test(`in the list, x sets the row aside that has the focus, and closing the words brings the focus back: ${language}`, async () => {
    const id = await mainClaim();
    await withPage({}, async (page) => {
      await openClaim(page, language, id, '?view=list');
      const row = page.locator('.affirming .outline li li p', { has: page.locator('.aside') }).first();
      const name = row.locator('.name');
      const group = await name.getAttribute('data-group');
      await name.focus();
      await page.keyboard.press('x');
      await page.waitForURL((to) => to.searchParams.get('without') === group);
      await settled(page);
      await page.keyboard.press('x');
      await page.waitForURL((to) => !to.searchParams.has('without'));
      await settled(page);
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-group')), group);
      for (const opener of [name, page.locator(`#origins ~ div .name`).first()]) {
        await opener.focus();
        await page.keyboard.press('Enter');
        await page.locator('#panel-title').waitFor();
        const bottom = await page.locator('#panel-title').evaluate((title) => title.getBoundingClientRect().bottom);
        assert.ok(bottom <= 900, 'it is out of sight');
        await page.keyboard.press('Escape');
        await page.locator('.panel').waitFor({ state: 'detached' });
        assert.equal(await opener.evaluate((one) => one === document.activeElement), true);
      }
    });
  });
}

test('what many have in common is unfolded some at a time, and the focus stays with what is left', async () => {
  const id = await importStory(3, 480, 3); // three folds of 160
  await withPage({}, async (page) => {
    for (const language of languages) {
      await openClaim(page, language, id);
      const [folds, cards] = [page.locator('.affirming .card.alike'), page.locator('.affirming .card.group')];
      const [all, before] = [await folds.count(), await cards.count()];
      const face = folds.filter({ hasText: '160' }).first().locator('.face');
      const key = await face.getAttribute('data-card');
      const left = page.locator(`[data-card="${key}"]`);
      for (const [shown, rest] of [[60, 100], [120, 40]] as const) {
        await left.press('Enter');
        await left.getByText(String(rest)).first().waitFor();
        assert.equal(await cards.count(), before + shown);
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-card')), key);
        await page.locator('.affirming .card').filter({ has: left }).locator('.aside').getByText(/\p{L}/u).waitFor();
      }
      await left.press('Enter');
      await left.waitFor({ state: 'detached' });
      assert.deepEqual([await folds.count(), await cards.count()], [all - 1, before + 160]);
      assert.ok(await page.evaluate(() => document.activeElement?.matches('.affirming .face')), 'the focus is lost');
    }
  });
});

test('the question who told it first, of a circle, leads to the words of the circle', async () => {
  const source = async (name: string) => (await write<{ id: string }>('sources', { name, kind: 'outlet' })).id;
  const both = [await source('The one paper of the ring'), await source('The other paper of the ring')] as const;
  const { id: claim } = await write<{ id: string }>('claims', { statement: { en: 'The ring says so.', ar: 'هكذا تقول الحلقة.' } });
  for (const [publisher, from] of [both, both.toReversed()] as [string, string][]) {
    const { id: document } = await write<{ id: string }>('documents', { publisher, kind: 'article' });
    await write('attributions', { document, claim, stance: 'affirms', status: 'accepted',
      chain: [{ source: publisher, act: 'publishes' }, { source: from, act: 'says' }] });
  }
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims/${claim}`);
      await settled(page);
      const ways = page.locator('.narrowing li');
      assert.ok(await ways.count() > 0, await page.locator('main').innerText());
      const link = ways.locator('a[href*="card="]').first();
      await link.click();
      await page.locator('#panel-title').waitFor();
      assert.ok(both.some((id) => page.url().includes(`card=${id}`)), page.url());
    }
  });
});
