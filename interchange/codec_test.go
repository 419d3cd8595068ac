package interchange_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

func TestEveryCodecIsComplete(t *testing.T) {
	t.Parallel()
	for _, lack := range interchange.Incomplete() {
		t.Error(lack)
	}
}

// TestPageOfFormats: the table in docs/interchange.md is made from the codecs.
func TestPageOfFormats(t *testing.T) {
	t.Parallel()
	const path = "../docs/interchange.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page, want := string(text), interchange.FormatTable()
	start := strings.Index(page, "| format |")
	if start < 0 {
		t.Fatalf("%s has no table of formats", path)
	}
	end := start + strings.Index(page[start:]+"\n\n", "\n\n") + 1
	if *update {
		if err := os.WriteFile(path, []byte(page[:start]+want+page[end:]), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, page[start:end]); diff != "" {
		t.Errorf("%s is not what the codecs say; run: go test ./interchange -run PageOfFormats -update\n%s", path, diff)
	}
}

func TestPageOfConfigurationNamesTheFormats(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, names := range [][]string{interchange.Format("").Values(), interchange.DayOrder("").Values()} {
		for i, name := range names {
			names[i] = "`" + name + "`"
		}
		if want := interchange.Either(names); !strings.Contains(string(page), want) {
			t.Errorf("docs/configuration.md does not say %s", want)
		}
	}
}

// TestExportOfWhatIsOnlyRead: a format without a writer is refused before anything is written, with all else that does not fit.
func TestExportOfWhatIsOnlyRead(t *testing.T) {
	t.Parallel()
	var faults headwater.Faults
	if err := interchange.ValidateReadOnly(); !errors.As(err, &faults) || len(faults) != 2 || faults[0].Pointer != "/format" ||
		faults[0].Code != headwater.FaultNotOneOf || faults[0].Value != "clippings" ||
		faults[0].Expected != "one that is written: bundle, claimreview, factcheck, csv or webannotation" || faults[1].Pointer != "/bom" {
		t.Errorf("got %v, want faults at /format and /bom", err)
	}
	for _, format := range interchange.Format("").Values() {
		if !interchange.Format(format).IsWritten() {
			continue
		}
		err := interchange.ExportOptions{Format: interchange.Format(format)}.Validate()
		if errors.As(err, &faults) && slices.ContainsFunc(faults, func(f headwater.Fault) bool { return f.Pointer == "/format" }) {
			t.Errorf("%s is refused: %v", format, err)
		}
	}
}
