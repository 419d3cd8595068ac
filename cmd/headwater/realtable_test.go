package main

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
)

// realOutlet is an outlet of the invented table: what tells it from others of its name.
type realOutlet struct {
	name, kind string
	country    int
	site       string
}

// realCountrySpellings are 40 countries, each in the ways that tables have it: by code, as the CLDR, ISO, the UN and the World Bank do,
// in English and Arabic, and by a part.
var realCountrySpellings = [][]string{
	{"EG", "Egypt", "Egypt, Arab Rep.", "مصر", "جمهورية مصر العربية", "EGY"},
	{"SY", "Syria", "Syrian Arab Republic", "سوريا", "الجمهورية العربية السورية"},
	{"TR", "Turkey", "Türkiye", "Turkiye", "تركيا"}, {"VN", "Vietnam", "Viet Nam", "فيتنام"},
	{"CD", "Congo, Dem. Rep.", "Democratic Republic of the Congo", "Congo - Kinshasa", "جمهورية الكونغو الديمقراطية"},
	{"CG", "Congo, Rep.", "Congo", "Congo - Brazzaville", "الكونغو"}, {"KR", "Korea, Rep.", "South Korea", "كوريا الجنوبية"},
	{"KP", "Korea, Dem. People's Rep.", "North Korea", "كوريا الشمالية"},
	{"IR", "Iran", "Iran, Islamic Rep.", "Iran (Islamic Republic of)", "إيران"}, {"RU", "Russia", "Russian Federation", "روسيا"},
	{"GB", "United Kingdom", "United Kingdom of Great Britain and Northern Ireland", "المملكة المتحدة", "GB-SCT"},
	{"US", "United States", "United States of America", "الولايات المتحدة", "US-DE"}, {"DE", "Germany", "ألمانيا", "DE-BY"},
	{"NP", "Nepal", "نيبال"}, {"CZ", "Czechia", "Czech Republic", "التشيك"}, {"CI", "Côte d'Ivoire", "Ivory Coast", "ساحل العاج"},
	{"YE", "Yemen, Rep.", "Yemen", "اليمن"}, {"JO", "Jordan", "الأردن"}, {"LB", "Lebanon", "لبنان"}, {"IQ", "Iraq", "العراق"},
	{"SA", "Saudi Arabia", "المملكة العربية السعودية", "السعودية"},
	{"AE", "United Arab Emirates", "الإمارات العربية المتحدة", "الإمارات"},
	{"QA", "Qatar", "قطر"}, {"KW", "Kuwait", "الكويت"}, {"BH", "Bahrain", "البحرين"}, {"OM", "Oman", "عمان", "سلطنة عمان"},
	{"LY", "Libya", "ليبيا"}, {"TN", "Tunisia", "تونس"}, {"DZ", "Algeria", "الجزائر"}, {"MA", "Morocco", "المغرب"},
	{"MR", "Mauritania", "موريتانيا"}, {"SD", "Sudan", "السودان"}, {"SS", "South Sudan", "جنوب السودان"}, {"SO", "Somalia", "الصومال"},
	{"PS", "West Bank and Gaza", "State of Palestine", "فلسطين"}, {"FR", "France", "فرنسا"}, {"PK", "Pakistan", "باكستان"},
	{"VE", "Venezuela, RB", "Venezuela (Bolivarian Republic of)", "فنزويلا"}, {"LA", "Lao PDR", "Lao People's Democratic Republic", "لاوس"},
	{"BO", "Bolivia", "Bolivia (Plurinational State of)", "بوليفيا"},
}

// realTable makes the table, with the outlet that each row is about; always the same. Ten names occur in many countries each.
func realTable() (text string, outlets []realOutlet, rows int) {
	names := []string{"NTV", "Al-Horizon TV", "الأفق", "Canal+", "Canal", "Daily News", "The Herald", "صوت الشعب", "AJ+", "AJ"}
	sites := func(n, country int) string {
		switch n % 7 {
		case 0:
			return fmt.Sprintf("https://www.outlet%d-%d.example.com/", n, country)
		case 1:
			return fmt.Sprintf("https://www.facebook.com/outlet%d.%d", n, country)
		case 2:
			return "https://portal.example.net/" + strconv.Itoa(n) // of a portal that many share
		case 3:
			return fmt.Sprintf("t.me/outlet%d_%d", n, country)
		case 4:
			return "https://ar.wikipedia.org/wiki/X"
		}
		return []string{"N/A", "-", ""}[n%3]
	}
	shares := []string{"51%", "25–50%", "25-50%", ">50%", "majority", "N/A", "-", "—", "", "100 %", "٤٠٪", "٣٣٫٥٪", "33,5 %", "~30%",
		"75%+"}
	dates := []string{"2010", "13/2/2012", "03.04.2015", "٢٠١٦/٣/١٤", "14 مارس 2016م", "Oct. 7, 2020",
		"\u200f١٤\u200f/\u200f٣\u200f/\u200f٢٠١٦", "2018-00-00",
		"0001-01-01T00:00:00Z", "N/A", "2017-03-01 20:30:17 UTC", "7th October 2020", "٧ تشرين الأول ٢٠٢٠"}
	ends := []string{"", "present", "حتى الآن", "-", "2023", "31/12/2023"}
	const header = " Outlet ;Type;Country; Website;Owner;From;To;Stake;Row;Note;Note\r\n"
	var b strings.Builder
	b.WriteString("Media ownership;;;;;;;;;;\r\nAll countries, as of 2024\r\n\r\n" + header)
	quoted := func(cell string) string { return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"` }
	for rows < 1_200 {
		n := rows
		spellings := realCountrySpellings[n%len(realCountrySpellings)]
		o := realOutlet{name: names[n/len(realCountrySpellings)%len(names)], kind: "outlet", country: n % len(realCountrySpellings)}
		if round := n / (len(realCountrySpellings) * len(names)); round == 1 { // others of these countries
			o.name = fmt.Sprintf("%s %d", o.name, n%17)
		} // and in the third round the first again, as their owners change
		o.site = sites(n%800, o.country)
		written := o.name
		switch n % 11 {
		case 3:
			written = " " + strings.ToUpper(o.name) + "  "
		case 5:
			written = "«" + o.name + "»"
		}
		country, owner, share := spellings[n/7%len(spellings)], fmt.Sprintf("Holding %d", n%97), shares[n%len(shares)]
		switch {
		case n%31 == 0:
			owner = strings.ToLower(o.name)
		case n%53 == 0:
			owner = "N/A"
		case n%331 == 7:
			country = "Atlantis" // who knows
		case n%600 == 9:
			owner = ""
		}
		if n%240 == 239 {
			b.WriteString(header) // of the next page
		}
		fmt.Fprintf(&b, "%s;%s;%s;%s;%s;%s;%s;%s;%d;x;y\r\n", quoted(written), o.kind, quoted(country), o.site, owner, dates[n%len(dates)],
			ends[n%len(ends)], share, n)
		outlets = append(outlets, o)
		rows++
	}
	return b.String(), outlets, rows
}

// TestRealTable: a table of outlets and owners in 40 countries, as messy as real ones, through the command. No two different outlets
// become one, at most one row in a hundred is refused, each for a reason that its owner can act on, and all that is assumed is listed.
func TestRealTable(t *testing.T) {
	t.Parallel()
	text, outlets, rows := realTable()
	database := storetest.New(t)
	r := invoke(t, "import", "--database-url", database, "--format", "csv", "--of", "relations", "--keep-going", "--assumed", "--days",
		"dmy",
		"--map", "subject.name=Outlet", "--map", "subject.kind=Type", "--map", "subject.country=Country", "--map",
		"subject.domains=Website",
		"--map", "object.name=Owner", "--map", "since=From", "--map", "until=To", "--map", "share=Stake", "--map", "citation=Row",
		"--set", "kind=owned_by", bundleFile(t, text))
	if r.code != 0 {
		t.Fatalf("%+v", r)
	}
	checkRealRefusals(t, r.stderr, rows)
	checkRealAssumptions(t, r.stdout)
	checkRealOutlets(t, outlets, ok(t, "export", "--database-url", database, "--format", "csv", "--of", "relations"),
		ok(t, "export", "--database-url", database, "--format", "csv", "--of", "sources"))
}

// checkRealRefusals: each fault names the place, the value and what was expected.
func checkRealRefusals(t *testing.T, stderr string, rows int) {
	t.Helper()
	refused := map[string]bool{}
	for line := range strings.Lines(stderr) {
		_, fault, found := strings.Cut(line, ".ndjson:")
		if number, reason, _ := strings.Cut(fault, ": "); found && !strings.HasPrefix(reason, "note: ") &&
			!strings.Contains(reason, "the later counts") {
			refused[number] = true
			if !strings.Contains(reason, "expected") || !strings.HasPrefix(reason, "/") {
				t.Errorf("this tells nobody what to do: %s", line)
			}
		}
	}
	if len(refused) == 0 || len(refused) > rows/100 {
		t.Errorf("%d of %d rows are refused:\n%s", len(refused), rows, stderr)
	}
}

// checkRealAssumptions: the counts agree with the list.
func checkRealAssumptions(t *testing.T, stdout string) {
	t.Helper()
	listed := map[string]int{}
	counts := map[string]int{}
	for line := range strings.Lines(stdout) {
		if _, by, found := strings.Cut(strings.TrimSpace(line), ", by "); found && strings.HasPrefix(line, "  line ") {
			listed[by]++
		}
		if _, all, found := strings.Cut(line, " assumed to be what others are: "); found {
			for part := range strings.SplitSeq(strings.TrimSpace(all), ", ") {
				count, by, _ := strings.Cut(part, " by ")
				counts[by], _ = strconv.Atoi(count)
			}
		}
	}
	if len(counts) < 3 || fmt.Sprint(counts) != fmt.Sprint(listed) {
		t.Errorf("%v are counted, and %v listed", counts, listed)
	}
}

// checkRealOutlets: each source is one outlet, by the rows that its relations cite, and there are as many as there are outlets.
func checkRealOutlets(t *testing.T, outlets []realOutlet, relations, sources string) {
	t.Helper()
	type same struct {
		name    string
		country int
	}
	of := map[string]same{}
	for _, row := range tableRows(t, relations) {
		n, err := strconv.Atoi(row["citation"])
		if err != nil {
			t.Fatalf("%v: %v", row, err)
		}
		outlet := same{outlets[n].name, outlets[n].country}
		if before, known := of[row["subject"]]; known && before != outlet {
			t.Errorf("%v and %v are one source", before, outlet)
		}
		of[row["subject"]] = outlet
	}
	count := map[same]int{}
	for _, outlet := range of {
		count[outlet]++
	}
	split := 0
	for outlet, sources := range count {
		if sources > 1 {
			split++
			t.Logf("%v is %d sources", outlet, sources)
		}
	}
	if len(count) < 600 || split > len(count)/100 {
		t.Errorf("%d outlets, of which %d are several sources", len(count), split)
	}
	countries := map[string]bool{}
	for _, row := range tableRows(t, sources) {
		countries[row["country"]] = true
		for domain := range strings.SplitSeq(row["domains"], "; ") {
			if strings.HasSuffix(domain, "facebook.com") || strings.HasSuffix(domain, "t.me") {
				t.Errorf("%s has the domain of a platform: %s", row["name"], domain)
			}
		}
	}
	if len(countries) != len(realCountrySpellings)+1 { // owners have none
		t.Errorf("%d countries: %v", len(countries)-1, countries)
	}
}

// tableRows are the rows of a table that was exported, by their columns.
func tableRows(t *testing.T, text string) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}
