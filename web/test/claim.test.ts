/** What the page of a claim lists: all of it, however much there is, each with its day. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, given, languages, mainClaim, openClaim, settled, url, withBrowser, withPage } from './browser.js';
import { write } from './text.js';

withBrowser();

const undated = { en: 'undated', ar: 'بلا تاريخ' };

/** Publishes what a source says for a claim, on a day. */
async function publish(claim: string, status: string, name: string, day?: string): Promise<string> {
  const { id: publisher } = await write<{ id: string }>('sources', { name, kind: 'outlet' });
  const { id: document } = await write<{ id: string }>('documents', { publisher, kind: 'article', title: name,
    ...(day && { published: { earliest: day, latest: day } }) });
  await write('attributions', { document, claim, stance: 'affirms', status, chain: [{ source: publisher, act: 'says' }] });
  return publisher;
}

/** The days in the table of the evidence by who published it. */
const daysOf = async (page: Page): Promise<Record<string, string>> =>
  Object.fromEntries(await page.locator('.evidence tbody tr').evaluateAll((rows) => rows.map((row) =>
    [2, 0].map((at) => (row.children[at] as HTMLElement).innerText.trim()))) as [string, string][]);

test('each row of the evidence has its day: beyond the first page, proposed and withdrawn', async () => {
  const { id: claim } = await write<{ id: string }>('claims', { statement: { en: 'Each has its day.', ar: 'لكلٍّ يومه.' } });
  for (const day of ['2025-03-01', '2025-03-02', '2025-03-03']) await publish(claim, 'accepted', `The paper of ${day}`, day);
  await publish(claim, 'proposed', 'The proposed paper', '2025-03-04');
  await publish(claim, 'accepted', 'The undated paper');
  const withdrawn = await publish(claim, 'accepted', 'The withdrawn paper', '2025-03-05');
  const retract = await fetch(`${url}/v1/sources/${withdrawn}/retract`, { method: 'POST',
    headers: { Authorization: `Bearer ${given('HEADWATER_KEY')}`, 'If-Match': '*' } });
  assert.ok(retract.ok, await retract.text());
  await withPage({}, async (page) => {
    // Pages are short here, as those of a claim of thousands are long.
    await page.route('**/timeline?*', (route) => route.continue({ url: route.request().url().replace('limit=1000', 'limit=2') }));
    for (const language of languages) {
      const days = Object.fromEntries(['01', '02', '03'].map((day) => [`The paper of 2025-03-${day}`, `2025-03-${day}`]));
      const all = { ...days, 'The undated paper': undated[language], 'The withdrawn paper': '2025-03-05' };
      await openClaim(page, language, claim);
      assert.deepEqual(await daysOf(page), all);
      assert.equal(await page.locator('.lane li').count(), 3); // what was withdrawn is in the table alone
      await page.locator('.toolbar input[type=checkbox]').check();
      await page.waitForURL((to) => to.searchParams.has('proposed'));
      await settled(page);
      assert.deepEqual(await daysOf(page), { ...all, 'The proposed paper': '2025-03-04' });
      await openClaim(page, language, claim, '?proposed=1');
      await page.locator('.card .face').filter({ hasText: 'The proposed paper' }).click();
      assert.match(await page.locator('.quotes > li').innerText(), /2025-03-04/);
    }
  });
});

test('nothing is called undated before its day is known', async () => {
  const id = await mainClaim();
  await withPage({}, async (page) => {
    await page.route('**/timeline?*', () => undefined); // it never comes
    const { affirming: { evidence: [first] } } =
      await api<{ affirming: { evidence: { group_walk: string[] }[] } }>(`claims/${id}/corroboration`);
    await page.goto(`${url}/en/claims/${id}?card=${first?.group_walk[0]}`);
    await page.locator('.quotes > li').first().waitFor();
    assert.doesNotMatch(await page.locator('main').innerText(), /undated/i);
  });
});

test('how many claims contradict one is said, and all of them can be come to', async () => {
  const counting = (value: number) => [{ value, comparator: '=', unit: 'person', of: 'seen at the sluice' }];
  const claimOf = async (en: string, value: number) =>
    (await write<{ id: string }>('claims', { statement: { en, ar: `${en} بالعربية` }, quantities: counting(value) })).id;
  const claim = await claimOf('Two were seen at the sluice.', 2);
  for (const n of [3, 4, 5, 6, 7]) {
    const other = await claimOf(`${n} were seen at the sluice.`, n);
    await write('links', { kind: 'contradicts', degree: n > 6 ? 'tension' : 'direct', from: claim, to: other, status: 'accepted' });
  }
  await write('links', { kind: 'contradicts', from: claim, to: await claimOf('Nobody was seen at the sluice.', 0), status: 'proposed' });
  await withPage({}, async (page) => {
    await page.route('**/contradictions?*', (route) => route.continue({ url: `${route.request().url()}&limit=2` }));
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims/${claim}`);
      await openClaim(page, language, claim);
      assert.match(await page.locator('#contradictions').innerText(), /\(?5/);
      for (const shown of [2, 4]) {
        assert.equal(await page.locator('.pair').count(), shown);
        await page.locator('.contradictions > button').click();
        await page.waitForFunction((before) => document.querySelectorAll('.pair').length > before, shown);
      }
      await page.waitForFunction(() => document.querySelectorAll('.pair .scale').length === 5); // what each of them counts
      assert.equal(await page.locator('.contradictions > button').count(), 0);
    }
  });
});
