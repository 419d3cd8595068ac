package headwater

import (
	"database/sql/driver"
	"fmt"

	"github.com/cockroachdb/apd/v3"
)

// Decimal is an exact decimal number of at most 40 digits, never a float. Its JSON form is a plain JSON number
// without an exponent; digits are kept as written. The zero Decimal is 0.
type Decimal struct{ d apd.Decimal }

const (
	maxDigits       = 40
	decimalExpected = "a decimal number of at most 40 digits"
)

// ParseDecimal reads a number in ASCII digits, with an optional sign, point and exponent.
func ParseDecimal(s string) (Decimal, error) {
	fault := Faults{NewFault("", FaultFormat, s, decimalExpected)}
	if len(s) > 4*maxDigits {
		return Decimal{}, fault
	}
	d, _, err := apd.NewFromString(s)
	if err != nil || d.Form != apd.Finite || d.Exponent > maxDigits || d.Exponent < -maxDigits ||
		d.NumDigits()+int64(max(d.Exponent, 0)) > maxDigits {
		return Decimal{}, fault
	}
	if d.IsZero() {
		d.Negative, d.Exponent = false, min(d.Exponent, 0) // 0E3 is 0, not 0000
	}
	return Decimal{*d}, nil
}

// String writes the number in plain notation.
func (d Decimal) String() string { return d.d.Text('f') }

// Cmp is -1, 0 or 1 as d is less than, equal to or more than e. 7000 equals 7000.0.
func (d Decimal) Cmp(e Decimal) int { return d.d.Cmp(&e.d) }

// MarshalJSON writes a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads a JSON number.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] == '"' {
		return Faults{NewFault("", FaultFormat, string(b), decimalExpected+", not a string")}
	}
	if string(b) == "null" {
		return nil
	}
	parsed, err := ParseDecimal(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value returns the number as text, for the database.
func (d Decimal) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads a number that the database returns as text.
func (d *Decimal) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("headwater: a decimal cannot be read from %T", src)
	}
	parsed, err := ParseDecimal(text)
	*d = parsed
	return err
}

// Quantity is one number in a claim, with its unit.
type Quantity struct {
	Value      Decimal    `json:"value" doc:"The number, an exact decimal; the low end of a range." example:"7000"`
	High       *Decimal   `json:"high,omitempty" doc:"The high end, of a range only." example:"7500"`
	Unit       string     `json:"unit" minLength:"1" maxLength:"200" doc:"What is counted or measured, in the singular." example:"container"`
	Of         string     `json:"of,omitempty" maxLength:"200" doc:"What the units are of." example:"weapons"`
	Comparator Comparator `json:"comparator" doc:"How the claim puts the number." example:"~"`
}

// Comparator is how a claim states a number.
type Comparator string

const (
	Exactly Comparator = "="
	About   Comparator = "~"
	Above   Comparator = ">"
	AtLeast Comparator = ">="
	Below   Comparator = "<"
	AtMost  Comparator = "<="
	Between Comparator = "range" // from Value to High
)

// Values lists the comparators.
func (Comparator) Values() []string {
	return []string{string(Exactly), string(About), string(Above), string(AtLeast), string(Below), string(AtMost), string(Between)}
}

func (q Quantity) check(c *checker, at Pointer) {
	checkOneOf(c, at.Field("comparator"), q.Comparator)
	c.required(at.Field("unit"), !ShowsNothing(q.Unit), "what is counted or measured")
	switch {
	case q.Comparator == Between && q.High == nil:
		c.add(at.Field("high"), FaultRequired, nil, "the high end of the range")
	case q.Comparator == Between && q.High.Cmp(q.Value) < 0:
		c.add(at.Field("high"), FaultRange, q.High, "not below value, "+q.Value.String())
	case q.Comparator != Between && q.High != nil:
		c.add(at.Field("high"), FaultConflict, q.High, "no high end unless comparator is range")
	}
}
