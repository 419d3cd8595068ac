package interchange

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ValidateReadOnly validates an export in a format that is only read: one of reviews without its writer.
func ValidateReadOnly() error {
	readOnly, _ := codecOf(ClaimReview)
	readOnly.format, readOnly.reviewLayout = "clippings", nil
	return ExportOptions{Format: readOnly.format, BOM: true}.validateFor(readOnly, true)
}

// FormatTable is the table of formats in docs/interchange.md, made from the codecs.
func FormatTable() string {
	var text strings.Builder
	text.WriteString("| format | in | out | keeps | loses, or does not carry |\n|---|---|---|---|---|\n")
	for _, c := range codecs {
		for i, coverage := range c.coverage {
			name := "`" + string(c.format) + "`"
			if i == 0 {
				name += " (" + c.describeMediaTypes() + ")"
			}
			if len(coverage.rows) > 0 {
				name += " of " + strings.Join(plurals(coverage.rows), ", ")
			}
			fmt.Fprintf(&text, "| %s | %s | %s | %s | %s |\n", name, cmp.Or(coverage.in, "no"), cmp.Or(coverage.out, "no"), coverage.keeps,
				coverage.loses)
		}
	}
	return text.String()
}

// describeMediaTypes names those that mean the format by themselves, or else the one in which it goes out.
func (c codec) describeMediaTypes() string {
	types := c.mediaTypes
	if len(types) == 0 {
		types = c.sharedTypes[:1]
	}
	text := "`" + types[0] + "`"
	for _, name := range types[1:] {
		text += ", `" + name + "` in"
	}
	return text
}

// Incomplete lists what codecs lack of what they must say.
func Incomplete() []string {
	var lacks []string
	owner := map[string]Format{}
	for _, c := range codecs {
		lack := func(lacking bool, what string) {
			if lacking {
				lacks = append(lacks, string(c.format)+" "+what)
			}
		}
		lack(c.singular == "" || c.plural == "" || len(c.coverage) == 0, "is not described")
		lack(len(c.allMediaTypes()) == 0, "has no media type")
		lack(c.read == nil, "cannot be read")
		lack(c.holds != HoldsEverything && c.writeThings != nil, "writes everything and does not hold it")
		lack(c.holds != HoldsReviews && c.reviewLayout != nil, "writes reviews and does not hold them")
		lack(c.holds != HoldsAnnotations && c.writeAnnotations != nil, "writes annotations and does not hold them")
		says := slices.ContainsFunc(c.coverage, func(part coverage) bool { return part.out != "" })
		lack(c.isWritten() != says, "is written and does not say so, or the other way round")
		for _, coverage := range c.coverage {
			lack((c.holds == HoldsRows) != (len(coverage.rows) > 0), "has rows and does not say what they are, or the other way round")
			lack(coverage.keeps == "" || coverage.loses == "", "does not say what it keeps and loses")
		}
		for _, mediaType := range c.mediaTypes {
			lack(owner[mediaType] != "", "shares "+mediaType+" with "+string(owner[mediaType]))
			owner[mediaType] = c.format
		}
	}
	return lacks
}
