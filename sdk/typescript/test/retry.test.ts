import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { CutOffError, Problem } from '@headwater/client';
import { Proxy, type Step } from './proxy.js';
import { desk, fresh, url } from './service.js';

const busy: Step = { status: 429, headers: { 'Retry-After': '0' } };

test('what is busy or away for a moment is asked again', async () => {
  await using proxy = await Proxy.following(busy, { status: 503, headers: { 'Retry-After': '0' } }, 'lose');
  const { data } = await desk({ url: proxy.url }).listClaims({ query: { limit: 1 } });
  assert.equal(data.items.length, 1);
  assert.equal(proxy.seen.length, 4);
});

test('it is asked again when Retry-After says', async (t) => {
  const at = (seconds: number) => ({
    'Retry-After': new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toUTCString(), Date: new Date(Date.UTC(2026, 0, 1)).toUTCString() });
  for (const [name, headers, seconds] of [
    ['seconds', { 'Retry-After': '17' }, 17],
    ['a date', at(23), 23],
    ['a date that has passed', at(-60), 0],
  ] as const) {
    await t.test(name, async () => {
      await using proxy = await Proxy.following({ status: 503, headers });
      const timer = hurrying(seconds * 1000);
      await desk({ url: proxy.url }).listClaims({ query: { limit: 1 } }).finally(() => timer.mock.restore());
      assert.ok(timer.mock.calls.some(({ arguments: [, wait] }) => wait === seconds * 1000));
      assert.equal(proxy.seen.length, 2);
    });
  }
});

/** Lets one wait, of these milliseconds, be over at once. */
function hurrying(milliseconds: number) {
  const plain = globalThis.setTimeout;
  return mock.method(globalThis, 'setTimeout',
    ((run: () => void, wait?: number, ...rest: []) => plain(run, wait === milliseconds ? 0 : wait, ...rest)) as typeof setTimeout);
}

test('who is to wait too long is told so at once', async () => {
  await using proxy = await Proxy.following({ status: 429, headers: { 'Retry-After': '3600' } });
  const problem = await failure(desk({ url: proxy.url }).listClaims());
  assert.ok(problem instanceof Problem);
  assert.deepEqual([problem.code, problem.retryAfter, proxy.seen.length], ['http_429', 3600, 1]);
});

test('it is not asked for ever', async () => {
  await using proxy = await Proxy.following(busy, busy, busy, busy, busy);
  const problem = await failure(desk({ url: proxy.url, retry: { tries: 3 } }).listClaims());
  assert.ok(problem instanceof Problem);
  assert.deepEqual([problem.status, proxy.seen.length], [429, 3]);
});

test('what is wrong is not asked again', async () => {
  for (const status of [400, 404, 409, 412, 422, 500]) {
    await using proxy = await Proxy.following({ status, body: 'not a problem' });
    const problem = await failure(desk({ url: proxy.url }).createClaim({ body: { statement: { en: 'x' } } }));
    assert.ok(problem instanceof Problem);
    assert.deepEqual([problem.code, proxy.seen.length], [`http_${status}`, 1]);
  }
});

test('a POST whose answer was lost is sent again under its key, and makes one thing', async () => {
  const topic = fresh('lost');
  await using proxy = await Proxy.following(busy, 'lose', 'break');
  const { data, response } = await desk({ url: proxy.url }).createClaim({ body: { statement: { en: 'Said once.' }, topics: [topic] } });
  const keys = new Set(proxy.seen.map((headers) => headers['idempotency-key']));
  assert.equal(proxy.seen.length, 4);
  assert.equal(keys.size, 1);
  assert.match([...keys].join(), /^[!-~]{16,255}$/);
  assert.equal(response.headers.get('Idempotency-Replayed'), 'true');
  const { data: page } = await desk().listClaims({ query: { topic } });
  assert.deepEqual(page.items.map(({ id }) => id), [data.id]);
});

test('two POSTs have two keys, and a key that is given is kept', async () => {
  await using proxy = await Proxy.following(busy);
  const headwater = desk({ url: proxy.url });
  const body = { statement: { en: 'Said.' } };
  await headwater.createClaim({ body });
  await headwater.createClaim({ body });
  const own = fresh('own');
  await headwater.createClaim({ body, headers: { 'Idempotency-Key': own } });
  const [first, again, second, third] = proxy.seen.map((headers) => headers['idempotency-key']);
  assert.equal(first, again);
  assert.notEqual(first, second);
  assert.equal(third, own);
});

test('while the first of two requests with one key is being answered, the other waits', async () => {
  await using proxy = await Proxy.following({ status: 409, headers: { 'Retry-After': '0' } });
  await desk({ url: proxy.url }).createClaim({ body: { statement: { en: 'Said.' } } });
  assert.equal(proxy.seen.length, 2);
});

test('an import of text is sent again, one of lines that come is not', async () => {
  const header = { type: 'bundle', format: 'headwater-bundle/1', namespace: 'https://headwater.example/retry' } as const;
  await using proxy = await Proxy.following('lose', 'pass', 'lose');
  const headwater = desk({ url: proxy.url });
  const text = [header, { type: 'claim', key: fresh('text'), statement: { en: 'Said.' } }]
    .map((line) => `${JSON.stringify(line)}\n`).join('');
  assert.equal((await headwater.importLines(text)).counts['claim']?.added, 1);
  assert.equal(proxy.seen.length, 2);
  await assert.rejects(headwater.importLines([header]), TypeError);
  assert.equal(proxy.seen.length, 3);
});

test('a key whose answer was lost is told again', async () => {
  await using proxy = await Proxy.following('lose');
  const admin = desk({ url: proxy.url, key: process.env['HEADWATER_ADMIN_KEY']! });
  const name = fresh('key');
  const { data: made } = await admin.createKey({ body: { name, scopes: ['read'] } });
  assert.equal(proxy.seen.length, 2);
  const { data: claims } = await desk({ key: made.token }).listClaims({ query: { limit: 1 } });
  assert.equal(claims.items.length, 1);
});

test('whoever stops waiting is not asked for', async () => {
  await using proxy = await Proxy.following({ status: 503, headers: { 'Retry-After': '50' } });
  const leaving = new AbortController();
  const answered: typeof fetch = async (...request) => {
    const answer = await fetch(...request);
    setTimeout(() => leaving.abort(new Error('left')), 10);
    return answer;
  };
  const asked = desk({ url: proxy.url, fetch: answered });
  await assert.rejects(asked.listClaims({ signal: leaving.signal }), /left/);
  assert.equal(proxy.seen.length, 1);
});

test('an export that breaks off is not taken for a whole one', async () => {
  await using proxy = await Proxy.following('break');
  let lines = 0;
  const read = async () => {
    for await (const _ of desk({ url: proxy.url }).exportLines()) lines++;
  };
  await assert.rejects(read(), (error) => error instanceof CutOffError && error.lines === lines);
  assert.ok(lines > 0);
});

test('where nobody answers, the network’s own error is told', async () => {
  await assert.rejects(desk({ url: 'http://127.0.0.1:1', retry: { tries: 1 } }).listClaims(), TypeError);
  await assert.rejects(desk({ url: `${url}:nonsense` }).listClaims(), TypeError);
});

async function failure(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(() => assert.fail('did not fail'), (error: unknown) => error);
}

test('what was written is found by who wrote it: the latest token is sent back, by each client its own, until it is refused', async () => {
  const answer = (token?: string, status = 200): Step => ({ status, body: '{"items":[]}',
    headers: { 'Content-Type': 'application/json', ...(token !== undefined && { 'X-Headwater-Seen': token }) } });
  await using proxy = await Proxy.following(answer('02'), answer('01'), answer(), answer(undefined, 400), answer(), answer());
  const client = desk({ url: proxy.url });
  for (let asked = 0; asked < 3; asked++) await client.listSources();
  await assert.rejects(client.listSources(), Problem);
  await client.listSources();
  await desk({ url: proxy.url }).listSources();
  assert.deepEqual(proxy.seen.map((headers) => headers['x-headwater-seen']), [undefined, '02', '02', '02', undefined, undefined]);
});
