package history

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/aymanbagabas/go-udiff/lcs"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Version is a version of a thing, and what makes it another than the one before.
type Version struct {
	Version     int                 `json:"version" minimum:"1" doc:"Of the thing after the change." example:"3"`
	Change      uuid.UUID           `json:"change" format:"uuid" doc:"The change that made it." example:"6f1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Seq         *int64              `json:"seq,omitempty" minimum:"1" doc:"The change's place in the order of all; missing until it has one, some tenths of a second." example:"1042"`
	At          time.Time           `json:"at" doc:"When." example:"2026-01-02T03:04:05Z"`
	Actor       string              `json:"actor" doc:"By whom." example:"cli:rana"`
	ActorID     *uuid.UUID          `json:"actor_id,omitempty" format:"uuid" doc:"The key of the actor." example:"5b1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Group       *uuid.UUID          `json:"group,omitempty" format:"uuid" doc:"The request, import or command that made the change, with all others that it made." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Operation   headwater.Operation `json:"operation" doc:"What was done." example:"update"`
	Reason      string              `json:"reason,omitempty" doc:"Why, where it was said." example:"Same agency under two spellings."`
	Differences []Difference        `json:"differences" doc:"The fields in which it differs from the version before, in order; of the first version, all that it has."`

	Was, Made json.RawMessage `json:"-"`
}

// Difference is a field that differs between two versions.
type Difference struct {
	Field  headwater.Pointer `json:"field" doc:"JSON Pointer (RFC 6901) to the field; a list differs as a whole." example:"/statement/en"`
	Before json.RawMessage   `json:"before,omitempty" doc:"What it was; missing where there was none."`
	After  json.RawMessage   `json:"after,omitempty" doc:"What it is then; missing where there is none."`
	Words  []Words           `json:"words,omitempty" doc:"Of texts, how the words went: what is kept and removed is the text before, what is kept and added the text after. Of /stored_sha256 they are those of a document's text. Missing where there is only one text, a text has more than 10,000 words, or the texts of documents that a page compares come to more than 2 MB."`
}

// Words are some words of a text, with what stands between them.
type Words struct {
	Kind WordsKind `json:"kind" doc:"What became of them." example:"added"`
	Text string    `json:"text" doc:"The words." example:"of last year "`
}

// WordsKind is what became of words.
type WordsKind string

const (
	WordsKept    WordsKind = "kept"
	WordsRemoved WordsKind = "removed"
	WordsAdded   WordsKind = "added"
)

// Values lists the kinds.
func (WordsKind) Values() []string {
	return []string{string(WordsKept), string(WordsRemoved), string(WordsAdded)}
}

const (
	// maxWords is how many words, and gaps between them, a text has at most that is compared word by word.
	maxWords = 20_000
	// maxComparedBytes is how large the texts of documents that a page compares are together.
	maxComparedBytes = 2 << 20
)

// versionQuestion is what a cursor of versions is tied to.
type versionQuestion struct {
	Resource   headwater.Resource
	ID         uuid.UUID
	Descending bool
}

// Versions lists the versions of a thing, also of one that was deleted, with their differences, which are worked out here. A page costs
// what it holds, however many versions there are.
func (l *Log) Versions(ctx context.Context, resource headwater.Resource, id uuid.UUID, descending bool, p pg.Paging) (pg.Page[Version],
	error) {
	page := pg.Page[Version]{Items: []Version{}}
	if err := p.Check(); err != nil {
		return page, err
	}
	question := versionQuestion{resource, id, descending}
	after, err := pg.DecodeCursor(question, p.Cursor, pg.IntValue)
	if err != nil {
		return page, err
	}
	w := &pg.Where{}
	w.Add("t.resource_id = ?", id)
	w.Add("t.resource = ?", string(resource))
	order, comparison := "", ">"
	if descending {
		order, comparison = " DESC", "<"
	}
	if after != nil {
		w.Add("t.to_version "+comparison+" ?::text::int", after[0])
	}
	// A plain join with the version before would be planned by what most things have, one version, and read all of them for each row.
	more, err := page.Read(ctx, l.db, p.Limit, fmt.Sprintf(`SELECT t.to_version AS version, t.id AS change, s.seq, t.at, t.actor,
			t.actor_id, nullif(t.group_id, '%s') AS "group", t.operation, t.reason, was.state AS was, t.state AS made,
			NULL::jsonb AS differences
		FROM changes AS t LEFT JOIN sequenced AS s ON s.change = t.id LEFT JOIN LATERAL (
			SELECT state FROM changes AS before WHERE before.resource_id = t.resource_id AND before.to_version = t.from_version
				AND before.resource = t.resource LIMIT 1) AS was ON true
		%s ORDER BY t.to_version%s LIMIT %d`, uuid.Nil, w, order, p.Limit+1), w.Args...)
	if err != nil {
		return page, err
	}
	if len(page.Items) == 0 && after == nil {
		return page, headwater.NotFound(resource, id)
	}
	states := map[int]map[string]json.RawMessage{} // most are compared twice: with the version before, and with the one after
	for i := range page.Items {
		version := &page.Items[i]
		before, err := stateOf(states, version.Version-1, version.Was)
		if err != nil {
			return page, err
		}
		after, err := stateOf(states, version.Version, version.Made)
		if err != nil {
			return page, err
		}
		version.Differences = []Difference{}
		if err := differBelow("", before, after, &version.Differences); err != nil {
			return page, err
		}
	}
	if resource == headwater.ResourceDocument {
		if err := l.compareTexts(ctx, id, page.Items); err != nil {
			return page, err
		}
	}
	if more {
		page.NextCursor, err = pg.EncodeCursor(question, []string{strconv.Itoa(page.Items[len(page.Items)-1].Version)})
	}
	return page, err
}

// replacedText is a difference between states of a document whose texts are two.
type replacedText struct {
	difference    *Difference
	before, after string // hashes
}

// compareTexts adds to the versions of a document how the words of its text went. States have its hash alone: a text that was replaced is
// kept aside, and the last one is the document's.
func (l *Log) compareTexts(ctx context.Context, id uuid.UUID, versions []Version) error {
	var replaced []replacedText
	var hashes []string
	for _, version := range versions {
		for i := range version.Differences {
			if d := &version.Differences[i]; d.Field == "/stored_sha256" && isOf('"', d.Before) && isOf('"', d.After) {
				r := replacedText{d, strings.Trim(string(d.Before), `"`), strings.Trim(string(d.After), `"`)}
				replaced, hashes = append(replaced, r), append(hashes, r.before, r.after)
			}
		}
	}
	if len(replaced) == 0 {
		return nil
	}
	kept, err := l.keptTexts(ctx, id, hashes, "''")
	if err != nil {
		return err
	}
	hashes = nil
	left := maxComparedBytes
	for i, r := range replaced {
		if left -= kept[r.before].Bytes + kept[r.after].Bytes; left < 0 {
			replaced = replaced[:i]
			break
		}
		hashes = append(hashes, r.before, r.after)
	}
	if kept, err = l.keptTexts(ctx, id, hashes, "text"); err != nil {
		return err
	}
	for _, r := range replaced {
		if before, after := kept[r.before].Text, kept[r.after].Text; before != "" && after != "" {
			r.difference.Words = wordsOf(before, after)
		}
	}
	return nil
}

// keptText is a text that a document has, or had.
type keptText struct {
	SHA256 string
	Bytes  int
	Text   string
}

// keptTexts gives texts by their hashes; text is the SQL of what is read of each.
func (l *Log) keptTexts(ctx context.Context, document uuid.UUID, hashes []string, text string) (map[string]keptText, error) {
	list, err := pg.Many[keptText](ctx, l.db.Pool, fmt.Sprintf(`SELECT sha256, octet_length(text) AS bytes, %s AS text FROM (
			SELECT sha256, text FROM document_texts WHERE sha256 = ANY ($1)
			UNION ALL SELECT text_digest(text), text FROM documents WHERE id = $2 AND text_digest(text) = ANY ($1)) AS kept`, text),
		hashes, document)
	byHash := map[string]keptText{}
	for _, kept := range list {
		byHash[kept.SHA256] = kept
	}
	return byHash, pg.Interpret(err)
}

// Bookkept are members of a state that change whenever something is written, and say nothing of what was changed.
var Bookkept = []string{"version", "created_at", "updated_at"}

// stateOf gives the members of the state of a version that say what was changed, and keeps them.
func stateOf(states map[int]map[string]json.RawMessage, version int, text json.RawMessage) (map[string]json.RawMessage, error) {
	state, known := states[version]
	if known || text == nil {
		return state, nil
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, err
	}
	for _, name := range Bookkept {
		delete(state, name)
	}
	states[version] = state
	return state, nil
}

func objectsOf(was, made json.RawMessage) (before, after map[string]json.RawMessage, err error) {
	if was != nil {
		err = json.Unmarshal(was, &before)
	}
	if err == nil && made != nil {
		err = json.Unmarshal(made, &after)
	}
	return before, after, err
}

// differBelow adds the differences of the members of two objects.
func differBelow(at headwater.Pointer, before, after map[string]json.RawMessage, list *[]Difference) error {
	all := maps.Clone(after)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	maps.Copy(all, before)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := differAt(at.Field(name), before[name], after[name], list); err != nil {
			return err
		}
	}
	return nil
}

// differAt adds the differences of two values. PostgreSQL writes equal values of jsonb as the same bytes, but for zeros at the end of
// a decimal.
func differAt(at headwater.Pointer, before, after json.RawMessage, list *[]Difference) error {
	if bytes.Equal(before, after) {
		return nil
	}
	if isOf('{', before) && isOf('{', after) {
		left, right, err := objectsOf(before, after)
		if err != nil {
			return err
		}
		return differBelow(at, left, right, list)
	}
	difference := Difference{Field: at, Before: before, After: after}
	if isOf('"', before) && isOf('"', after) {
		var left, right string
		if err := json.Unmarshal(before, &left); err != nil {
			return err
		}
		if err := json.Unmarshal(after, &right); err != nil {
			return err
		}
		difference.Words = wordsOf(left, right)
	}
	*list = append(*list, difference)
	return nil
}

func isOf(first byte, value json.RawMessage) bool { return len(value) > 0 && value[0] == first }

// wordsOf says how the words of a text became those of another; nothing where neither text has several.
func wordsOf(before, after string) (list []Words) {
	left, right := splitWords(before), splitWords(after)
	if max(len(left), len(right)) > maxWords || max(len(left), len(right)) < 2 {
		return nil
	}
	add := func(kind WordsKind, words []string) {
		if len(words) > 0 {
			list = append(list, Words{kind, strings.Join(words, "")})
		}
	}
	at := 0
	for _, edit := range lcs.DiffLines(left, right) {
		add(WordsKept, left[at:edit.Start])
		add(WordsRemoved, left[edit.Start:edit.End])
		add(WordsAdded, right[edit.ReplStart:edit.ReplEnd])
		at = edit.End
	}
	add(WordsKept, left[at:])
	return list
}

// splitWords splits a text into words and what stands between them.
func splitWords(text string) (words []string) {
	begin, within := 0, false
	for i, r := range text {
		if space := unicode.IsSpace(r); i == 0 || space == within {
			if i > 0 {
				words = append(words, text[begin:i])
			}
			begin, within = i, !space
		}
	}
	if text == "" {
		return nil
	}
	return append(words, text[begin:])
}
