// Command hold keeps the server that tests share open while another command runs, so that the packages of one test run
// need not start it one after another:
//
//	go run ./store/storetest/hold go test ./...
//
// It exits as the command does, and must not know what the command is.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/headwater-project/headwater/store/storetest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: hold COMMAND [ARGUMENT]...")
		os.Exit(2)
	}
	err := hold(os.Args[1], os.Args[2:])
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(max(1, failed.ExitCode())) // -1 where a signal ended it
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// hold runs the command and outlives it. Ctrl-C reaches the command by itself, SIGTERM is passed on to it.
func hold(command string, args []string) (err error) {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server, err := storetest.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd.Run()
}
