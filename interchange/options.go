package interchange

import (
	"strings"

	"github.com/headwater-project/headwater"
)

// ReadOptions is how a file is to be read, in the words of who asks.
type ReadOptions struct {
	Format    Format
	KeepGoing bool
	Of        string   // what the rows of a table are: sources or relations
	Map       []string // FIELD=COLUMN
	Set       []string // FIELD=VALUE
	Days      string   // the order in which a table writes days
}

// Table is how a table is read. Its error is headwater.Faults: what cannot be read, and what does not go with the format.
func (a ReadOptions) Table() (Table, error) {
	var faults headwater.Faults
	table := Table{
		Of: headwater.Resource(strings.TrimSuffix(a.Of, "s")), Days: DayOrder(a.Days),
		Columns: pairs(&faults, "/map", a.Map), Values: pairs(&faults, "/set", a.Set),
	}
	if a.Format == Bundle && a.KeepGoing {
		faults = append(faults, headwater.NewFault("/keep_going", headwater.FaultConflict, true, "false for a bundle, which is stored whole or not at all"))
	}
	if a.Format != CSV && (a.Of != "" || a.Days != "" || len(a.Map)+len(a.Set) > 0) {
		faults = append(faults, headwater.NewFault("/format", headwater.FaultConflict, a.Format, "csv, if of, map, set or days is given"))
	}
	if len(faults) > 0 {
		return table, faults
	}
	return table, nil
}

// pairs reads FIELD=VALUE, of which each field may be given once.
func pairs(faults *headwater.Faults, at headwater.Pointer, given []string) map[string]string {
	read := map[string]string{}
	for _, pair := range given {
		field, value, ok := strings.Cut(pair, "=")
		if _, twice := read[field]; !ok || twice {
			*faults = append(*faults, headwater.NewFault(at, headwater.FaultFormat, pair, "FIELD=VALUE, each field once"))
		}
		read[field] = value
	}
	return read
}
