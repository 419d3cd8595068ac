import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '@headwater/client';
import { desk, fresh } from './service.js';

const reason = 'خطأ في الاسم — o\'clock (1)';

async function place(): Promise<number> {
  return (await desk().listChanges({ query: { order: 'desc', limit: 1 } })).data.items[0]?.seq ?? 0;
}

/** A fetch that cuts streams off after a while, or has none. */
function failing(streams: boolean): { fetch: typeof fetch; asked: () => number } {
  let asked = 0;
  const failingFetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!url.pathname.endsWith('/stream')) return fetch(input, init);
    if (!streams) return new Response('', { status: 404 });
    asked++;
    const response = await fetch(input, init);
    const { readable, writable } = new TransformStream();
    void response.body?.pipeTo(writable, { signal: AbortSignal.timeout(300) }).catch(() => undefined);
    return new Response(readable, response);
  };
  return { fetch: failingFetch, asked: () => asked };
}

for (const streams of [true, false]) {
  test(`each change comes once and in order, ${streams ? 'although streams are cut off' : 'where there are no streams'}`, async () => {
    const after = await place();
    const names = Array.from({ length: 6 }, () => fresh('followed'));
    const writing = (async () => {
      for (const name of names) {
        await desk().createSource({ body: { kind: 'outlet', name }, headers: { 'X-Change-Reason': reason } });
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    })();
    const { fetch, asked } = failing(streams);
    const seen: string[] = [];
    let last = after;
    for await (const change of desk({ fetch }).follow({ query: { after, resource: 'source' } })) {
      assert.ok(change.seq > last, `${change.seq} comes after ${last}`);
      last = change.seq;
      const { name } = change.state as { name: string };
      if (!names.includes(name)) continue;
      assert.equal(change.reason, reason);
      seen.push(name);
      if (seen.length === names.length) break;
    }
    await writing;
    assert.deepEqual(seen, names);
    assert.ok(!streams || asked() > 1, 'the stream was to be cut off');
  });
}

test('a place beyond the order, and an end by the signal, are told', async () => {
  const beyond = desk().follow({ query: { after: (await place()) + 1_000_000 } });
  await assert.rejects(beyond.next(), (error) => error instanceof Problem && error.status === 422);
  const ended = desk().follow({ signal: AbortSignal.timeout(200), query: { actor: 'nobody' } });
  await assert.rejects(ended.next(), { name: 'TimeoutError' });
});

for (const streams of [true, false]) {
  test(`each time that a claim comes to stand otherwise comes once, ${streams ? 'by a stream that is cut off' : 'by pages'}`, async () => {
    let after = 0;
    for await (const { seq } of desk().each.listStandingChanges({ query: { limit: 1000 } })) after = seq;
    const claims: string[] = [];
    const writing = (async () => {
      for (const name of Array.from({ length: 4 }, () => fresh('ferry'))) {
        claims.push((await desk().createClaim({ body: { statement: { en: `The ${name} ran.` } } })).data.id);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    })();
    const seen = new Set<string>();
    let last = after;
    for await (const change of desk({ fetch: failing(streams).fetch }).followStandings({ query: { after } })) {
      assert.ok(change.seq > last, `${change.seq} comes after ${last}`);
      last = change.seq;
      assert.ok(!seen.has(change.claim) && !change.before && change.after, JSON.stringify(change));
      seen.add(change.claim);
      if (seen.size === 4) break;
    }
    await writing;
    assert.deepEqual([...seen].sort(), claims.sort());
  });
}
