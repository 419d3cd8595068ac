package interchange

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/fold"
)

// statementKey names a claim by what it states: statements that are equal once folded are one claim.
func statementKey(text string) string {
	folded := fold.Text(text)
	if folded == "" {
		folded = text // of signs alone
	}
	return "statement:" + hash(folded)
}

// sourceKey is the key of a source that was given none: its first host name, else its name.
func sourceKey(s headwater.SourceFields) string {
	if len(s.Domains) > 0 {
		return "site:" + s.Domains[0]
	}
	return nameKey(s.Name)
}

// nameKey names a source by its name alone.
func nameKey(name string) string {
	folded := strings.ReplaceAll(fold.Text(name), " ", "-")
	if folded == "" || len([]rune(folded)) > maxName {
		folded = hash(name)
	}
	return "name:" + folded
}

// maxName is how many characters of a name a key can hold.
const maxName = 150

// hash is short enough for a key, and long enough for no two texts to share one.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}
