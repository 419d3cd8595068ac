package dates

import (
	"strconv"
	"strings"
	"sync"

	"github.com/headwater-project/headwater/fold"
)

// monthNames are the names of the twelve months. Source: Unicode CLDR 46, en, ar, ar-LB and the others of the Levant,
// ar-DZ and ar-TN, ar-MA, ar-MR, ar-AE, with spellings that are common beside them.
var monthNames = [12]string{
	"january jan يناير كانون-الثاني كانون-ثاني جانفي ينّاير",
	"february feb فبراير شباط فيفري فبرائر",
	"march mar مارس آذار مارت",
	"april apr أبريل نيسان أفريل إبريل",
	"may مايو أيار ماي مايس",
	"june jun يونيو حزيران جوان يونية يونيه",
	"july jul يوليو تموز جويلية يوليوز يولية يوليه",
	"august aug أغسطس آب أوت غشت أغشت اوغسطس",
	"september sep sept سبتمبر أيلول شتنبر شتمبر",
	"october oct أكتوبر تشرين-الأول تشرين-أول اكتوبر أوكتوبر",
	"november nov نوفمبر تشرين-الثاني تشرين-ثاني نونبر",
	"december dec ديسمبر كانون-الأول كانون-أول دجنبر دجمبر",
}

// monthsOfTwo joins the two words of a month's name in a folded text whose spaces are doubled.
var monthsOfTwo = func() *strings.Replacer {
	var pairs []string
	for _, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			if first, second, two := strings.Cut(name, "-"); two {
				pairs = append(pairs, " "+fold.Text(first)+"  "+fold.Text(second)+" ", " "+joined(first, second)+" ")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}()

func joined(first, second string) string { return fold.Text(first) + "-" + fold.Text(second) }

// months are the numbers of the months by their names, folded.
var months = sync.OnceValue(func() map[string]string {
	numbers := map[string]string{}
	for i, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			key := fold.Text(name)
			if first, second, two := strings.Cut(name, "-"); two {
				key = joined(first, second)
			}
			numbers[key] = strconv.Itoa(i + 1)
		}
	}
	return numbers
})
