// What the compiler must refuse. It is compiled with the tests and never run.
import type { Headwater, ListedClaim, RelationKind, SourceCard } from '@headwater/client';

export async function refused(headwater: Headwater): Promise<void> {
  const path = { id: '' };
  // @ts-expect-error a claim has a statement
  await headwater.createClaim({ body: {} });
  // @ts-expect-error there is no such field
  await headwater.createClaim({ body: { statement: {}, topic: 'x' } });
  // @ts-expect-error there are three stances, and no more will come
  await headwater.createAttribution({ body: { claim: '', document: '', stance: 'shrugs', chain: [{ source: '' }] } });
  // @ts-expect-error a document is no claim
  await headwater.listClaims({ query: { publisher_of: '' } });
  // @ts-expect-error of which claim
  headwater.each.listClaimAttributions();
  // @ts-expect-error one claim is no list
  headwater.each.getClaim({ path });
  // @ts-expect-error it may be missing
  const name: string = headwater.each.listClaims().sources['x'].name;
  const { data } = await headwater.getClaim({ path, throwOnError: false });
  // @ts-expect-error if it was refused there is no claim
  const { version } = data;
  for await (const line of headwater.exportLines()) {
    // @ts-expect-error only some lines have one
    const { chain } = line;
    if (line.type === 'attribution') line.chain[0]?.source.charAt(0);
    void chain;
  }
  void [name, version];
}

// @ts-expect-error kinds of relations may be added, and then this would say nothing of them
export function exhausted(kind: RelationKind): string {
  switch (kind) {
    case 'part_of':
    case 'controlled_by':
    case 'speaks_for':
    case 'owned_by':
    case 'member_of':
      return 'known';
  }
}

export async function accepted(headwater: Headwater): Promise<void> {
  'twinned_with' satisfies RelationKind;
  for await (const claim of headwater.each.listClaims({ query: { include: ['standing'], limit: 5 } })) claim satisfies ListedClaim;
  for await (const page of headwater.each.listSourceClaims({ path: { id: '' } }).pages())
    page.sources satisfies Record<string, SourceCard> | undefined;
}
