// Package interchange reads and writes the formats in which others keep claims: ClaimReview markup (schema.org), the
// answers of Google's Fact Check Tools API, and tables (CSV). What it reads becomes the domain's things, with identities
// made from what makes them what they are, so that one page, one claimant or one statement that many records name is one
// thing, and reading a file twice gives the same. Nothing is invented: what a format does not say stays unsaid.
//
// It must not know what is stored, nor where its input comes from. What it cannot understand it says, record by record,
// and goes on.
package interchange

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/fold"
)

// Format names a format.
type Format string

const (
	// Bundle is the project's own format, which package bundle reads and writes.
	Bundle Format = "bundle"
	// ClaimReview is JSON-LD of schema.org's type ClaimReview: an object, an array, a DataFeed, a @graph, one object a
	// line, or a web page that holds such.
	ClaimReview Format = "claimreview"
	// FactCheck is what Google's Fact Check Tools API v1alpha1 answers: {"claims": […]}, or one of its claims a line.
	FactCheck Format = "factcheck"
	// CSV is a table as RFC 4180 has it, with a line of column names.
	CSV Format = "csv"
)

// Values lists the formats.
func (Format) Values() []string {
	return []string{string(Bundle), string(ClaimReview), string(FactCheck), string(CSV)}
}

// Things is what a file holds.
type Things interface {
	// Items are those of bundle.Reader.
	Items() iter.Seq2[bundle.Item, error]
	// Unit is what their numbers count, once they have been read: "line" or "record".
	Unit() string
}

// Read gives the things of a file in any format; table says how one of CSV is read. Keys that are made, or given without a
// namespace, live in the namespace; those of a bundle live in its own. Its error is headwater.Faults of what is said about
// the table.
func Read(in io.ReadSeeker, format Format, table Table, namespace string) (Things, error) {
	switch format {
	case ClaimReview:
		return &Reader{in: in, namespace: namespace, format: claimReview}, nil
	case FactCheck:
		return &Reader{in: in, namespace: namespace, format: factCheck}, nil
	case CSV:
		return &TableReader{in, table, namespace}, table.Validate()
	case Bundle:
		return bundle.NewReader(in), nil
	}
	return nil, headwater.Faults{headwater.NewFault("/format", headwater.FaultNotOneOf, format, "one of "+strings.Join(format.Values(), ", "))}
}

// ExportOptions says what is written, and how.
type ExportOptions struct {
	Format Format // Bundle if empty
	// Of is the resource that a table is of.
	Of headwater.Resource
	// BOM puts a byte order mark before a table.
	BOM bool
	// Claims are the claims whose reviews are written, as ClaimReview or FactCheck; those of all claims where there is none.
	Claims []uuid.UUID
}

// Validate gives all faults at once, as headwater.Faults.
func (f ExportOptions) Validate() error {
	var faults headwater.Faults
	add := func(at headwater.Pointer, code headwater.FaultCode, value any, expected string) {
		faults = append(faults, headwater.NewFault(at, code, value, expected))
	}
	if !slices.Contains(append(f.Format.Values(), ""), string(f.Format)) {
		add("/format", headwater.FaultNotOneOf, f.Format, "one of "+strings.Join(f.Format.Values(), ", "))
	}
	switch {
	case f.Format != CSV && f.Of != "":
		add("/of", headwater.FaultConflict, f.Of, "nothing unless format is csv")
	case f.Format == CSV && !slices.Contains(Exported, f.Of):
		add("/of", headwater.FaultNotOneOf, f.Of, "what the rows are: source, relation, claim, link or attribution")
	}
	if f.BOM && f.Format != CSV {
		add("/bom", headwater.FaultConflict, f.BOM, "nothing unless format is csv")
	}
	if len(f.Claims) > 0 && f.Format != ClaimReview && f.Format != FactCheck {
		add("/claim", headwater.FaultConflict, f.Claims[0], "nothing unless format is claimreview or factcheck")
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// Reviews says whether a format carries claims by their reviews.
func (f Format) Reviews() bool { return f == ClaimReview || f == FactCheck }

// statementKey names a claim by what it states: statements that are equal once folded are one claim.
func statementKey(text string) string {
	folded := fold.Text(text)
	if folded == "" {
		folded = text // of signs alone
	}
	return "statement:" + hash(folded)
}

// nameKey names a source by its name alone.
func nameKey(name string) string {
	folded := strings.ReplaceAll(fold.Text(name), " ", "-")
	if folded == "" || len([]rune(folded)) > longestName {
		folded = hash(name)
	}
	return "name:" + folded
}

// longestName is how many characters of a name a key can hold.
const longestName = 150

// hash is short enough for a key, and long enough for no two texts to share one.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}
