import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, languages, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { patch, propose, write } from './text.js';

withBrowser();

interface Listed { statement: Record<string, string>; version: number }

for (const language of languages) {
  test(`an act is shown as one, with who, when and why, and is undone whole after it was asked: ${language}`, async () => {
    const { claim, links } = await propose(`an act, ${language}`, 3);
    const reason = `سبب القرار ${language}`;
    await write('decisions', { items: links.map((id) => ({ resource: 'link', id, version: 1, decision: 'accept', reason })) },
      { sealed: true });
    await withPage({ refusals: true }, async (page) => {
      await signedIn(page);
      await page.goto(`${url}/${language}/history?resource=link&operation=accept`);
      const act = page.locator('.acts > li').filter({ hasText: reason });
      await act.locator('details').waitFor();
      const said = await act.innerText();
      for (const words of ['desk', reason, '3']) assert.ok(said.includes(words), `${words} in ${said}`);
      assert.match(said, /\d{4}-\d\d-\d\d \d\d:\d\d/);
      await act.locator('summary').click();
      assert.equal(await act.locator('details li').count(), 3);
      // The permanent link has this act alone.
      await act.locator('.of-act a').click();
      await page.waitForURL(/group=/);
      await settled(page);
      await page.waitForFunction(() => document.querySelectorAll('.acts > li').length === 1);
      await page.locator('.of-act button').first().click();
      await page.locator('dialog[open] .actions button').click();
      await page.locator('dialog').waitFor({ state: 'detached' });
      for (const id of links) assert.equal((await api<{ status: string }>(`links/${id}`)).status, 'proposed');
      // To undo it once more is refused in words.
      await page.locator('.of-act button').first().click();
      await page.locator('dialog[open] .actions button').click();
      assert.equal(await page.locator('dialog[open] .problem strong').innerText(),
        language === 'en' ? 'It is undone already' : 'سبق التراجع عنه');
      await page.goto(`${url}/${language}/history?actor=key:desk&resource=claim&operation=create`);
      await page.locator(`.acts a[href$="/claims/${claim}"]`).waitFor();
    });
  });
}

for (const [language, said] of [
  ['en', ['revoked the key', 'rotated the key', 'created the key']],
  ['ar', ['إلغاء مفتاح', 'تبديل مفتاح', 'إنشاء مفتاح']],
] as const) {
  test(`what was done to a key is said in words, and no undo of it is offered: ${language}`, async () => {
    await withPage({}, async (page) => {
      await page.goto(`${url}/${language}/history`);
      await page.locator('select[name=resource]').selectOption('key');
      await page.waitForURL(/resource=key/);
      const acts = page.locator('.acts > li').filter({ hasText: 'former desk' });
      await acts.nth(2).waitFor();
      for (const [i, words] of said.entries()) {
        const text = await acts.nth(i).innerText();
        assert.ok(text.includes(words), `${words} in ${text}`);
      }
      assert.equal(await acts.locator('button').count(), 0);
      assert.equal(await acts.locator('a').count(), 3); // the act's own, and none to versions
      await page.locator('select[name=operation]').selectOption('revoke');
      await page.waitForURL(/operation=revoke/);
      await page.waitForFunction(() => document.querySelectorAll('.acts > li').length === 1);
    });
  });
}

test('what is changed meanwhile is told, and shown when one wants it', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${url}/en/history?resource=claim`);
    await page.locator('.acts > li').first().waitFor();
    await settled(page);
    const { id } = await write<{ id: string }>('claims', { statement: { en: 'It came while one looked.' } });
    const listed = page.locator(`.acts a[href$="/claims/${id}"]`);
    while (!(await listed.isVisible())) { // other tests change claims too
      await page.getByRole('button', { name: /\d newer change/ }).click();
      await settled(page);
    }
  });
});

test('the history of a claim says word by word what was changed', async () => {
  const { id } = await write<{ id: string }>('claims', { statement: { en: 'At least 14 were killed.', ar: 'قُتل 14 على الأقل.' } });
  await patch(`claims/${id}`, { statement: { en: 'At least 30 were killed.' } }, 1, 'HEADWATER_KEY_OTHER');
  await withPage({}, async (page) => {
    for (const language of languages) {
      await page.goto(`${url}/${language}/claims/${id}`);
      await page.locator('.facts a[href*=history]').click();
      const versions = page.locator('.acts:not(.stood) > li');
      await versions.nth(1).waitFor();
      const last = versions.first();
      assert.match(await last.innerText(), /rana/);
      const changed = [await last.locator('del').innerText(), await last.locator('ins').innerText()];
      assert.deepEqual(changed.map((text) => text.trim()), ['14', '30']);
    }
  });
});

for (const language of languages) {
  test(`two who edit one claim: the second sees three columns, loses nothing and saves anew: ${language}`, async () => {
    const { id } = await write<{ id: string }>('claims', { statement: { en: 'As it was.', ar: 'كما كان.' }, topics: ['tests'] });
    await withPage({ refusals: true }, async (first) => withPage({ refusals: true }, async (second) => {
      await signedIn(first);
      await signedIn(second, 'HEADWATER_KEY_OTHER');
      for (const [page, said, topics] of [[first, 'The first.', 'tests\nfirst'], [second, 'The second.', 'tests']] as const) {
        await page.goto(`${url}/${language}/claims/${id}`);
        await page.locator('.facts button').click();
        await page.locator('.editing [name=statement-en]').fill(said);
        await page.locator('.editing [name=topics]').fill(topics);
      }
      const save = '.editing .actions button';
      await first.locator(save).first().click();
      await first.locator('.editing').waitFor({ state: 'detached' });
      await second.locator(save).first().click();
      await second.locator('.conflict').waitFor();
      const told = await second.locator('.conflict').innerText();
      for (const words of ['desk', 'As it was.', 'The first.', 'The second.']) assert.ok(told.includes(words), `${words} in ${told}`);
      assert.equal(await second.locator('.editing [name=topics]').inputValue(), 'tests\nfirst'); // untouched here, so it is theirs
      assert.equal(await second.locator('.editing [name=statement-en]').inputValue(), 'The second.');
      await second.locator(save).first().click();
      await second.locator('.editing').waitFor({ state: 'detached' });
      const { statement, version, topics } = await api<Listed & { topics: string[] }>(`claims/${id}`);
      assert.deepEqual([statement['en'], statement['ar'], version, topics], ['The second.', 'كما كان.', 3, ['tests', 'first']]);
    }));
  });
}

test('a source is edited, and what it may not be is said at once', async () => {
  const { id } = await write<{ id: string }>('sources', { name: 'A source that is edited', kind: 'person' });
  await withPage({ refusals: true }, async (page) => {
    await signedIn(page);
    await page.goto(`${url}/en/sources/${id}`);
    await page.locator('.facts button').click();
    await page.locator('.editing [name=country]').fill('nowhere');
    await page.locator('.editing [name=names-ar]').fill('مصدر معدَّل');
    await page.locator('.editing .actions button').first().click();
    await page.locator('.problem').waitFor();
    assert.match(await page.locator('.problem').innerText(), /\/country/);
    const wrong = page.locator('.editing label').filter({ has: page.locator('[name=country][aria-invalid=true]') });
    assert.equal(await wrong.locator('.anomaly').count(), 1); // beside its field
    assert.equal(await page.locator('.editing .anomaly').count(), 1);
    await page.locator('.editing [name=country]').fill('SY');
    await page.locator('.editing .actions button').first().click();
    await page.locator('.editing').waitFor({ state: 'detached' });
    const { names, country } = await api<{ names: Record<string, string>; country: string }>(`sources/${id}`);
    assert.deepEqual([names['ar'], country], ['مصدر معدَّل', 'SY']);
  });
});

test('an act that goes on on another page is said to be longer, and is undone after its number and kinds were told', async () => {
  const { links } = await propose('many at once', 120);
  const reason = 'Many of the tests, at once.';
  await write('decisions', { items: links.map((id) => ({ resource: 'link', id, version: 1, decision: 'accept', reason })) },
    { sealed: true });
  await withPage({}, async (page) => {
    await signedIn(page);
    for (const language of languages) {
      await page.goto(`${url}/${language}/history?resource=link&operation=accept`);
      const act = page.locator('.acts > li').filter({ hasText: reason });
      await act.waitFor();
      assert.match(await act.locator('summary strong').innerText(), language === 'en' ? /^\d+ changes or more$/ : /^\d+ \S+ أو أكثر$/);
      await act.locator('.of-act button').first().click();
      await page.locator('[data-meant] strong').waitFor();
      assert.equal(await page.locator('[data-meant]').innerText(),
        language === 'en' ? '120 changes: accepted link (120)' : '120 تغييرًا: قبول رابط (120)');
    }
  });
});

interface StandingChange { as_of: number; before?: { standing: string }; after?: { standing: string; independent_origins: Interval } }
interface Interval { min: number; max: number }

test('the history of a claim says how it stood and by which change it came to stand otherwise', async () => {
  const said = (name: string) => write<{ id: string }>('sources', { name, kind: 'person' });
  const statement = { en: 'It came to stand otherwise.', ar: 'صار حاله غير ما كان.' };
  const { id: claim } = await write<{ id: string }>('claims', { statement });
  const says = async (name: string, stance: string) => {
    const { id: source } = await said(name);
    const { id: document } = await write<{ id: string }>('documents', { publisher: source, kind: 'post', title: name });
    await write('attributions', { document, claim, stance, status: 'accepted', chain: [{ source, act: 'publishes' }] }, { sealed: true });
  };
  const changes = async (count: number) => {
    for (;;) {
      const { items } = await api<{ items: StandingChange[] }>(`standings/changes?claim=${claim}`);
      if (items.length >= count) return items;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const before = (await changes(1)).length;
  await says('Who says it', 'affirms');
  await changes(before + 1);
  await says('Who denies it', 'denies');
  const all = await changes(before + 2);
  await withPage({}, async (page) => {
    for (const [width, language] of [[1440, 'en'], [360, 'ar']] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${url}/${language}/claims/${claim}`);
      await page.locator('.facts a[href*=history]').click();
      const rows = page.locator('.stood > li');
      await rows.nth(all.length - 1).waitFor();
      assert.equal(await rows.count(), all.length);
      const [newest] = all.toReversed();
      const first = rows.first();
      assert.equal(await first.locator(`del .standing.${newest?.before?.standing}`).count(), 1);
      assert.equal(await first.locator(`ins .standing.${newest?.after?.standing}`).count(), 1);
      assert.equal(newest?.after?.standing, 'contested');
      assert.match(await first.innerText(), /desk/); // who made the attribution that it came by
      assert.match(await first.innerText(), language === 'en' ? /created the attribution/ : /إنشاء إسناد/);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
      // Fields have words, not the names that they have in the service.
      const fields = await page.locator('.acts dt').allInnerTexts();
      assert.ok(fields.length > 0 && fields.every((one) => !one.includes('/') && !one.includes('_')), fields.join());
    }
  });
});
