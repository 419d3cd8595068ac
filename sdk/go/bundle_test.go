package headwater_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

const claims = 1000

// TestAThousandClaims are imported as they are written, and walked by iterator over small pages, each once and in order.
func TestAThousandClaims(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	imported, err := c.Import(ctx, "https://sdk.example/thousand", func(w *headwater.LineWriter) error {
		for i := range claims {
			err := w.Write(&headwater.ClaimLine{Key: fmt.Sprintf("claim-%04d", i),
				Statement: map[string]string{"en": fmt.Sprintf("Crane %d stood idle.", i)}, Topics: []string{"sdk-thousand"}})
			if err != nil {
				return err
			}
		}
		return nil
	}, &headwater.ImportBundleParams{Reason: "a thousand"})
	if err != nil || imported.Counts["claim"].Added != claims {
		t.Fatalf("%+v, %v", imported, err)
	}
	list := c.ListClaims(ctx, &headwater.ListClaimsParams{Topic: "sdk-thousand", Limit: 7})
	for range 2 { // a list may be walked again
		var ids, keys []string
		for claim, err := range list {
			if err != nil {
				t.Fatal(err)
			}
			ids, keys = append(ids, claim.ID.String()), append(keys, claim.Key)
		}
		slices.Sort(keys)
		if !slices.IsSorted(ids) || len(slices.Compact(keys)) != claims {
			t.Fatalf("%d claims, in order: %v", len(keys), slices.IsSorted(ids))
		}
	}
	var met int
	for range list {
		if met++; met == 10 {
			break
		}
	}
	var sizes []int
	for page, err := range c.ListClaimsPages(ctx, &headwater.ListClaimsParams{Topic: "sdk-thousand", Limit: 400}) {
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Items))
	}
	if !slices.Equal(sizes, []int{400, 400, 200}) {
		t.Errorf("pages of %v", sizes)
	}
}

func TestAnErrorOnALaterPageEndsTheWalk(t *testing.T) {
	t.Parallel()
	address, _, _ := hindered(t, 0, nil)
	broken := front(t, func(r *http.Request, forward http.HandlerFunc) http.HandlerFunc {
		if r.URL.Query().Get("cursor") != "" {
			return refuse(http.StatusInternalServerError, "")
		}
		return forward
	})
	for address, fails := range map[string]bool{address: false, broken: true} {
		var walked int
		var failed error
		for _, err := range clientOf(t, address).ListSources(t.Context(), &headwater.ListSourcesParams{Limit: 3}) {
			if err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			walked++
		}
		if (failed != nil) != fails || fails && walked != 3 {
			t.Errorf("walked %d, %v", walked, failed)
		}
	}
}

// TestAnExportIsImportedAgain: what is read line by line and written line by line says the same. It runs alone, as other
// tests would change things in between.
func TestAnExportIsImportedAgain(t *testing.T) {
	c, ctx := client(t), t.Context()
	kinds := map[string]int{}
	var names []string
	imported, err := c.Import(ctx, demo, func(w *headwater.LineWriter) error {
		for line, err := range c.Export(ctx) {
			if err != nil {
				return err
			}
			kinds[fmt.Sprintf("%T", line)]++
			if source, ok := line.(*headwater.SourceLine); ok {
				names = append(names, source.Name)
			}
			if _, ok := line.(*headwater.BundleHeader); ok {
				continue // the writer's own
			}
			if err := w.Write(line); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for resource, count := range imported.Counts {
		if count.Added+count.Changed != 0 || count.Unchanged == 0 && resource != "match" { // the demo has none
			t.Errorf("%s: %+v", resource, count)
		}
	}
	if len(kinds) != 8 || kinds["*headwater.BundleHeader"] != 1 || kinds["*headwater.AttributionLine"] < 62 ||
		!slices.Contains(names, "وكالة مرجان للأنباء") {
		t.Errorf("lines %v of %q", kinds, names)
	}
}

// TestAFileIsReadAndWritten: a bundle written by hand, with keys for references, is the same when it is written again.
func TestAFileIsReadAndWritten(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../testdata/demo.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out bytes.Buffer
	w, err := headwater.NewLineWriter(&out, demo)
	if err != nil {
		t.Fatal(err)
	}
	for line, err := range headwater.ReadLines(file) {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := line.(*headwater.BundleHeader); ok {
			continue
		}
		if err := w.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	imported, err := client(t).ImportBundleFrom(t.Context(), "application/x-ndjson", &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	for resource, count := range imported.Counts {
		if count.Added+count.Changed != 0 || count.Unchanged == 0 && resource != "match" { // the demo has none
			t.Errorf("%s: %+v", resource, count)
		}
	}
}

// TestAMatchIsALine: what bundles carry besides the demo's lines is read and written too.
func TestAMatchIsALine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := headwater.NewLineWriter(&out, demo)
	if err == nil {
		err = errors.Join(w.Write(headwater.IdentityMatchLine{A: "a", B: "b", Kind: "same_source"}), w.Flush())
	}
	if err != nil {
		t.Fatal(err)
	}
	for line, err := range headwater.ReadLines(&out) {
		if match, ok := line.(*headwater.IdentityMatchLine); err != nil || ok && (match.A != "a" || match.B != "b") {
			t.Errorf("%+v (%v)", line, err)
		}
	}
}

func TestABrokenBundleIsSeen(t *testing.T) {
	t.Parallel()
	const header = `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://sdk.example/"}` + "\n"
	for name, c := range map[string]struct {
		text  string
		cut   bool
		lines int
	}{
		"nothing":              {"", true, 0},
		"within the header":    {header[:20], true, 0},
		"within a line":        {header + `{"type":"source","ki`, true, 1},
		"before a newline":     {header + `{"type":"source","kind":"outlet","name":"Paper"}`, true, 1},
		"no header":            {`{"type":"source","kind":"outlet","name":"Paper"}` + "\n", false, 0},
		"a second header":      {header + header, false, 1},
		"an unknown type":      {header + `{"type":"rumour"}` + "\n", false, 1},
		"a line that is empty": {header + "\n", false, 1},
		"no object":            {header + "17\n", false, 1},
		"another kind":         {header + `{"type":"source","name":7}` + "\n", false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines int
			var failed error
			for _, err := range headwater.ReadLines(strings.NewReader(c.text)) {
				if failed != nil {
					t.Fatal("it goes on after an error")
				}
				if failed = err; err == nil {
					lines++
				}
			}
			if failed == nil || errors.Is(failed, headwater.ErrCutOff) != c.cut || lines != c.lines {
				t.Errorf("%d lines, then %v", lines, failed)
			}
		})
	}
}

// TestAnExportThatBreaksOff gives what came, and then an error: also where it broke off between two lines.
func TestAnExportThatBreaksOff(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(text string) string{
		"within a line":     func(text string) string { return text[:len(text)/2] },
		"between two lines": func(text string) string { return text[:strings.LastIndex(text[:len(text)/2], "\n")+1] },
		"before all":        func(string) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := front(t, func(_ *http.Request, forward http.HandlerFunc) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					r.Header.Del("Accept-Encoding")
					answer := httptest.NewRecorder()
					forward(answer, r)
					w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
					io.WriteString(w, cut(answer.Body.String()))
					w.(http.Flusher).Flush()
					panic(http.ErrAbortHandler)
				}
			})
			var lines int
			var failed error
			for _, err := range clientOf(t, address).Export(t.Context()) {
				if failed = err; err == nil {
					lines++
				}
			}
			if !errors.Is(failed, io.ErrUnexpectedEOF) || (lines == 0) != (name == "before all") {
				t.Errorf("%d lines, then %v", lines, failed)
			}
		})
	}
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	source := &headwater.SourceLine{Key: "sdk-nobody", Kind: headwater.SourceKindPerson, Name: "Nobody"}
	unfinished := errors.New("the archive is closed")
	_, err := c.Import(ctx, "https://sdk.example/none", func(w *headwater.LineWriter) error {
		if err := errors.Join(w.Write(source), w.Flush()); err != nil {
			return err
		}
		return unfinished
	}, nil)
	if !errors.Is(err, unfinished) {
		t.Errorf("the writer's error became %v", err)
	}
	_, err = c.Import(ctx, "https://sdk.example/none", func(w *headwater.LineWriter) error {
		return errors.Join(w.Write(source), w.Write(&headwater.RelationLine{Subject: "sdk-nobody", Kind: headwater.RelationKindPartOf,
			Object: "missing"}))
	}, nil)
	var problem *headwater.Problem
	if !errors.As(err, &problem) || problem.Status != http.StatusUnprocessableEntity || len(problem.Errors) != 1 ||
		*problem.Errors[0].Line != 3 || problem.Errors[0].Code != headwater.FaultCodeUnknownReference {
		t.Errorf("the faulty line gives %v", err)
	}
	if found, err := headwater.First(c.ListSources(ctx, &headwater.ListSourcesParams{Key: "sdk-nobody",
		Namespace: "https://sdk.example/none"})); !errors.Is(err, headwater.ErrNone) {
		t.Errorf("of what failed there is %+v, %v", found, err)
	}
	_, err = client(t, headwater.WithKey("hw_none")).Import(ctx, "https://sdk.example/none", func(w *headwater.LineWriter) error {
		for range 100_000 { // more than any buffer holds; the answer comes before the end
			if err := w.Write(source); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	if !errors.As(err, &problem) || problem.Status != http.StatusUnauthorized {
		t.Errorf("a stranger's import gives %v", err)
	}
}
