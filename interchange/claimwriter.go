package interchange

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// ClaimFormat is a format in which others take what is known of a claim: just what its report rests on. It is only written.
type ClaimFormat string

const (
	// ProvJSON is the JSON of the W3C's provenance data model (https://www.w3.org/submissions/prov-json/).
	ProvJSON ClaimFormat = "prov-json"
	// STIX is a bundle of STIX 2.1 (https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html).
	STIX ClaimFormat = "stix"
)

// Values lists the formats.
func (ClaimFormat) Values() []string { return []string{string(ProvJSON), string(STIX)} }

// MediaType is that in which a file of the format goes out.
func (f ClaimFormat) MediaType() string {
	if f == STIX {
		return "application/stix+json"
	}
	return "application/json"
}

// NewClaimWriter writes what the reports on some claims rest on. It holds all of that, as the report does. It takes the things that
// [bundle.Writer] takes, sources before what names them and documents before attributions.
func NewClaimWriter(w io.Writer, format ClaimFormat, namespace string, claims []uuid.UUID) (ThingWriter, error) {
	switch format {
	case ProvJSON:
		return &thingSorter{to: newProvDocument(namespace), out: w}, nil
	case STIX:
		return &thingSorter{to: newSTIXBundle(namespace, claims), out: w}, nil
	}
	return nil, fmt.Errorf("interchange: no claim is written as %s", format)
}

// claimRecord is a file of what is known of claims, which is written whole.
type claimRecord interface {
	addSource(s headwater.Source)
	addRelation(r headwater.Relation)
	addDocument(d headwater.Document)
	addClaim(c headwater.Claim)
	addAttribution(a headwater.Attribution)
	addLink(l headwater.Link)
	// finished is the whole file, to be encoded as JSON.
	finished() any
}

// thingSorter gives each thing to what takes it.
type thingSorter struct {
	to  claimRecord
	out io.Writer
}

// Write adds a thing. What claims do not rest on has no place.
func (t *thingSorter) Write(thing any) error {
	switch thing := thing.(type) {
	case headwater.Source:
		t.to.addSource(thing)
	case headwater.Relation:
		t.to.addRelation(thing)
	case headwater.Document:
		t.to.addDocument(thing)
	case bundle.Document:
		t.to.addDocument(thing.Document)
	case headwater.Claim:
		t.to.addClaim(thing)
	case headwater.Attribution:
		t.to.addAttribution(thing)
	case headwater.Link:
		t.to.addLink(thing)
	default:
		return fmt.Errorf("interchange: a %T is no part of what is known of a claim", thing)
	}
	return nil
}

// Close writes the file.
func (t *thingSorter) Close() error {
	encoder := json.NewEncoder(t.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(t.to.finished())
}
