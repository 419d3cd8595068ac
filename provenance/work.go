package provenance

import "context"

// stepsBetweenLooks is how many steps of its loops an answer takes between two looks at its context. A step is about as long as to
// pass one source of a walk.
const stepsBetweenLooks = 1 << 12

// work is one answer that is being made.
type work struct {
	ctx   context.Context
	steps int // since the last look
}

// interrupted is what a loop ends an answer with once its context has ended, as the parsers of the standard library bail out: most of
// what works on an answer cannot fail otherwise.
type interrupted struct{ err error }

// during is the analysis while it makes one answer.
func (a *Analysis) during(ctx context.Context) *Analysis {
	working := *a
	working.work = &work{ctx: ctx}
	working.look()
	return &working
}

// step counts the steps of a loop.
func (a *Analysis) step(n int) {
	if a.work == nil {
		return
	}
	if a.work.steps += n; a.work.steps >= stepsBetweenLooks {
		a.look()
	}
}

func (a *Analysis) look() {
	a.work.steps = 0
	if err := a.work.ctx.Err(); err != nil {
		panic(interrupted{err})
	}
}

// endInterrupted makes the end of the context the error of an answer. It is deferred.
func endInterrupted(err *error) {
	switch cause := recover().(type) {
	case nil:
	case interrupted:
		*err = cause.err
	default:
		panic(cause)
	}
}
