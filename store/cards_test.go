package store_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// TestCardsAreBounded: cards are read until they have so many bytes, whatever names their things have.
func TestCardsAreBounded(t *testing.T) {
	t.Parallel()
	s := open(t)
	const sources, each = 50, 1 << 20
	var ids []uuid.UUID
	for i := range sources {
		source := must(s.CreateSource(t.Context(), tester, "", headwater.SourceFields{Kind: headwater.Outlet, Name: fmt.Sprint("S", i)}))(t)
		ids = append(ids, source.ID)
	}
	must(s.Pool.Exec(t.Context(), "UPDATE sources SET names = jsonb_build_object('en', repeat('x', $1))", each))(t)
	cards := must(s.SourceCards(t.Context(), ids))(t)
	if read := store.CardBytes(cards); len(cards) == sources || read < store.MaxCardBytes || read > store.MaxCardBytes+2*each {
		t.Errorf("%d of %d cards are read, %d bytes", len(cards), sources, read)
	}
	if few := must(s.SourceCards(t.Context(), ids[:5]))(t); len(few) != 5 {
		t.Errorf("%d of 5 cards are read", len(few))
	}
}
