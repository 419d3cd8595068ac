package bundle

import (
	"bufio"
	"encoding/json"
	"io"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Extract is a bundle of just what reports on some claims rest on. Its header says so.
type Extract struct {
	// Claims are those that it was made for. It holds others too, which links lead to.
	Claims []uuid.UUID
	// Question is what these reports are asked for.
	Question Question
	// Excerpts says that the texts of its documents are left out: attributions quote them, with some words around.
	Excerpts bool
}

// Question is what a report is asked for beside the claim: which sources are taken out, the last day of publication that counts, and
// whether what is proposed does. The zero value asks for the report as it is.
type Question struct {
	Without         []uuid.UUID   `json:"without,omitempty"`
	AsOf            headwater.Day `json:"as_of,omitempty"`
	IncludeProposed bool          `json:"include_proposed,omitempty"`
}

func (q Question) isPlain() bool { return len(q.Without) == 0 && q.AsOf == "" && !q.IncludeProposed }

// Excerpts is the header's value of texts where these are left out.
const Excerpts = "excerpts"

// header is the first line.
type header struct {
	Type      headwater.Resource `json:"type"`
	Format    string             `json:"format"`
	Namespace string             `json:"namespace"`
	Claims    []uuid.UUID        `json:"claims,omitempty"`
	Question  *Question          `json:"question,omitempty"`
	Texts     string             `json:"texts,omitempty"`
}

// Document is a document as an extract has it.
type Document struct {
	headwater.Document
	// TextFoundSHA256 is the hash of a text that is left out, where it is not the one of which text_sha256 is.
	TextFoundSHA256 string
}

// NewExtractWriter writes the header of an extract. It takes a [Document] where texts are left out.
func NewExtractWriter(w io.Writer, namespace string, e Extract) (*Writer, error) {
	h := header{Type: typeBundle, Format: FormatName, Namespace: namespace, Claims: e.Claims}
	if !e.Question.isPlain() {
		h.Question = &e.Question
	}
	if e.Excerpts {
		h.Texts = Excerpts
	}
	out := bufio.NewWriterSize(w, 1<<16)
	to := json.NewEncoder(out)
	to.SetEscapeHTML(false)
	return &Writer{out, to}, to.Encode(h)
}

// NewExtractReader reads a bundle as [NewReader] does, and also one whose texts are left out: enough for a report, while an
// import would lose the texts.
func NewExtractReader(in io.ReadSeeker) *Reader { return &Reader{in: in, takesExcerpts: true} }

// Extract is what the header says. It is known once the first item has been read.
func (r *Reader) Extract() Extract { return r.extract }
