package interchange_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/testdata"
)

var sourceTable = interchange.TableOptions{Of: headwater.ResourceSource}

// namesAndNotes are the names of the sources that a table was read as, and what was told.
func namesAndNotes(t *testing.T, text string, table interchange.TableOptions) (names, told []string) {
	t.Helper()
	got := read(t, text, interchange.CSV, table)
	for _, item := range got.items {
		if s, isSource := item.Thing.(*headwater.Source); isSource {
			names = append(names, s.Name+"/"+string(s.Kind))
		}
	}
	for _, fault := range got.faults {
		told = append(told, fault.Error())
	}
	for _, note := range got.notes {
		told = append(told, fmt.Sprintf("line %d: note: %s", note.Line, note))
	}
	return names, told
}

// TestTablesAsTheyCome: each is the same two sources.
func TestTablesAsTheyCome(t *testing.T) {
	t.Parallel()
	title := func(line int, text string) string {
		return fmt.Sprintf("line %d: note: /: %q: a line above the names of the columns; left out", line, text)
	}
	for name, test := range map[string]struct {
		text string
		told []string
	}{
		"CR":                     {"name,kind\rA,outlet\rB,person\r", nil},
		"CR and LF":              {"name,kind\r\nA,outlet\r\nB,person\r\n", nil},
		"CR in a cell":           {"name,kind,notes\r\nA,outlet,\"x\ry\"\r\nB,person,\r\n", nil},
		"no end":                 {"name,kind\rA,outlet\rB,person", nil},
		"sep=":                   {"sep=;\nname;kind\nA;outlet\nB;person\n", nil},
		"sep= in CR":             {"sep=;\rname;kind\rA;outlet\rB;person\r", nil},
		"sep= in quotes":         {"\uFEFF\"sep=|\"\r\nname|kind\r\nA|outlet\r\nB|person\r\n", nil},
		"sep= and a tab":         {"sep=\t\nname\tkind\nA\toutlet\nB\tperson\n", nil},
		"padded":                 {"\u200f name\u00a0, kind \nA,outlet\nB,person\n", nil},
		"repeated, and not read": {"name,Note,Note,kind,\nA,1,2,outlet,\nB,,,person,\n", nil},
		"empty cells at the end": {"name,kind\nA,outlet,,\nB,person\n", nil},
		"a title": {"Outlets of the coast; 2024\n\nname;kind\nA;outlet\nB;person\n",
			[]string{title(1, "Outlets of the coast 2024")}},
		"a title with commas": {"Outlets, coast, 2024\nname;kind\nA;outlet\nB;person\n", []string{title(1, "Outlets, coast, 2024")}},
		"titles in cells": {"Outlets,,\nUpdated: 2024,\"by \"\"us\"\"\",\nname,kind,\nA,outlet,\nB,person,\n",
			[]string{title(1, "Outlets"), title(2, `Updated: 2024 by "us"`)}},
		"a title that looks like one of the columns": {"kind of outlets,name\nname,kind\nA,outlet\nB,person\n",
			[]string{title(1, "kind of outlets name")}},
		"no values": {"name,kind,country,domains\nA,outlet,N/A,-\nB,person,—,n.a.\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			names, told := namesAndNotes(t, test.text, sourceTable)
			if diff := cmp.Diff([]string{"A/outlet", "B/person"}, names); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.told, told); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestColumnsOfOneName are a fault where one of them is read.
func TestColumnsOfOneName(t *testing.T) {
	t.Parallel()
	mapped := interchange.TableOptions{Of: headwater.ResourceSource, Columns: map[string]string{"name": " Outlet", "notes": "Note"}}
	for name, test := range map[string]struct {
		text  string
		table interchange.TableOptions
		want  []string
	}{
		"a field": {"name,kind,name \nA,outlet,B\n", sourceTable, []string{
			`line 1: /name: duplicate: "name", expected a column of its own: 2 have this name, and one of them has to be ` +
				`called otherwise`}},
		"a mapped column": {"title\nOutlet,Note,Note\nA,x,y\n", mapped, []string{
			`line 2: /notes: duplicate: "Note", expected a column of its own: 2 have this name, and one of them has to be called otherwise`,
			`line 1: note: /: "title": a line above the names of the columns; left out`}},
	} {
		names, told := namesAndNotes(t, test.text, test.table)
		if diff := cmp.Diff(test.want, told); diff != "" || len(names) > 0 {
			t.Errorf("%s: %v %s", name, names, diff)
		}
	}
}

// TestListsInCells: an entry in which a separator stands is quoted.
func TestListsInCells(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string][]string{
		`A; B`: {"A", "B"}, `A|B؛C`: {"A", "B", "C"}, `"A; B"; C`: {"A; B", "C"}, `"A"; B; A`: {"A", "B"}, `""`: nil, `;`: nil,
		`"A|B"`: {"A|B"}, `"A ""B"" C"`: {`A "B" C`}, `"A" B; C`: {`"A" B`, "C"}, `A "B"; C`: {`A "B"`, "C"}, `"A; B`: {`"A`, "B"},
		`" A"; B`: {" A", "B"},
	} {
		text := "name,aliases\nX,\"" + strings.ReplaceAll(cell, `"`, `""`) + "\"\n"
		got := read(t, text, interchange.CSV, sourceTable)
		if len(got.items) != 1 {
			t.Fatal(got.faults)
		}
		if diff := cmp.Diff(want, got.items[0].Thing.(*headwater.Source).Aliases); diff != "" {
			t.Errorf("%s: %s", cell, diff)
		}
	}
}

// TestHoldings: what a row of a relation says of the share, and of who is above.
func TestHoldings(t *testing.T) {
	t.Parallel()
	table := interchange.TableOptions{Of: headwater.ResourceRelation,
		Values: map[string]string{"kind": "owned_by", "subject.kind": "outlet"}}
	head := "subject.name,object.name,share\n"
	for share, want := range map[string]string{
		"51%": "0.51", "0.25": "0.25", "25-50%": "0.25 told", "25% – 50 %": "0.25 told", "٢٥-٥٠٪": "0.25 told", "0.25-0.5": "0.25 told",
		"between 25 and 50%": "0.25 told", ">50%": "0.5000000000000001 told", "more than 50%": "0.5000000000000001 told",
		"≥ 75%": "0.75 told", "75%+": "0.75 told", "at least 75%": "0.75 told", "~30%": "0.3 told", "حوالي ٣٠٪": "0.3 told",
		"33,5%": "0.335", "٣٣٫٥ ٪": "0.335",
		"\u200f٤٠\u200f٪": "0.4", "40\u00a0%": "0.4", "51 percent": "0.51", "٥١ في المئة": "0.51", "25% to 50%": "0.25 told",
		"majority": "0.5000000000000001 told", "Majority stake": "0.5000000000000001 told", "الأغلبية": "0.5000000000000001 told",
		"minority": "none told", "sole owner": "1 told", "half": "0.5 told", "<5%": "none told", "up to 25%": "none told", "N/A": "none",
		"-": "none", "": "none",
		"51": "refused", "50-25%": "refused", "25-500%": "refused", "most": "refused",
	} {
		got := read(t, head+"A,B,\""+share+"\"\n", interchange.CSV, table)
		said := "refused"
		for _, item := range got.items {
			if relation, isRelation := item.Thing.(*headwater.Relation); isRelation {
				said = "none"
				if relation.Share != nil {
					said = fmt.Sprint(*relation.Share)
				}
			}
		}
		if len(got.notes) > 0 {
			said += " told"
		}
		if said != want || (said == "refused") != (len(got.faults) == 1) {
			t.Errorf("%q is %s, want %s: %v", share, said, want, got.faults)
		}
	}
	for row, told := range map[string]bool{"A,A,": true, "A, a ,": true, "A,N/A,": true, "A,-,": true} {
		got := read(t, head+row+"\n", interchange.CSV, table)
		if len(got.items) != 1 || got.items[0].Thing.(*headwater.Source).Name != "A" || (len(got.notes) == 1) != told ||
			len(got.faults) > 0 {
			t.Errorf("%q is read as\n%s", row, got.lines(t))
		}
	}
	for _, row := range []string{"A,,", ",B,", "-,B,"} {
		if got := read(t, head+row+"\n", interchange.CSV, table); len(got.items) != 0 || len(got.faults) == 0 {
			t.Errorf("%q is read as\n%s", row, got.lines(t))
		}
	}
	if got := read(t, "subject.name,subject.key,object.name,object.key\nA,a,A,b\n", interchange.CSV, table); len(got.items) != 3 {
		t.Errorf("two of one name with keys are read as\n%s", got.lines(t))
	}
}

// TestRealTable: outlets and owners of 40 countries, each name in several of them, as untidy as such tables are. At most one
// row in a hundred is refused, and each reason says what its owner can do.
func TestRealTable(t *testing.T) {
	t.Parallel()
	text, rows := realTable()
	got := read(t, text, interchange.CSV, realTableOptions)
	refused := map[int]bool{}
	for _, fault := range got.faults {
		refused[fault.Line] = true
		if fault.Pointer == "" || fault.Value == "" && fault.Code != headwater.FaultRequired || fault.Expected == "" {
			t.Errorf("%v names nothing that its owner could mend", fault)
		}
	}
	if len(refused) == 0 || len(refused) > rows/100 {
		t.Errorf("%d of %d rows are refused: %v", len(refused), rows, got.faults)
	}
	relations, countries := 0, map[string]bool{}
	for _, item := range got.items {
		switch thing := item.Thing.(type) {
		case *headwater.Relation:
			relations++
		case *headwater.Source:
			countries[thing.Country] = true
		}
	}
	alone := 0
	for _, note := range got.notes {
		if note.Pointer == "/object.name" {
			alone++
		}
	}
	if len(countries)-1 != len(realCountries) || relations+alone+len(refused) != rows {
		t.Errorf("%d countries; %d relations, %d without, and %d refused of %d rows", len(countries)-1, relations, alone, len(refused),
			rows)
	}
	if got.notes[0].Line != 1 || got.notes[0].Value != "Media ownership, all countries as of 2024" {
		t.Errorf("the title is told as %v", got.notes[0])
	}
}

// realCountries are countries as such tables write them: by code, in English and Arabic, as ISO, the UN and the World Bank do.
var realCountries = []string{"EG", "Syrian Arab Republic", "JO", "Lebanon", "Pakistan", "Iraq", "Yemen, Rep.", "Iran, Islamic Rep.", "TUR",
	"المملكة العربية السعودية", "UAE", "Qatar", "الكويت", "البحرين", "Oman", "ليبيا", "Tunisia", "الجزائر", "Morocco", "Mauritania",
	"Sudan",
	"South Sudan", "Somalia", "Djibouti", "Comoros", "West Bank and Gaza", "Israel", "Cyprus", "GR", "Russian Federation", "Ukraine",
	"United Kingdom of Great Britain and Northern Ireland", "United States of America", "DE-BY", "France", "Korea, Rep.",
	"Viet Nam", "Afghanistan", "Nepal", "Czechia", "Côte d'Ivoire", "Congo, Dem. Rep."}

var realTableOptions = interchange.TableOptions{
	Of: headwater.ResourceRelation, Days: "dmy",
	Columns: map[string]string{"subject.name": "Outlet", "subject.country": "Country", "subject.domains": "Website", "object.name": "Owner",
		"since": "From", "until": "To", "share": "Stake"},
	Values: map[string]string{"kind": "owned_by", "subject.kind": "outlet"},
}

// realTable is such a table, and how many rows it has.
func realTable() (text string, rows int) {
	names := []string{"NTV", "Al-Horizon TV", "الأفق", "Canal+", "Daily News", "The Herald", "صوت الشعب", "Radio Nova", "AJ+",
		"Le Quotidien"}
	shares := []string{"51%", "25-50%", ">50%", "N/A", "-", "", "100 %", "٤٠٪", "~30%", "0.75"}
	dates := []string{"2010", "1/2/2012", "03.04.2015", "٢٠١٦/٣/١٤", "14 مارس 2016م", "Oct. 7, 2020",
		"\u200f١٤\u200f/\u200f٣\u200f/\u200f٢٠١٦",
		"2018-00-00", "0001-01-01T00:00:00Z", "N/A"}
	ends := []string{"", "present", "حتى الآن", "-", "2023", "31/12/2023"}
	var b strings.Builder
	b.WriteString("Media ownership, all countries; as of 2024\r\rOutlet ;Country; Website;Owner;From;To;Stake;Note;Note\r")
	for rows = range 1_200 {
		country := realCountries[rows%len(realCountries)]
		outlet := names[rows/len(realCountries)%len(names)]
		if rows >= len(realCountries)*len(names) {
			outlet = fmt.Sprintf("%s %d", outlet, rows/len(realCountries))
		}
		owner := fmt.Sprintf("Holding %d", rows%97)
		switch {
		case rows%31 == 0:
			owner = outlet
		case rows%53 == 0:
			owner = "N/A"
		case rows%211 == 7:
			country = "Atlantis" // who knows
		case rows%400 == 9:
			owner = ""
		}
		fmt.Fprintf(&b, "%s;%s;https://www.outlet%d.example.com/;%s;%s;%s;%s;x;y\r", outlet, country, rows, owner, dates[rows%len(dates)],
			ends[rows%len(ends)], shares[rows%len(shares)])
	}
	return b.String(), rows + 1
}

// TestTablesComeBack: whatever the sources are, the table of them is read as the same sources.
func TestTablesComeBack(t *testing.T) {
	t.Parallel()
	word := rapid.StringOf(rapid.SampledFrom([]rune("aبéZ \"'`;|؛,-—\u200f\u00a0＝=@+#<>/"))).Filter(func(text string) bool {
		return strings.TrimSpace(text) != ""
	})
	line := rapid.OneOf(word, rapid.SampledFrom([]string{"-", "N/A", "n.a.", "NA", "sep=;", "name", "a; b", `"a"`, ` "`, `a "b"; c`}))
	prose := rapid.Map(rapid.SliceOf(rapid.SampledFrom(strings.Split("a| |\n|\r\n|\t|\"|,|;|-", "|"))),
		func(parts []string) string { return strings.Join(parts, "") })
	rapid.Check(t, func(t *rapid.T) {
		s := headwater.Source{Meta: headwater.Meta{Key: "k", Namespace: namespace, Version: 1}, Status: headwater.EntityActive}
		s.ID = headwater.NamespaceOf(namespace).ID(headwater.ResourceSource, "k")
		s.Kind, s.Name, s.Reliability = headwater.Outlet, line.Draw(t, "name"), headwater.CannotBeJudged
		s.Names = headwater.Texts{"ar": line.Draw(t, "ar")}
		s.Aliases, s.Notes = rapid.SliceOfNDistinct(line, 1, 5, rapid.ID[string]).Draw(t, "aliases"), prose.Draw(t, "notes")
		s.Country, s.ControlReviewedAt = rapid.SampledFrom([]string{"", "NA", "EG"}).Draw(t, "country"), "2024-01"
		if err := s.Validate(); err != nil {
			t.Skip(err)
		}
		safe := rapid.Bool().Draw(t, "safe")
		out, err := sourceRow(s, safe)
		if err != nil {
			t.Fatal(err)
		}
		table := sourceTable
		table.SafeCells = safe
		things, err := interchange.Read(strings.NewReader(out), interchange.CSV, table, namespace)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for item, err := range things.Items() {
			if err != nil || len(item.Notes) > 0 {
				t.Fatalf("%v %v\n%s", err, item.Notes, out)
			}
			if diff := cmp.Diff(s.SourceFields, item.Thing.(*headwater.Source).SourceFields); diff != "" {
				t.Fatalf("%s\n%s", diff, out)
			}
			count++
		}
		if count != 1 {
			t.Fatalf("%d sources in\n%s", count, out)
		}
	})
}

// sourceRow is the table of one source.
func sourceRow(s headwater.Source, safeCells bool) (string, error) {
	var out strings.Builder
	w, err := interchange.NewTableWriter(&out, interchange.ExportOptions{Of: headwater.ResourceSource, SafeCells: safeCells},
		interchange.Width{Languages: []string{"ar", "en"}})
	if err == nil {
		err = errors.Join(w.Source(s), w.Close())
	}
	return out.String(), err
}

// TestHostileNamesInTables: a name from before there were rules stands in a table to the byte, and is refused by its name where the table
// is read: it does not come in as another name. One that only a spreadsheet stumbles over comes in as it is.
func TestHostileNamesInTables(t *testing.T) {
	t.Parallel()
	names := map[string]bool{"=1+1": true, "+1 555": true, "-": true, "@handle": true, "'=1": true, "＝1": true,
		"\tname": false, "\rname": false, "=1\r+2": false, "\u202egnp.exe": false, "a\r\nb": false}
	for name := range testdata.HostileNames {
		names[name] = false
	}
	for name, comesIn := range names {
		for _, safe := range []bool{false, true} {
			s := headwater.Source{Meta: headwater.Meta{Key: "k", Namespace: namespace, Version: 1}, Status: headwater.EntityActive}
			s.ID = headwater.NamespaceOf(namespace).ID(headwater.ResourceSource, "k")
			s.Kind, s.Name, s.Reliability = headwater.Outlet, name, headwater.CannotBeJudged
			text, err := sourceRow(s, safe)
			if err != nil || !strings.Contains(text, name) || !safe && strings.Contains(text, "'"+name) {
				t.Errorf("%q is written as %q (%v)", name, text, err)
			}
			table := sourceTable
			table.SafeCells = safe
			got := read(t, text, interchange.CSV, table)
			switch {
			case comesIn && (len(got.items) != 1 || len(got.faults) > 0 || got.items[0].Thing.(*headwater.Source).Name != name):
				t.Errorf("%q comes in as %v, with the faults %v", name, got.items, got.faults)
			case !comesIn && (len(got.items) != 0 || len(got.faults) != 1 || got.faults[0].Pointer != "/name" ||
				got.faults[0].Code != headwater.FaultText):
				t.Errorf("%q comes in as %v, with the faults %v", name, got.items, got.faults)
			}
		}
	}
}
