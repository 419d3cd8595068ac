import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cut, Problem, select, toCodePoints, toUTF16 } from '@headwater/client';
import { desk } from './service.js';

// Letters, Arabic ones with diacritics, digits, emoji alone and joined, and halves of surrogate pairs.
const unit = fc.oneof(
  fc.constantFrom('a', ' ', 'ب', 'بَّ', 'إِنَّ', '٧', 'ـ', 'é', 'e\u0301', '😀', '👩🏽‍🚒', '🇪🇬', '𐤀', '\ud83d', '\ude00'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const texts = fc.array(unit, { maxLength: 30 }).map((units) => units.join(''));
const spans = fc.tuple(texts, fc.nat(), fc.nat()).map(([text, a, b]) => {
  const length = Array.from(text).length + 1;
  const [start, end] = [a % length, b % length].sort((x, y) => x - y) as [number, number];
  return { text, span: { start, end } };
});

test('a span is cut as a list of code points is', () => {
  fc.assert(fc.property(spans, ({ text, span }) => assert.equal(cut(text, span), Array.from(text).slice(span.start, span.end).join(''))));
});

test('offsets there and back are the same', () => {
  fc.assert(
    fc.property(spans, ({ text, span }) => {
      const units = toUTF16(text, span);
      assert.equal(text.slice(units.start, units.end), cut(text, span));
      assert.deepEqual(toCodePoints(text, units), span);
    }),
  );
});

test('a selection has its words, and what stands before and after them', () => {
  fc.assert(
    fc.property(spans, fc.nat({ max: 9 }), ({ text, span }, context) => {
      const points = Array.from(text);
      const { start, end, exact, prefix = '', suffix = '' } = select(text, toUTF16(text, span), context);
      assert.deepEqual({ start, end }, span);
      assert.equal(exact, cut(text, span));
      assert.equal(prefix, points.slice(Math.max(0, start - context), start).join(''));
      assert.equal(suffix, points.slice(end, end + context).join(''));
    }),
  );
});

test('what is no span of the text is refused', () => {
  for (const [name, run] of Object.entries({
    'an end past the text': () => cut('😀', { start: 0, end: 2 }),
    'a start past the text': () => cut('😀', { start: 2, end: 2 }),
    'an end before the start': () => cut('abc', { start: 2, end: 1 }),
    'a negative start': () => cut('abc', { start: -1, end: 1 }),
    'half an offset': () => cut('abc', { start: 0, end: 1.5 }),
    'no number': () => cut('abc', { start: 0, end: Number.NaN }),
    'an offset within an emoji': () => toCodePoints('😀', { start: 0, end: 1 }),
    'an offset past the text': () => toCodePoints('abc', { start: 0, end: 4 }),
  })) {
    assert.throws(run, RangeError, name);
  }
});

test('the service counts as the client does', async () => {
  const headwater = desk();
  const text = '👩🏽‍🚒 قالت: «إِنَّ الجِسْرَ آمِنٌ» 😀 e\u0301 fin';
  const words = 'إِنَّ الجِسْرَ آمِنٌ';
  const { data: outlet } = await headwater.createSource({ body: { kind: 'outlet', name: 'Outlet' } });
  const { data: document } = await headwater.createDocument({ body: { publisher: outlet.id, kind: 'post', text } });
  const { data: claim } = await headwater.createClaim({ body: { statement: { ar: 'الجسر آمن.' } } });
  const at = text.indexOf(words);
  const content = select(text, { start: at, end: at + words.length });
  const attribution = { claim: claim.id, document: document.id, stance: 'affirms' as const, chain: [{ source: outlet.id }] };
  const { data: made } = await headwater.createAttribution({ body: { ...attribution, content } });
  assert.deepEqual(made.content, content);
  const { data: stored } = await headwater.getDocument({ path: { id: document.id } });
  assert.equal(cut(stored.text ?? '', made.content!), words);
  const shifted = { start: content.start, end: content.end, exact: 'x'.repeat(content.end - content.start) };
  await assert.rejects(headwater.createAttribution({ body: { ...attribution, content: shifted } }),
    (error) => error instanceof Problem && error.faults[0]?.code === 'quote_mismatch');
});
