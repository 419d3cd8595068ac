package api

import (
	"math"

	"github.com/google/uuid"
	"github.com/maypok86/otter/v2"

	"github.com/headwater-project/headwater/store"
)

// reportKey names one form of one report, or of what it counts, in the cache. Questions that leave sources out are not cached: their
// keys are resolved before the facts are read, so a read set cannot tell whether they still mean the same sources.
type reportKey struct {
	kind, mediaType string
	claim           uuid.UUID
	asOf            string
	includeProposed bool
}

// cachedReport is a response, or the timeline of what a report counts, and what it was read from.
type cachedReport struct {
	readSet  *store.ReadSet
	response encodedResponse
	timeline []store.TimelineEntry
}

// size is in bytes.
func (c cachedReport) size() int {
	size := len(c.response.Body) + c.readSet.Size()
	for _, entry := range c.timeline {
		size += entry.Size()
	}
	return size
}

// reportCache keeps the responses that were used last.
type reportCache = otter.Cache[reportKey, cachedReport]

// maxCachedBytes bounds the bodies and read sets that the cache holds.
const maxCachedBytes = 16 << 20

func newReportCache() *reportCache {
	return otter.Must(&otter.Options[reportKey, cachedReport]{
		MaximumWeight: maxCachedBytes,
		Weigher:       func(_ reportKey, c cachedReport) uint32 { return uint32(min(c.size(), math.MaxUint32)) },
	})
}
