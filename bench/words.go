package main

import (
	"fmt"
	"math/rand/v2"
)

// word is one word in both languages.
type word struct{ en, ar string }

func (w word) in(language string) string {
	if language == arabic {
		return w.ar
	}
	return w.en
}

const (
	arabic  = "ar"
	english = "en"
)

// languages are those that texts are written in, in turn.
var languages = []string{arabic, english}

var (
	openings = []word{
		{"Bar", "بار"}, {"Mus", "موس"}, {"Qal", "قل"}, {"Tir", "تير"}, {"Nad", "ند"}, {"Sul", "سول"}, {"Kaf", "كف"}, {"Rim", "ريم"},
		{"Dan", "دان"}, {"Lub", "لوب"}, {"Zar", "زار"}, {"Fin", "فين"}, {"Hol", "هول"}, {"Jas", "جاس"}, {"Wad", "ود"}, {"Sham", "شام"},
	}
	middles = []word{
		{"ad", "اد"}, {"im", "يم"}, {"ur", "ور"}, {"an", "ان"}, {"os", "وس"}, {"il", "يل"}, {"ab", "اب"}, {"et", "يت"},
		{"un", "ون"}, {"ar", "ار"}, {"is", "يس"}, {"ok", "وك"}, {"am", "ام"}, {"ir", "ير"}, {"ul", "ول"}, {"as", "اس"},
	}
	endings = []word{
		{"iya", "ية"}, {"a", "ا"}, {"een", "ين"}, {"oun", "ون"}, {"abad", "آباد"}, {"ston", "ستون"}, {"mar", "مار"}, {"dal", "دال"},
		{"qar", "قر"}, {"naz", "ناز"}, {"bek", "بك"}, {"rud", "رود"}, {"shah", "شاه"}, {"ford", "فورد"}, {"wick", "ويك"}, {"mouth", "ماوث"},
	}
	things = []word{
		{"containers", "حاوية"}, {"people", "شخصا"}, {"tonnes of grain", "طنا من الحبوب"}, {"shells", "قذيفة"}, {"houses", "منزلا"},
		{"trucks", "شاحنة"}, {"families", "عائلة"}, {"ballots", "بطاقة اقتراع"}, {"barrels", "برميلا"}, {"workers", "عاملا"},
		{"patients", "مريضا"}, {"trees", "شجرة"}, {"passports", "جواز سفر"}, {"vaccines", "لقاحا"}, {"soldiers", "جنديا"},
		{"schools", "مدرسة"},
	}
	deeds = []word{
		{"were counted", "أُحصيت"}, {"were moved", "نُقلت"}, {"were damaged", "تضررت"}, {"went missing", "فُقدت"},
		{"were registered", "سُجلت"},
		{"were inspected", "فُتشت"}, {"were sold", "بيعت"}, {"were delivered", "سُلمت"}, {"were seized", "صودرت"},
		{"were rebuilt", "أُعيد بناؤها"},
	}
	offices = []word{
		{"the harbour office", "مكتب المرفأ"}, {"the ministry of health", "وزارة الصحة"}, {"the electoral commission", "لجنة الانتخابات"},
		{"the relief committee", "لجنة الإغاثة"}, {"the statistics bureau", "دائرة الإحصاء"}, {"the border police", "شرطة الحدود"},
		{"the miners' union", "نقابة عمال المناجم"}, {"the weather service", "دائرة الأرصاد"},
	}
	houses = []word{
		{"Gazette", "جريدة"}, {"News Agency", "وكالة أنباء"}, {"Radio", "إذاعة"}, {"Ministry", "وزارة"}, {"Union", "نقابة"},
		{"Observer", "مراقب"},
	}
)

// names is how many place names there are.
var names = len(openings) * len(middles) * len(endings)

// name is the i-th place name: each has one spelling in Arabic and one in English.
func name(i int) word {
	opening, middle, ending := openings[i%len(openings)], middles[i/len(openings)%len(middles)],
		endings[i/len(openings)/len(middles)%len(endings)]
	return word{opening.en + middle.en + ending.en, opening.ar + middle.ar + ending.ar}
}

// skew is the exponent of Zipf's law by which words are drawn: a few are everywhere and most are rare.
const skew = 1.1

// zipf draws a number below n, low ones far more often.
func zipf(random *rand.Rand, n int) int {
	return int(rand.NewZipf(random, skew, 8, uint64(n-1)).Uint64())
}

func pick[T any](random *rand.Rand, list []T) T { return list[random.IntN(len(list))] }

// everywhere is a word that every second statement has, for the slowest searches.
var everywhere = word{"according", "بحسب"}

// sentence draws a statement about a number of things in a place.
func sentence(random *rand.Rand) word {
	number, thing, deed := 2+random.IntN(9_000), things[zipf(random, len(things))], pick(random, deeds)
	place, office := name(zipf(random, names)), pick(random, offices)
	if random.IntN(2) == 0 {
		return word{
			fmt.Sprintf("%d %s %s in %s, %s to %s.", number, thing.en, deed.en, place.en, everywhere.en, office.en),
			fmt.Sprintf("%d %s %s في %s، %s %s.", number, thing.ar, deed.ar, place.ar, everywhere.ar, office.ar),
		}
	}
	return word{
		fmt.Sprintf("%d %s %s near %s this week.", number, thing.en, deed.en, place.en),
		fmt.Sprintf("%d %s %s قرب %s هذا الأسبوع.", number, thing.ar, deed.ar, place.ar),
	}
}
