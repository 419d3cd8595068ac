package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// TestEveryOperationStatesItsTraits holds also what did not pass through register.
func TestEveryOperationStatesItsTraits(t *testing.T) {
	t.Parallel()
	document := newAPI(http.NewServeMux(), (*store.Store)(nil), Options{}, newLimiter(Limits{}), &access{}).OpenAPI()
	for _, item := range document.Paths {
		for _, operation := range operationsOf(item) {
			stated, ok := operation.Metadata[traitsKey].(traits)
			if missing := stated.silent(); !ok || len(missing) > 0 {
				t.Errorf("%s does not state: %s", operation.OperationID, strings.Join(missing, ", "))
			}
			if stated.sealed == yes && stated.idempotent == no {
				t.Errorf("%s seals responses that it never stores", operation.OperationID)
			}
		}
	}
}

// TestRegisterRefusesSilence: each trait that is left out stops the registration and is named.
func TestRegisterRefusesSilence(t *testing.T) {
	t.Parallel()
	whole := traits{scope: headwater.ScopeRead, idempotent: no, unbounded: no, sealed: no, endless: no}
	described := huma.Operation{OperationID: "x", Method: http.MethodGet, Path: "/x", Description: "X."}
	for silent, c := range map[string]struct {
		operation huma.Operation
		leaveOut  func(*traits)
	}{
		"":               {described, func(*traits) {}},
		"scope":          {described, func(t *traits) { t.scope = "" }},
		"idempotent":     {described, func(t *traits) { t.idempotent = unstated }},
		"unbounded":      {described, func(t *traits) { t.unbounded = unstated }},
		"sealed":         {described, func(t *traits) { t.sealed = unstated }},
		"endless":        {described, func(t *traits) { t.endless = unstated }},
		"no description": {huma.Operation{OperationID: "x", Method: http.MethodGet, Path: "/x"}, func(*traits) {}},
	} {
		stated := whole
		c.leaveOut(&stated)
		reason := refusalOf(c.operation, stated)
		if (reason == "") != (silent == "") || !strings.Contains(reason, silent) {
			t.Errorf("without %q: %q", silent, reason)
		}
	}
}

// refusalOf gives why register panics, or nothing.
func refusalOf(operation huma.Operation, t traits) (reason string) {
	defer func() { reason, _ = recover().(string) }()
	api := humago.New(http.NewServeMux(), huma.DefaultConfig("test", "1"))
	register(api, operation, t, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	return ""
}
