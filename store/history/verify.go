package history

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store/pg"
)

// VerifyOptions say what to hold a database to, besides itself.
type VerifyOptions struct {
	Verifiers []string            // public keys of the log that are trusted; those that the database names if empty
	Witnesses []string            // public keys of witnesses that must have cosigned
	Against   []ledger.Checkpoint // that somebody kept
}

// Verified says how much was looked at, and how much was found.
type Verified struct {
	Entries, Checkpoints, Things, Findings int64
	Uncovered                              int64            // entries after the last checkpoint, or all where there is none
	Cosigned                               map[string]int64 // by witness, up to which entry it has cosigned the log
}

// Verify looks whether the log bears out what the database holds, from one snapshot and in parts: the order, the entries, the tiles,
// the checkpoints, the versions of each thing, and each thing against its last change. It calls report with each finding.
func (l *Log) Verify(ctx context.Context, options VerifyOptions, report func(finding string)) (Verified, error) {
	if l.db.Pool.Config().MaxConns > 1 && !l.db.IsElsewhere() { // a node of Citus knows nothing of another server's snapshots
		return l.verifyBeside(ctx, options, report)
	}
	v := newVerification(options, report)
	err := l.read(ctx, func(tx pgx.Tx) error { return v.run(ctx, tx, v.order, v.things) })
	return v.Verified, err
}

// verifyBeside verifies things over a second connection that reads the same snapshot, since either half keeps one core of the server
// busy.
func (l *Log) verifyBeside(ctx context.Context, options VerifyOptions, report func(finding string)) (Verified, error) {
	var lock sync.Mutex
	one := func(finding string) {
		lock.Lock()
		defer lock.Unlock()
		report(finding)
	}
	order, things := newVerification(options, one), newVerification(options, one)
	err := l.read(ctx, func(tx pgx.Tx) error {
		var snapshot string
		if err := tx.QueryRow(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
			return err
		}
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return order.run(ctx, tx, order.order) })
		group.Go(func() error {
			return l.read(ctx, func(tx pgx.Tx) error {
				if _, err := tx.Exec(ctx, fmt.Sprintf("SET TRANSACTION SNAPSHOT '%s'", snapshot)); err != nil {
					return err
				}
				return things.run(ctx, tx, things.things)
			})
		})
		return group.Wait()
	})
	order.Things = things.Things
	order.Findings += things.Findings
	return order.Verified, err
}

// verification is one run of Verify.
type verification struct {
	options VerifyOptions
	tx      pgx.Tx
	report  func(string)
	Verified

	known    []string        // the public keys that the database names, and those that are trusted
	stored   []storedWitness // the witnesses that the database names
	tree     *ledger.Tree
	previous int64 // size of the last checkpoint that was looked at
	last     string
}

// storedWitness is a witness, and the size of the last checkpoint that it is said to have cosigned.
type storedWitness struct {
	Verifier string
	Size     int64
}

func newVerification(options VerifyOptions, report func(finding string)) *verification {
	return &verification{options: options, report: report, Verified: Verified{Cosigned: map[string]int64{}}}
}

// run verifies by some steps in a transaction, which may take long.
func (v *verification) run(ctx context.Context, tx pgx.Tx, steps ...func(context.Context) error) error {
	v.tx = tx
	if err := pg.WithoutStatementTimeout(ctx, tx); err != nil {
		return err
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// order verifies all but the things themselves.
func (v *verification) order(ctx context.Context) error {
	for _, step := range []func(context.Context) error{v.keys, v.log, v.history, v.listed, v.texts} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) find(format string, args ...any) {
	v.Findings++
	v.report(fmt.Sprintf(format, args...))
}

func (v *verification) keys(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, "SELECT verifier FROM log_keys ORDER BY since")
	if err != nil {
		return err
	}
	stored, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	v.stored, err = pg.Many[storedWitness](ctx, v.tx, "SELECT verifier, coalesce(size, -1) AS size FROM log_witnesses "+
		"ORDER BY verifier")
	for _, witness := range v.stored {
		stored = append(stored, witness.Verifier)
	}
	v.known = slices.Concat(v.options.Verifiers, v.options.Witnesses)
	for _, text := range stored { // one that is none must not keep the others from being looked at
		if _, _, err := ledger.SortKeys([]string{text}); err != nil {
			v.find("keys: %v", err)
			continue
		}
		v.known = append(v.known, text)
	}
	return err
}

// log goes through the order and the entries, and lets the tree grow again.
func (v *verification) log(ctx context.Context) error {
	v.tree = ledger.NewTree(0, ledger.Tiles{})
	size, err := entries(ctx, v.tx)
	if err != nil {
		return err
	}
	var at int64
	for {
		var next pg.Page[leaf]
		_, err := next.ReadIn(ctx, v.tx, verifyBatch, leavesSQL("s.seq > $1 ORDER BY s.seq LIMIT $2"), at, verifyBatch+1)
		if cell, ok := errors.AsType[pgx.ScanArgError](err); ok {
			err = nil
			if len(next.Items) == 0 { // else what came before it comes first
				next.Items, err = v.unreadableLeaf(ctx, at, cell.FieldName)
			}
		}
		if err != nil {
			return err
		}
		if len(next.Items) == 0 {
			break
		}
		if at, err = v.part(ctx, at, size, next.Items); err != nil {
			return err
		}
	}
	v.Entries = v.tree.Size()
	if at < size {
		v.find("order: it ends at %d, and the log has %d entries", at, size)
	}
	if v.tree.Size() == size { // else an entry is gone, which was found
		if err := v.edge(ctx); err != nil {
			return err
		}
	}
	return v.end(ctx, size)
}

// unreadableLeaf is the first place after another, whose change was edited into what no change is: its name, and its entry, on which
// the tree goes on.
func (v *verification) unreadableLeaf(ctx context.Context, after int64, column string) ([]leaf, error) {
	l := leaf{Unreadable: column}
	err := v.tx.QueryRow(ctx, "SELECT seq, change, entry FROM sequenced LEFT JOIN log_entries USING (seq) WHERE seq > $1 "+
		"ORDER BY seq LIMIT 1", after).Scan(&l.Seq, &l.ID, &l.Entry)
	return []leaf{l}, err
}

// part verifies some leaves, and the tiles and checkpoints that end in them.
func (v *verification) part(ctx context.Context, at, size int64, leaves []leaf) (int64, error) {
	var made [][]byte
	before := v.tree.Size()
	whole := before == at
	for _, leaf := range leaves {
		if leaf.Seq != at+1 {
			v.find("order: no change has the place %d", at+1)
			whole = false
		}
		at = leaf.Seq
		v.leaf(leaf, size)
		if whole = whole && leaf.Entry != nil; whole {
			made = append(made, leaf.Entry)
		}
	}
	grown, err := v.tree.Append(made)
	if err != nil || len(made) == 0 {
		return at, err
	}
	full := ledger.Tiles{}
	for place, hashes := range grown {
		if len(hashes) == ledger.TileWidth*tlog.HashSize {
			full[place] = hashes
		}
	}
	if err := v.tiles(ctx, full); err != nil {
		return at, err
	}
	if err := v.checkpoints(ctx, before); err != nil {
		return at, err
	}
	v.tree.Prune(grown)
	return at, nil
}

func (v *verification) leaf(leaf leaf, size int64) {
	name := fmt.Sprintf("change %s at %d", leaf.ID, leaf.Seq)
	switch {
	case leaf.Unreadable != "":
		v.find("%s: it cannot be read: %s", name, leaf.Unreadable)
	case leaf.Gone:
		v.find("%s: it is gone", name)
	case leaf.Entry == nil && leaf.Seq <= size:
		v.find("%s: its entry is gone", name)
	case leaf.Entry == nil: // not sealed yet
	case leaf.HeaderSalt == nil || leaf.StateSalt == nil || leaf.AuthorSalt == nil:
		v.find("%s: its salts are gone", name)
	default:
		salts := ledger.Salts{Header: leaf.HeaderSalt, State: leaf.StateSalt, Author: leaf.AuthorSalt}
		want := ledger.Entry(ledger.TextsOf(leaf.Change, leaf.StateText), salts)
		if bytes.Equal(want, leaf.Entry) {
			return
		}
		if len(leaf.Entry) != len(want) || leaf.Entry[0] != want[0] {
			v.find("%s: its entry is none", name)
			return
		}
		for i, part := range []string{"header", "state", "author"} {
			if from := 1 + i*sha256.Size; !bytes.Equal(want[from:from+sha256.Size], leaf.Entry[from:from+sha256.Size]) {
				v.find("%s: its %s of %s %s is not what was sealed", name, part, leaf.Resource, leaf.ResourceID)
			}
		}
	}
}

// tiles holds stored tiles to those that have grown again.
func (v *verification) tiles(ctx context.Context, want ledger.Tiles) error {
	var places []ledger.Place
	for place := range want {
		places = append(places, place)
	}
	slices.SortFunc(places, func(a, b ledger.Place) int { return 2*(a.Level-b.Level) + int(min(1, max(-1, a.N-b.N))) })
	stored, err := tilesAt(ctx, v.tx, places)
	for _, place := range places {
		if !bytes.Equal(stored[place], want[place]) {
			v.find("tile %d of level %d: it is not made of what is below it", place.N, place.Level)
		}
	}
	return err
}

// edge verifies the tiles that are not full, and that there are no others.
func (v *verification) edge(ctx context.Context) error {
	if err := v.tiles(ctx, v.tree.Edge()); err != nil {
		return err
	}
	var stored int64
	made := ledger.TileCount(v.tree.Size())
	err := v.tx.QueryRow(ctx, "SELECT count(*) FROM log_tiles").Scan(&stored)
	if stored != made {
		v.find("tiles: there are %d, and the log has %d", stored, made)
	}
	return err
}

// checkpoints verifies the stored checkpoints, and those that somebody kept, that end in what the tree has grown by.
func (v *verification) checkpoints(ctx context.Context, before int64) error {
	rows, err := v.tx.Query(ctx, "SELECT size, coalesce(note, '') AS note FROM log_checkpoints "+
		"WHERE size > $1 AND size <= $2 ORDER BY size", before, v.tree.Size())
	if err != nil {
		return err
	}
	type stored struct {
		Size int64
		Note string
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[stored])
	if err != nil {
		return err
	}
	kept := map[int64]bool{}
	for _, c := range list {
		kept[c.Size] = true
		v.Checkpoints++
		opened, err := ledger.OpenCheckpoint(c.Note, v.known)
		switch {
		case err != nil || opened.Size != c.Size:
			v.find("checkpoint of %d: its note is not signed by a key of the log", c.Size)
		case opened.Previous != v.previous:
			v.find("checkpoint of %d: the one before it was of %d, which is gone", c.Size, opened.Previous)
			fallthrough
		default:
			if err := v.root(opened, "checkpoint"); err != nil {
				return err
			}
		}
		v.cosigned(c.Size, c.Note)
		v.previous, v.last = c.Size, c.Note
	}
	for _, c := range v.options.Against {
		if c.Size <= before || c.Size > v.tree.Size() {
			continue
		}
		if err := v.root(c, "kept checkpoint"); err != nil {
			return err
		}
		if !kept[c.Size] {
			v.find("checkpoint of %d: it is gone, and somebody kept it", c.Size)
		}
	}
	return nil
}

// cosigned notes who cosigned a checkpoint. A signature of a key that nobody knows was altered, or added by hand.
func (v *verification) cosigned(size int64, note string) {
	cosigners, allKnown, err := ledger.Cosigners(note, v.known)
	if err != nil {
		return // which was found
	}
	if !allKnown {
		v.find("checkpoint of %d: it has a signature of a key that is neither the log's nor a witness's", size)
	}
	for _, verifier := range cosigners {
		v.Cosigned[verifier] = size
	}
}

// witnesses verifies that what witnesses cosigned is there up to where they have come, and that those that are trusted cosigned.
func (v *verification) witnesses() {
	for _, witness := range v.stored {
		if at := v.Cosigned[witness.Verifier]; at != witness.Size {
			v.find("witness %s: it has cosigned the checkpoint of %d, and the last with its signature is of %d", witness.Verifier,
				witness.Size, at)
		}
	}
	for _, verifier := range v.options.Witnesses {
		if v.Cosigned[verifier] == 0 {
			v.find("witness %s: it is trusted, and no checkpoint has its signature", verifier)
		}
	}
}

func (v *verification) root(c ledger.Checkpoint, what string) error {
	root, err := v.tree.Root(c.Size)
	if err == nil && root != c.Root {
		v.find("%s of %d: the log of this size has another root, so there are two histories", what, c.Size)
	}
	return err
}

// end looks at what is beyond the last entry.
func (v *verification) end(ctx context.Context, size int64) error {
	for _, c := range v.options.Against {
		if c.Size > size {
			v.find("kept checkpoint of %d: the log has only %d entries; it was cut back, or an older copy of the database restored", c.Size,
				size)
		}
	}
	if len(v.options.Verifiers) > 0 && v.last != "" {
		if _, err := ledger.OpenCheckpoint(v.last, v.options.Verifiers); err != nil {
			v.find("checkpoint of %d: it is the last, and no key that is trusted signed it", v.previous)
		}
	}
	v.Uncovered = max(size-v.previous, 0)
	v.witnesses()
	var beyond int64
	err := v.tx.QueryRow(ctx, "SELECT count(*) FROM log_checkpoints WHERE size > $1", size).Scan(&beyond)
	if beyond > 0 {
		v.find("checkpoints: %d are of more entries than the log has", beyond)
	}
	return err
}

// maxRepeated is how many findings of one kind are named in what one statement finds.
const maxRepeated = 100

// digestSQL is the hash of a text. Whoever edits a text can replace a function of the schema too, so that none is asked.
const digestSQL = "pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(text, 'UTF8')), 'hex')"

// history verifies what the order and the log do not show: changes that have no place, and versions of a thing that are not 1 to n.
func (v *verification) history(ctx context.Context) error {
	for _, check := range []struct{ sql, what string }{
		{`SELECT id FROM changes AS c WHERE NOT EXISTS (SELECT FROM sequenced WHERE change = c.id)
			AND NOT EXISTS (SELECT FROM unsequenced WHERE change = c.id)`, "change %s: it has no place in the order, and waits for none"},
		{"SELECT change FROM sequenced AS s WHERE EXISTS (SELECT FROM unsequenced WHERE change = s.change)",
			"change %s: it has a place in the order, and waits for one"},
		{`SELECT resource_id FROM (SELECT resource_id, from_version, to_version,
				row_number() OVER (PARTITION BY resource_id, resource ORDER BY to_version) AS n FROM changes) AS numbered
			WHERE to_version <> n OR from_version <> n - 1`, "thing %s: its versions are not 1 to n"},
		{`SELECT DISTINCT resource_id FROM changes AS c WHERE resource = 'document' AND state ? 'stored_sha256'
			AND NOT EXISTS (SELECT FROM document_texts WHERE sha256 = c.state ->> 'stored_sha256')
			AND NOT EXISTS (SELECT FROM documents WHERE id = c.resource_id
			AND ` + digestSQL + ` = c.state ->> 'stored_sha256')`,
			"document %s: a text that it had is gone"},
	} {
		if err := v.all(ctx, check.sql, check.what); err != nil {
			return err
		}
	}
	return nil
}

// listed verifies that each source is listed for the claims that accepted attributions have it for, and for no others.
func (v *verification) listed(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, fmt.Sprintf(`SELECT coalesce(listed.source_id, said.source_id), listed.source_id IS NULL
		FROM appearances AS listed FULL JOIN (SELECT DISTINCT said.source_id, said.place, claim_id
			FROM attributions, chain_appearances(source_ids) AS said WHERE status = 'accepted') AS said USING (source_id, place, claim_id)
		WHERE listed.source_id IS NULL OR said.source_id IS NULL LIMIT %d`, maxRepeated))
	if err != nil {
		return err
	}
	var source uuid.UUID
	var missing bool
	_, err = pgx.ForEachRow(rows, []any{&source, &missing}, func() error {
		if missing {
			v.find("source %s: it is not listed for a claim that an attribution has it for", source)
		} else {
			v.find("source %s: it is listed for a claim that no attribution has it for", source)
		}
		return nil
	})
	return err
}

// texts verifies that kept texts are what they are called by.
func (v *verification) texts(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, fmt.Sprintf(`SELECT sha256 FROM document_texts
		WHERE sha256 <> %s LIMIT %d`, digestSQL, maxRepeated))
	if err != nil {
		return err
	}
	var sum string
	_, err = pgx.ForEachRow(rows, []any{&sum}, func() error {
		v.find("text %s: it is another than that of this hash", sum)
		return nil
	})
	return err
}

// all names what a statement selects.
func (v *verification) all(ctx context.Context, sql, what string, args ...any) error {
	rows, err := v.tx.Query(ctx, fmt.Sprintf("%s LIMIT %d", sql, maxRepeated), args...)
	if err != nil {
		return err
	}
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		v.find(what, id)
		return nil
	})
	return err
}
