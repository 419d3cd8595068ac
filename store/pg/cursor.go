package pg

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
)

// Paging asks for one page of a list.
type Paging struct {
	Limit  int    // entries at most, 1 to MaxLimit
	Cursor string // the NextCursor of the page before; empty for the first
}

// MaxLimit is how many entries a page can have.
const MaxLimit = 1_000

// Page is one page of a list.
type Page[T any] struct {
	Items      []T
	NextCursor string // empty at the end
	Truncated  bool   // of a search: more things have the words than were ranked
	Bytes      int    // what was read for it, where things can be large
}

// MaxPageBytes is after how many bytes a page of large things ends, whatever its limit: each of them can be as large as a body.
const MaxPageBytes = 8 << 20

// ReadSome reads rows into the page, by the names of their columns, until it has so many things or bytes as it may have. It says whether
// there are more.
func (page *Page[T]) ReadSome(rows pgx.Rows, limit int) (more bool, err error) {
	defer rows.Close()
	for rows.Next() {
		if len(page.Items) == limit || page.Bytes >= MaxPageBytes {
			return true, nil
		}
		for _, value := range rows.RawValues() {
			page.Bytes += len(value)
		}
		thing, err := pgx.RowToStructByName[T](rows)
		if err != nil {
			return false, err
		}
		page.Items = append(page.Items, thing)
	}
	return false, rows.Err()
}

// cursor is where a page ended: the sort values of its last entry. It is opaque to clients, and tied to the question that it
// continues.
type cursor struct {
	Values []string `json:"v"`
	Sum    []byte   `json:"s"`
}

// cursorSum ties the values to the question. It is there to find mistakes: who forges a cursor gains a place in a list that the
// filters allow anyway.
func cursorSum(question any, values []string) ([]byte, error) {
	text, err := json.Marshal([]any{question, values})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	return sum[:12], nil
}

// EncodeCursor makes the cursor for what follows an entry with these sort values.
func EncodeCursor(question any, values []string) (string, error) {
	sum, err := cursorSum(question, values)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(cursor{values, sum})
	return base64.RawURLEncoding.EncodeToString(text), err
}

// DecodeCursor gives the sort values in a cursor, of which each must be of its type; none if the cursor is empty, which is the
// first page.
func DecodeCursor(question any, text string, types ...ValueType) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	var c cursor
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(decoded, &c)
	}
	sum, sumErr := cursorSum(question, c.Values)
	if sumErr != nil {
		return nil, sumErr
	}
	if err != nil || string(sum) != string(c.Sum) || !areOf(types, c.Values) {
		return nil, headwater.Faults{headwater.NewFault("/cursor", headwater.FaultFormat, text,
			"a next_cursor of this list, asked with the same filters and sort")}
	}
	return c.Values, nil
}

// ValueType is the type of a sort value: its name in PostgreSQL, and whether PostgreSQL reads a text as one.
type ValueType struct {
	name  string
	reads func(text string) bool
}

// The types of sort values. They take what [EncodeCursor] was given, and little more: anybody can forge a cursor.
var (
	UUIDValue = ValueType{"uuid", func(text string) bool {
		id, err := uuid.Parse(text)
		return err == nil && id.String() == text
	}}
	TimeValue = ValueType{"timestamptz", isTime}
	TextValue = ValueType{"text", func(text string) bool { return !strings.ContainsRune(text, 0) }}
	IntValue  = ValueType{"int", func(text string) bool {
		_, err := strconv.ParseInt(text, 10, 32)
		return err == nil
	}}
	SeqValue = ValueType{"bigint", func(text string) bool {
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	}}
	NumberValue = ValueType{"xid8", func(text string) bool { // of a transaction
		_, err := strconv.ParseUint(text, 10, 64)
		return err == nil
	}}
	DoubleValue = ValueType{"float8", func(text string) bool {
		value, err := strconv.ParseFloat(text, 64)
		return err == nil && FormatDouble(value) == text
	}}
	ScoreValue = ValueType{"real", func(text string) bool {
		score, err := strconv.ParseFloat(text, 32)
		return err == nil && score >= 0 && FormatScore(float32(score)) == text
	}}
)

// OneOfValues is the type of the values that a program names itself.
func OneOfValues(names ...string) ValueType {
	return ValueType{"text", func(text string) bool { return slices.Contains(names, text) }}
}

// FormatScore writes the score of a search as cursors have it.
func FormatScore(score float32) string { return strconv.FormatFloat(float64(score), 'g', -1, 32) }

// FormatDouble writes a fraction as cursors have it.
func FormatDouble(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }

// FormatTime writes a time as cursors have it.
func FormatTime(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

func isTime(text string) bool {
	if text == "infinity" || text == "-infinity" {
		return true
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && at.Year() > 0 && FormatTime(at) == text
}

func areOf(types []ValueType, values []string) bool {
	if len(values) != len(types) {
		return false
	}
	for i, t := range types {
		if !t.reads(values[i]) {
			return false
		}
	}
	return true
}

// Check faults a limit that is out of range.
func (p Paging) Check() error {
	if p.Limit < 1 || p.Limit > MaxLimit {
		return headwater.Faults{headwater.NewFault("/limit", headwater.FaultRange, p.Limit, fmt.Sprintf("1 to %d", MaxLimit))}
	}
	return nil
}

// PageByID reads a page of a list in the order of ids. query asks for what comes after an id, limit of it at most.
func PageByID[T any](question any, p Paging, query func(after string, limit int) (pgx.Rows, error), id func(T) uuid.UUID) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := DecodeCursor(question, p.Cursor, UUIDValue)
	if err != nil {
		return page, err
	}
	if after == nil {
		after = []string{uuid.Nil.String()}
	}
	rows, err := query(after[0], p.Limit+1)
	if err != nil {
		return page, Interpret(err)
	}
	more, err := page.ReadSome(rows, p.Limit)
	if err == nil && more {
		page.NextCursor, err = EncodeCursor(question, []string{id(page.Items[len(page.Items)-1]).String()})
	}
	return page, Interpret(err)
}

// PageOf gives a page of a list that is in memory, in the order of its places as text. No two things have the same place.
func PageOf[T any](question any, p Paging, sorted []T, place func(T) string) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	after, err := DecodeCursor(question, p.Cursor, TextValue)
	if err != nil {
		return page, err
	}
	from := 0
	if after != nil {
		var found bool
		if from, found = slices.BinarySearchFunc(sorted, after[0], func(thing T, text string) int {
			return strings.Compare(place(thing), text)
		}); found {
			from++
		}
	}
	to := min(from+p.Limit, len(sorted))
	page.Items = append(page.Items, sorted[from:to]...)
	if to < len(sorted) {
		page.NextCursor, err = EncodeCursor(question, []string{place(sorted[to-1])})
	}
	return page, err
}
