import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, importLines, languages, mainClaim, settled, url, withBrowser, withPage } from './browser.js';
import { write } from './text.js';

withBrowser();

test('claims are narrowed to a standing and put in order as the service lists them, and the address keeps both', async () => {
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims`);
      await settled(page);
      await page.locator('[data-facet=standing] a[href*=contested]').click();
      await page.waitForURL(/standing=contested/);
      for (const sort of ['-contested', '-width', '-standing']) {
        await page.locator('main select').last().selectOption(sort);
        await page.waitForURL(new RegExp(`sort=${sort}`));
        const { items } = await api<{ items: Listed[] }>(`claims?standing=contested&sort=${sort}&limit=50&include=standing`);
        assert.ok(items.length > 0);
        const wanted = items.map(({ id }) => `claim-${id}`).join();
        const listed = () => page.waitForFunction((wanted) =>
          [...document.querySelectorAll('.claims h2 a')].map(({ id }) => id).join() === wanted, wanted);
        await listed();
        await page.reload();
        await listed();
        // Each row says how many attributions count on either side, and when the claim was changed last.
        const rows = await page.locator('.claims > li').allInnerTexts();
        for (const [i, { standing: { attributions, denials }, updated_at }] of items.entries()) {
          const said = rows[i] ?? '';
          const sides = language === 'en' ? `${attributions} for, ${denials} against` : `${attributions} تثبت، ${denials} تنفي`;
          assert.ok(said.includes(sides), said);
          assert.ok(said.includes(updated_at.slice(0, 10)), said);
        }
      }
      assert.equal(await page.locator('[data-facet=standing] a[aria-current]').count(), 1);
      await page.locator('.chosen').click();
      await page.waitForURL((at) => !at.searchParams.has('standing'));
    }
  });
});

interface Listed { id: string; updated_at: string; standing: { attributions: number; denials: number } }
interface Facet { values: { value: string; count: number }[] }
interface Answer {
  items: { id: string; standing: { independent_origins: Interval } }[];
  total: { count: number }; facets: Record<string, Facet>;
}

test('facets and totals are shown as the service has them, and each value leads to the claims that have it', async () => {
  await withPage({}, async (page) => {
    // Other files make claims meanwhile: what is shown is held to the answer that the page itself had.
    const answered = async (act: () => Promise<unknown>) => {
      const coming = page.waitForResponse(/\/v1\/claims\?/);
      await act();
      const answer = (await (await coming).json()) as Answer;
      await page.waitForFunction((wanted) => [...document.querySelectorAll('.claims h2 a')].map(({ id }) => id).join() === wanted,
        answer.items.map(({ id }) => `claim-${id}`).join());
      await settled(page);
      const status = await page.locator('main [role=status]').first().innerText();
      assert.match(status, answer.total.count > 2 ? new RegExp(`\\b${answer.total.count}\\b`) : /\S/);
      return answer;
    };
    for (const language of languages) {
      let { facets } = await answered(() => page.goto(`${url}/${language}/claims`));
      for (const name of Object.keys(facets)) {
        const values = facets[name]?.values ?? [];
        const shown = page.locator(`[data-facet=${name}] li`);
        assert.deepEqual((await shown.locator('.quiet').allInnerTexts()).map(Number), values.map(({ count }) => count), name);
        const [first] = values;
        if (!first) continue;
        const narrowed = await answered(() => shown.locator('a').first().click());
        assert.equal(narrowed.facets[name]?.values.find(({ value }) => value === first.value)?.count, narrowed.total.count);
        assert.equal(new URL(page.url()).searchParams.get(name), first.value);
        assert.equal(await shown.locator('[aria-current]').count(), 1);
        ({ facets } = await answered(() => page.locator('.chosen').click()));
      }
      // Those that somebody is to decide on, as the service finds them.
      const box = page.getByRole('checkbox', { name: language === 'en' ? 'With proposals' : 'لها مقترحات' });
      const waiting = (await answered(() => box.check())).items.map(({ id }) => id);
      assert.ok(waiting.includes(await mainClaim()));
      assert.equal(new URL(page.url()).searchParams.get('proposals'), 'true');
      await answered(() => box.uncheck());
      // Those of which it is not known how many origins they have.
      const unsettled = page.getByRole('checkbox', { name: language === 'en' ? 'Not settled' : 'غير محسومة' });
      const { items } = await answered(() => unsettled.check());
      assert.ok(items.length > 0 && items.every(({ standing: { independent_origins: { min, max } } }) => min < max));
      assert.equal(new URL(page.url()).searchParams.get('min_width'), '1');
      await answered(() => unsettled.uncheck());
    }
  });
});

test('how many proposals wait is told beside Review', async () => {
  await withPage({}, async (page) => {
    const coming = page.waitForResponse(/\/v1\/proposals\/count/);
    await page.goto(`${url}/ar/claims`);
    const { count } = (await (await coming).json()) as { count: number };
    await page.locator('.waiting').getByText(String(count), { exact: true }).waitFor();
  });
});

interface Interval { min: number; max: number }
interface Side { independent_origins: Interval; origins: string[]; common_links: string[] }
interface Report { standing: string; affirming: Side; denying: Side }

for (const language of languages) {
  test(`two claims are selected by keys and seen side by side, each as its report has it: ${language}`, async () => {
    const range = ({ min, max }: Interval) => (min === max ? `${min}` : `${min}–${max}`);
    const main = await mainClaim();
    await withPage({}, async (page) => {
      await page.goto(`${url}/${language}/claims?q=killed`);
      await settled(page);
      await page.locator(`#claim-${main}`).focus();
      await page.keyboard.press('x');
      await page.keyboard.press('j');
      const other = (await page.evaluate(() => document.activeElement?.id) ?? '').replace('claim-', '');
      assert.notEqual(other, main);
      await page.keyboard.press('x');
      assert.equal(await page.locator('.claims input:checked').count(), 2);
      await page.keyboard.press('c');
      await page.waitForURL((at) => at.searchParams.getAll('claim').join() === [main, other].join());
      const reports: Report[] = [];
      for (const id of [main, other]) {
        const report = await api<Report>(`claims/${id}/corroboration`);
        reports.push(report);
        const shown = page.locator(`.compared [data-claim="${id}"]`);
        assert.equal(await shown.locator('dd .interval .code').first().innerText(), range(report.affirming.independent_origins));
        assert.equal(await shown.locator(`.standing.${report.standing}`).count(), 1);
      }
      const of = ({ affirming, denying }: Report, name: 'origins' | 'common_links') => new Set([...affirming[name], ...denying[name]]);
      for (const [part, name] of [['origins', 'origins'], ['carriers', 'common_links']] as const) {
        const [first = new Set(), second = new Set()] = reports.map((report) => of(report, name));
        const links = await page.locator(`[data-common=${part}] a`).evaluateAll((all) => all.map((one) =>
          (one as HTMLAnchorElement).pathname.split('/').at(-1)));
        assert.deepEqual(links.toSorted(), [...first].filter((id) => second.has(id)).toSorted());
      }
    });
  });
}

test('where no claim is found, it is told how many there were without each of what narrows the list', async () => {
  await withPage({}, async (page) => {
    for (const language of languages) {
      const found = async (query: string) => (await api<Answer>(`claims?include=total&limit=1&${query}`)).total.count;
      await page.goto(`${url}/${language}/claims?standing=contested&from=1830-01-01&to=1830-12-31`);
      const dropped = page.locator('.dropped li');
      await dropped.first().waitFor();
      const day = await found('standing=contested&from=1830-01-01'); // without its end
      assert.ok(day > 0);
      // Other files store claims of which nobody knows when they began: these are found without a standing.
      const asked = ['from=1830-01-01', 'to=1830-12-31', 'standing=contested'];
      const left: string[] = [];
      for (const one of asked) {
        const rest = asked.filter((other) => other !== one);
        if ((await found(rest.join('&'))) > 0) left.push(rest.toSorted().join('&'));
      }
      assert.deepEqual(await dropped.locator('a').evaluateAll((all) => all.map((one) => [...new URL((one as HTMLAnchorElement).href)
        .searchParams].map((pair) => pair.join('=')).sort().join('&'))), left);
      if (day > 2) assert.match(await dropped.first().innerText(), new RegExp(`\\b${day}\\b`));
      await dropped.first().locator('a').click();
      await page.waitForURL((at) => !at.searchParams.has('to'));
      await settled(page);
      const { items } = await api<Answer>('claims?standing=contested&from=1830-01-01&limit=50');
      assert.deepEqual(await page.locator('.claims h2 a').evaluateAll((all) => all.map(({ id }) => id)),
        items.map(({ id }) => `claim-${id}`));
      await page.locator('main input[name=from]').fill('2025-03-11');
      await page.waitForURL(/from=2025-03-11/);
    }
  });
});

test('a question is saved under a name, asked again in either language, and forgotten', async () => {
  await withPage({}, async (page) => {
    const saved = page.locator('.questions');
    await page.goto(`${url}/en/claims`);
    await settled(page);
    assert.equal(await saved.count(), 0); // there is nothing to save
    await page.goto(`${url}/en/claims?standing=contested&sort=-width`);
    await settled(page);
    for (const name of ['Unsettled', 'خلاف', 'Unsettled']) {
      await saved.locator('input').fill(name);
      await page.keyboard.press('Enter');
    }
    assert.deepEqual(await saved.locator('li a').allInnerTexts(), ['خلاف', 'Unsettled']);
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims`);
      await settled(page);
      assert.equal(await saved.locator('form').count(), 0);
      await saved.getByRole('link', { name: 'Unsettled' }).click();
      await page.waitForURL(`${url}/${language}/claims?sort=-width&standing=contested`);
      await settled(page);
      assert.equal(await saved.locator('[aria-current]').count(), 2);
    }
    await saved.getByRole('button', { name: /Unsettled/ }).click();
    await page.reload();
    await settled(page);
    assert.deepEqual(await saved.locator('li a').allInnerTexts(), ['خلاف']);
  });
});

test('a saved question has a dot where it finds another number of claims than when one last looked', async () => {
  for (const [width, language, word] of [[1440, 'en', 'quincunx'], [360, 'ar', 'قنطريون']] as const) {
    const add = (said: string) => write('claims', { statement: { [language]: `${said} ${word}.` } });
    await add('one');
    await withPage({ viewport: { width, height: 900 } }, async (page) => {
      const saved = page.locator('.questions');
      const show = async (query: string) => {
        await page.goto(`${url}/${language}/claims${query}`);
        await settled(page);
        if ((await saved.getAttribute('open')) === null) await saved.locator('summary').click();
      };
      await show(`?q=${word}`);
      await saved.locator('input').fill('Dotted');
      await page.keyboard.press('Enter');
      const counted = () => page.waitForResponse((response) => new URL(response.url()).searchParams.get('include') === 'total');
      let answer = counted();
      await show('');
      await answer;
      await settled(page);
      assert.equal(await saved.locator('.changed').count(), 0);
      await add('another');
      await show('');
      await saved.locator('.changed').waitFor();
      assert.match((await saved.locator('.changed').getAttribute('aria-label')) ?? '', language === 'en' ? /last looked/ : /آخر مرة/);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
      await saved.getByRole('link', { name: 'Dotted' }).click(); // to look takes it away
      await page.waitForURL(/q=/);
      await settled(page);
      answer = counted();
      await show('');
      await answer;
      await settled(page);
      assert.equal(await saved.locator('.changed').count(), 0);
    });
  }
});

test('what a saved question finds is kept from the moment that it is shown', async () => {
  const word = 'sesquicentennial';
  await write('claims', { statement: { en: `one ${word}.` } });
  await withPage({}, async (page) => {
    const query = `q=${word}`;
    await page.addInitScript((query) => {
      const store = 'headwater.questions';
      if (!localStorage.getItem(store)) localStorage.setItem(store, JSON.stringify([{ name: 'Kept', query }]));
      // Before the browser has come to draw what was found, somebody may be gone.
      new MutationObserver(() => {
        if (/\d/.test(document.querySelector('main p[role=status]')?.textContent ?? '')) {
          document.documentElement.dataset['kept'] ??= localStorage.getItem(store) ?? '';
        }
      }).observe(document, { childList: true, subtree: true, characterData: true });
    }, query);
    await page.goto(`${url}/en/claims?${query}`);
    await page.waitForFunction(() => document.documentElement.dataset['kept'] !== undefined);
    const kept = await page.evaluate(() => document.documentElement.dataset['kept'] ?? '');
    assert.equal((JSON.parse(kept) as { total?: { count: number } }[])[0]?.total?.count, 1, kept);
  });
});

test('what one voice may have said is put together: claims under the origins that they have in common', async () => {
  const word = 'chatoyant';
  const [wire, mayor, paper] = await Promise.all(['wire', 'mayor', 'paper'].map(async (name) =>
    (await write<{ id: string }>('sources', { name: `The ${name} of the lens`, kind: 'outlet' })).id)) as [string, string, string];
  const claimFrom = async (stance: string, said: string, ...from: string[]) => {
    const { id: claim } = await write<{ id: string }>('claims', { statement: { en: `${said} ${word}.`, ar: `${said} ${word}` } });
    const { id: document } = await write<{ id: string }>('documents', { publisher: paper, kind: 'article', title: said });
    if (from.length > 0) {
      await write('attributions', { document, claim, stance, status: 'accepted',
        chain: [{ source: paper, act: 'publishes' }, ...from.map((source) => ({ source, act: 'says' }))] });
    }
    return claim;
  };
  const together = [await claimFrom('affirms', 'Lens one', wire), await claimFrom('affirms', 'Lens two', wire)];
  const [alone, nobody] = [await claimFrom('affirms', 'Lens three', wire, mayor), await claimFrom('affirms', 'Lens four')];
  const denied = [await claimFrom('denies', 'Lens five', wire), await claimFrom('denies', 'Lens six', mayor)];
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims?q=${word}`);
      await settled(page);
      const box = page.getByLabel(language === 'en' ? 'Under their origins' : 'تحت أصولها');
      await box.check();
      const groups = page.locator('details.same');
      await groups.first().waitFor();
      assert.match(page.url(), /origins=1/);
      // Without an origin, it is said how they stand: what all deny is not what nobody speaks of.
      const [onRecord, no] = language === 'en' ? ['Nobody on record', 'Denied'] : ['بلا إسناد', 'منفي'];
      const wanted: [string, string[]][] = [['The wire of the lens', together], ['The mayor of the lens', [alone]], [onRecord, [nobody]],
        [no, denied]];
      assert.equal(await groups.count(), wanted.length);
      for (const [origin, claims] of wanted) {
        const group = groups.filter({ has: page.locator('summary', { hasText: origin }) });
        const listed = await group.locator('[data-listed]').evaluateAll((all) => all.map((one) => one.getAttribute('data-listed') ?? ''));
        assert.deepEqual(listed.sort(), claims.toSorted());
        // Only what stands alone is open.
        assert.equal(await group.locator('h2').first().isVisible(), claims.length === 1);
      }
      await page.keyboard.press('j');
      assert.ok(await page.evaluate(() => document.activeElement?.checkVisibility() && document.activeElement.matches('h2 > a')));
      await box.uncheck();
      await groups.first().waitFor({ state: 'detached' });
      assert.equal(await page.locator('.claims > li').count(), 6);
    }
  });
});

test('claims under their origins are those that are asked for, whatever happens on the way', async () => {
  const word = 'andalusite';
  const lines = [{ type: 'bundle', format: 'headwater-bundle/1', namespace: 'https://headwater.example/stones' },
    ...['active', 'retracted'].map((status) => ({ type: 'claim', key: status, statement: { en: `${word}, ${status}.` }, status })),
    ...Array.from({ length: 60 }, (_, i) => ({ type: 'claim', key: `lazurite-${i}`, statement: { en: `Lazurite number ${i}.` } }))];
  await importLines(lines.map((line) => JSON.stringify(line)).join('\n'));
  const both = (await api<{ items: { id: string }[] }>(`claims?q=${word}`)).items.map(({ id }) => id).sort();
  await withPage({ refusals: true }, async (page) => {
    for (const language of languages) {
      const groups = page.locator('details.same');
      const listed = () => page.locator('[data-listed]').evaluateAll((all) => all.map((one) => one.getAttribute('data-listed')).sort());
      await page.goto(`${url}/${language}/claims?q=${word}&origins=1`);
      await groups.first().waitFor();
      // What no longer stands is not said to have no origin.
      const [none, gone] = language === 'en' ? ['Nobody on record', 'Retracted'] : ['بلا إسناد', 'مسحوب'];
      assert.deepEqual((await groups.locator('summary').allInnerTexts()).map((one) => one.replace(/ (1 claim|ادعاء واحد)$/, '')).sort(),
        [none, gone].sort());
      // Where nothing is found, and where reports are refused, nothing of what was there before stays.
      await page.locator('input[name=from]').fill('2090-01-01');
      await page.locator('input[name=to]').fill('2090-01-02');
      await page.locator('.dropped').waitFor();
      assert.deepEqual(await listed(), []);
      await page.route('**/v1/analyses', (route) => route.fulfill({ status: 500, body: '{}', contentType: 'application/json' }));
      await page.goto(`${url}/${language}/claims?q=${word}&origins=1`);
      await page.locator('.problem').waitFor();
      assert.deepEqual(await listed(), both);
      await page.unroute('**/v1/analyses');
      await page.locator('.problem button').first().click();
      await groups.first().waitFor();
      assert.equal(await page.locator('.problem').count(), 0);
      // Only what is on one page is put together; Back leads into the group that one left.
      await page.goto(`${url}/${language}/claims?q=lazurite&origins=1`);
      await groups.first().waitFor();
      assert.equal((await listed()).length, 50);
      await groups.locator('summary').click();
      const link = groups.locator('h2 a').nth(40);
      const id = await link.getAttribute('id');
      await link.focus();
      await page.keyboard.press('Enter');
      await page.locator('.claim').waitFor();
      await page.goBack();
      await page.waitForFunction((wanted) => document.activeElement?.id === wanted && document.activeElement.checkVisibility(), id);
      await settled(page);
      assert.equal(await page.evaluate(() => document.activeElement?.id), id);
    }
  });
});

test('where spellings that are alike are found too, that is told, and the words that were found are marked', async () => {
  const [word, alike] = ['fluorspar', 'fluorspra'];
  await write('claims', { statement: { en: `😀 The ${word} was sold.`, ar: `بيع ${word} هناك.` } });
  await write('claims', { statement: { en: `The ${alike} was sold.` } });
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims?q=${word}`);
      await settled(page);
      const rows = await page.locator('.claims > li').allInnerTexts();
      assert.equal(rows.length, 2, rows.join());
      const told = await page.locator('main [role=status]').first().innerText();
      assert.match(told, language === 'en' ? /^1 claim · Others have words that are spelled/ : /^ادعاء واحد · وفي غيرها كلمات/);
      assert.deepEqual(await page.locator('.claims mark').allInnerTexts(), [word, word]); // in either wording
    }
  });
});

test('two claims side by side have the link that is proposed between them, and a question about it has a name', async () => {
  const claim = async (said: string) => (await write<{ id: string }>('claims', { statement: { en: said, ar: said } })).id;
  const [one, other] = [await claim('Side: at least 3 were hurt.'), await claim('Side: more than 2 were hurt.')];
  await write('links', { kind: 'contradicts', from: one, to: other, status: 'proposed', rationale: 'As the tests have it.' });
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/compare?claim=${one}&claim=${other}`);
      await page.locator('.middle em').waitFor();
      assert.match(await page.locator('.middle').innerText(), language === 'en' ? /contradict each other proposed/ : /يتناقضان مقترح/);
      await page.goto(`${url}/${language}/review?claim=${one}`);
      await page.locator('.proposal').waitFor();
      assert.match(await page.locator('main').innerText(), language === 'en' ? /Do these contradict each other\?/ : /هل يتناقض هذان؟/);
      await page.goto(`${url}/${language}/claims/${await mainClaim()}`);
      const questions = page.locator('.narrowing a[href*=review]');
      await questions.locator('q').first().waitFor();
      assert.equal(await questions.count(), await questions.locator('q').count());
    }
  });
});

test('a service that is busy is said to be so, with when it is asked again', async () => {
  for (const language of languages) {
    await withPage({ refusals: true }, async (page) => {
      await page.route('**/v1/claims?*', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json',
        headers: { 'Retry-After': '59' }, json: { type: 'x', title: 'Busy', status: 503, code: 'unavailable', detail: 'busy' } }));
      await page.goto(`${url}/${language}/claims`);
      const told = page.locator('main .busy');
      await told.waitFor();
      assert.match(await told.innerText(),
        language === 'en' ? /busy and is asked again at \d+:\d\d:\d\d/ : /مشغولة، وتُسأل من جديد عند \d+:\d\d:\d\d/);
      assert.equal(await page.locator('header [role=status] .busy').count(), 1);
    });
  }
});

test('a statement in its other languages is shown on demand, and where the words were found in them', async () => {
  await withPage({}, async (page) => {
    for (const [language, words] of [['en', 'قتلى'], ['ar', 'killed']] as const) {
      await page.goto(`${url}/${language}/claims`);
      await settled(page);
      const others = page.locator('.claims .other');
      const shown = () => others.evaluateAll((all) => all.filter((one) => one.checkVisibility()).length);
      assert.ok((await others.count()) > 2);
      assert.equal(await shown(), 0);
      const box = page.locator('.worded input');
      await box.check();
      assert.equal(await shown(), await others.count());
      await box.uncheck();
      assert.equal(await shown(), 0);
      await page.goto(`${url}/${language}/claims?q=${encodeURIComponent(words)}`);
      await settled(page);
      await page.locator('.claims .other mark').first().waitFor();
      assert.ok((await shown()) > 0);
    }
  });
});

test('a thousand claims are gone through page by page, each from its top, and Back leads to where one was', async () => {
  await importLines([{ type: 'bundle', format: 'headwater-bundle/1', namespace: 'https://headwater.example/marcasite' },
    ...Array.from({ length: 1000 }, (_, i) => ({ type: 'claim', key: `marcasite-${i}`, statement: { en: `Marcasite number ${i}.`,
      ar: `مرقشيتا رقم ${i}.` } }))].map((line) => JSON.stringify(line)).join('\n'));
  await withPage({ viewport: { width: 1000, height: 600 } }, async (page) => {
    for (const [language, word] of [['en', 'marcasite'], ['ar', 'مرقشيتا']] as const) {
      await page.goto(`${url}/${language}/claims?q=${encodeURIComponent(word)}`);
      await settled(page);
      const listed = () => page.locator('[data-listed]').evaluateAll((all) => all.map((one) => one.getAttribute('data-listed')));
      const seen = new Set<string | null>();
      const next = page.locator('.pages a').last();
      for (let at = 1; at <= 20; at++) {
        const ids = await listed();
        assert.deepEqual([ids.length, ids.filter((id) => seen.has(id))], [50, []], `page ${at}`);
        for (const id of ids) seen.add(id);
        if (at === 20) break;
        await next.focus();
        await next.press('Enter');
        await page.waitForFunction((first) => document.querySelector<HTMLElement>('[data-listed]')?.dataset['listed'] !== first, ids[0]);
        await settled(page);
        assert.deepEqual(await page.evaluate(() => [document.activeElement?.tagName, scrollY]), ['H1', 0], `page ${at + 1}`);
      }
      const last = await listed();
      await page.goBack();
      await page.waitForFunction((first) => document.querySelector<HTMLElement>('[data-listed]')?.dataset['listed'] !== first, last[0]);
      await settled(page);
      assert.ok(await page.evaluate(() => scrollY > 500), 'Back leads to the top');
    }
  });
});

test('digits of either script find what has them in the other', async () => {
  await withPage({}, async (page) => {
    const main = await mainClaim();
    for (const language of languages) {
      for (const words of ['٣٠ قتلى', '30 قتلى', '۳۰ قتلى', 'killed ٣٠', 'killed 30']) {
        await page.goto(`${url}/${language}/claims?q=${encodeURIComponent(words)}`);
        await page.locator(`#claim-${main}`).waitFor();
        await settled(page);
        assert.ok((await page.locator('.claims mark').allInnerTexts()).includes('30'), words);
      }
    }
  });
});
