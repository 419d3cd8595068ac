import { createClient } from '@headwater/client';

const headwater = createClient({ url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY! });

const { data } = await headwater.listSources({ query: { key: 'cargo-manifest', namespace: 'https://headwater.example/demo' } });
const { id } = data.items[0]!;

for await (const { claim, before, after } of headwater.each.getSourceImpact({ path: { id } })) {
  const [first, then] = [before, after].map(({ standing, independent_origins }) => `${standing} by ${independent_origins.min}`);
  console.log(`${claim}: ${first}, then ${then}`);
}
