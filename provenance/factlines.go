package provenance

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// FactsFormat names the lines that facts_sha256 is a hash of. It changes whenever other fields of a fact are written, or
// the same ones otherwise.
const FactsFormat = "headwater-facts/1"

// WriteFacts writes the facts that a report rests on as the lines that its facts_sha256 is the SHA-256 of: canonical JSON
// (RFC 8785), first the format, then a line for each fact by type and id, with just the fields that the analysis reads.
// It fails as [Analysis.Report] does.
func (a *Analysis) WriteFacts(ctx context.Context, w io.Writer, claim uuid.UUID, q Question) (err error) {
	defer endInterrupted(&err)
	examined, err := a.during(ctx).examine(claim, q)
	if err != nil {
		return err
	}
	return examined.selection().write(w)
}

func (s selection) sha256() string {
	hash := sha256.New()
	_ = s.write(hash) // a hash does not fail
	return hex.EncodeToString(hash.Sum(nil))
}

// factSteps is how many steps are as long as to write a fact.
const factSteps = 8

func (s selection) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	var line factLine
	line.begin().field("format").text(FactsFormat).field("type").text("facts").end(out)
	for _, a := range s.attributions {
		s.step(factSteps)
		line.attribution(a).end(out)
	}
	for _, c := range s.claims {
		s.step(factSteps)
		line.claim(c).end(out)
	}
	for _, d := range s.documents {
		s.step(factSteps)
		line.document(d).end(out)
	}
	for _, l := range s.links {
		s.step(factSteps)
		line.link(l).end(out)
	}
	for _, r := range s.relations {
		s.step(factSteps)
		line.relation(r).end(out)
	}
	for _, source := range s.sources {
		s.step(factSteps)
		line.source(source).end(out)
	}
	return out.Flush()
}

// factLine is a line as it is written by hand: of 100,000 attributions each has one, and reflection would take longer than
// the report. Fields come in the order of their names; what is empty is left out.
type factLine struct {
	bytes []byte
	tags  []string // of the texts that were written last
}

func (l *factLine) attribution(a *Attribution) *factLine {
	l.begin().optional("certainty", string(a.Certainty)).field("chain").list(len(a.Chain), func(i int) { l.id(a.Chain[i]) })
	l.field("claim").id(a.Claim).number("confidence", a.Confidence)
	if a.Credibility != 0 {
		l.field("credibility").literal(strconv.AppendInt(nil, int64(a.Credibility), 10))
	}
	l.field("document").id(a.Document).optional("endorsement", string(a.Endorsement)).optional("evidence", string(a.Evidence))
	l.field("id").id(a.ID)
	if len(a.SaidAt) > 0 {
		l.field("said_at").list(len(a.SaidAt), func(i int) { l.interval(a.SaidAt[i]) })
	}
	return l.field("stance").text(string(a.Stance)).field("status").text(string(cmp.Or(a.Status, headwater.Accepted))).
		field("type").text("attribution")
}

func (l *factLine) claim(c *headwater.Claim) *factLine {
	l.begin()
	if c.EventTime != nil && c.EventTime.Start != "" {
		l.field("event_time").begin().field("start").text(string(c.EventTime.Start)).close('}')
	}
	return l.field("id").id(c.ID).optional("key", c.Key).optionalID("merged_into", c.MergedInto).texts("statement", c.Statement).
		field("status").text(string(cmp.Or(c.Status, headwater.EntityActive))).field("type").text("claim")
}

func (l *factLine) document(d *Document) *factLine {
	l.begin()
	if d.DerivedFrom != uuid.Nil {
		l.field("derived_from").id(d.DerivedFrom)
	}
	l.field("id").id(d.ID)
	if !d.isUndated() {
		l.field("published").interval(d.Published)
	}
	return l.field("publisher").id(d.Publisher).flag("retracted", d.Retracted).flag("text_altered",
		d.Altered).field("type").text("document")
}

func (l *factLine) link(k *headwater.Link) *factLine {
	return l.begin().optional("degree", string(k.Degree)).field("from").id(k.From).field("id").id(k.ID).field("kind").text(string(k.Kind)).
		optional("rationale", k.Rationale).field("status").text(string(cmp.Or(k.Status, headwater.Accepted))).field("to").id(k.To).
		field("type").text("link")
}

func (l *factLine) relation(r *headwater.Relation) *factLine {
	return l.begin().field("id").id(r.ID).field("kind").text(string(r.Kind)).field("object").id(r.Object).number("share", r.Share).
		optional("since", string(r.Since)).field("subject").id(r.Subject).field("type").text("relation").optional("until", string(r.Until))
}

func (l *factLine) source(s *headwater.Source) *factLine {
	return l.begin().flag("anonymous", s.Anonymous).optional("control_reviewed_at", string(s.ControlReviewedAt)).
		optional("country", s.Country).field("id").id(s.ID).optional("key", s.Key).field("kind").text(string(s.Kind)).
		optionalID("merged_into", s.MergedInto).field("name").text(s.Name).texts("names", s.Names).
		optional("reliability", string(s.Reliability)).field("status").text(string(cmp.Or(s.Status, headwater.EntityActive))).
		field("type").text("source")
}

// begin begins an object. The line's own begins where the one before has ended.
func (l *factLine) begin() *factLine {
	l.bytes = append(l.bytes, '{')
	return l
}

func (l *factLine) close(with byte) *factLine {
	l.bytes = append(l.bytes, with)
	return l
}

// end writes the line, so that the next one can begin. A bufio.Writer keeps its error for Flush.
func (l *factLine) end(out *bufio.Writer) {
	_, _ = out.Write(append(l.bytes, '}', '\n'))
	l.bytes = l.bytes[:0]
}

// field begins a field of the object.
func (l *factLine) field(name string) *factLine {
	if l.bytes[len(l.bytes)-1] != '{' {
		l.bytes = append(l.bytes, ',')
	}
	l.text(name)
	l.bytes = append(l.bytes, ':')
	return l
}

func (l *factLine) list(n int, item func(int)) *factLine {
	l.bytes = append(l.bytes, '[')
	for i := range n {
		if i > 0 {
			l.bytes = append(l.bytes, ',')
		}
		item(i)
	}
	return l.close(']')
}

func (l *factLine) interval(i headwater.Interval) *factLine {
	return l.begin().optional("earliest", string(i.Earliest)).optional("latest", string(i.Latest)).close('}')
}

// literal writes a number or a truth value.
func (l *factLine) literal(text []byte) *factLine {
	l.bytes = append(l.bytes, text...)
	return l
}

func (l *factLine) flag(name string, is bool) *factLine {
	if is {
		l.field(name).literal([]byte("true"))
	}
	return l
}

func (l *factLine) optional(name, text string) *factLine {
	if text == "" {
		return l
	}
	return l.field(name).text(text)
}

func (l *factLine) optionalID(name string, id *uuid.UUID) *factLine {
	if id == nil {
		return l
	}
	return l.field(name).id(*id)
}

// number is as ECMAScript writes it, and so is encoding/json's.
func (l *factLine) number(name string, n *float64) *factLine {
	if n != nil {
		written, _ := json.Marshal(*n) // of 0 to 1
		l.field(name).literal(written)
	}
	return l
}

func (l *factLine) texts(name string, texts headwater.Texts) *factLine {
	if len(texts) == 0 {
		return l
	}
	l.field(name).begin()
	l.tags = slices.AppendSeq(l.tags[:0], maps.Keys(texts))
	slices.Sort(l.tags)
	for _, tag := range l.tags {
		l.field(tag).text(texts[tag])
	}
	return l.close('}')
}

func (l *factLine) id(id uuid.UUID) *factLine {
	l.bytes = append(l.bytes, '"')
	l.bytes = hex.AppendEncode(l.bytes, id[:4])
	for _, part := range [][]byte{id[4:6], id[6:8], id[8:10], id[10:]} {
		l.bytes = hex.AppendEncode(append(l.bytes, '-'), part)
	}
	return l.close('"')
}

// text is a string as RFC 8785 §3.2.2.2 escapes it: nothing but quotes, backslashes and control characters.
func (l *factLine) text(s string) *factLine {
	l.bytes = append(l.bytes, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			l.bytes = append(l.bytes, '\\', c)
		case c >= 0x20:
			l.bytes = append(l.bytes, c)
		default:
			l.bytes = append(l.bytes, controls[c]...)
		}
	}
	return l.close('"')
}

// controls are the escapes of the characters below the space.
var controls = func() (escapes [0x20]string) {
	for c := range escapes {
		escapes[c] = `\u00` + hex.EncodeToString([]byte{byte(c)})
	}
	escapes['\b'], escapes['\t'], escapes['\n'], escapes['\f'], escapes['\r'] = `\b`, `\t`, `\n`, `\f`, `\r`
	return escapes
}()
