package interchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
)

// statement is what one record says: a claim in words, who made it and where, and the verdicts of reviewers.
type statement struct {
	text         fieldText
	language     string          // BCP 47; empty if not known
	translations headwater.Texts // the claim in other languages
	tellings     []telling
	reviews      []review
}

// telling is how a claim was made: by whom, when, and on which pages.
type telling struct {
	claimants   []party
	claimedAt   headwater.Moment
	appearances []page
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
	authors   []string // bylines
}

// review is a verdict, on a page of its own.
type review struct {
	page
	rating headwater.Rating
	// saidLanguage is the tag that the review itself has. Its key does not change by what else is known of its language.
	saidLanguage string
}

// maxSourceName is how many characters the name of a source may have.
const maxSourceName = 1_000

// unknownLanguage is the BCP 47 tag for a language that is not known.
const unknownLanguage = "und"

// addStatement adds the things that a record describes. Without a claim in words there is nothing to attach the others
// to.
func (r *record) addStatement(c statement) {
	claim, ok := r.addClaim(c.text, c.language, c.translations)
	if !ok {
		return
	}
	type unplaced struct {
		claimant  uuid.UUID
		claimedAt headwater.Moment
	}
	var left []unplaced
	for _, t := range c.tellings {
		var claimants []uuid.UUID
		for _, claimant := range t.claimants {
			if id, ok := r.addSource(claimant); ok && !slices.Contains(claimants, id) {
				claimants = append(claimants, id)
			}
		}
		placed := false
		for _, appearance := range t.appearances {
			placed = r.addAppearance(claim, appearance, claimants, t.claimedAt) || placed
		}
		for _, claimant := range claimants {
			if !placed {
				left = append(left, unplaced{claimant, t.claimedAt})
			}
		}
	}
	for _, review := range c.reviews {
		author, ok := r.addReview(claim, c.text.text, review)
		for _, u := range left { // the review's page is the only one known to report the claim
			if ok {
				r.addAttribution(claim, review.page, []uuid.UUID{author, u.claimant}, u.claimedAt)
			}
		}
	}
}

func (r *record) addClaim(text fieldText, language string, translations headwater.Texts) (uuid.UUID, bool) {
	if strings.TrimSpace(text.text) == "" {
		r.fault(text.at, headwater.FaultRequired, nil, "the claim in words")
		return uuid.Nil, false
	}
	if language == "" {
		language = unknownLanguage
	}
	c := &headwater.Claim{Meta: r.identify(headwater.ResourceClaim, statementKey(text.text)), Status: headwater.EntityActive}
	c.Statement = headwater.Texts{language: text.text}
	maps.Copy(c.Statement, translations)
	return c.ID, r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceClaim, Thing: c, Meta: &c.Meta}, allAt(text.at))
}

// addSource adds the source that a record names, known by the host under which it publishes or, without one, by its
// name. A vague name, such as "social media users", is that of an anonymous group.
func (r *record) addSource(p party) (uuid.UUID, bool) {
	if p.isMissing() {
		return uuid.Nil, false
	}
	s := &headwater.Source{Status: headwater.EntityActive}
	s.Kind, s.Name, s.URL, s.ExternalIDs = p.kind, r.cut(p.name.at, oneLine(p.name.text), maxSourceName), p.url, p.ids
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

// addAppearance adds a page that makes the claim. Its chain is the publisher and, where there is one, the claimant; of
// several claimants each has a chain.
func (r *record) addAppearance(claim uuid.UUID, p page, claimants []uuid.UUID, claimedAt headwater.Moment) bool {
	if p.publisher.isMissing() && (len(claimants) == 0 || identity.OwnDomain(p.url) != "") {
		p.publisher = party{name: fieldText{at: p.at}, host: HostOf(p.url), kind: headwater.OtherSource}
	}
	var chain []uuid.UUID
	if publisher, ok := r.addSource(p.publisher); ok {
		chain = append(chain, publisher)
	}
	switch {
	case len(chain)+len(claimants) == 0:
		r.fault(p.at, headwater.FaultRequired, nil, "who published it: a name, or an address")
		return false
	case len(claimants) == 0:
		r.addAttribution(claim, p, chain, claimedAt)
	}
	for _, claimant := range claimants {
		r.addAttribution(claim, p, append(slices.Clip(chain), claimant), claimedAt)
	}
	return true
}

// addAttribution adds a page and the chain by which it has the claim. claimedAt, if known, is when the origin said it.
func (r *record) addAttribution(claim uuid.UUID, p page, chain []uuid.UUID, claimedAt headwater.Moment) {
	d := &headwater.Document{Status: headwater.RecordActive}
	d.Publisher, d.Kind, d.Language, d.Title, d.URL, d.Authors = chain[0], p.kind, p.language, p.title, p.url, p.authors
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
