package dates_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/dates"
)

func TestMoment(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("testdata/dates.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != 4 || (row[2] == "") == (row[3] == "") {
			t.Fatalf("%q is not an order, a date, and what it is or what is expected", line)
		}
		want := headwater.Moment(strings.TrimPrefix(row[2], "∅"))
		got, err := dates.Moment(row[1], dates.Order(row[0]))
		switch {
		case row[3] == "" && (err != nil || got != want):
			t.Errorf("%s %q is %q, want %q: %v", row[0], row[1], got, want, err)
		case row[3] != "" && (err == nil || !strings.Contains(err.Error(), row[3])):
			t.Errorf("%s %q is %q, want a fault that says %q: %v", row[0], row[1], got, row[3], err)
		}
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]headwater.Interval{
		"2024-05":              {Earliest: "2024-05", Latest: "2024-05"},
		"2024-04/2024-08":      {Earliest: "2024-04", Latest: "2024-08"},
		"٢٠٢٤-٠٤/٢٠٢٤-٠٨":      {Earliest: "2024-04", Latest: "2024-08"},
		"../2024":              {Latest: "2024"},
		"2024-04-30/..":        {Earliest: "2024-04-30"},
		"2024-04-30/":          {Earliest: "2024-04-30"},
		"2023/8/15":            {Earliest: "2023-08-15", Latest: "2023-08-15"},
		"2023/08":              {Earliest: "2023-08", Latest: "2023-08"},
		"2023/2024":            {Earliest: "2023", Latest: "2024"},
		"15 August 2023":       {Earliest: "2023-08-15", Latest: "2023-08-15"},
		"2024-05-06T07:08:09Z": {Earliest: "2024-05-06T07:08:09Z", Latest: "2024-05-06T07:08:09Z"},
		"unknown":              {},
	} {
		if got, err := dates.Interval(text, ""); err != nil || got != want {
			t.Errorf("%q is %+v, want %+v: %v", text, got, want, err)
		}
	}
	for text, expected := range map[string]string{
		"2024-08/2024-04": "not before its start", "../..": "", "last summer": "a date such as",
		"2024-13/2025": "a date such as", "3/4/2023": "the day from the month",
	} {
		got, err := dates.Interval(text, "")
		if (err == nil) != (expected == "") || err != nil && !strings.Contains(err.Error(), expected) {
			t.Errorf("%q is %+v, want a fault that says %q: %v", text, got, expected, err)
		}
	}
}

// TestDropsTime: a time that is left out is told, and what is no time is not.
func TestDropsTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2024-05-01T10:00:00": true, "2024-05-01 10:00": true, "2024-05-01 10:00:00 +0300": true, "1 May 2024 at 10:15 am": true,
		"١ مايو ٢٠٢٤ الساعة ١٠:٠٠": true, "2024-05-01T10:00:00Z": false, "2024-05-01T10:00:00+0300": false, "2024-05-01T10:00+03": false,
		"2024-05-01": false, "1 May 2024": false, "2024": false, "": false, "unknown": false, "+2024-05-01T00:00:00Z": false,
	} {
		if got := dates.DropsTime(text); got != want {
			t.Errorf("of %q, a time is dropped: %v", text, got)
		}
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]headwater.Day{
		"2017-03-01T20:30:17Z": "2017-03-01", "2017-03-01T23:30:17-05:00": "2017-03-01", "present": "", "حتى الآن": "", "مستمر": "",
		"2023-08": "2023-08", "n/a": "", "": "",
	} {
		if got, err := dates.Day(text, ""); err != nil || got != want {
			t.Errorf("Day(%q) = %q, want %q: %v", text, got, want, err)
		}
	}
	if _, err := dates.Moment("present", ""); err == nil {
		t.Error("a moment that goes on was read")
	}
}

// TestEveryDayInWords: a day is itself in every way to write it, in every month.
func TestEveryDayInWords(t *testing.T) {
	t.Parallel()
	arabic := strings.Fields("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر")
	for day := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2023; day = day.AddDate(0, 0, 1) {
		want := headwater.Day(day.Format(time.DateOnly))
		for _, layout := range []string{"January 2, 2006", "2 Jan 2006", "2006/1/2", "20060102", "Mon, 02 Jan 2006 15:04:05 MST",
			"2006-01-02 15:04:05.000 -0700", "2 " + arabic[day.Month()-1] + " 2006"} {
			if got, err := dates.Day(day.Format(layout), ""); err != nil || got != want {
				t.Errorf("Day(%q) = %q, want %s: %v", day.Format(layout), got, want, err)
			}
		}
		if got, err := dates.Day(day.Format("2/1/2006"), "dmy"); err != nil || got != want {
			t.Errorf("%s as dmy is %q: %v", want, got, err)
		}
		if got, err := dates.Day(day.Format("1/2/2006"), "mdy"); err != nil || got != want {
			t.Errorf("%s as mdy is %q: %v", want, got, err)
		}
	}
}

func FuzzMoment(f *testing.F) {
	for _, seed := range []string{"2017-03-01 20:30:17 UTC", "14/3/2016م", "7 تشرين الأول/أكتوبر 2020", "+2017-00-00T00:00:00Z",
		"Oct. 7, 2020", "\u200f١٤/٣/٢٠١٦"} {
		f.Add(seed, "dmy")
	}
	f.Fuzz(func(t *testing.T, text, order string) {
		moment, err := dates.Moment(text, dates.Order(order))
		if err != nil || moment == "" {
			return
		}
		if _, err := headwater.ParseMoment(string(moment)); err != nil {
			t.Fatalf("Moment(%q) = %q: %v", text, moment, err)
		}
		if again, err := dates.Moment(string(moment), dates.Order(order)); again != moment {
			t.Errorf("Moment(%q) = %q, of which it is %q: %v", text, moment, again, err)
		}
	})
}
