import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, given, languages, openClaim, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { propose, write } from './text.js';

withBrowser();

interface Made { id: string }
interface Figures { standing: string; independent_origins: { min: number; max: number }; lines: number }
interface Comparison { claim: string; before: Figures; after: Figures }

const textOf = ({ standing, independent_origins: { min, max }, lines }: Figures) => `${standing} ${min} ${max} ${lines}`;

/** Two claims that say the same, of which two sources tell. */
async function twoClaims(name: string) {
  const made = async (who: string) => {
    const { id: source } = await write<Made>('sources', { name: `${who} of ${name}`, kind: 'outlet' });
    const { id: document } = await write<Made>('documents', { publisher: source, kind: 'article', title: name });
    const { id: claim } = await write<Made>('claims', {
      statement: { en: `${who} saw the ${name} leave.`, ar: `رأى ${who} ${name} تغادر.` } });
    await write('attributions', { document, claim, stance: 'affirms', chain: [{ source }] });
    return { claim, source, document };
  };
  const [one, other] = [await made('Aysar'), await made('Badr')];
  // The first one is told by both.
  await write('attributions', { document: other.document, claim: one.claim, stance: 'affirms', chain: [{ source: other.source }] });
  return [one, other] as const;
}

for (const language of languages) {
  test(`a claim and a source are merged after it was shown what that changes: ${language}`, async () => {
    await withPage({}, async (page) => {
      await signedIn(page);
      for (const resource of ['source', 'claim'] as const) {
        const name = `barge${resource}${language}`;
        const [one, other] = await twoClaims(name);
        const [of, into] = [one[resource], other[resource]];
        if (resource === 'claim') await openClaim(page, language, of);
        else await page.goto(`${url}/${language}/sources/${of}`);
        await page.locator('.facts button').first().click();
        await page.locator('.merging summary').click();
        await page.locator('.merging [role=combobox]').fill(resource === 'claim' ? `Badr saw ${name}` : `Badr of ${name}`);
        await page.locator('.merging [role=option]').first().click();
        const { comparisons } = await write<{ comparisons: Comparison[] }>('analyses', {
          claims: [one.claim, other.claim], changes: { merges: [{ resource, id: of, into }] } });
        const moving = comparisons.filter(({ before, after }) => textOf(before) !== textOf(after)).map(({ claim }) => claim);
        assert.ok(moving.length > 0, resource);
        await page.locator('.merging .actions button').waitFor();
        await settled(page);
        const shown = await page.locator('.merging tbody tr a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
        assert.deepEqual(shown.map((href) => href?.split('/').at(-1)).sort(), moving.sort());
        await page.locator('.merging .actions button').click();
        await page.waitForURL((at) => at.pathname.endsWith(into)); // what it speaks as
        const { status, merged_into } = await api<{ status: string; merged_into: string }>(`${resource}s/${of}`);
        assert.deepEqual([status, merged_into], ['merged', into]);
      }
    });
  });
}

test('where nothing waits, the rules look for more', async () => {
  const { id } = await write<Made>('claims', { statement: { en: 'Nothing is proposed about this one.' } });
  await withPage({}, async (page) => {
    await signedIn(page);
    await page.goto(`${url}/en/review?claim=${id}`);
    await page.locator('.review .actions button').click();
    await page.locator('.review [role=status]').getByText(/The rules found \d/).waitFor();
  });
});

test('where nothing waits, it is told how much was decided today, by oneself and by others', async () => {
  interface Act { at: string; actor: string }
  const { links: [mine, theirs] } = await propose('what is counted', 2);
  const { id } = await write<Made>('claims', { statement: { en: 'Nothing is proposed about this one either.' } });
  const decide = async (link: string | undefined, decision: string, key: string) => {
    const response = await fetch(`${url}/v1/decisions`, {
      method: 'POST', body: JSON.stringify({ items: [{ resource: 'link', id: link, version: 1, decision }] }),
      headers: { 'Content-Type': 'application/json', Prefer: 'wait=sealed', Authorization: `Bearer ${given(key)}` },
    });
    assert.ok(response.ok);
  };
  await decide(mine, 'accept', 'HEADWATER_KEY');
  await decide(theirs, 'reject', 'HEADWATER_KEY_OTHER');
  const midnight = new Date().setHours(0, 0, 0, 0);
  const counts = async () => {
    const acts = (await Promise.all(['accept', 'reject'].map(async (operation) =>
      (await api<{ items: Act[] }>(`changes?operation=${operation}&order=desc&limit=100`)).items))).flat();
    const today = acts.filter(({ at }) => Date.parse(at) >= midnight).map(({ actor }) => actor.endsWith(':desk'));
    return [today.filter(Boolean).length, today.filter((own) => !own).length];
  };
  for (const [width, language] of [[1440, 'en'], [360, 'ar']] as const) {
    await withPage({ viewport: { width, height: 900 } }, async (page) => {
      const before = await counts(); // others may decide while one looks
      await signedIn(page);
      await page.goto(`${url}/${language}/review?claim=${id}`);
      const told = page.locator('.review .today .code');
      await told.first().waitFor();
      const [own, of] = (await told.allInnerTexts()).map((text) => parseInt(text, 10));
      const after = await counts();
      for (const [i, n] of [own, of].entries()) {
        assert.ok(n !== undefined && n >= (before[i] ?? 0) && n <= (after[i] ?? 0) && n > 0, `${n}: ${before[i]} to ${after[i]}`);
      }
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
    });
  }
});
