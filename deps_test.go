package headwater_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/headwater-project/headwater"

// rule says what a package may and must not depend on.
type rule struct {
	may    []string // packages of the module, relative to it; all others are forbidden, itself and through others
	never  []string // what it must not depend on, itself or through others
	itself []string // what it must not import itself, although a package that it imports does
}

var (
	database = []string{"github.com/jackc/pgx", "github.com/golang-migrate"}
	web      = []string{"net/http", "github.com/danielgtaylor/huma"}
	outside  = slices.Concat(database, web)
	// rooms are the packages of the store, which those who use the store see only through it
	rooms = []string{"store/pg", "store/search", "store/evidence", "store/history", "store/standings", "store/transfer"}
)

// rules has an entry for every package of the module. Imports point from the command towards the domain.
var rules = map[string]rule{
	"":           {never: outside, itself: []string{"os", "io/fs"}},
	"fold":       {never: outside},
	"dates":      {may: []string{"", "fold"}, never: outside, itself: []string{"os"}},
	"identity":   {may: []string{"", "fold"}, never: append(database, web[1]), itself: []string{"os"}},
	"reprint":    {may: []string{"fold"}, never: outside, itself: []string{"os"}},
	"credit":     {may: []string{"fold"}, never: outside, itself: []string{"os"}},
	"provenance": {may: []string{""}, never: outside, itself: []string{"os", "io/fs", "math/rand", "math/rand/v2"}},
	"card":       {may: []string{"", "provenance"}, never: append(database, web[1]), itself: []string{"os", "net/http"}},
	"suggest":    {may: []string{"", "fold"}, never: outside, itself: []string{"os", "io/fs"}},
	"bundle":     {may: []string{""}, never: outside, itself: []string{"os"}},
	"ledger":     {may: []string{""}, never: outside, itself: []string{"os"}},
	"inmem":      {may: []string{"", "provenance", "bundle"}, never: outside, itself: []string{"os"}},
	"report":     {may: []string{"", "provenance"}, never: outside, itself: []string{"os"}},
	"interchange": {
		may:   []string{"", "fold", "bundle", "identity", "dates", "interchange/webarchive"},
		never: append(database, web[1]), itself: []string{"net/http"},
	},
	"interchange/webarchive": {never: append(database, web[1]), itself: []string{"os"}},
	"migrations":             {never: web},
	"store/pg": {
		may:   []string{"", "fold", "identity", "reprint", "migrations"},
		never: []string{"github.com/danielgtaylor/huma"}, itself: []string{"net/http"},
	},
	"store/search": {
		may: []string{"", "reprint", "fold", "identity", "dates", "bundle",
			"interchange", "interchange/webarchive", "migrations", "store/pg"},
		never: []string{"github.com/danielgtaylor/huma"}, itself: []string{"net/http"},
	},
	"store/evidence": {
		may:   []string{"", "reprint", "fold", "identity", "provenance", "suggest", "migrations", "store/pg"},
		never: []string{"github.com/danielgtaylor/huma"}, itself: []string{"net/http"},
	},
	"store/history": {
		may:   []string{"", "reprint", "fold", "identity", "ledger", "migrations", "store/pg"},
		never: []string{"github.com/danielgtaylor/huma"}, itself: []string{"net/http"},
	},
	"store/standings": {
		may:   []string{"", "reprint", "fold", "identity", "provenance", "suggest", "migrations", "store/pg", "store/evidence"},
		never: []string{"github.com/danielgtaylor/huma"}, itself: []string{"net/http"},
	},
	"store/transfer": {
		may: []string{"", "reprint", "credit", "fold", "provenance", "suggest", "identity", "dates", "bundle",
			"interchange", "interchange/webarchive", "migrations", "store/pg"},
		never: []string{"github.com/danielgtaylor/huma"}, itself: []string{"net/http"},
	},
	"store/desk": {
		may: []string{"migrations"}, never: web,
	},
	"store/backup": {
		may: []string{"", "migrations"}, never: web,
	},
	"store": {
		may: append(rooms, "", "reprint", "credit", "fold", "provenance", "suggest", "identity", "ledger", "dates", "bundle",
			"interchange", "interchange/webarchive",
			"migrations"),
		never: []string{"github.com/danielgtaylor/huma"}, itself: []string{"net/http"},
	},
	"store/standby": {
		may: append(rooms, "", "reprint", "credit", "fold", "provenance", "suggest", "identity", "ledger", "dates", "bundle",
			"interchange", "interchange/webarchive", "migrations", "store"),
		never: []string{"github.com/danielgtaylor/huma"}, itself: append(database, "net/http"),
	},
	"store/local": {never: append(web, "github.com/golang-migrate")},
	"api": {
		may: append(rooms,
			"", "reprint", "credit", "fold", "provenance", "card", "suggest", "identity", "ledger", "dates", "bundle", "inmem", "report",
			"interchange", "interchange/webarchive",
			"migrations", "store", "store/standby", "events"),
		itself: append(database, module+"/migrations"),
	},
	"events":    {may: []string{""}, never: append(database, web[1]), itself: []string{"os"}},
	"witness":   {may: []string{"", "ledger"}, never: append(database, web[1]), itself: []string{"os"}},
	"web":       {never: append(database, web[1]), itself: []string{"os"}},
	"transport": {never: append(database, web[1]), itself: []string{"os"}},
	"assistant": {may: []string{"", "bundle", "transport"}, never: append(database, web[1]), itself: []string{"os"}},
	"cmd/headwater": {
		may: append(rooms,
			"", "reprint", "credit", "fold", "provenance", "card", "suggest", "identity", "ledger", "dates", "bundle", "inmem", "report",
			"interchange", "interchange/webarchive",
			"migrations", "store", "store/standby", "store/local", "store/backup", "store/desk", "api", "assistant",
			"transport", "events", "witness", "web", "testdata"),
	},
	"release": {may: []string{""}, never: outside},
	"attack":  {never: append(database, web[1])},
	"bench": {
		may: append(rooms, "", "reprint", "credit", "fold", "provenance", "suggest", "identity", "ledger", "dates", "bundle",
			"interchange", "interchange/webarchive", "migrations",
			"store", "store/local"),
		never: []string{"github.com/danielgtaylor/huma"},
	},

	// what tests use
	"store/storetest":      {may: []string{"internal/testenv", "migrations", "store/local"}, never: web},
	"store/storetest/hold": {may: []string{"internal/testenv", "migrations", "store/local", "store/storetest"}, never: web},
	"witness/witnesstest":  {never: append(database, web[1])},
	"testdata":             {never: outside},
	"internal/testenv":     {never: outside},
}

// goPackage is what go list says about a package.
type goPackage struct {
	ImportPath, Dir string
	Name            string
	GoFiles         []string
	Imports, Deps   []string
}

// packages lists the packages of the module by their path in it.
var packages = sync.OnceValues(func() (map[string]goPackage, error) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Name,GoFiles,Imports,Deps", "./...", "./testdata").Output()
	if err != nil {
		return nil, err
	}
	list := map[string]goPackage{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list[inModule(p.ImportPath)] = p
	}
})

// inModule gives the path of one of the module's packages in it.
func inModule(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

// TestDependencies holds every package to its rule, and the rules to the packages that there are.
func TestDependencies(t *testing.T) {
	t.Parallel()
	list, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for name := range rules {
		if _, exists := list[name]; !exists {
			t.Errorf("there is a rule for %q, and no such package", name)
		}
	}
	for name, p := range list {
		rule, ruled := rules[name]
		if !ruled {
			t.Errorf("the package %q has no rule; add what it may and must not depend on to rules", name)
			continue
		}
		for _, dep := range p.Deps {
			if within(dep, module) && !slices.Contains(rule.may, inModule(dep)) {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
		forbid(t, p.ImportPath, "depends on", p.Deps, rule.never)
		forbid(t, p.ImportPath, "imports", p.Imports, rule.itself)
	}
}

func forbid(t *testing.T, name, verb string, paths, forbidden []string) {
	t.Helper()
	for _, path := range paths {
		if slices.ContainsFunc(forbidden, func(tree string) bool { return within(path, tree) }) {
			t.Errorf("%s %s %s", name, verb, path)
		}
	}
}

// within says whether a package is the tree's root or below it.
func within(path, tree string) bool { return path == tree || strings.HasPrefix(path, tree+"/") }

// TestEveryPackageSaysWhatItMustNotKnow: rules says it to the compiler's words, the package comment to the reader.
func TestEveryPackageSaysWhatItMustNotKnow(t *testing.T) {
	t.Parallel()
	list, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range list {
		comment := ""
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil,
				parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			comment += parsed.Doc.Text()
		}
		kind := "Package " + p.Name
		if p.Name == "main" {
			kind = "Command " + path.Base(p.ImportPath)
		}
		if !strings.HasPrefix(comment, kind+" ") {
			t.Errorf("the comment of %q does not begin with %q", name, kind)
		}
		if !strings.Contains(strings.Join(strings.Fields(comment), " "), "must not know") {
			t.Errorf("the comment of %q does not say what the package must not know", name)
		}
	}
}

func TestEveryDependencySaysWhyItIsHere(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{".", "openapi/gate", "interop/google"} {
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
