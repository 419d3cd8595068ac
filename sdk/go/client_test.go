package headwater_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

func TestAClaimIsMadeReadChangedAndRetracted(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	made, err := c.CreateClaim(ctx, headwater.NewClaim{
		Key:       "sdk-containers",
		Statement: map[string]string{"ar": "شُحنت نحو ٧٠٠٠ حاوية.", "en": "About 7,000 containers were shipped."},
		Quantities: []headwater.Quantity{
			{Value: "7000.10", Unit: "container", Comparator: headwater.ComparatorTilde},
			{Value: "12345678901234567890.123456789", Unit: "rivet", Comparator: headwater.ComparatorEqual},
		},
		EventTime: &headwater.Period{Start: "2023-08"},
		Topics:    []string{"arms", "shipping"},
	}, &headwater.CreateClaimParams{Reason: "the SDK's tests"})
	if err != nil {
		t.Fatal(err)
	}
	read, err := c.GetClaim(ctx, made.ID, nil)
	if err != nil || read.Statement["ar"] != "شُحنت نحو ٧٠٠٠ حاوية." || read.EventTime.Start != "2023-08" || read.EventTime.End != "" ||
		len(read.Quantities) != 2 {
		t.Fatalf("read %+v, %v", read, err)
	}
	if got := read.Quantities[1].Value; got != "12345678901234567890.123456789" {
		t.Errorf("an exact decimal became %s", got)
	}
	changed, err := c.PatchClaim(ctx, made.ID, headwater.ClaimPatch{
		Scope:  nullable.NewNullableWithValue("one port"),
		Topics: nullable.NewNullNullable[[]string](),
	}, &headwater.PatchClaimParams{IfMatch: headwater.ETag(made.Version)})
	if err != nil || changed.Scope != "one port" || len(changed.Topics) != 0 || changed.EventTime == nil || changed.Version != 2 {
		t.Fatalf("changed %+v, %v", changed, err)
	}
	if _, err := c.GetClaim(ctx, made.ID, &headwater.GetClaimParams{IfNoneMatch: headwater.ETag(2)}); !errors.Is(err,
		headwater.ErrNotModified) {
		t.Errorf("the version that the client has gives %v", err)
	}
	retracted, err := c.RetractClaim(ctx, made.ID, &headwater.RetractClaimParams{IfMatch: "*"})
	if err != nil || retracted.Status != headwater.EntityStatusRetracted {
		t.Fatalf("retracted %+v, %v", retracted, err)
	}
	want := []headwater.Operation{headwater.OperationCreate, headwater.OperationUpdate, headwater.OperationRetract}
	var history []headwater.Operation
	for patience := time.Now().Add(30 * time.Second); len(history) < len(want) && time.Now().Before(patience); time.Sleep(
		20 * time.Millisecond) {
		history = nil // a change is listed once no transaction is open that began before it
		for change, err := range c.ListChanges(ctx, &headwater.ListChangesParams{ResourceID: made.ID, Limit: 1}) {
			if err != nil || change.ResourceID != made.ID {
				t.Fatalf("the history has %+v, %v", change, err)
			}
			history = append(history, change.Operation)
		}
	}
	if !slices.Equal(history, want) {
		t.Errorf("the history is %v", history)
	}
}

func TestProblemsAreTyped(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	made, err := c.CreateSource(ctx, headwater.NewSource{Key: "sdk-paper", Kind: headwater.SourceKindOutlet, Name: "الصحيفة"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		status int
		code   headwater.ProblemCode
		ask    func() error
	}{
		"a key that is taken": {http.StatusConflict, headwater.ProblemCodeAlreadyExists, func() error {
			_, err := c.CreateSource(ctx, headwater.NewSource{Key: "sdk-paper", Kind: headwater.SourceKindOutlet, Name: "Another"}, nil)
			return err
		}},
		"a version that is not there": {http.StatusPreconditionFailed, headwater.ProblemCodeVersionMismatch, func() error {
			_, err := c.UpdateSource(ctx, made.ID, headwater.SourceFields{Kind: headwater.SourceKindOutlet, Name: "Paper"},
				&headwater.UpdateSourceParams{IfMatch: headwater.ETag(7)})
			return err
		}},
		"no version": {http.StatusPreconditionRequired, headwater.ProblemCodeVersionRequired, func() error {
			_, err := c.RetractSource(ctx, made.ID, nil)
			return err
		}},
		"nothing": {http.StatusNotFound, headwater.ProblemCodeNotFound, func() error {
			_, err := c.GetSource(ctx, uuid.New(), nil)
			return err
		}},
		"a stranger": {http.StatusUnauthorized, headwater.ProblemCodeUnauthorized, func() error {
			_, err := client(t, headwater.WithKey("hw_none")).GetSource(ctx, made.ID, nil)
			return err
		}},
		"a list below nothing": {http.StatusNotFound, headwater.ProblemCodeNotFound, func() error {
			_, err := headwater.First(c.ListClaimLinks(ctx, uuid.New(), nil))
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.ask()
			var problem *headwater.Problem
			if !errors.As(err, &problem) {
				t.Fatalf("%v is no problem", err)
			}
			if problem.Status != c.status || problem.Code != c.code || problem.RequestID == "" ||
				problem.Header.Get("X-Request-Id") != problem.RequestID || problem.Detail == "" {
				t.Errorf("%+v", problem.ProblemDetails)
			}
			if c.code == headwater.ProblemCodeVersionMismatch && problem.Header.Get("ETag") != headwater.ETag(made.Version) {
				t.Errorf("the version that it has now is %q", problem.Header.Get("ETag"))
			}
		})
	}
}

func TestAllFaultsAreGivenAtOnce(t *testing.T) {
	t.Parallel()
	_, err := client(t).CreateLink(t.Context(), headwater.NewLink{From: uuid.NewString(), To: uuid.NewString(),
		Kind: headwater.LinkKindRefines, Confidence: new(1.5)}, nil)
	var problem *headwater.Problem
	if !errors.As(err, &problem) || problem.Status != http.StatusUnprocessableEntity || problem.Code != headwater.ProblemCodeInvalid ||
		len(problem.Errors) == 0 {
		t.Fatal(err)
	}
	for _, fault := range problem.Errors {
		if fault.Code == "" || fault.Pointer == "" || fault.Expected == "" || !strings.Contains(err.Error(),
			fault.Pointer+": "+string(fault.Code)) {
			t.Errorf("%+v is not in %v", fault, err)
		}
	}
}

func TestAReportAndItsDrawing(t *testing.T) {
	t.Parallel()
	c, ctx, claim := client(t), t.Context(), demoClaim(t, "harbour-blast-toll")
	whole, err := c.GetClaimCorroboration(ctx, claim.ID, nil)
	if err != nil || whole.Standing != headwater.StandingContested || whole.Affirming.Attributions != 19 ||
		whole.Affirming.IndependentOrigins.Max != 5 || whole.Affirming.Lines != 1 || len(whole.Affirming.CommonLinks) != 1 {
		t.Fatalf("%+v, %v", whole, err)
	}
	without, err := c.GetClaimCorroboration(ctx, claim.ID, &headwater.GetClaimCorroborationParams{Without: []string{"oxbow-wire",
		"dockwatch"}})
	if err != nil || without.Affirming.IndependentOrigins.Min != 0 || without.Affirming.Lines != 0 {
		t.Errorf("without its carrier: %+v, %v", without, err)
	}
	many, err := c.AnalyzeClaims(ctx, headwater.Questions{Claims: []string{claim.ID.String()}}, nil)
	if err != nil || len(many.Items) != 1 || many.Items[0].Standing != whole.Standing {
		t.Errorf("%+v, %v", many, err)
	}
	drawing, err := c.GetClaimProvenanceAs(ctx, claim.ID, nil, "text/vnd.mermaid")
	if err != nil {
		t.Fatal(err)
	}
	defer drawing.Close()
	if text, err := io.ReadAll(drawing); err != nil || !strings.HasPrefix(string(text), "flowchart") {
		t.Errorf("the drawing is %.40q, %v", text, err)
	}
	graph, err := c.GetClaimProvenance(ctx, claim.ID, nil)
	if err != nil || len(graph.Affirming.Edges) == 0 {
		t.Errorf("%+v, %v", graph, err)
	}
}

func TestAnAnnotatorsWork(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	const text = "أفاد مصدر في الميناء 🚢 أن السفينة أبحرت. The ship has sailed."
	outlet, err := c.CreateSource(ctx, headwater.NewSource{Kind: headwater.SourceKindOutlet, Name: "The Quay"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	document, err := c.CreateDocument(ctx, headwater.NewDocument{Publisher: outlet.ID.String(), Kind: headwater.DocumentKindArticle,
		Language: "ar", Text: text}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claim, err := c.CreateClaim(ctx, headwater.NewClaim{Statement: map[string]string{"en": "The ship has sailed."}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	words, err := headwater.Select(text, "أن السفينة أبحرت")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateAttribution(ctx, headwater.NewAttribution{
		Claim: claim.ID.String(), Document: document.ID.String(), Stance: headwater.StanceAffirms, Content: words.New(),
		Confidence: new(0.0), Chain: []headwater.NewHop{{Source: outlet.ID.String(), Act: headwater.ActPublishes}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := headwater.First(c.Chains(ctx, claim.ID, nil))
	if err != nil || chain.String() != "The Quay" || *chain.Attribution.Confidence != 0 {
		t.Fatalf("%+v, %v", chain, err)
	}
	content := chain.Attribution.Content
	if cut, err := headwater.Cut(text, content.Start, content.End); err != nil || cut != content.Exact {
		t.Errorf("the offsets cut %q, %v; the words are %q", cut, err, content.Exact)
	}
}

func TestNewRefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "127.0.0.1:8080", "localhost:8080", "ftp://headwater.example", "/v1", "http://"} {
		if _, err := headwater.New(address); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
}

func TestHealthAndAnAddressWithAPath(t *testing.T) {
	t.Parallel()
	c := client(t)
	if err := errors.Join(c.GetHealth(t.Context()), c.GetReadiness(t.Context())); err != nil {
		t.Error(err)
	}
	proxy := front(t, func(r *http.Request, forward http.HandlerFunc) http.HandlerFunc {
		path, below := strings.CutPrefix(r.URL.Path, "/facts")
		if !below {
			t.Errorf("asked for %s", r.URL)
		}
		r.URL.Path = path
		return forward
	})
	if err := clientOf(t, proxy+"/facts/").GetHealth(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotHeadwaterIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		want   string
	}{"a page": {http.StatusOK, "is Headwater there?"}, "a page of an error": {http.StatusTeapot, "418"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := front(t, func(*http.Request, http.HandlerFunc) http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					w.WriteHeader(c.status)
					io.WriteString(w, "<html>")
				}
			})
			if _, err := headwater.First(clientOf(t, page).ListClaims(t.Context(), nil)); err == nil || !strings.Contains(err.Error(),
				c.want) {
				t.Errorf("it gives %v", err)
			}
		})
	}
}

func TestKeysAreMadeOnce(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	made, err := c.CreateKey(ctx, headwater.APIKeyFields{Name: "reader", Scopes: []headwater.Scope{headwater.ScopeRead},
		ExpiresAt: time.Now().Add(time.Hour)}, nil)
	if err != nil || !strings.HasPrefix(made.Token, "hw_") {
		t.Fatalf("%+v, %v", made, err)
	}
	_, err = client(t, headwater.WithKey(made.Token)).CreateSource(ctx, headwater.NewSource{Kind: headwater.SourceKindOutlet,
		Name: "Paper"}, nil)
	var problem *headwater.Problem
	if !errors.As(err, &problem) || problem.Code != headwater.ProblemCodeForbidden {
		t.Errorf("a reader writes: %v", err)
	}
	for key, err := range c.ListKeys(ctx, nil) {
		if err != nil || key.ID == made.ID && !slices.Equal(key.Scopes, made.Scopes) {
			t.Errorf("%+v, %v", key, err)
		}
	}
}
