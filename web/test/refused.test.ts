/** What the service refuses, or answers never: nothing is decided twice, and nothing that was typed is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import { api, languages, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { openQueue, patch, propose, write } from './text.js';

withBrowser();

const linkOf = (id: string) => api<{ status: string }>(`links/${id}`);
const decisionsOn = async (id: string) => (await api<{ items: { operation: string; reason?: string }[] }>(`links/${id}/history`)).items
  .filter(({ operation }) => operation === 'accept' || operation === 'reject');

const refusal = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status, headers: { 'Content-Type': 'application/problem+json', ...headers },
  body: JSON.stringify({ type: 'about:blank', title: code, status, code, detail: `it is ${code}`, request_id: 'r-22' }),
});

/** Answers the next decisions otherwise, as many as there are answers for. */
async function answered(page: Page, ...answers: ((route: Route) => Promise<void>)[]): Promise<() => number> {
  let sent = 0;
  await page.route(/\/v1\/decisions$/, (route) => answers[sent++]?.(route) ?? route.continue());
  return () => sent;
}

/** Rejects what is shown, for a reason in one's own words. */
async function reject(page: Page, reason: string): Promise<string> {
  const id = (await page.locator('.proposal').getAttribute('data-proposal')) ?? '';
  await page.keyboard.press('r');
  await page.locator('.rejecting input').fill(reason);
  await page.keyboard.press('Enter');
  return id;
}

for (const language of languages) {
  test(`a decision that the service is too busy for is sent again, and made once: ${language}`, async () => {
    const { claim } = await propose(`too many, ${language}`, 3);
    await withPage({ refusals: true }, async (page) => {
      await signedIn(page);
      await openQueue(page, language, claim);
      const busy = refusal(429, 'too_many_requests', { 'Retry-After': '1' });
      // The second time it is made, and its answer is lost on the way.
      const sent = await answered(page, (route) => route.fulfill(busy), async (route) => {
        await route.fetch();
        await route.fulfill(refusal(503, 'unavailable', { 'Retry-After': '1' }));
      });
      const id = await reject(page, 'لأن الشاهدين واحد');
      await page.locator('.made').waitFor();
      assert.equal(sent(), 3);
      assert.deepEqual((await decisionsOn(id)).map(({ operation, reason }) => [operation, reason]), [['reject', 'لأن الشاهدين واحد']]);
      assert.equal(await page.locator('.not-stored').count(), 0);
    });
  });

  test(`what is refused for good is told where it stands, with its reason, and is decided once it is sent anew: ${language}`, async () => {
    const { claim } = await propose(`a conflict of requests, ${language}`, 2);
    await withPage({ refusals: true }, async (page) => {
      await signedIn(page);
      await openQueue(page, language, claim);
      await answered(page, (route) => route.fulfill(refusal(409, 'conflict')));
      const id = await reject(page, 'In my own words');
      await page.locator('.not-stored .problem').waitFor();
      assert.match(await page.locator('.not-stored').innerText(), /r-22/);
      assert.equal(await page.locator('.made').count(), 0);
      assert.equal((await linkOf(id)).status, 'proposed');
      await page.locator('.not-stored button').first().click();
      await page.keyboard.press('r');
      assert.equal(await page.locator('.rejecting input').inputValue(), 'In my own words');
      await page.locator('.rejecting input').press('Enter');
      await page.locator('.made').waitFor();
      assert.deepEqual((await decisionsOn(id)).map(({ reason }) => reason), ['In my own words']);
    });
  });

  test(`two who edit one source: the second sees three columns, loses nothing and saves anew: ${language}`, async () => {
    const fields = { name: 'As it was', names: { ar: 'كما كان' }, kind: 'outlet', country: 'SY' };
    const { id } = await write<{ id: string }>('sources', fields);
    await withPage({ refusals: true, viewport: { width: language === 'ar' ? 360 : 1200, height: 800 } }, async (page) => {
      await signedIn(page);
      await page.goto(`${url}/${language}/sources/${id}`);
      await settled(page);
      await page.locator('.facts button').first().click();
      const field = (name: string) => page.locator(`.editing [name=${name}]`);
      await field('name').fill('Mine');
      await field('names-ar').fill('اسمي أنا');
      await page.locator('.editing input[name=reason]').fill('لأنه كذا');
      await patch(`sources/${id}`, { name: 'Theirs', country: 'LB' }, 1, 'HEADWATER_KEY_OTHER');
      const save = page.locator('.editing .actions button').first();
      await save.click();
      const conflict = page.locator('.conflict');
      await conflict.waitFor();
      assert.equal(await conflict.locator('thead th').count() >= 3, true);
      const told = await conflict.innerText();
      for (const words of ['rana', 'As it was', 'Theirs', 'Mine']) assert.ok(told.includes(words), `${words} in ${told}`);
      assert.equal(await field('country').inputValue(), 'LB'); // untouched here, so it is theirs
      assert.deepEqual([await field('name').inputValue(), await field('names-ar').inputValue()], ['Mine', 'اسمي أنا']);
      assert.equal(await page.locator('.editing input[name=reason]').inputValue(), 'لأنه كذا');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      await conflict.getByRole('radio', { name: 'Theirs' }).check();
      await save.click();
      await page.locator('.editing').waitFor({ state: 'detached' });
      const { name, names, country, version } = await api<typeof fields & { version: number }>(`sources/${id}`);
      assert.deepEqual([name, names.ar, country, version], ['Theirs', 'اسمي أنا', 'LB', 3]);
    });
  });
}

test('decisions are taken back fifty deep, also after the page was loaded anew, and no deeper', async () => {
  const { claim, links } = await propose('fifty deep', 52);
  await withPage({}, async (page) => {
    await signedIn(page);
    await openQueue(page, 'ar', claim);
    await page.locator('nav.queue button').click();
    await page.waitForFunction((count) => document.querySelectorAll('.queue li').length === count, links.length);
    await settled(page);
    const order: string[] = [];
    for (let i = 0; i < 51; i++) {
      const id = (await page.locator('.proposal').getAttribute('data-proposal')) ?? '';
      order.push(id);
      await page.keyboard.press('a');
      await page.waitForFunction((id) => document.querySelector('.proposal')?.getAttribute('data-proposal') !== id, id);
    }
    const kept = (count: number) => page.waitForFunction(({ count, last }) => {
      const made = JSON.parse(sessionStorage.getItem('headwater.decisions') ?? '[]') as { ids: string[] }[];
      return made.length === count && (count === 0 || made.at(-1)?.ids[0] === last);
    }, { count, last: order[count] });
    await kept(50);
    await page.reload();
    await page.locator('.made').waitFor();
    for (let i = 0; i < 50; i++) await page.keyboard.press('u');
    await kept(0);
    await page.locator('.made').waitFor({ state: 'detached' });
    await page.keyboard.press('u'); // there is nothing more
    const statuses = await Promise.all(order.map(async (id) => (await linkOf(id)).status));
    assert.deepEqual(statuses, ['accepted', ...Array.from({ length: 50 }, () => 'proposed')]);
  });
});
