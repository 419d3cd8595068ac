package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/store"
)

func newImportCommand(connect func() connection) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use:   "import FILE...|-",
		Short: "Store bundles, each of them whole or not at all",
		Long: `Store bundles (headwater-bundle/1, one JSON object a line), each of them whole or not at all. "-" reads standard input.

Files are taken in the order given. The first one with a fault ends the command: nothing of it is kept, all its faults
are printed as FILE:LINE, and the files after it are not read.`,
		Example: `  headwater import article.ndjson
  headwater import 2025/*.ndjson
  gunzip -c bundle.ndjson.gz | headwater import -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			ctx := cmd.Context()
			return connect().withStore(ctx, func(s *store.Store) error {
				for _, path := range paths {
					if err := importFile(ctx, cmd, s, store.By{Actor: actor(), Reason: reason}, path); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	command.Flags().StringVar(&reason, "reason", "", "why, for the history")
	return command
}

// actor names the user who runs the command in the history.
func actor() string {
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Username
	}
	return fmt.Sprintf("cli:%d", os.Getuid())
}

func importFile(ctx context.Context, cmd *cobra.Command, s *store.Store, by store.By, path string) error {
	if path == "-" {
		return importFrom(ctx, cmd, s, by, cmd.InOrStdin(), "standard input")
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return importFrom(ctx, cmd, s, by, file, path)
}

func importFrom(ctx context.Context, cmd *cobra.Command, s *store.Store, by store.By, input io.Reader, name string) error {
	file, remove, err := seekable(input)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer remove()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	progress, done := showProgress(cmd.ErrOrStderr(), name, size)
	result, err := s.Import(ctx, by, file, progress)
	done()
	if err != nil {
		return placed(name, err)
	}
	return printCounts(cmd.OutOrStdout(), name, result)
}

// seekable gives the input itself where it is a regular file, else a temporary copy that remove deletes: a bundle is
// read twice where it has faults.
func seekable(input io.Reader) (file *os.File, remove func(), err error) {
	if file, ok := input.(*os.File); ok {
		info, err := file.Stat()
		if err != nil {
			return nil, nil, err
		}
		if info.Mode().IsRegular() {
			return file, func() {}, nil
		}
		if info.IsDir() {
			return nil, nil, errors.New("is a folder; expected a file")
		}
	}
	spool, err := os.CreateTemp("", "headwater-import-*.ndjson")
	if err != nil {
		return nil, nil, err
	}
	// without a name the copy vanishes with the process, however that ends
	if err := os.Remove(spool.Name()); err != nil {
		return nil, nil, errors.Join(err, spool.Close())
	}
	remove = func() { spool.Close() }
	_, err = io.Copy(spool, input)
	if err == nil {
		_, err = spool.Seek(0, io.SeekStart)
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	return spool, remove, nil
}

// showProgress draws a bar on a terminal, and elsewhere writes one line when the reading begins.
func showProgress(w io.Writer, name string, size int64) (progress func(int64), done func()) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		fmt.Fprintf(w, "importing %s (%d bytes)\n", name, size)
		return nil, func() {}
	}
	bar := progressbar.NewOptions64(size, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name),
		progressbar.OptionShowBytes(true), progressbar.OptionClearOnFinish())
	return func(position int64) { _ = bar.Set64(position) }, func() { _ = bar.Finish() } // a bar that cannot be drawn is no reason to stop
}

// placed says which file an import failed on, with all faults of its lines.
func placed(name string, err error) error {
	var faulty *store.ImportError
	if !errors.As(err, &faulty) {
		return fmt.Errorf("%s: %w", name, err)
	}
	text := fmt.Sprintf("%s was not imported: it has %s, and nothing of it was kept", name, faulty.Count())
	text += lineByLine(name, faulty.Faults)
	if more := faulty.Total - len(faulty.Faults); more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return errors.New(text)
}

// lineByLine puts the file and the line before each fault, as compilers do.
func lineByLine(name string, faults []bundle.Fault) string {
	var text strings.Builder
	for _, fault := range faults {
		fmt.Fprintf(&text, "\n%s:%d: %s", name, fault.Line, fault.Fault.Error())
	}
	return text.String()
}

// printCounts says what an import did, one resource a line.
func printCounts(w io.Writer, name string, result store.ImportResult) error {
	var b strings.Builder
	b.WriteString(name + "\n")
	for _, resource := range headwater.Resource("").Values() {
		count := result.Counts[headwater.Resource(resource)]
		fmt.Fprintf(&b, "  %-13s %d added, %d changed, %d unchanged\n", resource+"s", count.Added, count.Changed, count.Unchanged)
	}
	if !result.Changed() {
		b.WriteString("  nothing changed\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
