package headwater_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/headwater-project/headwater"

// TestImportsPointLeft: headwater ← provenance, suggest, bundle ← store ← api ← cmd. The domain and the pure packages
// know no database and no HTTP, themselves or through others.
func TestImportsPointLeft(t *testing.T) {
	t.Parallel()
	transport := []string{"github.com/jackc/pgx", "github.com/danielgtaylor/huma", "net/http", module + "/store", module + "/api"}
	for of, never := range map[string][]string{
		"":       append([]string{module + "/provenance", module + "/bundle"}, transport...),
		"/fold":  append([]string{module + "/provenance", module + "/bundle"}, transport...),
		"/dates": append([]string{module + "/provenance", module + "/bundle"}, transport...),
		"/identity": { // not net/http: the list of public suffixes names a type of its cookiejar
			module + "/provenance", module + "/bundle", "github.com/jackc/pgx", "github.com/danielgtaylor/huma", module + "/store", module + "/api",
		},
		"/provenance": append([]string{module + "/bundle"}, transport...),
		"/suggest":    append([]string{module + "/bundle"}, transport...),
		"/bundle":     transport,
		"/store":      {"github.com/danielgtaylor/huma", module + "/api"},
		"/api":        {module + "/cmd"},
	} {
		t.Run("headwater"+of, func(t *testing.T) {
			t.Parallel()
			listing := "-deps"
			if of == "/api" {
				listing = "-f={{join .Imports \"\\n\"}}\n" // what it names itself; the store behind it has a driver
			}
			out, err := exec.Command("go", "list", listing, module+of).Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range never {
				if strings.Contains("\n"+string(out), "\n"+name) {
					t.Errorf("%s depends on %s", module+of, name)
				}
			}
		})
	}
}

func TestEveryDependencySaysWhyItIsHere(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".", "openapi/gate"} {
		list := exec.Command("go", "list", "-m", "-f={{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all")
		list.Dir = dir
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(string(out)) {
			if name != module && !strings.Contains(string(page), name+" ") && !strings.Contains(string(page), name+",") {
				t.Errorf("docs/dependencies.md says nothing of %s, which %s/go.mod requires", name, dir)
			}
		}
	}
}
