package standby

import (
	"context"
	"encoding/binary"
	"encoding/hex"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// Header is where a change's answer has the token of what was written until then, and where a request sends it.
const Header = "X-Headwater-Seen"

// tokenForm is the first byte of a token; another form of tokens would have another.
const tokenForm = 1

// tokenSize is what a token is before it is encoded: its form, the server, the timeline and the place.
const tokenSize = 1 + 8 + 4 + 8

// Token is the token of all that was committed on the primary until now. Of two of one server, the later is the greater text or the same.
func (s *Set) Token(ctx context.Context) (string, error) {
	at, err := s.Written(ctx)
	if err != nil {
		return "", err
	}
	text := []byte{tokenForm}
	text = binary.BigEndian.AppendUint64(text, uint64(at.System))
	text = binary.BigEndian.AppendUint32(text, at.Timeline)
	text = binary.BigEndian.AppendUint64(text, uint64(at.Place))
	return hex.EncodeToString(text), nil
}

// ParseToken reads a token.
func ParseToken(token string) (at store.WALPosition, err error) {
	text, err := hex.DecodeString(token)
	if err == nil && len(text) == tokenSize && text[0] == tokenForm {
		at.System, at.Timeline = int64(binary.BigEndian.Uint64(text[1:])), binary.BigEndian.Uint32(text[9:])
		if at.Place = int64(binary.BigEndian.Uint64(text[13:])); at.Place >= 0 {
			return at, nil
		}
	}
	return at, headwater.Faults{headwater.NewFault(headwater.Pointer("").Field(Header), headwater.FaultFormat, token,
		"a token as the answer to a change has it in "+Header)}
}
