package assistant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// maxMessage is the size of a message, in bytes: a call that enters the longest text that a person reads is far below it.
const maxMessage = 4 << 20

// message is one of JSON-RPC.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// paramsOf makes what the params of a method are read into.
var paramsOf = map[string]func() any{
	"initialize":               func() any { return &mcp.InitializeParams{} },
	"ping":                     func() any { return &mcp.PingParams{} },
	"tools/list":               func() any { return &mcp.ListToolsParams{} },
	"tools/call":               func() any { return &mcp.CallToolParamsRaw{} },
	"resources/list":           func() any { return &mcp.ListResourcesParams{} },
	"resources/templates/list": func() any { return &mcp.ListResourceTemplatesParams{} },
	"resources/read":           func() any { return &mcp.ReadResourceParams{} },
	"resources/subscribe":      func() any { return &mcp.SubscribeParams{} },
	"resources/unsubscribe":    func() any { return &mcp.UnsubscribeParams{} },
	"prompts/list":             func() any { return &mcp.ListPromptsParams{} },
	"prompts/get":              func() any { return &mcp.GetPromptParams{} },
	"completion/complete":      func() any { return &mcp.CompleteParams{} },
	"logging/setLevel": func() any {
		return &struct { // what the library has for it is deprecated
			Level string `json:"level"`
		}{}
	},
}

// readMessage reads the message of a request, and refuses what the protocol's library would answer with its own types, and batches: the
// revisions of the protocol since 2025-06-18 have none, and one would count as one request, however many calls it holds.
func readMessage(body io.Reader) (text []byte, refused *jsonrpc.Error, id json.RawMessage, err error) {
	text, err = io.ReadAll(io.LimitReader(body, maxMessage+1))
	if err != nil {
		return nil, nil, nil, err
	}
	var m message
	switch trimmed := bytes.TrimLeft(text, " \t\r\n"); {
	case len(text) > maxMessage:
		return nil, invalid(jsonrpc.CodeInvalidRequest, "the message is too long; expected at most %d bytes", maxMessage), nil, nil
	case bytes.HasPrefix(trimmed, []byte("[")):
		return nil, invalid(jsonrpc.CodeInvalidRequest, "a batch of messages; expected one message in each request"), nil, nil
	case !json.Valid(text):
		return nil, invalid(jsonrpc.CodeParseError, "no JSON; expected one message of JSON-RPC"), nil, nil
	}
	if where := wrongIn(text, &m); where != "" {
		return nil, invalid(jsonrpc.CodeInvalidRequest, "the message%s", where), nil, nil
	}
	if m.Version != "2.0" || !isID(m.ID) {
		return nil, invalid(jsonrpc.CodeInvalidRequest, `jsonrpc or id of the message; expected "2.0", and a text or a number`), nil, nil
	}
	params := paramsOf[m.Method]
	if params == nil || len(m.Params) == 0 {
		return text, nil, m.ID, nil
	}
	if where := wrongIn(m.Params, params()); where != "" {
		return nil, invalid(jsonrpc.CodeInvalidParams, "params of %s%s", m.Method, where), m.ID, nil
	}
	return text, nil, m.ID, nil
}

// isID says whether JSON is what a message can be called by; none is too, as notifications have it.
func isID(text json.RawMessage) bool {
	var id any
	if len(text) > 0 && json.Unmarshal(text, &id) != nil {
		return false
	}
	switch id.(type) {
	case nil, string, float64:
		return true
	}
	return false
}

func invalid(code int64, format string, args ...any) *jsonrpc.Error {
	return &jsonrpc.Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// wrongIn says where JSON does not have the shape of what it is read into, and which it should have; empty where it has.
func wrongIn(text []byte, into any) string {
	err := json.Unmarshal(text, into)
	wrong, isType := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case err == nil:
		return ""
	case !isType:
		return ": not as the protocol has it"
	}
	expected := "an object"
	switch wrong.Type.Kind() {
	case reflect.String:
		expected = "a text"
	case reflect.Slice, reflect.Array:
		expected = "a list"
	case reflect.Bool:
		expected = "true or false"
	case reflect.Int, reflect.Int64, reflect.Float64:
		expected = "a number"
	}
	place := ""
	if wrong.Field != "" {
		place = " at /" + strings.ReplaceAll(wrong.Field, ".", "/")
	}
	return fmt.Sprintf("%s: %s; expected %s", place, wrong.Value, expected)
}

// refuse answers a message that is not handed on.
func refuse(w http.ResponseWriter, refused *jsonrpc.Error, id json.RawMessage) error {
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	text, err := json.Marshal(struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   *jsonrpc.Error  `json:"error"`
	}{"2.0", id, refused})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, err = w.Write(text)
	return err
}
