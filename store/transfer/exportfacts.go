package transfer

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/pg"
)

// ExportFacts writes the rows that some facts were read from, as a bundle or in a format of others, in the transaction that read them.
// Each is written once, those of a resource in the order of their ids. A place of the order is that as of which the facts were read; 0 is
// now.
func (e *Exporter) ExportFacts(ctx context.Context, tx pgx.Tx, w io.Writer, facts provenance.Facts, extract bundle.Extract,
	format interchange.ClaimFormat, seq int64) error {
	if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
		return err
	}
	var out interchange.ThingWriter
	var err error
	if format == "" {
		out, err = bundle.NewExtractWriter(w, e.db.Namespace(), extract)
	} else {
		out, err = interchange.NewClaimWriter(w, format, e.db.Namespace(), extract.Claims)
	}
	if err != nil {
		return err
	}
	x := factExport{ctx, tx, out, extract.Excerpts, seq}
	write := func(err error, next func() error) error {
		if err != nil {
			return err
		}
		return next()
	}
	err = write(nil, func() error {
		return exportRows(x, pg.Sources, idsOf(facts.Sources, func(s *headwater.Source) uuid.UUID { return s.ID }),
			asItIs[headwater.Source])
	})
	err = write(err, func() error {
		return exportRows(x, pg.Relations, idsOf(facts.Relations, func(r *headwater.Relation) uuid.UUID { return r.ID }),
			asItIs[headwater.Relation])
	})
	err = write(err, func() error {
		return exportRows(x, pg.Documents, idsOf(facts.Documents, func(d *provenance.Document) uuid.UUID { return d.ID }), x.document)
	})
	err = write(err, func() error {
		return exportRows(x, pg.Claims, idsOf(facts.Claims, func(c *headwater.Claim) uuid.UUID { return c.ID }), asItIs[headwater.Claim])
	})
	err = write(err, func() error {
		return x.attributions(idsOf(facts.Attributions, func(a *provenance.Attribution) uuid.UUID { return a.ID }))
	})
	err = write(err, func() error {
		return exportRows(x, pg.Links, idsOf(facts.Links, func(l *headwater.Link) uuid.UUID { return l.ID }), asItIs[headwater.Link])
	})
	return write(err, out.Close)
}

// idsOf gives the ids of things in order, each once.
func idsOf[T any](things []T, id func(*T) uuid.UUID) []uuid.UUID {
	ids := make([]uuid.UUID, len(things))
	for i := range things {
		ids[i] = id(&things[i])
	}
	slices.SortFunc(ids, headwater.CompareIDs)
	return slices.Compact(ids)
}

// factExport writes rows in a transaction.
type factExport struct {
	ctx      context.Context
	tx       pgx.Tx
	out      interchange.ThingWriter
	excerpts bool
	seq      int64
}

func asItIs[T any](thing T) any { return thing }

func exportRows[T any, F pg.Fields](x factExport, table pg.Table[T, F], ids []uuid.UUID, line func(T) any) error {
	write := func(thing T) error { return x.out.Write(line(thing)) }
	args := []any{ids}
	if x.seq > 0 {
		var err error
		if table, err = table.At("$2", idsSQL); err != nil {
			return err
		}
		args = append(args, x.seq)
	}
	return eachRow(x.ctx, x.tx, write, fmt.Sprintf("SELECT %s FROM %s AS t WHERE id = ANY ($1) ORDER BY id", table.Selected("t"),
		table.Name), args...)
}

// idsSQL selects ids that are given.
const idsSQL = "SELECT unnest($1::uuid[])"

// document leaves the text out where only excerpts are wanted. What the report says of the text, its hash must still say.
func (x factExport) document(d headwater.Document) any {
	if !x.excerpts || d.Text == "" {
		return d
	}
	left := bundle.Document{Document: d}
	left.Text = ""
	if found := headwater.TextSHA256(d.Text); found != d.TextSHA256 {
		left.TextFoundSHA256 = found
	}
	return left
}

const (
	// excerptsAtOnce is how many attributions' excerpts are read together.
	excerptsAtOnce = 1_000
	// around is how many code points of the text stand before and after a quote.
	around = 32
)

// attributions writes attributions. Where texts are left out, each quote has the words around it.
func (x factExport) attributions(ids []uuid.UUID) error {
	if !x.excerpts {
		return exportRows(x, pg.Attributions, ids, asItIs[headwater.Attribution])
	}
	for some := range slices.Chunk(ids, excerptsAtOnce) {
		around, err := x.wordsAround(some)
		if err != nil {
			return err
		}
		err = exportRows(x, pg.Attributions, some, func(a headwater.Attribution) any {
			for _, span := range a.Selectors() {
				if words, isThere := around[quotePlace{a.ID, span.Start, span.End}]; isThere { // not what was stored with it
					span.Prefix, span.Suffix = words.Before, words.After
				}
			}
			return a
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// quotePlace is where a quote of an attribution stands.
type quotePlace struct {
	ID         uuid.UUID
	Start, End int
}

// quoteContext is the words around a quote.
type quoteContext struct {
	quotePlace
	Before, After string
}

// aroundSQL reads the words around each quote of some attributions, and not the whole text.
const aroundSQL = `
	SELECT a.id, "start", "end", substring(d.text FROM greatest("start" - %[1]d, 0) + 1 FOR least("start", %[1]d)) AS before,
		substring(d.text FROM "end" + 1 FOR %[1]d) AS after
	FROM %[2]s AS a JOIN %[3]s AS d ON d.id = a.document_id, LATERAL (
		SELECT (span ->> 'start')::int AS "start", (span ->> 'end')::int AS "end" FROM (
			SELECT a.content UNION ALL SELECT a.event_time_span
			UNION ALL SELECT hop -> field FROM jsonb_array_elements(a.chain) AS hop,
				unnest(ARRAY ['cue', 'evidence_span', 'setting']) AS field) AS spans (span)
		WHERE span IS NOT NULL) AS places
	WHERE a.id = ANY ($1) AND d.text <> ''`

func (x factExport) wordsAround(ids []uuid.UUID) (map[quotePlace]quoteContext, error) {
	attributions, documents, args := pg.Attributions.Name, pg.Documents.Name, []any{ids}
	if x.seq > 0 {
		a, err := pg.Attributions.At("$2", idsSQL)
		if err != nil {
			return nil, err
		}
		d, err := pg.Documents.At("$2", "SELECT a.document_id")
		if err != nil {
			return nil, err
		}
		attributions, documents, args = a.Name, "LATERAL "+d.Name, append(args, x.seq)
	}
	rows, err := x.tx.Query(x.ctx, fmt.Sprintf(aroundSQL, around, attributions, documents), args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[quoteContext])
	if err != nil {
		return nil, err
	}
	words := make(map[quotePlace]quoteContext, len(found))
	for _, quote := range found {
		words[quote.quotePlace] = quote
	}
	return words, nil
}
