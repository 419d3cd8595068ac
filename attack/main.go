// Command attack runs a real service on this machine, sends it what has brought services down (slow readers, half-sent bodies,
// bodies of many members, batches to the door of assistants, dated relations, pages of other sites), and measures what a client that
// behaves sees meanwhile. Each case has a bound and ends by itself; a table says which held, and the exit status is 1 where one did
// not. It must not know how the service works inside: it runs the program and talks HTTP.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// attack is one case: what is sent, and what must hold while and after it is.
type attack struct {
	name, sent string
	bound      string // what must hold of the attack itself, beside what others see
	run        func(context.Context, *service) (saw string, err error)
}

// othersBound is how long the slowest answer to a client that behaves may take, each of which must be a good one.
const othersBound = 5 * time.Second

// allBound is how long all cases may take together.
const allBound = 5 * time.Minute

var attacks = []attack{
	{"slow readers of exports", "24 exports and 24 pages, each taken at 15 KB/s",
		"exports beyond the cap get 503; all readers cut off in 60 s",
		slowReaders},
	{"half-sent bodies", "300 requests, 10 bytes of 1,000 and silence",
		"each answered 408 within 20 s, or 503 where too many come at once", halfBodies},
	{"half headers", "400 connections, 1 MB of small header fields each and no end",
		"each refused or cut off within 20 s; memory below 1 GiB", halfHeaders},
	{"slow readers of reports", "20 readers of a report of 40 MB, each at 15 KB/s", "each refused or cut off; memory below 1 GiB",
		slowReports},
	{"many members", "80 bodies of 32,000 members, 8 at a time", "each refused within 5 s", manyMembers},
	{"batches to assistants", "80 batches of 10,000 messages, 8 at a time", "each refused within 5 s", manyMessages},
	{"dated relations", "5 imports of 448 dated relations of control among 64 sources", "each answered within 30 s", datedRelations},
	{"pages of other sites", "6 forged requests, and one by a name of their own for this machine", "all refused, and nothing changed",
		foreignPages},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, allBound, fmt.Errorf("the cases took more than %s", allBound))
	defer cancel()
	s, err := start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	var table strings.Builder
	out := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "case\tsent\tothers saw\tthe attack saw\tbound\theld")
	var broken []error
	for _, a := range attacks {
		fmt.Fprintln(os.Stderr, "attack:", a.name)
		others := watch(ctx, s)
		saw, attackErr := a.run(ctx, s)
		seen, othersErr := others.end()
		held := "yes"
		if err := errors.Join(attackErr, othersErr); err != nil {
			held = "NO"
			broken = append(broken, fmt.Errorf("%s: %w", a.name, err))
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s; others served within %s\t%s\n", a.name, a.sent, seen, saw, a.bound, othersBound, held)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Print(table.String())
	return errors.Join(append(broken, context.Cause(ctx))...)
}
