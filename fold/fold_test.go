package fold_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater/fold"
)

func TestText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ in, want string }{
		"case and diacritics":             {"Déjà VU", "deja vu"},
		"harakat, tatweel and alef forms": {"أُرْسِلَـــت آلاف إلى", "ارسلت الاف الي"},
		"teh marbuta and alef maqsura":    {"قذيفة كبرى", "قذيفه كبري"},
		"Arabic-Indic digits":             {"٧٠٠٠ و ۱۲", "7000 و 12"},
		"thousands in Arabic":             {"٧٬٠٠٠", "7000"},
		"thousands in English":            {"7,000", "7000"},
		"thousands with a narrow space":   {"7\u202f000", "7000"},
		"two thousands":                   {"1,234,567", "1234567"},
		"a decimal":                       {"٣٫٥ 3.5", "3.5 3.5"},
		"a list of numbers":               {"3,4 1, 2", "3 4 1 2"},
		"a particle before a number":      {"و7000", "و 7000"},
		"a number of no groups":           {"3,4000 12,34", "3 4000 12 34"},
		"a noun after a number":           {"7000حاوية", "7000 حاويه"},
		"initials and full stops":         {"The U.S. said. e.g. 3. End", "the us said eg 3 end"},
		"apostrophes":                     {"Sana'a Qur’an 'quoted' don't", "sanaa quran quoted dont"},
		"two letters for one":             {"Straße Æon", "strasse aeon"},
		"presentation forms":              {"ﺍﻟﺤﻜﻮﻣﺔ ﻻ", "الحكومه لا"},
		"full width and ligatures":        {"ＮＡＴＯ ﬁne", "nato fine"},
		"superscript alef":                {"هٰذا", "هذا"},
		"Persian and Urdu letters":        {"کتاب ایران ہ", "كتاب ايران ه"},
		"not UTF-8":                       {"a\xffb", "a b"},
		"bidi marks":                      {"\u200fنص\u200e text", "نص text"},
		"punctuation":                     {"«نص»، ثم: end.", "نص ثم end"},
		"nothing":                         {" … ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fold.Text(test.in); got != test.want {
				t.Errorf("Text(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestTermsMeet(t *testing.T) {
	t.Parallel()
	for name, forms := range map[string][]string{
		"last letter":                  {"قذيفة", "قذيفه"},
		"article":                      {"أقمار اصطناعية", "الأقمار الاصطناعية", "اقمار اصطناعيه", "والأقمار الاصطناعيّة"},
		"article before a radical waw": {"وزير", "الوزير", "للوزير", "والوزير"},
		"conjunctions and particles": {"حكومة", "الحكومة", "والحكومة", "فالحكومة", "للحكومة", "وللحكومة", "بالحكومة", "كالحكومة",
			"لحكومة", "بحكومة", "وحكومة"},
		"particles before a name":       {"روسيا", "لروسيا", "بروسيا", "وروسيا", "ولروسيا"},
		"a name that begins like one":   {"لبنان", "اللبناني", "لبنانية", "للبنان"},
		"a million":                     {"مليون", "بمليون", "المليون", "لمليون"},
		"broken plural with particles":  {"صواريخ", "بصواريخ", "والصواريخ", "للصواريخ"},
		"feminine plural":               {"قوة", "قوات", "القوات", "والقوات", "قواته"},
		"masculine plural":              {"مسؤول", "مسؤولون", "المسؤولين", "والمسؤولون"},
		"plural of a nisba":             {"مدني", "مدنيون", "المدنيين", "مدنية"},
		"dual":                          {"عام", "عامين"},
		"pronouns":                      {"حكومة", "حكومتها", "حكومتهم", "حكوماتها"},
		"adjective of a country":        {"فلسطين", "فلسطيني", "الفلسطينية", "لفلسطين"},
		"hamza and madda":               {"آلاف", "ألاف", "الاف"},
		"spelling of Persian keyboards": {"کوریا", "كوريا", "كوريـــا"},
		"digits":                        {"٧٬٠٠٠", "7,000", "7000", "۷۰۰۰", "7\u00a0000", "7\u202f000"},
		"a particle before a number":    {"و٧٠٠٠", "7000"},
		"a noun after a number":         {"7000حاوية", "٧٠٠٠ حاوية"},
		"English plural":                {"shell", "shells", "Shells", "SHELLS"},
		"English verb":                  {"ship", "ships", "shipped", "shipping"},
		"English possessive":            {"Korea", "Korea's", "Korea’s"},
		"English contraction":           {"don't", "don’t", "dont"},
		"initials":                      {"U.S. officials", "US official"},
		"accents":                       {"Erdoğan", "Erdogan", "ERDOĞAN"},
		"two letters for one":           {"Straße", "STRASSE"},
		"full width":                    {"ＮＡＴＯ", "NATO"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, form := range forms[1:] {
				if a, b := fold.Terms(forms[0]), fold.Terms(form); !slices.Equal(a, b) {
					t.Errorf("%q gives %q and %q gives %q", forms[0], a, form, b)
				}
			}
		})
	}
}

func TestTermsDiffer(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"قذيفة", "سفينة"}, {"shell", "ship"}, {"7000", "700"}, {"3.5", "35"}, {"3,4", "34"}, {"2023-08", "202308"},
		{"إلى", "الله"}, {"الآن", "أن"}, {"إيران", "اليابان"}, {"قانون", "قنوات"}, {"كتاب", "باب"}, {"بيان", "يان"}, {"لجنة", "جنة"},
		{"قوات", "وقت"}, {"سلاح", "سلام"}, {"روسيا", "سوريا"}, {"كوريا", "سوريا"}, {"general", "generate"}, {"north", "south"},
		{"arms", "army"},
	} {
		if a, b := fold.Terms(pair[0]), fold.Terms(pair[1]); slices.Equal(a, b) {
			t.Errorf("%q and %q both give %q", pair[0], pair[1], a)
		}
	}
}

func TestWordsAreFoundInASentence(t *testing.T) {
	t.Parallel()
	sentence := fold.Terms("شحنت بيونغيانغ ٧٬٠٠٠ حاوية، وزوّدت موسكو بمليون قذيفة منذ تموز.")
	for _, question := range []string{"قذيفه", "مليون قذيفة", "7000 حاويه", "الحاوية", "لموسكو"} {
		for _, term := range fold.Terms(question) {
			if !slices.Contains(sentence, term) {
				t.Errorf("%q: %q is not among %q", question, term, sentence)
			}
		}
	}
}

func TestTermsOfFoldedTextAreThoseOfTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(),
			rapid.StringMatching(`([وفبكل]?(ال)?[ء-ي]{1,8}[ً-ْـ]? |[0-9٠-٩٬,.٫]{1,8}|[a-zA-Z'’.]{1,8} ){0,6}`)).Draw(t, "text")
		if a, b := fold.Terms(text), fold.Terms(fold.Text(text)); !slices.Equal(a, b) {
			t.Fatalf("%q gives %q, folded first %q", text, a, b)
		}
	})
}

func FuzzTextTwiceIsOnce(f *testing.F) {
	for _, seed := range []string{"", "٧٬٠٠٠ قذيفة", "Ǆ ﷺ ﬁ", "İI\u0307", "1,234.5", "\xf1ϓ", "Ǽ", "\u0640\u0301", "ß"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := fold.Text(s)
		if twice := fold.Text(once); twice != once {
			t.Errorf("Text(%q) = %q, folded again %q", s, once, twice)
		}
		fold.Terms(s)
	})
}

func TestTextTwiceIsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := fold.Text(rapid.OneOf(rapid.String(), rapid.StringMatching(`[ء-يًa-zA-Z'’. 0-9٠-٩٬,٫ßİæ]{0,20}`)).Draw(t, "text"))
		if twice := fold.Text(once); twice != once {
			t.Fatalf("%q folded again is %q", once, twice)
		}
	})
}
