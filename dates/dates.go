// Package dates reads the dates that people and programs write: in figures, with the names of months in English and
// Arabic, and with a time, which is left out unless the whole is an instant of ISO 8601. What can be two dates is
// refused, and the fault says how to say which.
//
// It must not know what a date is of, nor where it stands.
package dates

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// Order is the order in which the parts of dates in figures are written: nobody can tell 1/2/2023 from 2/1/2023. The
// empty Order says nothing.
type Order string

// Values lists the orders.
func (Order) Values() []string { return []string{"dmy", "mdy", "ymd"} }

// What is expected in the place of a date that cannot be read.
const (
	anyDate    = "a date such as 2023-08-15, 2023/8/15 or 15 August 2023; a month or a year such as 2023-08 or 2023 will do"
	plainOrder = "a date of which one can tell the day from the month, such as 2023-04-03 or 3 April 2023; " +
		"where all dates are in figures, the option days names their order, dmy or mdy"
	givenOrder = "a date in the order that was named, such as 2023-04-03 or 3 April 2023 in any"
	wholeYear  = "a year of four digits, as in 2023-08-15"
	ofGregory  = "a date of the Gregorian calendar, such as 2023-08-15; " +
		"those of the Hijri calendar have to be converted by who knows where the moon was seen"
	ofOther = "a date of the Gregorian calendar: this year is one of the Hijri or Persian calendar; if it is meant as it stands, written " +
		"as 1395-12-11"
	realDay     = "a day that there is, such as 2023-08-15"
	commonEra   = "a date of the years 0001 to 9999"
	yearMissing = "a date with its year, such as 2023-08-15"
	orderedEnds = "an interval whose end is not before its start, such as 2024-04/2024-08"
)

// Moment reads a date, and an instant as RFC 3339 or ISO 8601 write it. A date with a time in another form, or without its offset, is
// the day that is written, wherever on earth that was; DropsTime says so. What says that nobody knows, or that nobody filled it in, is
// empty: n/a, unknown, the first day of the year 1. Its error is headwater.Faults.
func Moment(text string, order Order) (headwater.Moment, error) {
	seen := wholeInstant(visible(text))
	if moment, err := headwater.ParseMoment(seen); err == nil && strings.Contains(seen, "T") && !strings.HasPrefix(seen, unset) {
		return moment, nil
	}
	day, err := read(text, order)
	return headwater.Moment(day), err
}

// isoInstant is an instant as ISO 8601 has it: without seconds too, and with hours alone, or no colon, in its offset.
var isoInstant = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)$`)

// wholeInstant is an instant of ISO 8601 as RFC 3339 writes it. All else stays as it is.
func wholeInstant(text string) string {
	parts := isoInstant.FindStringSubmatch(text)
	if parts == nil {
		return text
	}
	whole := parts[1] + ":" + cmp.Or(parts[2], "00")
	if parts[3] != "" {
		whole += "." + parts[3]
	}
	if parts[4] != "" {
		return whole + "Z"
	}
	return whole + parts[5] + ":" + cmp.Or(parts[6], "00")
}

// DropsTime says whether a text has a time of the day that Moment leaves out, since it is no instant. What Wikidata has after a day is
// none.
func DropsTime(text string) bool {
	seen := wholeInstant(visible(text))
	if _, err := headwater.ParseMoment(seen); err == nil || strings.HasPrefix(seen, "+") {
		return false
	}
	return withoutTime(seen) != strings.Trim(seen, " ,")
}

// Interval reads the time between two dates, as EDTF writes it (2024-04/2024-08, ../2024, 2024-04/..), and one date as the time that
// it may mean. Each of them is read as Moment reads it.
func Interval(text string, order Order) (headwater.Interval, error) {
	first, last, between := strings.Cut(visible(text), "/")
	if !between || !isEnd(first) || !isEnd(last) || first+last == "" {
		at, err := Moment(text, order)
		return headwater.Interval{Earliest: at, Latest: at}, err
	}
	i := headwater.Interval{Earliest: headwater.Moment(strings.Trim(first, ".")), Latest: headwater.Moment(strings.Trim(last, "."))}
	if end := i.Latest.Latest(); !end.IsZero() && end.Before(i.Earliest.Earliest()) {
		return headwater.Interval{}, fault(text, orderedEnds)
	}
	return i, nil
}

// isEnd says whether a text is an end of an interval as EDTF writes it; one that is not known, or open, is .. or nothing.
func isEnd(text string) bool {
	if text == "" || text == ".." {
		return true
	}
	_, err := headwater.ParseMoment(text)
	return err == nil
}

// Day reads a date as Moment does; of an instant, the day that is written. What says that something goes on is empty too:
// present, حتى الآن.
func Day(text string, order Order) (headwater.Day, error) {
	if day, isISO := isoDate(text); text == "" || isISO { // as most days of a table are
		return day, nil
	}
	if slices.Contains(ongoing, fold.Text(visible(text))) {
		return "", nil
	}
	return read(text, order)
}

// unset is the year of the first instant that .NET and Go know, which they write where there is none.
const unset = "0001-01-01"

// Words for a date that nobody knows, and for an end that is still to come, folded.
var (
	unknown = folded("n/a", "na", "none", "null", "unknown", "not known", "undated", "no date", "n.d.", "غير معروف", "غير محدد",
		"غير متوفر", "بدون تاريخ", "لا يوجد", "مجهول")
	ongoing = folded("present", "now", "ongoing", "current", "today", "to date", "to present", "till now", "حتى الآن", "الآن", "مستمر",
		"إلى الآن", "حتى اليوم")
)

func folded(names ...string) []string {
	for i, name := range names {
		names[i] = fold.Text(name)
	}
	return names
}

// visible is a text without marks that no reader sees, its digits as 0 to 9.
func visible(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r) || r == 'ـ':
			return -1
		case unicode.IsSpace(r):
			return ' '
		case r == '،':
			return ','
		case r == '⁄' || r == '∕' || r == '／':
			return '/'
		case r == '‐' || r == '‑' || r == '–' || r == '−':
			return '-'
		}
		return r
	}, text)
	return strings.Join(strings.Fields(fold.Digits(text)), " ")
}

// isoDate is a date that is written as it is kept. Those with parts that are not known are not.
func isoDate(text string) (headwater.Day, bool) {
	if !isoDay.MatchString(text) || strings.HasPrefix(text, unset[:4]) {
		return "", false
	}
	day, err := headwater.ParseDay(text)
	return day, err == nil
}

// read reads a date; a time before or after it is left out.
func read(written string, order Order) (headwater.Day, error) {
	if day, isISO := isoDate(written); isISO {
		return day, nil
	}
	text, isForeign := visible(written), strings.ContainsFunc(
		written, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsDigit(r) })
	if spoken := fold.Text(text); spoken == "" || slices.Contains(unknown, spoken) {
		return "", nil
	}
	date := withoutTime(text)
	if gregorian := common.FindStringSubmatch(date); gregorian != nil {
		date = gregorian[1]
	} else if isHijri(date) {
		return "", fault(text, ofGregory)
	}
	year, month, day, expected := parts(date, order)
	if expected != "" {
		return "", fault(text, expected)
	}
	if "1300" <= year && year <= "1499" && (isForeign || !isoDay.MatchString(date)) {
		return "", fault(text, ofOther)
	}
	whole := year
	for _, part := range []string{month, day} {
		if strings.Trim(part, "0") == "" {
			break // Wikidata writes 00 for what is not known
		}
		whole += "-" + twoDigits(part)
	}
	switch parsed, err := headwater.ParseDay(whole); {
	case err != nil:
		return "", fault(text, realDay)
	case year == unset[:4]:
		return "", nil
	default:
		return parsed, nil
	}
}

func fault(text, expected string) error {
	return headwater.Faults{headwater.NewFault("", headwater.FaultFormat, text, expected)}
}

func twoDigits(number string) string {
	if len(number) == 1 {
		return "0" + number
	}
	return number
}

// clock is a time of the day, zone what may follow it.
const (
	clock = `\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?i:am|pm|a\.m\.|p\.m\.|صباح[\pL\pM]*|مساء[\pL\pM]*|[صم]))?`
	zone  = `(?: ?(?i:z|utc|gmt|[a-z]{3,4}))?(?: ?[+-]\d{1,2}(?::?\d{2})?)?(?: ?\([^)]*\))?`
)

var (
	timeAfter  = regexp.MustCompile(`(?:[T,]| at| الساعة| -|) ?` + clock + zone + `$`)
	timeWithin = regexp.MustCompile(` ` + clock + `(?: [A-Z]{3,4})?( \d{4})$`) // Wed Mar 1 20:30:17 UTC 2017
	timeBefore = regexp.MustCompile(`^` + clock + zone + `(?: -|,)? `)
	basicTime  = regexp.MustCompile(`^\+?(\d{8})T\d{4}(?:\d{2}(?:[.,]\d+)?)?` + zone + `$`)
)

func withoutTime(text string) string {
	if basic := basicTime.FindStringSubmatch(text); basic != nil {
		return basic[1]
	}
	text = timeWithin.ReplaceAllString(text, "$1")
	text = timeBefore.ReplaceAllString(timeAfter.ReplaceAllString(text, ""), "")
	return strings.Trim(text, " ,")
}

// common is a date that says that it is of the common era: 2016م, 2016 AD.
var common = regexp.MustCompile(`^(.*\d) ?(?:م|م\.|ميلادي|ميلادية|للميلاد|A\.?D\.?|C\.?E\.?)$`)

// hijri are the words by which a date says that it is of the Hijri calendar, and the names of its months that are no
// other words, folded.
var hijri = folded("ه", "هجري", "هجرية", "للهجرة", "ah", "a.h.", "محرم", "صفر", "ربيع", "جمادى", "رجب", "شعبان", "رمضان", "شوال",
	"القعدة", "الحجة",
	"muharram", "safar", "rabi", "jumada", "rajab", "shaban", "ramadan", "shawwal")

func isHijri(date string) bool {
	return slices.ContainsFunc(strings.Fields(fold.Text(date)), func(word string) bool { return slices.Contains(hijri, word) })
}

var (
	compact = regexp.MustCompile(`^\+?(\d{4})(\d{2})(\d{2})$`)
	numbers = regexp.MustCompile(`^\+?(\d{1,4}) ?([-/.]) ?(\d{1,4})(?: ?([-/.]) ?(\d{1,4}))?$`)
	isoDay  = regexp.MustCompile(`^\d{4}(?:-\d{2}(?:-\d{2})?)?$`)
	oneYear = regexp.MustCompile(`^\+?(\d{4})$`)
	negated = regexp.MustCompile(`^-\d`)
)

// parts are the figures of a date's year, month and day, or what is expected in its place.
func parts(date string, order Order) (year, month, day, expected string) {
	if negated.MatchString(date) {
		return "", "", "", commonEra
	}
	if only := oneYear.FindStringSubmatch(date); only != nil {
		return only[1], "", "", ""
	}
	if all := compact.FindStringSubmatch(date); all != nil {
		return all[1], all[2], all[3], ""
	}
	all := numbers.FindStringSubmatch(date)
	switch {
	case all == nil:
		return inWords(date)
	case all[5] == "" && len(all[1]) == 4 && len(all[3]) <= 2:
		return all[1], all[3], "", ""
	case all[5] == "" && len(all[3]) == 4 && len(all[1]) <= 2:
		return all[3], all[1], "", ""
	case all[5] == "":
		return "", "", "", yearMissing
	case all[2] != all[4]:
		return "", "", "", anyDate
	case len(all[1]) == 4 && len(all[3]) <= 2 && len(all[5]) <= 2:
		return all[1], all[3], all[5], ""
	case len(all[5]) != 4 || len(all[1]) > 2 || len(all[3]) > 2:
		return "", "", "", wholeYear
	}
	day, month, expected = dayAndMonth(all[1], all[3], order)
	return all[5], month, day, expected
}

// dayAndMonth tells the day from the month where they come before the year.
func dayAndMonth(first, second string, order Order) (day, month, expected string) {
	dmy, mdy := isMonth(second), isMonth(first)
	switch {
	case order == "dmy" && dmy:
		return first, second, ""
	case order == "mdy" && mdy:
		return second, first, ""
	case order == "dmy" || order == "mdy":
		return "", "", givenOrder
	case dmy && mdy && twoDigits(first) != twoDigits(second):
		return "", "", plainOrder
	case dmy:
		return first, second, ""
	case mdy:
		return second, first, ""
	}
	return "", "", realDay
}

func isMonth(number string) bool { return twoDigits(number) <= "12" }

var ordinal = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?$`)

// inWords reads a date that names its month, in whatever order.
func inWords(date string) (year, month, day, expected string) {
	words := strings.Fields(monthsOfTwo.Replace(" " + strings.ReplaceAll(fold.Text(date), " ", "  ") + " "))
	for _, word := range words {
		number := ordinal.FindStringSubmatch(word)
		switch named := months()[word]; {
		case named != "" && (month == "" || month == named): // both names of one month: كانون الثاني/يناير
			month = named
		case named != "":
			return "", "", "", anyDate
		case number != nil && day == "":
			day = number[1]
		case number != nil:
			return "", "", "", wholeYear
		case oneYear.MatchString(word) && year == "":
			year = word
		case !slices.Contains(beside, word):
			return "", "", "", anyDate
		}
	}
	switch {
	case month == "":
		return "", "", "", anyDate
	case year == "":
		return "", "", "", yearMissing
	}
	return year, month, day, ""
}

// beside are words that may stand beside the parts of a date: those that join them, and the days of the week.
var beside = folded("of", "the", "on", "من", "في", "عام", "سنة", "لعام", "لسنة", "شهر", "يوم", "الموافق",
	"monday", "mon", "tuesday", "tue", "tues", "wednesday", "wed", "thursday", "thu", "thur", "thurs", "friday", "fri", "saturday",
	"sat", "sunday", "sun",
	"الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد", "اثنين", "ثلاثاء", "أربعاء", "خميس", "جمعة",
	"سبت", "أحد")
