package provenance

// LimitProposalWork lets less be gone through for proposed links, so that few facts reach the bound.
func (a *Analysis) LimitProposalWork(n int) *Analysis {
	a.proposalWork = n
	return a
}
