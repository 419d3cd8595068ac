package headwater

import (
	"github.com/google/uuid"
)

// Document is a published text.
type Document struct {
	Meta
	DocumentFields
	Status  RecordStatus    `json:"status" doc:"active or retracted." example:"active"`
	Matches []IdentityMatch `json:"matches,omitempty" db:"-" doc:"In the answer to a new one: those that it may be, as proposed matches for people to decide."`
}

// DocumentFields are the fields of a document that a caller sets.
type DocumentFields struct {
	Publisher   uuid.UUID    `json:"publisher" written:"reference source" format:"uuid" doc:"The source that published it." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Kind        DocumentKind `json:"kind" doc:"What kind of text it is." example:"article"`
	Language    string       `json:"language,omitempty" format:"bcp47" maxLength:"100" doc:"BCP 47 tag of the text's language." example:"ar"`
	Title       string       `json:"title,omitempty" maxLength:"2000" doc:"Title or headline." example:"Explosion at the grain terminal"`
	URL         string       `json:"url,omitempty" maxLength:"2048" doc:"Where it was published." example:"https://news.example.org/2024/05/terminal"`
	ArchiveURL  string       `json:"archive_url,omitempty" maxLength:"2048" doc:"Where a copy is kept." example:"https://archive.example.net/abc"`
	Published   *Published   `json:"published,omitempty" doc:"When it was published, as closely as is known; missing if not dated."`
	RetrievedAt Moment       `json:"retrieved_at,omitempty" maxLength:"40" doc:"When the text was taken, a day (EDTF level 0) or an instant (RFC 3339)." example:"2024-05-06T07:08:09Z"`
	Text        string       `text:"verbatim" json:"text,omitempty" maxLength:"5000000" doc:"The text; offsets of selectors count its Unicode code points." example:"The harbour office said …"`
	TextSHA256  string       `json:"text_sha256,omitempty" maxLength:"64" doc:"Hex SHA-256 of the text in UTF-8; computed where the text is given." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Authors     []string     `json:"authors,omitempty" maxItems:"200" doc:"Bylines." example:"[\"Rana Salim\"]"`
	DerivedFrom *uuid.UUID   `json:"derived_from,omitempty" written:"reference document" format:"uuid" doc:"The document that this one reprints." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Method      *Method      `json:"method,omitempty" doc:"Who or what entered it, where that was not a person."`
}

// DocumentCard is the part of a document that a response includes once for each document that it names, so that clients need no second
// request.
type DocumentCard struct {
	Key         string       `json:"key,omitempty" doc:"The document's key." example:"qamar-2024-05"`
	Publisher   uuid.UUID    `json:"publisher" format:"uuid" doc:"The source that published it." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Kind        DocumentKind `json:"kind" doc:"What kind of text it is." example:"article"`
	Language    string       `json:"language,omitempty" format:"bcp47" doc:"BCP 47 tag of the text's language." example:"ar"`
	Title       string       `text:"prose" json:"title,omitempty" doc:"Title or headline." example:"Explosion at the grain terminal"`
	URL         string       `json:"url,omitempty" doc:"Where it was published." example:"https://news.example.org/2024/05/terminal"`
	ArchiveURL  string       `json:"archive_url,omitempty" doc:"Where a copy is kept." example:"https://archive.example.net/abc"`
	Published   *Published   `json:"published,omitempty" doc:"When it was published, as closely as is known; missing if not dated."`
	DerivedFrom *uuid.UUID   `json:"derived_from,omitempty" format:"uuid" doc:"The document that this one reprints." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	Status      RecordStatus `json:"status" doc:"active or retracted." example:"active"`
}

// Size is about how many bytes the card takes.
func (c DocumentCard) Size() int {
	n := len(c.Key) + len(c.Title) + len(c.URL) + len(c.ArchiveURL)
	if c.Published != nil {
		n += len(c.Published.Note)
	}
	return n
}

// Published is when a document was published, and how that is known.
type Published struct {
	Interval
	Note string `text:"prose" json:"note,omitempty" doc:"How the dates are known." example:"Not dated; before the summit that it announces."`
}

// DocumentKind is the kind of a document.
type DocumentKind string

const (
	Article        DocumentKind = "article"
	WireReport     DocumentKind = "wire"
	Broadcast      DocumentKind = "broadcast"
	Post           DocumentKind = "post"
	PressRelease   DocumentKind = "press_release"
	ReportDocument DocumentKind = "report"
	Transcript     DocumentKind = "transcript"
	Interview      DocumentKind = "interview"
	RecordText     DocumentKind = "record"
	OtherDocument  DocumentKind = "other"
)

// Values lists the kinds.
func (DocumentKind) Values() []string {
	return []string{
		string(Article), string(WireReport), string(Broadcast), string(Post), string(PressRelease), string(ReportDocument),
		string(Transcript), string(Interview), string(RecordText), string(OtherDocument),
	}
}

// Normalize fills in the hash of a text that has none.
func (d *DocumentFields) Normalize() {
	if d.Text != "" && d.TextSHA256 == "" {
		d.TextSHA256 = TextSHA256(d.Text)
	}
}

// Validate returns all faults at once, as Faults. A hash that does not match the text is not a fault: it is kept as it is,
// and the analysis reports it (text_hash_mismatch).
func (d DocumentFields) Validate() error {
	var c checker
	c.strings(d)
	checkOneOf(&c, "/kind", d.Kind)
	c.required("/publisher", d.Publisher != uuid.Nil, "a source")
	if d.Language != "" {
		c.language("/language", d.Language)
	}
	c.url("/url", d.URL)
	c.url("/archive_url", d.ArchiveURL)
	if d.Published != nil {
		c.interval("/published", &d.Published.Interval)
	}
	c.moment("/retrieved_at", d.RetrievedAt)
	if d.TextSHA256 != "" && !isSHA256(d.TextSHA256) {
		c.add("/text_sha256", FaultFormat, d.TextSHA256, "64 lower-case hexadecimal digits")
	}
	c.list("/authors", len(d.Authors), maxList)
	c.distinct("/authors", d.Authors)
	d.Method.check(&c, "/method")
	return c.err()
}

func isSHA256(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}
