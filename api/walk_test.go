package api_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/witness/witnesstest"
)

// walkCall is a call of an operation that succeeds.
type walkCall struct {
	id, path, body string
	media          string // of the body; JSON if empty
	accept         string // the media types that it takes; all if empty
	until          string // part of the answer: a change is listed once it has its place in the order
	conflict       string // a path of the same operation whose thing's state does not allow it
}

// calls has one call of every operation of the document, over the demo's story, in an order in which each succeeds.
func (w walk) calls() []walkCall {
	w.t.Helper()
	_, _, made := w.call("POST", "/v1/keys", `{"name": "desk", "scopes": ["write", "review"]}`, w.as("admin")...)
	key := made["id"].(string)
	_, _, made = w.call("POST", "/v1/webhooks?after=0", `{"url": "https://newsroom.example/changes", "kind": "change"}`,
		w.as("admin")...)
	webhook := made["id"].(string)
	_, mistaken, _ := w.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A mistake"}`, w.as("admin")...)
	demo, local := headwater.NamespaceOf("https://headwater.example/demo"), headwater.NamespaceOf("https://headwater.example/local")
	of := func(n headwater.Namespace, r headwater.Resource, key string) string { return n.ID(r, key).String() }
	source, wire := of(local, headwater.ResourceSource, "quay-observer"), of(demo, headwater.ResourceSource, "oxbow-wire")
	merged, relation := of(demo, headwater.ResourceSource, "galeway-gazette"), of(local, headwater.ResourceRelation, "observer-owner")
	document, claim := of(local, headwater.ResourceDocument, "observer-monday"), of(local, headwater.ResourceClaim, "two-tugs")
	toll, other := of(demo, headwater.ResourceClaim, "toll-31"), of(demo, headwater.ResourceClaim, "divers-sabotage")
	attribution := local.AttributionID(local.ID(headwater.ResourceClaim, "two-tugs"), "headline").String()
	link, review := of(local, headwater.ResourceLink, "tugs-blast"), of(local, headwater.ResourceReview, "tugs-checked")
	match := of(local, headwater.ResourceMatch, "observer-gazette")
	suggesting := of(local, headwater.ResourceClaim, "tugs-3")
	for n := range 3 {
		w.call("POST", "/v1/claims",
			fmt.Sprintf(
				`{"key": "tugs-%[1]d", "statement": {"en": "There were %[1]d tugs in the harbour."}, "quantities": [{"value": %[1]d, `+
					`"unit": "tugs", "comparator": "="}], "event_time": {"start": "2025-03-12", "end": "2025-03-12"}}`, n+3),
			w.as("admin")...)
	}
	suggestions := []string{}
	for _, item := range w.items("/v1/claims/"+suggesting+"/suggestions", w.as("admin")...) {
		suggestions = append(suggestions, item.(map[string]any)["id"].(string))
	}
	const text = "Two tugs were alongside, the harbour master said. قال مدير الميناء إن قاطرتين كانتا هناك."
	const said = `"claim": "two-tugs", "document": "observer-monday", "stance": "affirms", ` +
		`"content": {"exact": "Two tugs were alongside,"}, "chain": [{"source": "quay-observer", "act": "publishes"}, ` +
		`{"source": "port-authority", "act": "says", ` +
		`"cue": {"start": 44, "end": 48, "exact": "said"}, "certainty": "certain", "evidence": "firsthand"}]`
	const linked = `"kind": "corroborates", "from": "two-tugs", "to": "petrel-sailed", "basis": "circumstance", ` +
		`"rationale": "Tugs that stand by expect a ship to leave."`
	const reviewed = `"claim": "two-tugs", "author": "quay-observer", "rating": {"label": "صحيح", "value": 5, "best": 5, "worst": 1}, ` +
		`"url": "https://observer.example/checks/tugs", "published": "2025-03-20", "language": "ar"`
	return []walkCall{
		{id: "getHealth", path: "/healthz"},
		{id: "getReadiness", path: "/readyz"},
		{id: "createSource", path: "/v1/sources",
			body: `{"key": "quay-observer", "kind": "outlet", "name": "Quay Observer", "names": {"ar": "مراقب الرصيف"}, ` +
				`"country": "Egypt", "domains": ["observer.example"]}`},
		{id: "getSource", path: "/v1/sources/" + source},
		{id: "listSourceVersions", path: "/v1/sources/" + source + "/history?limit=1", until: `"seq"`},
		{id: "listSources", path: "/v1/sources?q=observer&limit=1"},
		{id: "updateSource", path: "/v1/sources/" + source,
			body: `{"kind": "outlet", "name": "The Quay Observer", "names": {"ar": "مراقب الرصيف"}, "country": "EG", "reliability": "B"}`},
		{id: "patchSource", path: "/v1/sources/" + source, body: `{"country": null, "control_reviewed_at": "2026-03"}`,
			media: "application/merge-patch+json"},
		{id: "retractSource", path: "/v1/sources/" + source + "/retract"},
		{id: "restoreSource", path: "/v1/sources/" + source + "/restore"},
		{id: "mergeSource", path: "/v1/sources/" + merged + "/merge", body: `{"into": "` + source + `"}`},
		{id: "unmergeSource", path: "/v1/sources/" + merged + "/unmerge"},
		{id: "listSourceClaims", path: "/v1/sources/" + wire + "/claims?limit=1"},
		{id: "getSourceImpact", path: "/v1/sources/" + wire + "/impact?limit=1"},
		{id: "getSourceControl", path: "/v1/sources/" + of(demo, headwater.ResourceSource, "port-authority") + "/control?at=2025-03"},
		{id: "createRelation", path: "/v1/relations",
			body: fmt.Sprintf(
				`{"key": "observer-owner", "subject": "%s", "kind": "owned_by", "object": "%s", "share": 0.6, "since": "2019"}`,
				"quay-observer", "kharshana-group")},
		{id: "getRelation", path: "/v1/relations/" + relation},
		{id: "listRelationVersions", path: "/v1/relations/" + relation + "/history?limit=1", until: `"seq"`},
		{id: "listRelations", path: "/v1/relations?key=observer-owner"},
		{id: "updateRelation", path: "/v1/relations/" + relation,
			body: fmt.Sprintf(`{"subject": "%s", "kind": "owned_by", "object": "%s", "share": 0.4, "since": "2019"}`, source,
				of(demo, headwater.ResourceSource, "kharshana-group"))},
		{id: "patchRelation", path: "/v1/relations/" + relation, body: `{"until": "2024-06", "citation": "Company register, entry 7."}`,
			media: "application/merge-patch+json"},
		{id: "retractRelation", path: "/v1/relations/" + relation + "/retract"},
		{id: "restoreRelation", path: "/v1/relations/" + relation + "/restore"},
		{id: "createDocument", path: "/v1/documents",
			body: fmt.Sprintf(
				`{"key": "observer-monday", "publisher": "quay-observer", "kind": "article", "language": "en", "title": "Two tugs", `+
					`"published": "2025-03-17", "text": %q}`, text)},
		{id: "getDocument", path: "/v1/documents/" + document},
		{id: "listDocumentVersions", path: "/v1/documents/" + document + "/history?limit=1", until: `"seq"`},
		{id: "listDocuments", path: "/v1/documents?key=observer-monday&fields=title,url"},
		{id: "updateDocument", path: "/v1/documents/" + document,
			body: fmt.Sprintf(`{"publisher": "%s", "kind": "article", "language": "en", "title": "Two tugs stood by", "text": %q}`, source,
				text)},
		{id: "patchDocument", path: "/v1/documents/" + document,
			body:  `{"published": {"earliest": "2025-03-17", "latest": "2025-03-18"}, "url": "https://observer.example/tugs"}`,
			media: "application/merge-patch+json"},
		{id: "retractDocument", path: "/v1/documents/" + document + "/retract"},
		{id: "restoreDocument", path: "/v1/documents/" + document + "/restore"},
		{id: "createClaim", path: "/v1/claims",
			body: `{"key": "two-tugs", "statement": {"en": "Two tugs were alongside the Quiet Petrel.", "ar": "كانت قاطرتان إلى جانب ` +
				`السفينة كوايت بترل."}, "quantities": [{"value": 2, "unit": "tugs", "comparator": "="}], ` +
				`"event_time": {"start": "2025-03-11", "end": "2025-03-11"}, "topics": ["harbour"]}`},
		{id: "listClaims", path: "/v1/claims?key=two-tugs&include=standing,facets"},
		{id: "updateClaim", path: "/v1/claims/" + claim,
			body: `{"statement": {"en": "Two tugs stood alongside the Quiet Petrel.", "ar": "كانت قاطرتان إلى جانب السفينة كوايت ` +
				`بترل."}, "places": ["Qasr al-Milh"]}`},
		{id: "patchClaim", path: "/v1/claims/" + claim, body: `{"topics": ["harbour", "ships"], "places": null}`,
			media: "application/merge-patch+json"},
		{id: "listClaimVersions", path: "/v1/claims/" + claim + "/history?limit=1&order=desc", until: `"seq"`},
		{id: "retractClaim", path: "/v1/claims/" + claim + "/retract"},
		{id: "restoreClaim", path: "/v1/claims/" + claim + "/restore"},
		{id: "createAttribution", path: "/v1/attributions", body: `{"key": "headline", ` + said + `}`},
		{id: "getAttribution", path: "/v1/attributions/" + attribution},
		{id: "listAttributionVersions", path: "/v1/attributions/" + attribution + "/history?limit=1", until: `"seq"`},
		{id: "listAttributions", path: "/v1/attributions?document=" + document},
		{id: "updateAttribution", path: "/v1/attributions/" + attribution, body: `{` + said + `, "credibility": 2}`},
		{id: "patchAttribution", path: "/v1/attributions/" + attribution, body: `{"note": "The harbour master was on the quay."}`,
			media: "application/merge-patch+json"},
		{id: "rejectAttribution", path: "/v1/attributions/" + attribution + "/reject"},
		{id: "reopenAttribution", path: "/v1/attributions/" + attribution + "/reopen"},
		{id: "acceptAttribution", path: "/v1/attributions/" + attribution + "/accept"},
		{id: "listClaimAttributions", path: "/v1/claims/" + claim + "/attributions"},
		{id: "listDocumentAttributions", path: "/v1/documents/" + document + "/attributions"},
		{id: "createLink", path: "/v1/links", body: `{"key": "tugs-blast", ` + linked + `}`},
		{id: "getLink", path: "/v1/links/" + link},
		{id: "listLinkVersions", path: "/v1/links/" + link + "/history?limit=1", until: `"seq"`},
		{id: "listLinks", path: "/v1/links?key=tugs-blast"},
		{id: "updateLink", path: "/v1/links/" + link, body: `{` + linked + `, "confidence": 0.4}`},
		{id: "patchLink", path: "/v1/links/" + link, body: `{"confidence": 0.6}`, media: "application/merge-patch+json"},
		{id: "rejectLink", path: "/v1/links/" + link + "/reject"},
		{id: "acceptLink", path: "/v1/links/" + link + "/accept"},
		{id: "reopenLink", path: "/v1/links/" + link + "/reopen"},
		{id: "listProposals", path: "/v1/proposals?limit=1&claim=" + claim},
		{id: "countProposals", path: "/v1/proposals/count?resource=link&claim=" + claim},
		{id: "leaseProposals", path: "/v1/proposals/lease", body: `{"ids": ["` + link + `"], "window": "k3v9x2ma"}`},
		{id: "makeDecisions", path: "/v1/decisions", body: fmt.Sprintf(`{"items": [{"resource": "link", "id": %q, "decision": "accept", `+
			`"version": 6, "reason": "Tugs stand by where a ship leaves."}]}`, link)},
		{id: "listClaimLinks", path: "/v1/claims/" + claim + "/links"},
		{id: "listClaimCorroborations", path: "/v1/claims/" + claim + "/corroborations?include=standing,origins"},
		{id: "listClaimContradictions", path: "/v1/claims/" + toll + "/contradictions?include=standing,origins"},
		{id: "createReview", path: "/v1/reviews", body: `{"key": "tugs-checked", ` + reviewed + `}`},
		{id: "getReview", path: "/v1/reviews/" + review},
		{id: "listReviewVersions", path: "/v1/reviews/" + review + "/history?limit=1", until: `"seq"`},
		{id: "listReviews", path: "/v1/reviews?key=tugs-checked"},
		{id: "updateReview", path: "/v1/reviews/" + review, body: `{` + reviewed + `, "title": "نعم، كانت هناك قاطرتان"}`},
		{id: "patchReview", path: "/v1/reviews/" + review, body: `{"rating": {"label": "صحيح إلى حد كبير", "value": 4}}`,
			media: "application/merge-patch+json"},
		{id: "retractReview", path: "/v1/reviews/" + review + "/retract"},
		{id: "restoreReview", path: "/v1/reviews/" + review + "/restore"},
		{id: "searchFactChecks", path: "/v1alpha1/claims:search?query=" + url.QueryEscape("قاطرتان") + "&languageCode=ar&pageSize=1"},
		{id: "mergeClaim", path: "/v1/claims/" + other + "/merge", body: `{"into": "` + toll + `"}`},
		{id: "getClaim", path: "/v1/claims/" + claim + "?include=attributions", conflict: "/v1/claims/" + other + "?include=standing"},
		{id: "getClaimCorroboration", path: "/v1/claims/" + claim + "/corroboration", conflict: "/v1/claims/" + other + "/corroboration"},
		{id: "getClaimProvenance", path: "/v1/claims/" + claim + "/provenance", conflict: "/v1/claims/" + other + "/provenance"},
		{id: "getClaimCard", path: "/v1/claims/" + claim + "/card?lang=ar", conflict: "/v1/claims/" + other + "/card"},
		{id: "analyzeClaims", path: "/v1/analyses", body: `{"claims": ["` + claim + `"]}`, conflict: `{"claims": ["` + other + `"]}`},
		{id: "getClaimBundle", path: "/v1/claims/" + claim + "/bundle", conflict: "/v1/claims/" + other + "/bundle"},
		{id: "getClaimRecord", path: "/v1/claims/" + claim + "/record?format=stix",
			conflict: "/v1/claims/" + other + "/record?format=stix"},
		{id: "getClaimTimeline", path: "/v1/claims/" + claim + "/timeline?scope=evidence",
			conflict: "/v1/claims/" + other + "/timeline?scope=evidence"},
		{id: "createMatch", path: "/v1/matches",
			body: fmt.Sprintf(`{"key": "observer-gazette", "kind": "same_source", "a": "%s", "b": "%s", "score": 0.4, "basis": "name", `+
				`"rationale": "Both are called the paper of the quay."}`, source, merged)},
		{id: "getMatch", path: "/v1/matches/" + match},
		{id: "listMatchVersions", path: "/v1/matches/" + match + "/history?limit=1", until: `"seq"`},
		{id: "listMatches", path: "/v1/matches?key=observer-gazette"},
		{id: "acceptMatch", path: "/v1/matches/" + match + "/accept"},
		{id: "reopenMatch", path: "/v1/matches/" + match + "/reopen"},
		{id: "rejectMatch", path: "/v1/matches/" + match + "/reject"},
		{id: "unmergeClaim", path: "/v1/claims/" + other + "/unmerge"},
		{id: "getDocumentImpact", path: "/v1/documents/" + document + "/impact?limit=1"},
		{id: "listClaimSuggestions", path: "/v1/claims/" + suggesting + "/suggestions"},
		{id: "suggestLinks", path: "/v1/suggestions", body: `{"claims": ["` + suggesting + `"]}`},
		{id: "acceptSuggestion", path: "/v1/claims/" + suggesting + "/suggestions/" + suggestions[0] + "/accept"},
		{id: "rejectSuggestion", path: "/v1/claims/" + suggesting + "/suggestions/" + suggestions[1] + "/reject"},
		{id: "listChanges", path: "/v1/changes?limit=1&resource_id=" + review, until: `"state"`},
		{id: "undoChanges", path: "/v1/changes/undo", body: `{"group": "` + mistaken.Get("X-Headwater-Group") + `"}`},
		{id: "listImports", path: "/v1/imports?limit=1"},
		{id: "streamChanges", path: "/v1/changes/stream?after=0&include=claims&operation=reject&resource=link", until: "event: change"},
		{id: "listStandingChanges", path: "/v1/standings/changes?limit=1&claim=" + toll, until: `"after"`},
		{id: "streamStandingChanges", path: "/v1/standings/stream?after=0&claim=" + toll, until: "event: standing"},
		{id: "getLogCheckpoint", path: "/v1/log/checkpoint"},
		{id: "listLogKeys", path: "/v1/log/keys"},
		{id: "listLogWitnesses", path: "/v1/log/witnesses"},
		{id: "getWitnessedCheckpoint", path: "/v1/log/witnessed?witness=" + w.witness()},
		{id: "getLogInclusion", path: "/v1/log/inclusion?size=200&change=" + w.sealedChange()}, // else as large as it happens to be
		{id: "getLogConsistency", path: "/v1/log/consistency?from=1&to=2"},
		{id: "importBundle", path: "/v1/imports?feed=quay+register&edition=2026-03-14&file=quay.ndjson", media: "application/x-ndjson",
			body: `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://observer.example/"}` + "\n" +
				`{"type":"source","key":"harbour-master","kind":"person","name":"The harbour master","names":{"ar":"مدير الميناء"}}` +
				"\n"},
		{id: "listFeeds", path: "/v1/feeds?limit=1"},
		{id: "getFeed", path: "/v1/feeds/quay%20register"},
		{id: "listFeedEditions", path: "/v1/feeds/quay%20register/editions?limit=1"},
		{id: "exportBundle", path: "/v1/exports"},
		{id: "createSession", path: "/v1/session"},
		{id: "getSession", path: "/v1/session"},
		{id: "endSession", path: "/v1/session"},
		{id: "createWebhook", path: "/v1/webhooks?after=0",
			body: `{"url": "https://desk.example/headwater", "kind": "standing", "note": "tells the news desk"}`},
		{id: "listWebhooks", path: "/v1/webhooks?limit=1"},
		{id: "getWebhook", path: "/v1/webhooks/" + webhook},
		{id: "rotateWebhook", path: "/v1/webhooks/" + webhook + "/rotate"},
		{id: "enableWebhook", path: "/v1/webhooks/" + webhook + "/enable"},
		{id: "disableWebhook", path: "/v1/webhooks/" + webhook + "/disable"},
		{id: "testWebhook", path: "/v1/webhooks/" + w.receiving() + "/test",
			conflict: "/v1/webhooks/" + w.webhookOfAnotherKey() + "/test"},
		{id: "deleteWebhook", path: "/v1/webhooks/" + webhook},
		{id: "createKey", path: "/v1/keys", body: `{"name": "dashboard", "scopes": ["read"], "expires_at": "2036-01-01T00:00:00Z"}`},
		{id: "listKeys", path: "/v1/keys?limit=1"},
		{id: "rotateKey", path: "/v1/keys/" + key + "/rotate"},
		{id: "revokeKey", path: "/v1/keys/" + key + "/revoke"},
	}
}

// keepLog signs and keeps the log of changes until the test ends.
func keepLog(t *testing.T, s *store.Store) {
	t.Helper()
	private, err := ledger.NewKey("headwater.example/log")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.ReadKey(private)
	if err == nil {
		err = s.SignWith(t.Context(), key)
	}
	if err != nil {
		t.Fatal(err)
	}
	sequence(t, s)
}

// sealedChange is the id of a change that a checkpoint covers.
func (w walk) sealedChange() (id string) {
	w.t.Helper()
	for status := 0; status != http.StatusOK; time.Sleep(10 * time.Millisecond) {
		status, _, _ = w.send("GET", "/v1/log/checkpoint", "", w.as("admin")...)
	}
	return w.items("/v1/changes?limit=1", w.as("admin")...)[0].(map[string]any)["id"].(string)
}

// receiving is a webhook whose receiver accepts what it gets until the test ends.
func (w walk) receiving() string {
	w.t.Helper()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	w.t.Cleanup(receiver.Close)
	_, _, made := w.call("POST", "/v1/webhooks", fmt.Sprintf(`{"url": %q, "kind": "change"}`, receiver.URL), w.as("admin")...)
	return made["id"].(string)
}

// webhookOfAnotherKey is a webhook whose secret the service cannot make.
func (w walk) webhookOfAnotherKey() string {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), store.Options{ConnString: w.database})
	if err != nil {
		w.t.Fatal(err)
	}
	defer s.Close()
	made, err := s.CreateWebhook(w.t.Context(), store.Authorship{Actor: "cli:tester"},
		headwater.WebhookFields{URL: "https://other.example/", Kind: headwater.WebhookChange}, nil,
		events.WebhookKey(strings.Repeat("x", 32)))
	if err != nil {
		w.t.Fatal(err)
	}
	return made.ID.String()
}

// witness is the name of a witness that has cosigned a checkpoint.
func (w walk) witness() string {
	w.t.Helper()
	w.sealedChange()
	witness, err := witnesstest.New("witness.example")
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := store.Open(w.t.Context(), store.Options{ConnString: w.database})
	if err != nil {
		w.t.Fatal(err)
	}
	defer s.Close()
	_, _, text := w.send("GET", "/v1/log/checkpoint", "", w.as("admin")...)
	note := string(text)
	size, err := strconv.ParseInt(strings.Split(note, "\n")[1], 10, 64)
	line, signErr := witness.Cosign(note)
	err = errors.Join(err, signErr, s.NameWitnesses(w.t.Context(), []string{witness.Verifier}),
		s.SettleWitness(w.t.Context(), ledger.Unwitnessed{Verifier: witness.Verifier, Size: size}, line, ""))
	if err != nil {
		w.t.Fatal(err)
	}
	return "witness.example"
}

// walk is a service over the demo's story with a key of each scope, a second service over the same database that does not wait for
// locks, and a third where no key was made.
type walk struct {
	service
	impatient service
	keyless   service // over a database of its own
	database  string
	scoped    map[string]string // a token for each scope
}

func startWalk(t *testing.T) walk {
	t.Helper()
	database := storetest.New(t)
	var opened *store.Store
	over := func(connString string) service {
		s, err := store.Open(t.Context(), store.Options{ConnString: connString, MaxConns: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		keepLog(t, s)
		opened = s
		server := httptest.NewServer(validated(t, handler(s)))
		t.Cleanup(server.Close)
		return service{t, server.URL}
	}
	w := walk{over(database), over(database + "&lock_timeout=50"), start(t), database, map[string]string{}}
	w.importFile("../testdata/demo.ndjson")
	w.waitForChanges(150, "") // which come together
	settle(t, opened)
	w.scoped["admin"] = w.key("admin")
	for _, scope := range []string{"read", "write", "review"} {
		w.scoped[scope] = w.key(scope)
	}
	return w
}

// key makes a key with a scope and gives its token.
func (w walk) key(scope string) string {
	w.t.Helper()
	status, _, made := w.call("POST", "/v1/keys", fmt.Sprintf(`{"name": "%[1]s", "scopes": ["%[1]s"]}`, scope), w.as("admin")...)
	if status != http.StatusCreated {
		w.t.Fatalf("%d %v", status, made)
	}
	return made["token"].(string)
}

func (w walk) as(scope string) []string {
	if w.scoped[scope] == "" {
		return nil // before the first key is made
	}
	return []string{"Authorization", "Bearer " + w.scoped[scope]}
}

// sharedStatuses are those that the service gives in one way for all operations, each shown by a test of its own:
// TestSlowClients, TestSizes, TestRate, TestFailuresAreLoggedNotShown and TestWorkIsBounded.
var sharedStatuses = []string{"408", "413", "429", "500", "503", "504"}

// TestEveryOperationAndStatus makes one call for each operation of the document and each status that it can give, and
// compares what succeeds with the document's examples.
func TestEveryOperationAndStatus(t *testing.T) {
	t.Parallel()
	w := startWalk(t)
	promised := documentedOperations(t)
	examples := map[string]example{}
	for _, v := range w.calls() {
		p, ok := promised[v.id]
		if !ok {
			t.Fatalf("the document has no operation %s", v.id)
		}
		delete(promised, v.id)
		for _, status := range p.failures {
			if got, _, text := w.failing(p, v, status); strconv.Itoa(got) != status {
				t.Errorf("%s answers %d where %s is documented: %s", v.id, got, status, text)
			}
		}
		status, header, text := w.send(p.method, v.path, v.body, w.headers(v)...)
		for status == http.StatusOK && !strings.Contains(string(text), v.until) {
			status, header, text = w.send(p.method, v.path, v.body, w.headers(v)...)
		}
		if strconv.Itoa(status) != p.success {
			t.Fatalf("%s %s: %d, want %s: %s", p.method, v.path, status, p.success, text)
		}
		if p.cached {
			if status, _, text := w.send(p.method, strings.TrimSuffix(v.path, "?include=attributions"), "",
				append(w.headers(v), "If-None-Match", header.Get("ETag"))...); status != http.StatusNotModified {
				t.Errorf("%s with its ETag %s: %d %s", v.path, header.Get("ETag"), status, text)
			}
		}
		if p.repeatable {
			w.repeat(v, status, header, text)
		}
		examples[v.id] = exampleOf(t, v, text)
	}
	if len(promised) > 0 {
		t.Errorf("no call of %v", slices.Sorted(maps.Keys(promised)))
	}
	checkExamples(t, examples)
}

// documentedOperation is what the document says of an operation's statuses.
type documentedOperation struct {
	operation
	success string
	cached  bool // may answer 304

	repeatable bool // takes an Idempotency-Key
	failures   []string
}

func documentedOperations(t *testing.T) map[string]documentedOperation {
	t.Helper()
	document, err := model()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]documentedOperation{}
	for _, o := range operations(t) {
		p := documentedOperation{operation: o}
		described := document.Model.Paths.PathItems.GetOrZero(o.path).GetOperations().GetOrZero(strings.ToLower(o.method))
		for _, parameter := range described.Parameters {
			p.repeatable = p.repeatable || parameter.Name == "Idempotency-Key"
		}
		for status := range described.Responses.Codes.KeysFromOldest() {
			switch {
			case status[0] == '2':
				p.success = status
			case status == "304":
				p.cached = true
			case !slices.Contains(sharedStatuses, status):
				p.failures = append(p.failures, status)
			}
		}
		all[o.id] = p
	}
	return all
}

// headers are those of a call that succeeds.
func (w walk) headers(v walkCall) []string {
	headers := append(w.as("admin"), "If-Match", "*")
	if v.media != "" {
		headers = append(headers, "Content-Type", v.media)
	}
	if v.accept != "" {
		headers = append(headers, "Accept", v.accept)
	}
	return append(headers, "Idempotency-Key", v.id)
}

// repeat sends a POST again, which must get the stored response, and another request under its Idempotency-Key, which must be
// refused.
func (w walk) repeat(v walkCall, status int, header http.Header, text []byte) {
	w.t.Helper()
	again, replayed, repeated := w.send(http.MethodPost, v.path, v.body, w.headers(v)...)
	if again != status || string(repeated) != string(text) || replayed.Get("Idempotency-Replayed") != "true" ||
		header.Get("Idempotency-Replayed") != "" {
		w.t.Errorf("%s again: %d %v %s, at first %d %s", v.id, again, replayed, repeated, status, text)
	}
	for _, name := range []string{"ETag", "Content-Type", "X-Headwater-Group"} {
		if replayed.Get(name) != header.Get(name) {
			w.t.Errorf("%s again: %s %s, at first %s", v.id, name, replayed.Get(name), header.Get(name))
		}
	}
	if status, _, text := w.send(http.MethodPost, v.path, v.body+" ",
		w.headers(v)...); status != http.StatusUnprocessableEntity || !strings.Contains(string(text), "Idempotency-Key") {
		w.t.Errorf("%s with another body: %d %s", v.id, status, text)
	}
}

var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// failing makes a call that gets an error status.
func (w walk) failing(p documentedOperation, v walkCall, status string) (int, http.Header, []byte) {
	w.t.Helper()
	path, body, headers := v.path, v.body, w.headers(v)
	query := func(q string) string {
		return path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + q
	}
	switch status {
	case "400":
		path = query("x=%00")
	case "401":
		headers = append(headers, "Authorization", "Bearer nobody")
	case "403":
		if p.scope == "read" { // which every key has
			media := cmp.Or(v.media, "application/json")
			answered, text := w.keyless.sendAs(p.method, path, "evil.example", body, "Content-Type", media)
			return answered, nil, []byte(text)
		}
		lacking := map[string]string{"write": "review", "write or review": "read"}
		headers = append(headers, "Authorization", "Bearer "+w.scoped[cmp.Or(lacking[p.scope], "write")])
	case "404":
		const unknown = "6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"
		path = ids.ReplaceAllString(path, unknown)
		if path == v.path {
			body = ids.ReplaceAllString(body, unknown)
		}
		if path == v.path && body == v.body { // what a service that just began does not have
			return w.keyless.send(p.method, path, body)
		}
	case "409":
		return w.conflicting(p, v)
	case "412":
		headers = append(headers, "If-Match", `"99"`)
	case "415":
		headers = append(headers, "Content-Type", "text/plain")
	case "422":
		path = query("nothing=1")
	case "428":
		headers = append(headers, "If-Match", "")
	}
	return w.send(p.method, path, body, headers...)
}

// conflicting makes a call that gets 409: about a merged claim, or while somebody else holds a lock.
func (w walk) conflicting(p documentedOperation, v walkCall) (int, http.Header, []byte) {
	w.t.Helper()
	if v.conflict != "" {
		path, body := v.path, v.conflict
		if v.body == "" {
			path, body = v.conflict, ""
		}
		return w.send(p.method, path, body, w.headers(v)...)
	}
	conn, err := pgx.Connect(w.t.Context(), w.database)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close(w.t.Context())
	if _, err := conn.Exec(w.t.Context(), "BEGIN; LOCK TABLE changes, api_keys, leases, webhooks IN EXCLUSIVE MODE"); err != nil {
		w.t.Fatal(err)
	}
	return w.impatient.send(p.method, v.path, v.body, w.headers(v)...)
}

// example is a request and the answer to it.
type example struct {
	Request any `json:"request,omitempty"`
	Answer  any `json:"answer,omitempty"`
}

func exampleOf(t *testing.T, v walkCall, answer []byte) example {
	t.Helper()
	read := func(text string) any {
		var value any
		if text == "" || json.Unmarshal([]byte(text), &value) == nil {
			return value
		}
		if event := event.FindString(text); event != "" {
			return event
		}
		lines := strings.SplitAfterN(text, "\n", 3) // of a bundle, two lines show enough
		return lines[0] + lines[1]
	}
	return example{read(volatile[1:2].Replace(v.body)), read(volatile.Replace(string(answer)))}
}

// event is one of a stream.
var event = regexp.MustCompile(`id: [0-9]+\nevent: [a-z]+\ndata: .*\n\n`)

// volatile are the values that differ from one run of the tests to the next, and what replaces them in examples.
var volatile = replacements{
	{regexp.MustCompile(`"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\+00:00)"`), `"2026-03-14T09:26:53Z"`},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`), "019cec2a-7c1e-7d3a-9f00-1b2c3d4e5f60"},
	{regexp.MustCompile(`"(next_cursor|nextPageToken)":"[^"]+"`), `"$1":"eyJwIjoiMDE5Y2VjMmEifQ"`},
	{regexp.MustCompile(`hw_[A-Za-z0-9_-]{8}_[A-Za-z0-9_-]+`), "hw_1b2c3d4e_example"},
	{regexp.MustCompile(`"hw_[A-Za-z0-9_-]{8}"`), `"hw_1b2c3d4e"`},
	{regexp.MustCompile(`"(whsec|whpk)_[A-Za-z0-9+/]{43}="`), `"${1}_GmdCT//qif8FBYKRZPRFdouBWtlyCQlraJj3z2d0FFQ="`},
	// of the log: times within texts, salts, hashes, entries, keys and sizes
	{regexp.MustCompile(`\\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\+00:00)\\"`), `\"2026-03-14T09:26:53Z\"`},
	{regexp.MustCompile(`"[A-Za-z0-9+/]{22}=="`), `"psl9/78dAMnnVBv2kXcahw=="`},
	{regexp.MustCompile(`"[A-Za-z0-9+/]{43}="`), `"GmdCT//qif8FBYKRZPRFdouBWtlyCQlraJj3z2d0FFQ="`},
	{regexp.MustCompile(`"[A-Za-z0-9+/]{130}=="`), `"` + strings.Repeat("AZR/zeKqu2mqMK1gukR1", 6) + `4A2c7GBaSP=="`},
	{regexp.MustCompile(`"witness.example\+[^"]+"`), `"witness.example+2ea5ab72+BLBWrIBjYJ2Yt9WnrFQ+bBTCQWvzMEGvkUFzzv8dzbzJ"`},
	{regexp.MustCompile(`"headwater.example/log\+[^"]+"`), `"headwater.example/log+3c6b1c5e+AVCpHyJtIAYAK/2YNGl0rLQYwBkzxHVBkfQjDSiu4dfQ"`},
	{regexp.MustCompile(`"milliseconds":[0-9]+`), `"milliseconds":37`},
	{regexp.MustCompile(`"size":[0-9]+`), `"size":242`},
	{regexp.MustCompile(`(headwater.example/log\n)[0-9]+\n`), "${1}242\n"},
}

type replacements []struct {
	of   *regexp.Regexp
	with string
}

func (r replacements) Replace(text string) string {
	for _, replacement := range r {
		text = replacement.of.ReplaceAllString(text, replacement.with)
	}
	return text
}

// checkExamples compares the document's examples with what was sent and received, or writes them anew with -update.
func checkExamples(t *testing.T, examples map[string]example) {
	t.Helper()
	text, err := json.MarshalIndent(examples, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const file = "examples.json"
	if *update {
		if err := os.WriteFile(file, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if committed, err := os.ReadFile(file); err != nil || string(committed) != string(text)+"\n" {
		t.Errorf("%s is not what the service was asked and answered (%v); run: go test ./api -run 'EveryOperation|Documents' -update, "+
			"twice", file, err)
	}
}
