package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"github.com/headwater-project/headwater"
)

// forPeople is where a text for people goes. On a terminal, marks that nobody sees keep names of two directions apart; what is piped
// into a file or another program has none.
func forPeople(w io.Writer) io.Writer {
	if isTerminal(w) {
		return w
	}
	return unmarked{w}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// unmarked leaves out the marks of direction (the isolates of Unicode UAX #9). Each write is of whole characters.
type unmarked struct{ io.Writer }

var isolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// Write writes what is left of a text.
func (u unmarked) Write(text []byte) (int, error) {
	if _, err := isolates.WriteString(u.Writer, string(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// writeTable writes rows below their titles. The last column may be long, and of any script.
func writeTable(w io.Writer, titles []string, rows [][]string) error {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{titles}, rows...) {
		if _, err := fmt.Fprintln(table, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(forPeople(w), b.String())
	return err
}

// writeLines writes things as they were answered, one a line.
func writeLines(w io.Writer, things []json.RawMessage) error {
	for _, thing := range things {
		if _, err := fmt.Fprintf(w, "%s\n", strings.TrimSpace(string(thing))); err != nil {
			return err
		}
	}
	return nil
}

// writeOutline writes a thing with a line for each member, in the order that it has them, and names in place of ids.
func writeOutline(b *strings.Builder, indent string, thing json.RawMessage, names map[string]string) error {
	decoder := json.NewDecoder(strings.NewReader(string(thing)))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var member json.RawMessage
		if err := decoder.Decode(&member); err != nil {
			return err
		}
		if err := writeMember(b, indent, fmt.Sprint(name), member, names); err != nil {
			return err
		}
	}
	return nil
}

func writeMember(b *strings.Builder, indent, name string, member json.RawMessage, names map[string]string) error {
	var list []json.RawMessage
	var text string
	switch {
	case member[0] == '{':
		fmt.Fprintf(b, "%s%s\n", indent, headwater.VisibleLine(name))
		return writeOutline(b, indent+"  ", member, names)
	case json.Unmarshal(member, &list) == nil:
		for _, item := range list {
			if err := writeMember(b, indent, name, item, names); err != nil {
				return err
			}
		}
	case json.Unmarshal(member, &text) == nil && strings.Contains(text, "\n"):
		lines := strings.ReplaceAll(headwater.Visible(text), "\n", "\n"+indent+"  ")
		fmt.Fprintf(b, "%s%s\n%s  %s\n", indent, headwater.VisibleLine(name), indent, lines)
	case json.Unmarshal(member, &text) == nil:
		shown := headwater.Isolated(text)
		if known := names[text]; known != "" && name != "id" {
			shown = known
		}
		fmt.Fprintf(b, "%s%s  %s\n", indent, headwater.VisibleLine(name), shown)
	default:
		fmt.Fprintf(b, "%s%s  %s\n", indent, headwater.VisibleLine(name), member)
	}
	return nil
}
