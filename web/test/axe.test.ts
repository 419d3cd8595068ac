import axe, { type AxeResults, type RunOptions } from 'axe-core';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, languages, mainClaim, open, openClaim, settled, signedIn, url, withBrowser, withPage, type Language } from './browser.js';
import { documentOf, importStory, openQueue, patch, pickWords, propose, write } from './text.js';

withBrowser();

interface State {
  name: string;
  refusals?: boolean;
  /** Whether somebody is signed in. */
  signed?: boolean;
  viewport?: { width: number; height: number };
  show: (page: Page, language: Language, id: string) => Promise<unknown>;
}

const claims = async (page: Page, language: Language, query = '') => {
  await open(page, `/${language}/claims${query}`);
  await settled(page);
};

const openDocument = async (page: Page, language: Language) => {
  const id = await documentOf('wire-first');
  const { items } = await api<{ items: { id: string }[] }>(`documents/${id}/attributions?limit=1`);
  await open(page, `/${language}/documents/${id}?attribution=${items[0]?.id}`);
  await page.locator('.attribution.shown').waitFor();
};

const wire = async (): Promise<string> => (await api<{ items: { id: string }[] }>('sources?key=oxbow-wire')).items[0]?.id ?? '';

const states: State[] = [
  { name: 'claims', show: (page, language) => claims(page, language) },
  { name: 'claims, none found', show: (page, language) => claims(page, language, '?q=zzzz&standing=contested') },
  { name: 'claims under their origins', show: async (page, language) => {
    await claims(page, language, '?origins=1');
    await page.locator('details.same').first().waitFor();
    await page.locator('details.same:not([open]) summary').first().click();
  } },
  { name: 'document, taken from another', show: async (page, language) => {
    await open(page, `/${language}/documents/${await documentOf('ebbtide-wednesday')}`);
    await page.locator('.page details summary').click();
  } },
  { name: 'two claims side by side', show: async (page, language) => {
    await claims(page, language);
    for (const i of [0, 1]) await page.locator('.claims input[type=checkbox]').nth(i).check();
    await page.locator('a.compare').click();
    await page.locator('.compared').waitFor();
  } },
  { name: 'claim', show: openClaim },
  { name: 'claim, a group set aside and shown', show: async (page, language, id) => {
    const group = await wire();
    await openClaim(page, language, id, `?without=${group}&card=${group}`);
  } },
  { // drawn in one language and listed in the other, since it takes long
    name: 'claim of many, one fold set aside and one too large', show: async (page, language) => {
      await openClaim(page, language, await importStory(2, 150, 3), language === 'ar' ? '?view=list' : '');
      const aside = page.locator('.card.alike .aside, .outline p:has(> [aria-expanded]) .aside').first();
      await aside.focus();
      await aside.press('Enter');
      await page.waitForURL((to) => to.searchParams.getAll('without').length === 75);
      await settled(page);
    },
  },
  { name: 'claim as a list', show: (page, language, id) => openClaim(page, language, id, '?view=list&proposed=1') },
  { name: 'claim on a phone', viewport: { width: 320, height: 800 }, show: openClaim },
  { name: 'keys', show: async (page, language) => {
    await claims(page, language);
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
  } },
  { name: 'documents', show: async (page, language) => { await open(page, `/${language}/documents`); await settled(page); } },
  { name: 'document, words chosen', show: openDocument },
  { name: 'document on a phone', viewport: { width: 320, height: 800 }, show: openDocument },
  { name: 'document, an attribution being written', show: async (page, language) => {
    await openDocument(page, language);
    await pickWords(page, '14');
    await page.keyboard.press('a');
    await page.locator('.actions').waitFor();
    await page.locator('.hops ~ p button').first().click();
    await page.locator('.hops [role=combobox]').fill('ox');
    await page.locator('[role=option]').first().waitFor();
  } },
  { name: 'sources', show: async (page, language) => { await open(page, `/${language}/sources`); await settled(page); } },
  { name: 'source, about to be withdrawn', show: async (page, language) => {
    await open(page, `/${language}/sources/${await wire()}`);
    await page.locator('.impact').waitFor();
    await page.locator('.actions button').click();
    await page.locator('dialog[open]').waitFor();
  } },
  { name: 'source on a phone', viewport: { width: 320, height: 800 }, show: async (page, language) => {
    await open(page, `/${language}/sources/${await wire()}`);
    await page.locator('.impact').waitFor();
    await settled(page);
  } },
  { name: 'source, its circles', show: async (page, language) => {
    await open(page, `/${language}/sources/${await wire()}`);
    await page.locator('[data-position=circles] summary').click();
    await page.locator('[data-position=circles] li').first().waitFor();
    await settled(page);
    await page.evaluate(() => scrollTo(0, 0)); // no link half under the bar above
  } },
  { name: 'claims, a saved question that changed', show: async (page, language) => {
    await page.evaluate(() => localStorage.setItem('headwater.questions',
      JSON.stringify([{ name: 'Unsettled', query: 'standing=contested', total: { count: 0, exact: true } }])));
    await page.goto(`${url}/${language}/claims`);
    await page.locator('.changed').waitFor();
  } },
  { name: 'signing in', show: async (page, language) => {
    await claims(page, language);
    await page.locator('.identity button').click();
    await page.locator('dialog[open]').waitFor();
  } },
  ...['review', 'review on a phone'].map((name): State => ({
    name, signed: true, ...(name !== 'review' && { viewport: { width: 320, height: 800 } }),
    show: async (page, language) => {
      const { claim } = await propose(`${name}, ${language}`, 3);
      await openQueue(page, language, claim);
    } })),
  { name: 'review, a rejection', signed: true, show: async (page) => {
    await page.keyboard.press('r');
    await page.locator('.rejecting').waitFor();
  } },
  { name: 'review, all that are alike', signed: true, show: async (page) => {
    await page.keyboard.press('Shift+A');
    await page.locator('dialog[open] .alike').waitFor();
    await settled(page);
  } },
  { name: 'review, two who changed one proposal', signed: true, refusals: true, show: async (page, language) => {
    const { claim, links: [id = ''] } = await propose(`a conflict, ${language}`, 1);
    await openQueue(page, language, claim);
    await page.keyboard.press('e');
    await page.locator('.editing [name=rationale]').fill('Mine.');
    await patch(`links/${id}`, { rationale: 'Theirs.' }, 1, 'HEADWATER_KEY_OTHER');
    await page.locator('.editing .actions button').first().click();
    await page.locator('.conflict').waitFor();
  } },
  { name: 'review, an attribution that was decided', signed: true, show: async (page, language) => {
    const text = 'The harbour was closed, the desk of the tests says.';
    const { id: publisher } = await write<{ id: string }>('sources', { name: 'A desk that axe looks at', kind: 'outlet' });
    const { id: document } = await write<{ id: string }>('documents', { publisher, kind: 'article', title: 'Closed', text });
    const { claim } = await propose(`an attribution, ${language}`, 0);
    await write('attributions', { document, claim, stance: 'affirms', status: 'proposed', chain: [{ source: publisher }],
      content: { start: 0, end: 22, exact: text.slice(0, 22) } });
    await openQueue(page, language, claim);
    await page.keyboard.press('a');
    await page.locator('.proposal.gone .banner').waitFor();
  } },
  { name: 'review, nothing waits', signed: true, show: async (page, language) => {
    await open(page, `/${language}/review?claim=6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d`);
    await page.locator('.today').waitFor();
  } },
  { name: 'a new document', show: async (page, language) => {
    await open(page, `/${language}/documents`);
    await page.locator('main .actions button').first().click();
    await page.locator('.adding [role=combobox]').fill('ox');
    await page.locator('[role=option]').first().waitFor();
  } },
  { name: 'history', show: async (page, language) => {
    // An act of its own: what others do meanwhile may fill the first page with single changes.
    const { links } = await propose(`an act that axe looks at, ${language}`, 2);
    await write('decisions', { items: links.map((id) => ({ resource: 'link', id, version: 1, decision: 'accept' })) }, { sealed: true });
    await open(page, `/${language}/history?resource=link&operation=accept`);
    await page.locator('.acts summary').first().click();
  } },
  { name: 'history, about to be undone', show: async (page, language) => {
    await open(page, `/${language}/history`);
    await page.locator('.of-act button').first().click();
    await page.locator('dialog[open] input').waitFor();
  } },
  { name: 'history of a source', show: async (page, language) => {
    await open(page, `/${language}/history?resource=source&thing=${await wire()}`);
    await page.locator('.acts dt').first().waitFor();
  } },
  { name: 'history of a claim, with how it stood', show: async (page, language, id) => {
    await open(page, `/${language}/history?resource=claim&thing=${id}`);
    await page.locator('.stood .standing').first().waitFor();
    await settled(page);
  } },
  ...[1440, 320].map((width): State => ({
    name: `relations of a source, being edited and added, ${width}`, viewport: { width, height: 800 }, show: async (page, language) => {
      const [owned, owner] = await Promise.all(['axe looks at', 'is looked at'].map(async (name) =>
        (await write<{ id: string }>('sources', { name: `A source that ${name}, ${language}`, kind: 'outlet' })).id));
      await write('relations', { subject: owned, kind: 'part_of', object: owner, since: '2019' });
      await open(page, `/${language}/sources/${owned}`);
      for (const button of ['.relations button', '#control ~ .content > p button']) await page.locator(button).first().click();
      await page.locator('.editing').nth(1).waitFor();
      await settled(page);
      await page.evaluate(() => scrollTo(0, 0));
    } })),
  { name: 'document, being edited', show: async (page, language) => {
    await openDocument(page, language);
    await page.locator('.facts button').click();
    await page.locator('.editing').waitFor();
  } },
  { name: 'claim, being edited', show: async (page, language, id) => {
    await openClaim(page, language, id);
    await page.locator('.facts button').click();
    await page.locator('.editing').waitFor();
  } },
  { name: 'claim, about to be merged', show: async (page, language, id) => {
    await openClaim(page, language, id);
    await page.locator('.facts button').click();
    await page.locator('.merging summary').click();
    await page.locator('.merging [role=combobox]').fill('killed');
    await page.locator('.merging [role=option]').first().click();
    await page.locator('.merging .actions button').waitFor();
    await settled(page);
  } },
  { name: 'no such page', show: async (page, language) => { await open(page, `/${language}/nothing/here`); await settled(page); } },
  { name: 'no such claim', refusals: true, show: async (page, language) => {
    await open(page, `/${language}/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d`);
    await page.locator('.problem').waitFor();
  } },
];

const looks = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  'forced colors': { colorScheme: 'light', forcedColors: 'active' },
} as const;

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong on a page. Its program is put into the page once, and only what is wrong is worked out in full. */
async function violations(page: Page, runOnly: RunOptions['runOnly'] & object): Promise<unknown[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  type Axe = { run: (of: Document, options: RunOptions) => Promise<AxeResults> };
  const given: RunOptions = { runOnly, resultTypes: ['violations'] };
  const found = await page.evaluate((options) => (window as unknown as { axe: Axe }).axe.run(document, options), given);
  return found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html, failureSummary }) => `${html}: ${failureSummary}`)]);
}

/** Leaves a state as if it had not been: no dialog, and nothing that was being written. */
async function leave(page: Page): Promise<void> {
  while (await page.locator('dialog[open]').count() > 0) await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.evaluate(() => sessionStorage.clear());
}

// States of one kind are looked at in one page, one after the other, which is loaded once.
const kinds = new Map<string, State[]>();
for (const state of states) {
  const kind = JSON.stringify([state.viewport, state.refusals, state.signed]);
  kinds.set(kind, [...(kinds.get(kind) ?? []), state]);
}

for (const language of languages) {
  for (const alike of kinds.values()) {
    const { viewport, refusals, signed } = alike[0] as State;
    const kind = [viewport ? `${viewport.width} pixels` : 'wide', refusals && 'refused', signed && 'signed in'].filter(Boolean).join(', ');
    test(`nothing stands in anybody's way: ${language}, ${kind}`, async (t) => {
      const id = await mainClaim();
      await withPage({ ...(viewport && { viewport }), ...(refusals && { refusals }) }, async (page) => {
        if (signed) await signedIn(page);
        for (const { name, show } of alike) {
          await t.test(name, async () => {
            await show(page, language, id);
            // Each state in each look, and all rules in each language: both have the same colors, and few rules turn on them.
            if (language === 'en') {
              assert.deepEqual(await violations(page, { type: 'tag', values: tags }), [], 'light');
              await page.emulateMedia(looks['forced colors']);
              assert.deepEqual(await violations(page, ['color-contrast', 'link-in-text-block']), [], 'forced colors');
            } else {
              await page.emulateMedia(looks.dark);
              assert.deepEqual(await violations(page, { type: 'tag', values: tags }), [], 'dark');
            }
            await page.emulateMedia(looks.light);
            await leave(page);
          });
        }
      });
    });
  }
}

for (const language of languages) {
  test(`the card asks for nothing, runs nothing, fits into a narrow frame and stands in nobody's way: ${language}`, async () => {
    const id = await mainClaim();
    const { statement } = await api<{ statement: Record<string, string> }>(`claims/${id}`);
    await withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
      for (const format of ['html', 'svg']) {
        page.asked.length = 0;
        const address = `${url}/v1/claims/${id}/card?lang=${language}&format=${format}`;
        const text = (await (await page.goto(address))?.text()) ?? '';
        assert.deepEqual(page.asked, [address]);
        assert.doesNotMatch(text, /<script|\son\w+\s*=|javascript:|@import|url\((?!#)/i);
        const said = await page.evaluate(() => document.documentElement.textContent ?? '');
        assert.ok(said.includes(statement[language] ?? '?'), format);
        assert.equal(await page.evaluate(() => document.documentElement.getAttribute('lang') ??
          document.documentElement.getAttribute('xml:lang')), language);
        if (format === 'html') assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
        for (const [look, media] of Object.entries(looks)) {
          await page.emulateMedia(media);
          assert.deepEqual(await violations(page, { type: 'tag', values: tags }), [], `${format}, ${look}`);
        }
      }
    });
  });
}
