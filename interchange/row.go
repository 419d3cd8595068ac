package interchange

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

// row is one row of a table.
type row struct {
	*record
	table  TableOptions
	header tableHeader
	cells  []string
}

// cell is the value of a field in the row as one line; empty where there is none. What the export wrote is taken to the letter: what a
// line may not hold is then a fault, and no other name.
func (r *row) cell(field string) string {
	if r.header.own {
		return r.prose(field)
	}
	return oneLine(r.prose(field))
}

// prose is the value of a field in the row that may have several lines; empty where there is none.
func (r *row) prose(field string) string {
	if value, isSet := r.table.Values[field]; isSet {
		return headwater.WithoutControls(value)
	}
	column, found := r.header.columns[field]
	if !found {
		return ""
	}
	cell := r.cells[column]
	if r.table.SafeCells {
		cell = originalCell(cell)
	}
	if r.header.own {
		return cell
	}
	value := strings.TrimSpace(headwater.WithoutControls(cell))
	if isNothing(field, value) {
		return ""
	}
	return value
}

// nothing are what tables write, in any case, in a cell that has no value.
var nothing = append(strings.Fields("n/a n.a. n.a #n/a n/d -- --- - – — ـ غ.م. غ/م"), "not applicable", "not available",
	"غير متوفر", "لا ينطبق")

// isNothing reports whether a cell says that it has no value. NA is also a country.
func isNothing(field, cell string) bool {
	cell = strings.ToLower(cell)
	return slices.Contains(nothing, cell) || cell == "na" && !strings.HasSuffix(field, "country")
}

// saysNothing reports whether a cell says in so many words that it has no value.
func (r *row) saysNothing(field string) bool {
	column, found := r.header.columns[field]
	return found && !r.header.own && isNothing(field, strings.TrimSpace(headwater.WithoutControls(r.cells[column])))
}

// group collects the fields group.NAME that the row has values for, by NAME; nil where there are none.
func (r *row) group(group string) map[string]string {
	var texts map[string]string
	prefix := group + "."
	add := func(field string) {
		name, ok := strings.CutPrefix(field, prefix)
		if !ok {
			return
		}
		if value := r.cell(field); value != "" {
			if texts == nil {
				texts = map[string]string{}
			}
			texts[name] = value
		}
	}
	for field := range r.table.Values {
		add(field)
	}
	for field := range r.header.columns {
		add(field)
	}
	return texts
}

// emitSource adds the source that a row describes.
func (r *row) emitSource() {
	fields, before := r.describedSource("")
	s := &headwater.Source{SourceFields: fields, Status: headwater.EntityActive}
	item := bundle.Item{Assertion: bundle.Restates, Resource: headwater.ResourceSource, Thing: s, Meta: &s.Meta}
	s.Meta, item.Earlier = r.identity(headwater.ResourceSource, func() (key, earlier string) {
		features := identity.FeaturesOf(s.SourceFields)
		item.Features = features
		return features.OwnKey(), earlierSourceKey(before)
	})
	if status := r.cell("status"); status != "" {
		s.Status, item.StatusNamed = parseEnum[headwater.EntityStatus](r, "status", status), true
	}
	item.Open, item.Blank = r.openFields(
		field{"aliases", len(s.Aliases) == 0}, field{"anonymous", r.cell("anonymous") == ""},
		field{"control_reviewed_at", s.ControlReviewedAt == ""}, field{"country", s.Country == ""}, field{"domains", len(s.Domains) == 0},
		field{"external_ids", len(s.ExternalIDs) == 0}, field{"kind", r.cell("kind") == ""}, field{"method", true},
		field{"names", len(s.Names) == 0}, field{"notes", s.Notes == ""}, field{"reliability", r.cell("reliability") == ""},
		field{"role", len(s.Role) == 0}, field{"url", s.URL == ""})
	if into := r.cell("merged_into"); into != "" {
		reference := r.reference("merged_into", into)
		s.MergedInto, item.References = &reference.ID, []bundle.LineReference{reference}
	}
	if (s.Status == headwater.EntityMerged) != (s.MergedInto != nil) {
		r.fault("/merged_into", headwater.FaultConflict, r.cell("merged_into"), "a source where status is merged, and only there")
	}
	if len(r.faults) == 0 {
		r.emit(item, sameField)
	}
}

// emitRelation adds the relation that a row describes, and the sources at its ends that it describes.
func (r *row) emitRelation() {
	subject, object := r.endpoint("subject"), r.endpoint("object")
	if r.hasOneEnd(subject, object) {
		return
	}
	t := &headwater.Relation{Status: headwater.RecordActive}
	t.Subject, t.Object, t.Citation = subject.ID, object.ID, r.prose("citation")
	t.Kind = parseEnum[headwater.RelationKind](r, "kind", r.cell("kind"))
	t.Share = r.parseShare("/share", r.cell("share"), r.header.percents)
	t.Since, t.Until = r.parseDay("/since", r.cell("since")), r.parseDay("/until", r.cell("until"))
	item := bundle.Item{Assertion: bundle.Restates, Resource: headwater.ResourceRelation, Thing: t, Meta: &t.Meta,
		References: []bundle.LineReference{subject.LineReference, object.LineReference}}
	t.Meta, item.Earlier = r.identity(headwater.ResourceRelation, func() (key, earlier string) {
		before := t.RelationFields
		before.Subject, before.Object = subject.earlier, object.earlier
		return t.NaturalKey(), before.NaturalKey()
	})
	item.Open, item.Blank = r.openFields(field{"citation", t.Citation == ""}, field{"share", t.Share == nil}, field{"until", t.Until == ""})
	if status := r.cell("status"); status != "" {
		t.Status, item.StatusNamed = parseEnum[headwater.RecordStatus](r, "status", status), true
	}
	if len(r.faults) > 0 {
		r.items, r.notes = nil, nil // without the relation its ends are not wanted
		return
	}
	if !r.emit(item, sameField) {
		r.items, r.notes = nil, nil
	}
}

// field is a field of a thing, and whether the row says nothing of it.
type field struct {
	name   string
	isOpen bool
}

// openFields are the fields of which the row says nothing, and those of them for which it has an empty cell, in the order given. In a
// table that the export wrote, an empty cell says that there is no value.
func (r *row) openFields(fields ...field) (open, blank []string) {
	if r.header.own {
		return nil, nil
	}
	open = make([]string, 0, len(fields))
	for _, f := range fields {
		if !f.isOpen {
			continue
		}
		open = append(open, f.name)
		if _, hasCell := r.header.columns[f.name]; hasCell {
			blank = append(blank, f.name)
		}
	}
	return open, blank
}

// hasOneEnd reports whether a row describes a source and nobody above it: itself, as tables say of who belongs to nobody, or
// an end that says that it has no value. The source is kept, and there is no relation.
func (r *row) hasOneEnd(subject, object end) bool {
	name, above := r.cell("subject.name"), r.cell("object.name")
	if r.cell("subject") != "" || r.cell("object") != "" || name == "" {
		return false
	}
	const at, noRelation = "/object.name", "the subject is kept, and no relation"
	hasKeys := r.cell("subject.key") != "" || r.cell("object.key") != ""
	switch {
	case subject.ID == object.ID || !hasKeys && identity.Name(name) == identity.Name(above):
		r.note(at, above, "the same as the subject: "+noRelation)
	case above == "" && r.saysNothing("object.name"):
		r.note(at, nil, "no value: "+noRelation)
	default:
		return false
	}
	r.items = slices.DeleteFunc(r.items, func(item bundle.Item) bool { return item.Meta.ID != subject.ID })
	if len(r.faults) > 0 {
		r.items, r.notes = nil, nil
	}
	return true
}

// sameField maps a thing's field to the row's field of the same name.
func sameField(at headwater.Pointer) headwater.Pointer { return at }

// identity is the row's own id or key or, without either, the one that the thing's content makes. earlier is the id by the
// key that the release before made of the content.
func (r *row) identity(resource headwater.Resource, natural func() (key, earlier string)) (meta headwater.Meta, earlier uuid.UUID) {
	if id := r.cell("id"); id != "" {
		raw, err := headwater.ParseID(id)
		if err != nil {
			r.fault("/id", headwater.FaultFormat, id, "a UUID")
		}
		meta.ID = raw
	}
	meta.Key, meta.Namespace = r.cell("key"), r.cell("namespace")
	if meta.Key == "" && meta.ID == uuid.Nil {
		key, before := natural()
		return r.identifyAs(resource, key, before)
	}
	if meta.Key != "" && meta.Namespace == "" {
		meta.Namespace = r.namespace
	}
	if meta.ID == uuid.Nil {
		meta.ID = headwater.NamespaceOf(meta.Namespace).ID(resource, meta.Key)
	}
	var faults headwater.Faults
	if errors.As(headwater.CheckKey(meta.Key, meta.Namespace), &faults) {
		r.faults = append(r.faults, faults...)
	}
	return meta, uuid.Nil
}

// end is a source at an end of a relation.
type end struct {
	bundle.LineReference
	earlier uuid.UUID
}

// reference is a source that a cell names by its key or id.
func (r *row) reference(field, raw string) bundle.LineReference {
	id, err := headwater.ParseID(raw)
	if err != nil {
		id = r.ids.ID(headwater.ResourceSource, raw)
	}
	return bundle.LineReference{Pointer: headwater.Pointer("").Field(field), Resource: headwater.ResourceSource, ID: id, Given: raw}
}

// endpoint is the source at one end of a relation: one that the row names, or one that it describes, which is added
// unless it exists.
func (r *row) endpoint(name string) end {
	if raw := r.cell(name); raw != "" {
		reference := r.reference(name, raw)
		return end{reference, reference.ID}
	}
	fields, before := r.describedSource(name + ".")
	s := &headwater.Source{SourceFields: fields, Status: headwater.EntityActive}
	if s.Name == "" && name == "object" && r.saysNothing("object.name") {
		return end{}
	}
	if s.Name == "" {
		r.fault(headwater.Pointer("").Field(name), headwater.FaultRequired, nil, "the key or id of a source, or its name as "+name+".name")
		return end{}
	}
	item := bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceSource, Thing: s, Meta: &s.Meta}
	var earlier uuid.UUID
	if key := r.cell(name + ".key"); key != "" {
		s.Meta = r.identify(headwater.ResourceSource, key)
		earlier = s.ID
	} else {
		features := identity.FeaturesOf(s.SourceFields)
		s.Meta, earlier = r.identifyAs(headwater.ResourceSource, features.OwnKey(), earlierSourceKey(before))
		item.Earlier, item.Features = earlier, features
	}
	from := func(at headwater.Pointer) headwater.Pointer {
		return headwater.Pointer("").Field(name + "." + strings.TrimPrefix(string(at), "/"))
	}
	r.emit(item, from)
	at := headwater.Pointer("").Field(name)
	return end{bundle.LineReference{Pointer: at, Resource: headwater.ResourceSource, ID: s.ID, Given: s.Name}, earlier}
}

// describedSource reads the fields of a source; the prefix stands before each of their names. before are the fields as the release
// before read them, to which all hosts were domains.
func (r *row) describedSource(prefix string) (s, before headwater.SourceFields) {
	cell := func(field string) string { return r.cell(prefix + field) }
	s = headwater.SourceFields{
		Name: cell("name"), Names: r.group(prefix + "names"), Role: r.group(prefix + "role"),
		ExternalIDs: r.group(prefix + "external_ids"),
		Aliases:     splitList(cell("aliases")), Domains: r.parseHosts(cell("domains")),
		URL: r.parseAddress(headwater.Pointer("").Field(prefix+"url"), cell("url")), Notes: r.prose(prefix + "notes"),
		Country: r.parseCountry(prefix+"country", cell("country")), Anonymous: r.parseBool(prefix+"anonymous", cell("anonymous")),
		ControlReviewedAt: r.parseDay(headwater.Pointer("").Field(prefix+"control_reviewed_at"), cell("control_reviewed_at")),
	}
	s.Kind = headwater.OtherSource
	if kind := cell("kind"); kind != "" {
		s.Kind = parseEnum[headwater.SourceKind](r, prefix+"kind", kind)
	}
	if grade := cell("reliability"); grade != "" {
		s.Reliability = parseEnum[headwater.Reliability](r, prefix+"reliability", grade)
	}
	s.Normalize()
	before = s
	r.moveAccounts(&s, prefix+"domains", cell("domains"))
	return s, before
}

// moveAccounts takes the addresses of accounts in a cell of domains for what they are: the first is the page of a source that has
// none.
func (r *row) moveAccounts(s *headwater.SourceFields, field, cell string) {
	if r.header.own || !strings.Contains(cell, "/") { // without which it may name hosts only
		return
	}
	var accounts, hosts []string
	for _, entry := range listedHosts(cell) {
		host := siteOf(entry, "")
		if host == entry { // which names an account itself, or none
			hosts = append(hosts, host)
			continue
		}
		account := identity.Account(entry)
		if account == "" || identity.Account(host) != "" { // the host names it
			hosts = append(hosts, host)
			continue
		}
		accounts = append(accounts, account)
	}
	if len(accounts) == 0 {
		return
	}
	s.Domains = slices.DeleteFunc(slices.Clone(s.Domains), func(host string) bool { return !slices.Contains(hosts, host) })
	if s.URL == "" {
		s.URL = "https://" + accounts[0]
	}
	r.addAccounts(headwater.Pointer("").Field(field), s, accounts)
}

// listedHosts are the entries of a cell of host names or addresses.
func listedHosts(cell string) []string { return splitList(strings.ReplaceAll(cell, " ", ";")) }

// parseEnum reads a value of an enum, ignoring case.
func parseEnum[E interface {
	~string
	Values() []string
}](r *row, field, raw string) E {
	var e E
	values := e.Values()
	for _, value := range values {
		if strings.EqualFold(value, strings.ReplaceAll(raw, " ", "_")) {
			return E(value)
		}
	}
	r.fault(headwater.Pointer("").Field(field), headwater.FaultNotOneOf, raw, headwater.OneOf(raw, values))
	return e
}

// listSeparators stand between the entries of a list in a cell.
const listSeparators = ";|؛"

// splitList splits a cell at semicolons and bars, and drops duplicates. An entry in double quotes, with those within it
// doubled, is taken to the letter.
func splitList(cell string) []string {
	var entries []string
	known := map[string]bool{}
	for rest := cell; rest != ""; {
		var entry string
		var quoted bool
		if entry, rest, quoted = cutQuoted(rest); !quoted {
			end := strings.IndexAny(rest, listSeparators)
			if end < 0 {
				end = len(rest)
			}
			entry, rest = strings.TrimSpace(rest[:end]), rest[end:]
		}
		if _, size := utf8.DecodeRuneInString(rest); size > 0 {
			rest = rest[size:] // the separator
		}
		if strings.TrimSpace(entry) != "" && !known[entry] {
			known[entry] = true
			entries = append(entries, entry)
		}
	}
	return entries
}

// cutQuoted takes the entry in quotes with which a list begins, if it does.
func cutQuoted(list string) (entry, rest string, quoted bool) {
	inner, opens := strings.CutPrefix(strings.TrimLeft(list, " "), `"`)
	if !opens {
		return "", list, false
	}
	var text strings.Builder
	for {
		before, after, closes := strings.Cut(inner, `"`)
		if !closes {
			return "", list, false
		}
		text.WriteString(before)
		if inner, opens = strings.CutPrefix(after, `"`); opens {
			text.WriteByte('"')
			continue
		}
		rest = strings.TrimLeft(after, " ")
		if next, _ := utf8.DecodeRuneInString(rest); rest != "" && !strings.ContainsRune(listSeparators, next) {
			return "", list, false
		}
		return text.String(), rest, true
	}
}

// parseHosts reads the host names in a cell, or those of its addresses.
func (r *row) parseHosts(cell string) []string {
	var hosts []string
	known := map[string]bool{}
	for _, entry := range listedHosts(cell) {
		host := siteOf(entry, "")
		if host == "" {
			host = entry // kept, so that its fault shows it
		}
		if !known[host] {
			known[host] = true
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// parseCountry reads a code, or a country's name in English or Arabic, and gives the code.
func (r *row) parseCountry(field, raw string) string {
	if raw == "" {
		return ""
	}
	code, known := identity.Country(raw)
	if !known {
		r.fault(headwater.Pointer("").Field(field), headwater.FaultFormat, raw,
			"an ISO 3166-1 alpha-2 code such as EG, or the country's name in English or Arabic")
	}
	return code
}

func (r *row) parseBool(field, raw string) bool {
	if raw == "" {
		return false
	}
	switch fold.Text(raw) {
	case "", "no", "n", "false", "f", "0", "لا":
		return false
	case "yes", "y", "true", "t", "1", "نعم":
		return true
	}
	r.fault(headwater.Pointer("").Field(field), headwater.FaultNotOneOf, raw, "yes or no")
	return false
}

// rangeOf matches what is written for a share that is not known to the last digit: two ends, or one with a word for it.
var (
	shareRange  = regexp.MustCompile(`^(?:between )?([\d.]+) ?%? ?(?:-|–|—|−|to|and|إلى|الى|و) ?([\d.]+) ?(%?)$`)
	shareAbove  = regexp.MustCompile(`^(?:>|more than|over|above|أكثر من|اكثر من) ?([\d.]+) ?(%?)$`)
	shareAtMost = regexp.MustCompile(`^(?:<|<=|≤|up to|less than|under|below|at most|أقل من|اقل من) ?([\d.]+) ?(%?)$`)
	shareFrom   = regexp.MustCompile(`^(?:≥|>=|at least|from|على الأقل)? ?([\d.]+) ?(%?) ?(?:\+|or more)?$`)
	shareAbout  = regexp.MustCompile(`^(?:~|≈|c\.|ca\.|about|around|approx\.?|approximately|حوالي|نحو) ?([\d.]+) ?(%?)$`)
)

// wordedShares are the least that a share can be for which there is a word, folded.
var wordedShares = sync.OnceValue(func() map[string]float64 {
	shares := map[string]float64{}
	for least, words := range map[float64]string{
		math.Nextafter(0.5, 1): "majority|a majority|majority stake|majority share|majority owner|majority shareholder|controlling|" +
			"controlling stake|controlling interest|أغلبية|الأغلبية|حصة الأغلبية|حصة مسيطرة|غالبية",
		0:   "minority|a minority|minority stake|minority share|minority owner|minority shareholder|أقلية|الأقلية|حصة أقلية",
		1:   "full|whole|sole|sole owner|full ownership|wholly owned|fully owned|entire|كامل|كاملة|ملكية كاملة",
		0.5: "half|a half|نصف|النصف",
	} {
		for word := range strings.SplitSeq(words, "|") {
			shares[fold.Text(word)] = least
		}
	}
	return shares
})

// percentWords are written for the sign.
var percentWords = regexp.MustCompile(` ?(?:percent|per cent|pct\.?|في المئة|في المائة|بالمئة|بالمائة)`)

// shareSigns are the signs of shares, each with the one that the patterns know. A comma that is no decimal separator groups nothing in
// a share.
var shareSigns = strings.NewReplacer("٪", "%", "؉", "‰", "％", "%", "﹪", "%", "٫", ".", ",", ".", "،", ".")

// shareText is a share with the signs that the patterns know.
func shareText(raw string) string {
	text := shareSigns.Replace(visibleText(raw))
	return percentWords.ReplaceAllString(strings.ToLower(fold.Digits(text)), "%")
}

// visibleText is a text without the marks that nobody sees.
func visibleText(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, text)
}

// parseShare reads a fraction of 1, or a percentage where the number or percents says so. Of a range the least that it can be counts,
// which is told.
func (r *record) parseShare(at headwater.Pointer, raw string, percents bool) *float64 {
	if raw == "" {
		return nil
	}
	text := shareText(raw)
	if text == "" {
		return nil
	}
	if least, worded := wordedShares()[fold.Text(text)]; worded {
		if least == 0 {
			r.note(at, raw, "left out, since it can be next to nothing")
			return nil
		}
		r.note(at, raw, fmt.Sprintf("read as %v, the least that it can be", least))
		return &least
	}
	if share, ok := fraction(text, percents || strings.HasSuffix(text, "%")); ok {
		return share
	}
	if found := shareAtMost.FindStringSubmatch(text); found != nil {
		if _, ok := fraction(found[1], percents || found[2] != ""); ok {
			r.note(at, raw, "left out, since it can be next to nothing")
			return nil
		}
	}
	for _, way := range []struct {
		pattern *regexp.Regexp
		above   bool
		told    string
	}{
		{shareRange, false, "the least that it can be"}, {shareAbove, true, "just above the least that it can be"},
		{shareFrom, false, "the least that it can be"}, {shareAbout, false, "what is written"},
	} {
		found := way.pattern.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		isPercents := percents || found[len(found)-1] != ""
		share, ok := fraction(found[1], isPercents)
		if end, isEnd := fraction(found[len(found)-2], isPercents); ok && isEnd && *share <= *end {
			if way.above {
				*share = math.Nextafter(*share, 1)
			}
			r.note(at, raw, fmt.Sprintf("read as %v, %s", *share, way.told))
			return share
		}
	}
	expected := "a number from 0 to 1, or percents, written as 51% or in a column that has % in its name"
	if percents {
		expected = "percents, a number from 0 to 100"
	}
	r.fault(at, headwater.FaultRange, raw, expected)
	return nil
}

// fraction reads a number as the part of 1 that it is.
func fraction(number string, isPercents bool) (*float64, bool) {
	share, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(number, "%")), 64)
	if err == nil && isPercents { // 33.3 is 0.333, which it is not quite when it is divided
		share, err = strconv.ParseFloat(strconv.FormatFloat(share, 'f', -1, 64)+"e-2", 64)
	}
	if err != nil || !(share >= 0 && share <= 1) {
		return nil, false
	}
	return &share, true
}
