package interchange

import (
	"strings"
	"time"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// dayLayouts are the layouts of a day, a month or a year, by the order of the parts.
var dayLayouts = map[DayOrder][]string{
	"":    {"2006-1-2", "2006-1", "January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", "January 2006", "Jan 2006"},
	"ymd": {"2006-1-2", "2006-1"},
	"dmy": {"2-1-2006", "1-2006"},
	"mdy": {"1-2-2006", "1-2006"},
}

// openEnds are folded words for an end that is open or not known.
var openEnds = foldAll("present", "now", "ongoing", "current", "today", "n/a", "unknown", "حتى الآن", "الآن", "مستمر", "غير معروف",
	"غير محدد")

// months maps the folded names that Arabic countries use, and one short form that Go does not know, to English names.
var months = func() map[string]string {
	names := map[string]string{"sept": "Sep"}
	for i, list := range []string{"يناير كانون-الثاني جانفي", "فبراير شباط فيفري", "مارس آذار", "أبريل نيسان أفريل", "مايو أيار ماي",
		"يونيو حزيران جوان", "يوليو تموز جويلية", "أغسطس آب أوت غشت",
		"سبتمبر أيلول شتنبر", "أكتوبر تشرين-الأول", "نوفمبر تشرين-الثاني نونبر", "ديسمبر كانون-الأول دجنبر"} {
		for _, name := range strings.Fields(list) {
			names[fold.Text(name)] = time.Month(i + 1).String()
		}
	}
	return names
}()

// toEnglish rewrites the digits and the month name of a date in English, so that the time package can parse it.
func toEnglish(date string) string {
	words := strings.Fields(strings.NewReplacer("كانون ال", "كانون-ال", "تشرين ال", "تشرين-ال", "،", ",").Replace(fold.Digits(date)))
	for i, word := range words {
		first, _, _ := strings.Cut(word, "/") // both names of a month: كانون الثاني/يناير
		if month, known := months[fold.Text(first)]; known {
			words[i] = month
		}
	}
	return strings.Join(words, " ")
}

// parseDay reads a day in the table's order of day, month and year. A time after it is dropped.
func (r *row) parseDay(field, raw string) headwater.Day {
	text := toEnglish(raw)
	if text == "" || fold.Text(text) == "" || containsFolded(openEnds, text) {
		return ""
	}
	if day, err := headwater.ParseDay(text); err == nil {
		return day
	}
	if date, _, timed := strings.Cut(strings.Replace(text, "T", " ", 1), " "); timed && strings.Contains(text, ":") {
		text = date
	}
	parts := strings.NewReplacer("/", "-", ".", "-").Replace(text)
	for _, order := range []DayOrder{r.table.Days, ""} {
		for _, layout := range dayLayouts[order] {
			written := parts
			if strings.Contains(layout, " ") {
				written = text
			}
			if t, err := time.Parse(layout, written); err == nil && t.Year() > 0 {
				return headwater.Day(t.Format(precisionOf(layout)))
			}
		}
	}
	r.fault(headwater.Pointer("").Field(field), headwater.FaultFormat, raw,
		"a year, a month or a day such as 2023, 2023-08 or 2023-08-15; other orders of day, month and year have to be named")
	return ""
}

// precisionOf is the layout of an EDTF day as precise as the layout that matched.
func precisionOf(layout string) string {
	if strings.Count(layout, "2") > 1 { // a day, besides the year 2006
		return time.DateOnly
	}
	return "2006-01"
}

func containsFolded(foldedNames []string, text string) bool {
	words := " " + fold.Text(text) + " "
	for _, name := range foldedNames {
		if name == words {
			return true
		}
	}
	return false
}
