import { createClientOf, getClaimCorroboration, listClaims } from '@headwater/client/functions';

const options = { url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY! };
const headwater = createClientOf(options, { getClaimCorroboration, listClaims });

for await (const claim of headwater.each.listClaims({ query: { key: 'harbour-blast-toll' } })) {
  const { data: report } = await headwater.getClaimCorroboration({ path: { id: claim.id } });
  console.log(`${claim.statement.en}: ${report.standing}`);
}
