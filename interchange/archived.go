package interchange

import (
	"regexp"
	"time"

	"github.com/headwater-project/headwater"
)

// archivedAddress matches the address of a copy that has that of the original in it, with the time of the copy: of the Wayback Machine,
// with or without a mark of how it is shown, and of archive.today under its names.
var archivedAddress = regexp.MustCompile(`^https?://(?:web\.archive\.org/web|archive\.(?:today|ph|is|li|vn|md|fo))/` +
	`(\d{4,14}|\d{4}\.\d{2}\.\d{2}-\d{6})(?:[a-z]{2}_)?/(?:(https?):/+)?([^/?#]+\.[^/?#]+(?:[/?#].*)?)$`)

// originalOf is the address of which another is a copy, and when it was copied where that is said to the second. An address that
// is no copy's is its own original.
func originalOf(address string) (original string, copied headwater.Moment) {
	parts := archivedAddress.FindStringSubmatch(address)
	if parts == nil {
		return address, ""
	}
	scheme := parts[2]
	if scheme == "" {
		scheme = "http"
	}
	if original = absoluteURL(scheme + "://" + parts[3]); original == "" {
		return address, ""
	}
	for _, layout := range []string{"20060102150405", "2006.01.02-150405"} {
		if at, err := time.Parse(layout, parts[1]); err == nil {
			copied = headwater.Moment(at.Format(time.RFC3339))
		}
	}
	return original, copied
}
