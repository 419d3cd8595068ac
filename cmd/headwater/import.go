package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/transfer"
)

// importFlags are the flags of the command import, and what they mean.
type importFlags struct {
	reason  string
	assumed bool // list all that was assumed
	interchange.ReadOptions
	table   interchange.TableOptions
	feed    store.Edition
	unnamed bool // --feed says that the files are of no feed
	dryRun  bool
}

func newImportCommand(connect func() connection) *cobra.Command {
	var options importFlags
	command := &cobra.Command{
		Use:   "import FILE...|-",
		Short: "Store " + interchange.Files(),
		Long: strings.TrimSpace(`
Store files, each of them whole or not at all: bundles (headwater-bundle/1, one JSON object a line) or, by --format, what others
keep claims in. "-" reads standard input.

Of saved pages (--format html) a folder is all that it holds, at whatever depth.

Files are taken in the order given. The first one with a fault ends the command: nothing of it is kept, all its faults
are printed as FILE:LINE, and the files after it are not read. With --keep-going, which bundles do not take, what is not at
fault is kept, and what was refused is printed and counted.

A table (--format csv) has a line of column names. A column that is named as a field holds it; --map FIELD=COLUMN says where
else a field stands, and --set FIELD=VALUE what it holds in all rows. In a table of relations, the source at an end is named by
key or id (subject, object), or described by the fields of a source (subject.name, object.kind ...).

Of files of who owns whom (bods, ftm, trusttxt), what is stored of a source stays, and a relation follows the newest file.

A feed is imports under one name, --feed. Each file is an edition that says all that the feed says: what it said before and no longer
says is taken back, unless others say it too, or somebody edited it. A relation ends on the day before --edition, all else is retracted.
A file of who owns whom is an edition of the feed that has its name, unless --feed= says that it is of none; a trust.txt of one that
has the name of its host. An edition with faults, and one of less than half of what was said, takes nothing back; --fewer takes it back.
Where the feed has the file's name, an edition of less than half is refused, as files of two registers may have one name. Documents
(rss, html, warc) are never taken back: such a file holds the last of them, and not all.`),
		Example: `  headwater import article.ndjson
  gunzip -c bundle.ndjson.gz | headwater import -
  headwater import --format claimreview --keep-going feed.json page.html
  headwater import --format factcheck answers.json
  headwater import --format csv --of relations --map subject.name=Outlet --map object.name=Owner --map since=From \
      --set kind=controlled_by --set subject.kind=outlet owners.csv
  headwater import --format html --keep-going saved-pages/
  headwater import --format bods --keep-going register.json
  headwater import --format trusttxt --set domains=herald.example trust.txt
  headwater import --format bods --keep-going --feed register --edition 2024-06-01 --dry-run register-june.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			ctx := cmd.Context()
			paths, err := options.pages(paths)
			if err != nil {
				return err
			}
			options.unnamed = cmd.Flags().Changed("feed") && options.feed.Feed == ""
			if err := options.check(); err != nil {
				return err
			}
			if options.feed.Feed != "" && len(paths) > 1 {
				return fmt.Errorf("--feed is %q, with %d files; expected one, since each file says all that a feed says",
					options.feed.Feed, len(paths))
			}
			defer debug.SetGCPercent(debug.SetGCPercent(200)) // whatever GOGC says: lines pass through, and little is ever live
			defer boundMemory()()
			return connect().withStore(ctx, func(s *store.Store) error {
				if err := warnUnindexed(ctx, s); err != nil {
					return err
				}
				for i, path := range paths {
					if err := options.importFile(ctx, cmd, s, path); err != nil {
						return withKept(err, paths[:i])
					}
				}
				return nil
			})
		},
	}
	flags := command.Flags()
	addReason(command, &options.reason, "why, for the history")
	flags.StringVar((*string)(&options.Format), "format", string(interchange.Bundle), strings.Join(options.Format.Values(), ", "))
	flags.BoolVar(&options.KeepGoing, "keep-going", false, "keep what is not at fault")
	flags.BoolVar(&options.Strict, "strict", false, "refuse records whose sources are taken for others by their names alone")
	flags.BoolVar(&options.assumed, "assumed", false, "list all that was taken for something else, and not the first by name alone")
	flags.StringVar((*string)(&options.Of), "of", "", "what the rows of a table are: "+interchange.Either(options.Of.Values()))
	flags.StringArrayVar(&options.Map, "map", nil, "FIELD=COLUMN: the column of a table that a field stands in; repeatable")
	flags.StringArrayVar(&options.Set, "set", nil,
		"FIELD=VALUE: what a field holds in all rows of a table; domains=HOST, whose trust.txt it is; url=ADDRESS of a page; repeatable")
	flags.StringVar((*string)(&options.Days), "days", "",
		"the order in which a file writes days that are figures: "+interchange.Either(options.Days.Values()))
	flags.StringVar(&options.Charset, "charset", "",
		"the encoding of files that do not say it themselves, such as windows-1256; UTF-8 without")
	flags.BoolVar(&options.SafeCells, "safe-cells", false, "take off the apostrophes that a table was exported with")
	flags.StringVar(&options.feed.Feed, "feed", "",
		"the feed that the file is an edition of; of who owns whom by default the file's own name, and empty for none")
	flags.StringVar((*string)(&options.feed.Date), "edition", "", "the day as of which an edition of a feed says what it says (today)")
	flags.BoolVar(&options.feed.Fewer, "fewer", false, "take back what a feed no longer says also where it is more than half")
	flags.BoolVar(&options.dryRun, "dry-run", false, "say what the import would do, and do nothing")
	completeWith(command, "format", options.Format.Values()...)
	completeWith(command, "of", options.Of.Values()...)
	completeWith(command, "days", options.Days.Values()...)
	return command
}

// withKept says beside an error which files were kept before it.
func withKept(err error, kept []string) error {
	if len(kept) == 0 {
		return err
	}
	names := make([]string, len(kept))
	for i, path := range kept {
		names[i] = headwater.VisibleLine(path)
	}
	return fmt.Errorf("%w\nkept before it: %s", err, strings.Join(names, ", "))
}

// check validates the flags before anything is started.
func (a *importFlags) check() error {
	table, err := a.Table()
	if err != nil {
		return asFlagErrors(err)
	}
	a.table = table
	if _, err = interchange.Read(nil, a.Format, a.table, ""); err != nil {
		return asFlagErrors(err)
	}
	e := a.feed
	if e.Feed == "" && !a.unnamed {
		e.Feed = interchange.FeedOf(a.Format, "file", a.table)
	}
	return asFlagErrors(e.Validate())
}

// pages puts the saved pages that a folder holds, at whatever depth, in its place, in the order of their names.
func (a *importFlags) pages(paths []string) (files []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if a.Format != interchange.HTML || err != nil || !info.IsDir() {
			files = append(files, path) // which tells what is wrong with it when it is opened
			continue
		}
		before := len(files)
		err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() &&
				slices.Contains([]string{".html", ".htm", ".xhtml"}, strings.ToLower(filepath.Ext(file))) {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s: is a folder without pages; expected files *.html, *.htm or *.xhtml", path)
		}
	}
	return files, nil
}

// asFlagErrors writes faults as errors of the flags that they are in.
func asFlagErrors(err error) error {
	var faults headwater.Faults
	if !errors.As(err, &faults) {
		return err
	}
	var all []error
	for _, fault := range faults {
		all = append(all, fmt.Errorf("--%s is %q; expected %s", strings.NewReplacer("/", "", "_", "-").Replace(string(fault.Pointer)),
			fault.Value, fault.Expected))
	}
	return errors.Join(all...)
}

// actor names the user who runs the command, for the history.
func actor() string {
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Username
	}
	return fmt.Sprintf("cli:%d", os.Getuid())
}

// authorship is who runs the command, and why. All that is changed under it is one group.
func authorship(reason string) store.Authorship {
	return store.Authorship{Actor: actor(), Group: headwater.NewID(), Reason: reason}
}

func (a *importFlags) importFile(ctx context.Context, cmd *cobra.Command, s *store.Store, path string) error {
	if path == "-" {
		return a.importInput(ctx, cmd, s, cmd.InOrStdin(), standardInput)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return a.importInput(ctx, cmd, s, file, path)
}

func (a *importFlags) importInput(ctx context.Context, cmd *cobra.Command, s *store.Store, input io.Reader, name string) error {
	file, remove, err := openSeekable(input)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer remove()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	shown := showProgress(cmd.ErrOrStderr(), name, size)
	edition, table := a.edition(name), a.table
	table.Feed = edition.Feed
	things, err := interchange.Read(&progressReader{ReadSeeker: file, progress: shown.read}, a.Format, table, s.Namespace())
	if err != nil {
		return err
	}
	result, err := s.Import(ctx, authorship(a.reason), things, store.ImportOptions{
		KeepGoing: a.KeepGoing, Strict: a.Strict, ProposeDuplicates: a.Format.MakesClaims(),
		ProposeReprints: a.Format.Holds() == interchange.HoldsDocuments,
		MaxFaults:       maxPrintedFaults, Step: shown.step, Edition: edition, DryRun: a.dryRun,
	})
	shown.done()
	if err != nil && ctx.Err() != nil {
		return interruption(name, err)
	}
	if err != nil {
		return importFailure(name, things.Unit(), err)
	}
	if err := printRecords(cmd.OutOrStdout(), cmd.ErrOrStderr(), name, a.Format, things.Unit(), result); err != nil {
		return err
	}
	if err := a.printAssumed(cmd.OutOrStdout(), name, things.Unit(), result.Assumed); err != nil {
		return err
	}
	if err := printCounts(cmd.OutOrStdout(), name, result); err != nil {
		return err
	}
	if err := printEdition(cmd.OutOrStdout(), result.Edition); err != nil || !a.dryRun {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), "  a dry run: nothing was stored")
	return err
}

// edition says of which feed a file is an edition. What comes from standard input has no name that could be that of a feed.
func (a *importFlags) edition(name string) store.Edition {
	e := a.feed
	if name != standardInput {
		e.File = filepath.Base(name)
		if e.Feed == "" && !a.unnamed {
			e.Feed = interchange.FeedOf(a.Format, e.File, a.table)
			e.OfFileName = e.Feed == e.File
		}
	}
	if e.Feed == "" {
		e.File, e.OfFileName = "", false
		return e
	}
	e.Format = string(a.Format)
	return e
}

// importMemory is how many bytes an import takes before it looks for garbage more often than it else would: one record may be large.
const importMemory = 208 << 20

// boundMemory holds the program to importMemory while it can: what is live, such as the sources of a large table, has as much room
// again. Without that, a program that needs more looks for garbage all the time. The function that it returns ends it.
func boundMemory() (end func()) {
	before := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(importMemory, before))
	ended := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(memoryTick)
		defer tick.Stop()
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
			}
			metrics.Read(live)
			debug.SetMemoryLimit(min(max(importMemory, 2*int64(live[0].Value.Uint64())), before))
		}
	})
	return func() {
		close(ended)
		looking.Wait()
		debug.SetMemoryLimit(before)
	}
}

// memoryTick is how often an import looks how much is live.
const memoryTick = 100 * time.Millisecond

// standardInput is what the input is called that has no name.
const standardInput = "standard input"

// maxPrintedAssumptions is how many assumptions of a file are printed.
const maxPrintedAssumptions = 20

// printAssumed prints how many sources and claims were taken for others, by what, and the first by name, the likeliest to be wrong; or
// all of them.
func (a *importFlags) printAssumed(out io.Writer, name, unit string, assumed store.Assumed) error {
	var counts []string
	total := 0
	for _, by := range store.AssumedBy("").Values() {
		if count := assumed.Counts[store.AssumedBy(by)]; count > 0 {
			counts = append(counts, fmt.Sprintf("%d by %s", count, by))
			total += count
		}
	}
	if total == 0 {
		return nil
	}
	byName := store.AssumedBy(store.AssumedBy("").Values()[0])
	most, all, what := maxPrintedAssumptions, assumed.Counts[byName], " by name; --assumed lists all"
	if a.assumed {
		most, all, what = len(assumed.List), total, ""
	}
	var list strings.Builder
	listed := 0
	for _, assumption := range assumed.List {
		if listed == most || !a.assumed && assumption.By != byName {
			continue
		}
		listed++
		fmt.Fprintf(&list, "  %s %d: %s, by %s\n", unit, assumption.Record, assumption.Thing(), assumption.By)
	}
	if more := all - listed; more > 0 {
		fmt.Fprintf(&list, "  and %d more%s\n", more, what)
	}
	_, err := fmt.Fprintf(out, "%s: %d assumed to be what others are: %s\n%s", headwater.VisibleLine(name), total,
		strings.Join(counts, ", "), list.String())
	return err
}

// maxPrintedFaults is how many faults of a file are printed.
const maxPrintedFaults = 10_000

// printRecords prints what was read otherwise than it is written, the refused records and how many were kept. A bundle is
// kept whole and as it is, so there is nothing to print.
func printRecords(out, problems io.Writer, name string, format interchange.Format, unit string, result store.ImportResult) error {
	if !format.Takes(interchange.OptionKeepGoing) {
		return nil
	}
	for _, problem := range []struct {
		text string
		more int
	}{
		{listLines(name, unit, result.Notes, func(n bundle.Note) (int, string) { return n.Line, "note: " + n.String() }),
			result.Noted - len(result.Notes)},
		{listLines(name, unit, result.Refused, faultOf), result.Faults - len(result.Refused)},
	} {
		text := strings.TrimPrefix(problem.text, "\n")
		if problem.more > 0 {
			text += fmt.Sprintf("\nand %d more", problem.more)
		}
		if text == "" {
			continue
		}
		if _, err := fmt.Fprintln(problems, text); err != nil {
			return err
		}
	}
	r := result.Records
	_, err := fmt.Fprintf(out, "%s: %d records: %d kept, %d kept in part, %d refused\n", headwater.VisibleLine(name),
		r.Read, r.Kept, r.Partly, r.Refused)
	return err
}

// progressReader reports how far a file has been read.
type progressReader struct {
	io.ReadSeeker
	position int64
	progress func(int64)
}

func (w *progressReader) Read(p []byte) (int, error) {
	n, err := w.ReadSeeker.Read(p)
	w.position += int64(n)
	if w.progress != nil {
		w.progress(w.position)
	}
	return n, err
}

func (w *progressReader) Seek(offset int64, whence int) (int64, error) {
	position, err := w.ReadSeeker.Seek(offset, whence)
	w.position = position
	return position, err
}

// openSeekable is the input itself where it is a regular file, else a temporary copy that remove deletes: a bundle is read
// more than once.
func openSeekable(input io.Reader) (file *os.File, remove func(), err error) {
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
	spool, err := os.CreateTemp("", "headwater-import-*")
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

// progress is what an import tells of itself. Reading is the first half of its bar, the steps that check and store are the second.
type progress struct {
	bar  *progressbar.ProgressBar // nil where there is no terminal
	name string
	size int64
}

// showProgress draws a bar on a terminal; elsewhere it writes one line when the reading begins.
func showProgress(w io.Writer, name string, size int64) *progress {
	p := &progress{name: headwater.VisibleLine(name), size: max(size, 1)}
	if !isTerminal(w) {
		fmt.Fprintf(w, "importing %s (%d bytes)\n", p.name, size)
		return p
	}
	p.bar = progressbar.NewOptions64(2*p.size, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("reading "+p.name),
		progressbar.OptionClearOnFinish())
	return p
}

// A bar that cannot be drawn is no reason to stop, so that its errors are not looked at.

// read says how far the file is read.
func (p *progress) read(position int64) {
	if p.bar != nil {
		_ = p.bar.Set64(min(position, p.size))
	}
}

// step says which step begins.
func (p *progress) step(step, steps int) {
	if p.bar == nil {
		return
	}
	if step <= transfer.StagingStep {
		p.bar.Describe("reading " + p.name)
		return
	}
	p.bar.Describe(fmt.Sprintf("storing %s, step %d of %d", p.name, step, steps))
	_ = p.bar.Set64(p.size + p.size*int64(step-transfer.StagingStep-1)/int64(steps-transfer.StagingStep))
}

// done takes the bar away.
func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// interruption says what an import that was interrupted kept.
func interruption(name string, err error) error {
	if headwater.CodeOf(err) == headwater.CodeUnavailable { // nobody knows whether the commit was made
		return fmt.Errorf("interrupted while %s was being kept: it is there whole or not at all; headwater imports lists what is there",
			name)
	}
	return fmt.Errorf("interrupted: nothing of %s was kept", name)
}

// importFailure is the error of an import: the file, and all faults of its lines.
func importFailure(name, unit string, err error) error {
	var faulty *store.ImportError
	if !errors.As(err, &faulty) {
		return fmt.Errorf("%s: %w", name, err)
	}
	text := fmt.Sprintf("%s was not imported: it has %s, and nothing of it was kept", name, faulty.Count())
	text += listLines(name, unit, faulty.Faults, faultOf)
	if more := faulty.Total - len(faulty.Faults); more > 0 {
		text += fmt.Sprintf("\nand %d more", more)
	}
	return errors.New(text)
}

// listLines puts the file and the line or record before each fault or note, as compilers do.
func listLines[T any](name, unit string, list []T, of func(T) (line int, text string)) string {
	place := "%s:%d"
	if unit != "line" {
		place = "%s: " + unit + " %d"
	}
	var all strings.Builder
	for _, entry := range list {
		line, text := of(entry)
		fmt.Fprintf(&all, "\n"+place+": %s", headwater.VisibleLine(name), line, text)
	}
	return all.String()
}

func faultOf(fault bundle.LineFault) (line int, text string) { return fault.Line, fault.Fault.Error() }

// printCounts prints what an import did, one resource a line.
func printCounts(w io.Writer, name string, result store.ImportResult) error {
	var b strings.Builder
	b.WriteString(headwater.VisibleLine(name) + "\n")
	for _, resource := range headwater.Things() {
		count := result.Counts[headwater.Resource(resource)]
		fmt.Fprintf(&b, "  %-13s %d added, %d changed, %d unchanged", headwater.Resource(resource).Plural(), count.Added, count.Changed,
			count.Unchanged)
		if count.TakenBack > 0 {
			fmt.Fprintf(&b, ", %d taken back", count.TakenBack)
		}
		b.WriteString("\n")
	}
	if !result.Changed() {
		b.WriteString("  nothing changed\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
