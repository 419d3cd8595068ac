import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, articleClaims, demoClaims, languages, mainClaim, openClaim, settled, url, withBrowser, withPage } from './browser.js';
import { write } from './text.js';

withBrowser();

interface Interval { min: number; max: number }
interface Figures { independent_origins: Interval; lines: number }
interface Side extends Figures { attributions: number; without: (Figures & { source: string })[] }
interface Report { standing: string; affirming: Side; denying: Side; support: { graded: boolean } }

const range = ({ min, max }: Interval) => (min === max ? `${min}` : `${min}–${max}`);

/** What the page says of a side: its interval, and the sentence. */
async function sideOf(page: Page, name: string) {
  const now = page.locator(`.now[data-side=${name}]`);
  return {
    interval: await now.locator('.interval .code').innerText(),
    sentence: await now.locator('..').innerText(),
    sure: await now.locator('i.sure').count(),
  };
}

async function checkFigures(page: Page, report: Report): Promise<void> {
  assert.equal(await page.locator(`.verdict .standing.${report.standing}`).count(), 1);
  for (const name of ['affirming', 'denying'] as const) {
    const { attributions, independent_origins } = report[name];
    const shown = await sideOf(page, name);
    assert.equal(shown.interval, range(independent_origins));
    assert.equal(shown.sure, Math.min(independent_origins.min, 9));
    if (attributions > 2) assert.match(shown.sentence, new RegExp(`(^|\\D)${attributions}\\D`)); // 1 and 2 are words in Arabic
  }
  const support = await page.locator('.foot details').textContent() ?? '';
  assert.equal(/[0-9٠-٩]/.test(support), report.support.graded, support); // no number while no source is graded
}

for (const language of languages) {
  test(`every claim of the demo and of the article has the figures of its report: ${language}`, async () => {
    await withPage({}, async (page) => {
      for (const { id } of [...await demoClaims(), ...await articleClaims()]) {
        await openClaim(page, language, id);
        await checkFigures(page, await api<Report>(`claims/${id}/corroboration`));
      }
    });
  });
}

test('each group that is set aside leaves what the report said it would', async () => {
  const id = await mainClaim();
  const { affirming: { without, independent_origins, lines } } = await api<Report>(`claims/${id}/corroboration`);
  assert.ok(without.length > 10);
  await withPage({}, async (page) => {
    await openClaim(page, 'en', id);
    for (const { source, independent_origins: left, lines: leftLines } of without) {
      const card = page.locator('.affirming .card').filter({ has: page.locator(`[data-card="${source}"]`) });
      await card.locator('.aside').click();
      await page.waitForFunction((source) => new URL(location.href).searchParams.getAll('without').includes(source), source);
      await settled(page);
      const shown = await sideOf(page, 'affirming');
      assert.equal(shown.interval, range(left), source);
      const moved = range(left) !== range(independent_origins) || leftLines !== lines;
      assert.equal(await page.locator('.now[data-side=affirming] s').count(), moved ? 1 : 0, source);
      assert.match(await page.locator('.affirming > h3 span').innerText(), new RegExp(`${leftLines} lines?$`));
      // Where one clicks, what there was before stands beside it.
      const before = await page.locator('.affirming > h3 s').allInnerTexts();
      assert.deepEqual(before.map((text) => new RegExp(`^before: .*, ${lines} lines?$`).test(text)), moved ? [true] : [], source);
      assert.equal(await card.locator('.aside').getAttribute('aria-pressed'), 'true');
      const said = await page.locator('p[role=status].sr').innerText();
      for (const side of ['For it: Now', 'Against it: Now']) assert.ok(said.includes(side), said);
      await page.getByRole('button', { name: 'Put all back' }).click();
      await settled(page);
      assert.equal((await sideOf(page, 'affirming')).interval, range(independent_origins));
    }
  });
});

test('a day and proposals are part of the address, and of the figures', async () => {
  const id = await mainClaim();
  await withPage({}, async (page) => {
    await openClaim(page, 'ar', id, '?as_of=2025-03-11&proposed=1');
    await checkFigures(page, await api<Report>(`claims/${id}/corroboration?as_of=2025-03-11&include_proposed=true`));
    assert.match(await page.locator('input[type=range]').getAttribute('aria-valuetext') ?? '', /2025/);
    await page.locator('input[type=range]').focus();
    await page.keyboard.press('End');
    await page.waitForURL((to) => !to.searchParams.has('as_of'));
    await settled(page);
    await checkFigures(page, await api<Report>(`claims/${id}/corroboration?include_proposed=true`));
  });
});

test('the evidence as a table has a row for each attribution that counts, in its words', async () => {
  const id = await mainClaim();
  const { affirming, denying, questioning } = await api<Record<string, { evidence: unknown[] }>>(`claims/${id}/corroboration`);
  await withPage({ acceptDownloads: true }, async (page) => {
    for (const language of languages) {
      await openClaim(page, language, id);
      const [kept] = await Promise.all([page.waitForEvent('download'), page.locator('.evidence .actions button').click()]);
      assert.equal(kept.suggestedFilename(), 'harbour-blast-toll.csv');
      const rows = readFileSync(await kept.path(), 'utf8').replace('\ufeff', '').trimEnd().split('\r\n');
      assert.equal(rows.length, 1 + [affirming, denying, questioning].flatMap((side) => side?.evidence ?? []).length);
      assert.ok(rows.some((row) => row.includes('"no fewer than 30 dead"')));
    }
  });
});

test('days go by one after the other up to today, each once its figures are there, and not for who wants no motion', async () => {
  const id = await mainClaim();
  await withPage({}, async (page) => {
    await openClaim(page, 'en', id);
    assert.equal(await page.locator('.play').isVisible(), false);
  });
  await withPage({ reducedMotion: 'no-preference' }, async (page) => {
    await openClaim(page, 'ar', id);
    const seen: string[] = [];
    page.on('response', (response) => {
      const day = new URL(response.url()).pathname.endsWith('/corroboration') && new URL(response.url()).searchParams.get('as_of');
      if (day) seen.push(day);
    });
    await page.locator('.play').click();
    await page.waitForURL((to) => to.searchParams.has('as_of'));
    await page.waitForURL((to) => !to.searchParams.has('as_of'));
    assert.ok(seen.length > 2);
    assert.deepEqual(seen, [...new Set(seen)].toSorted());
    assert.equal(await page.locator('.play').innerText(), 'يومًا بعد يوم');
  });
});

test('nobody on record is said, and both sides are shown empty', async () => {
  const claim = (await demoClaims()).find(({ key }) => key === 'divers-sabotage');
  assert.ok(claim);
  await withPage({}, async (page) => {
    await openClaim(page, 'en', claim.id);
    assert.match(await page.locator('.sentence').innerText(), /Nobody on record/);
    assert.equal(await page.locator('.side').count(), 2);
    for (const language of languages) {
      await openClaim(page, language, claim.id);
      const ways = page.locator('.side a');
      assert.deepEqual(await ways.evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).pathname)),
        [`/${language}/documents`, `/${language}/documents`]);
      await ways.first().click(); // to where one adds whose words they are
      await page.locator('main .actions button').waitFor();
    }
  });
});

test('amounts that contradict one another stand on one scale, and what was said after it was published has an arrow back', async () => {
  const killed = (value: number, comparator: string) => [{ value, comparator, unit: 'person', of: 'killed by the scale' }];
  const claimOf = async (en: string, ar: string, quantities: object[]) =>
    (await write<{ id: string }>('claims', { statement: { en, ar }, quantities })).id;
  const claim = await claimOf('At least 30 were killed by the scale.', 'قتل الميزان ثلاثين على الأقل.', killed(30, '>='));
  const other = await claimOf('The scale killed 14.', 'قتل الميزان أربعة عشر.', killed(14, '='));
  await write('links', { kind: 'contradicts', degree: 'direct', from: claim, to: other, status: 'accepted', rationale: 'Fewer than 30.' });
  const { id: publisher } = await write<{ id: string }>('sources', { name: 'A desk ahead of its time', kind: 'outlet' });
  const { id: speaker } = await write<{ id: string }>('sources', { name: 'Who speaks later', kind: 'person' });
  const { id: early } = await write<{ id: string }>('documents', { publisher, kind: 'article', title: 'Too early',
    published: { earliest: '2025-03-01', latest: '2025-03-01' } });
  const said_at = { earliest: '2025-03-09', latest: '2025-03-09' };
  await write('attributions', { document: early, claim, stance: 'affirms', status: 'accepted',
    chain: [{ source: publisher, act: 'publishes' }, { source: speaker, act: 'says', said_at }] });
  for (const width of [1440, 360]) {
    await withPage({ viewport: { width, height: 900 } }, async (page) => {
      for (const language of languages) {
        await openClaim(page, language, claim);
        await page.locator('.scale').waitFor();
        // Where each begins and ends, as shares of the scale from where the language begins to write.
        const places = (of: string) => page.locator(of).evaluateAll((all) => all.map((mark) => {
          const [whole, box] = [mark.parentElement, mark].map((one) => one?.getBoundingClientRect() ?? new DOMRect());
          if (!whole || !box) return [];
          const from = getComputedStyle(mark).direction === 'rtl' ? whole.right - box.right : box.left - whole.left;
          return [from, from + box.width].map((at) => Math.round((10 * at) / whole.width));
        }));
        const [atLeast, fourteen] = await places('.scale .bar i');
        assert.deepEqual([atLeast?.[0], atLeast?.[1], fourteen?.[0]], [8, 10, 2], `${language}, ${width}`);
        assert.match(await page.locator('.scale').innerText(), /≥ 30[^]*14/);
        assert.deepEqual(await places('.lane .back'), [[0, 10]], `${language}, ${width}`);
        assert.match(await page.locator('.lane .back').innerText(), /2025-03-09[^]*2025-03-01/);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
      }
    });
  }
});

test('what two claims that contradict each other both come over is named between them', async () => {
  const named = async (name: string) => (await write<{ id: string }>('sources', { name, kind: 'outlet' })).id;
  const [wire, shared] = [await named('The wire of both sides'), await named('Who told both sides')];
  const claimOf = async (en: string) => (await write<{ id: string }>('claims', { statement: { en, ar: `${en} بالعربية` } })).id;
  const tell = async (claim: string, name: string, ...origins: string[]) => {
    const publisher = await named(name);
    for (const origin of origins) {
      const { id: document } = await write<{ id: string }>('documents', { publisher, kind: 'article', title: name });
      await write('attributions', { document, claim, stance: 'affirms', status: 'accepted', chain: [{ source: publisher, act: 'publishes' },
        { source: wire, act: 'reports' }, { source: origin, act: 'says' }] });
    }
  };
  const [one, other] = [await claimOf('The sluice was open.'), await claimOf('The sluice was shut.')];
  await tell(one, 'A paper that has it open', shared, await named('Who saw it open'));
  await tell(other, 'A paper that has it shut', shared, await named('Who saw it shut'));
  await write('links', { kind: 'contradicts', degree: 'direct', from: one, to: other, status: 'accepted', rationale: 'Not both.' });
  for (const width of [1440, 360]) {
    await withPage({ viewport: { width, height: 900 } }, async (page) => {
      for (const language of languages) {
        await openClaim(page, language, one);
        assert.match(await page.locator('.pair [data-common=origins]').innerText(), /Who told both sides/);
        assert.match(await page.locator('.pair [data-common=carriers]').innerText(), /The wire of both sides/);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
      }
    });
  }
});

test('where the drawing cannot be had, the sentence, the list and the evidence stay, and it comes once it is asked for again', async () => {
  const id = await mainClaim();
  await withPage({ refusals: true }, async (page) => {
    for (const language of languages) {
      await page.route('**/provenance*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json',
        json: { type: 'x', title: 'Broken', status: 500, code: 'internal', detail: 'broken' } }));
      await page.goto(`${url}/${language}/claims/${id}`);
      await page.locator('.graph .problem').waitFor();
      await page.locator('.evidence tbody tr').first().waitFor();
      assert.equal(await page.locator('.sentence').count(), 1);
      // The list is made of the report: the same groups, marks and costs as that of the drawing, but for the days. What stands there
      // more than once is whole in another place.
      const items = async () => (await page.locator('.outline li > p:not(.members):has(.aside)').allTextContents())
        .map((text) => text.replace(/(since|منذ) \d{4}-\d\d-\d\d/, '').trim()).sort();
      const listed = await items();
      assert.ok(listed.length > 5);
      assert.equal(await page.locator('.board').count(), 0);
      await page.unroute('**/provenance*');
      await page.locator('.graph .problem button').first().click();
      await page.locator('.board').first().waitFor();
      assert.equal(await page.locator('.problem').count(), 0);
      await page.locator('.views button').last().click();
      await page.locator('.outline').first().waitFor();
      assert.deepEqual(listed, await items());
    }
  });
});

test('where the report cannot be had, what is said stays, and the report comes once it is asked for again', async () => {
  const id = await mainClaim();
  const { statement } = await api<{ statement: Record<string, string> }>(`claims/${id}`);
  await withPage({ refusals: true }, async (page) => {
    for (const language of languages) {
      await page.route(/\/(claims\/[^/]+\?include=report|corroboration)/, (route) => route.fulfill({ status: 500,
        contentType: 'application/problem+json', json: { type: 'x', title: 'Broken', status: 500, code: 'internal', detail: 'broken' } }));
      await page.goto(`${url}/${language}/claims/${id}`);
      await page.locator('.claim .problem').waitFor();
      assert.equal(await page.locator('h1').innerText(), statement[language]);
      assert.equal(await page.locator('.problem').count(), 1);
      assert.equal(await page.locator('.facts button').count(), 1); // it can be edited
      await page.unrouteAll({ behavior: 'wait' });
      await page.locator('.claim .problem button').first().click();
      await page.locator('.sentence').waitFor();
      assert.equal(await page.locator('.problem').count(), 0);
    }
  });
});

interface Drawn { id: string; name: string; names?: Record<string, string> }
interface DrawnEdge { from: string; to: string; attributions: string[] }
interface DrawnSide { edges: DrawnEdge[] }

test('a curve tells how many attributions go that way, where one looks and in the names of both cards', async () => {
  const id = await mainClaim();
  const { affirming: { edges }, sources } = await api<{ affirming: DrawnSide; sources: Record<string, Drawn> }>(`claims/${id}/provenance`);
  await withPage({}, async (page) => {
    for (const language of languages) {
      await openClaim(page, language, id);
      const nameOf = (source: string) => sources[source]?.names?.[language] ?? sources[source]?.name ?? source;
      const face = (group: string) => page.locator(`.affirming [data-card="${group}"]`);
      const said = (count: number) => (language === 'ar' && count < 3 ? ['', 'إسناد واحد', 'إسنادان'][count] : String(count)) ?? '';
      for (const { from, to, attributions } of edges) {
        for (const [card, other] of [[from, to], [to, from]] as const) {
          const text = await face(card).textContent() ?? '';
          assert.ok(text.includes(`${nameOf(other)} (${said(attributions.length)}`), `${text}: ${nameOf(other)} ${attributions.length}`);
        }
      }
      await face(edges[0]?.from ?? '').focus();
      const shown = await page.locator('.affirming .edges .lit').evaluateAll((all) =>
        all.map((one) => one.querySelector('text')?.textContent));
      assert.ok(shown.length > 0 && shown.length < edges.length);
      assert.ok(shown.includes(String(edges[0]?.attributions.length)) && shown.every(Boolean), shown.join());
      assert.equal(await page.locator('.affirming .edges .dim text').count(), 0);
    }
  });
});

test('what is said, reported, implied, heard or only proposed is drawn apart, and said in words', async () => {
  const { id } = await write<{ id: string }>('claims', { statement: { en: 'What is told on in many ways.', ar: 'ما رُوي بطرق كثيرة.' } });
  const source = async (name: string) => (await write<{ id: string }>('sources', { name, kind: 'outlet' })).id;
  const [paper, gazette, echo, wire, mayor, envoy] = await Promise.all(['The paper', 'The gazette', 'The echo', 'The wire', 'The mayor',
    'The envoy'].map(source));
  const say = async (status: string, publisher: string | undefined, ...hops: object[]) => {
    const document = await write<{ id: string }>('documents', { publisher, kind: 'article' });
    await write('attributions', { document: document.id, claim: id, stance: 'affirms', status, chain: [{ source: publisher }, ...hops] });
  };
  await say('accepted', paper, { source: wire, act: 'reports' }, { source: mayor, act: 'says' });
  await say('accepted', gazette, { source: wire, act: 'implies' });
  await say('accepted', paper, { source: envoy, act: 'says', evidence: 'hearsay' });
  await say('proposed', echo, { source: wire, act: 'reports' });
  await withPage({}, async (page) => {
    for (const language of languages) {
      await openClaim(page, language, id);
      const edges = (style: string) => page.locator(`.affirming .edges g.${style}`).count();
      const kinds = async () => Promise.all(['says', 'reports', 'implied', 'hearsay', 'proposed'].map(edges));
      assert.deepEqual(await kinds(), [2, 1, 1, 1, 0]);
      assert.equal(await page.locator('.card.proposed').count(), 0);
      const tips = await page.locator('.affirming .edges .tip').evaluateAll((all) => new Set(all.map((one) =>
        one.getAttribute('d')?.replace(/[\d.-]+/g, '')?.replaceAll(' ', ''))).size);
      assert.equal(tips, 3);
      await openClaim(page, language, id, '?proposed=1');
      assert.deepEqual(await kinds(), [2, 2, 1, 1, 1]);
      assert.equal(await page.locator('.card.proposed').count(), 1);
      const card = page.locator('.card.proposed');
      assert.equal(await card.locator('.face').getAttribute('data-card'), echo);
      assert.match(await card.innerText(), language === 'en' ? /proposed/ : /مقترح/);
      assert.equal(await card.evaluate((one) => getComputedStyle(one).borderTopStyle), 'dotted');
      await page.locator(`[data-card="${wire}"]`).click();
      const ways = await page.locator('.panel .ways').innerText();
      for (const word of language === 'en' ? ['reported', 'implied', 'said'] : ['نُقل', 'أُلمح إليه', 'قيل']) {
        assert.ok(ways.includes(word), ways);
      }
      await page.locator(`[data-card="${paper}"]`).click();
      await page.locator('.panel .ways').getByText(language === 'en' ? 'said, hearsay' : 'قيل، سماعًا').waitFor();
    }
  });
});
