package pg_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// TestTheHistoryIsWrittenInOnePlace: what goes into the history is decided by Entry alone, so that no writer can forget a part.
func TestTheHistoryIsWrittenInOnePlace(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && path == filepath.Join(root, "bench") { // the benchmark writes a made-up history directly
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(source), "INSERT INTO changes") {
			relative, _ := filepath.Rel(root, path)
			found = append(found, filepath.ToSlash(relative))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(found, []string{"store/pg/history.go"}) {
		t.Errorf("these write to the history: %q; only store/pg/history.go may", found)
	}
}
