package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store/pg"
)

// Position is a source's place in the chains of a claim.
type Position string

const (
	AnyPosition       Position = "any"
	PublisherPosition Position = "publisher" // first
	RelayPosition     Position = "relay"     // between
	OriginPosition    Position = "origin"    // last
)

// Values lists the positions.
func (Position) Values() []string {
	return []string{string(AnyPosition), string(PublisherPosition), string(RelayPosition), string(OriginPosition)}
}

// places are the values of appearances.place that a position means.
var places = map[Position][]int{AnyPosition: {0, 1, 2}, PublisherPosition: {0}, RelayPosition: {1}, OriginPosition: {2}}

// SourceClaims lists, by id, the claims in whose chains a source, or one that is merged into it, has a position.
func (s *Store) SourceClaims(ctx context.Context, source uuid.UUID, position Position, p Paging) (Page[headwater.Claim], error) {
	if _, err := s.Source(ctx, source); err != nil {
		return Page[headwater.Claim]{}, err
	}
	return s.claimsBySource(ctx, []string{"source claims", source.String(), string(position)}, source, position, p)
}

// claimsBySource reads each place of each source in the order of its index, no further than the page goes: a source can be in every
// second chain.
func (s *Store) claimsBySource(ctx context.Context, question any, source uuid.UUID, position Position,
	p Paging) (Page[headwater.Claim], error) {
	var reads []string
	for _, place := range places[position] {
		reads = append(reads, fmt.Sprintf(`SELECT found.claim_id FROM voices, LATERAL (
			SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = %d AND claim_id > $1::uuid ORDER BY claim_id
				LIMIT $2) AS found`, place))
	}
	sql := fmt.Sprintf(`WITH RECURSIVE %s, appeared AS (%s)
		SELECT %s FROM claims AS t WHERE t.id IN (SELECT claim_id FROM appeared ORDER BY claim_id LIMIT $2 * %d) ORDER BY t.id LIMIT $2`,
		pg.Sources.MergeMembersSQL("voices", "SELECT $3::uuid"), strings.Join(reads, " UNION "), pg.Claims.Selected("t"), len(reads))
	return pg.PageByID(ctx, s.DB, question, p, func(claim headwater.Claim) uuid.UUID { return claim.ID }, sql, source)
}

// onlySource is the source and position of a filter that names these and nothing else.
func (f ClaimFilter) onlySource() (source uuid.UUID, position Position, alone bool) {
	for _, only := range []struct {
		source   uuid.UUID
		position Position
		rest     ClaimFilter
	}{
		{f.Source, AnyPosition, ClaimFilter{Source: f.Source}},
		{f.Origin, OriginPosition, ClaimFilter{Origin: f.Origin}},
		{f.Publisher, PublisherPosition, ClaimFilter{Publisher: f.Publisher}},
	} {
		only.rest.Sort = f.Sort
		if only.source != uuid.Nil && (f.Sort == "" || f.Sort == "id") && reflect.DeepEqual(f, only.rest) {
			return only.source, only.position, true
		}
	}
	return uuid.Nil, "", false
}
