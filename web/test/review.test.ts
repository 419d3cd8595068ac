import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, languages, signedIn, withBrowser, withPage } from './browser.js';
import { heldBack, openQueue, patch, propose } from './text.js';

withBrowser();

interface Link { id: string; status: string; confidence: number; rationale: string }
interface Version { operation: string; actor: string; reason?: string }

const linkOf = (id: string) => api<Link>(`links/${id}`);
const decisionsOn = async (id: string) => (await api<{ items: Version[] }>(`links/${id}/history?order=asc`)).items
  .filter(({ operation }) => operation === 'accept' || operation === 'reject');

const shown = (page: Page) => page.locator('.proposal').getAttribute('data-proposal');

test('two browsers decide one proposal at once: one decision is stored, and the other is told whose and when', async () => {
  const { claim, links: [id = ''] } = await propose('a race', 1);
  await withPage({ refusals: true }, async (first) => withPage({ refusals: true }, async (second) => {
    await signedIn(first);
    await signedIn(second, 'HEADWATER_KEY_OTHER');
    await Promise.all([openQueue(first, 'en', claim), openQueue(second, 'ar', claim)]);
    // The second one is told that somebody is on it, and may decide nevertheless.
    await second.locator('.identity bdi').waitFor();
    await Promise.race([first, second].map((page) => page.locator('.outcome .banner').waitFor()));
    await second.keyboard.press('r');
    await second.locator('.rejecting').waitFor();
    await Promise.all([first.keyboard.press('a'), second.keyboard.press('2')]);
    const decided = async (page: Page) => {
      await page.locator('.proposal.gone .outcome .banner').waitFor();
      return page.locator('.outcome').innerText();
    };
    const said = [await decided(first), await decided(second)];
    const made = await decisionsOn(id);
    assert.equal(made.length, 1);
    const [by, at] = [made[0]?.actor.replace('key:', ''), /\d{4}-\d\d-\d\d \d\d:\d\d/];
    const told = said[by === 'desk' ? 1 : 0] ?? '';
    assert.ok(told.includes(by ?? '?') && at.test(told), `${by}: ${told}`);
  }));
});

for (const language of languages) {
  test(`decisions are made and taken back by keys alone, also after the page was loaded anew: ${language}`, async () => {
    const { claim, links } = await propose(`by keys, ${language}`, 12);
    await withPage({}, async (page) => {
      await signedIn(page);
      await openQueue(page, language, claim);
      const status = async (id: string) => (await linkOf(id)).status;
      const order: string[] = [];
      for (let i = 0; i < 10; i++) {
        const id = (await shown(page)) ?? '';
        order.push(id);
        if (i === 3) { // later: it comes last
          await page.keyboard.press('s');
        } else if (i % 3 === 1) {
          await page.keyboard.press('r');
          await page.locator('.rejecting').waitFor();
          await page.keyboard.press('3');
        } else {
          // As on an Arabic keyboard.
          await page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'ش', code: 'KeyA', bubbles: true })));
        }
        await page.waitForFunction((id) => document.querySelector('.proposal')?.getAttribute('data-proposal') !== id, id);
      }
      assert.equal(new Set(order).size, 10);
      await page.waitForFunction(() => JSON.parse(sessionStorage.getItem('headwater.decisions') ?? '[]').length === 9);
      assert.equal(await status(order[0] ?? ''), 'accepted');
      assert.equal(await status(order[1] ?? ''), 'rejected');
      assert.equal(await status(order[3] ?? ''), 'proposed');
      assert.equal((await decisionsOn(order[1] ?? ''))[0]?.reason, language === 'ar' ? 'الأعداد لا تتوافق' : 'The numbers do not fit');
      await page.reload();
      await page.locator('.proposal').waitFor();
      for (const key of ['u', 'Control+z']) {
        const before = await page.locator('.queue li').count();
        await page.keyboard.press(key);
        await page.waitForFunction((before) => document.querySelectorAll('.queue li').length === before + 1, before);
      }
      assert.deepEqual([await status(order[9] ?? ''), await status(order[8] ?? '')], ['proposed', 'proposed']);
      assert.equal(await shown(page), order[8]);
      assert.equal((await Promise.all(links.map(status))).filter((one) => one === 'proposed').length, 5);
    });
  });
}

const goneOn = (page: Page, id: string) =>
  page.waitForFunction((id) => document.querySelector('.proposal')?.getAttribute('data-proposal') !== id, id);

for (const language of languages) {
  test(`keys that are pressed while answers are on their way do what they say: ${language}`, async () => {
    const { claim, links } = await propose(`in a hurry, ${language}`, 6);
    await withPage({}, async (page) => {
      await signedIn(page);
      await openQueue(page, language, claim);
      const status = async (id = '') => (await linkOf(id)).status;
      const press = async (key: string) => {
        const id = (await shown(page)) ?? '';
        await page.keyboard.press(key);
        await goneOn(page, id);
        return id;
      };
      // Two are decided and one of them taken back before the first answer is there.
      const decided = await heldBack(page, /\/v1\/decisions$/);
      const later = await press('s');
      const [first, second] = [await press('a'), await press('a')];
      await page.keyboard.press('u');
      await decided();
      await page.waitForFunction((id) => document.querySelector('.proposal:not(.gone)')?.getAttribute('data-proposal') === id, second);
      assert.deepEqual([await status(first), await status(second), await status(later)], ['accepted', 'proposed', 'proposed']);
      // One is decided while the list is read anew, of which the service had the state before.
      const read = await heldBack(page, /\/v1\/proposals\?/);
      const reading = page.waitForRequest(/\/v1\/proposals\?/);
      await page.keyboard.press('u');
      await reading;
      const third = await press('a');
      await page.waitForFunction(() => JSON.parse(sessionStorage.getItem('headwater.decisions') ?? '[]').length === 1);
      const again = page.waitForResponse(/\/v1\/proposals\?/);
      await read();
      await again;
      await page.waitForFunction((count) => document.querySelectorAll('.queue a:not(.struck)').length === count, links.length - 1);
      assert.deepEqual([await status(first), await status(third), await status(later)], ['proposed', 'accepted', 'proposed']);
      // What was put off comes after all others, from wherever one goes on.
      await page.locator('.queue a:not(.struck)').nth(links.length - 3).click();
      await press('a');
      assert.notEqual(await shown(page), later);
      for (let i = 0; i < links.length - 3; i++) assert.notEqual(await press('a'), later);
      assert.equal(await shown(page), later);
      await page.waitForFunction((count) => JSON.parse(sessionStorage.getItem('headwater.decisions') ?? '[]').length === count,
        links.length - 1);
      assert.deepEqual(await Promise.all(links.map(status)), links.map((id) => (id === later ? 'proposed' : 'accepted')));
    });
  });
}

test('a rejection in one’s own words arrives in the history, and nothing is lost while the service cannot be reached', async () => {
  const { claim, links } = await propose('a reason', 2);
  await withPage({ refusals: true }, async (page) => {
    await signedIn(page);
    await openQueue(page, 'ar', claim);
    const id = (await shown(page)) ?? '';
    await page.context().setOffline(true);
    await page.keyboard.press('a');
    await page.locator('.not-stored .problem').waitFor();
    await page.context().setOffline(false);
    assert.equal((await decisionsOn(id)).length, 0);
    await page.locator('.not-stored button').first().click();
    await page.keyboard.press('r');
    await page.locator('.rejecting input').fill('لأن الشاهدين واحد');
    await page.context().setOffline(true);
    await page.keyboard.press('Enter');
    await page.locator('.not-stored .problem').waitFor();
    await page.context().setOffline(false);
    await page.locator('.not-stored button').first().click();
    await page.keyboard.press('r');
    assert.equal(await page.locator('.rejecting input').inputValue(), 'لأن الشاهدين واحد');
    await page.locator('.rejecting input').press('Enter');
    await page.waitForFunction((id) => document.querySelector('.proposal')?.getAttribute('data-proposal') !== id, id);
    await page.locator('.made').waitFor();
    assert.equal((await decisionsOn(id))[0]?.reason, 'لأن الشاهدين واحد');
    assert.equal((await linkOf(links.find((one) => one !== id) ?? '')).status, 'proposed');
  });
});

test('what somebody has changed and not decided waits on, and is decided as it is now', async () => {
  const { claim } = await propose('changed meanwhile', 2);
  await withPage({ refusals: true }, async (page) => {
    await signedIn(page);
    await openQueue(page, 'en', claim);
    const id = (await shown(page)) ?? '';
    await patch(`links/${id}`, { rationale: 'Said anew.' }, 1, 'HEADWATER_KEY_OTHER');
    await page.keyboard.press('a');
    await page.getByText('Somebody else has changed this meanwhile').waitFor();
    assert.equal((await linkOf(id)).status, 'proposed');
    await page.keyboard.press('k');
    await page.getByText('Said anew.').waitFor();
    await page.keyboard.press('a');
    await page.locator('.made').waitFor();
    assert.equal((await linkOf(id)).status, 'accepted');
  });
});

test('what a rule proposed is accepted at once, after its list and its effect were shown', async () => {
  const { claim, links } = await propose('all alike', 5);
  await withPage({}, async (page) => {
    await signedIn(page);
    await openQueue(page, 'en', claim);
    await page.keyboard.press('Shift+A');
    await page.locator('dialog[open] input[type=number]').fill('0.502');
    await page.waitForFunction(() => document.querySelectorAll('.alike li').length === 3);
    await page.locator('dialog[open] .actions button').click();
    await page.locator('.made').waitFor();
    assert.deepEqual((await Promise.all(links.map(linkOf))).map(({ status }) => status),
      ['proposed', 'proposed', 'accepted', 'accepted', 'accepted']);
    await page.keyboard.press('u');
    await page.waitForFunction(() => document.querySelectorAll('.queue li').length === 5);
  });
});

test('a proposal that somebody else changed while one changed it is shown in three columns, and saved anew', async () => {
  const { claim, links: [id = ''] } = await propose('a conflict', 1);
  await withPage({ refusals: true }, async (page) => {
    await signedIn(page);
    await openQueue(page, 'en', claim);
    await page.keyboard.press('e');
    await page.locator('.editing [name=confidence]').fill('0.9');
    await page.locator('.editing [name=rationale]').fill('Mine.');
    await patch(`links/${id}`, { rationale: 'Theirs.' }, 1, 'HEADWATER_KEY_OTHER');
    await page.locator('.editing .actions button').first().click();
    const conflict = page.locator('.conflict');
    await conflict.waitFor();
    assert.match(await conflict.innerText(), /rana.*\d\d:\d\d/s);
    assert.deepEqual(await conflict.locator('tbody tr').last().locator('td').allInnerTexts(),
      ['As the tests would have it.', ' Theirs.', ' Mine.']);
    await conflict.getByRole('radio', { name: 'Theirs.' }).check();
    await page.locator('.editing .actions button').first().click();
    await page.locator('.proposal.gone').waitFor();
    await page.locator('.made').waitFor();
    const { status, confidence, rationale } = await linkOf(id);
    assert.deepEqual([status, confidence, rationale], ['accepted', 0.9, 'Theirs.']);
  });
});

test('Enter and Space decide nothing, before and after the key that rejects', async () => {
  const { claim, links: [id = ''] } = await propose('neither key', 1);
  await withPage({}, async (page) => {
    await signedIn(page);
    for (const language of languages) {
      await openQueue(page, language, claim);
      await page.locator('#proposal').focus();
      for (const opener of ['', 'r']) {
        if (opener) await page.keyboard.press(opener);
        for (const key of ['Enter', 'Space']) await page.keyboard.press(key);
      }
      await page.locator('.rejecting').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement?.closest('.rejecting') !== null), true);
      assert.equal((await linkOf(id)).status, 'proposed');
      await page.keyboard.press('Escape');
      await page.locator('.rejecting').waitFor({ state: 'detached' });
    }
  });
});
