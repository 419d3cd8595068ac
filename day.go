package headwater

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Day is an EDTF level 0 date (ISO 8601-2:2019, Library of Congress EDTF): a year, a month or a day, such as 2023,
// 2023-08 or 2023-08-15. The empty Day is an unknown date.
type Day string

// dayLayouts gives the layout by length: a date is as precise as it was written.
var dayLayouts = map[int]string{4: "2006", 7: "2006-01", 10: "2006-01-02"}

const dayExpected = "an EDTF date: a year, month or day such as 2023, 2023-08 or 2023-08-15"

// ParseDay reads an EDTF level 0 date of the years 0001 to 9999.
func ParseDay(s string) (Day, error) {
	day := Day(s)
	if _, err := day.parse(); err != nil {
		return "", err
	}
	return day, nil
}

func (d Day) parse() (time.Time, error) {
	layout, ok := dayLayouts[len(d)]
	if !ok {
		return time.Time{}, Faults{NewFault("", FaultFormat, d, dayExpected)}
	}
	t, err := time.Parse(layout, string(d))
	if err != nil || t.Year() == 0 {
		return time.Time{}, Faults{NewFault("", FaultFormat, d, dayExpected)}
	}
	return t, nil
}

// IsValid says whether d is a day or empty.
func (d Day) IsValid() bool {
	_, err := d.parse()
	return d == "" || err == nil
}

// First is the first day that d can mean, at midnight UTC; the zero time if d is empty or not valid.
func (d Day) First() time.Time {
	t, err := d.parse()
	if err != nil {
		return time.Time{}
	}
	return t
}

// Last is the last day that d can mean, at midnight UTC; the zero time if d is empty or not valid.
func (d Day) Last() time.Time {
	t, err := d.parse()
	switch {
	case err != nil:
		return time.Time{}
	case len(d) == 4:
		return t.AddDate(1, 0, -1)
	case len(d) == 7:
		return t.AddDate(0, 1, -1)
	}
	return t
}

// Moment is a Day or an RFC 3339 instant. The empty Moment is an unknown time.
type Moment string

const momentExpected = dayExpected + ", or an RFC 3339 instant such as 2023-08-15T09:30:00Z"

// ParseMoment reads a day or an instant.
func ParseMoment(s string) (Moment, error) {
	if _, err := ParseDay(s); err == nil {
		return Moment(s), nil
	}
	if _, err := Moment(s).instant(); err != nil {
		return "", Faults{NewFault("", FaultFormat, s, momentExpected)}
	}
	return Moment(s), nil
}

// instantPattern is the strict form of RFC 3339: time.Parse also accepts 9:30 for 09:30.
var instantPattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$`)

func (m Moment) instant() (time.Time, error) {
	if !instantPattern.MatchString(string(m)) {
		return time.Time{}, errors.New("not an RFC 3339 instant")
	}
	t, err := time.Parse(time.RFC3339, string(m))
	if err != nil {
		return time.Time{}, err
	}
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, fmt.Errorf("year %d is not between 1 and 9999", t.Year())
	}
	return t, nil
}

// Earliest is the first instant that m can mean, in UTC; the zero time if m is empty or not valid.
func (m Moment) Earliest() time.Time {
	if t, err := m.instant(); err == nil {
		return t
	}
	return Day(m).First()
}

// Latest is the last instant that m can mean, in UTC: of a day, its last nanosecond; the zero time if m is empty or
// not valid.
func (m Moment) Latest() time.Time {
	if t, err := m.instant(); err == nil {
		return t
	}
	last := Day(m).Last()
	if last.IsZero() {
		return last
	}
	return last.AddDate(0, 0, 1).Add(-time.Nanosecond)
}

// Interval is when something happened, as closely as is known: not before Earliest and not after Latest. An empty end is
// open.
type Interval struct {
	Earliest Moment `json:"earliest,omitempty" maxLength:"40" doc:"Not before this day (EDTF level 0) or instant (RFC 3339)." example:"2024-04-01"`
	Latest   Moment `json:"latest,omitempty" maxLength:"40" doc:"Not after this day (EDTF level 0) or instant (RFC 3339)." example:"2024-08-31"`
}

// Single is the one date of an interval whose ends are the same, as precise as it was written; empty where it is a range, of which no
// day may stand for the whole.
func (i Interval) Single() Moment {
	if i.Earliest != i.Latest {
		return ""
	}
	return i.Earliest
}

// Period is a range of days, both ends included. An empty end is open.
type Period struct {
	Start Day `json:"start,omitempty" maxLength:"10" nullable:"true" doc:"First day, EDTF level 0; open if missing." example:"2023-08"`
	End   Day `json:"end,omitempty" maxLength:"10" nullable:"true" doc:"Last day, EDTF level 0; open if missing." example:"2023-10"`
}

func (c *checker) day(at Pointer, d Day) {
	if d == "" {
		return
	}
	if _, err := ParseDay(string(d)); err != nil {
		c.add(at, FaultFormat, d, dayExpected)
	}
}

func (c *checker) moment(at Pointer, m Moment) {
	if m == "" {
		return
	}
	if _, err := ParseMoment(string(m)); err != nil {
		c.add(at, FaultFormat, m, momentExpected)
	}
}

func (c *checker) interval(at Pointer, i *Interval) {
	if i == nil {
		return
	}
	c.moment(at.Field("earliest"), i.Earliest)
	c.moment(at.Field("latest"), i.Latest)
	if first, last := i.Earliest.Earliest(), i.Latest.Latest(); !first.IsZero() && !last.IsZero() && last.Before(first) {
		c.add(at.Field("latest"), FaultRange, i.Latest, "not before earliest, "+string(i.Earliest))
	}
}

// CheckPeriod returns the faults of the two ends of a range of days, as Faults; an empty end is open.
func CheckPeriod(atStart, atEnd Pointer, start, end Day) error {
	var c checker
	c.period(atStart, atEnd, start, end)
	return c.err()
}

// period checks the two ends of a range of days. Types name these fields differently, so the caller passes both pointers.
func (c *checker) period(atStart, atEnd Pointer, start, end Day) {
	c.day(atStart, start)
	c.day(atEnd, end)
	if first, last := start.First(), end.Last(); !first.IsZero() && !last.IsZero() && last.Before(first) {
		c.add(atEnd, FaultRange, end, "not before the start, "+string(start))
	}
}
