package store_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
)

var update = flag.Bool("update", false, "write testdata/statements.sql anew")

// statementsFile holds every statement that the store can send, so that each can be read and explained as it runs.
const statementsFile = "testdata/statements.sql"

// TestStatements runs every operation against a database and compares what is sent with the golden file. Each statement
// comes once, with the first operation that sends it.
func TestStatements(t *testing.T) {
	t.Parallel()
	address := storetest.New(t)
	r := &statementRecorder{T: t, known: map[string]bool{}}
	s, err := store.Open(t.Context(), store.Options{ConnString: address, MaxConns: 1, Tracer: r})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r.store = s
	r.operation("Open", nil)
	r.operation("Ping", s.Ping(t.Context()))
	_, err = s.Written(t.Context())
	r.operation("Written", err)
	if _, _, err := s.Replayed(t.Context()); err == nil {
		t.Error("the server is taken for a standby")
	}
	r.operation("Replayed", nil)
	r.transfers()
	r.writes()
	r.indexing()
	r.matches()
	r.undos()
	r.lists()
	r.reads()
	r.evidence()
	r.keys()
	r.webhooks()
	r.complete()

	file := "-- Every statement that the store sends, once, below the first operation that sends it. Written by:\n" +
		"-- go test ./store -run TestStatements -update\n" + r.file.String()
	if *update {
		if err := os.WriteFile(statementsFile, []byte(file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(statementsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != file {
		t.Errorf("%s is not what the store sends; read the difference that -update makes:\n%s", statementsFile,
			firstDifference(string(golden), file))
	}
	explain(t, address, r.sent)
}

// feeds imports editions of a feed: the second no longer says a source and says a relation otherwise, the third says both again.
func (r *statementRecorder) feeds() {
	s, ctx := r.store, r.Context()
	f := ownershipFeed{r.T, s}
	whole := company("a") + company("b") + company("c") + owns("ab", "a", "b", "60", "")
	for _, e := range []struct{ operation, date, text string }{
		{"Import of an edition", "2024-01-01", whole},
		{"Import of an edition that takes back", "2024-02-01", company("a") + company("b") + owns("ba", "b", "a", "30", "")},
		{"Import of an edition that says again", "2024-03-01", whole},
		{"Import of an edition that says less than half", "2024-04-01", company("a")},
	} {
		done[store.ImportResult](r, e.operation)(f.edition(store.Edition{Feed: "r", Date: headwater.Day(e.date)}, e.text, false, false))
	}
	page, err := s.FeedEditions(ctx, "r", store.Paging{Limit: 1})
	r.operation("FeedEditions", err)
	_, err = s.FeedEditions(ctx, "r", store.Paging{Limit: 1, Cursor: page.NextCursor})
	r.operation("FeedEditions of a later page", err)
	done[store.Undone](r, "Undo of an edition")(s.Undo(ctx, store.Authorship{Actor: "cli:tester"}, page.Items[0].Group, nil))
	done[store.Feed](r, "Feed")(s.Feed(ctx, "r"))
	_, err = s.Feeds(ctx, store.FeedFilter{Thing: f.id(headwater.ResourceSource, "a")}, store.Paging{Limit: 1})
	r.operation("Feeds", err)
	_, err = s.Sources(ctx, store.SourceFilter{Common: store.Common{Feed: "r"}}, store.Paging{Limit: 1})
	r.operation("Sources of a feed", err)
	done[[]store.UndoneEdition](r, "UndoFeed")(s.UndoFeed(ctx, store.Authorship{Actor: "cli:tester"}, "r"))
}

// indexing writes the search columns anew, as a program whose rules have changed does.
func (r *statementRecorder) indexing() {
	_, err := r.store.Indexed(r.Context())
	r.operation("Indexed", err)
	_, err = r.store.Reindex(r.Context(), func(int) {})
	r.operation("Reindex", err)
}

// undos undoes what was done in every way, and does it again.
func (r *statementRecorder) undos() {
	s, ctx := r.store, r.Context()
	by := store.Authorship{Actor: "cli:tester", Group: headwater.NewID()}
	may := func(headwater.Scope) bool { return true }
	for _, demo := range []string{"demo.ndjson", "factcheck.json"} {
		by.Group = headwater.NewID()
		if demo == "demo.ndjson" {
			_, err := s.Import(ctx, by, bundle.NewReader(strings.NewReader(strings.ReplaceAll(file(r.T, demo),
				"https://headwater.example/demo", "https://headwater.example/again"))), store.ImportOptions{})
			r.operation("Import", err)
		} else {
			source := done[headwater.Source](r, "CreateSource")(s.CreateSource(ctx, by, "", headwater.SourceFields{Kind: headwater.Outlet,
				Name: "Ferry Lane Herald"}))
			by.Group = headwater.NewID()
			page := headwater.DocumentFields{Publisher: source.ID, Kind: headwater.Article, Text: "The ferry ran."}
			document := done[headwater.Document](r, "CreateDocument")(s.CreateDocument(ctx, tester, "", page))
			page.Text, page.TextSHA256 = "At last the ferry ran.", ""
			done[headwater.Document](r, "UpdateDocument")(s.UpdateDocument(ctx, by, document.ID, 0, page))
		}
		undone := done[store.Undone](r, "Undo")(s.Undo(ctx, store.Authorship{Actor: "cli:tester"}, by.Group, may))
		again := done[store.Undone](r, "Undo of an undo")(s.Undo(ctx, store.Authorship{Actor: "cli:tester"}, undone.Group, may))
		done[store.Undone](r, "Undo of that")(s.Undo(ctx, store.Authorship{Actor: "cli:tester"}, again.Group, may))
	}
	page, err := s.Imports(ctx, store.Paging{Limit: 1})
	r.operation("Imports", err)
	_, err = s.Imports(ctx, store.Paging{Limit: 1, Cursor: page.NextCursor})
	r.operation("Imports of a later page", err)
	r.feeds()
	first := store.Paging{Limit: 1}
	source := anySource(r)
	_, err = s.AwaitSealed(ctx, by.Group)
	r.operation("AwaitSealed", err)
	_, err = s.Position(ctx, "1")
	r.operation("Position", err)
	if _, err = s.Position(ctx, "2001-01-01T00:00:00Z"); headwater.CodeOf(err) != headwater.CodeInvalid {
		r.Errorf("a position before all checkpoints: %v", err)
	}
	r.operation("Position of an instant", nil)
	claims, err := s.Changes(ctx, store.ChangeFilter{Resource: "claim"}, first)
	if err != nil || len(claims.Items) == 0 {
		r.Fatalf("no claim: %v", err)
	}
	_, err = s.FactsAt(ctx, []uuid.UUID{claims.Items[0].ResourceID}, nil, false, claims.Items[0].Seq+100)
	r.operation("FactsAt", err)
	claim, past := claims.Items[0].ResourceID, s.RecordedBy(claims.Items[0].Seq+100)
	_, err = past.ClaimDetail(ctx, claim, store.Parts{Attributions: true, Documents: true, Links: true, Reviews: true})
	r.operation("RecordedBy: ClaimDetail", err)
	_, err = past.Attributions(ctx, store.AttributionFilter{Common: store.Common{Sort: "-created_at"}, Claim: claim}, first)
	r.operation("RecordedBy: Attributions", err)
	_, err = past.Timeline(ctx, claim, store.ByPublication, first)
	r.operation("RecordedBy: Timeline", err)
	versions, err := s.Versions(ctx, headwater.ResourceSource, source, false, first)
	r.operation("Versions", err)
	_, err = s.Versions(ctx, headwater.ResourceSource, versions.Items[0].Change, true, first)
	if headwater.CodeOf(err) != headwater.CodeNotFound {
		r.Errorf("versions of a change: %v", err)
	}
	r.operation("Versions, the last first", nil)
}

// anySource is a source that was changed.
func anySource(r *statementRecorder) (id uuid.UUID) {
	r.Helper()
	page, err := r.store.Changes(r.Context(), store.ChangeFilter{Resource: "source", Operation: "update"}, store.Paging{Limit: 1})
	if err != nil || len(page.Items) == 0 {
		sequenced := done[int](r, "Sequence")(r.store.Sequence(r.Context()))
		page, err = r.store.Changes(r.Context(), store.ChangeFilter{Resource: "source", Operation: "update"}, store.Paging{Limit: 1})
		if err != nil || len(page.Items) == 0 {
			r.Fatalf("%v, of %d changes no update of a source", err, sequenced)
		}
	}
	return page.Items[0].ResourceID
}

// matches decides what may be one.
func (r *statementRecorder) matches() {
	s, ctx, by := r.store, r.Context(), tester
	var sources, documents [2]uuid.UUID
	for i, name := range []string{"Mill Road Herald", "The Mill Road Herald"} {
		source := done[headwater.Source](r,
			"CreateSource")(s.CreateSource(ctx, by, "", headwater.SourceFields{Kind: headwater.Outlet, Name: name}))
		document := done[headwater.Document](r, "CreateDocument")(s.CreateDocument(ctx, by, "",
			headwater.DocumentFields{Publisher: source.ID, Kind: headwater.Article}))
		sources[i], documents[i] = source.ID, document.ID
	}
	claim := done[headwater.Claim](r,
		"CreateClaim")(s.CreateClaim(ctx, by, "", headwater.ClaimFields{Statement: headwater.Texts{"en": "It ran."}}))
	done[headwater.Attribution](r, "CreateAttribution")(s.CreateAttribution(ctx, by, "", headwater.AttributionFields{Claim: claim.ID,
		Document: documents[1], Stance: headwater.Affirms, Credibility: 6,
		Chain: []headwater.Hop{{Source: sources[1], Certainty: headwater.Certain}}}, ""))
	for _, pair := range []headwater.IdentityMatchFields{
		{Kind: headwater.SameSource, A: sources[0], B: sources[1]},
		{Kind: headwater.SameDocument, A: documents[0], B: documents[1]},
		{Kind: headwater.Reprint, A: documents[0], B: documents[1]},
	} {
		match := done[headwater.IdentityMatch](r, "CreateMatch")(s.CreateMatch(ctx, by, "", pair))
		done[headwater.IdentityMatch](r, "AcceptMatch")(s.AcceptMatch(ctx, by, match.ID, 0))
		if pair.Kind != headwater.SameSource {
			done[headwater.IdentityMatch](r, "ReopenMatch")(s.ReopenMatch(ctx, by, match.ID, 0))
			done[headwater.IdentityMatch](r, "RejectMatch")(s.RejectMatch(ctx, by, match.ID, 0))
		}
		done[headwater.IdentityMatch](r, "IdentityMatch")(s.IdentityMatch(ctx, match.ID))
	}
	r.reprints(sources[0])
	_, err := s.IdentityMatches(ctx, store.MatchFilter{Of: sources[0], Resource: "source", Kind: "same_source"}, store.Paging{Limit: 1})
	r.operation("IdentityMatches", err)
	_, err = s.Proposals(ctx, store.ProposalFilter{Kind: "reprint", Rule: "desk", Claim: claim.ID, MinConfidence: 0.5},
		store.Paging{Limit: 1})
	r.operation("Proposals", err)
	_, err = s.CountProposals(ctx, store.ProposalFilter{Resources: []string{"link"}})
	r.operation("CountProposals", err)
	_, err = s.LeaseProposals(ctx, by, "desk", sources[:], false)
	r.operation("LeaseProposals", err)
	_, err = s.LeaseProposals(ctx, by, "desk", sources[:], true)
	r.operation("LeaseProposals", err)
	refused := []store.Verdict{{Resource: headwater.ResourceMatch, ID: sources[0], Version: 1, To: headwater.Accepted}}
	_, err = s.DecideEach(ctx, by, refused)
	r.operation("DecideEach", err)
	_, _, err = s.DecideAll(ctx, by, refused)
	r.operation("DecideAll", err)
	_, err = s.MatchNames(ctx, nil)
	r.operation("MatchNames", err)
	_, err = s.Suspects(ctx)
	r.operation("Suspects", err)
}

// firstDifference gives the lines in which two texts differ first.
func firstDifference(golden, got string) string {
	lines := strings.Split(got, "\n")
	for i, line := range strings.Split(golden, "\n") {
		if i >= len(lines) || lines[i] != line {
			return "golden: " + line + "\nsent:   " + strings.Join(lines[min(i, len(lines)):min(i+1, len(lines))], "")
		}
	}
	return "sent:   " + strings.Join(lines[min(strings.Count(golden, "\n")+1, len(lines)):], "\n")
}

// explain shows that each statement can be explained by itself, with its parameters open: since PostgreSQL 16 by EXPLAIN
// (GENERIC_PLAN), before that it is prepared. The temporary tables of an import are there for it.
func explain(t *testing.T, address string, sent []string) {
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var version int
	if err := tx.QueryRow(t.Context(), "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		t.Fatal(err)
	}
	explained := 0
	for _, sql := range sent {
		plan := sql
		if _, query, declared := strings.Cut(sql, "CURSOR FOR\n"); declared {
			plan = query
		}
		switch strings.ToUpper(strings.Fields(plan)[0]) {
		case "SELECT", "WITH", "INSERT", "UPDATE", "DELETE":
			explained++
			if version >= 160000 {
				plan = "EXPLAIN (GENERIC_PLAN) " + plan
			} else {
				plan = "DEALLOCATE ALL; PREPARE statement AS " + plan
			}
		case "CREATE":
		default:
			continue
		}
		if _, err := tx.Exec(t.Context(), plan, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%v in:\n%s", err, plan)
		}
	}
	if explained < 100 {
		t.Errorf("only %d statements were explained", explained)
	}
}

// statementRecorder is told by pgx of everything that is sent, and writes down what is new.
type statementRecorder struct {
	*testing.T
	store *store.Store

	mutex sync.Mutex
	known map[string]bool
	fresh []string // sent since the last operation ended
	sent  []string
	names strings.Builder // of all operations
	file  strings.Builder
}

var (
	indentation = regexp.MustCompile(`\s*\n\s*`)
	// endings are statements that are the same everywhere.
	endings = []string{"begin", "commit", "rollback", "savepoint ", "release savepoint ", "rollback to savepoint "}
)

func (r *statementRecorder) record(sql string) {
	sql = indentation.ReplaceAllString(strings.TrimSpace(sql), "\n\t")
	if slices.Contains(endings, sql) || slices.ContainsFunc(endings[3:], func(e string) bool { return strings.HasPrefix(sql, e) }) {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !r.known[sql] {
		r.known[sql] = true
		r.fresh = append(r.fresh, sql)
	}
}

// TraceQueryStart records a statement.
func (r *statementRecorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r.record(data.SQL)
	return ctx
}

// TraceQueryEnd has nothing to add.
func (r *statementRecorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart has nothing to add: each statement of the batch comes by itself.
func (r *statementRecorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery records a statement of a batch.
func (r *statementRecorder) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	r.record(data.SQL)
}

// TraceBatchEnd has nothing to add.
func (r *statementRecorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// TraceCopyFromStart records a COPY, in the words of PostgreSQL.
func (r *statementRecorder) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceCopyFromStartData) context.Context {
	r.record("COPY " + data.TableName.Sanitize() + " (" + strings.Join(data.ColumnNames, ", ") + ") FROM STDIN BINARY")
	return ctx
}

// TraceCopyFromEnd has nothing to add.
func (r *statementRecorder) TraceCopyFromEnd(context.Context, *pgx.Conn, pgx.TraceCopyFromEndData) {}

// operation ends an operation: what it sent that none before it sent goes to the file, under its name.
func (r *statementRecorder) operation(name string, err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("%s: %v", name, err)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.names.WriteString(name + "\n")
	if len(r.fresh) == 0 {
		return
	}
	r.file.WriteString("\n-- " + name + "\n")
	for _, sql := range r.fresh {
		for line := range strings.Lines(sql + ";\n") {
			r.file.WriteString(wrapped(line))
		}
	}
	r.sent, r.fresh = append(r.sent, r.fresh...), nil
}

// complete faults a method of the store that was not run.
func (r *statementRecorder) complete() {
	// These send nothing, or what Facts, ExportClaims, Sequence and SettleStandings send.
	silent := []string{"Close", "Collect", "Describe", "KeepLog", "FollowStandings", "Namespace", "InSnapshot", "InPast", "ExportFacts",
		"RecordedBy", "IsStandby", "Server", "IsElsewhere", "Temporary", "DropTemporary"}
	for method := range reflect.TypeFor[*store.Store]().Methods() {
		ran := regexp.MustCompile(`(?m)^` + method.Name + `\b`)
		if !slices.Contains(silent, method.Name) && !ran.MatchString(r.names.String()) {
			r.Errorf("no statement of %s is in %s", method.Name, statementsFile)
		}
	}
}

// maxLine is how many characters a line of the file has at most, with some room for tabs.
const maxLine = 130

// wrapped breaks a line of SQL that is too long between its words, where it is not within a string.
func wrapped(line string) string {
	if utf8.RuneCountInString(line) <= maxLine {
		return line
	}
	at := -1
	for i, quoted := 0, false; i < len(line) && (i < maxLine || at < 0); i++ {
		switch {
		case line[i] == '\'':
			quoted = !quoted
		case line[i] == ' ' && !quoted:
			at = i
		}
	}
	if at < 0 {
		return line
	}
	return line[:at] + "\n" + wrapped("\t\t"+line[at+1:])
}

// done is operation for what gives a value too.
func done[T any](r *statementRecorder, name string) func(T, error) T {
	return func(value T, err error) T {
		r.Helper()
		r.operation(name, err)
		return value
	}
}

// reprints are of a text that is stored, and that comes again by an import.
func (r *statementRecorder) reprints(publisher uuid.UUID) {
	s, ctx := r.store, r.Context()
	var words strings.Builder
	for i := range 40 {
		fmt.Fprintf(&words, "word%d ", i)
	}
	done[headwater.Document](r, "CreateDocument with a text")(s.CreateDocument(ctx, tester, "",
		headwater.DocumentFields{Publisher: publisher, Kind: headwater.Article, Text: words.String()}))
	again := fmt.Sprintf(`{"type":"bundle","format":"headwater-bundle/1","namespace":"https://again.example"}
		{"type":"document","key":"%%s","publisher":"%s","kind":"article","text":"%s"}`, publisher, words.String())
	for _, proposes := range []bool{false, true} {
		_, err := s.Import(ctx, tester, bundle.NewReader(strings.NewReader(fmt.Sprintf(again, fmt.Sprint(proposes)))),
			store.ImportOptions{ProposeReprints: proposes})
		r.operation("Import of a document that is a reprint", err)
		found, err := s.ProposeReprints(ctx, tester)
		if r.operation("ProposeReprints", err); (found.Proposed == 0) != proposes {
			r.Errorf("where the import proposes reprints itself (%t), a search finds %+v", proposes, found)
		}
	}
	_, err := s.Documents(ctx, store.DocumentFilter{Q: "word7"}, store.Paging{Limit: 1})
	r.operation("Documents by words", err)
	_, err = s.Documents(ctx, store.DocumentFilter{Q: "word7", Common: store.Common{Sort: "-published"}}, store.Paging{Limit: 1})
	r.operation("Documents with words", err)
}

func (r *statementRecorder) transfers() {
	demo := file(r.T, "demo.ndjson")
	_, err := importText(r.T, r.store, demo)
	r.operation("Import of a bundle", err)
	_, err = r.store.Import(r.Context(), tester, bundle.NewReader(strings.NewReader(demo)),
		store.ImportOptions{KeepGoing: true, ProposeDuplicates: true})
	r.operation("Import that keeps going and proposes duplicates", err)
	take(r.T, r.store, interchange.FactCheck, interchange.TableOptions{}, file(r.T, "factcheck.json"), true)
	r.operation("Import of lines that restate things", nil)
	_, err = r.store.Sequence(r.Context())
	r.operation("Sequence", err)
	r.operation("Export recorded by a place", r.store.Export(r.Context(), io.Discard, interchange.ExportOptions{RecordedBy: 1}))
	r.operation("Export of reviews recorded by a place", r.store.Export(r.Context(), io.Discard,
		interchange.ExportOptions{Format: interchange.ClaimReview, RecordedBy: 1}))
	r.operation("Export of annotations recorded by a place", r.store.Export(r.Context(), io.Discard,
		interchange.ExportOptions{Format: interchange.WebAnnotation, RecordedBy: 1}))
	for _, format := range interchange.Format("").Values() {
		options := interchange.ExportOptions{Format: interchange.Format(format)}
		if !options.Format.IsWritten() {
			continue
		}
		if options.Format != interchange.CSV {
			r.operation("Export as "+format, r.store.Export(r.Context(), io.Discard, options))
			continue
		}
		for _, resource := range headwater.Things() {
			if options.Of = headwater.Resource(resource); options.Validate() == nil {
				r.operation("Export as "+format+" of "+resource, r.store.Export(r.Context(), io.Discard, options))
			}
		}
	}
}

func (r *statementRecorder) writes() {
	s, ctx, by := r.store, r.Context(), tester
	outlet := headwater.SourceFields{Kind: headwater.Outlet, Name: "Salt Road Herald"}
	paper := done[headwater.Source](r, "CreateSource")(s.CreateSource(ctx, by, "salt-road-herald", outlet))
	other := done[headwater.Source](r, "CreateSource")(s.CreateSource(ctx, by, "", headwater.SourceFields{Kind: headwater.Agency,
		Name: "Salt Road Wire"}))
	outlet.Country = "EG"
	paper = done[headwater.Source](r, "UpdateSource")(s.UpdateSource(ctx, by, paper.ID, 0, outlet))
	done[headwater.Source](r, "RetractSource")(s.RetractSource(ctx, by, other.ID, 0, true))
	done[headwater.Source](r, "RetractSource")(s.RetractSource(ctx, by, other.ID, 0, false))
	done[headwater.Source](r, "MergeSource")(s.MergeSource(ctx, by, other.ID, 0, paper.ID))
	done[headwater.Source](r, "UnmergeSource")(s.UnmergeSource(ctx, by, other.ID, 0))

	owned := headwater.RelationFields{Subject: paper.ID, Kind: headwater.PartOf, Object: other.ID}
	relation := done[headwater.Relation](r, "CreateRelation")(s.CreateRelation(ctx, by, "", owned))
	owned.Since = "2020"
	done[headwater.Relation](r, "UpdateRelation")(s.UpdateRelation(ctx, by, relation.ID, 0, owned))
	done[headwater.Relation](r, "RetractRelation")(s.RetractRelation(ctx, by, relation.ID, 0, true))

	page := headwater.DocumentFields{Publisher: paper.ID, Kind: headwater.Article, Text: "The mill burned."}
	document := done[headwater.Document](r, "CreateDocument")(s.CreateDocument(ctx, by, "", page))

	burned := headwater.ClaimFields{Statement: headwater.Texts{"en": "The mill burned."}}
	claim := done[headwater.Claim](r, "CreateClaim")(s.CreateClaim(ctx, by, "", burned))
	mill := done[headwater.Claim](r, "CreateClaim")(s.CreateClaim(ctx, by, "",
		headwater.ClaimFields{Statement: headwater.Texts{"en": "The mill stands."}}))
	burned.Topics = []string{"fire"}
	done[headwater.Claim](r, "UpdateClaim")(s.UpdateClaim(ctx, by, claim.ID, 0, burned))
	done[headwater.Claim](r, "RetractClaim")(s.RetractClaim(ctx, by, mill.ID, 0, true))
	done[headwater.Claim](r, "RetractClaim")(s.RetractClaim(ctx, by, mill.ID, 0, false))
	done[headwater.Claim](r, "MergeClaim")(s.MergeClaim(ctx, by, mill.ID, 0, claim.ID))
	done[headwater.Claim](r, "UnmergeClaim")(s.UnmergeClaim(ctx, by, mill.ID, 0))

	told := headwater.AttributionFields{Claim: claim.ID, Document: document.ID, Stance: headwater.Affirms, Credibility: 6,
		Content: &headwater.Selector{Start: 0, End: 16, Exact: "The mill burned."},
		Chain:   []headwater.Hop{{Source: paper.ID, Certainty: headwater.Certain}}}
	attribution := done[headwater.Attribution](r, "CreateAttribution")(s.CreateAttribution(ctx, by, "", told, ""))
	told.Note = "Front page."
	done[headwater.Attribution](r, "UpdateAttribution")(s.UpdateAttribution(ctx, by, attribution.ID, 0, told))
	done[headwater.Attribution](r, "DecideAttribution")(s.DecideAttribution(ctx, by, attribution.ID, 0, false))

	done[headwater.Attribution](r, "ReopenAttribution")(s.ReopenAttribution(ctx, by, attribution.ID, 0))

	page.Text = "At last: The mill burned."
	done[headwater.Document](r, "UpdateDocument, which moves quotes")(s.UpdateDocument(ctx, by, document.ID, 0, page))
	_, err := s.Versions(ctx, headwater.ResourceDocument, document.ID, true, store.Paging{Limit: 1})
	r.operation("Versions, of a text that was replaced", err)
	done[headwater.Document](r, "RetractDocument")(s.RetractDocument(ctx, by, document.ID, 0, true))

	against := headwater.LinkFields{Kind: headwater.Contradicts, From: claim.ID, To: mill.ID, Degree: headwater.DegreeDirect}
	link := done[headwater.Link](r, "CreateLink")(s.CreateLink(ctx, by, "", against, headwater.Proposed))
	against.Rationale = "A mill that burned does not stand."
	done[headwater.Link](r, "UpdateLink")(s.UpdateLink(ctx, by, link.ID, 0, against))
	done[headwater.Link](r, "DecideLink")(s.DecideLink(ctx, by, link.ID, 0, true))
	done[headwater.Link](r, "ReopenLink")(s.ReopenLink(ctx, by, link.ID, 0))

	verdict := headwater.ReviewFields{Claim: claim.ID, Author: paper.ID, Rating: headwater.Rating{Label: "True"}}
	review := done[headwater.Review](r, "CreateReview")(s.CreateReview(ctx, by, "", verdict))
	verdict.Title = "It burned"
	done[headwater.Review](r, "UpdateReview")(s.UpdateReview(ctx, by, review.ID, 0, verdict))
	done[headwater.Review](r, "RetractReview")(s.RetractReview(ctx, by, review.ID, 0, true))

	once := store.Idempotency{Key: "a", Holder: "tester", Request: []byte("request"), Render: func(any) (store.StoredResponse, error) {
		return store.StoredResponse{Status: 201, Headers: map[string]string{}, Body: []byte("{}")}, nil
	}}
	by.Idempotency = &once
	done[headwater.Source](r, "CreateSource with an Idempotency-Key")(s.CreateSource(ctx, by, "",
		headwater.SourceFields{Kind: headwater.Person, Name: "Miller"}))
	_, found, err := s.StoredResponse(ctx, once)
	if !found {
		r.Error("the response was not stored")
	}
	r.operation("StoredResponse", err)
	again := once
	again.Key = "b"
	by.Idempotency = &again
	r.operation("StoreResponse", s.StoreResponse(ctx, by, "answer"))
	made := once
	made.Key = "c"
	by.Idempotency = &made
	r.operation("StoreOutcome", s.StoreOutcome(ctx, by, "answer"))
}

// pairs are filters that are often asked for together.
var pairs = [][]string{
	{"Key", "Namespace"}, {"From", "To"}, {"Q", "Status"}, {"Q", "Topic"}, {"Q", "Source"}, {"Q", "Kind"}, {"Q", "Language"},
	{"Q", "Site"}, {"Source", "Status"},
	{"Source", "Stance"}, {"Topic", "Language"}, {"Publisher", "From"}, {"Claim", "Status"}, {"Claim", "Kind"}, {"Claim", "Stance"},
	{"Resource", "Operation"},
}

// sample sets a filter's field to something that can be asked for.
func sample(field reflect.Value, name string) {
	texts := map[string]string{"Q": "harbour", "Language": "en", "URL": "https://paper.example/1", "Site": "paper.example",
		"From": "2024", "To": "2025"}
	switch value := field.Addr().Interface().(type) {
	case *uuid.UUID:
		*value = uuid.UUID{15: 1}
	case *[]uuid.UUID:
		*value = []uuid.UUID{{15: 1}}
	case *[]string:
		*value = []string{"active"}
	case *map[string]string:
		*value = map[string]string{"register": "1"}
	case *int:
		*value = 7
	case *int64:
		*value = 7
	case *bool:
		*value = true
	default:
		field.SetString(cmp.Or(texts[name], "some"))
	}
}

// fieldsOf names the fields of a filter, those that every list has among them; not the order, which is no filter.
func fieldsOf(filter reflect.Type) (names []string) {
	for _, field := range reflect.VisibleFields(filter) {
		if !field.Anonymous && field.Name != "Sort" {
			names = append(names, field.Name)
		}
	}
	return names
}

// listed asks for a list by each filter alone, by pairs of them, in each order, and for what follows a first page.
func listed[F, T any](r *statementRecorder, name string, list func(context.Context, F, store.Paging) (store.Page[T], error),
	sorts ...string) {
	ask := func(what string, fields []string, sort string) {
		r.Helper()
		var filter F
		value := reflect.ValueOf(&filter).Elem()
		for _, field := range fields {
			sample(value.FieldByName(field), field)
		}
		if sort != "" {
			value.FieldByName("Sort").SetString(sort)
		}
		page, err := list(r.Context(), filter, store.Paging{Limit: 1})
		r.operation(name+what, err)
		if page.NextCursor != "" {
			_, err = list(r.Context(), filter, store.Paging{Limit: 1, Cursor: page.NextCursor})
			r.operation(name+what+", next page", err)
		}
	}
	fields := fieldsOf(reflect.TypeFor[F]())
	ask("", nil, "")
	for _, sort := range sorts {
		ask(" sorted by "+sort, nil, sort)
	}
	for _, field := range fields {
		ask(" by "+field, []string{field}, "")
	}
	for _, pair := range pairs {
		if slices.Contains(fields, pair[0]) && slices.Contains(fields, pair[1]) {
			ask(" by "+strings.Join(pair, " and "), pair, "")
		}
	}
}

// sortsOf gives the orders of a list, as the fault of one that it has not names them.
func sortsOf[T any](r *statementRecorder, _ store.Page[T], err error) []string {
	var faults headwater.Faults
	if !errors.As(err, &faults) {
		r.Fatalf("an order that is none: %v", err)
	}
	return strings.Split(strings.TrimPrefix(faults[0].Expected, "one of "), ", ")
}

func (r *statementRecorder) lists() {
	s, ctx, first, none := r.store, r.Context(), store.Paging{Limit: 1}, store.Common{Sort: "no such order"}
	sources, err := s.Sources(ctx, store.SourceFilter{Common: none}, first)
	listed(r, "Sources", s.Sources, sortsOf(r, sources, err)...)
	relations, err := s.Relations(ctx, store.RelationFilter{Common: none}, first)
	listed(r, "Relations", s.Relations, sortsOf(r, relations, err)...)
	documents, err := s.Documents(ctx, store.DocumentFilter{Common: none}, first)
	listed(r, "Documents", s.Documents, sortsOf(r, documents, err)...)
	claims, err := s.Claims(ctx, store.ClaimFilter{Common: none}, first)
	listed(r, "Claims", s.Claims, sortsOf(r, claims, err)...)
	attributions, err := s.Attributions(ctx, store.AttributionFilter{Common: none}, first)
	listed(r, "Attributions", s.Attributions, sortsOf(r, attributions, err)...)
	links, err := s.Links(ctx, store.LinkFilter{Common: none}, first)
	listed(r, "Links", s.Links, sortsOf(r, links, err)...)
	reviews, err := s.Reviews(ctx, store.ReviewFilter{Common: none}, first)
	listed(r, "Reviews", s.Reviews, sortsOf(r, reviews, err)...)
	r.log()
	r.standings()
	_, err = s.Changes(ctx, store.ChangeFilter{}, store.Paging{Limit: 1, Cursor: "now"})
	r.operation("Changes from now on", err)
	listed(r, "Changes", s.Changes)
	listed(r, "FactChecks", func(ctx context.Context, f store.FactCheckFilter, p store.Paging) (store.Page[store.FactCheckHit], error) {
		return s.FactChecks(ctx, f, 0, p)
	})
}

// standings works out how claims stand: all of them, and then what a change of each kind of thing moves.
func (r *statementRecorder) standings() {
	s, ctx := r.store, r.Context()
	_, err := s.SettleStandings(ctx)
	r.operation("SettleStandings from nothing", err)
	documents := must(s.Documents(ctx, store.DocumentFilter{}, store.Paging{Limit: 1}))(r.T).Items
	r.operation("Documents", nil)
	_, err = s.RetractDocument(ctx, tester, documents[0].ID, 0, true)
	r.operation("RetractDocument", err)
	_, err = s.RetractSource(ctx, tester, documents[0].Publisher, 0, true)
	r.operation("RetractSource", err)
	_, err = s.Sequence(ctx)
	r.operation("Sequence", err)
	_, err = s.SettleStandings(ctx)
	r.operation("SettleStandings", err)
	_, err = s.Standings(ctx, nil)
	r.operation("Standings", err)
	_, _, err = s.KeptStandingChanges(ctx)
	r.operation("KeptStandingChanges", err)
	_, err = s.LastStandingChange(ctx)
	r.operation("LastStandingChange", err)
	_, _, err = s.StandingChangesBetween(ctx, store.StandingChangeFilter{}, 0, 10, 10)
	r.operation("StandingChangesBetween", err)
	_, err = s.StandingChanges(ctx, store.StandingChangeFilter{Claim: headwater.NewID()}, store.Paging{Limit: 10})
	r.operation("StandingChanges", err)
	for _, sort := range []string{"standing", "-standing", "-width", "-contested", "-appeared"} {
		f := store.ClaimFilter{Common: store.Common{Sort: sort}, Standings: []string{string(provenance.SingleOrigin)}}
		page, err := s.Claims(ctx, f, store.Paging{Limit: 1})
		r.operation("Claims by "+sort, err)
		_, err = s.Claims(ctx, f, store.Paging{Limit: 1, Cursor: page.NextCursor})
		r.operation("Claims by "+sort+", the next page", err)
		f.Q = "killed"
		_, err = s.Claims(ctx, f, store.Paging{Limit: 1})
		r.operation("Claims with words by "+sort, err)
	}
	f := store.ClaimFilter{Q: "killed", Place: "Mina Port"}
	_, err = s.CountClaims(ctx, f)
	r.operation("CountClaims", err)
	_, _, err = s.ClaimFacets(ctx, f)
	r.operation("ClaimFacets", err)
}

// log seals all changes, and proves and verifies them.
func (r *statementRecorder) log() {
	s, ctx := r.store, r.Context()
	key := must(ledger.ReadKey(must(ledger.NewKey("desk.example/log"))(r.T)))(r.T)
	r.operation("SignWith", s.SignWith(ctx, key))
	_, err := s.Sequence(ctx)
	r.operation("Sequence", err)
	_, err = s.LogKeys(ctx)
	r.operation("LogKeys", err)
	witness := []string{"witness.example+2ea5ab72+BLBWrIBjYJ2Yt9WnrFQ+bBTCQWvzMEGvkUFzzv8dzbzJ"}
	r.operation("NameWitnesses", s.NameWitnesses(ctx, witness))
	asked := done[[]ledger.Unwitnessed](r, "LeaseWitnesses")(s.LeaseWitnesses(ctx, witness, time.Minute))[0]
	_, err = s.ProveGrowth(ctx, 1, asked.Size)
	r.operation("ProveGrowth", err)
	r.operation("SettleWitness", s.SettleWitness(ctx, asked, "", "it does not answer"))
	r.operation("SettleWitness", s.SettleWitness(ctx, asked, "— witness.example AAAA\n", ""))
	_, err = s.LogWitnesses(ctx)
	r.operation("LogWitnesses", err)
	_, err = s.WitnessedCheckpoint(ctx, []string{"witness.example"})
	r.operation("WitnessedCheckpoint", err)
	_, err = s.Checkpoint(ctx)
	r.operation("Checkpoint", err)
	_, err = s.Tile(ctx, ledger.Place{}, 1)
	r.operation("Tile", err)
	_, err = s.Tile(ctx, ledger.Place{Level: -1}, 1)
	r.operation("Tile of entries", err)
	page, err := s.Changes(ctx, store.ChangeFilter{}, store.Paging{Limit: 1})
	r.operation("Changes", err)
	_, err = s.LastSeq(ctx)
	r.operation("LastSeq", err)
	_, _, err = s.ChangesBetween(ctx, store.ChangeFilter{}, 0, 10, 10)
	r.operation("ChangesBetween", err)
	r.operation("NameClaims", s.NameClaims(ctx, page.Items))
	_, err = s.Inclusion(ctx, page.Items[0].ID, 0, nil)
	r.operation("Inclusion", err)
	_, err = s.Consistency(ctx, 1, 2)
	r.operation("Consistency", err)
	_, err = s.Verify(ctx, store.VerifyOptions{}, func(string) {})
	r.operation("Verify", err)
}

// named gives the claim and the source of the demo that these reads are about.
func (r *statementRecorder) named() (claim, source uuid.UUID) {
	claims, err := r.store.ResolveClaims(r.Context(), "", []string{"harbour-blast-toll"})
	r.operation("ResolveClaims", err)
	sources, err := r.store.ResolveSources(r.Context(), "", []string{"oxbow-wire"})
	r.operation("ResolveSources", err)
	_, err = r.store.ResolveNames(r.Context(), []headwater.Named{
		{Pointer: "/publisher", Resource: headwater.ResourceSource, Name: "oxbow-wire"},
		{Pointer: "/derived_from", Resource: headwater.ResourceDocument, Name: "none"}})
	if headwater.CodeOf(err) != headwater.CodeInvalid {
		r.Fatalf("a document that is none: %v", err)
	}
	r.operation("ResolveNames", nil)
	r.operation("CheckReferences", r.store.CheckReferences(r.Context(), headwater.RelationFields{Subject: sources[0]}.References()))
	quoted := headwater.AttributionFields{Claim: claims[0], Chain: []headwater.Hop{{Source: sources[0]}}}
	r.operation("CheckAttribution", r.store.CheckAttribution(r.Context(), quoted))
	return claims[0], sources[0]
}

func (r *statementRecorder) reads() {
	s, ctx := r.store, r.Context()
	claim, source := r.named()
	unknown := func(name string, err error) {
		r.Helper()
		if headwater.CodeOf(err) != headwater.CodeNotFound {
			r.Errorf("%s of nothing: %v", name, err)
		}
		r.operation(name, nil)
	}
	_, err := s.Source(ctx, uuid.Nil)
	unknown("Source", err)
	_, err = s.Relation(ctx, uuid.Nil)
	unknown("Relation", err)
	_, err = s.Document(ctx, uuid.Nil)
	unknown("Document", err)
	_, err = s.Claim(ctx, uuid.Nil)
	unknown("Claim", err)
	_, err = s.Attribution(ctx, uuid.Nil)
	unknown("Attribution", err)
	_, err = s.Link(ctx, uuid.Nil)
	unknown("Link", err)
	_, err = s.Review(ctx, uuid.Nil)
	unknown("Review", err)
	for _, parts := range []struct {
		name string
		store.Parts
	}{
		{"", store.Parts{}}, {" with attributions", store.Parts{Attributions: true}}, {" with links", store.Parts{Links: true}},
		{" with documents", store.Parts{Attributions: true, Documents: true}}, {" with reviews", store.Parts{Reviews: true}},
		{" with all parts", store.Parts{Attributions: true, Documents: true, Links: true, Reviews: true}},
	} {
		_, err = s.ClaimDetail(ctx, claim, parts.Parts)
		r.operation("ClaimDetail"+parts.name, err)
	}
	_, err = s.SourceCards(ctx, []uuid.UUID{source})
	r.operation("SourceCards", err)
	_, err = s.DocumentCards(ctx, []uuid.UUID{uuid.Nil})
	r.operation("DocumentCards", err)
	_, err = s.ClaimCards(ctx, []uuid.UUID{claim})
	r.operation("ClaimCards", err)
	_, err = s.ClaimSummaries(ctx, []uuid.UUID{claim})
	r.operation("ClaimSummaries", err)
	for _, order := range store.TimelineOrder("").Values() {
		walked(r, "Timeline by "+order, func(p store.Paging) (store.Page[store.TimelineEntry], error) {
			return s.Timeline(ctx, claim, store.TimelineOrder(order), p)
		})
	}
	for _, position := range store.Position("").Values() {
		walked(r, "SourceClaims in position "+position, func(p store.Paging) (store.Page[headwater.Claim], error) {
			return s.SourceClaims(ctx, source, store.Position(position), p)
		})
	}
}

// walked asks for a first page and for the one that follows.
func walked[T any](r *statementRecorder, name string, list func(store.Paging) (store.Page[T], error)) {
	page, err := list(store.Paging{Limit: 1})
	r.operation(name, err)
	if page.NextCursor == "" {
		r.Errorf("%s has no second page", name)
	}
	_, err = list(store.Paging{Limit: 1, Cursor: page.NextCursor})
	r.operation(name+", next page", err)
}

func (r *statementRecorder) evidence() {
	s, ctx := r.store, r.Context()
	claim, source := r.named()
	facts, err := s.Facts(ctx, []uuid.UUID{claim}, []uuid.UUID{source}, true)
	r.operation("Facts", err)
	_, err = s.FactsWith(ctx, store.MoreFacts{Claims: []uuid.UUID{claim}, Sources: []uuid.UUID{source}})
	r.operation("FactsWith", err)
	everything := func(_ context.Context, facts provenance.Facts, _ []uuid.UUID, _ provenance.Question) (provenance.Facts, error) {
		return facts, nil
	}
	r.operation("ExportClaims", s.ExportClaims(ctx, io.Discard, store.ClaimBundle{Claims: []uuid.UUID{claim}, Select: everything}))
	readSet := facts.ReadSet()
	for _, name := range []string{"Late", "Later"} { // what the first one sends depends on what happens elsewhere on the server
		if _, err := s.CreateSource(ctx, tester, "", headwater.SourceFields{Kind: headwater.Person, Name: name}); err != nil {
			r.Fatal(err)
		}
		if _, err := s.StillValid(ctx, readSet); err != nil {
			r.Fatal(err)
		}
	}
	r.operation("StillValid", nil)
	dependents := func(list func(context.Context, uuid.UUID, store.Paging) (store.Dependents, error),
		about uuid.UUID) func(store.Paging) (store.Page[uuid.UUID], error) {
		return func(p store.Paging) (store.Page[uuid.UUID], error) {
			page, err := list(ctx, about, p)
			return store.Page[uuid.UUID]{NextCursor: page.NextCursor}, err
		}
	}
	walked(r, "DependentsOfSource", dependents(s.DependentsOfSource, source))
	walked(r, "DependentsOfDocument", dependents(s.DependentsOfDocument, facts.Documents[0].ID))
	_, err = s.Neighbourhood(ctx, claim)
	r.operation("Neighbourhood", err)
}

func (r *statementRecorder) keys() {
	s, ctx := r.store, r.Context()
	_, err := s.KeysExist(ctx)
	r.operation("KeysExist", err)
	first := headwater.APIKeyFields{Name: "first", Scopes: []headwater.Scope{headwater.ScopeAdmin}}
	_, err = s.CreateFirstKey(ctx, tester, first, headwater.NewToken())
	r.operation("CreateFirstKey", err)
	key := done[store.MadeKey](r, "CreateKey")(s.CreateKey(ctx, tester,
		headwater.APIKeyFields{Name: "desk", Scopes: []headwater.Scope{headwater.ScopeRead}}))
	key = done[store.MadeKey](r, "RotateKey")(s.RotateKey(ctx, tester, key.ID))
	session, _, err := s.CreateSession(ctx, key.ID)
	r.operation("CreateSession", err)
	_, _, _, err = s.AuthenticateSession(ctx, session)
	r.operation("AuthenticateSession", err)
	done[bool](r, "EndSession")(s.EndSession(ctx, session))
	_, known, err := s.Authenticate(ctx, key.Token.String())
	if !known {
		r.Error("the key is not known")
	}
	r.operation("Authenticate", err)
	done[headwater.APIKey](r, "RevokeKey")(s.RevokeKey(ctx, tester, key.ID))
	_, err = s.Keys(ctx, store.Paging{Limit: 1})
	r.operation("Keys", err)
}

// noSecrets makes secrets of nothing.
type noSecrets struct{}

func (noSecrets) Name() string                             { return "none" }
func (noSecrets) Secret(headwater.WebhookSecret) string    { return "" }
func (noSecrets) PublicKey(headwater.WebhookSecret) string { return "" }

// webhooks makes webhooks and delivers nothing.
func (r *statementRecorder) webhooks() {
	s, ctx, beginning := r.store, r.Context(), int64(0)
	made := done[headwater.MadeWebhook](r, "CreateWebhook")(s.CreateWebhook(ctx, tester,
		headwater.WebhookFields{URL: "https://desk.example/", Kind: headwater.WebhookChange}, &beginning, noSecrets{}))
	done[headwater.MadeWebhook](r, "CreateWebhook of standings")(s.CreateWebhook(ctx, tester,
		headwater.WebhookFields{URL: "https://desk.example/", Kind: headwater.WebhookStanding}, nil, noSecrets{}))
	done[headwater.Webhook](r, "Webhook")(s.Webhook(ctx, made.ID, noSecrets{}))
	_, err := s.Webhooks(ctx, store.Paging{Limit: 1}, noSecrets{})
	r.operation("Webhooks", err)
	done[headwater.MadeWebhook](r, "RotateWebhook")(s.RotateWebhook(ctx, tester, made.ID, noSecrets{}))
	leased, err := s.LeaseWebhooks(ctx, "none", 1, time.Minute)
	r.operation("LeaseWebhooks", err)
	for _, webhook := range leased {
		_, err := s.SettleWebhook(ctx, webhook, headwater.Delivered{Ahead: []int64{}, Failure: "503", Wait: time.Minute})
		r.operation("SettleWebhook", err)
	}
	done[headwater.LeasedWebhook](r, "WebhookToTest")(s.WebhookToTest(ctx, made.ID, noSecrets{}))
	done[headwater.Webhook](r, "DisableWebhook")(s.DisableWebhook(ctx, tester, made.ID, noSecrets{}))
	done[headwater.Webhook](r, "EnableWebhook")(s.EnableWebhook(ctx, tester, made.ID, &beginning, noSecrets{}, time.Minute))
	_, err = s.DisableOtherWebhooks(ctx, "another")
	r.operation("DisableOtherWebhooks", err)
	r.operation("DeleteWebhook", s.DeleteWebhook(ctx, made.ID))
}
