package interchange

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
)

// ReviewedClaim is a claim with its reviews and appearances: what the formats of fact-checks can carry of it.
type ReviewedClaim struct {
	ID          uuid.UUID
	Statement   headwater.Texts
	Reviews     []AuthoredReview
	Appearances []Appearance // affirming ones only, by publication; undated ones last
}

// AuthoredReview is a review with its author.
type AuthoredReview struct {
	Author        SourceProfile    `json:"author"`
	Rating        headwater.Rating `json:"rating"`
	Title         string           `json:"title"`
	URL           string           `json:"url"`
	Language      string           `json:"language"`
	ClaimReviewed string           `json:"claim_reviewed"`
	Published     headwater.Moment `json:"published"`
}

// SourceProfile is what the formats carry of a source.
type SourceProfile struct {
	ID          uuid.UUID            `json:"id"`
	Kind        headwater.SourceKind `json:"kind"`
	Name        string               `json:"name"`
	URL         string               `json:"url"`
	Domains     []string             `json:"domains"`
	ExternalIDs map[string]string    `json:"external_ids"`
}

// Appearance is a place where a claim is made.
type Appearance struct {
	Kind      headwater.DocumentKind `json:"kind"`
	Title     string                 `json:"title"`
	URL       string                 `json:"url"`
	Language  string                 `json:"language"`
	Published *headwater.Interval    `json:"published"`
	Publisher SourceProfile          `json:"publisher"`
	Origin    SourceProfile          `json:"origin"`
	SaidAt    *headwater.Interval    `json:"said_at"`
	// Reviewing says that it is the page of a review, which reports the claim but does not make it.
	Reviewing bool `json:"reviewing"`
}

// claimant is the origin of the first appearance, with the time of the statement. The formats have no ranges: one is left out.
func (c ReviewedClaim) claimant() (SourceProfile, headwater.Moment, bool) {
	if len(c.Appearances) == 0 {
		return SourceProfile{}, "", false
	}
	first := c.Appearances[0]
	if first.SaidAt == nil {
		return first.Origin, "", true
	}
	return first.Origin, first.SaidAt.Single(), true
}

// wording is the claim in the words of a review.
func (c ReviewedClaim) wording(r AuthoredReview) string {
	if r.ClaimReviewed != "" {
		return r.ClaimReviewed
	}
	if text, ok := c.Statement[r.Language]; ok {
		return text
	}
	return c.Statement[slices.Min(slices.Collect(maps.Keys(c.Statement)))]
}

// site is the host or the account under which somebody publishes.
func (p SourceProfile) site() string {
	if len(p.Domains) > 0 {
		return p.Domains[0]
	}
	return cmp.Or(identity.Account(p.URL), HostOf(p.URL))
}

// Instant is a moment in UTC as RFC 3339 writes it: of a day its midnight, as Google writes it. It is empty for a month or a year,
// which no instant is.
func Instant(m headwater.Moment) string {
	if len(m) < len("2006-01-02") {
		return ""
	}
	return m.Earliest().Format(time.RFC3339Nano)
}
