package interchange

import (
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// provDocument is a document of PROV-JSON: sections of records, each under its identifier.
type provDocument map[string]map[string]any

// provRecord is what a record says.
type provRecord map[string]any

// provTerms are the terms that are no one else's.
const provTerms = "headwater"

func newProvDocument(namespace string) provDocument {
	return provDocument{"prefix": {
		"uuid": "urn:uuid:", "dct": "http://purl.org/dc/terms/", provTerms: namespace + "#",
	}}
}

// say adds a record to a section.
func (p provDocument) say(section, id string, record provRecord) {
	if p[section] == nil {
		p[section] = map[string]any{}
	}
	maps.DeleteFunc(record, func(_ string, value any) bool { return value == "" || value == nil })
	p[section][id] = record
}

func provID(id uuid.UUID) string { return "uuid:" + id.String() }

// tellingID is the claim as one speaker of an attribution told it.
func tellingID(attribution uuid.UUID, hop int) string {
	return fmt.Sprintf("%s:telling-%s-%d", provTerms, attribution, hop)
}

// relationID is the identifier of a record that ties two others, of which nobody else says anything.
func relationID(id uuid.UUID, more ...any) string {
	text := "_:r-" + id.String()
	for _, part := range more {
		text += fmt.Sprint("-", part)
	}
	return text
}

// provName is a qualified name as a value.
func provName(name string) any { return map[string]string{"$": name, "type": "xsd:QName"} }

func ownTerm[S ~string](name S) any { return provName(provTerms + ":" + string(name)) }

// provTexts are texts with their languages, in the order of these.
func provTexts(texts headwater.Texts) any {
	var values []any
	for _, language := range slices.Sorted(maps.Keys(texts)) {
		if language == unknownLanguage {
			values = append(values, texts[language])
			continue
		}
		values = append(values, map[string]string{"$": texts[language], "lang": language})
	}
	if len(values) == 1 {
		return values[0]
	}
	return values
}

// provAgents are the types of agents.
var provAgents = map[headwater.SourceKind]string{
	headwater.Person: "prov:Person", headwater.Record: "", headwater.SourceGroup: "", headwater.OtherSource: "",
	headwater.SocialAccount: "",
}

func (p provDocument) addSource(s headwater.Source) {
	types := []any{ownTerm(s.Kind)}
	if agent := typeOf(provAgents, s.Kind, "prov:Organization"); agent != "" {
		types = append(types, provName(agent))
	}
	p.say("agent", provID(s.ID), provRecord{"prov:type": types, "prov:label": s.Name})
	if s.MergedInto != nil {
		p.say("alternateOf", relationID(s.ID, "merged"),
			provRecord{"prov:alternate1": provID(s.ID), "prov:alternate2": provID(*s.MergedInto)})
	}
}

// addRelation says who acts for whom where that is control, and else that one has influence on the other.
func (p provDocument) addRelation(r headwater.Relation) {
	if r.Status != headwater.RecordActive {
		return
	}
	section, record := "wasInfluencedBy", provRecord{"prov:influencee": provID(r.Subject), "prov:influencer": provID(r.Object)}
	if r.Controls() {
		section, record = "actedOnBehalfOf", provRecord{"prov:delegate": provID(r.Subject), "prov:responsible": provID(r.Object)}
	}
	record["prov:type"], record["dct:source"] = ownTerm(r.Kind), r.Citation
	record[provTerms+":since"], record[provTerms+":until"] = string(r.Since), string(r.Until)
	if r.Share != nil {
		record[provTerms+":share"] = *r.Share
	}
	p.say(section, relationID(r.ID), record)
}

func (p provDocument) addDocument(d headwater.Document) {
	record := provRecord{"prov:type": ownTerm(d.Kind), "prov:label": d.Title, "dct:language": d.Language}
	if d.URL != "" {
		record["prov:location"] = map[string]string{"$": d.URL, "type": "xsd:anyURI"}
	}
	if d.Published != nil {
		record["dct:issued"] = string(d.Published.Single())
	}
	if d.Status != headwater.RecordActive {
		record[provTerms+":status"] = string(d.Status)
	}
	p.say("entity", provID(d.ID), record)
	p.say("wasAttributedTo", relationID(d.ID, "publisher"), provRecord{"prov:entity": provID(d.ID), "prov:agent": provID(d.Publisher)})
	if d.DerivedFrom != nil {
		p.derive(relationID(d.ID, "reprint"), provID(d.ID), provID(*d.DerivedFrom), "prov:Quotation")
	}
}

// derive says that one entity comes from another, and how.
func (p provDocument) derive(id, from, of, how string) {
	record := provRecord{"prov:generatedEntity": from, "prov:usedEntity": of}
	if how != "" {
		record["prov:type"] = provName(how)
	}
	p.say("wasDerivedFrom", id, record)
}

func (p provDocument) addClaim(c headwater.Claim) {
	p.say("entity", provID(c.ID), provRecord{"prov:type": ownTerm(headwater.ResourceClaim), "prov:label": provTexts(c.Statement)})
	if c.MergedInto != nil {
		p.say("alternateOf", relationID(c.ID, "merged"),
			provRecord{"prov:alternate1": provID(c.ID), "prov:alternate2": provID(*c.MergedInto)})
	}
}

// addAttribution says what each speaker of the chain told, from whom, and in which document that stands. What affirms the claim is a
// special case of it; what denies or questions it is only about it.
func (p provDocument) addAttribution(a headwater.Attribution) {
	if a.Status == headwater.Rejected {
		return
	}
	for i, hop := range a.Chain {
		telling := provRecord{"prov:type": ownTerm("telling"), provTerms + ":stance": ownTerm(a.Stance)}
		if hop.SaidAt != nil {
			telling["dct:date"] = string(hop.SaidAt.Single())
		}
		if i == 0 && a.Content != nil {
			telling["prov:value"] = a.Content.Exact
			telling[provTerms+":start"], telling[provTerms+":end"] = a.Content.Start, a.Content.End
		}
		if a.Status == headwater.Proposed {
			telling[provTerms+":status"] = string(a.Status)
		}
		p.say("entity", tellingID(a.ID, i), telling)
		p.say("wasAttributedTo", relationID(a.ID, i, "teller"),
			provRecord{"prov:entity": tellingID(a.ID, i), "prov:agent": provID(hop.Source)})
		if a.Stance == headwater.Affirms {
			p.say("specializationOf", relationID(a.ID, i, "claim"),
				provRecord{"prov:specificEntity": tellingID(a.ID, i), "prov:generalEntity": provID(a.Claim)})
		} else {
			p.say("wasInfluencedBy", relationID(a.ID, i, "claim"),
				provRecord{"prov:influencee": tellingID(a.ID, i), "prov:influencer": provID(a.Claim), "prov:type": ownTerm(a.Stance)})
		}
		if i > 0 {
			p.derive(relationID(a.ID, i, "told"), tellingID(a.ID, i-1), tellingID(a.ID, i), "")
		}
	}
	if last := len(a.Chain) - 1; last > 0 {
		p.derive(relationID(a.ID, "origin"), tellingID(a.ID, 0), tellingID(a.ID, last), "prov:PrimarySource")
	}
	p.derive(relationID(a.ID, "quoted"), tellingID(a.ID, 0), provID(a.Document), "prov:Quotation")
}

// addLink says that two claims are one under two names, or that one bears on the other.
func (p provDocument) addLink(l headwater.Link) {
	switch {
	case l.Status != headwater.Accepted:
	case l.Kind == headwater.Equivalent:
		p.say("alternateOf", relationID(l.ID), provRecord{"prov:alternate1": provID(l.From), "prov:alternate2": provID(l.To)})
	default:
		p.say("wasInfluencedBy", relationID(l.ID),
			provRecord{"prov:influencee": provID(l.To), "prov:influencer": provID(l.From), "prov:type": ownTerm(l.Kind)})
	}
}

func (p provDocument) finished() any { return p }
