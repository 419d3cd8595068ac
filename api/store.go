package api

// Store is all that the API needs of a store; *store.Store has it. Each part stands beside the handlers that use it.
//
// Unless a method says otherwise: those that take an id or a version give CodeNotFound for an unknown id,
// and CodeVersionMismatch, with the current version, where the version is neither 0 nor the current one; 0 is any. What a
// thing's state forbids, and a change of the same things by somebody else, is CodeConflict. What is wrong with the words of
// a request is headwater.Faults, all of them at once. Any other error is a failure of the store, of which clients see
// nothing. Lists give one page; a cursor that is not of the same list, filter and order is a fault. A change, its entry in
// the history and the stored response to its request are committed together or not at all.
type Store interface {
	HealthStore
	KeyStore
	SessionStore
	WebhookStore
	ResponseStore
	CardStore
	NameStore

	SourceStore
	RelationStore
	DocumentStore
	ClaimStore
	AttributionStore
	LinkStore
	ReviewStore
	MatchStore

	HistoryStore
	LogStore
	SealStore
	UndoStore
	FeedStore
	EvidenceStore
	StandingStore
	SuggestionStore
	ProposalStore
	FactCheckStore
	TransferStore
}
