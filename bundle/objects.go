package bundle

import (
	"github.com/headwater-project/headwater"
)

// object is a line as it stands in the file. The fields of its struct are the format, in the order in which they are
// written. A field here hides the field of the same name in the domain's type, whose references are ids only.
type object interface {
	// item resolves the references and returns the thing of the line.
	item(r *resolver) Item
}

// newObject is an empty object for a type of line; nil if the format has no such type.
func newObject(r headwater.Resource) object {
	switch r {
	case headwater.ResourceSource:
		return new(sourceLine)
	case headwater.ResourceRelation:
		return new(relationLine)
	case headwater.ResourceDocument:
		return new(documentLine)
	case headwater.ResourceClaim:
		return new(claimLine)
	case headwater.ResourceAttribution:
		return new(attributionLine)
	case headwater.ResourceLink:
		return new(linkLine)
	case headwater.ResourceReview:
		return new(reviewLine)
	case headwater.ResourceMatch:
		return new(matchLine)
	}
	return nil
}

type identity struct {
	Type      string `json:"type"`
	ID        *ref   `json:"id,omitempty"`
	Key       string `json:"key,omitempty"`
	Namespace string `json:"namespace,omitempty"`
}

// ref refers to a thing by its id, or by a key in the bundle's namespace.
type ref string

type sourceLine struct {
	identity
	headwater.SourceFields
	Status     headwater.EntityStatus `json:"status,omitempty"`
	MergedInto ref                    `json:"merged_into,omitempty"`
}

func (l *sourceLine) item(r *resolver) Item {
	s := &headwater.Source{SourceFields: l.SourceFields}
	s.Status, s.MergedInto = r.checkEntityStatus(headwater.ResourceSource, l.Status, l.MergedInto)
	s.Meta = r.meta(l.identity, headwater.ResourceSource, nil)
	r.checkNotItself("/merged_into", s.ID, s.MergedInto)
	s.Normalize()
	r.check(s)
	return Item{Thing: s, Meta: &s.Meta, StatusNamed: l.Status != ""}
}

type relationLine struct {
	identity
	Subject ref `json:"subject"`
	Object  ref `json:"object"`
	headwater.RelationFields
	Status headwater.RecordStatus `json:"status,omitempty"`
}

func (l *relationLine) item(r *resolver) Item {
	t := &headwater.Relation{RelationFields: l.RelationFields, Status: checkStatus(r, l.Status, headwater.RecordActive)}
	t.Subject = r.refer("/subject", headwater.ResourceSource, l.Subject)
	t.Object = r.refer("/object", headwater.ResourceSource, l.Object)
	t.Meta = r.meta(l.identity, headwater.ResourceRelation, t.NaturalKey)
	r.check(t)
	return Item{Thing: t, Meta: &t.Meta, StatusNamed: l.Status != ""}
}

type documentLine struct {
	identity
	Publisher   ref `json:"publisher"`
	DerivedFrom ref `json:"derived_from,omitempty"`
	headwater.DocumentFields
	TextFoundSHA256 string                 `json:"text_found_sha256,omitempty"`
	Status          headwater.RecordStatus `json:"status,omitempty"`
}

func (l *documentLine) item(r *resolver) Item {
	d := &headwater.Document{DocumentFields: l.DocumentFields, Status: checkStatus(r, l.Status, headwater.RecordActive)}
	d.Publisher = r.refer("/publisher", headwater.ResourceSource, l.Publisher)
	d.DerivedFrom = r.referOptional("/derived_from", headwater.ResourceDocument, l.DerivedFrom)
	d.Meta = r.meta(l.identity, headwater.ResourceDocument, nil)
	r.checkNotItself("/derived_from", d.ID, d.DerivedFrom)
	d.Normalize()
	r.check(d)
	if l.TextFoundSHA256 != "" && !r.extract.Excerpts {
		r.fault("/text_found_sha256", headwater.FaultConflict, l.TextFoundSHA256, "nothing, unless the header says that texts are left out")
	}
	return Item{Thing: d, Meta: &d.Meta, StatusNamed: l.Status != "", TextFoundSHA256: l.TextFoundSHA256}
}

type claimLine struct {
	identity
	headwater.ClaimFields
	Quantities []quantity             `json:"quantities,omitempty"`
	Status     headwater.EntityStatus `json:"status,omitempty"`
	MergedInto ref                    `json:"merged_into,omitempty"`
}

// quantity distinguishes a missing number from 0.
type quantity struct {
	Value *headwater.Decimal `json:"value"`
	headwater.Quantity
}

func (l *claimLine) item(r *resolver) Item {
	c := &headwater.Claim{ClaimFields: l.ClaimFields}
	for i, q := range l.Quantities {
		if q.Value == nil {
			r.fault(headwater.Pointer("/quantities").Index(i).Field("value"), headwater.FaultRequired, nil, "the number")
			q.Value = new(headwater.Decimal)
		}
		q.Quantity.Value = *q.Value
		c.Quantities = append(c.Quantities, q.Quantity)
	}
	c.Status, c.MergedInto = r.checkEntityStatus(headwater.ResourceClaim, l.Status, l.MergedInto)
	c.Meta = r.meta(l.identity, headwater.ResourceClaim, nil)
	r.checkNotItself("/merged_into", c.ID, c.MergedInto)
	c.Normalize()
	r.check(c)
	return Item{Thing: c, Meta: &c.Meta, StatusNamed: l.Status != ""}
}

type attributionLine struct {
	identity
	Claim    ref   `json:"claim"`
	Document ref   `json:"document"`
	Chain    []hop `json:"chain"`
	headwater.AttributionFields
	Status headwater.Decision `json:"status,omitempty"`
}

type hop struct {
	Source ref `json:"source"`
	headwater.Hop
}

func (l *attributionLine) item(r *resolver) Item {
	a := &headwater.Attribution{AttributionFields: l.AttributionFields, Status: checkStatus(r, l.Status, headwater.Accepted)}
	a.Claim = r.refer("/claim", headwater.ResourceClaim, l.Claim)
	a.Document = r.refer("/document", headwater.ResourceDocument, l.Document)
	a.Chain = make([]headwater.Hop, len(l.Chain))
	for i, h := range l.Chain {
		a.Chain[i] = h.Hop
		a.Chain[i].Source = r.refer(headwater.Pointer("/chain").Index(i).Field("source"), headwater.ResourceSource, h.Source)
	}
	a.Meta = r.metaWithin(a.Claim, l.identity, a.NaturalKey)
	a.Normalize()
	r.check(a)
	return Item{Thing: a, Meta: &a.Meta, StatusNamed: l.Status != ""}
}

type linkLine struct {
	identity
	From ref `json:"from"`
	To   ref `json:"to"`
	headwater.LinkFields
	Status headwater.Decision `json:"status,omitempty"`
}

func (l *linkLine) item(r *resolver) Item {
	k := &headwater.Link{LinkFields: l.LinkFields, Status: checkStatus(r, l.Status, headwater.Accepted)}
	k.From = r.refer("/from", headwater.ResourceClaim, l.From)
	k.To = r.refer("/to", headwater.ResourceClaim, l.To)
	k.Meta = r.meta(l.identity, headwater.ResourceLink, k.NaturalKey)
	k.Normalize()
	r.check(k)
	return Item{Thing: k, Meta: &k.Meta, StatusNamed: l.Status != ""}
}

type reviewLine struct {
	identity
	Claim  ref `json:"claim"`
	Author ref `json:"author"`
	headwater.ReviewFields
	Status headwater.RecordStatus `json:"status,omitempty"`
}

func (l *reviewLine) item(r *resolver) Item {
	v := &headwater.Review{ReviewFields: l.ReviewFields, Status: checkStatus(r, l.Status, headwater.RecordActive)}
	v.Claim = r.refer("/claim", headwater.ResourceClaim, l.Claim)
	v.Author = r.refer("/author", headwater.ResourceSource, l.Author)
	v.Meta = r.meta(l.identity, headwater.ResourceReview, v.NaturalKey)
	r.check(v)
	return Item{Thing: v, Meta: &v.Meta, StatusNamed: l.Status != ""}
}

type matchLine struct {
	identity
	A ref `json:"a"`
	B ref `json:"b"`
	headwater.IdentityMatchFields
	Status headwater.Decision `json:"status,omitempty"`
}

func (l *matchLine) item(r *resolver) Item {
	m := &headwater.IdentityMatch{IdentityMatchFields: l.IdentityMatchFields, Status: checkStatus(r, l.Status, headwater.Proposed)}
	m.Normalize()
	m.A = r.refer("/a", m.Kind.Resource(), l.A)
	m.B = r.refer("/b", m.Kind.Resource(), l.B)
	m.Meta = r.meta(l.identity, headwater.ResourceMatch, m.NaturalKey)
	r.check(m)
	return Item{Thing: m, Meta: &m.Meta, StatusNamed: l.Status != ""}
}
