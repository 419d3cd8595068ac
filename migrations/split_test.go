package migrations_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/storetest"
)

// unsplit are statements that have a semicolon within.
var unsplit = []string{
	`SELECT ';', 'it''s;', "a;""b;", E'\';\\', e'a\
;'`,
	"SELECT E'a' -- not the end;\n  '\\';'",
	`SELECT 'a\'`, `SELECT U&'\0061;'`, `SELECT type'\'`,
	`CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$`,
	`DO $größe_1$ BEGIN PERFORM $$;$$, '$x$;'; END $größe_1$`,
	`SELECT a$b$, $1 + 1 AS c$d$`,
	`/* one; /* another; */ still; */ SELECT 1`, "SELECT 1 --;\n + 1 /*;*/ - 1", "SELECT 1 /* a */* 2",
	`CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)`,
	`CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE a WHEN 1 THEN 2 END AS end; END`,
	`create or replace procedure p() begin /* ; */ atomic insert into t values (case when true then 1 end); end`,
	`SELECT (1`,
}

func TestFilesAreSplitIntoStatements(t *testing.T) {
	t.Parallel()
	between := []string{";", " ; ", ";\n-- a comment;\n", ";/* another; /* within */ it */", ";;\n"}
	for i, one := range unsplit {
		text := one + between[i%len(between)] + "SELECT 2"
		want := []string{strings.TrimPrefix(one, "/* one; /* another; */ still; */ "), "SELECT 2"}
		if strings.HasSuffix(one, "(1") {
			want = []string{text} // PostgreSQL tells of the parenthesis
		}
		if diff := cmp.Diff(want, trimmed(statementsOf(text))); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
	for text, want := range map[string][]string{
		"": nil, " ; -- nothing\n;/**/": nil, "'never ended; ": {"'never ended; "}, "$a$;$b$;": {"$a$;$b$;"}, "/* ;": nil,
		"BEGIN; SELECT CASE WHEN true THEN 1 END; END": {"BEGIN", "SELECT CASE WHEN true THEN 1 END", "END"},
		"SELECT begin atomic FROM t; SELECT 1":         {"SELECT begin atomic FROM t", "SELECT 1"},
		"SELECT 1); SELECT 2":                          {"SELECT 1)", "SELECT 2"},
	} {
		if diff := cmp.Diff(want, statementsOf(text)); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

func statementsOf(text string) []string {
	statements, _ := migrations.Split(text)
	return statements
}

func trimmed(texts []string) (all []string) {
	for _, text := range texts {
		all = append(all, strings.TrimSpace(text))
	}
	return all
}

// TestStatementsOfMigrations: PostgreSQL, which refuses two statements in one message, runs each when a migration does. Here nothing
// of a file is left out but what says nothing.
func TestStatementsOfMigrations(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migration: %v", err)
	}
	for _, file := range files {
		content, err := migrations.FS.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checkSplit(t, string(content))
	}
}

// TestErrorsOfMigrationsNameTheirLine: the statements are sent one by one, and the file is what one looks into.
func TestErrorsOfMigrationsNameTheirLine(t *testing.T) {
	t.Parallel()
	const before = 27 // the migration after it names a column of the table in its fifth line
	to := storetest.New(t)
	latest, err := migrations.Latest()
	if err == nil {
		err = migrations.Down(t.Context(), to, int(latest)-before)
	}
	if err == nil {
		_, err = connect(t, to).Exec(t.Context(), "ALTER TABLE matches DROP COLUMN document_a CASCADE")
	}
	if err == nil {
		err = migrations.Up(t.Context(), to)
	}
	if err == nil || !strings.Contains(err.Error(), ", line 5: ") {
		t.Errorf("got %v", err)
	}
}

// checkSplit holds that statements stand in the text in their order, that one that is split again is one, and that nothing but
// semicolons, space and comments is between them.
func checkSplit(t *testing.T, text string) {
	t.Helper()
	end := 0
	statements, begin := migrations.Split(text)
	for i, one := range statements {
		if between := text[end:begin[i]]; len(statementsOf(between)) > 0 {
			t.Errorf("of %q is left out %q", text, between)
		}
		if again := statementsOf(one); !slices.Equal(again, []string{one}) {
			t.Errorf("%q is split into %q", one, again)
		}
		if end = begin[i] + len(one); text[begin[i]:end] != one {
			t.Fatalf("%q of %q stands elsewhere", one, text)
		}
	}
	if left := statementsOf(text[end:]); len(left) > 0 {
		t.Errorf("of %q is left %q", text, left)
	}
}

func FuzzSplit(f *testing.F) {
	for _, one := range unsplit {
		f.Add(one + "; " + one)
	}
	f.Fuzz(checkSplit)
}
