import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createClient, ifMatch, Problem, type BundleLine, type Claim } from '@headwater/client';
import { claimByKey, demo, desk, fresh, given, url } from './service.js';

const headwater = desk();

test('what is created is found again, by its key and by its words', async () => {
  const key = fresh('tamarisk');
  const { data: made, response } = await headwater.createClaim({
    body: { key, statement: { en: `The ${key} was moved.`, ar: 'نُقلت الطرفاء.' }, topics: [key] } });
  assert.equal(response.status, 201);
  assert.equal(made.version, 1);
  assert.equal(made.statement.ar, 'نُقلت الطرفاء.');
  assert.deepEqual((await headwater.getClaim({ path: { id: made.id } })).data, made);
  const { data: page } = await headwater.listClaims({ query: { q: 'نقلت الطرفاء', topic: key } });
  assert.deepEqual(page.items.map(({ id }) => id), [made.id]);
});

test('a list of 1,000 claims is walked in small pages, each once and in order', async () => {
  const topic = fresh('walked');
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  await headwater.importLines(claimsOf(topic, numbers));
  const asked: string[] = [];
  const counting = desk({ fetch: (request, init) => (asked.push((request as Request).url), fetch(request, init)) });
  const found: Pick<Claim, 'id' | 'key'>[] = [];
  for await (const claim of counting.each.listClaims({ query: { topic, limit: 37 } })) found.push(claim);
  assert.equal(asked.length, Math.ceil(1000 / 37));
  assert.ok(asked.every((address) => new URL(address).searchParams.get('topic') === topic &&
    new URL(address).searchParams.get('limit') === '37'));
  const ids = found.map(({ id }) => id);
  assert.deepEqual(ids, [...ids].sort());
  assert.deepEqual(new Set(found.map(({ key }) => key)), new Set(numbers.map((i) => `${topic}-${i}`)));
});

function* claimsOf(topic: string, numbers: number[]): Generator<BundleLine> {
  yield { type: 'bundle', format: 'headwater-bundle/1', namespace: 'https://headwater.example/walk' };
  for (const i of numbers) yield { type: 'claim', key: `${topic}-${i}`, statement: { en: `Crate ${i} was opened.` }, topics: [topic] };
}

test('a walk that is left asks for no more pages, and one that is begun again begins at the start', async () => {
  let asked = 0;
  const counting = desk({ fetch: (request, init) => (asked++, fetch(request, init)) });
  const walk = counting.each.listSources({ query: { limit: 2 } });
  for await (const _ of walk) break;
  assert.equal(asked, 1);
  const pages = [];
  for await (const page of walk.pages()) {
    pages.push(page);
    if (pages.length === 2) break;
  }
  assert.equal(asked, 3);
  assert.notDeepEqual(pages[0]?.items, pages[1]?.items);
});

test('every list can be walked', async (t) => {
  const claim = await claimByKey(headwater, 'harbour-blast-toll');
  const source = (await headwater.listSources({ query: { key: 'gov-marjan', namespace: demo } })).data.items[0]!;
  const document = (await headwater.listDocuments({ query: { key: 'oxbow-night', namespace: demo } })).data.items[0]!;
  const { each } = headwater;
  const path = { id: claim.id };
  const query = { limit: 1 };
  const admin = createClient({ url, key: given('HEADWATER_ADMIN_KEY') });
  const walks = {
    sources: each.listSources({ query }),
    relations: each.listRelations({ query }),
    documents: each.listDocuments({ query }),
    claims: each.listClaims({ query: { ...query, q: 'explosion' } }),
    attributions: each.listAttributions({ query }),
    links: each.listLinks({ query }),
    reviews: each.listReviews({ query }),
    changes: each.listChanges({ query }),
    'attributions of a claim': each.listClaimAttributions({ path, query }),
    'links of a claim': each.listClaimLinks({ path, query }),
    'what contradicts a claim': each.listClaimContradictions({ path, query }),
    'what corroborates a claim': each.listClaimCorroborations({ path, query: { ...query, status: ['all'] } }), // one is proposed
    'timeline of a claim': each.getClaimTimeline({ path, query }),
    'attributions of a document': each.listDocumentAttributions({ path: { id: document.id }, query }),
    'claims of a source': each.listSourceClaims({ path: { id: source.id }, query }),
    'what rests on a source': each.getSourceImpact({ path: { id: source.id }, query }),
    'what rests on a document': each.getDocumentImpact({ path: { id: document.id }, query }),
    keys: admin.each.listKeys({ query }),
  };
  for (const [name, walk] of Object.entries(walks)) {
    await t.test(name, async () => {
      let read = 0;
      for await (const _ of walk as AsyncIterable<unknown>) if (++read === 3) break;
      assert.ok(read > 1, `${read}`);
    });
  }
});

test('a walk knows the sources that the thing just given names', async () => {
  const claim = await claimByKey(headwater, 'harbour-blast-toll');
  const walk = headwater.each.listClaimAttributions({ path: { id: claim.id }, query: { limit: 2 } });
  let hops = 0;
  for await (const { chain } of walk) {
    for (const { source } of chain) {
      assert.ok(walk.sources[source]?.name);
      hops++;
    }
  }
  assert.ok(hops > 10);
});

test('a report says what its numbers rest on', async () => {
  const claim = await claimByKey(headwater, 'harbour-blast-toll');
  const { data: report, response } = await headwater.getClaimCorroboration({ path: { id: claim.id } });
  assert.equal(report.standing, 'contested');
  assert.deepEqual([report.affirming.independent_origins.min, report.affirming.independent_origins.max, report.affirming.lines], [2, 5, 1]);
  assert.equal(report.affirming.evidence.length, report.affirming.attributions);
  const again = await headwater.getClaimCorroboration({ path: { id: claim.id },
    headers: { 'If-None-Match': response.headers.get('ETag')! }, throwOnError: false });
  assert.equal(again.response.status, 304);
  const { data: reports } = await headwater.analyzeClaims({ body: { claims: [claim.id] } });
  assert.deepEqual(reports.items[0]?.affirming.independent_origins, report.affirming.independent_origins);
});

test('a list in a query goes as the service reads it', async () => {
  const { data } = await headwater.listSources({ query: { kind: 'outlet', fields: ['country', 'domains'], limit: 3 } });
  assert.equal(data.items.length, 3);
  assert.ok(data.items.every((source) => source.aliases === undefined));
  const claim = await claimByKey(headwater, 'harbour-blast-toll');
  const { data: ids } = await headwater.listClaims({ query: { id: [claim.id, (await claimByKey(headwater, 'toll-31')).id] } });
  assert.equal(ids.items.length, 2);
  const { data: without } = await headwater.getClaimCorroboration({ path: { id: claim.id },
    query: { without: await idsOf('oxbow-wire', 'gov-marjan') } });
  assert.equal(without.affirming.lines, 0);
});

async function idsOf(...keys: string[]): Promise<string[]> {
  return Promise.all(keys.map(async (key) => (await headwater.listSources({ query: { key, namespace: demo } })).data.items[0]!.id));
}

test('a claim is drawn', async () => {
  const claim = await claimByKey(headwater, 'harbour-blast-toll');
  assert.match(await headwater.drawClaim(claim.id, 'mermaid'), /^(flowchart|graph) /m);
  assert.match(await headwater.drawClaim(claim.id, 'dot', { include_proposed: true }), /^digraph /m);
});

test('the demo goes in unchanged, and comes out as it went in', async () => {
  const text = readFileSync(given('DEMO_BUNDLE'), 'utf8');
  const { counts } = await headwater.importLines(text, { reason: 'once more' });
  for (const [resource, { added, changed }] of Object.entries(counts)) assert.deepEqual([resource, added, changed], [resource, 0, 0]);
  const sent = text.trim().split('\n').map((line) => JSON.parse(line) as BundleLine);
  const keys = new Set<string>();
  let header: BundleLine | undefined;
  for await (const line of headwater.exportLines()) {
    header ??= line;
    if (line.type !== 'bundle' && line.namespace === demo && line.key) keys.add(`${line.type}/${line.key}`);
  }
  assert.equal(header?.type, 'bundle');
  for (const line of sent) if (line.type !== 'bundle' && line.key) assert.ok(keys.has(`${line.type}/${line.key}`), line.key);
});

test('an import refused tells each fault by its line, and keeps nothing', async () => {
  const key = fresh('kept');
  const lines: BundleLine[] = [
    { type: 'bundle', format: 'headwater-bundle/1', namespace: 'https://headwater.example/refused' },
    { type: 'claim', key, statement: { en: 'Kept?' }, topics: [key] },
    { type: 'claim', key: fresh('none'), statement: {} },
  ];
  const problem = await refused(headwater.importLines(lines));
  assert.deepEqual([problem.status, problem.code], [422, 'invalid']);
  assert.deepEqual(problem.faults.map(({ line, pointer, code }) => ({ line, pointer, code })),
    [{ line: 3, pointer: '/statement', code: 'required' }]);
  assert.match(problem.message, /line 3 \/statement: required/);
  assert.deepEqual((await headwater.listClaims({ query: { topic: key } })).data.items, []);
});

test('lines are gathered first where they cannot be sent as they come', async () => {
  const topic = fresh('gathered');
  const lines = async function* () {
    for (const line of claimsOf(topic, [1, 2, 3])) yield line;
  };
  assert.equal((await headwater.importLines(lines(), { stream: false, idempotencyKey: topic })).counts['claim']?.added, 3);
  assert.equal((await headwater.importLines(claimsOf(topic, [1, 2, 3]), { idempotencyKey: topic })).counts['claim']?.added, 3);
  assert.equal((await headwater.listClaims({ query: { topic } })).data.items.length, 3);
});

async function refused(asked: Promise<unknown>): Promise<Problem> {
  const error: unknown = await asked.then(() => assert.fail('was not refused'), (error: unknown) => error);
  assert.ok(error instanceof Problem, String(error));
  assert.ok(error.requestId);
  return error;
}

test('what is refused says why, in a form for programs', async (t) => {
  const key = fresh('refused');
  const { data: claim } = await headwater.createClaim({ body: { key, statement: { en: 'Said once.' } } });
  const body = { statement: { en: 'Said again.' } };
  const path = { id: claim.id };
  const cases: Record<string, { asked: () => Promise<unknown>; status: number; code: string; faults?: string[] }> = {
    'a key that is taken': { asked: () => headwater.createClaim({ body: { key, ...body } }), status: 409, code: 'already_exists' },
    'a version that is not the present one': { asked: () => headwater.updateClaim({ path, headers: ifMatch({ version: 7 }), body }),
      status: 412, code: 'version_mismatch' },
    'no version': { asked: () => headwater.updateClaim({ path, body }), status: 428, code: 'version_required' },
    'a state that does not allow it': { asked: () => headwater.unmergeClaim({ path, headers: ifMatch('*') }),
      status: 409, code: 'conflict' },
    'a body with two faults': { asked: () => headwater.createClaim({ body: { statement: { en: '' }, event_time: { start: 'May' } } }),
      status: 422, code: 'invalid', faults: ['/event_time/start', '/statement/en'] },
    'nothing there': { asked: () => headwater.getClaim({ path: { id: crypto.randomUUID() } }), status: 404, code: 'not_found' },
    'no key': { asked: () => createClient({ url }).listClaims(), status: 401, code: 'unauthorized' },
    'a key for less': { asked: () => desk({ key: given('HEADWATER_READ_KEY') }).createClaim({ body }), status: 403, code: 'forbidden' },
  };
  for (const [name, { asked, status, code, faults = [] }] of Object.entries(cases)) {
    await t.test(name, async () => {
      const problem = await refused(asked());
      assert.deepEqual([problem.status, problem.code], [status, code]);
      assert.deepEqual(problem.faults.map(({ pointer }) => pointer).filter((pointer) => faults.includes(pointer)).sort(), faults);
      assert.equal(problem.version, status === 412 ? 1 : undefined);
    });
  }
});

test('whoever asks not to throw gets the problem as it was sent', async () => {
  const { data, error, response } = await headwater.getClaim({ path: { id: crypto.randomUUID() }, throwOnError: false });
  assert.equal(data, undefined);
  assert.equal(error?.code, 'not_found');
  assert.equal(response.headers.get('X-Request-Id'), error?.request_id);
});

test('a number that JavaScript has rounded is not written', async () => {
  const claim = (value: number) =>
    headwater.createClaim({ body: { statement: { en: 'So many.' }, quantities: [{ value, unit: 'grain', comparator: '=' }] } });
  await assert.rejects(claim(Number('18446744073709551615')), /^RangeError: value is 18446744073709552000/);
  await assert.rejects(claim(Number.NaN), RangeError);
  const { data } = await claim(123456789.012345);
  assert.equal(data.quantities?.[0]?.value, 123456789.012345);
});

test('a page of an origin that may call the service can send and read what the client does', async () => {
  const headers = 'authorization, content-type, idempotency-key, if-match, if-none-match, x-change-reason';
  const preflight = await fetch(`${url}/v1/claims`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://desk.example', 'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': headers.replaceAll(' ', '') },
  });
  assert.equal(preflight.headers.get('Access-Control-Allow-Origin'), 'https://desk.example');
  assert.equal(preflight.headers.get('Access-Control-Allow-Headers')?.toLowerCase().replaceAll(' ', ''), headers.replaceAll(' ', ''));
  const answer = await fetch(`${url}/v1/claims`, { headers: { Origin: 'https://desk.example' } });
  const exposed = answer.headers.get('Access-Control-Expose-Headers')?.toLowerCase() ?? '';
  for (const name of ['etag', 'retry-after', 'x-request-id']) assert.ok(exposed.includes(name), exposed);
});
