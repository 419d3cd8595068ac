package interchange

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/fold"
)

// StatementReader reads the Beneficial Ownership Data Standard, 0.2 to 0.4 (https://standard.openownership.org): statements on entities,
// on persons, and on who owns or controls whom. It goes through the file twice, since what a statement says counts only where no other
// replaces it.
type StatementReader struct {
	in        io.ReadSeeker
	options   TableOptions
	namespace string
	unit      string
}

func ownershipStatements(in io.ReadSeeker, options TableOptions, namespace string) Things {
	return &StatementReader{in: in, options: options, namespace: namespace, unit: "record"}
}

// Unit is "line" where each line holds one statement, else "record".
func (s *StatementReader) Unit() string { return s.unit }

// Items gives the things of all statements that count, in order. Its errors are those of bundle.Reader.
func (s *StatementReader) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		statements := &statementIndex{same: map[string]string{}, replaced: map[string]bool{}, latest: map[recordID]latestStatement{},
			feed: keyWord(s.options.Feed)}
		for _, err := range statementDialect(statements.add).reader(s.in, s.options, s.namespace).Items() {
			if faults := (bundle.LineFaults)(nil); err != nil && !errors.As(err, &faults) { // those are told when it is read
				yield(bundle.Item{}, err)
				return
			}
		}
		if statements.tooMany > 0 {
			yield(bundle.Item{Line: statements.tooMany}, bundle.LineFaults{{Line: statements.tooMany, Fault: headwater.NewFault("",
				headwater.FaultTooLong, nil, fmt.Sprintf("a file in which at most %d statements replace others or have a record",
					maxStatements))}})
			return
		}
		statements.settlePublisher()
		reader := statementDialect(statements.read).reader(s.in, s.options, s.namespace)
		for item, err := range reader.Items() {
			s.unit = reader.Unit()
			if !yield(item, err) {
				return
			}
		}
	}
}

func statementDialect(read func(*record, headwater.Pointer, node)) dialect {
	return dialect{
		isRecord:   func(n node) bool { return statementID(n) != "" },
		read:       read,
		recordName: "a statement of BODS with a statementID (0.4: statementId)",
	}
}

// statementID names a statement. BODS 0.4 spells it otherwise.
func statementID(n node) string { return n.text("statementID", "statementId") }

// maxStatements bounds what is kept of a file between the two times that it is read.
const maxStatements = 500_000

// statementIndex is which statements count, and which are about the same entity, person or interest.
type statementIndex struct {
	// same leads from a statement to an earlier one about the same, before 0.4.
	same map[string]string
	// replaced are the statements that others name as replaced, before 0.4.
	replaced map[string]bool
	// latest are the newest statements by their record, in 0.4.
	latest  map[recordID]latestStatement
	tooMany int // the number of the statement that was one too many
	// publisher is that of the statements of 0.4 that name none, where the others name just one. Else they are the feed's.
	publisher string
	named     string // the first publisher that a statement names
	several   bool   // others are named too
	feed      string // by its folded name
}

// recordID is the id of a record of 0.4, which is unique among those of its publisher.
type recordID struct{ publisher, id string }

// recordOf is the record that a statement is about; its id is empty before 0.4.
func (x *statementIndex) recordOf(n node) recordID {
	publisher := n.node("publicationDetails").node("publisher")
	return recordID{cmp.Or(publisherName(publisher), x.publisher), n.text("recordId")}
}

// publisherName is what a publisher is known by: its folded name, or else its site.
func publisherName(publisher node) string {
	return cmp.Or(keyWord(publisher.text("name")), siteOf(publisher.text("url"), ""))
}

// keyWord is a name as it stands in a key.
func keyWord(name string) string { return strings.ReplaceAll(fold.Text(name), " ", "-") }

type latestStatement struct {
	date string
	line int
}

// add notes what a statement replaces.
func (x *statementIndex) add(r *record, _ headwater.Pointer, n node) {
	if len(x.replaced)+len(x.latest) >= maxStatements {
		x.tooMany = r.line
		return
	}
	if record := x.recordOf(n); record.id != "" {
		switch {
		case record.publisher == "":
		case x.named == "":
			x.named = record.publisher
		case x.named != record.publisher:
			x.several = true
		}
		x.keepLatest(record, latestStatement{n.text("statementDate"), r.line})
		return
	}
	id := statementID(n)
	for _, before := range textsOf(n["replacesStatements"]) {
		x.replaced[before.text] = true
		if first, other := x.first(before.text), x.first(id); first != other {
			x.same[other] = first
		}
	}
}

// keepLatest keeps the newest statement on a record: of one day the last.
func (x *statementIndex) keepLatest(record recordID, statement latestStatement) {
	last, known := x.latest[record]
	if !known || statement.date > last.date || statement.date == last.date && statement.line > last.line {
		x.latest[record] = statement
	}
}

// settlePublisher says whose the records without a publisher are, once the whole file is known.
func (x *statementIndex) settlePublisher() {
	if x.named == "" || x.several {
		return
	}
	x.publisher = x.named
	for record, statement := range x.latest {
		if record.publisher == "" {
			x.keepLatest(recordID{x.publisher, record.id}, statement)
		}
	}
}

// first is the first statement that is known to be about the same.
func (x *statementIndex) first(id string) string {
	root := id
	for next, more := x.same[root]; more; next, more = x.same[root] {
		root = next
	}
	for next, more := x.same[id]; more && next != root; next, more = x.same[id] { // so that no chain is gone through twice
		x.same[id], id = root, next
	}
	return root
}

const bodsPrefix = "bods:"

// statementKey is the key of what a statement is about, before 0.4: its ids are unique everywhere.
func (x *statementIndex) statementKey(id string) string { return bodsPrefix + x.first(id) }

// recordKey is the key of what a record is about, since 0.4. Where nobody says who published it, it is the feed's own.
func (x *statementIndex) recordKey(record recordID) string {
	publisher := cmp.Or(record.publisher, x.feed)
	if publisher == "" {
		return bodsPrefix + record.id
	}
	return bodsPrefix + publisher + ":" + record.id
}

// bodsVersions are the versions that are read.
var bodsVersions = []string{"0.2", "0.3", "0.4"}

// read reads a statement that counts.
func (x *statementIndex) read(r *record, at headwater.Pointer, n node) {
	id, record := statementID(n), x.recordOf(n)
	version := n.node("publicationDetails").text("bodsVersion")
	switch {
	case record.id != "":
		r.isAbout(x.recordKey(record))
	case id != "":
		r.isAbout(x.statementKey(id))
	}
	switch {
	case id == "":
		r.fault(at.Field("statementID"), headwater.FaultRequired, nil, "what the statement is known by")
		return
	case version != "" && !slices.ContainsFunc(bodsVersions, func(known string) bool {
		return version == known || strings.HasPrefix(version, known+".")
	}):
		r.fault(at.Field("publicationDetails").Field("bodsVersion"), headwater.FaultNotOneOf, version, "BODS "+Either(bodsVersions))
		return
	case record.id == "" && x.replaced[id], record.id != "" && x.latest[record].line != r.line:
		r.note(at, id, "left out; a later statement replaces it")
		return
	}
	details, statement, key := n, at, x.statementKey
	if record.id != "" {
		id = record.id
		key = func(id string) string { return x.recordKey(recordID{record.publisher, id}) }
		if details = n.node("recordDetails"); len(details) == 0 {
			r.fault(at.Field("recordDetails"), headwater.FaultRequired, nil, "what the statement says")
			return
		}
		at = at.Field("recordDetails")
	}
	switch kind := n.text("statementType", "recordType"); kind {
	case "entityStatement", "entity":
		r.readStatedEntity(at, key(id), details)
	case "personStatement", "person":
		r.readStatedPerson(at, key(id), details)
	case "ownershipOrControlStatement", "relationship":
		r.readStatedInterests(statement, at, id, key, n, details)
	default:
		r.fault(at.Field("statementType"), headwater.FaultNotOneOf, kind, "a statement on an entity, a person, or ownership or control")
	}
}

// statedKinds are kinds of sources by the type of an entity; organizations are the rest.
var statedKinds = map[string]headwater.SourceKind{"state": headwater.Government, "statebody": headwater.Government}

// lettersOf is a code of BODS as all versions have it: 0.2 has hyphens where later ones have capitals.
func lettersOf(code string) string { return strings.ToLower(strings.ReplaceAll(code, "-", "")) }

// readStatedEntity reads what is said of an entity.
func (r *record) readStatedEntity(at headwater.Pointer, key string, n node) {
	kind := n.text("entityType")
	if object, isObject := n["entityType"].(map[string]any); isObject { // since 0.4
		kind = node(object).text("type")
	}
	s := headwater.SourceFields{Kind: headwater.Organization}
	if stated, known := statedKinds[lettersOf(kind)]; known {
		s.Kind = stated
	}
	names := textsOf([]any{n["name"], n["names"], n["alternateNames"]})
	s.Country = r.countryOf(at.Field("jurisdiction"), codeOf(n, "jurisdiction", "incorporatedInJurisdiction"))
	r.addStated(at, key, s, kind, names, n)
}

// readStatedPerson reads what is said of a person.
func (r *record) readStatedPerson(at headwater.Pointer, key string, n node) {
	var names []languageText
	for _, name := range n.nodes("names") {
		whole := name.text("fullName")
		if whole == "" {
			whole = strings.Join(strings.Fields(name.text("givenName")+" "+name.text("familyName")), " ")
		}
		names = append(names, textsOf(whole)...)
	}
	s := headwater.SourceFields{Kind: headwater.Person}
	if nationalities := n.nodes("nationalities"); len(nationalities) == 1 {
		s.Country = r.countryOf(at.Field("nationalities"), nationalities[0].text("code", "name"))
	}
	r.addStated(at, key, s, n.text("personType"), names, n)
}

// codeOf is the code or else the name of the first of some fields.
func codeOf(n node, fields ...string) string {
	for _, object := range n.firstNodes(fields...) {
		return object.text("code", "name")
	}
	return ""
}

// addStated adds an entity or a person. One that the statement does not name is an anonymous source.
func (r *record) addStated(at headwater.Pointer, key string, s headwater.SourceFields, kind string, names []languageText, n node) {
	if len(names) == 0 {
		letters := lettersOf(kind)
		if s.Anonymous = strings.HasPrefix(letters, "anonymous") || strings.HasPrefix(letters, "unknown"); !s.Anonymous {
			r.fault(at.Field("name"), headwater.FaultRequired, nil, "a name, or a type that says that there is none to tell")
			return
		}
		names = append(textsOf(n.node("unspecifiedEntityDetails")["description"]), languageText{text: kind})
		names = append(textsOf(n.node("unspecifiedPersonDetails")["description"]), names...)[:1]
	}
	s.Name = oneLine(names[0].text)
	s.Aliases = r.aliases(at, s.Name, names[1:])
	for _, identifier := range n.nodes("identifiers") {
		scheme := identifier.text("scheme", "schemeName")
		switch lettersOf(scheme) {
		case "xilei":
			scheme = "lei"
		case "xiwikidata", "wikidata":
			scheme = "wikidata"
		}
		r.addIdentifier(at.Field("identifiers"), &s, scheme, identifier.text("id", "uri"))
	}
	for _, site := range textsOf(n["uri"]) {
		r.addSite(at.Field("uri"), &s, site.text)
	}
	r.addEntity(at, key, s)
}

// interestKinds are the relations that interests make, by their code. What is not here makes none.
var interestKinds = map[string]headwater.RelationKind{
	"shareholding": headwater.OwnedBy,
	"votingrights": headwater.ControlledBy, "appointmentofboard": headwater.ControlledBy, "influenceorcontrol": headwater.ControlledBy,
	"otherinfluenceorcontrol": headwater.ControlledBy, "controlviacompanyrulesorarticles": headwater.ControlledBy,
	"controlbylegalframework": headwater.ControlledBy, "trustee": headwater.ControlledBy,
	"trusteeoftrust": headwater.ControlledBy, "otherinfluenceorcontroloftrust": headwater.ControlledBy, // in 0.2
	"boardmember": headwater.MemberOf, "boardchair": headwater.MemberOf, "seniormanagingofficial": headwater.MemberOf,
}

// readStatedInterests reads who has which interests in an entity. Interests of one kind and one time are one relation; what held at
// another time is another, so that an interest that is over hides none that holds.
func (r *record) readStatedInterests(statement, at headwater.Pointer, id string, key func(string) string, n, details node) {
	subject := partyOf(details["subject"])
	party := partyOf(details["interestedParty"])
	for _, end := range [][2]string{{subject, "subject"}, {party, "interestedParty"}} {
		of := details.node(end[1])
		switch reason := cmp.Or(of.text("reason"), of.node("unspecified").text("reason")); {
		case end[0] != "":
		case reason != "":
			r.note(at.Field(end[1]), reason, "left out; the statement names nobody")
		default:
			r.fault(at.Field(end[1]), headwater.FaultRequired, nil,
				"the statement or record of an entity or a person, or why it is not told")
		}
	}
	if subject == "" || party == "" {
		return
	}
	interests := details.nodes("interests")
	if len(interests) == 0 {
		r.note(at.Field("interests"), id, "left out; the statement has no interests")
	}
	var closed headwater.Day
	isClosed, undated := n.text("recordStatus") == "closed", false
	if isClosed {
		closed = r.parseDay(statement.Field("statementDate"), n.text("statementDate"))
	}
	type heldAs struct {
		kind         headwater.RelationKind
		since, until headwater.Day
	}
	var relations []*holding // in the order of the interests
	known := map[heldAs]*holding{}
	number := map[headwater.RelationKind]int{}
	for i, interest := range interests {
		in := at.Field("interests").Index(i)
		code := lettersOf(interest.text("type"))
		kind := interestKinds[code]
		share := r.parseShare(in.Field("share"), shareOf(interest.node("share")), true)
		switch {
		case kind == "":
			r.note(in.Field("type"), interest.text("type"), "left out; it is neither ownership nor control")
			continue
		case code == "votingrights" && share == nil:
			r.note(in.Field("type"), interest.text("type"), "left out; it does not say what part of the votes")
			continue
		case kind == headwater.ControlledBy && share != nil && *share <= headwater.ControllingShare:
			r.note(in.Field("share"), shareOf(interest.node("share")), "left out; no more than half is no control")
			continue
		case kind != headwater.OwnedBy:
			share = nil
		}
		h := holding{key: key(id) + ":" + string(kind), subject: tieEnd{key(subject), subject, at.Field("subject")},
			object: tieEnd{key(party), party, at.Field("interestedParty")}}
		if kind == headwater.MemberOf {
			h.subject, h.object = h.object, h.subject // of the board
		}
		h.Kind, h.Share = kind, share
		h.Since = r.parseDay(in.Field("startDate"), interest.text("startDate"))
		h.Until = r.parseDay(in.Field("endDate"), interest.text("endDate"))
		h.Until = cmp.Or(h.Until, closed)
		undated = undated || isClosed && h.Until == ""
		source := n.node("source")
		h.Citation = citation(interest.text("details"), source.text("description"),
			n.node("publicationDetails").node("publisher").text("name"), source.text("url"), "BODS "+statementID(n))
		as := heldAs{kind, h.Since, h.Until}
		if last := known[as]; last != nil {
			r.note(in, interest.text("type"), "another interest of the same kind and time; the larger counts")
			if share != nil && (last.Share == nil || *share > *last.Share) {
				h.key = last.key
				*last = h
			}
			continue
		}
		if number[kind]++; number[kind] > 1 {
			h.key += fmt.Sprintf(":%d", number[kind])
		}
		known[as] = &h
		relations = append(relations, &h)
	}
	if undated && len(r.faults) == 0 {
		r.fault(statement.Field("statementDate"), headwater.FaultRequired, nil, "the day on which what is closed ended")
	}
	if len(r.faults) > 0 {
		return // a relation without the dates that it has would hold for ever
	}
	for _, h := range relations {
		r.addHolding(at, *h)
	}
}

// partyOf is the statement or, since 0.4, the record that describes an end of a statement on ownership or control.
func partyOf(value any) string {
	if record, isRecord := value.(string); isRecord {
		return record
	}
	object, _ := value.(map[string]any)
	return node(object).text("describedByEntityStatement", "describedByPersonStatement")
}

// shareOf writes a share as parseShare reads it.
func shareOf(share node) string {
	exclusive := share.text("exclusiveMinimum") // a number since 0.4
	least := share.text("minimum")
	if isExclusive, before := share["exclusiveMinimum"].(bool); before && isExclusive {
		exclusive = least
	}
	most := share.text("maximum", "exclusiveMaximum")
	switch exact := share.text("exact"); {
	case exact != "":
		return exact
	case exclusive != "":
		return ">" + exclusive
	case least != "" && most != "":
		return least + "-" + most
	case least != "":
		return "≥" + least
	case most != "":
		return "<" + most
	}
	return ""
}
