import { createClient } from '@headwater/client';

const headwater = createClient({ url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY! });

const { data } = await headwater.listClaims({
  query: { key: 'harbour-blast-toll', namespace: 'https://headwater.example/demo', include: ['standing'] }
});
const { id, standing } = data.items[0]!;
console.log(standing?.standing);

const { data: report } = await headwater.getClaimCorroboration({ path: { id } });
const { attributions, independent_origins, lines, common_links } = report.affirming;
console.log(`${attributions} attributions, ${independent_origins.min} to ${independent_origins.max} independent origins, ${lines} line`);
console.log(`all of them over ${common_links.map((source) => report.sources[source]?.name)}`);

const { data: without } = await headwater.getClaimCorroboration({ path: { id }, query: { without: common_links } });
console.log(`without it: ${without.affirming.independent_origins.max} independent origin`);
