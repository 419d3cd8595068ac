/** The operations that the page calls. What is not named here is not in its files; of each, these have but method and address. */
import {
  analyzeClaims, countProposals, createAttribution, createClaim, createDocument, createRelation, createSession, createSource, endSession,
  getAttribution, getClaim, getClaimCorroboration, getClaimProvenance, getClaimTimeline, getDocument, getLink, getRelation,
  getSession, getSource, getSourceControl, getSourceImpact, leaseProposals, listAttributionVersions, listAttributions,
  listChanges, listClaimContradictions, listClaimLinks, listClaimVersions, listClaims, listDocumentAttributions,
  listDocumentVersions, listDocuments, listLinkVersions, listMatchVersions, listProposals, listRelationVersions,
  listRelations, listReviewVersions, listSourceClaims, listSourceVersions, listSources, listStandingChanges, makeDecisions,
  mergeClaim, mergeSource, patchAttribution, patchClaim, patchDocument, patchLink, patchRelation, patchSource, restoreSource,
  retractRelation, retractSource, suggestLinks, undoChanges,
} from '@headwater/client/functions';

export const operations = {
  analyzeClaims, countProposals, createAttribution, createClaim, createDocument, createRelation, createSession, createSource, endSession,
  getAttribution, getClaim, getClaimCorroboration, getClaimProvenance, getClaimTimeline, getDocument, getLink, getRelation,
  getSession, getSource, getSourceControl, getSourceImpact, leaseProposals, listAttributionVersions, listAttributions,
  listChanges, listClaimContradictions, listClaimLinks, listClaimVersions, listClaims, listDocumentAttributions,
  listDocumentVersions, listDocuments, listLinkVersions, listMatchVersions, listProposals, listRelationVersions,
  listRelations, listReviewVersions, listSourceClaims, listSourceVersions, listSources, listStandingChanges, makeDecisions,
  mergeClaim, mergeSource, patchAttribution, patchClaim, patchDocument, patchLink, patchRelation, patchSource, restoreSource,
  retractRelation, retractSource, suggestLinks, undoChanges,
};
