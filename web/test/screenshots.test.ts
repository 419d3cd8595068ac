/** Pictures of the demo and the seed article for the documentation, in the folder that HEADWATER_SCREENSHOTS names. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import {
  api, articleClaims, languages, mainClaim, ofArticle, openClaim, settled, signedIn, url, withBrowser, withPage, type Language,
} from './browser.js';
import { documentOf } from './text.js';

withBrowser();

/** A folder that the environment names, from the repository's on. */
const folderOf = (name: string) => process.env[name] && resolve(fileURLToPath(new URL('../..', import.meta.url)), process.env[name]);

const folder = folderOf('HEADWATER_SCREENSHOTS');

/** Where pictures of a narrow window go, which are to be looked at only. */
const narrow = folderOf('HEADWATER_SCREENSHOTS_NARROW');

const pictures: Record<string, (page: Page, language: Language) => Promise<unknown>> = {
  claims: async (page, language) => { await page.goto(`${url}/${language}/claims`); await settled(page); },
  compare: async (page, language) => {
    const { items } = await api<{ items: { id: string }[] }>('claims?standing=contested&limit=2');
    await page.goto(`${url}/${language}/compare?${items.map(({ id }) => `claim=${id}`).join('&')}`);
    await page.locator('.compared dd').first().waitFor();
    await settled(page);
  },
  claim: async (page, language) => {
    await openClaim(page, language, await mainClaim());
    await page.evaluate(() => document.querySelector('#graph')?.scrollIntoView({ block: 'start' }));
  },
  document: async (page, language) => {
    const id = await documentOf('wire-first');
    const { items } = await api<{ items: { id: string }[] }>(`documents/${id}/attributions?limit=1`);
    await page.goto(`${url}/${language}/documents/${id}?attribution=${items[0]?.id}`);
    await page.locator('.attribution.shown').waitFor();
  },
  source: async (page, language) => {
    const { items } = await api<{ items: { id: string }[] }>('sources?key=sada-al-marfa');
    await page.goto(`${url}/${language}/sources/${items[0]?.id}?at=2025-03-12`);
    await page.locator('#impact').waitFor();
    await settled(page);
  },
  review: async (page, language) => {
    await page.goto(`${url}/${language}/review`);
    await page.locator('.proposal').waitFor();
    await settled(page);
  },
};

// Where a claim of the seed article comes from, if the article is there. None of its own sentences are on it: they are somebody's.
if (ofArticle('article.ndjson') !== undefined) {
  pictures['article'] = async (page, language) => {
    const claim = (await articleClaims()).find(({ key }) => key === 'munitions-supplied');
    assert.ok(claim);
    await openClaim(page, language, claim.id);
    await page.evaluate(() => document.querySelector('#graph')?.scrollIntoView({ block: 'start' }));
  };
}

for (const [name, show] of Object.entries(pictures)) {
  test(`a picture of it can be made, and nothing of it stands out at the side: ${name}`, async () => {
    for (const language of languages) {
      await withPage({ viewport: { width: 1280, height: 860 } }, async (page) => {
        await signedIn(page);
        await show(page, language);
        await page.locator('.identity bdi').waitFor();
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 1280);
        await page.screenshot(folder ? { path: join(folder, `${name}-${language}.png`) } : {});
        await page.setViewportSize({ width: 360, height: 860 });
        if (narrow) await page.screenshot({ path: join(narrow, `${name}-${language}.png`) });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 360);
      });
    }
  });
}
