import { createClient } from '@headwater/client';

const headwater = createClient({ url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY! });

const { data } = await headwater.listClaims({ query: { key: 'harbour-blast-toll', namespace: 'https://headwater.example/demo' } });
const claim = data.items[0]!;
console.log(claim.statement.en);

const attributions = headwater.each.listClaimAttributions({ path: { id: claim.id } });
for await (const { stance, content, chain } of attributions) {
  if (chain.length < 5) continue;
  console.log(`${stance}: “${content?.exact}”`);
  for (const { source, act, certainty } of chain) {
    console.log(`  ${attributions.sources[source]?.name}: ${act} [${certainty}]`);
  }
}
