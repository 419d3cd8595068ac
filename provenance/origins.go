package provenance

import (
	"slices"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Origin says of a group that it is an origin, how sure that is, and why.
type Origin struct {
	Group   uuid.UUID `json:"group" format:"uuid" doc:"The source that names the group." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Certain bool      `json:"certain" doc:"False if nobody knows who it is, or who stands behind it." example:"true"`
	Because Because   `json:"because" doc:"Why it is an origin, and certain or not."`
}

// Because is a reason: a code with its values, and the same as a sentence.
type Because struct {
	Code   OriginCode `json:"code" doc:"The reason." example:"vouched"`
	Detail string     `json:"detail" doc:"The reason, in a sentence." example:"It says that it was there, or has a record."`
	Params Params     `json:"params" doc:"The sentence's values: the members of the group that are origins for this reason; of those that quote only one another, all."`
}

// OriginCode says why a group is an origin, and why it is certain or not.
type OriginCode string

const (
	// Vouched: a walk ends here with evidence firsthand or record.
	Vouched OriginCode = "vouched"
	// OwnWord: nothing on this side says that it had the claim from another.
	OwnWord OriginCode = "own_word"
	// OneVoice: its members quote only one another.
	OneVoice OriginCode = "one_voice"
	// OriginAnonymous: uncertain, since nobody knows who it is.
	OriginAnonymous OriginCode = "anonymous"
	// OriginHearsay: uncertain, since it has it from hearsay.
	OriginHearsay OriginCode = "hearsay"
)

// Values lists the codes.
func (OriginCode) Values() []string {
	return []string{string(Vouched), string(OwnWord), string(OneVoice), string(OriginAnonymous), string(OriginHearsay)}
}

// reasons are the sentences of the codes.
var reasons = map[OriginCode]string{
	Vouched:         "It says that it was there, or has a record.",
	OwnWord:         "Nothing says that it had this from another.",
	OneVoice:        "Its members quote only one another.",
	OriginAnonymous: "Nobody knows who this is.",
	OriginHearsay:   "It has this from hearsay, and from whom is not said.",
}

// because gives the reason of each group that is an origin. Of several reasons it is the strongest, in the order of the
// codes.
func (s *side) because() []Because {
	found := make([]Because, len(s.groups))
	for g, origin := range s.origin {
		if origin {
			found[g].Code = OneVoice
		}
	}
	rank := func(code OriginCode) int {
		return slices.Index([]OriginCode{OneVoice, OriginHearsay, OriginAnonymous, OwnWord, Vouched}, code)
	}
	for v, speaker := range s.speakers {
		if !speaker.isOrigin() {
			continue
		}
		reason, code := &found[speaker.group], s.originCode(v, speaker)
		if rank(code) > rank(reason.Code) {
			*reason = Because{Code: code}
		}
		if code == reason.Code {
			reason.Params.Sources = append(reason.Params.Sources, s.source(v).ID)
		}
	}
	for v, speaker := range s.speakers {
		if reason := &found[speaker.group]; reason.Code == OneVoice {
			reason.Params.Sources = append(reason.Params.Sources, s.source(v).ID)
		}
	}
	for g := range found {
		found[g].Detail = reasons[found[g].Code]
		slices.SortFunc(found[g].Params.Sources, headwater.CompareIDs)
	}
	return found
}

// originCode says why a source is an origin source, and certain or not.
func (s *side) originCode(v int32, speaker *speaker) OriginCode {
	switch {
	case s.isAnonymous(v):
		return OriginAnonymous
	case speaker.ends && speaker.onHearsay:
		return OriginHearsay
	case speaker.vouched:
		return Vouched
	}
	return OwnWord
}

// origins are the groups that are origins and within reach, in order.
func (s *side) origins(f sideResult) []Origin {
	origins := []Origin{}
	because := s.because()
	for g := range s.groups {
		if s.origin[g] && f.reached[g] {
			origins = append(origins, Origin{s.id(int32(g)), s.certain[g], because[g]})
		}
	}
	return origins
}
