package bundle

// MaxValues is how many values a JSON text may have: more than any record needs, and few enough to be held at once, since a value takes
// far more memory than the two bytes in which it can be written.
const MaxValues = 200_000

// CountValues gives how many values a JSON text has, and how deep they stand within one another, before anything is made of it: each
// that a bracket begins or a comma ends. Of what is no JSON it says nothing.
func CountValues(text []byte) (values, depth int) {
	within, escaped, open := false, false, 0
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case within:
			escaped, within = c == '\\', c != '"'
		case c == '"':
			within = true
		case c == ',':
			values++
		case c == '[' || c == '{':
			values++
			open++
			depth = max(depth, open)
		case c == ']' || c == '}':
			open--
		}
	}
	return values, depth
}
