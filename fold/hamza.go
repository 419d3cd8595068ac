package fold

import (
	"regexp"
	"strings"
)

// seats are letters that carry a hamza or a madda, and that are written for one another or without it.
const seats = "أآؤئ"

// seated is a letter with a mark, if the mark is a hamza or a madda that it carries; without it else.
func seated(mark, letter rune) rune {
	switch {
	case mark == '\u0653' && letter == 'ا':
		return 'آ'
	case mark != '\u0654':
		return letter
	}
	switch letter {
	case 'ا':
		return 'أ'
	case 'و':
		return 'ؤ'
	case 'ي', 'ى', 'ی', 'ے':
		return 'ئ'
	}
	return letter
}

// The words whose hamza is written in ways that no rule about letters tells apart from others: شئون (شؤون, but ناشئون),
// شئ (شيء, but ناشئ), مائة (مئة, but علمائه).
var (
	affairs  = regexp.MustCompile(`^[وفبكل]*(ال|لل)?شئون`)
	thing    = regexp.MustCompile(`^[وفبكل]*(ال|لل)?شئ$`)
	hundreds = regexp.MustCompile(`^([وفبكل]*(?:ال|لل)?(?:ثلاث|[اأ]ربع|خمس|ست|سبع|ثماني?|تسع)?م)ا(ئ[هت])`)
)

// seatHamzas writes each hamza of a folded text as the letter that it sits on and, where writers do not agree on the
// seat, as one of them: مسئول is مسؤول, شئون شؤون, رءوس رؤوس, هيأة هيئة, شاطيء شاطئ and مائة مئة.
func seatHamzas(text string) string {
	if !strings.ContainsAny(text, seats+"ء") {
		return text
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		if strings.ContainsAny(word, seats+"ء") {
			words[i] = seatHamzasOf(word)
		}
	}
	return strings.Join(words, " ")
}

func seatHamzasOf(word string) string {
	inAffairs := false
	if strings.Contains(word, "شئ") {
		inAffairs = affairs.MatchString(word)
		if thing.MatchString(word) {
			word += "ي"
		}
	}
	if strings.Contains(word, "مائ") {
		word = hundreds.ReplaceAllString(word, "$1$2")
	}
	runes := []rune(word)
	for i := len(runes) - 1; i >= 0; i-- { // from the end, since a seat depends on the letter after it
		before, after := runeAt(runes, i-1), runeAt(runes, i+1)
		beforeWaw := i > 0 && after == 'و' && (inAffairs || !beforePlural(runes, i))
		switch runes[i] {
		case 'ئ':
			runes[i] = 'ي'
			if beforeWaw {
				runes[i] = 'و'
			}
		case 'ؤ':
			runes[i] = 'و'
		case 'ء':
			switch {
			case beforeWaw:
				runes[i] = 'و'
			case after == 0 && isYeh(before):
				runes[i] = 'ي'
			}
		case 'أ':
			runes[i] = 'ا'
			if i > 1 && isYeh(before) && after == 'ه' && i+2 == len(runes) {
				runes[i] = 'ي'
			}
		case 'آ':
			runes[i] = 'ا'
			if i > 1 && isYeh(before) && after == 'ت' && i+2 == len(runes) {
				runes = append(runes[:i], append([]rune("ي"), runes[i:]...)...) // هيآت
			}
		}
	}
	return string(runes)
}

// isYeh says whether a letter is yeh, or the hamza that becomes one.
func isYeh(r rune) bool { return r == 'ي' || r == 'ئ' }

// beforePlural says whether the letter at i is the last before the ending ون of a plural (لاجئون), whose other form has
// ين and keeps the seat.
func beforePlural(runes []rune, i int) bool { return i >= 2 && i+3 == len(runes) && runes[i+2] == 'ن' }

// runeAt is the letter at i, or 0 where there is none.
func runeAt(runes []rune, i int) rune {
	if i < 0 || i >= len(runes) {
		return 0
	}
	return runes[i]
}
