// Google's client for Node against a running service, whose address, key and number of invented claims google_test.go gives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factchecktools } from '@googleapis/factchecktools';

const { HEADWATER_ROOT: rootUrl, HEADWATER_KEY: key, INVENTED } = process.env;
const { claims } = factchecktools({ version: 'v1alpha1', rootUrl, auth: key });
const stranger = factchecktools({ version: 'v1alpha1', rootUrl }).claims;

for (const [name, query, n] of [
  ['English', { query: 'lighthouse keepers', languageCode: 'en-US' }, Number(INVENTED)],
  ['Arabic', { query: 'حارس المناره', languageCode: 'ar' }, Number(INVENTED)],
  ['a site', { reviewPublisherSiteFilter: 'https://mizan.example/' }, Number(INVENTED) + 1],
  ['nothing', { query: 'zeppelin' }, 0],
]) {
  test(`search: ${name}`, async () => {
    const { data } = await claims.search({ ...query, pageSize: 200 });
    assert.equal(data.claims?.length ?? 0, n);
  });
}

for (const [query, text] of [
  ['the lighthouse keeper saw ١١١ ships all dark silent', 'The lighthouse keeper saw 111 ships, "all" dark & silent…'],
  ['شاهد حارس المنارة 111 سفينة مظلمة', 'شاهد حارس المنارة 111 سفينةً مظلمةً 🚢 #المنارة'],
  ['أغلق الجسر من أجل عرس', 'أُغلق الجسر من أجل عرس.'],
]) {
  test(`first comes: ${text}`, async () => {
    const { data } = await claims.search({ query });
    assert.equal(data.claims[0].text, text);
  });
}

test('a claim is whole', async () => {
  const { data } = await claims.search({ query: 'bridge', languageCode: 'en' });
  assert.deepEqual(data, {
    claims: [{
      text: 'The bridge was closed for a wedding.',
      claimant: 'A page',
      claimDate: '2025-02-27T08:00:00Z',
      claimReview: [{
        publisher: { name: 'Plumbline', site: 'plumb.example' },
        url: 'https://plumb.example/bridge',
        title: 'Checked: bridge',
        reviewDate: '2025-03-01T00:00:00Z',
        textualRating: 'Misleading',
        languageCode: 'en',
      }],
    }],
  });
});

test('pages, by token and by offset', async () => {
  const question = { query: 'المنارة', pageSize: 5 };
  const walked = [];
  for (let pageToken, more = true; more; more = pageToken !== undefined) {
    const { data } = await claims.search({ ...question, pageToken });
    walked.push(...data.claims.map(({ text }) => text));
    pageToken = data.nextPageToken;
  }
  const passed = [];
  for (let offset = 0, n = 1; n > 0; offset += n) {
    const { data } = await claims.search({ ...question, offset });
    n = data.claims?.length ?? 0;
    passed.push(...(data.claims ?? []).map(({ text }) => text));
  }
  assert.equal(new Set(walked).size, Number(INVENTED));
  assert.deepEqual(walked, passed);
});

for (const [name, from, query, code, says] of [
  ['no query', claims, {}, 400, 'query: expected words of a claim, or reviewPublisherSiteFilter'],
  ['a page below 0', claims, { query: 'a', pageSize: -1 }, 400, 'pageSize is "-1"; expected a number >= 0'],
  ['no key', stranger, { query: 'a' }, 401, 'X-Goog-Api-Key'],
]) {
  test(`error: ${name}`, async () => {
    await assert.rejects(from.search(query), (error) => {
      assert.equal(error.status, code);
      assert.ok(error.message.includes(says), error.message);
      return true;
    });
  });
}

test('error: what is not served', async () => {
  await assert.rejects(claims.imageSearch({ imageUri: 'https://a.example/' }), (error) => error.status === 404 && error.message.includes('no such path'));
});
