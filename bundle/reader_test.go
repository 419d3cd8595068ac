package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
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
		"nothing":                   {"", 1, "", headwater.FaultRequired},
		"no header":                 {source, 1, "/key", headwater.FaultUnknownField},
		"another format":            {`{"type":"bundle","format":"headwater-bundle/2","namespace":"x:y"}`, 1, "/format", headwater.FaultNotOneOf},
		"no namespace":              {`{"type":"bundle","format":"headwater-bundle/1"}`, 1, "/namespace", headwater.FaultRequired},
		"an unknown type":           {head + `{"type":"rumour"}`, 2, "/type", headwater.FaultNotOneOf},
		"an unknown field":          {head + source + `{"type":"source","key":"b","kind":"outlet","name":"B","colour":"red"}`, 3, "/colour", headwater.FaultUnknownField},
		"a field twice":             {head + `{"type":"source","kind":"outlet","name":"A","name":"B"}`, 2, "/name", headwater.FaultDuplicate},
		"cut in the middle":         {head + source + source[:20], 3, "", headwater.FaultFormat},
		"no object":                 {head + "hello\n", 2, "", headwater.FaultFormat},
		"two objects":               {head + `{"type":"source","kind":"outlet","name":"A"} {}` + "\n", 2, "", headwater.FaultFormat},
		"not UTF-8":                 {head + "{\"type\":\"source\",\"kind\":\"outlet\",\"name\":\"\xff\"}\n", 2, "/name", headwater.FaultText},
		"a NUL character":           {head + `{"type":"source","kind":"outlet","name":"A\u0000"}`, 2, "/name", headwater.FaultText},
		"half a character":          {head + `{"type":"source","kind":"outlet","name":"\ud800"}`, 2, "/name", headwater.FaultText},
		"a month that is none":      {head + `{"type":"claim","statement":{"en":"x"},"event_time":{"start":"2023-13"}}`, 2, "/event_time/start", headwater.FaultFormat},
		"a number as a string":      {head + `{"type":"claim","statement":{"en":"x"},"quantities":[{"value":"7","unit":"u","comparator":"="}]}`, 2, "/quantities/0/value", headwater.FaultFormat},
		"a list for a text":         {head + `{"type":"source","kind":"outlet","name":["A"]}`, 2, "/name", headwater.FaultFormat},
		"a link to itself":          {head + `{"type":"link","kind":"refines","from":"a","to":"a"}`, 2, "/to", headwater.FaultSameEnds},
		"merged into nothing":       {head + `{"type":"source","kind":"outlet","name":"A","status":"merged"}`, 2, "/merged_into", headwater.FaultRequired},
		"a status that is none":     {head + `{"type":"relation","subject":"a","kind":"part_of","object":"b","status":"gone"}`, 2, "/status", headwater.FaultNotOneOf},
		"a long line":               {head + `{"type":"source","kind":"outlet","name":"` + strings.Repeat("x", bundle.MaxLine) + "\"}\n" + source, 2, "", headwater.FaultTooLong},
		"an empty line in between":  {head + "\n" + source, 2, "", headwater.FaultRequired},
		"a key with a space":        {head + `{"type":"source","key":"a b","kind":"outlet","name":"A"}`, 2, "/key", headwater.FaultFormat},
		"a namespace without a key": {head + `{"type":"source","namespace":"x:y","kind":"outlet","name":"A"}`, 2, "/namespace", headwater.FaultConflict},
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

func TestReadingGoesOnAfterAFault(t *testing.T) {
	t.Parallel()
	items, faults := read(t, head+`{"type":"source","kind":"island","name":""}`+"\n"+`{"type":"source","key":"a","kind":"outlet","name":"A"}`+"\n\n")
	if len(faults) != 2 || len(items) != 1 || items[0].Line != 3 {
		t.Errorf("got %d items and faults %v", len(items), faults)
	}
}

func TestAKeyLeadsToTheIDThatItsObjectCarries(t *testing.T) {
	t.Parallel()
	id := "6f1c0a52-6a5e-4f0e-9d0e-3f1f6a1b2c3d"
	items, faults := read(t, head+`{"type":"document","kind":"article","publisher":"a"}`+"\n"+`{"type":"source","id":"`+id+`","key":"a","kind":"outlet","name":"A"}`+"\n")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if got := items[0].Thing.(*headwater.Document).Publisher; got != uuid.MustParse(id) {
		t.Errorf("publisher is %s, want %s", got, id)
	}
	if r := items[0].References[0]; r.Given != "a" || r.Pointer != "/publisher" {
		t.Errorf("reference is %+v", r)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(`{"type":"source","key":"a","kind":"outlet","name":"A","names":{"ar":"أ"}}`)
	f.Add(`{"type":"attribution","claim":"c","document":"d","stance":"denies","content":{"start":0,"end":1,"exact":"ش"},"chain":[{"source":"a"}]}`)
	f.Add(`{"type":"claim","statement":{"en":"x"},"quantities":[{"value":1e3,"unit":"u","comparator":"~"}],"event_time":{"start":"2023","end":null}}`)
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
