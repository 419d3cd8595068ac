package headwater_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater"
)

func TestDecimals(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"0": "0", "-0": "0", "7000": "7000", "7000.0": "7000.0", "1.50": "1.50", "-0.5": "-0.5", "1e3": "1000", "1E-3": "0.001",
		"1e+2": "100",
		"0.1":  "0.1", "9007199254740993": "9007199254740993",
		"1234567890123456789012345678901234567890": "1234567890123456789012345678901234567890",
	} {
		d, err := headwater.ParseDecimal(given)
		if err != nil || d.String() != want {
			t.Errorf("%s is read as %s: %v", given, d, err)
		}
	}
	for _, bad := range []string{"", "x", "NaN", "Infinity", "1_000", "1,000", " 1", "٧", "0x10", "1e", "--1", "1e40", "1e-41",
		"1e999999999999999999", "12345678901234567890123456789012345678901", strings.Repeat("0", 1000)} {
		if d, err := headwater.ParseDecimal(bad); err == nil {
			t.Errorf("%q is read as %s", bad, d)
		}
	}
}

var decimalTexts = rapid.StringMatching(`-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,15})?([eE][+-]?[0-4])?`)

func rat(t interface{ Fatalf(string, ...any) }, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return r
}

func TestDecimalsAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimalTexts.Draw(t, "a"), decimalTexts.Draw(t, "b")
		x, err := headwater.ParseDecimal(a)
		if err != nil {
			t.Fatal(err)
		}
		y, err := headwater.ParseDecimal(b)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := x.Cmp(y), rat(t, a).Cmp(rat(t, b)); got != want {
			t.Fatalf("%s against %s is %d, want %d", a, b, got, want)
		}
		if rat(t, x.String()).Cmp(rat(t, a)) != 0 {
			t.Fatalf("%s is written as %s", a, x)
		}
		text, err := json.Marshal(map[string]headwater.Decimal{"x": x})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]headwater.Decimal
		if err := json.Unmarshal(text, &back); err != nil || back["x"].String() != x.String() {
			t.Fatalf("%s is read back as %s: %v", text, back["x"], err)
		}
		var scanned headwater.Decimal
		value, err := x.Value()
		if err != nil || scanned.Scan(value) != nil || scanned.String() != x.String() {
			t.Fatalf("%s comes from the database as %s: %v", value, scanned, err)
		}
	})
}

func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"7000", "-1.50", "1e39", ".5", "5.", "+1", "00", "1e-40", "Inf"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := headwater.ParseDecimal(s)
		if err != nil {
			return
		}
		if rat(t, d.String()).Cmp(rat(t, s)) != 0 {
			t.Errorf("%q is read as %s", s, d)
		}
		again, err := headwater.ParseDecimal(d.String())
		if err != nil || again.String() != d.String() {
			t.Errorf("%q, written as %s, is read again as %s: %v", s, d, again, err)
		}
		if text, err := json.Marshal(d); err != nil || !json.Valid(text) || strings.ContainsAny(string(text), "eE") {
			t.Errorf("%q is written as %s: %v", s, text, err)
		}
	})
}

func TestADecimalIsAJSONNumber(t *testing.T) {
	t.Parallel()
	for text, valid := range map[string]bool{`7`: true, `7.50`: true, `1e3`: true, `"7"`: false, `true`: false, `[7]`: false,
		`1e99`: false} {
		var d headwater.Decimal
		if err := json.Unmarshal([]byte(text), &d); (err == nil) != valid {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestADecimalOfTheDatabaseIsText(t *testing.T) {
	t.Parallel()
	var d headwater.Decimal
	if err := d.Scan(7.5); err == nil {
		t.Error("a float was read")
	}
}
