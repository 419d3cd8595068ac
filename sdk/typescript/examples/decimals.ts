import { isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { createClient, ifMatch } from '@headwater/client';

// Numbers that JavaScript would round are kept as they were written; all others are numbers.
const exact = (digits: string) => (isSafeNumber(digits) ? Number(digits) : new LosslessNumber(digits));
const json = { parse: (text: string) => parse(text, null, exact), stringify };
const headwater = createClient({ url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY!, json });

const value = exact('18446744073709551615.1') as number;
const { data: claim } = await headwater.createClaim({
  body: { statement: { en: 'The board held this many grains.' }, quantities: [{ value, unit: 'grain', comparator: '=' }] },
});
const { data: changed } = await headwater.updateClaim({
  path: { id: claim.id },
  headers: ifMatch(claim),
  body: { statement: { en: 'The board held so many grains.' }, quantities: claim.quantities! },
});
console.log(String(changed.quantities![0]!.value), changed.version);
