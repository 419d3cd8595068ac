package bundle_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/internal/testenv"
)

const head = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://headwater.example/test"}` + "\n"

func TestFaults(t *testing.T) {
	t.Parallel()
	source := `{"type":"source","key":"a","kind":"outlet","name":"A"}` + "\n"
	for name, test := range map[string]struct {
		text    string
		line    int
		pointer headwater.Pointer
		code    headwater.FaultCode
	}{
		"nothing":   {"", 1, "", headwater.FaultRequired},
		"no header": {source, 1, "/type", headwater.FaultNotOneOf},
		"another format": {`{"type":"bundle","format":"headwater-bundle/2","namespace":"x:y"}`, 1, "/format",
			headwater.FaultNotOneOf},
		"no namespace":    {`{"type":"bundle","format":"headwater-bundle/1"}`, 1, "/namespace", headwater.FaultRequired},
		"an unknown type": {head + `{"type":"rumour"}`, 2, "/type", headwater.FaultNotOneOf},
		"an unknown field": {head + source + `{"type":"source","key":"b","kind":"outlet","name":"B","colour":"red"}`, 3, "/colour",
			headwater.FaultUnknownField},
		"a field twice": {head + `{"type":"source","kind":"outlet","name":"A","name":"B"}`, 2, "/name",
			headwater.FaultDuplicate},
		"cut in the middle": {head + source + source[:20], 3, "", headwater.FaultFormat},
		"no object":         {head + "hello\n", 2, "", headwater.FaultFormat},
		"two objects":       {head + `{"type":"source","kind":"outlet","name":"A"} {}` + "\n", 2, "", headwater.FaultFormat},
		"not UTF-8": {head + "{\"type\":\"source\",\"kind\":\"outlet\",\"name\":\"\xff\"}\n", 2, "/name",
			headwater.FaultText},
		"a NUL character":  {head + `{"type":"source","kind":"outlet","name":"A\u0000"}`, 2, "/name", headwater.FaultText},
		"half a character": {head + `{"type":"source","kind":"outlet","name":"\ud800"}`, 2, "/name", headwater.FaultText},
		"a month that is none": {head + `{"type":"claim","statement":{"en":"x"},"event_time":{"start":"2023-13"}}`, 2,
			"/event_time/start", headwater.FaultFormat},
		"a number as a string": {head +
			`{"type":"claim","statement":{"en":"x"},"quantities":[{"value":"7","unit":"u","comparator":"="}]}`, 2, "/quantities/0/value",
			headwater.FaultFormat},
		"a list for a text": {head + `{"type":"source","kind":"outlet","name":["A"]}`, 2, "/name", headwater.FaultFormat},
		"a link to itself":  {head + `{"type":"link","kind":"refines","from":"a","to":"a"}`, 2, "/to", headwater.FaultSameEnds},
		"merged into nothing": {head + `{"type":"source","kind":"outlet","name":"A","status":"merged"}`, 2, "/merged_into",
			headwater.FaultRequired},
		"a status that is none": {head + `{"type":"relation","subject":"a","kind":"part_of","object":"b","status":"gone"}`, 2,
			"/status", headwater.FaultNotOneOf},
		"a long line": {head + `{"type":"source","kind":"outlet","name":"` + strings.Repeat("x", bundle.MaxLine) + "\"}\n" +
			source, 2, "", headwater.FaultTooLong},
		"an empty line in between": {head + "\n" + source, 2, "", headwater.FaultRequired},
		"a key with a space":       {head + `{"type":"source","key":"a b","kind":"outlet","name":"A"}`, 2, "/key", headwater.FaultFormat},
		"a field in capitals":      {head + `{"type":"source","kind":"outlet","Name":"A"}`, 2, "/Name", headwater.FaultUnknownField},
		"an unknown field inside": {head +
			`{"type":"attribution","claim":"c","document":"d","stance":"affirms","chain":[{"source":"a"},{"source":"b","sauce":1}]}`, 2,
			"/chain/1/sauce", headwater.FaultUnknownField},
		"a field of the API alone": {head + `{"type":"source","kind":"outlet","name":"A","version":3}`, 2, "/version",
			headwater.FaultUnknownField},
		"a field twice inside": {head + `{"type":"claim","statement":{"en":"x","ar":"س","en":"y"}}`, 2, "/statement/en",
			headwater.FaultDuplicate},
		"a type that is no text": {head + `{"type":7}`, 2, "/type", headwater.FaultFormat},
		"no type":                {head + `{"kind":"outlet"}`, 2, "/type", headwater.FaultRequired},
		"a second header":        {head + head, 2, "/type", headwater.FaultNotOneOf},
		"a header with a NUL": {`{"type":"bundle","format":"headwater-bundle/1","namespace":"x:\u0000"}`, 1, "/namespace",
			headwater.FaultFormat},
		"a list for an object":    {head + `["source"]`, 2, "", headwater.FaultFormat},
		"an object within a line": {head + `{"type":"source",` + "\n" + `"kind":"outlet"}` + "\n", 2, "", headwater.FaultFormat},
		"a bare NUL": {head + "{\"type\":\"source\",\"kind\":\"outlet\",\"name\":\"A\x00\"}\n", 2, "/name",
			headwater.FaultText},
		"cut within a character": {head + "{\"type\":\"source\",\"name\":\"\xd9", 2, "/name", headwater.FaultFormat},
		"a quantity without number": {head + `{"type":"claim","statement":{"en":"x"},"quantities":[{"unit":"u","comparator":"="}]}`, 2,
			"/quantities/0/value", headwater.FaultRequired},
		"half an entry": {head +
			`{"type":"attribution","claim":"c","document":"d","stance":"affirms","content":{"start":0.5,"end":1,"exact":"x"},` +
			`"chain":[{"source":"a"}]}`, 2, "/content/start", headwater.FaultFormat},
		"no chain": {head + `{"type":"attribution","claim":"c","document":"d","stance":"affirms","chain":[]}`, 2, "/chain",
			headwater.FaultRequired},
		"a reference with a space": {head + `{"type":"relation","subject":"a b","kind":"part_of","object":"b"}`, 2, "/subject",
			headwater.FaultFormat},
		"an id that is none": {head + `{"type":"source","id":"7","kind":"outlet","name":"A"}`, 2, "/id", headwater.FaultFormat},
		"the nil id": {head + `{"type":"source","id":"00000000-0000-0000-0000-000000000000","kind":"outlet","name":"A"}`, 2,
			"/id", headwater.FaultFormat},
		"a key that is an id": {head + `{"type":"source","key":"6f1c0a52-6a5e-4f0e-9d0e-3f1f6a1b2c3d","kind":"outlet","name":"A"}`, 2,
			"/key", headwater.FaultFormat},
		"merged into itself": {head + `{"type":"claim","key":"c","statement":{"en":"x"},"status":"merged","merged_into":"c"}`, 2,
			"/merged_into", headwater.FaultLoop},
		"a reprint of itself": {head + `{"type":"document","key":"d","kind":"article","publisher":"a","derived_from":"d"}`, 2,
			"/derived_from", headwater.FaultLoop},
		"merged but active": {head + `{"type":"claim","key":"c","statement":{"en":"x"},"merged_into":"d"}`, 2, "/merged_into",
			headwater.FaultConflict},
		"a namespace without a key": {head + `{"type":"source","namespace":"x:y","kind":"outlet","name":"A"}`, 2, "/namespace",
			headwater.FaultConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, faults := read(t, test.text)
			if len(faults) == 0 {
				t.Fatal("no fault")
			}
			if f := faults[0]; f.Line != test.line || f.Pointer != test.pointer || f.Code != test.code {
				t.Errorf("got %v, want line %d: %s: %s", f, test.line, test.pointer, test.code)
			}
		})
	}
}

func TestAFaultSaysWhatWasGivenAndWhatIsExpected(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ line, want string }{
		"a near name": {`{"type":"source","kind":"outlet","name":"A","aliasses":[]}`,
			`line 2: /aliasses: unknown_field: "aliasses", expected perhaps aliases`},
		"an id in another form": {`{"type":"source","id":"urn:uuid:6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d","kind":"outlet","name":"A"}`,
			`line 2: /id: bad_format: "urn:uuid:6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", expected a UUID`},
		"a reference in another form": {`{"type":"relation","kind":"part_of","subject":"a",` +
			`"object":"{6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d}"}`,
			`line 2: /object: bad_format: "{6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d}", expected a key that is a UUID in no form, since a ` +
				`reference may be a key or an id`},
		"a wrong type": {`{"type":"source","kind":"outlet","name":"A","domains":["a.example",{"b":1}]}`,
			`line 2: /domains/1: bad_format: "{\"b\":1}", expected a text in quotes`},
		"a cut": {`{"type":"source","ki`,
			`line 2: /: bad_format: "{\"type\":\"source\",\"ki", expected a whole JSON object: the file is cut off within its last line`},
		"a broken line": {`{"type":"source","kind" "outlet"}`,
			"line 2: /kind: bad_format: \"{\\\"type\\\":\\\"source\\\",\\\"kind\\\" \\\"outlet\\\"}\", expected JSON: at byte 25, " +
				"invalid character '\"' after object name (expecting ':')"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, faults := read(t, head+test.line); faults.Error() != test.want {
				t.Errorf("got  %s\nwant %s", faults.Error(), test.want)
			}
		})
	}
}

func TestAllFaultsOfALineAtOnce(t *testing.T) {
	t.Parallel()
	_, faults := read(t, head+`{"type":"attribution","colour":1,"claim":"a `+
		`b","document":"d","stance":"maybe","chain":[{"source":"s","tone":{"x":[]}},{"act":"sings"}],"size":2}`)
	got := map[headwater.Pointer]headwater.FaultCode{}
	for _, f := range faults {
		got[f.Pointer] = f.Code
	}
	want := map[headwater.Pointer]headwater.FaultCode{
		"/colour": headwater.FaultUnknownField, "/size": headwater.FaultUnknownField, "/chain/0/tone": headwater.FaultUnknownField,
		"/claim": headwater.FaultFormat, "/stance": headwater.FaultNotOneOf, "/chain/1/source": headwater.FaultRequired,
		"/chain/1/act": headwater.FaultNotOneOf,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownFieldsAreNamedUpToALimit(t *testing.T) {
	t.Parallel()
	var line strings.Builder
	for i := range 1_000 {
		fmt.Fprintf(&line, `,"x%d":{}`, i)
	}
	if _, faults := read(t, head+`{"type":"source"`+line.String()+"}"); len(faults) < 20 || len(faults) > 40 {
		t.Errorf("got %d faults", len(faults))
	}
}

func TestWhatEditorsAddDoesNoHarm(t *testing.T) {
	t.Parallel()
	text := "\uFEFF" + head + `{"name":"A", "kind":"outlet", "type":"source"}` + "\n\n"
	for name, text := range map[string]string{
		"a byte order mark and empty lines at the end": text,
		"carriage returns":  strings.ReplaceAll(text, "\n", "\r\n"),
		"no newline at all": strings.TrimSpace(text),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if items, faults := read(t, text); len(items) != 1 || len(faults) > 0 {
				t.Errorf("got %d items and faults %v", len(items), faults)
			}
		})
	}
}

// spaces is a bundle of one line far longer than is allowed, never held as a whole.
type spaces struct{ at, length int64 }

func (s *spaces) Read(p []byte) (int, error) {
	if s.at == s.length {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), s.length-s.at))
	for i := range p[:n] {
		p[i] = ' '
	}
	if s.at == 0 {
		n = copy(p, head)
	}
	s.at += int64(n)
	return n, nil
}

func (s *spaces) Seek(offset int64, _ int) (int64, error) {
	s.at = offset
	return offset, nil
}

func TestALongLineIsNotHeld(t *testing.T) {
	t.Parallel()
	testenv.Measures(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var faults bundle.LineFaults
	for _, err := range bundle.NewReader(&spaces{length: 1 << 30}).Items() {
		if !errors.As(err, &faults) || faults[0].Code != headwater.FaultTooLong || faults[0].Line != 2 {
			t.Errorf("got %v", err)
		}
	}
	if len(faults) != 1 {
		t.Errorf("got %d faults", len(faults))
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.Sys) - int64(before.Sys); grown > 1<<29 {
		t.Errorf("the process grew by %d bytes", grown)
	}
}

func TestReadingGoesOnAfterAFault(t *testing.T) {
	t.Parallel()
	items, faults := read(t, head+`{"type":"source","kind":"island","name":""}`+"\n"+`{"type":"source","key":"a","kind":"outlet",`+
		`"name":"A"}`+"\n\n")
	if len(faults) != 2 || len(items) != 1 || items[0].Line != 3 {
		t.Errorf("got %d items and faults %v", len(items), faults)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(`{"type":"source","key":"a","kind":"outlet","name":"A","names":{"ar":"أ"}}`)
	f.Add(`{"type":"attribution","claim":"c","document":"d","stance":"denies","content":{"start":0,"end":1,"exact":"ش"},` +
		`"chain":[{"source":"a"}]}`)
	f.Add(`{"type":"claim","statement":{"en":"x"},"quantities":[{"value":1e3,"unit":"u","comparator":"~"}],"event_time":{"start":"2023",` +
		`"end":null}}`)
	f.Add(`{"type":"link","kind":"contradicts","from":"b","to":"a"}`)
	f.Fuzz(func(t *testing.T, line string) {
		items, faults := read(t, head+line)
		if len(faults) > 0 {
			return
		}
		written := write(t, items)
		again, faults := read(t, written)
		if len(faults) > 0 || write(t, again) != written {
			t.Errorf("%q was read, but what is written of it, %q, is not read the same: %v", line, written, faults)
		}
	})
}
