package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// Edition says of which feed a batch is an edition. What the feed said before and no longer says is taken back: a relation ends on the
// day before, all else is retracted. What others say too stays.
type Edition struct {
	Feed   string
	Date   headwater.Day // as of which it says what it says; today if empty
	File   string        // its name, to tell editions apart
	Format string
	Fewer  bool // takes back also where it is less than half of what the feed said
	// OfFileName says that the name is that of the file, and nobody's word: files of other feeds can have it too.
	OfFileName bool
}

// MaxFeedName is how many characters the name of a feed has at most.
const MaxFeedName = 200

// feedNameExpected is what the name of a feed is.
var feedNameExpected = fmt.Sprintf("a name of at most %d characters in one line, without / and spaces around it, other than . and ..",
	MaxFeedName)

// Validate returns all faults at once, as headwater.Faults.
func (e Edition) Validate() error {
	if e.Feed == "" {
		return e.validateNone()
	}
	var faults headwater.Faults
	if e.Feed == "." || e.Feed == ".." || strings.TrimSpace(e.Feed) != e.Feed || !utf8.ValidString(e.Feed) ||
		utf8.RuneCountInString(e.Feed) > MaxFeedName || headwater.ShowsNothing(e.Feed) ||
		strings.ContainsRune(e.Feed, '/') || strings.ContainsFunc(e.Feed, func(c rune) bool { return !unicode.IsPrint(c) }) {
		faults = append(faults, headwater.NewFault("/feed", headwater.FaultFormat, e.Feed, feedNameExpected))
	}
	if e.Date != "" && (!e.Date.IsValid() || len(e.Date) != len(time.DateOnly)) {
		faults = append(faults, headwater.NewFault("/edition", headwater.FaultFormat, e.Date, "a day such as 2023-08-15"))
	}
	var line headwater.Faults
	if errors.As(headwater.CheckLine("/file", e.File), &line) {
		faults = append(faults, line...)
	} else if utf8.RuneCountInString(e.File) > MaxFeedName {
		faults = append(faults, headwater.NewFault("/file", headwater.FaultTooLong, e.File,
			fmt.Sprintf("the name of a file, of at most %d characters", MaxFeedName)))
	}
	if e.Fewer && e.isWindow() {
		faults = append(faults, headwater.NewFault("/fewer", headwater.FaultConflict, true,
			fmt.Sprintf("nothing for the format %s, of which an edition takes nothing back", e.Format)))
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// isWindow says whether the file holds documents, of which it is a window on all that its feed said: the last items of an RSS file, or the
// pages that somebody saved this time.
func (e Edition) isWindow() bool {
	return slices.Contains([]interchange.Format{interchange.RSS, interchange.HTML, interchange.WARC}, interchange.Format(e.Format))
}

// validateNone faults what is said of an edition that is of no feed.
func (e Edition) validateNone() error {
	var faults headwater.Faults
	for _, said := range []struct {
		at    headwater.Pointer
		value any
		is    bool
	}{{"/edition", e.Date, e.Date != ""}, {"/file", e.File, e.File != ""}, {"/fewer", e.Fewer, e.Fewer}} {
		if said.is {
			faults = append(faults, headwater.NewFault(said.at, headwater.FaultConflict, said.value, "nothing unless feed is given"))
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// Outcome is what became of a thing that a feed no longer says.
type Outcome string

const (
	Ended     Outcome = "ended"     // a relation, on the day before
	Retracted Outcome = "retracted" // an attribution or a link is rejected
	Edited    Outcome = "edited"    // stays: somebody changed it since
	Others    Outcome = "others"    // stays: others said it too, or something that counts refers to it
	Unchanged Outcome = "unchanged" // did not count any more, or had ended before
	Withheld  Outcome = "withheld"  // stays, since nothing is taken back by such an edition
)

// Values lists the outcomes.
func (Outcome) Values() []string {
	return []string{string(Ended), string(Retracted), string(Edited), string(Others), string(Unchanged), string(Withheld)}
}

// NoLongerSaid is a thing that a feed said and no longer says.
type NoLongerSaid struct {
	Resource headwater.Resource `json:"resource" doc:"What kind of thing it is." example:"relation"`
	ID       uuid.UUID          `json:"id" format:"uuid" doc:"Its identity." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Key      string             `json:"key,omitempty" doc:"Its key." example:"ftm:own-2"`
	Outcome  Outcome            `json:"outcome" doc:"What became of it: ended or retracted; or it stays as it is, since somebody edited it, others say it too or refer to it, it did not count any more, or nothing is taken back by this edition." example:"ended"`
}

// EditionResult says what an edition of a feed did beside what its file says.
type EditionResult struct {
	Feed     string          `json:"feed" doc:"The name of the feed." example:"register.json"`
	Edition  int             `json:"edition" minimum:"1" doc:"Which edition of the feed it is." example:"2"`
	Date     headwater.Day   `json:"date" doc:"The day as of which it says what it says." example:"2024-06-01"`
	Says     int             `json:"says" minimum:"0" doc:"How many things the feed says with it." example:"19"`
	Restored int             `json:"restored" minimum:"0" doc:"Things that an edition before had taken back, and that it says again." example:"0"`
	Withheld string          `json:"withheld,omitempty" doc:"Why nothing is taken back: the file has faults, or says less than half of what the feed said before." example:"the file has 2 faults"`
	Outcomes map[Outcome]int `json:"outcomes" doc:"What became of the things that it no longer says, and of how many."`
	Missing  []NoLongerSaid  `json:"no_longer_said" doc:"The first 1,000 of them."`
}

// beginEdition makes the next edition of the feed, and finds the one that counted until now. Imports wait for one another, and so do the
// editions of a feed.
func (j *job) beginEdition(ctx context.Context) error {
	e := j.options.Edition
	if e.Feed == "" {
		return nil
	}
	j.edition = &EditionResult{Feed: e.Feed, Outcomes: map[Outcome]int{}, Missing: []NoLongerSaid{}}
	if _, err := j.tx.Exec(ctx, "INSERT INTO feeds (name) VALUES ($1) ON CONFLICT DO NOTHING", e.Feed); err != nil {
		return err
	}
	var before, latest string // the days of the edition that counts, and of where it is latest
	err := j.tx.QueryRow(ctx, `SELECT edition, 1 + coalesce((SELECT max(n) FROM feed_editions WHERE feed = name), 0),
			coalesce((SELECT date::text FROM feed_editions WHERE feed = name AND n = edition), ''),
			coalesce(nullif($2, ''), (now() AT TIME ZONE 'UTC')::date::text), (now() AT TIME ZONE 'UTC' + interval '14 hours')::date::text
		FROM feeds WHERE name = $1`, e.Feed, string(e.Date)).Scan(&j.standing, &j.edition.Edition, &before, &j.edition.Date, &latest)
	if err == nil && string(j.edition.Date) > latest {
		return headwater.Faults{headwater.NewFault("/edition", headwater.FaultRange, j.edition.Date,
			"a day that is not in the future: "+latest+" at the latest, wherever it is today")}
	}
	if err == nil && string(j.edition.Date) < before {
		return headwater.Faults{headwater.NewFault("/edition", headwater.FaultRange, j.edition.Date,
			fmt.Sprintf("a day from %s on, that of edition %d of the feed, which counts until it is undone", before, j.standing))}
	}
	if err == nil {
		_, err = j.tx.Exec(ctx, `INSERT INTO feed_editions (feed, n, group_id, at, date, file, format, actor, reason)
			VALUES ($1, $2, $3, clock_timestamp(), $4::text::date, $5, $6, $7, $8)`,
			e.Feed, j.edition.Edition, j.by.Group, string(j.edition.Date), e.File, e.Format, j.by.Actor, j.by.Reason)
	}
	if err == nil {
		err = execEach(ctx, j.tx, j.db.Temporary("CREATE TEMP TABLE feed_said (resource text, thing uuid PRIMARY KEY) ON COMMIT DROP"),
			j.db.Temporary(createDropped), emptyDropped)
	}
	return err
}

// noteSaid keeps what an edition says, before anything of it is left out, and what of the file any feed had taken back.
func (j *job) noteSaid(ctx context.Context) error {
	if j.edition != nil {
		for _, stage := range j.saying() {
			if _, err := j.tx.Exec(ctx, fmt.Sprintf("INSERT INTO feed_said SELECT DISTINCT '%s', id FROM staged_%s ON CONFLICT DO NOTHING",
				stage.resource(), stage.resource().Plural())); err != nil {
				return err
			}
		}
		if _, err := j.tx.Exec(ctx, "ANALYZE feed_said"); err != nil {
			return err
		}
	}
	var some bool
	err := j.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM feed_editions WHERE outcomes <> '{}')").Scan(&some) // it dropped something
	if err != nil || !some {
		return err
	}
	if _, err := j.tx.Exec(ctx, j.db.Temporary(createReturning)); err != nil {
		return err
	}
	for _, stage := range j.saying() {
		if stage.lines() == 0 {
			continue
		}
		returning, err := j.tx.Exec(ctx, stage.returningSQL())
		if err != nil {
			return err
		}
		j.returning += int(returning.RowsAffected())
	}
	return nil
}

// tellRetracted tells of what the edition says and stays retracted, since it was no feed that took it back.
func (j *job) tellRetracted(ctx context.Context) error {
	if j.edition == nil {
		return nil
	}
	for _, stage := range j.saying() {
		if stage.lines() == 0 {
			continue
		}
		rows, err := j.tx.Query(ctx, stage.retractedSQL())
		if err != nil {
			return err
		}
		note := bundle.Note{}
		var status string
		if _, err := pgx.ForEachRow(rows, []any{&note.Line, &note.Pointer, &note.Value, &status}, func() error {
			note.Text = fmt.Sprintf("stays %s: this %s was taken back by somebody, and by no feed", status, stage.resource())
			j.note([]bundle.Note{note})
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// saying are the stages of what a feed says. Matches say whether two things are one, which people decide.
func (j *job) saying() []stage { return saying(j.stages) }

func saying(stages []stage) []stage {
	return slices.DeleteFunc(slices.Clone(stages), func(s stage) bool { return s.resource() == headwater.ResourceMatch })
}

// leaveEdited leaves what somebody changed by hand since a feed brought it, and tells what the file says of it otherwise.
func (j *job) leaveEdited(ctx context.Context) error {
	if j.edition == nil {
		return nil
	}
	for _, stage := range j.saying() {
		if err := stage.leaveEdited(ctx, j.tx, func(note bundle.Note) { j.note([]bundle.Note{note}) }); err != nil {
			return err
		}
	}
	return nil
}

// hasOwnIDSQL is the condition under which a key is that of a source that its format gives an id.
func hasOwnIDSQL(key string) string {
	var begins []string
	for _, prefix := range interchange.IDPrefixes {
		begins = append(begins, fmt.Sprintf("%s LIKE '%s%%'", key, prefix))
	}
	return "(" + strings.Join(begins, " OR ") + ")"
}

// tellOtherNames tells of sources with an id that is stored under quite another name, which the feed did not say before: two tools, or two
// registers, may have given one id to two.
func (j *job) tellOtherNames(ctx context.Context) error {
	if !j.isFilled(headwater.ResourceSource) {
		return nil
	}
	var feed string
	if j.edition != nil {
		feed = j.edition.Feed
	}
	rows, err := j.tx.Query(ctx, `SELECT staged.line, staged.at, staged.name, now.name, array_append(staged.aliases, staged.name),
			array_append(now.aliases, now.name)
		FROM staged_sources AS staged JOIN sources AS now ON now.id = staged.id
		WHERE `+hasOwnIDSQL("staged.key")+` AND staged.name <> now.name AND NOT EXISTS (SELECT FROM feed_things AS row
			WHERE row.thing = staged.id AND row.feed = $1)
		ORDER BY staged.line, staged.at`, feed)
	if err != nil {
		return err
	}
	var note bundle.Note
	var stored string
	var said, known []string
	_, err = pgx.ForEachRow(rows, []any{&note.Line, &note.Pointer, &note.Value, &stored, &said, &known}, func() error {
		if !slices.ContainsFunc(said, func(name string) bool {
			return slices.ContainsFunc(known, func(other string) bool { return fold.Same(name, other) })
		}) {
			note.Text = fmt.Sprintf("taken for what is stored under its id as %q, which keeps its name; if these are two, their ids are "+
				"of two tools", stored)
			j.note([]bundle.Note{note})
		}
		return nil
	})
	return err
}

// leaveEdited takes off the stage what is stored otherwise and was last changed by hand.
func (s *tableStage[T, F]) leaveEdited(ctx context.Context, tx pgx.Tx, report func(bundle.Note)) error {
	if s.total == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`DELETE FROM %[1]s AS staged USING %[2]s AS now, changes AS last
		WHERE now.id = staged.id AND staged.assertion <> %[3]d AND last.resource_id = now.id AND last.resource = '%[4]s'
			AND last.to_version = now.version AND ROW (%[5]s) IS DISTINCT FROM ROW (%[6]s) AND NOT %[7]s
		RETURNING staged.line, staged.at, coalesce(nullif(staged.key, ''), staged.id::text)`,
		s.stageName(), s.Name, bundle.Mentions, s.Resource, s.fieldColumns("now", s.Columns), s.fieldColumns("staged", s.Columns),
		pg.ImportedSQL("last.group_id")))
	if err != nil {
		return err
	}
	note := bundle.Note{Text: fmt.Sprintf("left as it is: somebody edited this %s since a feed brought it", s.Resource)}
	gone, err := pgx.ForEachRow(rows, []any{&note.Line, &note.Pointer, &note.Value}, func() error {
		report(note)
		return nil
	})
	s.total -= int(gone.RowsAffected())
	return err
}

// retractedSQL finds what of the stage counts no more after the import.
func (s *tableStage[T, F]) retractedSQL() string {
	return fmt.Sprintf(`SELECT DISTINCT ON (staged.id) staged.line, staged.at, coalesce(nullif(now.key, ''), now.id::text), now.status
		FROM %s AS staged JOIN %s AS now ON now.id = staged.id
		WHERE now.status IN ('retracted', 'rejected') AND NOT staged.status_named ORDER BY staged.id, staged.line, staged.at`,
		s.stageName(), s.Name)
}

// bringUpToDate restores what the feed says again, takes back what it no longer says, and keeps what it says now.
func (j *job) bringUpToDate(ctx context.Context) error {
	if j.edition == nil {
		return j.giveBack(ctx)
	}
	if j.records.Kept+j.records.Partly == 0 && (j.faultsSoFar() > 0 || j.edition.Edition == 1) {
		return j.withdrawEdition(ctx)
	}
	if err := j.giveBack(ctx); err != nil {
		return err
	}
	if err := j.tellRetracted(ctx); err != nil {
		return err
	}
	if j.options.Edition.isWindow() {
		if err := j.keepSayingAll(ctx); err != nil {
			return err
		}
		return j.keepSaid(ctx)
	}
	said, dropped, err := j.drop(ctx)
	if err != nil {
		return err
	}
	if j.options.Edition.OfFileName && j.saysTooLittle(said, dropped) {
		return headwater.Faults{headwater.NewFault("/feed", headwater.FaultConflict, j.edition.Feed, fmt.Sprintf("the name of a feed of "+
			"which the file says at least half, as it no longer says %d of %d things; give another name, or say that it is right "+
			"to say fewer", dropped, said))}
	}
	j.edition.Withheld = j.withheld(said, dropped)
	switch {
	case dropped == 0:
	case j.edition.Withheld != "":
		if _, err = j.tx.Exec(ctx, "UPDATE feed_dropped SET outcome = $1", Withheld); err == nil {
			err = j.keepSayingAll(ctx)
		}
	default:
		err = j.takeBack(ctx)
	}
	if err == nil {
		err = j.tellMissing(ctx)
	}
	if err == nil {
		err = j.keepSaid(ctx)
	}
	return err
}

// drop finds what the feed said and no longer says, and counts both. What it said is what counts until now or, where that is less, what
// counted by the last edition that could take back: else a wrong file that was held back would be right when it comes again.
func (j *job) drop(ctx context.Context) (said, dropped int, err error) {
	var saidWhole, droppedWhole int
	err = j.tx.QueryRow(ctx, `WITH whole AS MATERIALIZED (
			SELECT coalesce((SELECT max(n) FROM feed_editions WHERE feed = $1 AND n <= $2 AND NOT undone AND withheld = ''),
				(SELECT min(n) FROM feed_editions WHERE feed = $1 AND NOT undone)) AS n
		), before AS MATERIALIZED (
			SELECT resource, thing, EXISTS (SELECT FROM feed_things AS first, whole WHERE first.feed = $1 AND first.thing = row.thing
				AND `+pg.FeedSaysSQL("first", "whole.n")+`) AS whole
			FROM feed_things AS row WHERE feed = $1 AND `+pg.FeedSaysSQL("row", "$2")+`
		), dropped AS (
			INSERT INTO feed_dropped SELECT resource, thing, 'unchanged', $3::date FROM before
			WHERE NOT EXISTS (SELECT FROM feed_said AS said WHERE said.thing = before.thing) RETURNING thing
		) SELECT count(*), count(*) FILTER (WHERE whole), count(dropped.thing), count(dropped.thing) FILTER (WHERE whole)
		FROM before LEFT JOIN dropped USING (thing)`, j.edition.Feed, j.standing, string(j.edition.Date)).
		Scan(&said, &saidWhole, &dropped, &droppedWhole)
	if droppedWhole*said > dropped*saidWhole { // it drops more of it
		said, dropped = saidWhole, droppedWhole
	}
	return said, dropped, err
}

// keepSayingAll makes the edition say all that the feed said before.
func (j *job) keepSayingAll(ctx context.Context) error {
	_, err := j.tx.Exec(ctx, `INSERT INTO feed_said SELECT resource, thing FROM feed_things AS row
		WHERE feed = $1 AND `+pg.FeedSaysSQL("row", "$2")+" ON CONFLICT DO NOTHING", j.edition.Feed, j.standing)
	return err
}

// faultsSoFar is how many faults were found, and left out.
func (j *job) faultsSoFar() int { return len(j.skipped) + j.partFaults.total }

// withdrawEdition makes the import none of the feed: of a file nothing was kept, so that the feed says what it said.
func (j *job) withdrawEdition(ctx context.Context) error {
	_, err := j.tx.Exec(ctx, "DELETE FROM feed_editions WHERE feed = $1 AND n = $2", j.edition.Feed, j.edition.Edition)
	if err == nil {
		_, err = j.tx.Exec(ctx, "DELETE FROM feeds WHERE name = $1 AND NOT EXISTS (SELECT FROM feed_editions WHERE feed = name)",
			j.edition.Feed)
	}
	j.edition = nil
	return err
}

// withheld says why an edition takes nothing back: nobody knows what stood where it has faults, and one that is cut off at the end of
// a line looks whole.
func (j *job) withheld(said, dropped int) string {
	switch faults := j.faultsSoFar(); {
	case faults == 1:
		return "the file has a fault"
	case faults > 1:
		return fmt.Sprintf("the file has %d faults", faults)
	case j.saysTooLittle(said, dropped):
		return fmt.Sprintf("the file no longer says %d of %d things, more than half", dropped, said)
	}
	return ""
}

// saysTooLittle says whether the edition drops more than half of what the feed said, and nobody said that it is right.
func (j *job) saysTooLittle(said, dropped int) bool {
	return 2*dropped > said && !j.options.Edition.Fewer
}

// tellMissing counts what the edition no longer says, and lists the first.
func (j *job) tellMissing(ctx context.Context) error {
	rows, err := j.tx.Query(ctx, "SELECT outcome, count(*) FROM feed_dropped GROUP BY outcome")
	if err != nil {
		return err
	}
	var outcome Outcome
	var n int
	if _, err = pgx.ForEachRow(rows, []any{&outcome, &n}, func() error {
		j.edition.Outcomes[outcome] = n
		return nil
	}); err != nil || len(j.edition.Outcomes) == 0 {
		return err
	}
	j.edition.Missing, err = pg.Many[NoLongerSaid](ctx, j.tx, `SELECT resource, thing AS id, outcome, coalesce((SELECT state ->> 'key'
			FROM changes WHERE resource_id = thing AND changes.resource = feed_dropped.resource
			ORDER BY to_version DESC LIMIT 1), '') AS key
		FROM feed_dropped ORDER BY array_position($1::text[], outcome), array_position($2::text[], resource), thing LIMIT $3`,
		Outcome("").Values(), headwater.Things(), MaxMade)
	return err
}

// keepSaid keeps what the feed says from this edition on.
func (j *job) keepSaid(ctx context.Context) error {
	e := j.edition
	if _, err := j.tx.Exec(ctx, `UPDATE feed_things AS row SET last = $2::int - 1 WHERE feed = $1 AND last IS NULL
		AND NOT EXISTS (SELECT FROM feed_said AS said WHERE said.thing = row.thing)`, e.Feed, e.Edition); err != nil {
		return err
	}
	if _, err := j.tx.Exec(ctx, `INSERT INTO feed_things (feed, resource, thing, first)
		SELECT $1, resource, thing, $2 FROM feed_said AS said
		WHERE NOT EXISTS (SELECT FROM feed_things AS row WHERE row.thing = said.thing AND feed = $1 AND last IS NULL)`,
		e.Feed, e.Edition); err != nil {
		return err
	}
	if _, err := j.tx.Exec(ctx, "UPDATE feeds SET edition = $2 WHERE name = $1", e.Feed, e.Edition); err != nil {
		return err
	}
	return j.tx.QueryRow(ctx, `UPDATE feed_editions SET counts = $3, outcomes = $4, withheld = $5, says = (SELECT count(*) FROM feed_said)
		WHERE feed = $1 AND n = $2 RETURNING says`, e.Feed, e.Edition, j.counts, e.Outcomes, e.Withheld).Scan(&e.Says)
}
