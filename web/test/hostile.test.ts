import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { api, languages, mainClaim, open, openClaim, settled, signedIn, url, withBrowser, withPage } from './browser.js';
import { documentOf, openQueue, pickWords, propose, write } from './text.js';

withBrowser();

const hostile: Record<string, string> = {
  'turns the direction': 'Gazette \u202Ecipsoh eht\u2066 of \u200Fx',
  'is long': 'x'.repeat(10_000),
  'is markup': '<img src=x onerror="document.title=1">{{1}}${1}<script>1</script>',
  'is long in Arabic': 'جريدة'.repeat(2_000),
  'is blank': ' ',
};

/** What names, and what is written about them. */
const replaced = new Set(['name', 'names', 'statement', 'places', 'topics', 'rationale', 'scope', 'title', 'note', 'reason', 'described_as',
  'key', 'actor', 'by', 'exact', 'prefix', 'suffix']);

/** Puts names, one after the other, in the place of every name and every statement that the service answers. */
async function rename(page: Page, ...names: string[]): Promise<void> {
  let named = 0;
  await page.route(/\/v1\/(?!changes\/stream)/, async (route) => {
    const response = await route.fetch();
    const given: unknown = JSON.parse(await response.text(), (key, value: unknown) => {
      const name = names[named % names.length] ?? '';
      if (replaced.has(key)) named++;
      if (key === 'actor' || key === 'by') return `key:${name}`;
      if (key === 'names') return { en: name }; // the other script is missing
      if (key === 'statement') return { ar: name };
      if (key === 'places' || key === 'topics') return [name];
      return replaced.has(key) ? name : value;
    });
    await route.fulfill({ response, json: given });
  });
}

for (const [i, [kind, name]] of Object.entries(hostile).entries()) {
  const language = languages[i % 2] ?? 'en'; // below all of them are shown in both
  test(`a name that ${kind} stays a name: ${language}`, async () => {
    const id = await mainClaim();
    await withPage({ viewport: { width: 1200, height: 800 } }, async (page) => {
      await rename(page, name);
      await openClaim(page, language, id);
      assert.equal(await page.locator('img, main script, iframe').count(), 0);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 1200, 'claim');
      assert.equal(await page.locator('.sentence .interval .code').first().innerText(), '2–5');
      await page.locator('.affirming .face').first().click();
      await page.locator('.panel .chain').first().waitFor();
      await page.locator('.views button').last().click();
      await page.locator('.outline').first().waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 1200, 'list');
      await page.goto(`${url}/${language}/claims`);
      await settled(page);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 1200, 'claims');
      await page.unrouteAll({ behavior: 'ignoreErrors' }); // who one is may be on its way still
    });
  });
}

/** What is wrong with how a page shows names: text that runs out of its box or off the side, markup, and names that turn what is beside. */
const wrongWith = (page: Page): Promise<string[]> => page.evaluate((names) => {
  const wrong: string[] = [];
  const told = (what: string, one: Element | null) => wrong.push(`${what}: ${one?.outerHTML.slice(0, 200)}`);
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`${document.documentElement.scrollWidth} of ${innerWidth} pixels`);
  if (document.title === '1') wrong.push('a script ran');
  for (const one of document.querySelectorAll('img, main script, dialog script, iframe')) told('markup', one);
  const isBox = ({ display }: CSSStyleDeclaration) => display !== 'inline' && display !== 'contents';
  const keepsToItself = (style: CSSStyleDeclaration) => isBox(style) || /isolate|plaintext/.test(style.unicodeBidi);
  const around = (node: Node, is: (style: CSSStyleDeclaration) => boolean) => {
    let one = node.parentElement;
    while (one && !is(getComputedStyle(one))) one = one.parentElement;
    return one;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (!text.textContent?.trim() || text.parentElement?.closest('.sr, svg, option')) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const [at, box] = [range.getBoundingClientRect(), around(text, isBox)];
    const within = box?.getBoundingClientRect() ?? at;
    const cut = around(text, ({ overflowX, textOverflow }) => textOverflow === 'ellipsis' || /auto|scroll/.test(overflowX));
    // Spaces at the end of a line hang.
    if (!cut && (at.right > within.right + 6 || at.left < within.left - 6)) told(`${at.width} pixels in ${within.width}`, box);
    const alone = text.textContent.includes('\u202E') && around(text, keepsToItself);
    // What turns the direction stands alone in what keeps to itself.
    const beside = alone && names.reduce((left, name) => left.replaceAll(name, ''), alone.textContent ?? '');
    if (beside && /[\p{L}\p{N}]/u.test(beside)) told('turned', alone);
  }
  return wrong;
}, Object.values(hostile));

/** What shows names, and the forms, one after the other. */
const shows: Record<string, (page: Page, at: string) => Promise<unknown>> = {
  claims: (page, at) => open(page, `${at}/claims`),
  claim: async (page, at) => {
    await open(page, `${at}/claims/${await mainClaim()}`);
    await page.locator('.claim .board').first().waitFor();
  },
  'a claim as a list': (page) => page.locator('.views button').last().click(),
  document: async (page, at) => open(page, `${at}/documents/${await documentOf('wire-first')}`),
  'words that are lost, and the chain editor': async (page) => {
    await pickWords(page, '14');
    await page.keyboard.press('a');
    await page.locator('.hops ~ p button').first().click();
    await page.locator('.hops [role=combobox]').fill('ox');
    await page.locator('[role=option]').first().waitFor();
  },
  'a reprint': async (page, at) => open(page, `${at}/documents/${await documentOf('ebbtide-wednesday')}`),
  'a document that is edited': (page) => page.locator('.facts button').click(),
  documents: (page, at) => open(page, `${at}/documents`),
  sources: (page, at) => open(page, `${at}/sources`),
  source: async (page, at) => {
    const { items } = await api<{ items: { id: string }[] }>('sources?key=sada-al-marfa');
    await open(page, `${at}/sources/${items[0]?.id}`);
    await page.locator('.relations').waitFor();
  },
  'a relation and a source that are edited': async (page) => {
    await page.locator('.relations button').first().click();
    await page.locator('.facts button').first().click();
    await page.locator('.editing').nth(1).waitFor();
  },
  'a source about to be merged': async (page) => {
    await page.locator('.merging summary').click();
    await page.locator('.merging [role=combobox]').fill('ox');
    await page.locator('.merging [role=option]').first().click();
    await page.locator('.merging .actions button').waitFor();
  },
  'a source about to be withdrawn': async (page, at) => {
    const { items } = await api<{ items: { id: string }[] }>('sources?key=oxbow-wire');
    await open(page, `${at}/sources/${items[0]?.id}`);
    await page.locator('.impact').waitFor();
    await page.locator('main .actions button').last().click();
    await page.locator('dialog[open]').waitFor();
  },
  history: (page, at) => open(page, `${at}/history`),
  'the versions of a claim': async (page, at) => open(page, `${at}/history?resource=claim&thing=${await mainClaim()}`),
  compare: async (page, at) => {
    const { items } = await api<{ items: { id: string }[] }>('claims?standing=contested&limit=2');
    await open(page, `${at}/compare?${items.map(({ id }) => `claim=${id}`).join('&')}`);
  },
  'a claim that is edited': async (page, at) => {
    await open(page, `${at}/claims/${await mainClaim()}`);
    await page.locator('.facts button').click();
    await page.locator('.editing').waitFor();
  },
};

for (const language of languages) {
  test(`on every screen and in every form names stay names, whatever is in them: ${language}`, async () => {
    const { claim } = await propose(`hostile names, ${language}`, 2);
    await withPage({ viewport: { width: 1200, height: 800 } }, async (page) => {
      await signedIn(page);
      // Each place has another of the names, and more than one where it is listed.
      await rename(page, ...Object.values(hostile));
      const wrong: string[] = [];
      const look = async (screen: string) => {
        await settled(page);
        for (const width of [360, 1200]) {
          await page.setViewportSize({ width, height: 800 });
          wrong.push(...(await wrongWith(page)).map((what) => `${screen}, ${width}: ${what}`));
        }
      };
      await openQueue(page, language, claim);
      await look('review');
      await page.keyboard.press('e');
      await page.locator('.editing').waitFor();
      await look('a proposal that is edited');
      for (const [screen, show] of Object.entries(shows)) {
        await show(page, `/${language}`);
        await look(screen);
      }
      assert.deepEqual(wrong, []);
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    });
  });
}

test('what goes wrong is said in words, what was shown stays, and it goes on', async () => {
  const id = await mainClaim();
  await withPage({ refusals: true }, async (page) => {
    await openClaim(page, 'en', id);
    await page.route('**/v1/**', (route) => route.fulfill({
      status: 403, contentType: 'application/problem+json',
      json: { type: 'x', title: 'Forbidden', status: 403, code: 'forbidden', detail: 'not for you', request_id: 'r-17',
        errors: [{ code: 'required', expected: 'a key', pointer: '/key' }] },
    }));
    await page.getByRole('checkbox').check();
    const problem = page.getByRole('alert');
    await problem.waitFor();
    const said = await problem.innerText();
    for (const words of ['You may not do this', 'not for you', '/key', 'a key', 'r-17']) assert.ok(said.includes(words), words);
    assert.equal(await page.locator('.sentence .interval .code').first().innerText(), '2–5');
    await page.unroute('**/v1/**');
    await problem.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.banner').waitFor();
    await settled(page);
    assert.equal(await page.getByRole('alert').count(), 0);
  });
});
