package interchange

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/dates"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

// row is one row of a table.
type row struct {
	*record
	table   TableOptions
	columns map[string]int
	cells   []string
	// percents says that shares are percentages.
	percents bool
}

// cell is the value of a field in the row as one line; empty where there is none.
func (r *row) cell(field string) string { return oneLine(r.prose(field)) }

// prose is the value of a field in the row that may have several lines; empty where there is none.
func (r *row) prose(field string) string {
	if value, isSet := r.table.Values[field]; isSet {
		return headwater.WithoutControls(value)
	}
	if column, found := r.columns[field]; found {
		return strings.TrimSpace(headwater.WithoutControls(r.cells[column]))
	}
	return ""
}

// group collects the fields group.NAME that the row has values for, by NAME.
func (r *row) group(group string) map[string]string {
	texts := map[string]string{}
	for _, field := range slices.AppendSeq(slices.Collect(maps.Keys(r.table.Values)), maps.Keys(r.columns)) {
		if name, ok := strings.CutPrefix(field, group+"."); ok && r.cell(field) != "" {
			texts[name] = r.cell(field)
		}
	}
	return texts
}

// emitSource adds the source that a row describes.
func (r *row) emitSource() {
	s := &headwater.Source{SourceFields: r.describedSource(""), Status: headwater.EntityActive}
	s.Meta = r.identity(headwater.ResourceSource, func() string { return sourceKey(s.SourceFields) })
	item := bundle.Item{Assertion: bundle.Restates, Resource: headwater.ResourceSource, Thing: s, Meta: &s.Meta}
	if status := r.cell("status"); status != "" {
		s.Status, item.StatusNamed = parseEnum[headwater.EntityStatus](r, "status", status), true
	}
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
	t := &headwater.Relation{Status: headwater.RecordActive}
	t.Subject, t.Object, t.Citation = subject.ID, object.ID, r.prose("citation")
	t.Kind = parseEnum[headwater.RelationKind](r, "kind", r.cell("kind"))
	t.Share, t.Since, t.Until = r.parseShare(r.cell("share")), r.parseDay("since", r.cell("since")), r.parseDay("until", r.cell("until"))
	t.Meta = r.identity(headwater.ResourceRelation, t.NaturalKey)
	item := bundle.Item{Assertion: bundle.Restates, Resource: headwater.ResourceRelation, Thing: t, Meta: &t.Meta,
		References: []bundle.LineReference{subject, object}}
	if status := r.cell("status"); status != "" {
		t.Status, item.StatusNamed = parseEnum[headwater.RecordStatus](r, "status", status), true
	}
	if len(r.faults) > 0 {
		r.items = nil // without the relation its ends are not wanted
		return
	}
	if !r.emit(item, sameField) {
		r.items = nil
	}
}

// sameField maps a thing's field to the row's field of the same name.
func sameField(at headwater.Pointer) headwater.Pointer { return at }

// identity is the row's own id or key or, without either, the key that the thing's content makes.
func (r *row) identity(resource headwater.Resource, natural func() string) headwater.Meta {
	var meta headwater.Meta
	if id := r.cell("id"); id != "" {
		raw, err := headwater.ParseID(id)
		if err != nil {
			r.fault("/id", headwater.FaultFormat, id, "a UUID")
		}
		meta.ID = raw
	}
	meta.Key, meta.Namespace = r.cell("key"), r.cell("namespace")
	if meta.Key == "" && meta.ID == uuid.Nil {
		meta.Key = natural()
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
	return meta
}

// reference is a source that a cell names by its key or id.
func (r *row) reference(field, raw string) bundle.LineReference {
	id, err := headwater.ParseID(raw)
	if err != nil {
		id = headwater.NamespaceOf(r.namespace).ID(headwater.ResourceSource, raw)
	}
	return bundle.LineReference{Pointer: headwater.Pointer("").Field(field), Resource: headwater.ResourceSource, ID: id, Given: raw}
}

// endpoint is the source at one end of a relation: one that the row names, or one that it describes, which is added
// unless it exists.
func (r *row) endpoint(name string) bundle.LineReference {
	if raw := r.cell(name); raw != "" {
		return r.reference(name, raw)
	}
	s := &headwater.Source{SourceFields: r.describedSource(name + "."), Status: headwater.EntityActive}
	if s.Name == "" {
		r.fault(headwater.Pointer("").Field(name), headwater.FaultRequired, nil, "the key or id of a source, or its name as "+name+".name")
		return bundle.LineReference{}
	}
	key := r.cell(name + ".key")
	if key == "" {
		key = sourceKey(s.SourceFields)
	}
	s.Meta = r.identify(headwater.ResourceSource, key)
	from := func(at headwater.Pointer) headwater.Pointer {
		return headwater.Pointer("").Field(name + "." + strings.TrimPrefix(string(at), "/"))
	}
	r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceSource, Thing: s, Meta: &s.Meta}, from)
	return bundle.LineReference{Pointer: headwater.Pointer("").Field(name), Resource: headwater.ResourceSource, ID: s.ID, Given: s.Name}
}

// describedSource reads the fields of a source; the prefix stands before each of their names.
func (r *row) describedSource(prefix string) headwater.SourceFields {
	cell := func(field string) string { return r.cell(prefix + field) }
	s := headwater.SourceFields{
		Name: cell("name"), Names: nilIfEmpty(r.group(prefix + "names")), Role: nilIfEmpty(r.group(prefix + "role")),
		ExternalIDs: nilIfEmpty(r.group(prefix + "external_ids")),
		Aliases:     splitList(cell("aliases")), Domains: r.parseHosts(cell("domains")),
		URL: r.parseAddress(headwater.Pointer("").Field(prefix+"url"), cell("url")), Notes: r.prose(prefix + "notes"),
		Country: r.parseCountry(prefix+"country", cell("country")), Anonymous: r.parseBool(prefix+"anonymous", cell("anonymous")),
		ControlReviewedAt: r.parseDay(prefix+"control_reviewed_at", cell("control_reviewed_at")),
	}
	s.Kind = headwater.OtherSource
	if kind := cell("kind"); kind != "" {
		s.Kind = parseEnum[headwater.SourceKind](r, prefix+"kind", kind)
	}
	if grade := cell("reliability"); grade != "" {
		s.Reliability = parseEnum[headwater.Reliability](r, prefix+"reliability", grade)
	}
	s.Normalize()
	return s
}

func nilIfEmpty(texts map[string]string) map[string]string {
	if len(texts) == 0 {
		return nil
	}
	return texts
}

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
	r.fault(headwater.Pointer("").Field(field), headwater.FaultNotOneOf, raw, "one of "+strings.Join(values, ", "))
	return e
}

// splitList splits a cell at semicolons and bars, and drops duplicates.
func splitList(cell string) []string {
	var entries []string
	for _, entry := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == '|' || r == '؛' }) {
		if entry = strings.TrimSpace(entry); entry != "" && !slices.Contains(entries, entry) {
			entries = append(entries, entry)
		}
	}
	return entries
}

// parseHosts reads the host names in a cell, or those of its addresses.
func (r *row) parseHosts(cell string) []string {
	var hosts []string
	for _, entry := range splitList(strings.ReplaceAll(cell, " ", ";")) {
		host := siteOf(entry, "")
		if host == "" {
			host = entry // kept, so that its fault shows it
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// parseDay reads a day in the table's order of day, month and year. A time after it is dropped.
func (r *row) parseDay(field, raw string) headwater.Day {
	day, err := dates.Day(raw, dates.Order(r.days))
	r.faultsAt(headwater.Pointer("").Field(field), err)
	return day
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
	switch fold.Text(raw) {
	case "", "no", "n", "false", "f", "0", "لا":
		return false
	case "yes", "y", "true", "t", "1", "نعم":
		return true
	}
	r.fault(headwater.Pointer("").Field(field), headwater.FaultNotOneOf, raw, "yes or no")
	return false
}

// parseShare reads a fraction of 1, or a percentage where the number or the name of its column says so.
func (r *row) parseShare(raw string) *float64 {
	number := fold.Digits(strings.NewReplacer("٪", "%", "٫", ".", ",", ".").Replace(raw))
	if number == "" {
		return nil
	}
	whole := 1.0
	if strings.HasSuffix(number, "%") || r.percents {
		number, whole = strings.TrimSpace(strings.TrimSuffix(number, "%")), 100
	}
	share, err := strconv.ParseFloat(number, 64)
	if err != nil || share < 0 || share > whole {
		r.fault("/share", headwater.FaultRange, raw,
			"a number from 0 to 1, or percents, written as 51% or in a column that has % in its name")
		return nil
	}
	share /= whole
	return &share
}
