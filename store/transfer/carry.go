package transfer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store/pg"
)

// openLine is a staged line that says nothing of some fields.
type openLine struct {
	Ctid        string
	ID          uuid.UUID
	Line        int
	At          headwater.Pointer
	Assertion   int
	StatusNamed bool
	State       wireObject
	Open, Blank []string
}

// wireObject is a thing in the names of its fields.
type wireObject map[string]json.RawMessage

// carryBatch is how many lines are completed at once.
const carryBatch = 500

// carryWithin lets the first of several lines about one thing say what it leaves open and another says. Things of which the newest
// line counts are carried on otherwise.
func (s *tableStage[T, F]) carryWithin(ctx context.Context, tx pgx.Tx) error {
	if !s.leavesOpen || s.newer != nil || s.published != nil {
		return nil
	}
	var group []openLine
	join := func() error {
		if len(group) < 2 {
			return nil
		}
		first, changed := group[0], false
		for _, line := range group[1:] {
			changed = first.completeWith(line.State, line.Open) || changed
		}
		if !changed {
			return nil
		}
		return s.restage(first)
	}
	err := s.eachOpen(ctx, tx, fmt.Sprintf(`FROM %[1]s AS staged WHERE assertion = %[2]d AND id IN (
			SELECT id FROM %[1]s WHERE assertion = %[2]d GROUP BY id HAVING count(*) > 1 AND bool_or(open IS NOT NULL))
		ORDER BY id, NOT status_named, key = '', line, ctid`, s.stageName(), bundle.Restates), func(lines []openLine) error {
		for _, line := range lines {
			if len(group) > 0 && group[0].ID != line.ID {
				if err := join(); err != nil {
					return err
				}
				group = nil
			}
			group = append(group, line)
		}
		return nil
	})
	if err == nil {
		err = join()
	}
	if err != nil {
		return err
	}
	return s.takeRestaged(ctx, tx)
}

// carryStored lets lines say of what is stored what they leave open, and tells which of their fields were empty.
func (s *tableStage[T, F]) carryStored(ctx context.Context, tx pgx.Tx, report func(bundle.Note)) error {
	if !s.leavesOpen {
		return nil
	}
	if err := s.leaveUnchanged(ctx, tx); err != nil {
		return err
	}
	from := fmt.Sprintf(`FROM %s AS staged JOIN %s AS now USING (id)
		WHERE assertion = %d AND open IS NOT NULL AND ROW (%s) IS DISTINCT FROM ROW (%s) ORDER BY line, staged.ctid`,
		s.stageName(), s.Name, bundle.Restates, s.fieldColumns("now", s.Columns), s.fieldColumns("staged", s.Columns))
	return s.eachOpen(ctx, tx, from, func(lines []openLine) error {
		ids := make([]uuid.UUID, len(lines))
		for i, line := range lines {
			ids[i] = line.ID
		}
		wanted := fmt.Sprintf("SELECT %s FROM %s AS t WHERE id = ANY ($1)", s.Selected("t"), s.Name)
		things, err := pg.Many[T](ctx, tx, wanted, ids)
		if err != nil {
			return err
		}
		stored := map[uuid.UUID]wireObject{}
		for _, thing := range things {
			object, err := wireObjectOf(s.Fields(thing))
			if err != nil {
				return err
			}
			stored[s.Meta(thing).ID] = object
		}
		for _, line := range lines {
			before := slices.Clone(line.Blank)
			if !line.completeWith(stored[line.ID], nil) {
				continue
			}
			if err := s.restage(line); err != nil {
				return err
			}
			for _, field := range before {
				if !slices.Contains(line.Blank, field) {
					value := shownWire(stored[line.ID][field])
					report(bundle.Note{Line: line.Line, Pointer: line.At.Field(field), Value: value,
						Text: "no value; what is stored stays"})
				}
			}
		}
		return nil
	})
}

// leaveUnchanged takes lines off the stage that say nothing but what is stored, once what they leave open is carried: they need not be
// completed, checked and compared. They count as unchanged. A line stays that has an empty cell for what it leaves open, which is told,
// or an id of its own, by which other lines are told apart.
func (s *tableStage[T, F]) leaveUnchanged(ctx context.Context, tx pgx.Tx) error {
	if s.newer != nil || s.published != nil {
		return nil
	}
	var carried []string
	for _, c := range s.Columns {
		carried = append(carried, fmt.Sprintf("('%[1]s' = ANY (staged.open) OR now.%[1]s IS NOT DISTINCT FROM staged.%[1]s)", c.Name))
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`DELETE FROM %s AS staged USING %s AS now
		WHERE now.id = staged.id AND staged.assertion = %d AND staged.open IS NOT NULL AND NOT staged.status_named
			AND (now.status, now.key, now.namespace) = (staged.status, staged.key, staged.namespace) AND NOT %s
			AND coalesce(cardinality(staged.blank), 0) = 0 AND %s`, s.stageName(), s.Name, bundle.Restates, hasOwnIDSQL("staged.key"),
		strings.Join(carried, " AND ")))
	return err
}

// eachOpen passes on lines, some at a time, of those that a query selects.
func (s *tableStage[T, F]) eachOpen(ctx context.Context, tx pgx.Tx, from string, pass func([]openLine) error) error {
	if _, err := tx.Exec(ctx, `DECLARE open_lines NO SCROLL CURSOR FOR SELECT staged.ctid::text AS ctid, staged.id, line, at, assertion,
		status_named, state, open, blank `+from); err != nil {
		return err
	}
	for {
		lines, err := pg.Many[openLine](ctx, tx, fmt.Sprintf("FETCH %d FROM open_lines", carryBatch))
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			_, err := tx.Exec(ctx, "CLOSE open_lines")
			return err
		}
		if err := pass(lines); err != nil {
			return err
		}
		if err := s.takeRestaged(ctx, tx); err != nil {
			return err
		}
	}
}

// takeRestaged puts the lines that were restaged on the stage, in the place of what they were.
func (s *tableStage[T, F]) takeRestaged(ctx context.Context, tx pgx.Tx) error {
	if err := s.drop(ctx, tx, "ctid = ANY ($1::tid[])", s.replaced); err != nil {
		return err
	}
	s.replaced = nil
	return s.takeRows()(ctx, tx)
}

// restage adds a line that is to be on the stage in the place of what it was.
func (s *tableStage[T, F]) restage(line openLine) error {
	s.replaced = append(s.replaced, line.Ctid)
	raw, err := json.Marshal(line.State)
	if err != nil {
		return err
	}
	thing := new(T)
	if err := json.Unmarshal(raw, thing); err != nil {
		return fmt.Errorf("store: line %d, completed: %w", line.Line, err)
	}
	meta := s.Meta(*thing)
	_, err = s.add(bundle.Item{Line: line.Line, At: line.At, Resource: s.Resource, Thing: thing, Meta: &meta,
		Assertion: bundle.Restates, StatusNamed: line.StatusNamed, Open: line.Open, Blank: line.Blank})
	return err
}

// completeWith takes what a line leaves open from another state of the same thing that does not leave it open, and entries of texts
// by language and of identifiers that it does not have. It reports whether there was any.
func (l *openLine) completeWith(other wireObject, openThere []string) (changed bool) {
	for name, said := range other {
		isOpen := slices.Contains(l.Open, name)
		switch {
		case slices.Contains(openThere, name):
		case isOpen && string(said) != string(l.State[name]):
			l.State[name] = said
			changed = true
			fallthrough
		case isOpen:
			isField := func(field string) bool { return field == name }
			l.Open, l.Blank = slices.DeleteFunc(l.Open, isField), slices.DeleteFunc(l.Blank, isField)
		case slices.Contains(keyedFields, name) || name == "rating" && labelOf(said) == labelOf(l.State[name]):
			changed = l.addEntries(name, said) || changed
		}
	}
	return changed
}

// keyedFields hold an entry for each language or scheme.
var keyedFields = strings.Fields("names role external_ids")

// labelOf is the verdict of a rating in words. Another verdict has another number and another reason.
func labelOf(rating json.RawMessage) string {
	var said headwater.Rating
	_ = json.Unmarshal(rating, &said) // it is stored, or staged
	return said.Label
}

func (l *openLine) addEntries(name string, said json.RawMessage) (changed bool) {
	var here, there map[string]json.RawMessage
	if json.Unmarshal(said, &there) != nil || json.Unmarshal(l.State[name], &here) != nil {
		return false
	}
	for key, value := range there {
		if _, has := here[key]; !has {
			here[key] = value
			changed = true
		}
	}
	if changed {
		l.State[name], _ = json.Marshal(here) // of texts
	}
	return changed
}

func wireObjectOf(fields any) (wireObject, error) {
	raw, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	object := wireObject{}
	return object, json.Unmarshal(raw, &object)
}

// shownWire is a value as a note shows it.
func shownWire(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
