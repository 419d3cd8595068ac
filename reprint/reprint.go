// Package reprint says how much of one text stands in another, by the sequences of five words that they share, and gives each text
// a sketch by which the texts that share many are found among all others.
//
// A sketch is made of Bands numbers. Two texts that share the part j of all their sequences have one of them in common with the
// probability 1 - (1 - j³)³²: 98.6 % at a half, 99.9 % at six tenths, 0.03 % at a hundredth. The numbers are stored, so how they
// are made must not change without all of them being made anew.
//
// It must not know where texts are stored, who published them, nor when.
package reprint

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/headwater-project/headwater/fold"
)

const (
	// Words is how many words a sequence has.
	Words = 5
	// MinSequences is how many different sequences a text must have to be compared: in shorter ones chance says too much.
	MinSequences = 16
	// Bands is how many numbers a sketch has.
	Bands = 32
	// bandRows is how many minima of hashes are in each of them.
	bandRows = 3
)

// Text is a text as it is compared: its words, folded, and its different sequences, by their hashes in order.
type Text struct {
	Folded    string
	Sequences []uint64
}

// Of folds a text and finds its sequences.
func Of(text string) Text { return OfFolded(fold.Text(text)) }

// OfFolded is Of for a text that is folded already.
func OfFolded(folded string) Text {
	var hashes []uint64
	eachSequence(folded, func(sequence string, hash uint64) { hashes = append(hashes, hash) })
	slices.Sort(hashes)
	return Text{folded, slices.Clip(slices.Compact(hashes))}
}

// eachSequence calls do with each sequence of a folded text, in order.
func eachSequence(folded string, do func(sequence string, hash uint64)) {
	var starts [Words]int // of the last words, in turn
	n, at := 0, 0
	for at < len(folded) {
		end := len(folded)
		if space := strings.IndexByte(folded[at:], ' '); space >= 0 {
			end = at + space
		}
		starts[n%Words] = at
		if n++; n >= Words {
			sequence := folded[starts[n%Words]:end]
			do(sequence, xxhash.Sum64String(sequence))
		}
		at = end + 1
	}
}

// seeds makes another hash function of the one, for each minimum of a sketch. They are those of SplitMix64 from 1 on.
var seeds = func() (seeds [Bands * bandRows]uint64) {
	for i := range seeds {
		seeds[i] = mix(uint64(i+1) * 0x9e3779b97f4a7c15)
	}
	return seeds
}()

// mix is the finalizer of SplitMix64: each bit of the result depends on all of x.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Sketch gives the numbers of a text; none where it is too short to be compared.
func (t Text) Sketch() []int64 {
	if len(t.Sequences) < MinSequences {
		return nil
	}
	var least [Bands * bandRows]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	for _, sequence := range t.Sequences {
		for i, seed := range seeds {
			least[i] = min(least[i], mix(sequence^seed))
		}
	}
	sketch := make([]int64, Bands)
	var band [1 + 8*bandRows]byte
	for i := range sketch {
		band[0] = byte(i)
		for row := range bandRows {
			binary.LittleEndian.PutUint64(band[1+8*row:], least[i*bandRows+row])
		}
		sketch[i] = int64(xxhash.Sum64(band[:])) //nolint:gosec // the same bits, as the database has no unsigned numbers
	}
	return sketch
}

// Overlap is how many sequences two texts have, and how many they share.
type Overlap struct{ A, B, Shared int }

// Compare counts what two texts share.
func Compare(a, b Text) Overlap {
	o := Overlap{A: len(a.Sequences), B: len(b.Sequences)}
	for i, j := 0, 0; i < o.A && j < o.B; {
		x, y := a.Sequences[i], b.Sequences[j]
		if x == y {
			o.Shared++
		}
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	return o
}

// Jaccard is the part of all their sequences that both have, 0 to 1.
func (o Overlap) Jaccard() float64 { return part(o.Shared, o.A+o.B-o.Shared) }

// Containment is the part of the shorter one's sequences that the other has too, 0 to 1.
func (o Overlap) Containment() float64 { return part(o.Shared, min(o.A, o.B)) }

func part(of, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(of) / float64(all)
}

// From which likeness on one of two texts is taken for a reprint of the other: half of what they have, or nearly all of the shorter.
const (
	minJaccard     = 0.5
	minContainment = 0.8
)

// IsReprint says whether two texts share so much that one is likely made from the other, or both from a third.
func (o Overlap) IsReprint() bool {
	return min(o.A, o.B) >= MinSequences && (o.Jaccard() >= minJaccard || o.Containment() >= minContainment)
}

// maxRare is how many rare words count.
const maxRare = 5

// Score is how likely one is a reprint, 0 to 1: the part that they share, which each rare word that both have brings a fifth
// nearer to 1. Words that few others have, such as a misspelt name or a wrong figure, are hardly written twice by chance.
func (o Overlap) Score(rare int) float64 {
	shared := max(o.Jaccard(), o.Containment()*minContainment)
	return 1 - (1-shared)*math.Pow(0.8, float64(min(rare, maxRare)))
}

// maxPassage is how many characters of a passage are given at most, as a word can be as long as a text.
const maxPassage = 300

// Passage is the longest passage of a that b has too: its words, folded, at most so many. It is empty where they share none.
func Passage(a, b Text, maxWords int) string {
	var longest, run, n int // the length of a run of shared sequences, and the number of the next one
	last := 0               // the sequence after the longest run
	eachSequence(a.Folded, func(_ string, hash uint64) {
		n++
		if _, shared := slices.BinarySearch(b.Sequences, hash); !shared {
			run = 0
			return
		}
		if run++; run > longest {
			longest, last = run, n
		}
	})
	if longest == 0 {
		return ""
	}
	words := strings.Split(a.Folded, " ")
	first := last - longest
	passage := []rune(strings.Join(words[first:min(first+maxWords, last+Words-1)], " "))
	return string(passage[:min(len(passage), maxPassage)])
}
