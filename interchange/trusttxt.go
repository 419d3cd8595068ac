package interchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
)

// TrustTextReader reads a publisher's trust.txt (https://journallist.net), where it names its owner, its members and its accounts, one a
// line. The file does not say whose it is: the option set says so, by the field domains.
type TrustTextReader struct {
	in        io.ReadSeeker
	table     TableOptions
	namespace string
	bindings  Bindings
}

// Bind says what the things of the file are. It is known to Items from then on.
func (r *TrustTextReader) Bind(bindings Bindings) { r.bindings = bindings }

// Unit is "line".
func (r *TrustTextReader) Unit() string { return "line" }

// trustTextFields are what the option set can say of the publisher.
var trustTextFields = []string{"domains", "name"}

// validateTrustText faults a table's options that do not say whose trust.txt is read.
func (t TableOptions) validateTrustText() headwater.Faults {
	faults := validateSet(t.Values, trustTextFields)
	if siteOf(t.Values["domains"], "") == "" {
		faults = append(faults, headwater.NewFault(OptionSet.pointer(), headwater.FaultRequired, t.Values["domains"],
			"domains=HOST, the host whose trust.txt this is, which the file does not say"))
	}
	return faults
}

// Items gives the sources and relations of all lines in order. Its errors are those of bundle.Reader.
func (r *TrustTextReader) Items() iter.Seq2[bundle.Item, error] {
	return func(yield func(bundle.Item, error) bool) {
		if err := r.read(yield); err != nil {
			yield(bundle.Item{}, err)
		}
	}
}

func (r *TrustTextReader) read(yield func(bundle.Item, error) bool) error {
	owner := party{name: fieldText{text: r.table.Values["name"]}, host: siteOf(r.table.Values["domains"], ""), kind: headwater.Outlet}
	err := r.lines(func(_ *record, line string) bool { // its accounts first, since each line names it
		if account := accountOf(line); account != "" && len(owner.accounts) < maxAccounts {
			owner.accounts = append(owner.accounts, account)
		}
		return true
	})
	if err != nil {
		return err
	}
	return r.lines(func(record *record, line string) bool {
		if line != "" {
			record.readTrustLine(owner, line)
		}
		return record.yield(yield)
	})
}

// lines gives each line that is no comment, with its record; an empty one for a line that cannot be read, which the record says.
func (r *TrustTextReader) lines(each func(record *record, line string) bool) error {
	in, err := openText(r.in, r.table.Charset)
	if err != nil {
		return err
	}
	lines := bundle.NewLines(in)
	for {
		line, err := lines.Next()
		text, _, _ := bytes.Cut(line, []byte("#"))
		text = bytes.TrimSpace(text)
		record := newRecord(r.namespace, r.table.Days, lines.Number()).bound(r.bindings)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, bundle.ErrLineTooLong):
			record.fault("", headwater.FaultTooLong, nil, fmt.Sprintf("a line of at most %d bytes", bundle.MaxLine))
			text = nil
		case err != nil:
			return err
		case !utf8.Valid(line):
			record.fault("", headwater.FaultText, nil, expectedEncoding)
			text = nil
		case len(text) == 0:
			continue
		}
		if !each(record, oneLine(string(text))) {
			return nil
		}
	}
}

// trustTies are the lines that tie the publisher to another, and how.
var trustTies = map[string]struct {
	kind headwater.RelationKind
	// isAbove says that the other is the one above.
	isAbove bool
	other   headwater.SourceKind
}{
	"controlledby": {headwater.ControlledBy, true, headwater.Organization},
	"control":      {headwater.ControlledBy, false, headwater.Outlet},
	"belongto":     {headwater.MemberOf, true, headwater.Organization},
	"member":       {headwater.MemberOf, false, headwater.Outlet},
}

// maxAccounts is how many accounts of a publisher are kept.
const maxAccounts = 100

// trustLine are the parts of a line of the form attribute=value.
func trustLine(line string) (attribute, value string, ok bool) {
	attribute, value, ok = strings.Cut(line, "=")
	return strings.ToLower(strings.TrimSpace(attribute)), strings.TrimSpace(value), ok
}

// accountOf is the account that a line names; empty where it names none.
func accountOf(line string) string {
	if attribute, value, ok := trustLine(line); ok && attribute == "social" {
		return identity.Account(value)
	}
	return ""
}

// readTrustLine reads a line of the publisher.
func (r *record) readTrustLine(publisher party, line string) {
	attribute, value, hasValue := trustLine(line)
	at := headwater.Pointer("").Field(attribute)
	tie, isTie := trustTies[attribute]
	host := siteOf(value, "")
	other := party{name: fieldText{at: at}, host: host, kind: tie.other, places: []string{value}}
	switch {
	case !hasValue:
		r.fault("", headwater.FaultFormat, line, "attribute=value, such as controlledby=https://owner.example/")
	case attribute == "social":
		if account := accountOf(line); !slices.Contains(publisher.accounts, account) {
			r.note(at, value, fmt.Sprintf("left out; kept are %d accounts on platforms that are known", maxAccounts))
		}
		r.addSource(publisher)
	case !isTie:
		r.note(at, value, "left out; it says nothing of who controls whom")
	case host == "":
		r.fault(at, headwater.FaultFormat, value, "the address of a site")
	case host == publisher.host:
		r.note(at, value, "the publisher itself; left out")
	case identity.OwnDomain(host) == "" && other.account() == "":
		r.note(at, value, "left out; it is a page of a site that is others' too, and no account of anybody")
	default:
		self, isNamed := r.addSource(publisher)
		other, isOther := r.addSource(other)
		below, above := self, other
		if !tie.isAbove {
			below, above = other, self
		}
		if isNamed && isOther {
			r.addTrustRelation(at, value, "trust.txt of "+publisher.host, tie.kind, below, above)
		}
	}
}

// addTrustRelation adds a relation, which is known by its ends. What is stored of it, perhaps with dates, stays.
func (r *record) addTrustRelation(at headwater.Pointer, value, citation string, kind headwater.RelationKind, below, above named) {
	t := &headwater.Relation{Status: headwater.RecordActive}
	t.Kind, t.Subject, t.Object, t.Citation = kind, below.id, above.id, citation
	before := t.RelationFields
	before.Subject, before.Object = below.earlier, above.earlier
	var earlier uuid.UUID
	t.Meta, earlier = r.identifyAs(headwater.ResourceRelation, t.NaturalKey(), before.NaturalKey())
	reference := func(id uuid.UUID) bundle.LineReference {
		return bundle.LineReference{Pointer: at, Resource: headwater.ResourceSource, ID: id, Given: value}
	}
	r.emit(bundle.Item{Assertion: bundle.Mentions, Resource: headwater.ResourceRelation, Thing: t, Meta: &t.Meta, Earlier: earlier,
		References: []bundle.LineReference{reference(t.Subject), reference(t.Object)}}, allAt(at))
}
