package api_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"

	"github.com/headwater-project/headwater/api"
)

// TestFaults: every fault of a request has a pointer, a code and a text for people, in one form whoever finds it. No text
// shows the language that the service is written in.
func TestFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, _, made := s.call("POST", "/v1/sources", `{"kind": "outlet", "name": "A"}`)
	one := "/v1/sources/" + made["id"].(string)
	const patch = "application/merge-patch+json"
	for name, c := range map[string]struct {
		method, path, body, media string
		status                    int
		want                      []string // pointer, code, value, expected
	}{
		"each of a body": {
			"POST", "/v1/sources",
			`{"kind": "island", "aliases": "a", "names": {"en": 5}, "more": {"a": null}, "name": "", "anonymous": 1}`, "", 422,
			[]string{
				`/aliases bad_format "a" a list`, `/anonymous bad_format "1" true or false`,
				`/kind not_one_of "island" one of person, organization, government, agency, party, military, outlet, wire, ` +
					`social_account, record, group, other`,
				`/more unknown_field "{\"a\":null}" no member of this name`, `/name required "" a name to display`,
				`/names/en bad_format "5" text`,
			},
		},
		"what is missing": {"POST", "/v1/attributions", `{}`, "", 422,
			[]string{`/chain required "" at least one hop, the document's publisher`, `/claim required "" a claim`,
				`/document required "" a document`, `/stance required "" one of affirms, denies, questions`}},
		"null, which is no value": {"POST", "/v1/sources",
			`{"kind": null, "name": "A", "country": null, "names": {"en": null}, "aliases": [null]}`, "", 422,
			[]string{`/aliases/0 required "" a text that is not empty, nor made of characters that show nothing`,
				`/country bad_format "null" text`,
				`/kind required "" one of person, organization, government, agency, party, military, outlet, wire, social_account, ` +
					`record, group, other`, `/names/en required "" a text that is not empty, nor made of characters that show nothing`}},
		"each of a patch": {"PATCH", one, `{"kind": "island", "aliases": "a", "names": {"en": 5}, "more": 1}`, patch, 422,
			[]string{`/aliases bad_format "a" a list`,
				`/kind not_one_of "island" one of person, organization, government, agency, party, military, outlet, wire, ` +
					`social_account, record, group, other`, `/more unknown_field "1" no member of this name`,
				`/names/en bad_format "5" text`}},
		"a patch without a name": {"PATCH", one, `{"name": null}`, patch, 422, []string{`/name required "" a name to display`}},
		"each of questions": {"POST", "/v1/analyses", `{"claims": "a", "more": 1, "as_of": 3}`, "", 422,
			[]string{`/as_of bad_format "3" text`, `/claims bad_format "a" a list`, `/more unknown_field "1" no member of this name`}},
		"questions in two places": {"POST", "/v1/analyses?as_of=2025&without=a", `{"claims": ["a"]}`, "", 422,
			[]string{`/as_of conflict "" a member of the body, which is JSON; parameters ask about a bundle`,
				`/without conflict "" a member of the body, which is JSON; parameters ask about a bundle`}},
		"each of a key": {"POST", "/v1/keys", `{"name": " ", "scopes": ["king"]}`, "", 422,
			[]string{`/name required "" what the key is for`, `/scopes/0 not_one_of "king" one of read, write, review, admin`}},
		"no questions": {"POST", "/v1/analyses", `{"claims": []}`, "", 422,
			[]string{`/claims required "[]" a list of 1 or more entries`}},
		"each parameter": {"GET", "/v1/claims?limit=x&sort=name&source=abc&from=2025&to=2024", "", "", 422,
			[]string{`/limit bad_format "x" a whole number`,
				`/sort not_one_of "name" one of id, created_at, -created_at, standing, -standing, -width, -contested, -appeared`,
				`/source bad_format "abc" a UUID`}},
		"parameters unknown": {"GET", "/v1/sources?nope=1&Limit=2", "", "", 422,
			[]string{`/Limit unknown_field "2" no parameter of this name`, `/nope unknown_field "1" no parameter of this name`}},
		"parameters of every kind": {"GET", "/v1/sources?nope=1&limit=x&kind=island&id=u&sort=id&sort=id&key=&include=a", "", "", 422,
			[]string{
				`/id/0 bad_format "u" a UUID`, `/include unknown_field "a" no parameter of this name`,
				`/key required "" a value, or no such parameter`,
				`/kind not_one_of "island" one of person, organization, government, agency, party, military, outlet, wire, ` +
					`social_account, record, group, other`,
				`/limit bad_format "x" a whole number`, `/nope unknown_field "1" no parameter of this name`,
				`/sort duplicate "id,id" the parameter once`,
			}},
		"parameters and a body": {"POST", "/v1/sources?more=1", `{"kind": "outlet", "name": "A", "country": "Narnia"}`, "", 422, []string{
			`/country bad_format "Narnia" the name of a country in English or Arabic, or its ISO 3166-1 code, such as EG`,
			`/more unknown_field "1" no parameter of this name`,
		}},
		"a parameter beside a right body": {"POST", "/v1/sources?more=1", `{"kind": "outlet", "name": "Nobody"}`, "", 422,
			[]string{`/more unknown_field "1" no parameter of this name`}},
		"ids in other forms": {"GET", "/v1/sources/%7B6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d%7D", "", "", 422, []string{
			`/id bad_format "{6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d}" a UUID`,
		}},
		"ids of a list in other forms": {"GET",
			"/v1/sources?id=6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d," +
				"urn:uuid:6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d,6F1C0A52-6A5E-5F0E-9D0E-3F1F6A1B2C3D", "", "", 422, []string{
				`/id/0 bad_format "6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d" a UUID`,
				`/id/1 bad_format "urn:uuid:6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d" a UUID`,
			}},
		"ids of a body in other forms": {"POST", "/v1/relations",
			`{"kind": "part_of", "subject": "6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d", "object": "urn:uuid:7f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"}`,
			"", 422, []string{
				`/object bad_format "urn:uuid:7f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d" the id or key of a source`,
				`/subject bad_format "6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d" the id or key of a source`,
			}},
		"a parameter that is an id in another form": {"GET", "/v1/claims?source=6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d", "", "", 422,
			[]string{`/source bad_format "6f1c0a526a5e5f0e9d0e3f1f6a1b2c3d" a UUID`}},
		"a key or an id, which this is neither": {"GET",
			"/v1/exports?format=claimreview&claim=%7B6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d%7D", "", "", 422,
			[]string{`/claim/0 unknown_reference "{6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d}" the id or key of a claim`}},
		"parameters given twice": {"GET", "/v1/claims?limit=1&limit=2&include=summary&include=standing&sort=id", "", "",
			422, []string{`/include duplicate "summary,standing" the parameter once, its values joined by commas`,
				`/limit duplicate "1,2" the parameter once`}},
		"a parameter empty": {"GET", "/v1/claims?source=&q=&cursor=&id=&limit=&sort=&fields=", "", "", 422,
			[]string{`/fields required "" a value, or no such parameter`, `/id required "" a value, or no such parameter`,
				`/limit required "" a value, or no such parameter`, `/sort required "" a value, or no such parameter`,
				`/source required "" a value, or no such parameter`}},
		"neither true nor false": {"GET",
			"/v1/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d" + "/corroboration?include_proposed=1", "", "", 422,
			[]string{`/include_proposed bad_format "1" true or false`}},
		"days in disorder": {"GET", "/v1/claims?from=2025&to=2024", "", "", 422,
			[]string{`/to out_of_range "2024" not before the start, 2025`}},
		"documents' days": {"GET", "/v1/documents?from=2025-03-02&to=2025-03-01", "", "", 422,
			[]string{`/to out_of_range "2025-03-01" not before the start, 2025-03-02`}},
		"a number out of bounds": {"GET", "/v1/sources?limit=0", "", "", 422,
			[]string{`/limit out_of_range "0" a number >= 1`}},
		"an id": {"GET", "/v1/sources/abc", "", "", 422, []string{`/id bad_format "abc" a UUID`}},
		"too long": {"GET", "/v1/sources?key=" + fmt.Sprintf("%0201d", 0), "", "", 422,
			[]string{`/key too_long "` + fmt.Sprintf("%0200d", 0) + `…" a text of 200 characters at most`}},
		"no body, and a parameter": {"POST", "/v1/sources?more=1", "", "application/json", 400,
			[]string{` required "" a body in JSON`, `/more unknown_field "1" no parameter of this name`}},
		"a body cut off": {"POST", "/v1/sources", `{"kind": "outlet", `, "", 400,
			[]string{` bad_format "{\"kind\": \"outlet\", " a whole JSON value: the body ends within one, at byte 20`}},
		"a member twice": {"POST", "/v1/sources", `{"name": "a", "name": "b"}`, "", 400,
			[]string{` duplicate "{\"name\": \"a\", \"name\": \"b\"}" each member once: /name stands there again at byte 15`}},
		"no JSON": {"POST", "/v1/sources", `{'name': 1}`, "", 400,
			[]string{` bad_format "{'name': 1}" JSON: at byte 2 of the body, invalid character '\'' at start of value`}},
		"not UTF-8": {"POST", "/v1/sources", "{\"name\": \"\xff\"}", "", 400,
			[]string{` bad_text "{\"name\": \"�\"}" UTF-8: byte 11 of the body is not`}},
		"a number beyond bounds": {"POST", "/v1/relations", `{"share": 1e400}`, "", 400,
			[]string{` out_of_range "{\"share\": 1e400}" at /share, a value within bounds`}},
		"an empty line": {
			"POST", "/v1/analyses", " ", "application/x-ndjson", 422, []string{` bad_format "" a JSON object: the line is empty`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			headers := []string{"If-Match", "*"}
			if c.media != "" {
				headers = append(headers, "Content-Type", c.media)
			}
			status, _, answer := s.call(c.method, c.path, c.body, headers...)
			if status != c.status {
				t.Errorf("%d, want %d: %v", status, c.status, answer)
			}
			var got []string
			list, _ := answer["errors"].([]any)
			for _, entry := range list {
				fault := entry.(map[string]any)
				value, _ := fault["value"].(string)
				got = append(got, fmt.Sprintf("%s %s %q %s", fault["pointer"], fault["code"], value, fault["expected"]))
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%q, want\n%q", got, c.want)
			}
			if answer["detail"] != "the request has faults; errors lists them" {
				t.Errorf("detail %v", answer["detail"])
			}
		})
	}
}

// TestBodiesThatDoNotCome: a body that is not sent as its headers announce, or whose client leaves, is a client error.
func TestBodiesThatDoNotCome(t *testing.T) {
	t.Parallel()
	server := startUnvalidated(t, api.Options{Limits: api.DefaultLimits})
	bodies := map[string]string{
		"cut off":         "Content-Length: 100\n\n{\"kind\"",
		"a chunk cut off": "Transfer-Encoding: chunked\n\n5\n{\"a\"",
		"no chunks":       "Transfer-Encoding: chunked\n\nzz\nabc",
	}
	for name, request := range map[string]string{
		"a thing":     "POST /v1/sources HTTP/1.1\nContent-Type: application/json",
		"once":        "POST /v1/sources HTTP/1.1\nContent-Type: application/json\nIdempotency-Key: a",
		"a new state": "PUT /v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d HTTP/1.1\nContent-Type: application/json\nIf-Match: *",
		"a patch": "PATCH /v1/sources/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d HTTP/1.1\nContent-Type: " +
			"application/merge-patch+json\nIf-Match: *",
		"questions":    "POST /v1/analyses HTTP/1.1\nContent-Type: application/json",
		"an import":    "POST /v1/imports HTTP/1.1\nContent-Type: application/x-ndjson",
		"imports once": "POST /v1/imports HTTP/1.1\nContent-Type: application/x-ndjson\nIdempotency-Key: b",
		"a key":        "POST /v1/keys HTTP/1.1\nContent-Type: application/json",
	} {
		for kind, body := range bodies {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				connection := dial(t, server, request+"\nHost: localhost\n"+body)
				if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
				answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				if text, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusBadRequest || !bytes.Contains(text,
					[]byte("bad_request")) {
					t.Errorf("%s %s %v", answer.Status, text, err)
				}
			})
		}
	}
	t.Run("a client that leaves", func(t *testing.T) {
		t.Parallel()
		connection := dial(t, server, "GET /v1/sources HTTP/1.1\nHost: localhost\n\n")
		if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode >= http.StatusInternalServerError {
			t.Error(answer.Status)
		}
	})
}
