package migrations

import (
	"regexp"
	"slices"
	"strings"
)

// statement is one statement of a file.
type statement struct {
	sql string
	at  int // the byte of the file with which it begins
}

// split gives the statements of a file, without the semicolons and comments between them. No statement ends at a semicolon within
// a string, a quoted name, a comment, parentheses or the body of a function.
//
// Each is to be sent by itself: Citus sends on to its workers the whole message in which it finds a change of a table.
func split(sql string) []statement {
	s := splitter{sql: sql}
	for s.at < len(sql) {
		switch rest := sql[s.at:]; {
		case space.MatchString(rest):
			s.at += len(space.FindString(rest))
		case strings.HasPrefix(rest, "/*"):
			s.at += commentLength(rest)
		case rest[0] == ';' && s.parentheses == 0 && s.blocks == 0:
			s.end()
			s.at++
		default:
			s.token(rest)
		}
	}
	s.end()
	return s.found
}

type splitter struct {
	sql         string
	at          int // what is read next
	found       []statement
	begun       int // where the statement begins that is read, if it has a token
	tokens      int
	words       []string // the first of the statement, in capitals
	last        string   // the word just before, in capitals
	parentheses int
	blocks      int // BEGIN ATOMIC and CASE without their END
}

var (
	space  = regexp.MustCompile(`^(?:[ \t\r\n\f\v]|--[^\r\n]*)+`)
	word   = regexp.MustCompile(`^[A-Za-z_\x{80}-\x{10FFFF}][A-Za-z0-9_$\x{80}-\x{10FFFF}]*`)
	dollar = regexp.MustCompile(`^\$(?:[A-Za-z_\x{80}-\x{10FFFF}][A-Za-z0-9_\x{80}-\x{10FFFF}]*)?\$`)
	// again is how a string goes on that ended at the line before.
	again = regexp.MustCompile(`^(?:[ \t\f\v]|--[^\r\n]*)*[\r\n](?:[ \t\r\n\f\v]|--[^\r\n]*)*'`)
)

// end ends the statement, unless there is none.
func (s *splitter) end() {
	if s.tokens > 0 {
		s.found = append(s.found, statement{s.sql[s.begun:s.at], s.begun})
	}
	*s = splitter{sql: s.sql, at: s.at, found: s.found}
}

func (s *splitter) token(rest string) {
	if s.tokens == 0 {
		s.begun = s.at
	}
	s.tokens++
	if name := word.FindString(rest); name != "" {
		s.word(strings.ToUpper(name))
		s.at += len(name)
		if strings.EqualFold(name, "E") && strings.HasPrefix(rest[1:], "'") {
			s.at += escapedLength(rest[1:])
		}
		return
	}
	s.last = ""
	switch tag := dollar.FindString(rest); {
	case tag != "":
		s.at += len(tag) + through(rest[len(tag):], tag)
	case rest[0] == '\'' || rest[0] == '"':
		s.at += 1 + through(rest[1:], rest[:1]) // a doubled quote ends one and begins the next
	default:
		s.at++
		s.parenthesis(rest[0])
	}
}

func (s *splitter) parenthesis(c byte) {
	switch c {
	case '(':
		s.parentheses++
	case ')':
		s.parentheses = max(s.parentheses-1, 0)
	}
}

// word notes where a body of the SQL standard begins and ends, as psql does. Within parentheses a CASE has its END.
func (s *splitter) word(name string) {
	if len(s.words) < 4 {
		s.words = append(s.words, name)
	}
	if s.parentheses == 0 && s.makesFunction() && s.last != "AS" { // which a name follows
		switch {
		case name == "ATOMIC" && s.last == "BEGIN", name == "CASE" && s.blocks > 0:
			s.blocks++
		case name == "END" && s.blocks > 0:
			s.blocks--
		}
	}
	s.last = name
}

func (s *splitter) makesFunction() bool {
	words := s.words
	if len(words) > 3 && words[1] == "OR" && words[2] == "REPLACE" {
		words = slices.Delete(slices.Clone(words), 1, 3)
	}
	return len(words) > 1 && words[0] == "CREATE" && (words[1] == "FUNCTION" || words[1] == "PROCEDURE")
}

// through is how long a text is up to and with its first such end; the whole of it where it has none.
func through(text, end string) int {
	before, _, found := strings.Cut(text, end)
	if !found {
		return len(text)
	}
	return len(before) + len(end)
}

// escapedLength is that of a string in which a backslash escapes a quote, from its first quote on.
func escapedLength(text string) int {
	for at := 1; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '\'':
			more := again.FindString(text[at+1:])
			if more == "" {
				return at + 1
			}
			at += len(more)
		}
	}
	return len(text)
}

// commentLength is that of a comment in which others may be.
func commentLength(text string) int {
	depth := 0
	for at := 0; at < len(text)-1; at++ {
		switch text[at : at+2] {
		case "/*":
			depth++
			at++
		case "*/":
			depth--
			at++
		}
		if depth == 0 {
			return at + 1
		}
	}
	return len(text)
}
