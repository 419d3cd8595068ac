package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/headwater-project/headwater"
)

// traits are what the service must know of an operation besides its path and its types. They are stated where the operation
// is registered, and nothing follows from how it is called. The zero value of each means that nobody stated it, which
// [register] refuses.
type traits struct {
	// scope is what a key must have; noScope where everybody may call.
	scope headwater.Scope
	// idempotent operations take an Idempotency-Key and replay the stored response to a repeated request.
	idempotent flag
	// unbounded operations read or write everything there is: no time limit ends them, and their body may be as large as an import.
	unbounded flag
	// sealed operations answer with a token: their stored responses are encrypted, so that the database never holds it in clear, and
	// no cache may keep them.
	sealed flag
	// endless operations go on until their client leaves. They have places of their own, and no time limit but that of streams.
	endless flag
	// passing operations write what passes by itself and is no part of the history, such as a lease. That of others which write is.
	passing bool
	// recorded is stated by an operation for administrators that the history has, as it has what others for them do not.
	recorded bool
	// asks is stated by a POST that only reads what is stored, whatever its body says.
	asks bool
}

// records says whether the history has what an operation does.
func (t traits) records() bool {
	writes := t.scope == headwater.ScopeWrite || t.scope == headwater.ScopeReview || t.scope == headwater.ScopeWriteOrReview
	return t.recorded || writes && !t.passing
}

// noScope is stated by an operation that needs no key. No key has it.
const noScope headwater.Scope = "none"

// flag is a trait that an operation has or has not.
type flag uint8

// The zero flag is neither, so that a missing statement is seen.
const (
	unstated flag = iota
	no
	yes
)

// readTraits are those of an operation that changes nothing and takes no Idempotency-Key.
func readTraits(scope headwater.Scope) traits {
	return traits{scope: scope, idempotent: no, unbounded: no, sealed: no, endless: no}
}

// editTraits are those of PUT and PATCH. They take no Idempotency-Key either, for another reason than reads: If-Match already keeps a
// repeated request from changing anything twice.
func editTraits(scope headwater.Scope) traits {
	return traits{scope: scope, idempotent: no, unbounded: no, sealed: no, endless: no}
}

// postTraits are those of a POST, which can be repeated with an Idempotency-Key.
func postTraits(scope headwater.Scope) traits {
	return traits{scope: scope, idempotent: yes, unbounded: no, sealed: no, endless: no}
}

// silent lists the traits that were not stated.
func (t traits) silent() []string {
	missing := map[string]bool{
		"scope":      t.scope == "",
		"idempotent": t.idempotent == unstated,
		"unbounded":  t.unbounded == unstated,
		"sealed":     t.sealed == unstated,
		"endless":    t.endless == unstated,
	}
	maps.DeleteFunc(missing, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(missing))
}

// traitsKey is where an operation's metadata holds its traits.
const traitsKey = "traits"

// traitsOf gives what was stated where the operation was registered.
func traitsOf(operation *huma.Operation) traits {
	stated, ok := operation.Metadata[traitsKey].(traits)
	if !ok {
		panic("operation " + operation.OperationID + " was not added by register")
	}
	return stated
}

// register adds an operation. It panics where the registration is silent on a trait or has no description: the program cannot
// start until it says them. The handler runs only if validateQuery and readWritten found no fault; where huma finds faults too, the client
// gets all of them together.
func register[I, O any](api huma.API, operation huma.Operation, t traits, handler func(context.Context, *I) (*O, error)) {
	if missing := t.silent(); len(missing) > 0 {
		panic(fmt.Sprintf("operation %s does not state: %s", operation.OperationID, strings.Join(missing, ", ")))
	}
	if operation.Description == "" {
		panic("operation " + operation.OperationID + " has no description")
	}
	if operation.Metadata == nil {
		operation.Metadata = map[string]any{}
	}
	operation.Metadata[traitsKey] = t
	huma.Register(api, operation, func(ctx context.Context, in *I) (*O, error) {
		if len(requestOf(ctx).faults) > 0 {
			faults := requestOf(ctx).allFaults(ctx)
			p := newError(http.StatusUnprocessableEntity, faultsDetail, faults...)
			requestOf(ctx).asGiven(p.Errors)
			return nil, p
		}
		out, err := handler(ctx, in)
		if t.unbounded == no && isMomentary(err) && !requestOf(ctx).standby { // for which the primary is asked
			out, err = handler(ctx, in)
		}
		if err == nil {
			requestOf(ctx).awaitSeal(ctx)
		}
		return out, err
	})
}

// isMomentary says whether a handler failed for a cause that is gone, such as a table that was altered beneath it, so that it is run
// once more. It may be: a handler changes what is stored last, in one transaction, of which nothing was kept. What is unbounded has
// sent, or used up, a part of what there is, and is left to the client.
func isMomentary(err error) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.momentary
}

// note is what operations of one kind have in common, as the second part of their descriptions.
type note string

const (
	pageNote note = "A page at a time: next_cursor, and the Link header, ask for the next one. Sources that are named stand once in " +
		"sources, and claims that links name in claims."
	changeNote note = "If-Match names the version that is changed, or * for any; 412 gives the version that the thing has now. The " +
		"change is part of the history."
	cachedNote note = "With If-None-Match, 304 says that the client has the right answer already."
	createNote note = "All faults of the body are given at once, each with its place. Other things are named by their keys or ids. The " +
		"change is part of the history."
	immediateNote note = "It is done at once, and needs no version."
	serviceNote   note = "For those who watch the service; it needs no key."
)

// describedBy gives an operation the description that its kind has.
func describedBy(n note, operation huma.Operation) huma.Operation {
	operation.Description = operation.Summary + ". " + string(n)
	return operation
}
