package headwater_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/headwater-project/headwater"
)

// npm reads a package's version from its own file alone, and so that is held to the one of all else.
func TestVersionIsTheSameEverywhere(t *testing.T) {
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(headwater.Version) {
		t.Errorf("VERSION is %q; expected three numbers, such as 0.4.0", headwater.Version)
	}
	for _, name := range []string{"sdk/typescript/package.json", "sdk/typescript/package-lock.json", "web/package.json",
		"web/package-lock.json"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var manifest struct{ Version string }
		if err := json.Unmarshal(content, &manifest); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if manifest.Version != headwater.Version {
			t.Errorf("%s has version %q; expected %q, as VERSION says", name, manifest.Version, headwater.Version)
		}
	}
}
