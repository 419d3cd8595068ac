package interchange

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Option is an option of reading or writing that only some formats take. Its name is that of the API's parameter, of the
// place of a fault and, with dashes, of the command's flag.
type Option string

const (
	OptionKeepGoing Option = "keep_going" // keep what is not at fault
	OptionStrict    Option = "strict"     // refuse what is assumed by name
	OptionOf        Option = "of"         // what the rows of a table are
	OptionMap       Option = "map"        // FIELD=COLUMN
	OptionSet       Option = "set"        // FIELD=VALUE
	OptionDays      Option = "days"       // the order in which a file writes days
	OptionCharset   Option = "charset"    // the encoding of a file that does not say it
	OptionBOM       Option = "bom"        // a byte order mark before a table
	OptionSafeCells Option = "safe_cells" // cells that no spreadsheet takes for formulas
	OptionClaim     Option = "claim"      // a claim whose reviews are written
)

func (o Option) pointer() headwater.Pointer { return headwater.Pointer("").Field(string(o)) }

// TableOf is what the rows of a table that is written are, in the plural.
type TableOf string

// Values lists what tables are written of.
func (TableOf) Values() []string { return plurals(writtenRows()) }

// Resource is what each row is; empty where nothing is named.
func (t TableOf) Resource() headwater.Resource { return singular(string(t)) }

// ReadTableOf is what the rows of a table that is read are, in the plural.
type ReadTableOf string

// Values lists what tables are read of.
func (ReadTableOf) Values() []string { return plurals(readRows()) }

func plurals(resources []headwater.Resource) []string {
	names := make([]string, len(resources))
	for i, resource := range resources {
		names[i] = string(resource) + "s"
	}
	return names
}

func singular(name string) headwater.Resource {
	return headwater.Resource(strings.TrimSuffix(name, "s"))
}

// Either joins names as a text for people does: "a, b or c".
func Either[S ~string](names []S) string {
	var text strings.Builder
	for i, name := range names {
		switch i {
		case 0:
		case len(names) - 1:
			text.WriteString(" or ")
		default:
			text.WriteString(", ")
		}
		text.WriteString(string(name))
	}
	return text.String()
}

// ExportOptions says what is written, and how.
type ExportOptions struct {
	Format Format // Bundle if empty
	// Of is the resource that a table is of.
	Of headwater.Resource
	// BOM puts a byte order mark before a table.
	BOM bool
	// SafeCells puts an apostrophe before each cell that a spreadsheet would take for a formula.
	SafeCells bool
	// Claims are the claims whose reviews are written; those of all claims where there is none.
	Claims []uuid.UUID
	// RecordedBy is the place in the order of changes as of which things are written; 0 means as they are now.
	RecordedBy int64
}

// Validate gives all faults at once, as headwater.Faults.
func (o ExportOptions) Validate() error {
	codec, known := codecOf(cmp.Or(o.Format, Bundle))
	return o.validateFor(codec, known)
}

func (o ExportOptions) validateFor(codec codec, known bool) error {
	var faults headwater.Faults
	switch {
	case !known:
		faults = append(faults, o.Format.unknown())
	case !codec.isWritten():
		faults = append(faults, codec.notWritten())
	}
	refuse := func(option Option, value any) {
		faults = append(faults, headwater.NewFault(option.pointer(), headwater.FaultConflict, value,
			"nothing unless format is "+FormatsTaking(option)))
	}
	switch takes := codec.takes(OptionOf); {
	case !takes && o.Of != "":
		refuse(OptionOf, o.Of)
	case takes && !slices.Contains(writtenRows(), o.Of):
		faults = append(faults, headwater.NewFault(OptionOf.pointer(), headwater.FaultNotOneOf, o.Of,
			"what the rows are: "+Either(writtenRows())))
	}
	if o.BOM && !codec.takes(OptionBOM) {
		refuse(OptionBOM, o.BOM)
	}
	if o.SafeCells && !codec.takes(OptionSafeCells) {
		refuse(OptionSafeCells, o.SafeCells)
	}
	if len(o.Claims) > 0 && !codec.takes(OptionClaim) {
		refuse(OptionClaim, o.Claims[0])
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// ReadOptions is how a file is to be read, in the words of the request or the command line.
type ReadOptions struct {
	Format    Format
	KeepGoing bool
	Strict    bool
	Of        ReadTableOf
	Map       []string // FIELD=COLUMN
	Set       []string // FIELD=VALUE
	Days      DayOrder
	SafeCells bool
	Charset   string // by its name in the IANA registry or the WHATWG encoding standard
}

// Table is how a table is read. Its error is headwater.Faults: what cannot be read, and what does not go with the format.
func (o ReadOptions) Table() (TableOptions, error) {
	var faults headwater.Faults
	table := TableOptions{
		Of: singular(string(o.Of)), Days: o.Days, Charset: o.Charset, SafeCells: o.SafeCells,
		Columns: parsePairs(&faults, OptionMap, o.Map), Values: parsePairs(&faults, OptionSet, o.Set),
	}
	codec, known := codecOf(o.Format)
	if known && o.KeepGoing && !codec.takes(OptionKeepGoing) {
		faults = append(faults, headwater.NewFault(OptionKeepGoing.pointer(), headwater.FaultConflict, true,
			"false for "+codec.singular+", which is stored whole or not at all"))
	}
	if known && o.Strict && !codec.takes(OptionStrict) {
		faults = append(faults, headwater.NewFault(OptionStrict.pointer(), headwater.FaultConflict, true,
			"false for "+codec.singular+", which assumes nothing"))
	}
	if !codec.takes(OptionOf) && (o.Of != "" || o.SafeCells || len(o.Map) > 0 || len(o.Set) > 0 && !codec.takes(OptionSet) ||
		o.Days != "" && !codec.takes(OptionDays)) {
		faults = append(faults, headwater.NewFault("/format", headwater.FaultConflict, o.Format,
			FormatsTaking(OptionOf)+", if of, map, set, days or safe_cells is given"))
	}
	if o.Charset != "" && !codec.takes(OptionCharset) {
		faults = append(faults, headwater.NewFault(OptionCharset.pointer(), headwater.FaultConflict, o.Charset,
			"nothing unless format is "+FormatsTaking(OptionCharset)))
	}
	if len(faults) > 0 {
		return table, faults
	}
	return table, nil
}

// parsePairs reads FIELD=VALUE, where each field may stand once.
func parsePairs(faults *headwater.Faults, option Option, pairs []string) map[string]string {
	values := map[string]string{}
	for _, pair := range pairs {
		field, value, ok := strings.Cut(pair, "=")
		if _, twice := values[field]; !ok || twice {
			*faults = append(*faults, headwater.NewFault(option.pointer(), headwater.FaultFormat, pair, "FIELD=VALUE, each field once"))
		}
		values[field] = value
	}
	return values
}
