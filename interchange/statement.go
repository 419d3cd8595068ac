package interchange

import (
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
)

// statement is what one record says: a claim in words, its claimant, the pages where it appeared, and the verdicts of
// reviewers.
type statement struct {
	text        fieldText
	language    string // BCP 47; empty if not known
	claimant    party
	claimedAt   headwater.Moment
	appearances []page
	reviews     []review
}

// fieldText is a text with its place in the record.
type fieldText struct {
	text string
	at   headwater.Pointer
}

// party is a person or an organization that a record names.
type party struct {
	name fieldText
	kind headwater.SourceKind
	host string // under which it publishes
	url  string
	ids  map[string]string
}

func (p party) isMissing() bool { return p.name.text == "" && p.host == "" }

// page is a published text that a record names.
type page struct {
	at        headwater.Pointer
	kind      headwater.DocumentKind
	publisher party
	url       string
	title     string
	language  string
	published headwater.Moment
}

// review is a verdict, on a page of its own.
type review struct {
	page
	rating headwater.Rating
}

// unknownLanguage is the BCP 47 tag for a language that is not known.
const unknownLanguage = "und"

// addStatement adds the things that a record describes. Without a claim in words there is nothing to attach the others
// to.
func (r *record) addStatement(c statement) {
	claim, ok := r.addClaim(c.text, c.language)
	if !ok {
		return
	}
	claimant, hasClaimant := r.addSource(c.claimant)
	placed := false
	for _, appearance := range c.appearances {
		placed = r.addAppearance(claim, appearance, claimant, hasClaimant, c.claimedAt) || placed
	}
	for _, review := range c.reviews {
		author, ok := r.addReview(claim, c.text.text, review)
		if ok && hasClaimant && !placed { // then the review's page is the only one known to report the claim
			r.addAttribution(claim, review.page, []uuid.UUID{author, claimant}, c.claimedAt)
		}
	}
}

func (r *record) addClaim(text fieldText, language string) (uuid.UUID, bool) {
	if strings.TrimSpace(text.text) == "" {
		r.fault(text.at, headwater.FaultRequired, nil, "the claim in words")
		return uuid.Nil, false
	}
	if language == "" {
		language = unknownLanguage
	}
	c := &headwater.Claim{Meta: r.identify(headwater.ResourceClaim, statementKey(text.text)), Status: headwater.EntityActive}
	c.Statement = headwater.Texts{language: text.text}
	return c.ID, r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceClaim, Thing: c, Meta: &c.Meta}, allAt(text.at))
}

// addSource adds the source that a record names, known by the host under which it publishes or, without one, by its
// name. A vague name, such as "social media users", is that of an anonymous group.
func (r *record) addSource(p party) (uuid.UUID, bool) {
	if p.isMissing() {
		return uuid.Nil, false
	}
	s := &headwater.Source{Status: headwater.EntityActive}
	s.Kind, s.Name, s.URL, s.ExternalIDs = p.kind, oneLine(p.name.text), p.url, p.ids
	if p.host != "" {
		s.Domains = []string{p.host}
	}
	if s.Name == "" {
		s.Name = p.host
	}
	if p.host == "" && identity.Vague(s.Name) {
		s.Kind, s.Anonymous = headwater.SourceGroup, true
	}
	s.Normalize()
	s.Meta = r.identify(headwater.ResourceSource, sourceKey(s.SourceFields))
	return s.ID, r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceSource, Thing: s, Meta: &s.Meta},
		allAt(p.name.at))
}

// addReview adds a verdict, and returns its author.
func (r *record) addReview(claim uuid.UUID, wording string, verdict review) (author uuid.UUID, ok bool) {
	author, ok = r.addSource(verdict.publisher)
	if !ok {
		if verdict.publisher.isMissing() {
			r.fault(verdict.publisher.name.at, headwater.FaultRequired, nil,
				"who reviewed the claim: a name, a site or the address of the review")
		}
		return author, false
	}
	verdict.rating.Label = oneLine(verdict.rating.Label)
	v := &headwater.Review{Status: headwater.RecordActive}
	v.ReviewFields = headwater.ReviewFields{Claim: claim, Author: author, Rating: verdict.rating, Title: verdict.title, URL: verdict.url,
		Language: verdict.language, ClaimReviewed: wording, Published: verdict.published}
	v.Meta = r.identify(headwater.ResourceReview, reviewKey(claim, author, verdict, wording))
	return author, r.emit(bundle.Item{Assertion: bundle.Restates, Resource: headwater.ResourceReview, Thing: v, Meta: &v.Meta},
		allAt(verdict.at))
}

// addAppearance adds a page that makes the claim. Its chain is the publisher and, where there is one, the claimant.
func (r *record) addAppearance(claim uuid.UUID, p page, claimant uuid.UUID, hasClaimant bool, claimedAt headwater.Moment) bool {
	if p.publisher.isMissing() && (!hasClaimant || identity.OwnDomain(p.url) != "") {
		p.publisher = party{name: fieldText{at: p.at}, host: HostOf(p.url), kind: headwater.OtherSource}
	}
	var chain []uuid.UUID
	if publisher, ok := r.addSource(p.publisher); ok {
		chain = append(chain, publisher)
	}
	if hasClaimant {
		chain = append(chain, claimant)
	}
	if len(chain) == 0 {
		r.fault(p.at, headwater.FaultRequired, nil, "who published it: a name, or an address")
		return false
	}
	r.addAttribution(claim, p, chain, claimedAt)
	return true
}

// addAttribution adds a page and the chain by which it has the claim. claimedAt, if known, is when the origin said it.
func (r *record) addAttribution(claim uuid.UUID, p page, chain []uuid.UUID, claimedAt headwater.Moment) {
	d := &headwater.Document{Status: headwater.RecordActive}
	d.Publisher, d.Kind, d.Language, d.Title, d.URL = chain[0], p.kind, p.language, p.title, p.url
	d.Meta = r.identify(headwater.ResourceDocument, pageKey(chain[0], p, claim))
	if p.published != "" {
		d.Published = &headwater.Published{Interval: headwater.Interval{Earliest: p.published, Latest: p.published}}
	}
	if !r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceDocument, Thing: d, Meta: &d.Meta}, allAt(p.at)) {
		return
	}
	a := &headwater.Attribution{Status: headwater.Accepted}
	a.Claim, a.Document, a.Stance, a.Method = claim, d.ID, headwater.Affirms,
		&headwater.Method{Kind: headwater.ByRule, Name: "headwater/interchange", Version: "1"}
	for i, source := range chain {
		if i == 0 || source != chain[i-1] {
			a.Chain = append(a.Chain, headwater.Hop{Source: source})
		}
	}
	if claimedAt != "" {
		a.Chain[len(a.Chain)-1].SaidAt = &headwater.Interval{Earliest: claimedAt, Latest: claimedAt}
	}
	a.Normalize()
	a.Meta = headwater.Meta{Key: a.NaturalKey(), Namespace: r.namespace}
	a.ID = headwater.NamespaceOf(r.namespace).AttributionID(claim, a.Key)
	r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceAttribution, Thing: a, Meta: &a.Meta}, allAt(p.at))
}
