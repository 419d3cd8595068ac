package bundle

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// Writer writes a bundle. The same things in the same order give the same bytes.
type Writer struct {
	out *bufio.Writer
	to  *json.Encoder
}

// NewWriter writes the header with the namespace of the instance that the bundle comes from.
func NewWriter(w io.Writer, namespace string) (*Writer, error) {
	return NewExtractWriter(w, namespace, Extract{})
}

// Write writes one thing: a headwater.Source, Relation, Document, Claim, Attribution, Link, Review or IdentityMatch, with its id,
// its key's namespace and its status, and references by id.
func (w *Writer) Write(thing any) error {
	switch t := thing.(type) {
	case headwater.Source:
		return w.to.Encode(&sourceLine{identityOf(headwater.ResourceSource, t.Meta), t.SourceFields, t.Status, optionalRef(t.MergedInto)})
	case headwater.Relation:
		return w.to.Encode(&relationLine{identityOf(headwater.ResourceRelation, t.Meta), refTo(t.Subject), refTo(t.Object),
			t.RelationFields, t.Status})
	case headwater.Document:
		return w.Write(Document{Document: t})
	case Document:
		return w.to.Encode(&documentLine{identityOf(headwater.ResourceDocument, t.Meta), refTo(t.Publisher), optionalRef(t.DerivedFrom),
			t.DocumentFields, t.TextFoundSHA256, t.Status})
	case headwater.Claim:
		line := &claimLine{identity: identityOf(headwater.ResourceClaim, t.Meta), ClaimFields: t.ClaimFields, Status: t.Status,
			MergedInto: optionalRef(t.MergedInto)}
		for _, q := range t.Quantities {
			line.Quantities = append(line.Quantities, quantity{&q.Value, q})
		}
		return w.to.Encode(line)
	case headwater.Attribution:
		line := &attributionLine{identity: identityOf(headwater.ResourceAttribution, t.Meta), Claim: refTo(t.Claim),
			Document: refTo(t.Document), AttributionFields: t.AttributionFields, Status: t.Status}
		for _, h := range t.Chain {
			line.Chain = append(line.Chain, hop{refTo(h.Source), h})
		}
		return w.to.Encode(line)
	case headwater.Link:
		return w.to.Encode(&linkLine{identityOf(headwater.ResourceLink, t.Meta), refTo(t.From), refTo(t.To), t.LinkFields, t.Status})
	case headwater.Review:
		return w.to.Encode(&reviewLine{identityOf(headwater.ResourceReview, t.Meta), refTo(t.Claim), refTo(t.Author), t.ReviewFields,
			t.Status})
	case headwater.IdentityMatch:
		return w.to.Encode(&matchLine{identityOf(headwater.ResourceMatch, t.Meta), refTo(t.A), refTo(t.B), t.IdentityMatchFields, t.Status})
	}
	return fmt.Errorf("bundle: a %T has no line", thing)
}

// Close writes what is still held back. The writer below stays open.
func (w *Writer) Close() error { return w.out.Flush() }

func identityOf(resource headwater.Resource, meta headwater.Meta) identity {
	id := refTo(meta.ID)
	return identity{Type: string(resource), ID: &id, Key: meta.Key, Namespace: meta.Namespace}
}

func refTo(id uuid.UUID) ref { return ref(id.String()) }

func optionalRef(id *uuid.UUID) ref {
	if id == nil {
		return ""
	}
	return refTo(*id)
}
