// Command bench measures Headwater against what the machine allows. Each case alternates with its ceiling, which is what
// PostgreSQL or a bare handler does with the same rows, so that the ratios mean something on a noisy machine. It generates its
// data, runs a private PostgreSQL with the settings that docs/deployment.md recommends, prints a table and writes it to
// docs/performance.json and docs/performance.md. It must not know how the service works inside: it runs the program and talks
// HTTP, and calls packages only where a case is about a package. It asserts nothing: a case that is too slow is a line in the
// table, not a failed run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
	"time"
)

// options are the flags of a run.
type options struct {
	size    int
	cases   *regexp.Regexp
	rounds  int
	loads   int
	length  time.Duration
	dir     string
	publish bool
	soaked  time.Duration // how long to soak; if set, the run does nothing else
	corpus  bool          // measure the corpus of chains, and nothing else
}

// section is a group of cases that share a setup.
type section struct {
	name string
	run  func(*bench, context.Context) error
}

// sections in the order in which they run: load is first, and leaves the world that the others read.
var sections = []section{
	{"load", (*bench).load},
	{"report", (*bench).reports},
	{"read", (*bench).reads},
	{"search", (*bench).searches},
	{"way-back", (*bench).wayBack},
	{"impact", (*bench).impacts},
	{"write", (*bench).writes},
	{"history", (*bench).history},
	{"log", (*bench).withLog},
	{"start", (*bench).starts},
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == bareRole {
		exit(serveBare(os.Args[2]))
	}
	var o options
	cases := flag.String("cases", ".", "only the sections whose names match this regular `expression`: load, report, read, search, "+
		"way-back, impact, write, history, log, start")
	flag.IntVar(&o.size, "size", 100_000, "attributions of the world that is made; at least 1,000")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each case and its ceiling are measured")
	flag.IntVar(&o.loads, "loads", 2, "how often the whole world is imported and exported, and so are the ceilings of that")
	flag.DurationVar(&o.length, "length", 3*time.Second, "how long each measurement of a rate takes; whole seconds")
	flag.StringVar(&o.dir, "dir", "", "folder for the databases, some 10 GB for a million attributions; a temporary one by default")
	flag.DurationVar(&o.soaked, "soak", 0, "load the service with a mixture of requests for so long, two minutes or more, and measure "+
		"nothing else")
	flag.BoolVar(&o.corpus, "corpus", false, fmt.Sprintf("load a corpus of as many chains as -size says, report on all its claims, and "+
		"measure nothing else; the largest that is known has %d", corpusChains))
	bundle := flag.String("bundle", "", "only write the world, or the corpus, to this `file`, as a bundle")
	flag.BoolVar(&o.publish, "publish", true, "write docs/performance.json and docs/performance.md")
	flag.Parse()
	var err error
	if o.cases, err = regexp.Compile(*cases); err != nil || o.size < 1_000 || min(o.rounds, o.loads) < 1 ||
		o.soaked != 0 && o.soaked < shortestSoak || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	switch {
	case *bundle != "" && o.corpus:
		exit(writeFile(*bundle, corpus{o.size}.writeTo))
	case *bundle != "":
		exit(writeFile(*bundle, world{o.size}.writeTo))
	}
	exit(run(o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(o options) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	var chosen []section
	switch {
	case o.soaked > 0:
		chosen = []section{{"soak", (*bench).soak}}
	case o.corpus:
		chosen = []section{{"corpus", (*bench).ofCorpus}}
	default:
		chosen = slices.DeleteFunc(slices.Clone(sections), func(s section) bool { return !o.cases.MatchString(s.name) })
	}
	for _, s := range chosen {
		began := time.Now()
		if err := s.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s took %s\n", s.name, time.Since(began).Round(time.Second))
	}
	fmt.Print(table(b.results))
	if !o.publish {
		return nil
	}
	return b.publish(ctx)
}
