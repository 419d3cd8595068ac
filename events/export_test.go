package events

// What tests look at inside.
var (
	SignSymmetric  = signSymmetric
	SignAsymmetric = signAsymmetric
	IsPublic       = isPublic
	WaitAfter      = waitAfter
)
