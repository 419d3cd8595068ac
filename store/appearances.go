package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
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

// SourceClaims lists the claims that a source, or one that is merged into it, tells in a position, by id.
func (s *Store) SourceClaims(ctx context.Context, source uuid.UUID, position Position, p Paging) (Page[headwater.Claim], error) {
	if _, err := s.Source(ctx, source); err != nil {
		return Page[headwater.Claim]{}, err
	}
	return s.claimsBySource(ctx, []string{"source claims", source.String(), string(position)}, source, position, p)
}

// claimsBySource reads each place of each source in the order of its index, no further than the page goes: a source can be in every
// second chain.
func (s *Store) claimsBySource(ctx context.Context, question any, source uuid.UUID, position Position, p Paging) (Page[headwater.Claim], error) {
	var ways []string
	for _, place := range places[position] {
		ways = append(ways, fmt.Sprintf(`SELECT found.claim_id FROM voices, LATERAL (
			SELECT claim_id FROM appearances WHERE source_id = voices.id AND place = %d AND claim_id > $2::uuid ORDER BY claim_id LIMIT $3) AS found`, place))
	}
	sql := fmt.Sprintf(`WITH RECURSIVE voices AS (
			SELECT $1::uuid AS id UNION SELECT merged.id FROM sources AS merged JOIN voices ON merged.merged_into = voices.id
		), told AS (%s)
		SELECT %s FROM claims AS t WHERE t.id IN (SELECT claim_id FROM told ORDER BY claim_id LIMIT $3 * %d) ORDER BY t.id LIMIT $3`,
		strings.Join(ways, " UNION "), Claims.Selected("t"), len(ways))
	return PageByID(question, p, func(after string, limit int) ([]headwater.Claim, error) {
		return Many[headwater.Claim](ctx, s.pool, sql, source, after, limit)
	}, func(claim headwater.Claim) uuid.UUID { return claim.ID })
}

// onlySource is the source and position of a filter that names these and nothing else.
func (f ClaimFilter) onlySource() (source uuid.UUID, position Position, alone bool) {
	for _, asked := range []struct {
		source   uuid.UUID
		position Position
		rest     ClaimFilter
	}{
		{f.Source, AnyPosition, ClaimFilter{Source: f.Source}},
		{f.Origin, OriginPosition, ClaimFilter{Origin: f.Origin}},
		{f.Publisher, PublisherPosition, ClaimFilter{Publisher: f.Publisher}},
	} {
		asked.rest.Sort = f.Sort
		if asked.source != uuid.Nil && (f.Sort == "" || f.Sort == "id") && reflect.DeepEqual(f, asked.rest) {
			return asked.source, asked.position, true
		}
	}
	return uuid.Nil, "", false
}
