package api

import (
	_ "embed"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// examples are requests and answers of each operation, by its id, as the tests send and get them. They are made anew by
// go test ./api -run TestEveryOperationAndStatus -update.
//
//go:embed examples.json
var examples []byte

// declareExamples puts each operation's request and response into the document.
func declareExamples(document *huma.OpenAPI) {
	var of map[string]struct{ Request, Answer any }
	if err := json.Unmarshal(examples, &of, json.MatchCaseInsensitiveNames(true)); err != nil {
		panic(err) // the file is part of the program
	}
	for _, path := range document.Paths {
		for _, operation := range operationsOf(path) {
			example := of[operation.OperationID]
			if operation.RequestBody != nil {
				addExample(operation.RequestBody.Content, example.Request)
			}
			for status, response := range operation.Responses {
				if status[0] == '2' {
					addExample(response.Content, example.Answer)
				}
			}
		}
	}
}

// addExample puts an example into the content that it is of: lines and events are text, all else is JSON.
func addExample(content map[string]*huma.MediaType, example any) {
	_, lines := example.(string)
	for media, described := range content {
		isLines := media == ndjson || media == eventStream
		if example != nil && lines == isLines && (lines || media == "application/json" || media == mergePatch) {
			described.Example = example
		}
	}
}
