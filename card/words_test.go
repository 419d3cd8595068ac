package card

import (
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"

	"github.com/headwater-project/headwater/provenance"
)

// TestArabicNumbers: each of the six forms of Arabic stands with the numbers that CLDR gives it.
func TestArabicNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "لا يؤيده أي إسناد.", 1: "يؤيده إسناد واحد.", 2: "يؤيده إسنادان.", 3: "تؤيده 3 إسنادات.", 10: "تؤيده 10 إسنادات.",
		11: "يؤيده 11 إسناداً.", 99: "يؤيده 99 إسناداً.", 100: "يؤيده 100 إسناد.", 102: "يؤيده 102 إسناد.", 103: "تؤيده 103 إسنادات.",
		111: "يؤيده 111 إسناداً.",
	} {
		if got := arabic.count(arabic.attributionsFor, n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "No attribution speaks for it.", 1: "One attribution speaks for it.",
		2: "2 attributions speak for it."} {
		if got := english.count(english.attributionsFor, n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// TestWordsAreWhole: each language has every sentence, in every form that its grammar has, and one for each standing.
func TestWordsAreWhole(t *testing.T) {
	t.Parallel()
	forms := map[Language][]plural.Form{
		English: {plural.One, plural.Other},
		Arabic:  {plural.Zero, plural.One, plural.Two, plural.Few, plural.Many, plural.Other},
	}
	for language, w := range wordsIn {
		fields := reflect.ValueOf(*w)
		for i := range fields.NumField() {
			name := fields.Type().Field(i).Name
			switch field := fields.Field(i); field.Type() {
			case reflect.TypeFor[string]():
				if field.String() == "" {
					t.Errorf("%s: %s is missing", language, name)
				}
			case reflect.TypeFor[counted]():
				for _, form := range forms[language] {
					if text := field.MapIndex(reflect.ValueOf(form)); !text.IsValid() || text.String() == "" {
						t.Errorf("%s: %s lacks the form %v", language, name, form)
					}
				}
			default:
			}
		}
		for _, standing := range provenance.Standing("").Values() {
			if sentence := w.standing[provenance.Standing(standing)]; !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %s is %q, no sentence", language, standing, sentence)
			}
		}
	}
}

// TestOrigins: an interval is said in one sentence, whichever of its ends are the same.
func TestOrigins(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		is              provenance.Independence
		english, arabic string
	}{
		{provenance.Independence{Min: 2, Max: 2}, "It comes from 2 independent origins.", "يعود إلى أصلين مستقلين."},
		{provenance.Independence{Min: 2, Max: 5}, "It comes from at least 2 and at most 5 independent origins.",
			"عدد أصوله المستقلة 2 على الأقل و5 على الأكثر."},
		{provenance.Independence{Max: 3}, "It comes from 3 independent origins at most, and none is known for sure.",
			"يعود إلى 3 أصول مستقلة على الأكثر، ولا يُعرف أي أصل يقيناً."},
		{provenance.Independence{}, "No independent origin is left.", "لم يبق له أصل مستقل."},
	} {
		if in, other := english.origins(c.is), arabic.origins(c.is); in != c.english || other != c.arabic {
			t.Errorf("%+v: %q and %q", c.is, in, other)
		}
	}
}
