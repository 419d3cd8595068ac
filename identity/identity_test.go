package identity_test

import (
	"os"
	"strings"
	"testing"
)

// golden are the lines of a table in testdata, in cells; lines that begin with # say what it holds.
func golden(t *testing.T, name string, cells int) [][]string {
	t.Helper()
	table, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(table)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != cells {
			t.Fatalf("%s: %q has %d cells, want %d", name, line, len(row), cells)
		}
		rows = append(rows, row)
	}
	return rows
}
