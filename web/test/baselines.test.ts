/**
 * The page of a claim looks as it did when somebody last looked at it: each picture is held to that of web/test/baselines. After a change
 * that is meant, `HEADWATER_BASELINES=update make web-test WEB_TESTS=baselines` makes them anew, to be looked at before they are committed.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { languages, mainClaim, openClaim, withBrowser, withPage } from './browser.js';

withBrowser();

const fileOf = (name: string) => fileURLToPath(new URL(`../test/baselines/${name}.png`, import.meta.url));

const looks = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  forced: { colorScheme: 'light', forcedColors: 'active' },
} as const;

/** The picture as it is kept: as wide as a telephone's, and with few shades, so that it is small. */
const small = (page: Page, picture: Buffer): Promise<string> => page.evaluate(async (picture) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const by = Math.round(image.width / 480) || 1;
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width / by, height: image.height / by });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const shown = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < shown.data.length; i++) shown.data[i] = Math.min(255, ((shown.data[i] ?? 0) + 12) & ~23);
  context.putImageData(shown, 0, 0);
  return canvas.toDataURL('image/png').replace(/.*,/, '');
}, picture.toString('base64'));

/** What share of two such pictures differs by more than a shade. */
const difference = (page: Page, ...both: [string, string]): Promise<number> => page.evaluate(async (pictures) => {
  const [was, is] = await Promise.all(pictures.map(async (picture) => {
    const image = new Image();
    image.src = `data:image/png;base64,${picture}`;
    await image.decode();
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  })) as [ImageData, ImageData];
  if (was.width !== is.width || was.height !== is.height) return 1;
  let differing = 0;
  for (let i = 0; i < was.data.length; i += 4) {
    if ([0, 1, 2].some((channel) => Math.abs((was.data[i + channel] ?? 0) - (is.data[i + channel] ?? 0)) > 32)) differing++;
  }
  return differing / (was.data.length / 4);
}, both);

/** The browser that made the pictures; another one may draw letters otherwise. */
const madeBy = fileURLToPath(new URL('../test/baselines/browser.txt', import.meta.url));

test('the page of a claim looks as it did, at three widths, in both languages, in light, dark and forced colors', async () => {
  const id = await mainClaim();
  const wrong: Record<string, string> = {};
  await withPage({}, async (compared) => {
    const browser = compared.context().browser()?.version() ?? '';
    if (process.env['HEADWATER_BASELINES'] === 'update') writeFileSync(madeBy, `${browser}\n`);
    const tolerance = readFileSync(madeBy, 'utf8').trim() === browser ? 0.001 : 0.01; // a card that is gone is more than the first
    for (const language of languages) {
      await withPage({}, async (page) => {
        await page.route(/\/v1\/proposals\/count$/, (route) => route.fulfill({ json: { count: 2, exact: true } })); // as other tests go on
        for (const width of [1440, 1024, 320]) {
          const clip = { x: 0, y: width > 640 ? 400 : 0, width, height: 1200 }; // the drawing whole, and of the list the head
          await page.setViewportSize({ width, height: 1200 });
          await openClaim(page, language, id);
          for (const [look, media] of Object.entries(looks)) {
            await page.emulateMedia(media);
            const name = `claim-${width}-${language}-${look}`;
            const picture = await small(compared, await page.screenshot({ clip, fullPage: true }));
            if (process.env['HEADWATER_BASELINES'] === 'update') writeFileSync(fileOf(name), picture, 'base64');
            const share = await difference(compared, readFileSync(fileOf(name), 'base64'), picture);
            if (share > tolerance) wrong[name] = `${(100 * share).toFixed(1)} % of it`;
          }
        }
      });
    }
  });
  assert.deepEqual(wrong, {}, 'what differs from its picture in web/test/baselines; the head of this test says how to make them anew');
});
