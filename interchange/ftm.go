package interchange

import (
	"maps"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
)

// followTheMoney is FollowTheMoney's JSON (https://followthemoney.tech), an entity a line as its tools write it. An entity has a schema,
// and properties with a list of values each. Those of some schemas are sources, and those of others tie two of them.
var followTheMoney = dialect{
	lists: []string{"entities", "results"},
	isRecord: func(n node) bool {
		_, hasProperties := n["properties"].(map[string]any)
		return n.text("schema") != "" && hasProperties
	},
	read:       readEntity,
	join:       joinFragments,
	recordName: "an entity of FollowTheMoney with an id, a schema and properties",
}

// entityKinds are the schemas of sources.
var entityKinds = map[string]headwater.SourceKind{
	"Person": headwater.Person, "Organization": headwater.Organization, "Company": headwater.Organization,
	"PublicBody": headwater.Government, "LegalEntity": headwater.OtherSource,
}

// tieSchema says where an entity that ties two others names them, and as what.
type tieSchema struct {
	subject, object string
	kind            headwater.RelationKind
}

// tieSchemas are the schemas of ties. Who directs an organization is a member of it: a board is not controlled by the company, nor the
// company by one director.
var tieSchemas = map[string]tieSchema{
	"Ownership":    {"asset", "owner", headwater.OwnedBy},
	"Directorship": {"director", "organization", headwater.MemberOf},
	"Membership":   {"member", "organization", headwater.MemberOf},
	"UnknownLink":  {"subject", "object", ""},
}

// broaderSchemas are the schemas of which one is a kind.
var broaderSchemas = map[string][]string{
	"Company": {"Organization", "Asset"}, "PublicBody": {"Organization"}, "Organization": {"LegalEntity"}, "Person": {"LegalEntity"},
	"LegalEntity": {"Thing"}, "Asset": {"Thing"}, "Ownership": {"Interest"}, "Directorship": {"Interest"}, "Membership": {"Interest"},
	"UnknownLink": {"Interest"},
}

// isA says whether a schema is another, or a kind of it.
func isA(schema, other string) bool {
	return schema == other || slices.ContainsFunc(broaderSchemas[schema], func(broader string) bool { return isA(broader, other) })
}

// narrowSchema is the schema of what two schemas are said of: the narrower one, or a kind of both; empty where they are of two.
func narrowSchema(a, b string) string {
	for _, schema := range append([]string{a, b}, slices.Sorted(maps.Keys(broaderSchemas))...) {
		if isA(schema, a) && isA(schema, b) {
			return schema
		}
	}
	return ""
}

// joinFragments adds to an entity another fragment of it, as streams have that nobody aggregated: of one id, with more values.
func joinFragments(whole, fragment node) bool {
	if id := whole.text("id"); id == "" || id != fragment.text("id") {
		return false
	}
	schema := narrowSchema(whole.text("schema"), fragment.text("schema"))
	properties, hasProperties := whole["properties"].(map[string]any)
	more, hasMore := fragment["properties"].(map[string]any)
	if schema == "" || !hasProperties || !hasMore {
		return false
	}
	whole["schema"] = schema
	if whole.text("caption") == "" {
		whole["caption"] = fragment["caption"]
	}
	for name, values := range more {
		properties[name] = append(valuesOf(properties[name]), valuesOf(values)...)
	}
	return true
}

// valuesOf are the values of a property, which is a list of them or one.
func valuesOf(property any) []any {
	switch property := property.(type) {
	case nil:
		return nil
	case []any:
		return property
	}
	return []any{property}
}

// distinct is a property with each text once, as fragments repeat them.
func distinct(property any) any {
	values, isList := property.([]any)
	if !isList || len(values) < 2 {
		return property
	}
	said := map[string]bool{}
	return slices.DeleteFunc(values, func(value any) bool {
		text, isText := value.(string)
		again := isText && said[text]
		said[text] = said[text] || isText
		return again
	})
}

// isEntity says whether a value is an entity itself, rather than the id of one.
func isEntity(value any) bool {
	_, isObject := value.(map[string]any)
	return isObject
}

// readEntity reads an entity.
func readEntity(r *record, at headwater.Pointer, n node) {
	id, schema := n.text("id"), n.text("schema")
	properties, _ := n["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		properties[name] = distinct(properties[name])
		if slices.ContainsFunc(valuesOf(properties[name]), isEntity) {
			r.note(at.Field("properties").Field(name), nil, "left out, the entities that stand within this one; each needs its own line")
		}
	}
	kind, isSource := entityKinds[schema]
	tie, isTie := tieSchemas[schema]
	if id != "" {
		r.isAbout(ftmPrefix + id)
	}
	switch {
	case schema == "":
		r.fault(at.Field("schema"), headwater.FaultRequired, nil, "a schema of FollowTheMoney, such as Company or Ownership")
	case !isSource && !isTie:
		r.note(at.Field("schema"), schema, "left out; read are "+strings.Join(knownSchemas(), ", "))
	case id == "":
		r.fault(at.Field("id"), headwater.FaultRequired, nil, "what the entity is known by in its file")
	case isSource:
		r.readEntitySource(at, id, kind, n, properties)
	case tie.kind == "":
		r.note(at.Field("schema"), schema, "left out; it does not say what ties the two")
	default:
		r.readEntityTie(at, id, tie, properties)
	}
}

func knownSchemas() []string {
	var names []string
	for name := range entityKinds {
		names = append(names, name)
	}
	for name := range tieSchemas {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

const ftmPrefix = "ftm:"

// maxAliases is how many other names a source can have.
const maxAliases = 200

// readEntitySource reads an entity that is a source.
func (r *record) readEntitySource(at headwater.Pointer, id string, kind headwater.SourceKind, n, properties node) {
	in := at.Field("properties")
	names := textsOf(properties["name"])
	if len(names) == 0 && kind == headwater.Person { // the name in parts alone
		var parts []string
		for _, part := range []string{"firstName", "secondName", "middleName", "fatherName", "lastName"} {
			parts = append(parts, strings.Fields(properties.text(part))...)
		}
		names = textsOf(strings.Join(parts, " "))
	}
	if len(names) == 0 {
		r.fault(in.Field("name"), headwater.FaultRequired, nil, "at least one name")
		return
	}
	for _, parent := range textsOf(properties["parent"]) {
		r.note(in.Field("parent"), parent.text, "left out; it does not say how, as an Ownership does")
	}
	s := headwater.SourceFields{Kind: kind, Name: oneLine(names[0].text), Notes: r.one(in, properties, "summary", "notes")}
	caption := func(name languageText) bool { return name.text == n.text("caption") }
	if i := slices.IndexFunc(names, caption); i >= 0 { // names come in no order, and in many scripts
		s.Name = oneLine(names[i].text)
	}
	s.Aliases = r.aliases(in, s.Name, append(names, textsOf([]any{properties["alias"], properties["previousName"],
		properties["abbreviation"]})...))
	for _, field := range []string{"jurisdiction", "country", "nationality", "mainCountry"} {
		if s.Country == "" {
			s.Country = r.countryOf(in.Field(field), r.one(in, properties, field))
		}
	}
	for _, identifier := range [][2]string{{"wikidataId", "wikidata"}, {"leiCode", "lei"}, {"isni", "isni"},
		{"opencorporatesUrl", "opencorporates"}} {
		r.addIdentifier(in.Field(identifier[0]), &s, identifier[1], r.one(in, properties, identifier[0]))
	}
	if number := r.one(in, properties, "registrationNumber"); number != "" && s.Country != "" { // elsewhere it says nothing
		r.addIdentifier(in.Field("registrationNumber"), &s, "register-"+s.Country, number)
	}
	for _, site := range textsOf(properties["website"]) {
		r.addSite(in.Field("website"), &s, site.text)
	}
	r.addEntity(at, ftmPrefix+id, s)
}

// aliases are the other names of a source, each once.
func (r *record) aliases(at headwater.Pointer, name string, names []languageText) []string {
	var aliases []string
	for _, other := range names {
		alias := oneLine(other.text)
		if alias == name || slices.Contains(aliases, alias) {
			continue
		}
		if len(aliases) == maxAliases {
			r.note(at, alias, "left out with those that follow; a source has 200 other names at most")
			break
		}
		aliases = append(aliases, alias)
	}
	return aliases
}

// readEntityTie reads an entity that ties two others.
func (r *record) readEntityTie(at headwater.Pointer, id string, tie tieSchema, properties node) {
	in := at.Field("properties")
	subject, object := r.one(in, properties, tie.subject), r.one(in, properties, tie.object)
	if subject == "" {
		r.fault(in.Field(tie.subject), headwater.FaultRequired, nil, "the id of an entity")
	}
	if object == "" {
		r.fault(in.Field(tie.object), headwater.FaultRequired, nil, "the id of an entity")
	}
	if subject == "" || object == "" {
		return
	}
	h := holding{key: ftmPrefix + id, subject: tieEnd{ftmPrefix + subject, subject, in.Field(tie.subject)},
		object: tieEnd{ftmPrefix + object, object, in.Field(tie.object)}}
	h.Kind = tie.kind
	if h.Kind == headwater.OwnedBy {
		h.Share = r.parseShare(in.Field("percentage"), r.one(in, properties, "percentage"), true)
	}
	h.Since = r.parseDay(in.Field("startDate"), r.one(in, properties, "startDate"))
	h.Until = r.parseDay(in.Field("endDate"), r.one(in, properties, "endDate"))
	h.Citation = citation(properties.text("role"), properties.text("summary"), properties.text("publisher"), properties.text("recordId"),
		properties.text("sourceUrl"), "FollowTheMoney "+id)
	if len(r.faults) > 0 {
		return // a relation without the dates that it has would hold for ever
	}
	r.addHolding(at, h)
}
