import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem, type Change } from '@headwater/client';
import * as functions from '@headwater/client/functions';
import { createClientOf, createClaim, getClaim, listChanges, listClaims } from '@headwater/client/functions';
import { desk, fresh, given, url } from './service.js';

const some = createClientOf({ url, key: given('HEADWATER_KEY') }, { createClaim, getClaim, listChanges, listClaims });

test('a client of some operations answers, walks, follows and throws as the whole one does', async () => {
  const topic = fresh('some');
  const after = (await some.listChanges({ query: { order: 'desc', limit: 1 } })).data.items[0]!.seq;
  const made = [];
  for (let i = 0; i < 3; i++) {
    made.push((await some.createClaim({ body: { statement: { en: `Barge ${i} sank.` }, topics: [topic] } })).data);
  }
  assert.deepEqual((await some.getClaim({ path: { id: made[0]!.id } })).data, (await desk().getClaim({ path: { id: made[0]!.id } })).data);
  const walked = [];
  for await (const { id } of some.each.listClaims({ query: { topic, limit: 1 } })) walked.push(id);
  assert.deepEqual(walked, made.map(({ id }) => id).sort());
  const followed: Change[] = [];
  for await (const change of some.follow({ query: { after } })) {
    if (made.some(({ id }) => id === change.resource_id)) followed.push(change);
    if (followed.length === made.length) break;
  }
  assert.deepEqual(followed.map(({ resource_id }) => resource_id), made.map(({ id }) => id));
  await assert.rejects(some.getClaim({ path: { id: '6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d' } }),
    (problem) => problem instanceof Problem && problem.code === 'not_found');
});

test('a client without the list of changes follows none', () => {
  assert.ok(!('follow' in createClientOf({ url }, { getClaim })));
});

test('there is a function for each method of the whole client', () => {
  const whole = desk() as unknown as Record<string, unknown>;
  const named = Object.keys(functions).filter((name) => name !== 'createClientOf');
  assert.ok(named.length > 100);
  for (const name of named) assert.equal(typeof whole[name], 'function', name);
});

test('totals, facets, runs of the rules and the count of what waits', async () => {
  const headwater = desk();
  const topic = fresh('facets');
  for (const verb of ['closed', 'did not close']) {
    await headwater.createClaim({ body: { statement: { en: `The ${topic} office ${verb} its gate.` }, topics: [topic], places: [topic] } });
  }
  const { data: { total, facets } } = await headwater.listClaims({ query: { place: topic, include: ['facets'], limit: 1 } });
  assert.deepEqual([total, facets?.topic], [{ count: 2, exact: true }, { values: [{ value: topic, count: 2 }], more: false, exact: true }]);
  const ids = (await headwater.listClaims({ query: { topic } })).data.items.map(({ id }) => id);
  const { data: found } = await headwater.suggestLinks({ body: { claims: ids } });
  assert.ok(found.items.length > 0 && found.claims === 2 && found.next_cursor === undefined);
  const { data: waiting } = await headwater.countProposals({ query: { claim: ids[0]! } });
  assert.ok(waiting.exact && waiting.count > 0);
});
