package headwater_test

import (
	"testing"

	"github.com/headwater-project/headwater"
)

// TestParseID: an id has one form, in digits of either case.
func TestParseID(t *testing.T) {
	t.Parallel()
	const id = "6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"
	for text, want := range map[string]bool{
		id: true, "6F1C0A52-6A5E-5F0E-9D0E-3F1F6A1B2C3D": true, "": false, "urn:uuid:" + id: false, "{" + id + "}": false,
		"6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d": false,
		id + " ":                           false, "6f1c0a52_6a5e_5f0e_9d0e_3f1f6a1b2c3d": false, id[:35] + "x": false,
		id[:35] + "٣": false,
	} {
		if got, err := headwater.ParseID(text); (err == nil) != want || want && got.String() != id {
			t.Errorf("%q is read as %s, %v", text, got, err)
		}
	}
}
