package headwater

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"github.com/google/uuid"
)

// FaultCode is what is wrong with one value. Codes are part of the API: they are never renamed.
type FaultCode string

const (
	FaultRequired         FaultCode = "required"          // a value must be given
	FaultUnknownField     FaultCode = "unknown_field"     // no such field
	FaultFormat           FaultCode = "bad_format"        // the value cannot be read as what the field holds
	FaultNotOneOf         FaultCode = "not_one_of"        // not in the list of allowed values
	FaultRange            FaultCode = "out_of_range"      // outside of its bounds, or an end before its start
	FaultTooLong          FaultCode = "too_long"          // more characters or entries than allowed
	FaultDuplicate        FaultCode = "duplicate"         // given twice where once is allowed
	FaultText             FaultCode = "bad_text"          // not UTF-8, or a control character
	FaultUnknownReference FaultCode = "unknown_reference" // names a thing that does not exist
	FaultImmutable        FaultCode = "immutable"         // cannot be changed once set
	FaultQuote            FaultCode = "quote_mismatch"    // the quoted words are not in the text at that place
	FaultChainStart       FaultCode = "chain_start"       // the first hop is not the document's publisher
	FaultLoop             FaultCode = "loop"              // would make a thing its own ancestor
	FaultSameEnds         FaultCode = "same_ends"         // a link or relation from a thing to itself
	FaultAlreadyLinked    FaultCode = "already_linked"    // the pair is linked in this kind already
	FaultHash             FaultCode = "hash_mismatch"     // text_sha256 is not the hash of the text
	FaultConflict         FaultCode = "conflict"          // contradicts another field of the same thing
)

// Values lists the codes.
func (FaultCode) Values() []string {
	return []string{
		string(FaultRequired), string(FaultUnknownField), string(FaultFormat), string(FaultNotOneOf), string(FaultRange),
		string(FaultTooLong), string(FaultDuplicate), string(FaultText), string(FaultUnknownReference),
		string(FaultImmutable), string(FaultQuote), string(FaultChainStart), string(FaultLoop), string(FaultSameEnds),
		string(FaultAlreadyLinked), string(FaultHash), string(FaultConflict),
	}
}

// Pointer is a JSON Pointer (RFC 6901) to a field of the thing at fault; "" is the thing itself.
type Pointer string

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// Field returns the pointer to the named member of what p points to.
func (p Pointer) Field(name string) Pointer { return p + "/" + Pointer(pointerEscapes.Replace(name)) }

// Index returns the pointer to entry i of the list that p points to.
func (p Pointer) Index(i int) Pointer { return p + Pointer("/"+strconv.Itoa(i)) }

// Fault is one thing wrong with one value.
type Fault struct {
	Pointer  Pointer   `json:"pointer" doc:"JSON Pointer (RFC 6901) to the value at fault." example:"/chain/0/source"`
	Code     FaultCode `json:"code" doc:"What is wrong." example:"chain_start"`
	Value    string    `json:"value,omitempty" doc:"The value as it was given, shortened if long." example:"kcna"`
	Expected string    `json:"expected" doc:"What would have been right." example:"the document's publisher, outlet"`
}

// Error describes the field, the value and what was expected in one line.
func (f Fault) Error() string {
	where, expected := VisibleLine(string(f.Pointer)), VisibleLine(f.Expected)
	if where == "" {
		where = "/"
	}
	if f.Value == "" {
		return fmt.Sprintf("%s: %s: expected %s", where, f.Code, expected)
	}
	return fmt.Sprintf("%s: %s: %q, expected %s", where, f.Code, f.Value, expected)
}

// Faults are all faults of one thing. Faults returned as an error are never empty.
type Faults []Fault

// Error lists the faults, one a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// FaultsBelow are the faults in err, if any, of a part of a thing, with pointers from the whole, in which the part stands at a place.
func FaultsBelow(at Pointer, err error) Faults {
	var faults Faults
	errors.As(err, &faults)
	below := slices.Clone(faults)
	for i := range below {
		below[i].Pointer = at + below[i].Pointer
	}
	return below
}

// Code is why an operation as a whole failed. Codes are part of the API: they are never renamed.
type Code string

const (
	CodeInvalid         Code = "invalid"          // the request has faults; Faults lists them
	CodeNotFound        Code = "not_found"        // no thing with this identity
	CodeAlreadyExists   Code = "already_exists"   // the key is taken, or the same thing is there; Existing names it
	CodeConflict        Code = "conflict"         // the thing's state does not allow it
	CodeVersionMismatch Code = "version_mismatch" // somebody changed it in between
	CodeChangedSince    Code = "changed_since"    // what is to be undone was changed since, or built upon; Faults lists by what
	CodeAlreadyUndone   Code = "already_undone"   // what is to be undone is undone
	CodeForbidden       Code = "forbidden"        // who asks may not do so
	CodeUnavailable     Code = "unavailable"      // the database cannot be reached or is too busy; try again
)

// Error is a failure to report to a client. Detail is written for clients and holds no internal text.
type Error struct {
	Code   Code
	Detail string
	Faults Faults
	// Version is the thing's current version if Code is CodeVersionMismatch.
	Version int
	// Existing is the id of what is there if Code is CodeAlreadyExists and that is known.
	Existing uuid.UUID
	// Retryable says that the cause ends by itself soon, so that the client may repeat the request as it is.
	Retryable bool
	// Momentary says that the cause is gone already and nothing was done, so that we can do the same again at once.
	Momentary bool
	// Late says that it was ended since it took longer than it may, and so would again.
	Late bool
}

// NotFound is the error for an identity that nothing has.
func NotFound(resource Resource, id any) error {
	return &Error{Code: CodeNotFound, Detail: fmt.Sprintf("no %s has the id %s", resource, id)}
}

// Error joins the detail and the faults.
func (e *Error) Error() string {
	if len(e.Faults) == 0 {
		return e.Detail
	}
	return e.Detail + "\n" + e.Faults.Error()
}

// Unwrap lets errors.As find the faults.
func (e *Error) Unwrap() error {
	if len(e.Faults) == 0 {
		return nil
	}
	return e.Faults
}

// CodeOf returns the code of an error: that of the *Error in its chain, CodeInvalid for bare Faults, "" for any other.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	var faults Faults
	if errors.As(err, &faults) {
		return CodeInvalid
	}
	return ""
}

// maxShownValue is how many characters of an invalid value a fault shows.
const maxShownValue = 200

// NewFault returns a fault with the value shortened to 200 characters.
func NewFault(at Pointer, code FaultCode, value any, expected string) Fault {
	shown := ""
	if value != nil {
		shown = fmt.Sprint(value)
	}
	if runes := []rune(shown); len(runes) > maxShownValue {
		shown = string(runes[:maxShownValue]) + "…"
	}
	return Fault{Pointer: at, Code: code, Value: strings.ToValidUTF8(strings.ReplaceAll(shown, "\x00", "␀"), "\uFFFD"), Expected: expected}
}

// checker collects the faults of one thing.
type checker struct{ faults Faults }

func (c *checker) add(at Pointer, code FaultCode, value any, expected string) {
	c.faults = append(c.faults, NewFault(at, code, value, expected))
}

// err returns the collected faults as an error, nil if there are none.
func (c *checker) err() error {
	if len(c.faults) == 0 {
		return nil
	}
	return c.faults
}

// enum is a string type that lists its values.
type enum interface {
	~string
	Values() []string
}

func checkOneOf[E enum](c *checker, at Pointer, v E) {
	if v == "" {
		c.add(at, FaultRequired, nil, OneOf("", v.Values()))
		return
	}
	checkOptionalOneOf(c, at, v)
}

func checkOptionalOneOf[E enum](c *checker, at Pointer, v E) {
	if v != "" && !slices.Contains(v.Values(), string(v)) {
		c.add(at, FaultNotOneOf, v, OneOf(string(v), v.Values()))
	}
}

// OneOf says for a fault which values there are and, where one of them is near to what was given, which one was perhaps meant.
func OneOf(given string, values []string) string {
	expected := "one of " + strings.Join(values, ", ")
	if near := nearest(given, values); near != "" {
		expected += "; perhaps " + near
	}
	return expected
}

// longestWord is how many bytes of a value are worth comparing: no value that there is has nearly as many.
const longestWord = 64

// nearest is the value that is like the given one: it begins with it, or at most half of the letters differ. It is empty where there
// is none.
func nearest(given string, values []string) string {
	if given == "" || len(given) > longestWord {
		return ""
	}
	word := wordSeparators.Replace(strings.ToLower(strings.TrimSpace(given)))
	near, least := "", len(word)/2+1
	for _, value := range values {
		differing := levenshtein.ComputeDistance(word, value)
		if len(word) > 2 && strings.HasPrefix(value, word) {
			differing = 0
		}
		if differing < least {
			near, least = value, differing
		}
	}
	return near
}

var wordSeparators = strings.NewReplacer(" ", "_", "-", "_")

func (c *checker) required(at Pointer, given bool, expected string) {
	if !given {
		c.add(at, FaultRequired, nil, expected)
	}
}

// strings checks every string in the thing: valid UTF-8, no control characters that its kind of text refuses, and no longer than
// its maxLength tag (in code points) or, without one, MaxString.
func (c *checker) strings(thing any) {
	c.stringsIn("", reflect.ValueOf(thing), textRule{most: MaxString})
}

// textRule is what a string must be like.
type textRule struct {
	most int // code points
	kind textKind
}

// MaxString is how many code points a string without a bound of its own may have.
const MaxString = 10_000

func (c *checker) stringsIn(at Pointer, v reflect.Value, rule textRule) {
	switch v.Kind() {
	case reflect.String:
		c.text(at, v.String(), rule)
	case reflect.Pointer:
		if !v.IsNil() {
			c.stringsIn(at, v.Elem(), rule)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			c.stringsIn(at.Index(i), v.Index(i), rule)
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			c.text(at.Field(k.String()), k.String(), textRule{most: MaxName})
			c.stringsIn(at.Field(k.String()), v.MapIndex(k), rule)
		}
	case reflect.Struct:
		c.stringsInFields(at, v)
	}
}

func (c *checker) stringsInFields(at Pointer, v reflect.Value) {
	for _, field := range checkedFields(v.Type()) {
		c.stringsIn(at+field.pointer, v.Field(field.index), field.rule)
	}
}

// checkedField is a struct field that may hold strings to check.
type checkedField struct {
	index   int
	pointer Pointer // from the struct; empty for an embedded one
	rule    textRule
}

var checkedFieldsByType sync.Map // cache of reflect.Type to []checkedField, since parsing tags is slow

func checkedFields(t reflect.Type) []checkedField {
	if known, ok := checkedFieldsByType.Load(t); ok {
		return known.([]checkedField)
	}
	var fields []checkedField
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		checked := checkedField{index: i, rule: textRule{MaxString, textKind(field.Tag.Get("text"))}}
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			checked.pointer = Pointer("").Field(name)
		}
		if most, err := strconv.Atoi(field.Tag.Get("maxLength")); err == nil {
			checked.rule.most = most
		}
		fields = append(fields, checked)
	}
	checkedFieldsByType.Store(t, fields)
	return fields
}

func (c *checker) text(at Pointer, s string, rule textRule) {
	switch {
	case !utf8.ValidString(s):
		c.add(at, FaultText, s, "UTF-8")
	case strings.ContainsRune(s, 0):
		c.add(at, FaultText, s, "no NUL character")
	case len(s) > rule.most && utf8.RuneCountInString(s) > rule.most:
		c.add(at, FaultTooLong, s, fmt.Sprintf("at most %d characters", rule.most))
	case rule.kind != verbatimText:
		c.controls(at, s, rule.kind)
	}
}

// controls refuses what could reach beyond a text, where it is shown.
func (c *checker) controls(at Pointer, s string, kind textKind) {
	r, found := firstControl(s, kind)
	switch {
	case !found:
	case isControl(r):
		c.add(at, FaultText, s, fmt.Sprintf("no control character U+%04X", r))
	default:
		c.add(at, FaultText, s, fmt.Sprintf("no U+%04X without its counterpart, which would turn the direction of the text around it", r))
	}
}

// seen refuses what nobody sees in a name by which people are told apart.
func (c *checker) seen(at Pointer, name string) {
	if _, reported := firstControl(name, lineText); reported {
		return
	}
	if r, found := firstUnseen(name); found {
		c.add(at, FaultText, name, fmt.Sprintf("no U+%04X, which nobody sees", r))
	}
}

// sortFaults sorts faults by their pointers.
func sortFaults(faults Faults) {
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(string(a.Pointer), string(b.Pointer)) })
}
