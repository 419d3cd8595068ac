package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store"
)

// verifyOptions say what to hold a database to.
type verifyOptions struct {
	key       logKeyOptions
	verifiers []string
	against   []string
}

func newVerifyCommand(connect func() connection) *cobra.Command {
	var options verifyOptions
	command := &cobra.Command{
		Use:   "verify",
		Short: "Look whether the signed log bears out what the database holds",
		Long: `Look whether the signed log bears out what the database holds: the order of changes, what was sealed of each, the tree and
its checkpoints, the versions of each thing, and each thing against its last change. What is found is named, and the exit status is 1.

A checkpoint that somebody kept (GET /v1/log/checkpoint) also shows that the log was cut back, that an older copy of the database
was restored, or that there are two histories. Public keys that are kept elsewhere show that the service signed the last checkpoint.`,
		Example: `  headwater verify
  headwater verify --against checkpoint.txt
  headwater verify --verifier desk.example/log+3c6b1c5e+AVCpHyJtIAYAK/2YNGl0rLQYwBkzxHVBkfQjDSiu4dfQ`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := connect()
			return c.withStore(cmd.Context(), func(s *store.Store) error {
				return options.run(cmd, c, s)
			})
		},
	}
	flags := command.Flags()
	flags.StringArrayVar(&options.against, "against", nil, "file with a checkpoint that was kept; repeatable")
	flags.StringSliceVar(&options.verifiers, "verifier", nil, "public key of the log that is trusted, or of a witness that must have "+
		"cosigned it; repeatable; by default that of --log-key, if it is there, and else those that the database names")
	flags.StringVar(&options.key.path, "log-key", "",
		"file of the key that signs the log; by default log.key in the folder of the private "+
			"database")
	return command
}

func (o verifyOptions) run(cmd *cobra.Command, c connection, s *store.Store) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	logs, witnesses, err := ledger.SortKeys(o.verifiers)
	if err != nil {
		return fmt.Errorf("--verifier: %w", err)
	}
	hold := store.VerifyOptions{Verifiers: logs, Witnesses: witnesses}
	if err := o.trustKey(c, &hold); err != nil {
		return err
	}
	if err := o.readKept(ctx, s, &hold); err != nil {
		return err
	}
	done, err := s.Verify(ctx, hold, func(finding string) { fmt.Fprintln(out, headwater.Visible(finding)) })
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d changes, %d checkpoints and %d things verified, %d findings\n", done.Entries, done.Checkpoints, done.Things,
		done.Findings)
	if done.Uncovered > 0 {
		fmt.Fprintf(out, "%d entries no checkpoint covers\n", done.Uncovered)
	}
	for _, witness := range witnesses {
		fmt.Fprintf(out, "%s has cosigned %d changes\n", headwater.Visible(witness), done.Cosigned[witness])
	}
	if done.Findings > 0 {
		return fmt.Errorf("the log does not bear out the database: %d findings", done.Findings)
	}
	return nil
}

// trustKey trusts the public key of the file that the service signs with, unless others are named.
func (o verifyOptions) trustKey(c connection, hold *store.VerifyOptions) error {
	path, err := keyFile(o.key.path, logKeyFile, c)
	if err != nil || path == "" || len(hold.Verifiers) > 0 {
		return err
	}
	key, err := readLogKey(path)
	if errors.Is(err, fs.ErrNotExist) && o.key.path == "" {
		return nil
	}
	if err != nil {
		return err
	}
	hold.Verifiers = []string{key.Verifier()}
	return nil
}

// readKept reads the checkpoints that somebody kept.
func (o verifyOptions) readKept(ctx context.Context, s *store.Store, hold *store.VerifyOptions) error {
	known := slices.Clone(hold.Verifiers)
	if len(o.against) > 0 {
		keys, err := s.LogKeys(ctx)
		if err != nil {
			return err
		}
		for _, key := range keys {
			known = append(known, key.Verifier)
		}
	}
	for _, path := range o.against {
		note, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		kept, err := ledger.OpenCheckpoint(string(note), known)
		if err != nil {
			return fmt.Errorf("--against %s: no checkpoint that a key of this log signed: %w", path, err)
		}
		hold.Against = append(hold.Against, kept)
	}
	return nil
}
