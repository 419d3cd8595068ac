package interchange

import (
	"cmp"
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
	// places are all addresses that a record gives for it, or of what it published: one of them may be its account.
	places []string
	// accounts are those that a record says are its own.
	accounts []string
}

func (p party) isMissing() bool { return p.name.text == "" && p.host == "" }

// account is the account of a party that has no domain of its own; empty where none is known.
func (p party) account() string {
	if identity.OwnDomain(p.host) != "" || identity.OwnDomain(p.url) != "" {
		return ""
	}
	for _, place := range p.places {
		if account := identity.Account(place); account != "" {
			return account
		}
	}
	return ""
}

// page is a published text that a record names.
type page struct {
	at        headwater.Pointer
	kind      headwater.DocumentKind
	publisher party
	url       string
	archive   string // where a copy is kept
	title     string
	language  string
	published headwater.Moment
	updated   headwater.Moment // by when it was published, where nothing else is known
	retrieved headwater.Moment // when its text was taken
	authors   []string         // bylines
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
		claimant  named
		claimedAt headwater.Moment
	}
	var left []unplaced
	for _, t := range c.tellings {
		var claimants []named
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
		for _, writer := range review.authors {
			if ok && len(left) == 0 {
				r.note(review.at.Field("author"), writer,
					"left out; a writer is kept with the page of a review that alone reports the claim")
			}
		}
		for _, u := range left { // the review's page is the only one known to report the claim
			if ok {
				r.addAttribution(claim, review.page, []named{author, u.claimant}, u.claimedAt)
			}
		}
	}
}

func (r *record) addClaim(text fieldText, language string, translations headwater.Texts, topics ...string) (named, bool) {
	if strings.TrimSpace(text.text) == "" {
		r.fault(text.at, headwater.FaultRequired, nil, "the claim in words")
		return named{}, false
	}
	if language == "" {
		language = unknownLanguage
	}
	meta, earlier := r.identifyAs(headwater.ResourceClaim, statementKey(text.text), earlierStatementKey(text.text))
	c := &headwater.Claim{Meta: meta, Status: headwater.EntityActive}
	c.Statement = headwater.Texts{language: text.text}
	maps.Copy(c.Statement, translations)
	c.Topics = topics
	return named{c.ID, earlier}, r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceClaim, Thing: c, Meta: &c.Meta,
		Earlier: earlier}, allAt(text.at))
}

// addSource adds the source that a record names: the holder of an account, or who publishes under a host, or somebody of
// whom it has the name alone. A vague name, such as "social media users", is that of an anonymous group.
func (r *record) addSource(p party) (named, bool) {
	if p.isMissing() {
		return named{}, false
	}
	s := &headwater.Source{Status: headwater.EntityActive}
	s.Kind, s.Name, s.URL, s.ExternalIDs = p.kind, r.cut(p.name.at, oneLine(p.name.text), maxSourceName), p.url, p.ids
	before := headwater.SourceFields{Name: cmp.Or(s.Name, p.host)}
	if p.host != "" {
		before.Domains = []string{p.host}
	}
	if account := p.account(); account != "" {
		s.Name, s.URL = cmp.Or(s.Name, account), "https://"+account
	} else {
		s.Name, s.Domains = before.Name, before.Domains
	}
	if p.host == "" && identity.Vague(s.Name) {
		s.Kind, s.Anonymous = headwater.SourceGroup, true
	}
	r.addAccounts(p.name.at, &s.SourceFields, p.accounts)
	s.Normalize()
	var earlier uuid.UUID
	features := identity.FeaturesOf(s.SourceFields)
	s.Meta, earlier = r.identifyAs(headwater.ResourceSource, features.OwnKey(), earlierSourceKey(before))
	return named{s.ID, earlier}, r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceSource, Thing: s, Meta: &s.Meta,
		Earlier: earlier, Features: features}, allAt(p.name.at))
}

// addAccounts adds the accounts of a source: one on each platform as an identifier, beside that of its page.
func (r *record) addAccounts(at headwater.Pointer, s *headwater.SourceFields, accounts []string) {
	for _, account := range accounts {
		platform, _, _ := strings.Cut(account, "/")
		known := s.ExternalIDs[platform]
		switch {
		case account == known || account == identity.Account(s.URL):
		case known != "" || len(platform) > maxPlatform:
			r.note(at, account, "left out; beside its page, a source has one account on a platform, and the first counts")
		default:
			if s.ExternalIDs = maps.Clone(s.ExternalIDs); s.ExternalIDs == nil {
				s.ExternalIDs = map[string]string{}
			}
			s.ExternalIDs[platform] = account
		}
	}
}

// maxPlatform is how many characters the scheme of an identifier may have.
const maxPlatform = 64

// addReview adds a verdict, and returns its author.
func (r *record) addReview(claim named, wording string, verdict review) (author named, ok bool) {
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
	v.ReviewFields = headwater.ReviewFields{Claim: claim.id, Author: author.id, Rating: verdict.rating, Title: verdict.title,
		URL: verdict.url, Language: verdict.language, ClaimReviewed: wording, Published: verdict.published}
	var earlier uuid.UUID
	v.Meta, earlier = r.identifyAs(headwater.ResourceReview, reviewKey(claim.id, author.id, verdict, wording),
		earlierReviewKey(claim.earlier, author.earlier, verdict, wording))
	open := []string{}
	for field, said := range map[string]string{"title": v.Title, "language": v.Language, "published": string(v.Published)} {
		if said == "" {
			open = append(open, field)
		}
	}
	return author, r.emit(bundle.Item{Assertion: bundle.Restates, Resource: headwater.ResourceReview, Thing: v, Meta: &v.Meta,
		Earlier: earlier, Open: open}, allAt(verdict.at))
}

// addAppearance adds a page that makes the claim. Its chain is the publisher and, where there is one, the claimant; of
// several claimants each has a chain.
func (r *record) addAppearance(claim named, p page, claimants []named, claimedAt headwater.Moment) bool {
	if p.publisher.isMissing() && (len(claimants) == 0 || identity.OwnDomain(p.url) != "") {
		p.publisher = publisherByAddress(p)
	}
	var chain []named
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

// publisherByAddress is who publishes a page of which the address alone is known.
func publisherByAddress(p page) party {
	return party{name: fieldText{at: p.at}, host: HostOf(p.url), kind: headwater.OtherSource, places: []string{p.url}}
}

// addAttribution adds a page and the chain by which it has the claim. claimedAt, if known, is when the origin said it.
func (r *record) addAttribution(claim named, p page, chain []named, claimedAt headwater.Moment) {
	document, ok := r.addDocument(chain[0], p, claim, "")
	if !ok {
		return
	}
	a := &headwater.Attribution{Status: headwater.Accepted}
	a.Claim, a.Document, a.Stance, a.Method = claim.id, document, headwater.Affirms,
		&headwater.Method{Kind: headwater.ByRule, Name: "headwater/interchange", Version: "1"}
	for i, source := range chain {
		if i == 0 || source.id != chain[i-1].id {
			a.Chain = append(a.Chain, headwater.Hop{Source: source.id})
		}
	}
	if claimedAt != "" {
		a.Chain[len(a.Chain)-1].SaidAt = &headwater.Interval{Earliest: claimedAt, Latest: claimedAt}
	}
	a.Normalize()
	a.Meta = headwater.Meta{Key: a.NaturalKey(), Namespace: r.namespace}
	a.ID = r.ids.AttributionID(claim.id, a.Key)
	r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceAttribution, Thing: a, Meta: &a.Meta}, allAt(p.at))
}

// addDocument adds a page under its publisher. Without an address it is known by the claim that it makes.
func (r *record) addDocument(publisher named, p page, claim named, text string) (id uuid.UUID, ok bool) {
	d := &headwater.Document{Status: headwater.RecordActive}
	d.Publisher, d.Kind, d.Language, d.Title, d.URL, d.Authors = publisher.id, p.kind, p.language, p.title, p.url, p.authors
	d.Text, d.RetrievedAt, d.ArchiveURL = text, p.retrieved, p.archive
	d.Normalize()
	d.Meta, _ = r.identifyAs(headwater.ResourceDocument, pageKey(publisher.id, p, claim.id),
		earlierPageKey(publisher.earlier, p, claim.earlier))
	if latest := cmp.Or(p.published, p.updated); latest != "" {
		d.Published = &headwater.Published{Interval: headwater.Interval{Earliest: p.published, Latest: latest}}
	}
	return d.ID, r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceDocument, Thing: d, Meta: &d.Meta},
		func(field headwater.Pointer) headwater.Pointer {
			if field == "/text" {
				return field
			}
			return p.at
		})
}
