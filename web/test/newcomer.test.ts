import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, languages, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { pickWords, propose, typeNew, type Attribution } from './text.js';

withBrowser();

const text = `أعلنت بلدية المرفأ أن الجسر أُغلق صباح الأحد. ونقلت صحيفة المنارة عن مهندس في الموقع أن شرخًا ظهر في الدعامة الثانية.
وقال سائق رافعة إنه سمع دويًا قبل الإغلاق بساعة.`;

for (const language of languages) {
  test(`from an article over attributions, decisions and an undo to a card, by the page alone: ${language}`, async () => {
    await propose(`a day’s work, ${language}`, 5);
    await withPage({}, async (page) => {
      await signedIn(page);
      await page.goto(`${url}/${language}/documents`);
      await page.locator('main .actions button').first().click();
      await typeNew(page.locator('.adding [role=combobox]'), `A paper of the coast, ${language}`);
      await page.locator('.adding input[name=title]').fill('الجسر');
      await page.locator('.adding input[name=day]').fill('2025-06-01');
      await page.locator('.adding textarea').fill(text);
      await page.locator('.adding .actions button').first().click();
      await page.locator('#attributions').waitFor();
      const document = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      assert.equal((await api<{ text: string }>(`documents/${document}`)).text, text);
      const told = [['الجسر أُغلق صباح الأحد', 'The bridge was closed.', 'بلدية المرفأ'],
        ['شرخًا ظهر في الدعامة الثانية', 'A pillar had cracked.', 'مهندس في الموقع'],
        ['سمع دويًا قبل الإغلاق بساعة', 'There was a bang before.', 'سائق رافعة']] as const;
      for (const [i, [words, claim, source]] of told.entries()) {
        await pickWords(page, words);
        await page.keyboard.press('a');
        await typeNew(page.locator('.draft [role=combobox]').first(), `${claim} (${language})`);
        await page.locator('.draft .hops ~ p button').first().click();
        await typeNew(page.locator('.draft .hops [role=combobox]'), `${source} (${language})`);
        await page.locator('.draft .actions button').first().click();
        await page.locator('.draft').waitFor({ state: 'detached' });
        await page.waitForFunction((count) => window.document.querySelectorAll('.margin > li').length === count, i + 1);
      }
      await page.keyboard.press('g');
      await page.keyboard.press('r');
      await page.locator('.proposal').waitFor();
      for (let i = 0; i < 5; i++) {
        const id = await page.locator('.proposal').getAttribute('data-proposal');
        await page.keyboard.press('a');
        await page.waitForFunction((id) => window.document.querySelector('.proposal')?.getAttribute('data-proposal') !== id, id);
      }
      await page.waitForFunction(() => JSON.parse(sessionStorage.getItem('headwater.decisions') ?? '[]').length === 5);
      await page.keyboard.press('u');
      await page.waitForFunction(() => JSON.parse(sessionStorage.getItem('headwater.decisions') ?? '[]').length === 4);
      await page.keyboard.press('g');
      await page.keyboard.press('c');
      await page.locator('.claims h2 a').first().waitFor();
      await page.locator('header input[name=q]').fill('killed');
      await page.keyboard.press('Enter');
      await page.waitForURL(/q=killed/);
      await settled(page);
      await page.getByRole('link', { name: /^(At least 30 people were killed by the explosion|قتل 30 شخصا على الأقل)/ }).first().click();
      await page.locator('.affirming .card').first().waitFor();
      await settled(page);
      await page.locator('.affirming .face').first().focus();
      await page.keyboard.press('x');
      await page.waitForURL(/without=/);
      await settled(page);
      const card = page.locator('.exports a[href*="/card?"]');
      const answer = await page.request.get(new URL(await card.getAttribute('href') ?? '', page.url()).href);
      assert.equal(answer.status(), 200);
      assert.match(await answer.text(), new RegExp(`<html[^>]*lang="${language}"`));
      const { items } = await api<{ items: Attribution[] }>(`documents/${document}/attributions?status=proposed,accepted`);
      assert.deepEqual(items.map(({ content }) => content?.exact), told.map(([words]) => words));
    });
  });
}
