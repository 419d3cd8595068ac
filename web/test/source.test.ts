import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, demo, languages, settled, url, withBrowser, withPage } from './browser.js';
import { signIn, write } from './text.js';

withBrowser();

const sourceOf = async (key: string): Promise<string> => {
  const { items } = await api<{ items: { id: string }[] }>(`sources?key=${key}&namespace=${encodeURIComponent(demo)}&fields=key`);
  assert.ok(items[0]);
  return items[0].id;
};

interface Control { group: string; relations: { relation: string }[]; loops: string[][] }

test('on each day a source speaks as the service says, by the relations that it names', async () => {
  const [owned, spokeswoman] = [await sourceOf('sada-al-marfa'), await sourceOf('rim-al-qutaymi')];
  await withPage({}, async (page) => {
    for (const language of languages) {
      for (const [id, day] of [[owned, '2018-06-01'], [owned, '2023-06-01'], [owned, '2025-03-12'], [spokeswoman, '2025-03-12'],
        [spokeswoman, '2025-07-15']] as const) {
        const control = await api<Control>(`sources/${id}/control?at=${day}`);
        await page.goto(`${url}/${language}/sources/${id}?at=${day}`);
        await page.locator('#control ~ .content .sentence').waitFor();
        await settled(page);
        const shown = await page.locator('.relations .holds').evaluateAll((all) => all.map((one) =>
          (one as HTMLElement).dataset['relation']));
        assert.deepEqual(shown.toSorted(), control.relations.map(({ relation }) => relation).toSorted(), day);
        const bars = await page.locator('.relations .bar').evaluateAll((all) => all.map((bar) => {
          const [whole, held] = [bar, bar.firstElementChild].map((one) => one?.getBoundingClientRect() ?? new DOMRect());
          return whole && held && held.width >= 0 && held.left >= whole.left - 1 && held.right <= whole.right + 1;
        }));
        assert.ok(bars.every(Boolean), day); // a day's mark moves, a bar does not leave its line
        const group = page.locator(`.source .sentence a[href$="/${control.group}"]`);
        assert.equal(await group.count(), control.group === id ? 0 : 1, day);
        assert.equal(await page.locator('#control ~ .content .banner').count(), control.loops.length);
      }
    }
    await page.locator('input[type=date]').fill('2018-06-01');
    await page.waitForURL(/at=2018-06-01/);
  });
});

test('what a source originates, passes on and publishes is what the service lists', async () => {
  const id = await sourceOf('oxbow-wire');
  await withPage({}, async (page) => {
    await page.goto(`${url}/en/sources/${id}`);
    for (const position of ['origin', 'relay', 'publisher']) {
      const { items } = await api<{ items: { id: string }[] }>(`sources/${id}/claims?position=${position}&limit=100`);
      const links = page.locator(`[data-position=${position}] li a`);
      await page.locator(`[data-position=${position}]`).waitFor();
      const shown = await links.evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).pathname.split('/').at(-1)));
      assert.deepEqual(shown.toSorted(), items.map(({ id }) => id).toSorted());
    }
  });
});

test('of how many claims a source is the origin, and with whom it is in circles, is as the service has it', async () => {
  const [first, second] = await Promise.all(['One of a circle', 'The other of the circle'].map(async (name) =>
    (await write<{ id: string }>('sources', { name, kind: 'outlet' })).id)) as [string, string];
  const claimOf = async (en: string) => (await write<{ id: string }>('claims', { statement: { en, ar: `${en} بالعربية` } })).id;
  const [round, alone] = [await claimOf('Both have this from the other.'), await claimOf('This one has it from nobody.')];
  const says = async (claim: string, publisher: string, ...from: string[]) => {
    const { id: document } = await write<{ id: string }>('documents', { publisher, kind: 'article', title: 'Around' });
    await write('attributions', { document, claim, stance: 'affirms', status: 'accepted',
      chain: [{ source: publisher, act: 'publishes' }, ...from.map((source) => ({ source, act: 'reports' }))] });
  };
  await says(round, first, second);
  await says(round, second, first);
  await says(alone, first);
  const total = async (of: string) => (await api<{ total: { count: number } }>(`claims?${of}=${first}&include=total&limit=1`)).total.count;
  const wanted = [await total('origin'), await total('source')].map(String);
  for (const width of [1440, 360]) {
    await withPage({ viewport: { width, height: 900 } }, async (page) => {
      for (const language of languages) {
        await page.goto(`${url}/${language}/sources/${first}`);
        const share = page.locator('#told + .content');
        await share.locator('.code').first().waitFor();
        assert.deepEqual(await share.locator('.code').allInnerTexts(), wanted);
        const circles = page.locator('[data-position=circles]');
        await circles.locator('summary').click();
        await circles.locator('li').first().waitFor();
        assert.equal(await circles.locator('li').count(), 1);
        assert.match(await circles.locator('li').innerText(), /The other of the circle/);
        assert.equal(await circles.locator(`a[href$="/claims/${round}"]`).count(), 1);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
      }
    });
  }
});

for (const language of languages) {
  test(`a source is withdrawn only after what it changes was shown and typed, and put back: ${language}`, async () => {
    const { id } = await write<{ id: string }>('sources', { name: `A source to withdraw (${language})`, kind: 'person' });
    const claim = await write<{ id: string }>('claims', { statement: { en: `It rests on one voice (${language}).` } });
    const document = await write<{ id: string }>('documents', { publisher: id, kind: 'post', title: 'A post' });
    await write('attributions', { document: document.id, claim: claim.id, stance: 'affirms', chain: [{ source: id, act: 'publishes' }] });
    await withPage({ refusals: true }, async (page) => {
      await page.goto(`${url}/${language}/sources/${id}`);
      await page.locator('.impact').waitFor();
      const { items } = await api<{ items: { claim_id: string }[] }>(`sources/${id}/impact`);
      assert.deepEqual(await page.locator('.impact a').evaluateAll((all) => all.map((one) =>
        (one as HTMLAnchorElement).pathname.split('/').at(-1))), [items[0]?.claim_id]);
      await page.locator('.actions button').click();
      const now = page.locator('dialog[open] button').first();
      await page.locator('#confirm').fill('2');
      assert.equal(await now.isDisabled(), true);
      await page.locator('#confirm').fill('١');
      await page.locator('dialog input[name=reason]').fill('سُحب للتجربة');
      await now.click();
      await page.locator('#key').waitFor(); // nobody is signed in, and what was typed stays
      await signIn(page);
      assert.equal(await page.locator('dialog input[name=reason]').inputValue(), 'سُحب للتجربة');
      await page.locator('dialog[open] button').first().click();
      await page.locator('.source > .content > .banner').waitFor();
      assert.equal((await api<{ status: string }>(`sources/${id}`)).status, 'retracted');
      const { items: versions } = await api<{ items: { reason?: string }[] }>(`sources/${id}/history?order=desc`);
      assert.equal(versions[0]?.reason, 'سُحب للتجربة');
      await page.locator('.source > .content > p:not(.facts) button').click();
      await page.locator('.impact').waitFor();
      assert.equal((await api<{ status: string }>(`sources/${id}`)).status, 'active');
    });
  });
}
