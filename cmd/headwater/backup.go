package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater/migrations"
	"github.com/headwater-project/headwater/store/backup"
	"github.com/headwater-project/headwater/store/desk"
)

func newBackupCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the whole database to a file, with its history and its log, while others work on it",
		Long: `Write the whole database, or with --desk a desk of it, as it is at one moment, to a new file, or to standard output (-): all
things, their history, the signed log, API keys (as hashes) and stored responses. Others go on reading and writing meanwhile. The whole
has no desks in it: each is backed up into a file of its own.

The key that signs the log is not in it: keep a copy of that file elsewhere. Who has a backup can read all that the database holds.`,
		Example: `  headwater backup headwater.backup
  headwater backup - | age --recipient … > headwater.backup.age
  headwater backup --desk beirut beirut.backup`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, c, path := cmd.Context(), connect(), args[0]
			return c.withDatabase(ctx, func(database string) error {
				at, err := c.find(ctx, database)
				if err != nil {
					return err
				}
				var desks []desk.Desk
				if c.desk == "" {
					if desks, err = listDesks(ctx, database); err != nil {
						return err
					}
				}
				var done backup.Summary
				to, says := path, cmd.OutOrStdout()
				if path == "-" {
					to, says = "standard output", cmd.ErrOrStderr()
					done, err = backup.Write(ctx, at.address, cmd.OutOrStdout())
				} else {
					err = writeNew(path, func(w io.Writer) (err error) {
						done, err = backup.Write(ctx, at.address, w)
						return err
					})
				}
				if err != nil {
					return err
				}
				return printBackup(says, done, to, desks)
			})
		},
	}
}

// printBackup says what a backup holds, and what it does not.
func printBackup(w io.Writer, done backup.Summary, to string, desks []desk.Desk) error {
	text := fmt.Sprintf("%d rows with %d changes written to %s\n", done.Rows, done.Changes, to)
	if done.Unsealed > 0 {
		text += fmt.Sprintf("%d of the changes are not sealed: a checkpoint that covers them is not that of what is restored\n",
			done.Unsealed)
	}
	for _, left := range desks {
		text += fmt.Sprintf("the desk %[1]s is not in it: headwater backup --desk %[1]s FILE\n", left.Name)
	}
	_, err := io.WriteString(w, text)
	return err
}

// writeNew writes a file that has its name once it is whole and on disk, and replaces none.
func writeNew(path string, write func(io.Writer) error) error {
	exists := fmt.Errorf("%s exists; a backup replaces no file", path)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, exists)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".") // which nobody else can read
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func newRestoreCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Fill an empty database from a backup",
		Long: `Fill an empty database from a file that backup wrote, or from standard input (-), and bring its schema up to date. A database
that holds something is refused, and so is a file that is damaged, was cut off, or was made by a newer program. The rows come in one
transaction: where it is stopped, whatever stops it, the database is empty, and restore can be called again.

Stop the services of the database first. Put the key that signs the log back too, or the service makes another.`,
		Example: `  headwater restore headwater.backup
  age --decrypt headwater.backup.age | headwater restore -
  headwater verify --against checkpoint.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, c := cmd.Context(), connect()
			file := io.NopCloser(cmd.InOrStdin())
			if path := args[0]; path != "-" {
				var err error
				if file, err = os.Open(path); err != nil {
					return err
				}
			}
			defer file.Close()
			return c.withAddress(ctx, func(address string) error {
				done, err := c.restore(ctx, address, file)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d rows with %d changes restored\n", done.Rows, done.Changes)
				return err
			})
		},
	}
}

// restore fills the database at an address, and makes it what this program works with.
func (c connection) restore(ctx context.Context, address string, file io.Reader) (backup.Summary, error) {
	if err := checkServer(ctx, address); err != nil {
		return backup.Summary{}, err
	}
	done, err := backup.Restore(ctx, address, file)
	if err != nil {
		return done, err
	}
	if err := migrations.Up(ctx, address); err != nil {
		return done, fmt.Errorf("all rows are restored, and the schema is not up to date; run: headwater migrate up: %w", err)
	}
	return done, c.reindexAt(ctx, address) // which lets the history count on
}
