package headwater

import (
	"errors"
	"iter"
	"reflect"

	"github.com/oapi-codegen/runtime"
)

// pages walks a list page by page, from the page that params name on. It asks anew each time that it is ranged over. It
// ends where there is no next page, or where that is the same again: the history always has a next one, to come.
func pages[Params, Page any](params *Params, page func(params *Params, cursor string) (*Page, string, error)) iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		var asked Params
		if params != nil {
			asked = *params
		}
		for cursor := ""; ; {
			got, next, err := page(&asked, cursor)
			if !yield(got, err) || err != nil || next == "" || next == cursor {
				return
			}
			cursor = next
		}
	}
}

// items walks what stands on pages.
func items[Page, Item any](pages iter.Seq2[*Page, error], of func(*Page) []Item) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for page, err := range pages {
			if err != nil {
				var none Item
				yield(none, err)
				return
			}
			for _, item := range of(page) {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// ErrNone says that a list is empty.
var ErrNone = errors.New("headwater: there is none")

// First gives the first thing of a list; [ErrNone] if the list is empty.
func First[Item any](list iter.Seq2[Item, error]) (Item, error) {
	for item, err := range list {
		return item, err
	}
	var none Item
	return none, ErrNone
}

// query collects the parameters of a request that are given.
type query struct {
	parts []string
	err   error
}

func (q *query) add(name string, value any, explode bool, kind, format string) {
	if reflect.ValueOf(value).IsZero() {
		return
	}
	part, err := runtime.StyleParamWithOptions("form", explode, name, value,
		runtime.StyleParamOptions{ParamLocation: runtime.ParamLocationQuery, Type: kind, Format: format})
	q.parts, q.err = append(q.parts, part), errors.Join(q.err, err)
}
