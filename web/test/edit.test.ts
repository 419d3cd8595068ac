import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, languages, openClaim, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { patch, write } from './text.js';

withBrowser();

interface Relation { id: string; status: string; kind: string; object: string; share?: number; since?: string; until?: string }

const sourceNamed = async (name: string) => (await write<{ id: string }>('sources', { name, kind: 'outlet' })).id;
const relationsOf = async (source: string) => (await api<{ items: Relation[] }>(`relations?source=${source}`)).items;

for (const language of languages) {
  test(`a relation is added, edited by two of whom the second sees three columns, and taken back: ${language}`, async () => {
    const [owned, owner] = [await sourceNamed(`An owned paper (${language})`), await sourceNamed(`An owner of papers (${language})`)];
    const narrow = { refusals: true, viewport: { width: 360, height: 800 } };
    await withPage({ refusals: true }, async (first) => withPage(narrow, async (second) => {
      await signedIn(first);
      await signedIn(second, 'HEADWATER_KEY_OTHER');
      const save = (page: typeof first) => page.locator('.editing .actions button').first().click();
      const field = (page: typeof first, name: string) => page.locator(`.editing [name=${name}]`);
      await first.goto(`${url}/${language}/sources/${owned}`);
      await settled(first);
      await first.locator('#control ~ .content button').last().click();
      const by = first.locator('.editing [role=combobox]').last();
      await by.fill(`An owner of papers (${language}`);
      await first.locator('.editing [role=option]').first().click();
      await field(first, 'kind').selectOption('owned_by');
      await field(first, 'share').fill('70');
      await field(first, 'since').fill('٢٠١٩-٠٣');
      await first.locator('.editing input[name=reason]').fill('سجل الشركات');
      await save(first);
      await first.locator('.editing').waitFor({ state: 'detached' });
      const [added] = await relationsOf(owned);
      assert.ok(added);
      assert.deepEqual([added.kind, added.object, added.share, added.since], ['owned_by', owner, 0.7, '2019-03']);
      const { items: versions } = await api<{ items: { reason?: string }[] }>(`relations/${added.id}/history`);
      assert.equal(versions[0]?.reason, 'سجل الشركات');
      await first.locator(`[data-relation="${added.id}"].holds`).waitFor(); // and the source speaks for its owner now
      assert.equal(await first.locator(`.source .sentence a[href$="/${owner}"]`).count(), 1);

      for (const [page, until] of [[first, '2024'], [second, '2024-06']] as const) {
        await page.goto(`${url}/${language}/sources/${owned}`);
        await page.locator(`[data-relation="${added.id}"] button`).first().click();
        await field(page, 'until').fill(until);
      }
      await save(first);
      await first.locator('.editing').waitFor({ state: 'detached' });
      await save(second);
      await second.locator('.conflict').waitFor();
      const told = await second.locator('.conflict').innerText();
      for (const words of ['desk', '2024', '2024-06']) assert.ok(told.includes(words), `${words} in ${told}`);
      assert.ok(await second.evaluate(() => document.documentElement.scrollWidth) <= 360);
      await save(second);
      await second.locator('.editing').waitFor({ state: 'detached' });
      assert.equal((await relationsOf(owned))[0]?.until, '2024-06');

      await first.reload();
      await first.locator(`[data-relation="${added.id}"] button`).first().click();
      await field(first, 'share').fill('no number');
      await save(first);
      await first.locator('.editing .problem').waitFor();
      await first.locator('.editing .actions button').nth(1).click();
      await first.locator('[data-relation]').waitFor({ state: 'detached' });
      assert.equal((await api<Relation>(`relations/${added.id}`)).status, 'retracted');
    }));
  });

  test(`from an open question one gets to a document that nobody has dated, and dates it: ${language}`, async () => {
    const publisher = await sourceNamed(`A paper without days (${language})`);
    await sourceNamed(`Another one (${language})`);
    const statement = { en: `Undated (${language}).`, ar: `بلا تاريخ (${language}).` };
    const { id: claim } = await write<{ id: string }>('claims', { statement });
    const { id } = await write<{ id: string }>('documents', { publisher, kind: 'article', title: 'Not dated yet' });
    await write('attributions', { document: id, claim, stance: 'affirms', status: 'accepted',
      chain: [{ source: publisher, act: 'publishes' }] });
    await withPage({ refusals: true }, async (page) => {
      await signedIn(page);
      await openClaim(page, language, claim);
      await page.locator('#origins ~ div button.name').first().click();
      await page.locator(`.panel a[href*="/documents/${id}"]`).click();
      await page.locator('#attributions').waitFor();
      await page.locator('.facts button').click();
      const field = (name: string) => page.locator(`.editing [name=${name}]`);
      await field('title').fill('عنوان جديد');
      await field('earliest').fill('2025-03-11');
      await field('latest').fill('2025-03-12');
      await field('note').fill('As its archive has it.');
      await page.locator('.editing [role=combobox]').fill(`Another one (${language}`);
      await page.locator('.editing [role=option]').first().click();
      const save = () => page.locator('.editing .actions button').first().click();
      await save();
      await page.locator('.editing .problem').getByText('/publisher').waitFor(); // its words are those of the one that is stored
      assert.equal(await field('title').inputValue(), 'عنوان جديد');
      await page.locator('.editing [role=combobox]').fill(`A paper without days (${language}`);
      await page.locator('.editing [role=option]').first().click();
      await patch(`documents/${id}`, { title: 'Meanwhile' }, 1, 'HEADWATER_KEY_OTHER');
      await save();
      await page.locator('.conflict').waitFor();
      const told = await page.locator('.conflict').innerText();
      for (const words of ['rana', 'Not dated yet', 'Meanwhile', 'عنوان جديد'])
        assert.ok(told.includes(words), `${words} in ${told}`);
      await save();
      await page.locator('.editing').waitFor({ state: 'detached' });
      interface Dated { title: string; published: object }
      const { title, published } = await api<Dated>(`documents/${id}`);
      assert.equal(title, 'عنوان جديد');
      assert.deepEqual(published, { earliest: '2025-03-11', latest: '2025-03-12', note: 'As its archive has it.' });
      await page.locator('.facts').getByText('2025-03-11 – 2025-03-12').waitFor();
      // What is known no more is taken out.
      await page.locator('.facts button').click();
      for (const name of ['earliest', 'latest', 'note']) await field(name).fill('');
      await save();
      await page.locator('.editing').waitFor({ state: 'detached' });
      assert.ok(!(await api<Partial<Dated>>(`documents/${id}`)).published);
    });
  });
}
