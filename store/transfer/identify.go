package transfer

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// bindable is a batch whose things have no ids of their own. What they are is found in all of it and what is stored.
type bindable interface {
	Bind(bindings interchange.Bindings)
}

// standing is a bindable batch that says whether its things stand in pages that may be stored.
type standing interface{ StandsInPages() bool }

// Assumption is a source or claim of a record that an import took to be one that another record has, or that was stored before.
type Assumption struct {
	Record int        `json:"record" minimum:"1" doc:"Number of the line or record." example:"17"`
	Source *uuid.UUID `json:"source,omitempty" format:"uuid" doc:"The source that it is taken for." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Claim  *uuid.UUID `json:"claim,omitempty" format:"uuid" doc:"The claim that it is taken for." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	By     AssumedBy  `json:"by" doc:"By what." example:"name"`
}

// Thing is what it was taken for, in words.
func (a Assumption) Thing() string {
	if a.Claim != nil {
		return fmt.Sprintf("%s %s", headwater.ResourceClaim, a.Claim)
	}
	return fmt.Sprintf("%s %s", headwater.ResourceSource, a.Source)
}

// AssumedBy is what a thing of a record is taken for another by.
type AssumedBy string

// Values lists them, the weakest first.
func (AssumedBy) Values() []string {
	return []string{string(identity.ByName), string(identity.ByDomain), string(identity.ByAccount), byStatement}
}

const byStatement = "statement"

// Assumed is what an import assumed.
type Assumed struct {
	List   []Assumption // the first MaxAssumed, by record
	Counts map[AssumedBy]int
}

// MaxAssumed is how many assumptions an import lists; the rest is counted.
const MaxAssumed = 10_000

func (a *Assumed) add(record int, resource headwater.Resource, id uuid.UUID, by AssumedBy) {
	a.Counts[by]++
	if len(a.List) >= MaxAssumed {
		return
	}
	assumption := Assumption{Record: record, By: by}
	if resource == headwater.ResourceClaim {
		assumption.Claim = &id
	} else {
		assumption.Source = &id
	}
	a.List = append(a.List, assumption)
}

// surveyBatch is how many things are looked up at once.
const surveyBatch = 2_000

// survey finds what the sources and claims of a batch are that its records do not identify, while it is staged. It holds the sources of
// the file, each once, and the ids of its claims.
type survey struct {
	job      *job
	inPages  bool          // whether the records quote pages that may be stored
	items    []bundle.Item // not looked up yet
	last     int           // the line of the last of them
	line     int           // of the last item
	claims   map[uuid.UUID]bool
	staged   map[uuid.UUID]int // the line by which a source is on the stage, by the id that its record makes
	sources  []candidate       // of the file, each once, in its order
	places   map[uuid.UUID]int // of sources, by the id that their record makes
	unknown  bool              // whether some of them are not stored
	mentions []mention
	known    *knownSources
	// mostAreBound says that most sources looked up last are others than their records say. Until that is found otherwise, lines are
	// postponed: not staged, since they are to be read again.
	mostAreBound atomic.Bool
	postponed    map[int]bool
	bindings     interchange.Bindings
	matches      []bundle.Item // to propose
}

func (j *job) newSurvey() *survey {
	pages, ok := j.batch.(standing)
	return &survey{job: j, inPages: ok && pages.StandsInPages(), claims: map[uuid.UUID]bool{}, places: map[uuid.UUID]int{},
		staged: map[uuid.UUID]int{}, known: newKnownSources(), postponed: map[int]bool{},
		bindings: interchange.Bindings{Things: map[uuid.UUID]headwater.Meta{}, Known: map[int]bool{},
			Documents: map[string]interchange.StoredDocument{}, Texts: map[uuid.UUID]bool{}}}
}

// isFull says whether what was added is to be looked up before an item is. The things of a record are looked up together.
func (s *survey) isFull(next bundle.Item) bool {
	return len(s.items) >= surveyBatch && next.Line != s.last
}

// add adds an item if it has no identity of its own, or stands in a page. It says whether the item need not be on the stage: since it only
// mentions a source that is there, and of several mentions the first counts, or since its line is postponed.
func (s *survey) add(item bundle.Item) (isStaged bool) {
	if s.postponed[item.Line] || item.Line != s.line && s.mostAreBound.Load() {
		s.postponed[item.Line] = true
	}
	s.line = item.Line
	_, isDocument := item.Thing.(*headwater.Document)
	if item.Earlier == uuid.Nil && (!isDocument || !s.inPages) {
		return s.postponed[item.Line]
	}
	s.items, s.last = append(s.items, item), item.Line
	if item.Resource != headwater.ResourceSource {
		return s.postponed[item.Line]
	}
	if _, isStaged = s.staged[item.Meta.ID]; !isStaged {
		s.staged[item.Meta.ID] = item.Line
	}
	return isStaged && item.Assertion == bundle.Mentions || s.postponed[item.Line]
}

// takeItems returns a function that looks up what was added since the last call.
func (s *survey) takeItems() copyFunc {
	items := s.items
	s.items = nil
	return func(ctx context.Context, _ pgx.Tx) error { return s.lookUp(ctx, items) }
}

// candidate is a source of the file that may be another.
type candidate struct {
	line int
	headwater.Meta
	fields *identity.Features
}

// mention is a record that has a source.
type mention struct{ line, source int }

// storedClaim is a claim that the release before identified.
type storedClaim struct {
	ID             uuid.UUID
	Key, Namespace string
	Statement      headwater.Texts
}

// lookUp finds which records and claims are stored already, and collects the sources of the others.
func (s *survey) lookUp(ctx context.Context, items []bundle.Item) error {
	if err := s.recognize(ctx, items); err != nil {
		return err
	}
	var earlier, own []uuid.UUID
	for _, item := range items {
		if item.Resource == headwater.ResourceClaim && !s.bindings.Known[item.Line] {
			earlier, own = append(earlier, item.Earlier), append(own, item.Meta.ID)
		}
	}
	before, err := pg.Many[storedClaim](ctx, s.job.tx, "SELECT id, key, namespace, statement FROM claims WHERE id = ANY ($1)", earlier)
	if err != nil {
		return err
	}
	stored, err := storedIDs(ctx, s.job.tx, "SELECT id FROM claims WHERE id = ANY ($1)", own)
	if err != nil {
		return err
	}
	var addresses []string
	var documents []uuid.UUID
	first := len(s.sources)
	for _, item := range items {
		switch thing := item.Thing.(type) {
		case *headwater.Claim:
			s.addClaim(item, thing, before, stored)
		case *headwater.Source:
			s.addSource(item, thing)
		case *headwater.Document:
			addresses, documents = append(addresses, identity.Address(thing.URL)), append(documents, thing.ID)
		}
	}
	withText, err := storedIDs(ctx, s.job.tx, "SELECT id FROM documents WHERE id = ANY ($1) AND text <> ''", documents)
	if err != nil {
		return err
	}
	maps.Copy(s.bindings.Texts, withText)
	if err := s.compare(ctx, s.sources[first:]); err != nil {
		return err
	}
	return s.findDocuments(ctx, addresses)
}

// compare finds which sources of the file are stored, and what the others may be.
func (s *survey) compare(ctx context.Context, sources []candidate) error {
	if err := s.known.recognize(ctx, s.job.tx, sources); err != nil {
		return err
	}
	unknown := slices.DeleteFunc(slices.Clone(sources), s.known.recognizes)
	for batch := range slices.Chunk(unknown, resolveBatch) {
		if err := s.known.read(ctx, s.job.tx, s.known.retracted, batch); err != nil {
			return err
		}
		s.known.retracted = nil
	}
	bound := 0
	for _, c := range sources {
		if s.known.seemsBound(c) {
			bound++
		}
	}
	s.unknown = s.unknown || len(unknown) > 0
	s.mostAreBound.Store(2*bound > len(sources))
	return nil
}

// findDocuments finds the stored documents of some addresses: of several with one address one that has a text, and then the first.
func (s *survey) findDocuments(ctx context.Context, addresses []string) error {
	if len(addresses) == 0 {
		return nil
	}
	type row struct {
		Address       string
		ID, Publisher uuid.UUID
		HasText       bool
	}
	rows, err := pg.Many[row](ctx, s.job.tx, `SELECT DISTINCT ON (url_canonical)
			url_canonical AS address, id, publisher, text <> '' AS has_text
		FROM documents WHERE url_canonical = ANY ($1) AND url_canonical <> '' AND status = 'active'
		ORDER BY url_canonical, text = '', id`, addresses)
	for _, r := range rows {
		s.bindings.Documents[r.Address] = interchange.StoredDocument{ID: r.ID, Publisher: r.Publisher, HasText: r.HasText}
	}
	return err
}

// recognize finds the records of which a review or relation is stored as the release before identified it.
func (s *survey) recognize(ctx context.Context, items []bundle.Item) error {
	var earlier []uuid.UUID
	for _, item := range items {
		if item.Resource == headwater.ResourceReview || item.Resource == headwater.ResourceRelation {
			earlier = append(earlier, item.Earlier)
		}
	}
	stored, err := storedIDs(ctx, s.job.tx,
		"SELECT id FROM reviews WHERE id = ANY ($1) UNION ALL SELECT id FROM relations WHERE id = ANY ($1)", earlier)
	if err != nil {
		return err
	}
	for _, item := range items {
		switch item.Resource {
		case headwater.ResourceReview, headwater.ResourceRelation:
			if stored[item.Earlier] && item.Meta.ID != item.Earlier {
				s.bindings.Known[item.Line] = true
			}
		}
	}
	return nil
}

// storedIDs gives the ids that a query over ids selects.
func storedIDs(ctx context.Context, tx pgx.Tx, sql string, ids []uuid.UUID, more ...any) (map[uuid.UUID]bool, error) {
	found := map[uuid.UUID]bool{}
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := tx.Query(ctx, sql, append([]any{ids}, more...)...)
	if err != nil {
		return nil, err
	}
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		found[id] = true
		return nil
	})
	return found, err
}

// addClaim takes a claim for one that the release before stored, if that has the same statement.
func (s *survey) addClaim(item bundle.Item, claim *headwater.Claim, before []storedClaim, stored map[uuid.UUID]bool) {
	if s.bindings.Known[item.Line] {
		return
	}
	id := claim.ID
	at := slices.IndexFunc(before, func(b storedClaim) bool { return b.ID == item.Earlier && sameStatement(b.Statement, claim.Statement) })
	if at >= 0 {
		s.bindings.Things[id] = headwater.Meta{ID: before[at].ID, Key: before[at].Key, Namespace: before[at].Namespace}
		id = before[at].ID
	}
	if at >= 0 || stored[id] || s.claims[id] {
		s.job.assumed.add(item.Line, headwater.ResourceClaim, id, byStatement)
	}
	s.claims[id] = true
}

// sameStatement says whether two claims have a statement in common.
func sameStatement(a, b headwater.Texts) bool {
	statements := map[string]bool{}
	for _, text := range a {
		statements[identity.Statement(text)] = true
	}
	for _, text := range b {
		if statements[identity.Statement(text)] {
			return true
		}
	}
	return false
}

func (s *survey) addSource(item bundle.Item, source *headwater.Source) {
	if s.bindings.Known[item.Line] {
		return
	}
	place, known := s.places[source.ID]
	if !known {
		place = len(s.sources)
		s.places[source.ID] = place
		features, found := item.Features.(*identity.Features)
		if !found {
			features = identity.FeaturesOf(source.SourceFields)
		}
		s.sources = append(s.sources, candidate{item.Line, source.Meta, features})
	}
	s.mentions = append(s.mentions, mention{item.Line, place})
}

// resolve finds what the sources of the file are, in its order, and notes what it assumed.
func (s *survey) resolve(ctx context.Context) error {
	known := s.known
	if s.unknown { // else none is compared
		known.reserve(len(s.sources))
		for _, c := range s.sources {
			speaks := c.ID
			if stored, _, recognized := known.recognized(c); recognized {
				speaks = stored.speaks
			}
			known.holdDomains(voice{c.Meta, c.fields, speaks, false})
		}
	}
	by := make([]identity.Basis, len(s.sources))
	isNew := make([]bool, len(s.sources))
	for i, c := range s.sources {
		found := known.find(c)
		by[i], isNew[i] = found.by, found.isNew
		if found.ID != c.ID {
			s.bindings.Things[c.ID] = found.Meta
			if _, before := known.taken[c.ID]; !before {
				s.job.taken = append(s.job.taken, taken{c.ID, found.ID, found.by})
			}
		}
		if found.named != "" {
			s.job.named[found.ID] = found.named
		}
		for _, l := range found.others {
			s.matches = append(s.matches, s.job.proposedMatch(c.line, l.match(headwater.SameSource)))
		}
	}
	s.assume(by, isNew)
	return nil
}

// takeBound takes off the stages what lines say that have something which was found to be something else, and forgets what was counted
// and told of them; so it does with lines at fault, whose things are not staged. They are to be read again: these lines, or all where it
// gives nil, since what was told is not held whole, or records quote stored pages.
func (s *survey) takeBound(ctx context.Context) (again map[int]bool, err error) {
	j := s.job
	again = s.postponed
	quotesPages := len(s.bindings.Documents)+len(s.bindings.Texts) > 0
	if len(s.bindings.Things)+len(s.bindings.Known)+len(again) == 0 && !quotesPages {
		return again, nil
	}
	if quotesPages || j.noted > len(j.notes) || j.partFaults.total > len(j.partFaults.list) {
		for _, stage := range j.stages {
			if err := stage.drop(ctx, j.tx, "true"); err != nil {
				return nil, err
			}
		}
		j.forgetRead()
		return nil, nil
	}
	maps.Copy(again, s.bindings.Known)
	maps.Copy(again, j.partFaults.lines)
	bound := slices.Collect(maps.Keys(s.bindings.Things))
	lines, err := pg.Many[struct{ Line int }](ctx, j.tx, "SELECT line FROM staged_claims WHERE id = ANY ($1)", bound)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		again[l.Line] = true
	}
	for _, m := range s.mentions {
		if _, isBound := s.bindings.Things[s.sources[m.source].ID]; isBound {
			again[m.line] = true
		}
	}
	s.restageMentions(again)
	for _, stage := range j.stages {
		if err := stage.drop(ctx, j.tx, "line = ANY ($1)", slices.Collect(maps.Keys(again))); err != nil {
			return nil, err
		}
	}
	for line := range again {
		faulty := j.partFaults.lines[line]
		j.records.count(recordProgress{line: line, kept: !faulty || j.partly[line], faulty: faulty}, -1)
	}
	j.notes = slices.DeleteFunc(j.notes, func(note bundle.Note) bool { return again[note.Line] })
	j.noted = len(j.notes)
	j.partFaults = newFaults(j.partFaults.most) // which were all of these lines
	return again, nil
}

// restageMentions adds, for each source that the lines to read again put on the stage, one more line that mentions it: what they then say
// may leave it out.
func (s *survey) restageMentions(again map[int]bool) {
	taken := maps.Clone(again)
	for _, m := range s.mentions {
		if id := s.sources[m.source].ID; taken[s.staged[id]] && !again[m.line] {
			again[m.line] = true
			delete(s.staged, id)
		}
	}
}

// rememberTaken keeps what the sources of the file were taken for, so that it says the same when it comes again.
func (j *job) rememberTaken(ctx context.Context) error {
	for some := range slices.Chunk(j.taken, surveyBatch) {
		made, sources, bases := make([]uuid.UUID, len(some)), make([]uuid.UUID, len(some)), make([]string, len(some))
		for i, t := range some {
			made[i], sources[i], bases[i] = t.Made, t.Source, string(t.Basis)
		}
		if _, err := j.tx.Exec(ctx, `INSERT INTO taken_for (made, source, basis)
			SELECT made, source, basis FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS new (made, source, basis)
			WHERE EXISTS (SELECT FROM sources WHERE sources.id = source) ON CONFLICT DO NOTHING`, made, sources, bases); err != nil {
			return err
		}
	}
	return nil
}

// nameSources gives names to stored sources that were known by their hosts alone, once a record says what they are called: else
// another of another name would be taken for them too.
func (j *job) nameSources(ctx context.Context) error {
	for ids := range slices.Chunk(slices.SortedFunc(maps.Keys(j.named), headwater.CompareIDs), resolveBatch) {
		sources, err := pg.Many[headwater.Source](ctx, j.tx, "SELECT "+pg.Sources.Selected("t")+
			" FROM sources AS t WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", ids)
		if err != nil {
			return err
		}
		var batch pgx.Batch
		count := j.counts[headwater.ResourceSource]
		for _, source := range sources {
			fields := source.SourceFields
			if !identity.IsUnnamed(fields) {
				continue
			}
			fields.Name = j.named[source.ID]
			sql, args, err := pg.UpdateSQL(pg.Sources, j.by, source, fields)
			if err != nil {
				return err
			}
			batch.Queue(sql, args...)
			count.Changed, count.Unchanged = count.Changed+1, max(0, count.Unchanged-1)
		}
		j.counts[headwater.ResourceSource] = count
		if err := j.tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
	}
	return nil
}

// resolveBatch is how many sources are looked for at once.
const resolveBatch = 500

// assume notes each record whose source is taken for one of another record, or for one that was stored.
func (s *survey) assume(by []identity.Basis, isNew []bool) {
	for _, m := range s.mentions {
		c := s.sources[m.source]
		id := c.ID
		if bound, found := s.bindings.Things[id]; found {
			id = bound.ID
		}
		basis := by[m.source]
		if isNew[m.source] {
			isNew[m.source] = false // this record has it first
			continue
		}
		if basis == identity.ByExternalID {
			continue
		}
		s.job.assumed.add(m.line, headwater.ResourceSource, id, AssumedBy(basis))
		if s.job.options.Strict && basis == identity.ByName {
			s.job.faults.add(bundle.LineFault{Line: m.line, Fault: headwater.NewFault("", headwater.FaultConflict, c.fields.Name,
				fmt.Sprintf("a key, or what tells sources of one name apart: with strict, it is not taken for source %s by its name", id))})
		}
	}
}
