import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, languages, ofArticle, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { documentOf, listed, openDocument, openQueue, pickWords, propose, typeNew, type Attribution } from './text.js';

withBrowser();

const invented = `أعلنت بلدية المرفأ أن الجسر أُغلق صباح الأحد. ونقلت صحيفة المنارة عن مهندس في الموقع أن شرخًا ظهر في الدعامة الثانية.
وقال سائق رافعة إنه سمع دويًا قبل الإغلاق بساعة.`;

/** An article, and what is told in it: the words, what they say, and who it is had from, the one who told it last. */
interface Article {
  title: string;
  text: string;
  told: readonly [words: string, claim: string, ...chain: string[]][];
}

const seed = ofArticle('article.ar.txt');

/** The seed article where it is there, and one that was invented. */
const articles: Record<string, Article> = {
  invented: {
    title: 'الجسر',
    text: invented,
    told: [['الجسر أُغلق صباح الأحد', 'The bridge was closed.', 'بلدية المرفأ'],
      ['شرخًا ظهر في الدعامة الثانية', 'A pillar had cracked.', 'صحيفة المنارة', 'مهندس في الموقع'],
      ['سمع دويًا قبل الإغلاق بساعة', 'There was a bang before.', 'سائق رافعة']],
  },
  ...(seed !== undefined && { seed: {
    title: 'اتهامات لكوريا الشمالية بتزويد روسيا بكميات كبيرة من الذخائر',
    text: seed,
    told: [['كوريا الشمالية بتزويد روسيا بمليون قذيفة', 'A million shells were supplied.', 'ينس ستولتنبرغ'],
      ['جارتها الشمالية أرسلت أكثر من مليون قذيفة مدفعية إلى روسيا منذ آب/ أغسطس', 'More than a million shells since August.',
        'وسائل إعلام', 'يو سانغ بوم', 'وكالة التجسس العليا'],
      ['العلاقات مع موسكو', 'Moscow comes first.', 'كيم جونغ أون']],
  } }),
};

for (const language of languages) for (const [which, { title, text, told }] of Object.entries(articles)) {
  test(`from an article over attributions, decisions and an undo to a card, by the page alone: ${which}, ${language}`, async () => {
    const { claim: disputed } = await propose(`a day’s work, ${which}, ${language}`, 6); // one more than are decided: the last one stays
    await withPage({}, async (page) => {
      await signedIn(page);
      await page.goto(`${url}/${language}/documents`);
      await page.locator('main .actions button').first().click();
      await typeNew(page.locator('.adding [role=combobox]'), `A paper of the coast, ${which}, ${language}`);
      await page.locator('.adding input[name=title]').fill(title);
      await page.locator('.adding input[name=day]').fill('2025-06-01');
      await page.locator('.adding textarea').fill(text);
      await page.locator('.adding .actions button').first().click();
      await page.locator('#attributions').waitFor();
      const document = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      assert.equal((await api<{ text: string }>(`documents/${document}`)).text, text);
      for (const [i, [words, claim, ...chain]] of told.entries()) {
        await pickWords(page, words);
        await page.keyboard.press('a');
        await typeNew(page.locator('.draft [role=combobox]').first(), `${claim} (${which}, ${language})`);
        for (const [hop, source] of chain.entries()) {
          await page.locator('.draft .hops ~ p button').first().click();
          const field = page.locator('.draft .hops [role=combobox]').nth(hop);
          assert.ok(await field.evaluate((one) => one === window.document.activeElement)); // it is gone to by itself
          await typeNew(field, `${source} (${language})`);
          await page.locator('.draft .hops > li').nth(hop + 1).locator('select').first().selectOption('organization');
        }
        await page.locator('.draft .actions button').first().click();
        await page.locator('.draft').waitFor({ state: 'detached' });
        await listed(page, document, i + 1);
      }
      await page.keyboard.press('g');
      await page.keyboard.press('r');
      await page.locator('.proposal').waitFor();
      await openQueue(page, language, disputed); // others decide theirs meanwhile
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
      assert.deepEqual(items.map(({ content, chain }) => [content?.exact, chain.length]),
        told.map(([words, , ...chain]) => [words, chain.length + 1]));
    });
  });
}

test('what is offered covers nothing, is taken only where one went to it, and a new source is of the kind that one says', async () => {
  const id = await documentOf('wire-first');
  await withPage({}, async (page) => {
    await signedIn(page);
    for (const language of languages) {
      await openDocument(page, language, id);
      const words = await page.locator('.text mark').first().innerText();
      await pickWords(page, words.slice(0, 12));
      await page.keyboard.press('a');
      await typeNew(page.locator('.draft [role=combobox]').first(), 'A claim that nobody saves.');
      const add = page.locator('.draft .hops ~ p button').first();
      await add.click();
      const field = page.locator('.draft .hops [role=combobox]').first();
      await page.keyboard.type('Oxb');
      const offers = page.locator('.draft .hops [role=option]');
      await offers.first().waitFor();
      assert.equal(await page.locator('.draft [role=option][aria-selected=true]').count(), 0);
      await add.click(); // and nothing lies over it
      assert.equal(await page.locator('.draft .hops > li').count(), 3);
      await page.locator('.draft .hops > li').nth(2).locator('button').last().click();
      await field.fill('Oxbo');
      await offers.first().waitFor();
      await field.press('Enter');
      assert.equal(await field.inputValue(), 'Oxbo');
      await page.locator('.draft .actions button').first().click();
      assert.equal(await page.locator('.draft .hops select:invalid').count(), 1); // it is not known what kind of source that is
      await field.fill('Oxbow');
      await offers.first().waitFor();
      await field.press('ArrowDown');
      await field.press('Enter');
      assert.notEqual(await field.inputValue(), 'Oxbow');
      assert.equal(await page.locator('.draft select:invalid').count(), 0);
      await page.locator('.draft .actions button').last().click();
      await page.locator('.draft').waitFor({ state: 'detached' });
    }
  });
});
