import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, languages, mainClaim, openClaim, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { documentOf, propose } from './text.js';

withBrowser();

interface Box { id: string; x: number; y: number; width: number; height: number; board: number }

/** The boxes of the cards of each drawing, from the edge of its board. */
const boxes = (page: Page): Promise<Box[]> => page.locator('.card').evaluateAll((cards) => cards.map((card) => {
  const board = card.closest('.board')?.getBoundingClientRect() ?? new DOMRect();
  const { x, y, width, height } = card.getBoundingClientRect();
  const id = `${card.closest('.side')?.className} ${card.querySelector('[data-card]')?.getAttribute('data-card')}`;
  const [left, top, wide, high, all] = [x - board.x, y - board.y, width, height, board.width].map(Math.round);
  return { id, x: left ?? NaN, y: top ?? NaN, width: wide ?? NaN, height: high ?? NaN, board: all ?? NaN };
}));

const curves = '.edges g > path:first-child';

/** The cards that a curve goes behind, by sixty places on each curve. */
const behind = (page: Page): Promise<string[]> => page.locator(curves).evaluateAll((paths) => paths.flatMap((one) => {
  const path = one as SVGPathElement;
  const cards = [...path.closest('.board')?.querySelectorAll<HTMLElement>('.card') ?? []];
  const origin = path.closest('.board')?.getBoundingClientRect() ?? new DOMRect();
  const places = Array.from({ length: 61 }, (_, i) => path.getPointAtLength((path.getTotalLength() * i) / 60));
  return cards.filter((card) => {
    const { x, y, width, height } = card.getBoundingClientRect();
    const [left, top] = [x - origin.x, y - origin.y];
    return places.some((at) => at.x > left + 3 && at.x < left + width - 3 && at.y > top + 2 && at.y < top + height - 2);
  }).map((card) => card.innerText.split('\n')[0] ?? '');
}));

test('cards never overlap, and stand mirrored in Arabic to the pixel', async () => {
  const id = await mainClaim();
  await withPage({}, async (page) => {
    await openClaim(page, 'en', id);
    const english = await boxes(page);
    assert.ok(english.length > 15);
    for (const a of english) {
      for (const b of english) {
        const sameBoard = a.id !== b.id && a.id.split(' ')[1] === b.id.split(' ')[1];
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        assert.ok(!sameBoard || apart, `${a.id} and ${b.id}`);
      }
    }
    assert.deepEqual(await behind(page), []);
    await openClaim(page, 'ar', id);
    assert.deepEqual(await behind(page), []);
    const arabic = new Map((await boxes(page)).map((box) => [box.id, box]));
    for (const { id: card, x, y, width, height, board } of english) {
      const mirrored = arabic.get(card);
      assert.deepEqual([mirrored?.x, mirrored?.y, mirrored?.height], [board - x - width, y, height], card);
    }
    // Nothing is cut off without saying so.
    const cut = await page.locator('.card .line, .card .marks').evaluateAll((lines) => lines
      .filter((line) => line.scrollWidth > line.clientWidth && getComputedStyle(line).textOverflow !== 'ellipsis')
      .map((line) => line.outerHTML));
    assert.deepEqual(cut, []);
  });
});

test('by date, each card stands in the column of its day, and none over another', async () => {
  const id = await mainClaim();
  await withPage({}, async (page) => {
    for (const language of languages) {
      await openClaim(page, language, id);
      await page.keyboard.press('t');
      await page.waitForURL(/dates=1/);
      const columns = await page.locator('.affirming .columns span').evaluateAll((all) => all.map((one) => [one.textContent ?? '', one.style
        .insetInlineStart] as const));
      const days = columns.map(([day]) => day).filter((day) => /^2/.test(day));
      assert.ok(days.length > 2);
      assert.deepEqual(await behind(page), []);
      assert.deepEqual(days, days.toSorted());
      const cards = await page.locator('.affirming .card').evaluateAll((all) => all.map((one) => [one.querySelector('.count .code')
        ?.textContent ?? '', (one as HTMLElement).style.insetInlineStart] as const));
      for (const [day, at] of cards) assert.equal(at, columns.find(([of]) => of === day)?.[1] ?? columns.at(-1)?.[1], day);
      const drawn = (await boxes(page)).filter(({ id }) => id.includes('affirming'));
      for (const a of drawn) {
        const over = drawn.filter((b) => a.id !== b.id && a.x === b.x && a.y < b.y + b.height && b.y < a.y + a.height);
        assert.deepEqual(over, [], a.id);
      }
    }
  });
});

test('a phone shows the list, and nothing runs off the side', async () => {
  const id = await mainClaim();
  for (const language of languages) {
    await withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
      await openClaim(page, language, id);
      assert.equal(await page.locator('.outline').count(), 2);
      assert.equal(await page.locator('.board').count(), 0);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
    });
  }
});

test('no screen runs off the side of a narrow window', async () => {
  const [{ claim }, article] = [await propose('a narrow window', 2), await documentOf('wire-first')];
  const { items: sources } = await api<{ items: { id: string }[] }>('sources?key=oxbow-wire');
  const { items: claims } = await api<{ items: { id: string }[] }>('claims?standing=contested&limit=2');
  const screens = ['claims', `claims/${await mainClaim()}?without=${sources[0]?.id}`, 'sources', `sources/${sources[0]?.id}`, 'documents',
    `documents/${article}`, `compare?${claims.map(({ id }) => `claim=${id}`).join('&')}`, 'review', `review?claim=${claim}`, 'history'];
  for (const language of languages) {
    await withPage({ viewport: { width: 320, height: 640 } }, async (page) => {
      await signedIn(page);
      for (const screen of screens) {
        await page.goto(`${url}/${language}/${screen}`);
        await page.locator('.identity bdi').waitFor();
        await settled(page);
        for (const width of [360, 320]) {
          await page.setViewportSize({ width, height: 640 });
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, `${screen}, ${language}, ${width}`);
        }
      }
    });
  }
});

test('text may be spaced as readers need it', async () => {
  const id = await mainClaim();
  await withPage({ viewport: { width: 640, height: 800 } }, async (page) => {
    await openClaim(page, 'en', id);
    // WCAG 1.4.12, set as a reader's style sheet sets it.
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
        p { margin-block-end: 2em !important; }`);
      document.adoptedStyleSheets.push(sheet);
    });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 640);
    const clipped = await page.locator('p, h1, h2, h3, td, button:not(.face)').evaluateAll((all) => all
      .filter((one) => getComputedStyle(one).overflow === 'hidden' && !one.closest('.sr') && one.scrollHeight > one.clientHeight + 1)
      .map((one) => one.outerHTML));
    assert.deepEqual(clipped, []);
  });
});

test('on paper there is the list, whole in either direction, what is certain is full, and where links lead is written', async () => {
  const id = await mainClaim();
  await withPage({ viewport: { width: 718, height: 1000 } }, async (page) => { // A4 within its margins
    for (const language of languages) {
      await openClaim(page, language, id);
      assert.equal(await page.locator('.board').count(), 2);
      await page.emulateMedia({ media: 'print' });
      await page.locator('.outline').nth(1).waitFor();
      assert.equal(await page.locator('.board').count(), 0);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 718, language);
      assert.deepEqual(await page.locator('.squares i.sure').evaluateAll((all) =>
        [...new Set(all.map((one) => getComputedStyle(one).printColorAdjust))]), ['exact']);
      const link = page.locator('.evidence a[href*="/documents/"]').first();
      assert.match(await link.evaluate((one) => getComputedStyle(one, '::after').content), /\/documents\//);
      await page.emulateMedia({ media: 'screen' });
      await page.locator('.board').first().waitFor();
    }
  });
});
