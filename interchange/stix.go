package interchange

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// stixBundle is a bundle of STIX 2.1.
type stixBundle struct {
	namespace headwater.Namespace
	claims    []uuid.UUID
	objects   []*stixObject
	names     map[uuid.UUID]string             // of sources
	documents map[uuid.UUID]headwater.Document // without their texts
	reports   map[uuid.UUID]*stixObject        // of claims
	merged    []headwater.Claim
}

func newSTIXBundle(namespace string, claims []uuid.UUID) *stixBundle {
	return &stixBundle{namespace: headwater.NamespaceOf(namespace), claims: claims, names: map[uuid.UUID]string{},
		documents: map[uuid.UUID]headwater.Document{}, reports: map[uuid.UUID]*stixObject{}}
}

// stixObject is an object of any of the types that are written.
type stixObject struct {
	Type        string   `json:"type"`
	SpecVersion string   `json:"spec_version"`
	ID          string   `json:"id"`
	Created     stixTime `json:"created"`
	Modified    stixTime `json:"modified"`

	Name          string   `json:"name,omitempty"` // of identities and reports
	Description   string   `json:"description,omitempty"`
	IdentityClass string   `json:"identity_class,omitempty"`
	Published     stixTime `json:"published,omitempty"` // of reports
	Content       string   `json:"content,omitempty"`   // of notes
	Authors       []string `json:"authors,omitempty"`   // of notes and opinions
	Opinion       string   `json:"opinion,omitempty"`
	ObjectRefs    []string `json:"object_refs,omitempty"`

	RelationshipType string   `json:"relationship_type,omitempty"`
	SourceRef        string   `json:"source_ref,omitempty"`
	TargetRef        string   `json:"target_ref,omitempty"`
	StartTime        stixTime `json:"start_time,omitempty"`
	StopTime         stixTime `json:"stop_time,omitempty"`

	Lang       string          `json:"lang,omitempty"`
	References []stixReference `json:"external_references,omitempty"`
}

// stixReference is where something can be looked up.
type stixReference struct {
	SourceName  string `json:"source_name"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
	ExternalID  string `json:"external_id,omitempty"`
}

// stixTime is an instant as STIX writes it.
type stixTime string

func stixInstant(t time.Time) stixTime { return stixTime(t.UTC().Format("2006-01-02T15:04:05.000Z")) }

// id names an object of a type after a thing of ours, with more where one thing has several. STIX wants ids of version 5 in a namespace
// of the producer's own for all but observables, and no two objects of any types with one UUID.
func (b *stixBundle) id(kind string, thing uuid.UUID, more ...any) string {
	name := fmt.Sprint("stix/", kind, "/", thing)
	for _, part := range more {
		name += fmt.Sprint("/", part)
	}
	return kind + "--" + uuid.NewSHA1(uuid.UUID(b.namespace), []byte(name)).String()
}

// add adds an object about a thing, whose times it has.
func (b *stixBundle) add(kind string, thing headwater.Meta, object stixObject, more ...any) *stixObject {
	object.Type, object.SpecVersion, object.ID = kind, "2.1", b.id(kind, thing.ID, more...)
	object.Created, object.Modified = stixInstant(thing.CreatedAt), stixInstant(thing.UpdatedAt)
	b.objects = append(b.objects, &object)
	return &object
}

// identityClasses are the classes of identities; organization is that of all others.
var identityClasses = map[headwater.SourceKind]string{
	headwater.Person: "individual", headwater.SourceGroup: "group", headwater.OtherSource: "unknown", headwater.SocialAccount: "unknown",
	headwater.Record: "unknown",
}

func (b *stixBundle) addSource(s headwater.Source) {
	identity := stixObject{Name: s.Name, IdentityClass: typeOf(identityClasses, s.Kind, "organization"), Description: s.Notes}
	for _, scheme := range slices.Sorted(maps.Keys(s.ExternalIDs)) {
		identity.References = append(identity.References, stixReference{SourceName: scheme, ExternalID: s.ExternalIDs[scheme]})
	}
	if s.URL != "" {
		identity.References = append(identity.References, stixReference{SourceName: "site", URL: s.URL})
	}
	b.names[s.ID] = s.Name
	b.add("identity", s.Meta, identity)
	if s.MergedInto != nil {
		b.relate(s.Meta, "duplicate-of", b.id("identity", s.ID), b.id("identity", *s.MergedInto), stixObject{}, "merged")
	}
}

// relate adds a relationship between two objects.
func (b *stixBundle) relate(thing headwater.Meta, how, from, to string, object stixObject, more ...any) {
	object.RelationshipType, object.SourceRef, object.TargetRef = how, from, to
	b.add("relationship", thing, object, more...)
}

// addRelation adds who owns or controls whom. A relation that ends on the day on which it begins has no end in STIX, where the end is
// later.
func (b *stixBundle) addRelation(r headwater.Relation) {
	if r.Status != headwater.RecordActive {
		return
	}
	object := stixObject{Description: r.Citation}
	if r.Share != nil {
		object.Description = citation(fmt.Sprintf("share %v", *r.Share), r.Citation)
	}
	if r.Since != "" {
		object.StartTime = stixInstant(headwater.Moment(r.Since).Earliest())
	}
	if r.Until != "" {
		object.StopTime = stixInstant(headwater.Moment(r.Until).Earliest())
	}
	if object.StartTime != "" && object.StopTime <= object.StartTime {
		object.StopTime = ""
	}
	b.relate(r.Meta, strings.ReplaceAll(string(r.Kind), "_", "-"), b.id("identity", r.Subject), b.id("identity", r.Object), object)
}

func (b *stixBundle) addDocument(d headwater.Document) {
	d.Text = ""
	b.documents[d.ID] = d
}

// addClaim adds a report, whose objects come with the attributions.
func (b *stixBundle) addClaim(c headwater.Claim) {
	languages := slices.Sorted(maps.Keys(c.Statement))
	report := stixObject{Name: c.Statement[languages[0]], Published: stixInstant(c.CreatedAt), Lang: languages[0]}
	var others []string
	for _, language := range languages[1:] {
		others = append(others, c.Statement[language])
	}
	report.Description = strings.Join(others, "\n")
	b.reports[c.ID] = b.add("report", c.Meta, report)
	if c.MergedInto != nil {
		b.merged = append(b.merged, c)
	}
}

// stixOpinions are what a stance says of a claim. What only affirms it is a note, and nobody's opinion.
var stixOpinions = map[headwater.Stance]string{headwater.Denies: "disagree", headwater.Questions: "neutral"}

// addAttribution adds a note of the words and where they stand, with who told whom; an opinion where the claim is not affirmed; and a
// relationship for each that has it from another.
func (b *stixBundle) addAttribution(a headwater.Attribution) {
	report := b.reports[a.Claim]
	if a.Status == headwater.Rejected || report == nil {
		return
	}
	d := b.documents[a.Document]
	var speakers, refs []string
	for _, hop := range a.Chain {
		speakers = append(speakers, b.names[hop.Source])
		if ref := b.id("identity", hop.Source); !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	note := stixObject{Content: strings.Join(speakers, " < "), Authors: speakers[:1], Lang: d.Language,
		ObjectRefs: append([]string{report.ID}, refs...)}
	if a.Content != nil {
		note.Content = a.Content.Exact + "\n" + note.Content
	}
	if d.URL != "" {
		note.References = []stixReference{{SourceName: speakers[0], Description: d.Title, URL: d.URL}}
	}
	added := []string{b.add("note", a.Meta, note).ID}
	if opinion := stixOpinions[a.Stance]; opinion != "" {
		said := stixObject{Opinion: opinion, Authors: speakers[:1], ObjectRefs: []string{report.ID}}
		added = append(added, b.add("opinion", a.Meta, said).ID)
	}
	for i := range a.Chain[1:] {
		from, to := b.id("identity", a.Chain[i].Source), b.id("identity", a.Chain[i+1].Source)
		b.relate(a.Meta, "derived-from", from, to, stixObject{Description: "has the claim from"}, i)
		added = append(added, b.id("relationship", a.ID, i))
	}
	report.ObjectRefs = append(append(report.ObjectRefs, added...), refs...)
}

// addLink adds how two claims stand to each other.
func (b *stixBundle) addLink(l headwater.Link) {
	if l.Status != headwater.Accepted {
		return
	}
	how := string(l.Kind)
	if l.Kind == headwater.Equivalent {
		how = "duplicate-of"
	}
	b.relateReports(l.Meta, how, l.From, l.To, stixObject{Description: l.Rationale})
}

// relateReports adds a relationship between two claims, where both have a report.
func (b *stixBundle) relateReports(thing headwater.Meta, how string, from, to uuid.UUID, object stixObject, more ...any) {
	source, target := b.reports[from], b.reports[to]
	if source != nil && target != nil && len(source.ObjectRefs) > 0 && len(target.ObjectRefs) > 0 {
		b.relate(thing, how, source.ID, target.ID, object, more...)
	}
}

// finished leaves out the reports of claims that nobody makes: no report is without objects.
func (b *stixBundle) finished() any {
	for _, claim := range b.merged {
		b.relateReports(claim.Meta, "duplicate-of", claim.ID, *claim.MergedInto, stixObject{}, "merged")
	}
	file := struct {
		Type    string        `json:"type"`
		ID      string        `json:"id"`
		Objects []*stixObject `json:"objects,omitempty"`
	}{Type: "bundle", ID: b.id("bundle", b.claims[0], b.claims)}
	for _, object := range b.objects {
		known := map[string]bool{}
		object.ObjectRefs = slices.DeleteFunc(object.ObjectRefs, func(ref string) bool {
			defer func() { known[ref] = true }()
			return known[ref]
		})
		if object.Type != "report" || len(object.ObjectRefs) > 0 {
			file.Objects = append(file.Objects, object)
		}
	}
	return file
}
