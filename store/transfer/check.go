package transfer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store/pg"
)

// finding is a fault that a query over the stages found.
type finding struct {
	Line     int
	Pointer  headwater.Pointer
	Code     headwater.FaultCode
	Value    string
	Expected string
}

// faults collects what is wrong with a batch.
type faults struct {
	most  int                // how many are listed
	list  []bundle.LineFault // the first
	total int
	lines map[int]bool // all that are at fault
}

func newFaults(most int) faults { return faults{most: most, lines: map[int]bool{}} }

func (f *faults) add(faults ...bundle.LineFault) {
	f.total += len(faults)
	f.list = append(f.list, faults[:min(len(faults), max(0, f.most-len(f.list)))]...)
	for _, fault := range faults {
		f.lines[fault.Line] = true
	}
}

// join adds what others have collected.
func (f *faults) join(others faults) {
	total := f.total + others.total
	f.add(others.list...)
	f.total = total
	maps.Copy(f.lines, others.lines)
}

// explain gives the faults in the order of the lines. A reference is shown as its line has it, for which the batch is read once
// more.
func (f *faults) explain(batch Batch) []bundle.LineFault {
	byID := map[int]bool{}
	for _, fault := range f.list {
		if uuid.Validate(fault.Value) == nil {
			byID[fault.Line] = true
		}
	}
	if len(byID) > 0 {
		f.nameReferences(batch, byID)
	}
	slices.SortStableFunc(f.list, func(a, b bundle.LineFault) int {
		return cmp.Or(a.Line-b.Line, strings.Compare(string(a.Pointer), string(b.Pointer)))
	})
	return f.list
}

func (f *faults) nameReferences(batch Batch, lines map[int]bool) {
	last := slices.Max(slices.Collect(maps.Keys(lines)))
	for item, err := range batch.Items() {
		if err != nil {
			continue // its line has no references
		}
		if item.Line > last {
			return
		}
		if !lines[item.Line] {
			continue
		}
		for i := range f.list {
			if f.list[i].Line == item.Line {
				nameReference(&f.list[i].Fault, item.References)
			}
		}
	}
}

// nameReference shows a reference as its line has it. An end of an undirected link may stand at the other end in the line, and a record of
// others has ends under names of its own.
func nameReference(fault *headwater.Fault, references []bundle.LineReference) {
	isIt := func(r bundle.LineReference) bool { return r.ID.String() == fault.Value }
	at := slices.IndexFunc(references, func(r bundle.LineReference) bool {
		return isIt(r) && strings.HasPrefix(string(r.Pointer), string(fault.Pointer))
	})
	isThere := at >= 0
	if !isThere && (fault.Code == headwater.FaultAlreadyLinked || fault.Code == headwater.FaultUnknownReference) {
		at = slices.IndexFunc(references, isIt)
	}
	if at < 0 {
		return
	}
	if isThere || fault.Code == headwater.FaultUnknownReference {
		fault.Pointer = references[at].Pointer
	}
	fault.Value = references[at].Given
}

// checkStaged checks all lines against each other and against what is stored, and ends the attempt if any is at fault.
func (j *job) checkStaged(ctx context.Context) error {
	if err := j.stageQuoting(ctx); err != nil {
		return err
	}
	for _, stage := range j.stages {
		if !stage.isFilled() {
			continue
		}
		for _, sql := range stage.checks() {
			if err := j.collect(ctx, sql); err != nil {
				return err
			}
		}
	}
	if j.faulty() {
		if j.options.KeepGoing { // the next attempt skips what is at fault, and has other documents to look in
			return errFaulty
		}
		if err := j.dropUnsure(ctx); err != nil {
			return err
		}
	}
	if err := j.checkQuotes(ctx); err != nil {
		return err
	}
	if j.faulty() {
		return errFaulty
	}
	return nil
}

// dropUnsure takes what no quote can be held to out of an attempt that is at fault: the second of two lines of one document; and where
// the line of a document cannot be read, those that stand in stored ones, of which that line may say something else.
func (j *job) dropUnsure(ctx context.Context) error {
	if _, err := j.tx.Exec(ctx, `DELETE FROM staged_documents AS second USING staged_documents AS first
		WHERE second.id = first.id AND second.line > first.line`); err != nil || !j.unreadDocument {
		return err
	}
	_, err := j.tx.Exec(ctx, "DELETE FROM staged_attributions WHERE document_id NOT IN (SELECT id FROM staged_documents)")
	return err
}

// collect adds what a query finds to the faults; its arguments are $2 and so on. All are counted, and the first are listed; with
// KeepGoing all are read, since the next attempt skips their lines. Else what seems to be missing may be at fault itself, and is none.
func (j *job) collect(ctx context.Context, sql string, args ...any) error {
	var most *int
	if !j.options.KeepGoing {
		most = new(j.faults.most)
	}
	mayBeThere := fmt.Sprintf("code = 'unknown_reference' AND ($%d OR value = ANY ($%d))", len(args)+2, len(args)+3)
	rows, err := j.tx.Query(ctx, "SELECT *, count(*) OVER () FROM ("+sql+") AS found (line, pointer, code, value, expected) WHERE NOT ("+
		mayBeThere+") ORDER BY 1, 2 LIMIT $1",
		slices.Concat([]any{most}, args, []any{j.unreadUnknown && !j.options.KeepGoing, j.unseen()})...)
	if err != nil {
		return err
	}
	var found finding
	var total int
	count := 0
	_, err = pgx.ForEachRow(rows, []any{&found.Line, &found.Pointer, &found.Code, &found.Value, &found.Expected, &total}, func() error {
		count++
		j.faults.add(bundle.LineFault{Line: found.Line, Fault: headwater.NewFault(found.Pointer, found.Code, found.Value, found.Expected)})
		return nil
	})
	if count > 0 {
		j.faults.total += total - count
	}
	return err
}

// unseen are the things that a line at fault may describe.
func (j *job) unseen() []string {
	if j.options.KeepGoing {
		return []string{}
	}
	return append([]string{}, j.unread...) // never NULL, which would be equal to nothing and different from nothing
}

// checks are the queries whose rows are findings.
func (s *tableStage[T, F]) checks() []string {
	staged := s.stageName()
	within, sameClaim := "", ""
	if s.Resource == headwater.ResourceAttribution {
		within, sameClaim = "claim_id, ", "AND there.claim_id = staged.claim_id"
	}
	list := []string{
		fmt.Sprintf(`SELECT line, '/key', 'duplicate', coalesce(nullif(key, ''), id::text),
			'a %s that no other line of the bundle describes; line ' || first || ' does'
			FROM (SELECT min(line) AS first, id FROM %[2]s WHERE NOT kept GROUP BY id HAVING count(*) > 1) AS twice
				JOIN %[2]s USING (id) WHERE NOT kept AND line > first`, s.Resource, staged),
		fmt.Sprintf(`SELECT line, '/key', 'duplicate', key,
			'a key that no other %[1]s of the bundle has; line ' || first || ' has it with another id'
			FROM (SELECT %[3]skey, namespace, min(line) AS first FROM %[2]s WHERE NOT kept
				AND key <> '' GROUP BY %[3]skey, namespace HAVING count(*) > 1) AS twice
			JOIN (SELECT %[3]skey, namespace, line AS first, id AS first_id FROM %[2]s
				WHERE NOT kept) AS firsts USING (%[3]skey, namespace, first)
			JOIN %[2]s USING (%[3]skey, namespace) WHERE NOT kept AND id <> first_id`, s.Resource, staged, within),
		fmt.Sprintf(`SELECT line, '/key', 'immutable', staged.key,
			CASE there.key WHEN '' THEN 'no key, as it was made without one' ELSE there.key || ' in ' || there.namespace ||
				', which cannot change' END
			FROM %[1]s AS staged JOIN %[2]s AS there USING (id) WHERE staged.key <> ''
				AND (there.key, there.namespace) <> (staged.key, staged.namespace)`, staged, s.Name),
		fmt.Sprintf(`SELECT line, '/key', 'duplicate', staged.key, 'a key that no other %[3]s has; it belongs to ' || there.id
			FROM %[1]s AS staged JOIN %[2]s AS there ON there.key = staged.key AND there.namespace = staged.namespace
				AND there.key <> '' AND there.id <> staged.id %[4]s WHERE staged.key <> ''`,
			staged, s.Name, s.Resource, sameClaim),
	}
	for _, r := range s.references {
		list = append(list, fmt.Sprintf(`SELECT DISTINCT line, '%[1]s', 'unknown_reference', ref::text,
			'the key or id of a %[2]s in this bundle or stored before'
			FROM (SELECT line, %[3]s AS ref FROM %[4]s) AS refs WHERE ref IS NOT NULL
			AND NOT EXISTS (SELECT FROM %[2]ss AS there WHERE there.id = ref)
				AND NOT EXISTS (SELECT FROM staged_%[2]ss AS there WHERE there.id = ref)`,
			r.pointer, r.to, r.expression, staged))
	}
	for _, name := range s.immutable {
		list = append(list, fmt.Sprintf(`SELECT line, '/%[1]s', 'immutable', staged.%[2]s::text,
			there.%[2]s::text || ', which cannot change'
			FROM %[3]s AS staged JOIN %[4]s AS there USING (id) WHERE there.%[2]s <> staged.%[2]s`, s.wireName(name), name, staged, s.Name))
	}
	if s.Merges {
		list = append(list, fmt.Sprintf(`SELECT line, '/status', 'conflict', staged.status, CASE staged.status
			WHEN 'merged' THEN 'another status: the %[3]s is retracted, and merging would take that back; restore it first'
			ELSE 'another status: the %[3]s is merged into ' || there.merged_into || '; unmerge it first' END
			FROM %[1]s AS staged JOIN %[2]s AS there USING (id) WHERE staged.status_named AND staged.assertion <> %[4]d
				AND (there.status, staged.status) IN (('retracted', 'merged'), ('merged', 'retracted'))`,
			staged, s.Name, s.Resource, bundle.Mentions))
	}
	if s.Resource == headwater.ResourceLink {
		list = append(list, linkedTwiceSQL...)
	}
	if s.Resource == headwater.ResourceMatch {
		list = append(list, matchedTwiceSQL...)
	}
	return list
}

// wireName is the name of a column outside the database.
func (s *tableStage[T, F]) wireName(column string) string {
	for _, c := range s.Columns {
		if c.Name == column {
			return c.As
		}
	}
	return column
}

// linkedTwiceSQL finds pairs that are linked twice in one kind, in the bundle or with what is stored.
var linkedTwiceSQL = []string{
	`SELECT line, '/to', 'already_linked', to_id::text, 'a pair that is not linked in this kind yet; line ' || first || ' links it'
		FROM (SELECT line, to_id, id, min(line) OVER pair AS first, first_value(id) OVER (pair ORDER BY line) AS first_id FROM staged_links
			WINDOW pair AS (PARTITION BY claim_id, to_id, kind)) AS lines WHERE id <> first_id`,
	`SELECT line, '/to', 'already_linked', to_id::text, 'a pair that is not linked in this kind yet; link ' || there.id || ' links it'
		FROM staged_links AS staged JOIN links AS there USING (claim_id, to_id, kind) WHERE there.id <> staged.id`,
}

// matchedTwiceSQL finds pairs that have two matches of one kind, in the bundle or with what is stored.
var matchedTwiceSQL = []string{
	`SELECT line, '/b', 'already_linked', b::text, 'a pair that has no match of this kind yet; line ' || first || ' has one'
		FROM (SELECT line, b, id, min(line) OVER pair AS first, first_value(id) OVER (pair ORDER BY line) AS first_id FROM staged_matches
			WINDOW pair AS (PARTITION BY kind, CASE WHEN kind = 'reprint' THEN a ELSE least(a, b) END,
				CASE WHEN kind = 'reprint' THEN b ELSE greatest(a, b) END)) AS lines WHERE id <> first_id`,
	`SELECT line, '/b', 'already_linked', staged.b::text, 'a pair that has no match of this kind yet; match ' || there.id || ' is one'
		FROM staged_matches AS staged JOIN matches AS there ON there.kind = staged.kind AND there.id <> staged.id
			AND (there.a, there.b) IN ((staged.a, staged.b), (staged.b, staged.a))
			AND (there.kind <> 'reprint' OR there.a = staged.a)`,
}

// changedTextsSQL selects the stored documents whose text or publisher the bundle changes, and their lines.
const changedTextsSQL = `SELECT staged.id, staged.line FROM staged_documents AS staged JOIN documents AS there USING (id)
	WHERE (there.text, there.publisher) IS DISTINCT FROM (staged.text, staged.publisher)`

// stageQuoting stages the attributions of stored documents whose text or publisher the bundle changes, so that their
// quotes are checked like those of the bundle. The documents of the bundle and then the attributions are locked before they are read,
// in the order in which everybody locks them: what is said of them meanwhile must not be lost. All the documents, since those that
// differ otherwise are locked when they are written, and somebody who holds one may wait for an attribution.
func (j *job) stageQuoting(ctx context.Context) error {
	if !j.isFilled(headwater.ResourceDocument) {
		return nil
	}
	columns := strings.Join((&tableStage[headwater.Attribution, headwater.AttributionFields]{Table: pg.Attributions}).columnNames(), ", ")
	var changed bool
	err := j.tx.QueryRow(ctx, "SELECT EXISTS ("+changedTextsSQL+")").Scan(&changed)
	if err != nil || !changed {
		return err
	}
	j.stageOf(headwater.ResourceAttribution).takeStored()
	return execEach(ctx, j.tx,
		"SELECT FROM documents WHERE id IN (SELECT id FROM staged_documents) ORDER BY id FOR NO KEY UPDATE",
		"SELECT FROM attributions WHERE document_id IN (SELECT id FROM ("+changedTextsSQL+") AS changed) ORDER BY id FOR NO KEY UPDATE",
		fmt.Sprintf(`INSERT INTO staged_attributions (line, at, assertion, status_named, kept, state, %s)
			SELECT changed.line, '', 0, false, true, (SELECT state FROM changes WHERE resource = 'attribution' AND resource_id = a.id
				ORDER BY to_version DESC LIMIT 1), %s FROM attributions AS a JOIN (%s) AS changed ON changed.id = a.document_id
			WHERE NOT EXISTS (SELECT FROM staged_attributions AS staged WHERE staged.id = a.id)
			AND (a.content IS NOT NULL OR a.chain @? '$[*].*.exact')`, columns, "a."+strings.ReplaceAll(columns, ", ", ", a."),
			changedTextsSQL),
	)
}

// checkLoops finds what has become its own ancestor, once everything is written, and what has become one although somebody
// said that it is two.
func (j *job) checkLoops(ctx context.Context) error {
	if err := pg.LockStructure(ctx, j.tx); err != nil {
		return err
	}
	if err := j.checkMergedControl(ctx); err != nil {
		return err
	}
	if err := j.checkControlLoops(ctx); err != nil {
		return err
	}
	for _, ancestry := range []struct {
		of               headwater.Resource
		parent, expected string
	}{
		{headwater.ResourceDocument, "derived_from", "a document whose derivation ends at an original"},
		{headwater.ResourceSource, "merged_into", "a source whose merges end at one that speaks for itself"},
		{headwater.ResourceClaim, "merged_into", "a claim whose merges end at one that speaks for itself"},
	} {
		if !j.isFilled(ancestry.of) {
			continue
		}
		table := ancestry.of.Plural()
		loops, err := pg.AncestorLoops(ctx, j.tx, table, ancestry.parent,
			fmt.Sprintf("SELECT id FROM staged_%s WHERE %s IS NOT NULL", table, ancestry.parent))
		if err != nil {
			return err
		}
		if len(loops) == 0 {
			continue
		}
		if err := j.collect(ctx, fmt.Sprintf(`SELECT line, '/%[2]s', 'loop', %[2]s::text, '%[3]s' FROM staged_%[1]s WHERE id = ANY ($2)`,
			table, ancestry.parent, ancestry.expected), loops); err != nil {
			return err
		}
	}
	if j.faulty() {
		return errFaulty
	}
	for _, judged := range []struct {
		of         headwater.Resource
		by         headwater.Resource // which says what is two
		statements []string
	}{
		{headwater.ResourceSource, headwater.ResourceMatch, pg.Sources.JudgedSQL("staged_")},
		{headwater.ResourceClaim, headwater.ResourceLink, pg.Claims.JudgedSQL("staged_")},
		{headwater.ResourceDocument, headwater.ResourceMatch, pg.JudgedDocumentsSQL("staged_")},
	} {
		if !j.isFilled(judged.of) && !j.isFilled(judged.by) {
			continue
		}
		for _, sql := range judged.statements {
			if err := j.collect(ctx, sql); err != nil {
				return err
			}
		}
	}
	if j.faulty() {
		return errFaulty
	}
	return nil
}

// checkMergedControl finds the lines of sources that are merged into one that controls them, or that they control.
func (j *job) checkMergedControl(ctx context.Context) error {
	if !j.isFilled(headwater.ResourceSource) {
		return nil
	}
	const merged = "SELECT id FROM staged_sources WHERE merged_into IS NOT NULL"
	loops, err := pg.ControlLoops(ctx, j.tx, pg.RelationsOfMergedSQL(merged))
	if err != nil || len(loops) == 0 {
		return err
	}
	var controlled []uuid.UUID
	for _, loop := range loops {
		controlled = append(controlled, loop.Subject)
	}
	return j.collect(ctx, `SELECT line, '/merged_into', 'loop', merged_into::text, '`+pg.NotControlling+`' FROM staged_sources
		WHERE merged_into IS NOT NULL AND id IN (
			WITH RECURSIVE `+pg.Sources.MergeMembersSQL("members", "SELECT unnest($2::uuid[])")+` SELECT id FROM members)`, controlled)
}

// checkControlLoops finds the lines of relations that close a loop of control.
func (j *job) checkControlLoops(ctx context.Context) error {
	if !j.isFilled(headwater.ResourceRelation) {
		return nil
	}
	loops, err := pg.ControlLoops(ctx, j.tx, "SELECT id FROM staged_relations")
	if err != nil || len(loops) == 0 {
		return err
	}
	ids, expected := make([]uuid.UUID, len(loops)), make([]string, len(loops))
	for i, loop := range loops {
		ids[i], expected[i] = loop.Relation, loop.Expected
	}
	rows, err := j.tx.Query(ctx, `SELECT line, object::text, expected FROM staged_relations
		JOIN unnest($1::uuid[], $2::text[]) AS loops (id, expected) USING (id) ORDER BY line`, ids, expected)
	if err != nil {
		return err
	}
	var line int
	var object, text string
	_, err = pgx.ForEachRow(rows, []any{&line, &object, &text}, func() error {
		j.faults.add(bundle.LineFault{Line: line, Fault: headwater.NewFault("/object", headwater.FaultLoop, object, text)})
		return nil
	})
	return err
}
