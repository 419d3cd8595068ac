package headwater_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
)

func TestDays(t *testing.T) {
	t.Parallel()
	for day, want := range map[string][2]string{
		"2023":       {"2023-01-01", "2023-12-31"},
		"0001":       {"0001-01-01", "0001-12-31"},
		"9999":       {"9999-01-01", "9999-12-31"},
		"2023-08":    {"2023-08-01", "2023-08-31"},
		"2024-02":    {"2024-02-01", "2024-02-29"},
		"1900-02":    {"1900-02-01", "1900-02-28"},
		"2023-12":    {"2023-12-01", "2023-12-31"},
		"2023-08-15": {"2023-08-15", "2023-08-15"},
		"2024-02-29": {"2024-02-29", "2024-02-29"},
	} {
		d, err := headwater.ParseDay(day)
		if err != nil {
			t.Errorf("%s: %v", day, err)
		}
		if first, last := d.First().Format(time.DateOnly), d.Last().Format(time.DateOnly); first != want[0] || last != want[1] {
			t.Errorf("%s is from %s to %s, want %v", day, first, last, want)
		}
	}
	for _, bad := range []string{"", "0000", "23", "202", "2023-13", "2023-00", "2023-1", "2023-02-30", "2023-02-29",
		"2023-08-15T00:00:00Z", "2023/08/15", "٢٠٢٣", "2023-08-1", " 2023", "-2023", "2023~", "20230815", "2023-8-15x"} {
		if d, err := headwater.ParseDay(bad); err == nil {
			t.Errorf("%q is read as %s", bad, d)
		}
		if d := headwater.Day(bad); !d.First().IsZero() || !d.Last().IsZero() {
			t.Errorf("%q, no day, has ends", bad)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	for moment, want := range map[string][2]string{
		"2023":                                {"2023-01-01T00:00:00Z", "2023-12-31T23:59:59.999999999Z"},
		"2023-08-15":                          {"2023-08-15T00:00:00Z", "2023-08-15T23:59:59.999999999Z"},
		"2023-08-15T09:30:00Z":                {"2023-08-15T09:30:00Z", "2023-08-15T09:30:00Z"},
		"2023-08-15T01:30:00.25+03:00":        {"2023-08-14T22:30:00.25Z", "2023-08-14T22:30:00.25Z"},
		"2023-08-15T01:30:00.123456789-00:30": {"2023-08-15T02:00:00.123456789Z", "2023-08-15T02:00:00.123456789Z"},
	} {
		m, err := headwater.ParseMoment(moment)
		if err != nil {
			t.Errorf("%s: %v", moment, err)
		}
		if first, last := m.Earliest().Format(time.RFC3339Nano), m.Latest().Format(time.RFC3339Nano); first != want[0] || last != want[1] {
			t.Errorf("%s is from %s to %s, want %v", moment, first, last, want)
		}
	}
	for _, bad := range []string{"", "2023-13", "2023-08-15T9:30:00Z", "2023-08-15T09:30:00", "2023-08-15T09:30:00,5Z",
		"2023-08-15 09:30:00Z", "2023-08-15T25:00:00Z", "2023-08-15T09:30:00+99:00", "2023-08-15T09:30Z", "0000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"} {
		if m, err := headwater.ParseMoment(bad); err == nil {
			t.Errorf("%q is read as %s", bad, m)
		}
		if m := headwater.Moment(bad); !m.Earliest().IsZero() || !m.Latest().IsZero() {
			t.Errorf("%q, no moment, has ends", bad)
		}
	}
}

// FuzzDay holds what is read as a day to EDTF level 0 written anew from its parts.
func FuzzDay(f *testing.F) {
	for _, seed := range []string{"2023", "2023-08", "2024-02-29", "2023-13", "0000", "+123", "20-3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := headwater.ParseDay(s)
		if err != nil {
			return
		}
		if again := d.First().Format(time.DateOnly)[:len(s)]; again != s {
			t.Errorf("%q is read as %q", s, again)
		}
		if d.Last().Before(d.First()) || d.Last().Format(time.DateOnly)[:len(s)] != s ||
			d.Last().AddDate(0, 0, 1).Format(time.DateOnly)[:len(s)] == s {
			t.Errorf("%q ends on %s", s, d.Last())
		}
	})
}

func FuzzMoment(f *testing.F) {
	for _, seed := range []string{"2023", "2023-08-15T09:30:00Z", "2023-08-15T09:30:00.000+03:00", "2023-08-15T24:00:00Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := headwater.ParseMoment(s); err == nil && (m.Latest().Before(m.Earliest()) || m.Earliest().Year() < 1 ||
			m.Latest().Year() > 9999) {
			t.Errorf("%q is from %s to %s", s, m.Earliest(), m.Latest())
		}
	})
}

func TestAnInstantIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-60_000_000_000, 250_000_000_000).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t,
			"nanoseconds")).
			In(time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "minutes east")))
		m, err := headwater.ParseMoment(at.Format(time.RFC3339Nano))
		if err != nil || !m.Earliest().Equal(at) || !m.Latest().Equal(at) {
			t.Fatalf("%s: %v, %s", at, err, m.Earliest())
		}
	})
}
