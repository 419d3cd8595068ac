package interchange_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// told joins the faults and notes of a file.
func (o told) said() string {
	var said strings.Builder
	for _, fault := range o.faults {
		said.WriteString(fault.Error() + "\n")
	}
	for _, note := range o.notes {
		said.WriteString(string(note.Pointer) + ": " + note.Text + "\n")
	}
	return said.String()
}

// TestRepeatsThatSayOtherwise: a record that says something else of what an earlier one has is told, and one that says the same is not.
func TestRepeatsThatSayOtherwise(t *testing.T) {
	t.Parallel()
	feed := func(items string) string {
		return `<rss version="2.0"><channel><title>F</title><link>https://bay.example</link>` + items + `</channel></rss>`
	}
	linked := func(title string) string {
		return "<item><link>https://bay.example/1</link><title>" + title + "</title></item>"
	}
	dated := func(moment string) string {
		return "<item><title>Ferries</title><pubDate>" + moment + "</pubDate></item>"
	}
	page := func(text string) string { return capture("resource", "text/html", text+sentence) }
	for name, test := range map[string]struct {
		format interchange.Format
		once   string // and again
		other  string
		want   string
	}{
		"items": {interchange.RSS, linked("A"), linked("B"), "record 1 has the same address, and says otherwise"},
		"items without link": {interchange.RSS, dated("2024-05-01"), dated("2024-05-01T09:00:00Z"),
			"record 1 has the same title, and no address"},
		"captures": {interchange.WARC, page(""), page("<p>Other words."), "record 1 has the same address, and says otherwise"},
	} {
		whole := func(parts ...string) string {
			if test.format == interchange.RSS {
				return feed(strings.Join(parts, ""))
			}
			return strings.Join(parts, "")
		}
		if said := read(t, whole(test.once, test.once), test.format, interchange.TableOptions{}).said(); said != "" {
			t.Errorf("%s: of the same twice is told %s", name, said)
		}
		things, err := interchange.Read(strings.NewReader(whole(test.once, test.other)), test.format, interchange.TableOptions{}, namespace)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // as an import does
			if said := items(t, things).said(); strings.Count(said, test.want) != 1 {
				t.Errorf("%s: told is %q, want %q", name, said, test.want)
			}
		}
	}
}

// TestItemsWithoutLinkAreKnownByTheirDay too, since what comes each week has one title.
func TestItemsWithoutLinkAreKnownByTheirDay(t *testing.T) {
	t.Parallel()
	document := func(date string) (id uuid.UUID) {
		for _, item := range read(t, `<rss version="2.0"><channel><title>F</title><link>https://bay.example</link><item>
			<title>Ferries</title>`+date+`</item></channel></rss>`, interchange.RSS, interchange.TableOptions{}).items {
			if item.Resource == headwater.ResourceDocument {
				id = item.Meta.ID
			}
		}
		return id
	}
	first := document("<pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate>")
	if same := document("<pubDate>2024-05-01</pubDate>"); same != first {
		t.Error("an item of the same day is another")
	}
	if next := document("<pubDate>Wed, 08 May 2024 10:00:00 GMT</pubDate>"); next == first || next == document("") {
		t.Error("that of the next week is taken for it")
	}
}

// TestWhatIsNotTold of entities and statements was lost without a word, or refused.
func TestWhatIsNotTold(t *testing.T) {
	t.Parallel()
	out := read(t, `{"id": "p", "schema": "Person", "properties": {"firstName": ["Mona"], "lastName": ["Hill"]}}
{"id": "c", "schema": "LegalEntity", "properties": {"name": ["Bay"], "parent": ["d"]}}`, interchange.FollowTheMoney,
		interchange.TableOptions{})
	if said := out.said(); len(out.items) != 2 || len(out.faults) > 0 || !strings.Contains(said, "/properties/parent: left out") {
		t.Errorf("%d things are read, told is %q", len(out.items), said)
	} else if person, is := out.items[0].Thing.(*headwater.Source); !is || person.Name != "Mona Hill" {
		t.Errorf("a person is read as %v", out.items[0].Thing)
	}
	out = read(t, `{"statementId": "s", "recordId": "r", "recordType": "relationship", "recordDetails": {
		"subject": {"reason": "noBeneficialOwners"}, "interestedParty": "p", "interests": [{"type": "shareholding"}]}}`,
		interchange.BODS, interchange.TableOptions{})
	if said := out.said(); len(out.faults) > 0 || !strings.Contains(said, "/recordDetails/subject: left out; the statement names nobody") {
		t.Errorf("of a subject that is not named is told %q", said)
	}
}

// TestPlacesOfFaults: what is too much is told of what it is.
func TestPlacesOfFaults(t *testing.T) {
	t.Parallel()
	const own = `<link rel="canonical" href="https://bay.example/1">`
	for name, test := range map[string]struct{ page, want string }{
		"a long text": {own + "<p>" + strings.Repeat("word ", 1_000_001), "line 1: /: too_long: expected a page with at most 5000000"},
		"many elements": {own + sentence + strings.Repeat("<br>", 100_001),
			"line 1: /text: too_long: expected a page of at most 100000 elements"},
	} {
		if said := read(t, test.page, interchange.HTML, interchange.TableOptions{}).said(); !strings.Contains(said, test.want) {
			t.Errorf("%s: told is %q", name, said)
		}
	}
	feed := `<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Bay &lt;b&gt;Daily&lt;/b&gt;</title>` +
		`<link href="https://bay.example"/><entry><title>A</title><link href="https://bay.example/1"/></entry></feed>`
	for _, item := range read(t, feed, interchange.RSS, interchange.TableOptions{}).items {
		if source, is := item.Thing.(*headwater.Source); is && (source.Name != "Bay Daily" || strings.Contains(source.Key, "<")) {
			t.Errorf("the feed is called %q, and known by %q", source.Name, source.Key)
		}
	}
}
