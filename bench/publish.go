package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/jackc/pgx/v5"
)

const (
	figuresPath = "docs/performance.json"
	pagePath    = "docs/performance.md"
)

// Figures are all results from one machine: the last of each case and size.
type Figures struct {
	Machine Machine  `json:"machine"`
	Cases   []Result `json:"cases"`
}

// Machine is the machine of the figures.
type Machine struct {
	CPU        string `json:"cpu"`
	Cores      int    `json:"cores"`
	MemoryGB   int    `json:"memory_gb"`
	PostgreSQL string `json:"postgresql"`
	Go         string `json:"go"`
}

func thisMachine(postgresql string) (Machine, error) {
	m := Machine{Cores: runtime.NumCPU(), PostgreSQL: postgresql, Go: runtime.Version()}
	for _, fact := range []struct {
		path, name string
		into       func(string)
	}{
		{"/proc/cpuinfo", "model name", func(text string) { m.CPU = text }},
		{"/proc/meminfo", "MemTotal", func(text string) {
			kilobytes, _ := strconv.Atoi(strings.TrimSuffix(text, " kB")) // 0 says that it is not known
			m.MemoryGB = (kilobytes + 1<<19) >> 20
		}},
	} {
		text, err := os.ReadFile(fact.path)
		if err != nil {
			return m, err
		}
		if _, after, found := strings.Cut(string(text), fact.name); found {
			line, _, _ := strings.Cut(after, "\n")
			fact.into(strings.TrimLeft(line, "\t :"))
		}
	}
	return m, nil
}

// publish merges the results into those of earlier runs on this machine and writes both files.
func (b *bench) publish(ctx context.Context) error {
	var version string
	if err := b.withConnection(ctx, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SELECT split_part(current_setting('server_version'), ' ', 1)").Scan(&version)
	}); err != nil {
		return err
	}
	machine, err := thisMachine(version)
	if err != nil {
		return err
	}
	var figures Figures
	before, err := os.ReadFile(figuresPath)
	if err == nil {
		err = json.Unmarshal(before, &figures)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if figures.Machine != machine {
		figures = Figures{Machine: machine}
	}
	figures.merge(b.results)
	var text bytes.Buffer
	to := json.NewEncoder(&text)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	if err := to.Encode(figures); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(figuresPath, text.Bytes(), 0o644), os.WriteFile(pagePath, []byte(figures.page()), 0o644))
}

func (f *Figures) merge(results []Result) {
	for _, result := range results {
		same := func(earlier Result) bool {
			return earlier.Case == result.Case && earlier.Attributions == result.Attributions
		}
		if at := slices.IndexFunc(f.Cases, same); at >= 0 {
			f.Cases[at] = result
		} else {
			f.Cases = append(f.Cases, result)
		}
	}
	slices.SortStableFunc(f.Cases, func(a, b Result) int { return cmp.Compare(a.Attributions, b.Attributions) })
}

// notes are the hand-written part of the page.
//
//go:embed notes.md
var notes string

// page is docs/performance.md.
func (f *Figures) page() string {
	var page strings.Builder
	fmt.Fprintf(&page, `# Performance

Each figure was measured in turn with its ceiling: what PostgreSQL itself, or a bare handler, does with the same rows in the
same minute on the same machine. The ratio is what counts; the absolute figures are as noisy as the machine. This page
is made from [performance.json](performance.json) and bench/notes.md by `+"`make bench`"+`; edit those.

Machine: %s, %d cores, %d GB, PostgreSQL %s, %s.
`, f.Machine.CPU, f.Machine.Cores, f.Machine.MemoryGB, f.Machine.PostgreSQL, f.Machine.Go)
	for cases := f.Cases; len(cases) > 0; {
		size := cases[0].Attributions
		n := slices.IndexFunc(cases, func(r Result) bool { return r.Attributions != size })
		if n < 0 {
			n = len(cases)
		}
		fmt.Fprintf(&page, "\n## %d attributions\n\n| %s |\n|%s\n", size, strings.Join(headers, " | "),
			strings.Repeat("---|", len(headers)))
		for _, result := range cases[:n] {
			fmt.Fprintf(&page, "| %s |\n", strings.Join(result.cells(), " | "))
		}
		cases = cases[n:]
	}
	return page.String() + "\n" + notes
}

var headers = []string{"case", "figure", "ceiling", "ratio: min", "median", "max", "goal", "met", "p50 ms", "p99 ms", "MB"}

func (r Result) cells() []string {
	cells := []string{r.Case, cmp.Or(number(r.Figure), "0") + " " + r.Unit, number(r.Ceiling), "", "", "", r.Goal, "yes", number(r.P50),
		number(r.P99), number(float64(r.Memory))}
	if r.Ratio != nil {
		cells[3], cells[4], cells[5] = number(r.Ratio.Min), number(r.Ratio.Median), number(r.Ratio.Max)
	}
	if !r.Met {
		cells[7] = "**no**"
	}
	return cells
}

// number formats a value with three digits, and as nothing if it is 0, which means not measured.
func number(value float64) string {
	switch {
	case value == 0:
		return ""
	case value >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
	return strconv.FormatFloat(value, 'g', 3, 64)
}

// table formats results for a terminal.
func table(results []Result) string {
	var text strings.Builder
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, strings.Join(headers, "\t"))
	for _, result := range results {
		fmt.Fprintln(columns, strings.Join(result.cells(), "\t"))
	}
	if err := columns.Flush(); err != nil {
		return err.Error()
	}
	return text.String()
}
