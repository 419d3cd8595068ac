package pg

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

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
