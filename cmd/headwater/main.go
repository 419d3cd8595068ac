// Command headwater stores claims with the chains of who told whom, and serves them over HTTP. It reads flags and environment
// variables and connects the packages. It must not know SQL or what makes a thing valid: whatever another program could need
// is in a package.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/headwater-project/headwater"
)

func main() {
	// Go ends a program at once that writes to a reader which has left. This one ends by itself, with the database that it started.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	command := newRootCommand(os.Getenv)
	command.SetArgs(args)
	command.SetIn(stdin)
	command.SetOut(stdout)
	command.SetErr(stderr)
	switch err := command.ExecuteContext(ctx); {
	case isUnread(err):
		return readerLeft
	case err != nil:
		fmt.Fprintln(stderr, "headwater:", headwater.Visible(err.Error()))
		return 1
	}
	return 0
}

// readerLeft is the exit code that a shell gives a program which SIGPIPE ended.
const readerLeft = 128 + int(syscall.SIGPIPE)

// isUnread says whether a command ended since nobody reads what it prints any more, as head leaves once it has its lines.
func isUnread(err error) bool {
	writing, is := errors.AsType[*fs.PathError](err)
	return is && writing.Path == os.Stdout.Name() && errors.Is(writing, syscall.EPIPE)
}
