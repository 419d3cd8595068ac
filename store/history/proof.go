package history

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store/pg"
)

// Committed is a part of a change that its entry commits to: the SHA-256 of the salt and then the text.
type Committed struct {
	Salt []byte `json:"salt" doc:"16 random bytes, base64." example:"AQEBAQEBAQEBAQEBAQEBAQ=="`
	Text string `json:"text" doc:"What the commitment is to, byte for byte." example:"{\"actor\":\"cli:rana\",\"actor_id\":null,\"reason\":\"\"}"`
}

// Inclusion proves that a change is in the log of a size.
type Inclusion struct {
	Seq    int64     `json:"seq" minimum:"1" doc:"The change's place in the order; its leaf has the index seq - 1." example:"1042"`
	Size   int64     `json:"size" minimum:"1" doc:"Of the log that the proof is for." example:"2048"`
	Root   []byte    `json:"root" doc:"Root of that log's tree, as a checkpoint of this size has it; base64." example:"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="`
	Entry  []byte    `json:"entry" doc:"The leaf: a version byte and the commitments to header, state and author; base64." example:"AQ=="`
	Header Committed `json:"header" doc:"What was done to which thing, and when."`
	State  Committed `json:"state" doc:"The thing after the change, as PostgreSQL writes it."`
	Author Committed `json:"author" doc:"Who made the change, and why."`
	Hashes [][]byte  `json:"hashes" doc:"The audit path of RFC 6962, from the leaf up; base64."`
}

// Consistency proves that the log of one size begins with the log of another.
type Consistency struct {
	From   int64    `json:"from" minimum:"1" doc:"The smaller size." example:"1024"`
	To     int64    `json:"to" minimum:"1" doc:"The larger size." example:"2048"`
	Hashes [][]byte `json:"hashes" doc:"The consistency proof of RFC 6962; base64."`
}

// Checkpoint gives the last signed note.
func (l *Log) Checkpoint(ctx context.Context) (note string, err error) {
	err = l.db.Pool.QueryRow(ctx, "SELECT note FROM log_checkpoints ORDER BY size DESC LIMIT 1").Scan(&note)
	if errors.Is(err, pgx.ErrNoRows) {
		err = &headwater.Error{Code: headwater.CodeNotFound,
			Detail: "the log has no checkpoint yet, or the service has no key to sign it with"}
	}
	return note, pg.Interpret(err)
}

// Tile gives a tile of hashes or, at level -1, a bundle of entries, of which it may be only a part.
func (l *Log) Tile(ctx context.Context, place ledger.Place, width int) (data []byte, err error) {
	if place.Level < 0 {
		data, err = l.bundle(ctx, place.N, width)
	} else {
		err = l.db.Pool.QueryRow(ctx, "SELECT hashes FROM log_tiles WHERE level = $1 AND n = $2", place.Level, place.N).Scan(&data)
		if len(data) < width*tlog.HashSize && err == nil {
			err = pgx.ErrNoRows
		}
		data = data[:min(len(data), width*tlog.HashSize)]
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = &headwater.Error{Code: headwater.CodeNotFound, Detail: "the log has no such tile, or not as much of it"}
	}
	return data, pg.Interpret(err)
}

func (l *Log) bundle(ctx context.Context, n int64, width int) ([]byte, error) {
	first := n*ledger.TileWidth + 1
	rows, err := l.db.Pool.Query(ctx, "SELECT entry FROM log_entries WHERE seq BETWEEN $1 AND $2 ORDER BY seq", first, first+int64(width)-1)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err == nil && len(found) < width {
		err = pgx.ErrNoRows
	}
	return ledger.Bundle(found), err
}

// Inclusion proves that a change is in the log of a size; 0 is all of it. The proof of a key's change has its state, which is for those
// who administer keys: may says whether who asks has a scope; nil where everything is allowed.
func (l *Log) Inclusion(ctx context.Context, change uuid.UUID, size int64, may func(headwater.Scope) bool) (proof Inclusion, err error) {
	err = l.read(ctx, func(tx pgx.Tx) error {
		present, err := entries(ctx, tx)
		if err != nil {
			return err
		}
		if proof.Size = size; size == 0 {
			proof.Size = present
		}
		found, err := pg.One[leaf](ctx, tx, leavesSQL("s.change = $1"), change)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && found.Entry == nil {
			return &headwater.Error{Code: headwater.CodeNotFound, Detail: fmt.Sprintf("the log has no change %s, or not yet", change)}
		}
		if err != nil {
			return err
		}
		if found.Resource == headwater.ResourceKey && may != nil && !may(headwater.ScopeAdmin) {
			return &headwater.Error{Code: headwater.CodeForbidden,
				Detail: "the proof of a key's change has what the key may do, which needs a key with the scope admin"}
		}
		if proof.Size < found.Seq || proof.Size > present {
			return headwater.Faults{headwater.NewFault("/size", headwater.FaultRange, size,
				fmt.Sprintf("%d, the place of the change, to %d, how many entries the log has", found.Seq, present))}
		}
		texts := ledger.TextsOf(found.Change, found.StateText)
		proof.Seq, proof.Entry = found.Seq, found.Entry
		proof.Header = Committed{found.HeaderSalt, texts.Header}
		proof.State = Committed{found.StateSalt, texts.State}
		proof.Author = Committed{found.AuthorSalt, texts.Author}
		read := tilesOf(ctx, tx)
		root, err := tlog.TreeHash(proof.Size, read)
		if err != nil {
			return err
		}
		path, err := tlog.ProveRecord(proof.Size, proof.Seq-1, read)
		proof.Root, proof.Hashes = root[:], listOf(path)
		return err
	})
	return proof, err
}

// Consistency proves that the log of one size begins with the log of another.
func (l *Log) Consistency(ctx context.Context, from, to int64) (proof Consistency, err error) {
	err = l.read(ctx, func(tx pgx.Tx) error {
		present, err := entries(ctx, tx)
		if err != nil {
			return err
		}
		var faults headwater.Faults
		if to < 1 || to > present {
			faults = append(faults, headwater.NewFault("/to", headwater.FaultRange, to,
				fmt.Sprintf("1 to %d, how many entries the log has", present)))
		}
		if from < 1 || from > min(to, present) {
			faults = append(faults, headwater.NewFault("/from", headwater.FaultRange, from, "1 to the size that it is compared with"))
		}
		if len(faults) > 0 {
			return faults
		}
		path, err := tlog.ProveTree(to, from, tilesOf(ctx, tx))
		proof = Consistency{from, to, listOf(path)}
		return err
	})
	return proof, err
}

// read does something in one snapshot.
func (l *Log) read(ctx context.Context, do func(tx pgx.Tx) error) error {
	return pg.Interpret(pgx.BeginTxFunc(ctx, l.db.Pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, do))
}

// tilesOf reads hashes from the stored tiles.
func tilesOf(ctx context.Context, db pg.Queryer) ledger.TileReader {
	return func(places []ledger.Place) (ledger.Tiles, error) { return tilesAt(ctx, db, places) }
}

func listOf(hashes []tlog.Hash) [][]byte {
	list := make([][]byte, len(hashes))
	for i, hash := range hashes {
		list[i] = hash[:]
	}
	return list
}
