import { createClient, cut, ifMatch, Problem, select } from '@headwater/client';

const headwater = createClient({ url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY! });
const text = '⚓ قالت رئيسة البلدية إنّ الجسر آمن.';

const { data: paper } = await headwater.createSource({ body: { key: 'paper', kind: 'outlet', name: 'The Paper' } });
const { data: mayor } = await headwater.createSource({ body: { key: 'mayor', kind: 'person', name: 'رئيسة البلدية' } });
const { data: page } = await headwater.createDocument({ body: { publisher: paper.id, kind: 'article', language: 'ar', text } });
const { data: claim } = await headwater.createClaim({ body: { statement: { en: 'The bridge is safe.', ar: 'الجسر آمن.' } } });

// What a reader marked on a page is in UTF-16; select makes of it what the service stores, in code points.
const start = text.indexOf('الجسر آمن');
const content = select(text, { start, end: start + 'الجسر آمن'.length });
await headwater.createAttribution({
  body: {
    claim: claim.id,
    document: page.id,
    stance: 'affirms',
    content,
    chain: [
      { source: paper.id, act: 'publishes' },
      { source: mayor.id, act: 'says' },
    ],
  },
});
console.log(content.start, cut(text, content));

// A change names the version that it changes. Here it is one that somebody else has changed meanwhile.
await headwater.patchClaim({ path: { id: claim.id }, headers: ifMatch(claim), body: { topics: ['bridges'] } });
try {
  await headwater.patchClaim({ path: { id: claim.id }, headers: ifMatch(claim), body: { topics: ['safety'] } });
} catch (error) {
  if (!(error instanceof Problem) || error.code !== 'version_mismatch') throw error;
  console.log(`${error.code}: it has version ${error.version} now`);
}
try {
  await headwater.createClaim({ body: { statement: { en: '' }, event_time: { start: 'May' } } });
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.log(error.faults.map(({ pointer, code }) => `${pointer} ${code}`).sort().join(', '));
}
