package card

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/headwater-project/headwater/provenance"
)

var english = &words{
	language: language.English, direction: "ltr",
	Title: "Where a claim comes from", For: "For it", Against: "Against it", HasItFrom: "Has it from:",
	StillSo:   "Whether it is still so can be seen here:",
	Facts:     "What it rests on has this SHA-256:",
	NoVerdict: "This is not a verdict on truth. It says who said it, and from whom they have it.",
	made:      "Made on {0}.",
	asOf:      "Only documents that were published by the end of {0} count.",
	algorithm: "Worked out by version {0} of the rules.",
	bounds:    "These numbers are bounds; the true ones lie between them.", commonLink: "All of it comes over {0}.",
	publishes: "publishes it", relays: "passes it on", origin: "origin", uncertain: "uncertain origin",
	onEveryWay: "on every way to an origin", outOfReach: "no longer reached",
	standing: map[provenance.Standing]string{
		provenance.Contested:    "Contested: some say that it is so, others that it is not.",
		provenance.Denied:       "Denied: on record are only those who say that it is not so.",
		provenance.Unattributed: "Unattributed: nobody is on record with it.",
		provenance.Circular: "Circular: those who say it have it from one another, " +
			"and nobody is known to have it from elsewhere.",
		provenance.NoOriginLeft: "No origin left: what is left of it rests on what was withdrawn.",
		provenance.Corroborated: "Corroborated: independent origins say it, and " +
			"no single carrier stands between all of them and the readers.",
		provenance.SingleCarrier: "Single carrier: independent origins say it, but all of them are heard over one carrier.",
		provenance.PossiblyCorroborated: "Possibly corroborated: it has several independent origins " +
			"only if the uncertain ones are independent.",
		provenance.SingleOrigin: "Single origin: all that is said for it goes back to one origin.",
	},
	attributionsFor: counted{
		plural.Zero: "No attribution speaks for it.", plural.One: "One attribution speaks for it.",
		plural.Other: "{0} attributions speak for it.",
	},
	attributionsAgainst: counted{
		plural.Zero: "No attribution speaks against it.", plural.One: "One attribution speaks against it.",
		plural.Other: "{0} attributions speak against it.",
	},
	exactly: counted{
		plural.Zero: "No independent origin is left.", plural.One: "It comes from one independent origin.",
		plural.Other: "It comes from {0} independent origins.",
	},
	atMost: counted{
		plural.One:   "It comes from one independent origin at most, and none is known for sure.",
		plural.Other: "It comes from {0} independent origins at most, and none is known for sure.",
	},
	atLeastAtMost: "It comes from at least {0} and at most {1} independent origins.",
	lines: counted{
		plural.Zero: "No way leads from its readers to an origin.", plural.One: "It reaches its readers over a single line.",
		plural.Other: "It reaches its readers over {0} lines that share nobody.",
	},
	others: counted{plural.One: "and one other", plural.Other: "and {0} others"},
}
