package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/api"
)

// bodies are what the service takes to create a thing of each resource. The flags of add are made from them.
var bodies = map[headwater.Resource]reflect.Type{
	headwater.ResourceSource: reflect.TypeFor[api.NewSource](), headwater.ResourceRelation: reflect.TypeFor[api.NewRelation](),
	headwater.ResourceDocument: reflect.TypeFor[api.NewDocument](), headwater.ResourceClaim: reflect.TypeFor[api.NewClaim](),
	headwater.ResourceAttribution: reflect.TypeFor[api.NewAttribution](), headwater.ResourceLink: reflect.TypeFor[api.NewLink](),
	headwater.ResourceReview: reflect.TypeFor[api.NewReview](), headwater.ResourceMatch: reflect.TypeFor[api.NewMatch](),
}

// madeFromFields marks a flag that stands for a field of a thing, which docs/data-model.md explains.
const madeFromFields = "made from fields"

// bodyFields are the flags of one resource.
type bodyFields map[string]*fieldFlag // by the name of the field

// fieldFlag is the flag of one field.
type fieldFlag struct {
	field  reflect.StructField
	values []string
	input  io.Reader
}

// addBodyFlags adds a flag for each field of a body: --derived-from for derived_from.
func addBodyFlags(command *cobra.Command, body reflect.Type) bodyFields {
	fields := bodyFields{}
	for _, field := range reflect.VisibleFields(body) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || field.Anonymous {
			continue
		}
		value := &fieldFlag{field: field, input: os.Stdin}
		fields[name] = value
		flag := strings.ReplaceAll(name, "_", "-")
		command.Flags().Var(value, flag, field.Tag.Get("doc")+value.hint())
		added := command.Flags().Lookup(flag)
		added.Annotations = map[string][]string{madeFromFields: nil}
		if value.kind() == reflect.Bool {
			added.NoOptDefVal = "true"
		}
		if allowed := valuesOf(field.Type); allowed != nil {
			completeWith(command, flag, allowed...)
		}
	}
	return fields
}

// valuesOf are the values that a type has; nil where it has any.
func valuesOf(t reflect.Type) []string {
	if enum, ok := reflect.Zero(t).Interface().(interface{ Values() []string }); ok {
		return enum.Values()
	}
	return nil
}

func (f *fieldFlag) kind() reflect.Kind { return f.base().Kind() }

// base is the type of a value: that of an entry of a list, and of what is pointed to.
func (f *fieldFlag) base() reflect.Type {
	t := f.field.Type
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

// isText says whether a value is a text in JSON, also where it is none in Go.
func (f *fieldFlag) isText() bool {
	return f.kind() == reflect.String || f.field.Tag.Get("format") == "uuid" || f.field.Tag.Get("written") != ""
}

// hint says how the value is written.
func (f *fieldFlag) hint() string {
	allowed := valuesOf(f.field.Type)
	switch {
	case allowed != nil:
		return " One of " + strings.Join(allowed, ", ") + "."
	case f.field.Tag.Get("written") != "" && f.field.Tag.Get("written") != "country":
		return " By its key or its id."
	case f.field.Name == "Text":
		return " @FILE reads a file, @- standard input."
	case f.kind() == reflect.Map:
		return " As NAME=VALUE; repeatable."
	case f.base() == reflect.TypeFor[headwater.Hop]():
		return " Each as SOURCE or SOURCE,FIELD=VALUE,…, or as JSON; repeatable."
	case f.base() == reflect.TypeFor[headwater.Selector]():
		return " The words, or JSON."
	case f.kind() == reflect.Struct && f.field.Type.Kind() == reflect.Slice:
		return " As JSON; repeatable."
	case f.field.Type.Kind() == reflect.Slice:
		return " Repeatable."
	}
	return ""
}

// Type is what help shows in place of a value.
func (f *fieldFlag) Type() string {
	if f.kind() == reflect.Bool {
		return "bool"
	}
	return "value"
}

// String is the value that was given.
func (f *fieldFlag) String() string { return strings.Join(f.values, " ") }

var pair = regexp.MustCompile(`(?s)^([A-Za-z0-9_-]+)=(.*)$`)

// Set takes a value. Whether it is right is the service's to say; how it is written is looked at here.
func (f *fieldFlag) Set(text string) error {
	if file, is := strings.CutPrefix(text, "@"); is && f.field.Name == "Text" {
		read, err := readFile(f.input, file)
		if err != nil {
			return err
		}
		text = read
	}
	if f.kind() == reflect.Map && !pair.MatchString(text) {
		return fmt.Errorf("expected NAME=VALUE, such as en=%q", text)
	}
	if strings.HasPrefix(text, "{") && f.kind() == reflect.Struct && !json.Valid([]byte(text)) {
		return fmt.Errorf("expected JSON, since it begins with {")
	}
	if f.kind() != reflect.Map && f.field.Type.Kind() != reflect.Slice {
		f.values = nil // said again, the last one counts
	}
	f.values = append(f.values, text)
	return nil
}

func readFile(stdin io.Reader, path string) (string, error) {
	if path == "-" {
		text, err := io.ReadAll(stdin)
		return string(text), err
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// value is what the field holds, as the service takes it.
func (f *fieldFlag) value() any {
	switch {
	case f.kind() == reflect.Map:
		texts := map[string]string{}
		for _, text := range f.values {
			parts := pair.FindStringSubmatch(text)
			texts[parts[1]] = parts[2]
		}
		return texts
	case f.field.Type.Kind() == reflect.Slice:
		list := make([]any, len(f.values))
		for i, text := range f.values {
			list[i] = f.one(text)
		}
		return list
	}
	return f.one(f.values[0])
}

// one is one value: a text, JSON or, where the field holds an object, the member of it that people mean.
func (f *fieldFlag) one(text string) any {
	switch {
	case f.isText():
		return text
	case f.kind() != reflect.Struct || strings.HasPrefix(text, "{"):
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
		return text
	}
	switch f.base() {
	case reflect.TypeFor[headwater.Selector]():
		return map[string]any{"exact": text}
	case reflect.TypeFor[headwater.Method]():
		return map[string]any{"kind": text}
	case reflect.TypeFor[headwater.Hop]():
		return hop(text)
	}
	if json.Valid([]byte(text)) && f.base() == reflect.TypeFor[headwater.Decimal]() {
		return json.RawMessage(text)
	}
	return text // a date or a verdict, as people write it
}

// hop reads a speaker of a chain: SOURCE,act=says,cue=said.
func hop(text string) map[string]any {
	parts := strings.Split(text, ",")
	members := map[string]any{"source": parts[0]}
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		members[name] = value
		if field, is := fieldNamed(reflect.TypeFor[headwater.Hop](), name); is && field.Type == reflect.TypeFor[*headwater.Selector]() {
			members[name] = map[string]any{"exact": value}
		}
	}
	return members
}

func fieldNamed(t reflect.Type, name string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(t) {
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// given are the fields whose flags were given.
func (b bodyFields) given(flags *pflag.FlagSet) map[string]any {
	members := map[string]any{}
	for name, field := range b {
		if flags.Changed(strings.ReplaceAll(name, "_", "-")) {
			members[name] = field.value()
		}
	}
	return members
}
