package store_test

import (
	"context"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

// portableRule is a form of SQL that plain PostgreSQL understands, and Citus does not where all tables of a desk lie on one of its
// nodes; docs/scaling.md says what was tried.
type portableRule struct {
	name    string
	instead string // what to write
	breaks  func(sql string) bool
	// still is how many statements break it, by the operation that sends them first, and why says what for. They may become fewer only.
	still map[string]int
	why   string
}

// staging is why an import's statements are as they are.
const staging = "an import compares its temporary tables with the archive's in most of its statements. On Citus these are tables of the " +
	"desk's schema (pg.DB.Temporary), with which it runs these as they are"

var portableRules = []portableRule{
	{
		name: "several commands in one message", instead: "one statement a message",
		breaks: hasForm(`;`),
		still:  map[string]int{"FactsAt": 1},
		why:    "BEGIN brings a setting with it, which saves each report a round trip. Citus sends nothing of it on: no table is changed",
	},
	{
		name: "what is missing of a list, by NOT EXISTS", instead: "id <> ALL (ARRAY (SELECT id FROM t WHERE id = ANY ($1)))",
		breaks: hasForm(`unnest\([^()]*\) AS \w+(?: \(\w+\))? WHERE NOT EXISTS`),
		still:  map[string]int{"Import of lines that restate things": 1},
		why:    staging,
	},
	{
		name: "what is not stored yet, by NOT EXISTS", instead: "a temporary table of what is there, made once",
		breaks: hasForm(`INSERT INTO .*FROM staged_\w+ AS \w+ WHERE NOT EXISTS`),
		still:  map[string]int{"Import of a bundle": 14, "Import of lines that restate things": 2},
		why:    staging,
	},
	{
		name: "what is missing, by LEFT JOIN … IS NULL", instead: "NOT EXISTS of temporary tables",
		breaks: leftJoinsForNothing,
	},
	{
		name: "a temporary table beside the archive's", instead: "ids as an array, or a temporary table of what is there",
		breaks: bothKindsOfTables,
		still: map[string]int{"Import of a bundle": 75, "Import of lines that restate things": 16,
			"Import that keeps going and proposes duplicates": 11, "Import of an edition": 8, "Import of an edition that takes back": 22,
			"Import of an edition that says again": 16, "Import of an edition that says less than half": 1, "Undo of an edition": 8,
			"Export of reviews recorded by a place": 8},
		why: staging,
	},
	{
		name: "the time in DO UPDATE", instead: "excluded.column, or a parameter",
		breaks: hasForm(`DO UPDATE .*\bnow\(\)`),
	},
	{
		name: "a query within VALUES", instead: "INSERT … SELECT",
		breaks: func(sql string) bool {
			return slices.ContainsFunc(inserted.FindAllString(sql, -1), hasForm(`\(SELECT `))
		},
	},
	{
		name: "the time in RETURNING", instead: "WITH changed AS (… RETURNING *) SELECT …",
		breaks: hasForm(`RETURNING (?:[^()]|\([^()]*\))*\bnow\(\)`),
	},
	{
		name: "the time in coalesce or CASE of an UPDATE", instead: "least, or (SELECT now())",
		breaks: func(sql string) bool {
			return slices.ContainsFunc(setting.FindAllString(withinQuery.ReplaceAllString(sql, ""), -1),
				hasForm(`(?:coalesce\([^()]*|THEN |ELSE |[<>]=? )now\(\)`))
		},
	},
	{
		// a subquery that the planner does not put in the place of its name may have it: OFFSET 0
		name: "what is no constant in what an UPDATE sets", instead: "a subquery with OFFSET 0 that makes it",
		breaks: func(sql string) bool {
			return slices.ContainsFunc(setting.FindAllString(withinQuery.ReplaceAllString(sql, ""), -1), func(set string) bool {
				return !strings.HasPrefix(set, "SET LOCAL") && hasForm(`jsonb_build_object|to_jsonb|\binterval\b|date - 1\)::text`)(set)
			})
		},
	},
	{
		// where Citus works out a value beforehand, it makes of such an INSERT what nobody can read
		name: "what is no constant in an INSERT that selects from a table", instead: "a parameter, or WITH … AS MATERIALIZED before INSERT",
		breaks: func(sql string) bool {
			return slices.ContainsFunc(selecting.FindAllString(sql, -1), func(insert string) bool {
				return readsTables(strings.Replace(insert, "INTO ", "", 1)) &&
					hasForm(`\bnow\(\)|jsonb_build_object|jsonb_populate_record|to_jsonb|::text::(?:date|timestamptz)`)(insert)
			})
		},
	},
	{
		name: "CASE value WHEN … in a change, which Citus compares with NULL", instead: "CASE WHEN value = …",
		breaks: func(sql string) bool { return changes(sql) && hasForm(`\bCASE [\w.]+ WHEN\b`)(sql) },
	},
	{
		name: "a change of what a recursion finds", instead: "the recursion by itself, and what it found as a parameter",
		breaks: func(sql string) bool { return changes(sql) && hasForm(`WITH RECURSIVE\b`)(sql) },
		still:  map[string]int{"Import of lines that restate things": 1},
		why:    staging,
	},
	{
		name: "a setting for a transaction", instead: "a parameter of the statement or function",
		breaks: hasForm(`\bSET LOCAL\b`),
		still: map[string]int{"Import of a bundle": 2, "Import that keeps going and proposes duplicates": 5, "Sequence": 1,
			"ProposeReprints": 4, "FactsAt": 1, "Sources by Q and Kind": 1, "SettleStandings from nothing": 2},
		why: "settings of the planner and waits change no answer; how alike words must be for an index to find them, pg_trgm takes " +
			"from a setting alone. With citus.propagate_set_commands = 'local' Citus sends settings on, which docs/scaling.md has",
	},
	{
		// what names no table is worked out by the node that was asked, all else by the one that has the tables
		name: "the number of the server's transaction beside a table", instead: "CurrentChangeNumber, and its number as a parameter",
		breaks: func(sql string) bool {
			sql = strings.ReplaceAll(sql, "number AS MATERIALIZED (SELECT change_number(pg_current_xact_id()) AS xid)", "")
			return readsTables(sql) && hasForm(`pg_current_xact_id|pg_current_snapshot|\bxmin\b`)(sql)
		},
		still: map[string]int{"Import that keeps going and proposes duplicates": 7},
		why:   "xmin and the number beside it are both of the node that has the table",
	},
}

// TestStatementsArePortable reads the golden file. What still breaks a rule is listed with the rule: one more is refused, and so is a
// list that says more than there are.
func TestStatementsArePortable(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(statementsFile)
	if err != nil {
		t.Fatal(err)
	}
	statements := statementsOf(string(golden))
	if len(statements) < 100 {
		t.Fatalf("only %d statements were found", len(statements))
	}
	for _, rule := range portableRules {
		broken, first := map[string]int{}, map[string]string{}
		for _, s := range statements {
			if rule.breaks(s.plain) {
				broken[s.operation]++
				first[s.operation] = s.sql
			}
		}
		if len(rule.still) == 0 && rule.why != "" || len(rule.still) > 0 && rule.why == "" {
			t.Errorf("%s: statements that still break it are to be listed with a reason, and no reason without them", rule.name)
		}
		if rule.still == nil {
			rule.still = map[string]int{}
		}
		for operation, n := range broken {
			if n > rule.still[operation] {
				t.Errorf("%s: write %s in:\n-- %s\n%.400s", rule.name, rule.instead, operation, first[operation])
			}
		}
		if diff := cmp.Diff(rule.still, broken); diff != "" {
			t.Errorf("%s: how many statements break it (-listed +found):\n%s", rule.name, diff)
		}
	}
}

// goldenStatement is a statement of the golden file. In plain it is one line, and its strings are empty.
type goldenStatement struct{ operation, sql, plain string }

var (
	// withinQuery is a query that stands for a value, of which Citus asks nothing more.
	withinQuery = regexp.MustCompile(`\(SELECT (?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)`)
	setting     = regexp.MustCompile(`\bSET .*?(?: WHERE| FROM| RETURNING|$)`)
	inserted    = regexp.MustCompile(`\bINSERT INTO \w+ \([^()]*\) VALUES .*?(?: RETURNING| ON CONFLICT|$)`)
	selecting   = regexp.MustCompile(`(?:^|AS \()INSERT INTO \w+(?: AS \w+)? (?:\([^()]*\) )?SELECT .*?(?:\) SELECT|$)`)
	continued   = regexp.MustCompile(`\n\t+`)
	quoted      = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// statementsOf reads the golden file, in which what follows within a statement is indented.
func statementsOf(golden string) (all []goldenStatement) {
	operation := ""
	for line := range strings.Lines(continued.ReplaceAllString(golden, " ")) {
		sql := strings.TrimSuffix(strings.TrimSpace(line), ";")
		if name, isName := strings.CutPrefix(sql, "-- "); isName {
			operation = name
		} else if sql != "" {
			all = append(all, goldenStatement{operation, sql, quoted.ReplaceAllString(sql, "''")})
		}
	}
	return all
}

// changes says whether a statement writes to a table.
var changes = hasForm(`\b(?:INSERT INTO|UPDATE|DELETE FROM) \w+`)

func hasForm(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

var leftJoined = regexp.MustCompile(`LEFT JOIN \w+ AS (\w+)`)

// leftJoinsForNothing says whether a statement looks for what a LEFT JOIN does not find.
func leftJoinsForNothing(sql string) bool {
	return slices.ContainsFunc(leftJoined.FindAllStringSubmatch(sql, -1), func(joined []string) bool {
		return hasForm(`(?:[^(]WHERE|\bAND) ` + joined[1] + `\.\w+ IS NULL`)(sql)
	})
}

var (
	tablesUsed = regexp.MustCompile(`(?:\b(?:FROM|JOIN|INTO|UPDATE|USING)|,) "?([a-z_]+)\b`)
	stored     = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)
	temporary  = regexp.MustCompile(`^(?:staged_\w+|past_\w+|new_claims|mended|feed_said|feed_dropped|feed_returning)$`)
)

// archiveTables are those that migrations make.
var archiveTables = sync.OnceValue(func() map[string]bool {
	tables := map[string]bool{}
	files, _ := fs.Glob(migrations.FS, "*.up.sql")
	for _, file := range files {
		content, _ := migrations.FS.ReadFile(file)
		for _, table := range stored.FindAllStringSubmatch(string(content), -1) {
			tables[table[1]] = true
		}
	}
	return tables
})

// readsTables says whether a statement has tables of the archive.
func readsTables(sql string) bool {
	return slices.ContainsFunc(tablesUsed.FindAllStringSubmatch(sql, -1), func(table []string) bool { return archiveTables()[table[1]] })
}

// bothKindsOfTables says whether a statement has temporary tables and those of the archive.
func bothKindsOfTables(sql string) bool {
	isTemporary, isStored := false, false
	for _, table := range tablesUsed.FindAllStringSubmatch(sql, -1) {
		isTemporary = isTemporary || temporary.MatchString(table[1])
		isStored = isStored || archiveTables()[table[1]]
	}
	return isTemporary && isStored
}

// TestSchemaIsPortable: Citus refuses a trigger's statement that joins the rows that were changed with a table, and to place a table
// that a function's body depends on.
func TestSchemaIsPortable(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), storetest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	list := func(sql string) []string {
		t.Helper()
		rows, err := conn.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if bound := list(`SELECT DISTINCT p.proname::text FROM pg_proc AS p
		JOIN pg_depend AS d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass
		JOIN pg_class AS c ON c.oid = d.refobjid AND c.relkind IN ('r', 'p') WHERE p.prosqlbody IS NOT NULL`); len(bound) > 0 {
		t.Errorf("the bodies of functions depend on a table; make them strings: %v", bound)
	}
	bodies := list(`SELECT DISTINCT prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
		WHERE tgoldtable IS NOT NULL OR tgnewtable IS NOT NULL`)
	if len(bodies) == 0 {
		t.Error("no trigger sees the rows of a statement: this tries nothing")
	}
	for _, body := range bodies {
		for _, statement := range endsOfStatements.Split(body, -1) {
			isChanged, isStored := false, false
			for _, table := range tablesUsed.FindAllStringSubmatch(statement, -1) {
				isChanged = isChanged || table[1] == "before" || table[1] == "after"
				isStored = isStored || archiveTables()[table[1]]
			}
			if isChanged && isStored {
				t.Errorf("a trigger joins what was changed with a table; put it into arrays first: %s", statement)
			}
		}
	}
}

// endsOfStatements are where those of a function in PL/pgSQL end.
var endsOfStatements = regexp.MustCompile(`;|\bLOOP\b|\bTHEN\b`)
