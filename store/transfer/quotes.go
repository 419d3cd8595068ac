package transfer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store/pg"
)

// quoteRow is a row of the quotes to check: first a document with its text, then the attributions that stand in it.
type quoteRow struct {
	DocumentID    uuid.UUID
	Line          int // 0 for a document
	Text          string
	ID            uuid.UUID
	Publisher     uuid.UUID
	PublisherName string // of a document: its publisher's key, or its id
	Content       *headwater.Selector
	EventTimeSpan *headwater.Selector
	Chain         []headwater.Hop
}

// declareQuotesSQL opens a cursor over the documents that staged attributions stand in, each followed by those that have something
// to check. The bundle's documents hide stored ones, but for those that are only mentioned, of which what is stored stays.
var declareQuotesSQL = fmt.Sprintf(`DECLARE quotes NO SCROLL CURSOR FOR
	WITH documented AS (
		SELECT staged.line, staged.id, staged.document_id, staged.content, staged.event_time_span, staged.chain,
			coalesce(new.publisher, there.publisher) AS publisher, coalesce(new.text, there.text) AS text
		FROM staged_attributions AS staged
		LEFT JOIN documents AS there ON there.id = staged.document_id
		LEFT JOIN staged_documents AS new ON new.id = staged.document_id AND (new.assertion <> %d OR there.id IS NULL)
	), needed AS (
		SELECT * FROM documented WHERE publisher IS NOT NULL AND (text <> '' OR content IS NOT NULL OR event_time_span IS NOT NULL
			OR (chain #>> '{0,source}')::uuid <> publisher OR chain @? '$[*].*.exact')
	)
	SELECT document_id, 0 AS line, texts.text, document_id AS id, publisher, coalesce(nullif(new.key, ''), nullif(there.key, ''),
		publisher::text) AS publisher_name,
		NULL::jsonb AS content, NULL::jsonb AS event_time_span, NULL::jsonb AS chain
	FROM (SELECT DISTINCT ON (document_id) document_id, text, publisher FROM needed ORDER BY document_id) AS texts
	LEFT JOIN staged_sources AS new ON new.id = publisher LEFT JOIN sources AS there ON there.id = publisher
	UNION ALL SELECT document_id, line, '', id, publisher, '', content, event_time_span, chain FROM needed
	ORDER BY 1, 2`, bundle.Mentions)

// quoteBatch is how many rows are checked at once: few, since half of them can be whole texts.
const quoteBatch = 250

// checkQuotes checks staged attributions against their documents, with memory for two batches of them, and mends those whose quotes
// have moved.
func (j *job) checkQuotes(ctx context.Context) error {
	if !j.isFilled(headwater.ResourceAttribution) {
		return nil
	}
	if err := execEach(ctx, j.tx,
		j.db.Temporary("CREATE TEMP TABLE mended (line int, id uuid, content jsonb, event_time_span jsonb, chain jsonb) ON COMMIT DROP"),
		declareQuotesSQL,
	); err != nil {
		return err
	}
	check := quoteCheck{job: j}
	batch, err := check.fetch(ctx)
	for err == nil && len(batch) > 0 {
		batch, err = check.step(ctx, batch)
	}
	if err != nil {
		return err
	}
	return j.applyMended(ctx)
}

// quoteCheck is the check of quotes, at the document that was read last.
type quoteCheck struct {
	*job
	text      *headwater.IndexedText
	publisher string
}

func (c *quoteCheck) fetch(ctx context.Context) ([]quoteRow, error) {
	return pg.Many[quoteRow](ctx, c.tx, fmt.Sprintf("FETCH %d FROM quotes", quoteBatch))
}

// step checks a batch while the next is fetched, and stores what it mended.
func (c *quoteCheck) step(ctx context.Context, batch []quoteRow) (next []quoteRow, err error) {
	var mended [][]any
	var both errgroup.Group
	both.Go(catchPanic(func() (err error) {
		next, err = c.fetch(ctx)
		return err
	}))
	both.Go(catchPanic(func() (err error) {
		mended, err = c.check(batch)
		return err
	}))
	if err := both.Wait(); err != nil || len(mended) == 0 {
		return next, err
	}
	_, err = c.tx.CopyFrom(ctx, pgx.Identifier{"mended"}, []string{"line", "id", "content", "event_time_span", "chain"},
		pgx.CopyFromRows(mended))
	return next, err
}

func (c *quoteCheck) check(batch []quoteRow) (mended [][]any, err error) {
	for _, row := range batch {
		if row.Line == 0 {
			c.text, c.publisher = pg.TextOf(row.Text), row.PublisherName
			continue
		}
		changed, err := c.checkQuote(row, c.text, c.publisher)
		if err != nil {
			return nil, err
		}
		if changed {
			mended = append(mended, []any{row.Line, row.ID, row.Content, row.EventTimeSpan, row.Chain})
		}
	}
	return mended, nil
}

// checkQuote checks one attribution against its document and says whether it was mended. A fault names the publisher as bundles do.
func (j *job) checkQuote(row quoteRow, text *headwater.IndexedText, publisher string) (mended bool, err error) {
	a := headwater.AttributionFields{Content: row.Content, EventTimeSpan: row.EventTimeSpan, Chain: row.Chain}
	mended, err = pg.AnchorQuotes(&a, row.Publisher, text)
	var faults headwater.Faults
	if errors.As(err, &faults) {
		for _, fault := range faults {
			fault.Expected = strings.Replace(fault.Expected, row.Publisher.String(), publisher, 1)
			j.faults.add(bundle.LineFault{Line: row.Line, Fault: fault})
		}
		return false, nil
	}
	return mended, err
}

// applyMended gives the staged attributions their mended spans.
func (j *job) applyMended(ctx context.Context) error {
	_, err := j.tx.Exec(ctx, `UPDATE staged_attributions AS staged
		SET content = mended.content, event_time_span = mended.event_time_span, chain = mended.chain, state = staged.state || mended.said
		FROM (SELECT *, jsonb_strip_nulls(jsonb_build_object('content', content, 'event_time_span', event_time_span)) ||
			jsonb_build_object('chain', chain) AS said FROM mended OFFSET 0) AS mended
		WHERE mended.line = staged.line AND mended.id = staged.id`)
	return err
}
