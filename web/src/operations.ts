/** The operations that the page calls. What is not named here is not in its files; of each, these have but method and address. */
import * as functions from '@headwater/client/functions';

type Called =
  | 'analyzeClaims' | 'countProposals' | 'createAttribution' | 'createClaim' | 'createDocument' | 'createRelation' | 'createSession'
  | 'createSource' | 'endSession' | 'getAttribution' | 'getClaim' | 'getClaimCorroboration' | 'getClaimProvenance' | 'getClaimTimeline'
  | 'getDocument' | 'getLink' | 'getRelation' | 'getSession' | 'getSource' | 'getSourceControl' | 'getSourceImpact' | 'leaseProposals'
  | 'listAttributionVersions' | 'listAttributions' | 'listChanges' | 'listClaimContradictions' | 'listClaimLinks' | 'listClaimVersions'
  | 'listClaims' | 'listDocumentAttributions' | 'listDocumentVersions' | 'listDocuments' | 'listLinkVersions' | 'listMatchVersions'
  | 'listProposals' | 'listRelationVersions' | 'listRelations' | 'listReviewVersions' | 'listSourceClaims' | 'listSourceVersions'
  | 'listSources' | 'listStandingChanges' | 'makeDecisions' | 'mergeClaim' | 'mergeSource' | 'patchAttribution' | 'patchClaim'
  | 'patchDocument' | 'patchLink' | 'patchRelation' | 'patchSource' | 'restoreSource' | 'retractRelation' | 'retractSource'
  | 'suggestLinks' | 'undoChanges';

export const operations: Pick<typeof functions, Called> = functions;
