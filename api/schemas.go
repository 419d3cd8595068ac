package api

import (
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/provenance"
)

// schemaName is the name of a type in the document: that of a page of things says so.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasPrefix(t.Name(), "List[") {
		return strings.TrimPrefix(name, "List") + "Page"
	}
	return name
}

// enumSchema is the schema of a string type that knows its values: a component of its own.
type enumSchema[E interface {
	~string
	Values() []string
}] struct{}

// Schema registers the component once and refers to it.
func (enumSchema[E]) Schema(r huma.Registry) *huma.Schema {
	var e E
	name := reflect.TypeOf(e).Name()
	if r.Map()[name] == nil {
		var values []any
		for _, value := range e.Values() {
			values = append(values, value)
		}
		r.Map()[name] = enumOf(values)
	}
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}

// decimalSchema is the schema of an exact decimal.
type decimalSchema struct{}

// Schema is a JSON number: it is exact as long as its reader does not make it a float.
func (decimalSchema) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeNumber} }

// edtfSchema is the schema of a day, or of a day or instant.
type edtfSchema struct{}

// Schema is a string that is read as EDTF level 0 (ISO 8601-2).
func (edtfSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "edtf"}
}

// uuidSchema is the schema of an id.
type uuidSchema struct{}

// Schema is a string that is read as a UUID. huma's own check of the format lets other forms through: so it is held to a
// pattern, which the document need not have.
func (uuidSchema) Schema(huma.Registry) *huma.Schema {
	schema := *checkedUUID()
	return &schema
}

// checkedUUID is made once, since its pattern is large.
var checkedUUID = sync.OnceValue(func() *huma.Schema {
	schema := &huma.Schema{
		Type: huma.TypeString, Format: "uuid",
		Pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", PatternDescription: "a UUID",
	}
	schema.PrecomputeMessages()
	schema.Pattern, schema.PatternDescription = "", ""
	return schema
})

// registerAliases gives types of other packages the schemas that they have in the document.
func registerAliases(r huma.Registry) {
	as := func(from, to reflect.Type) { r.RegisterTypeAlias(from, to) }
	as(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuidSchema]())
	as(reflect.TypeFor[headwater.Decimal](), reflect.TypeFor[decimalSchema]())
	as(reflect.TypeFor[headwater.Day](), reflect.TypeFor[edtfSchema]())
	as(reflect.TypeFor[headwater.Moment](), reflect.TypeFor[edtfSchema]())
	as(reflect.TypeFor[headwater.SourceKind](), reflect.TypeFor[enumSchema[headwater.SourceKind]]())
	as(reflect.TypeFor[headwater.Reliability](), reflect.TypeFor[enumSchema[headwater.Reliability]]())
	as(reflect.TypeFor[headwater.EntityStatus](), reflect.TypeFor[enumSchema[headwater.EntityStatus]]())
	as(reflect.TypeFor[headwater.RecordStatus](), reflect.TypeFor[enumSchema[headwater.RecordStatus]]())
	as(reflect.TypeFor[headwater.Decision](), reflect.TypeFor[enumSchema[headwater.Decision]]())
	as(reflect.TypeFor[headwater.RelationKind](), reflect.TypeFor[enumSchema[headwater.RelationKind]]())
	as(reflect.TypeFor[headwater.DocumentKind](), reflect.TypeFor[enumSchema[headwater.DocumentKind]]())
	as(reflect.TypeFor[headwater.Comparator](), reflect.TypeFor[enumSchema[headwater.Comparator]]())
	as(reflect.TypeFor[headwater.Stance](), reflect.TypeFor[enumSchema[headwater.Stance]]())
	as(reflect.TypeFor[headwater.Act](), reflect.TypeFor[enumSchema[headwater.Act]]())
	as(reflect.TypeFor[headwater.Mode](), reflect.TypeFor[enumSchema[headwater.Mode]]())
	as(reflect.TypeFor[headwater.Certainty](), reflect.TypeFor[enumSchema[headwater.Certainty]]())
	as(reflect.TypeFor[headwater.Endorsement](), reflect.TypeFor[enumSchema[headwater.Endorsement]]())
	as(reflect.TypeFor[headwater.Evidence](), reflect.TypeFor[enumSchema[headwater.Evidence]]())
	as(reflect.TypeFor[headwater.LinkKind](), reflect.TypeFor[enumSchema[headwater.LinkKind]]())
	as(reflect.TypeFor[headwater.Degree](), reflect.TypeFor[enumSchema[headwater.Degree]]())
	as(reflect.TypeFor[headwater.MethodKind](), reflect.TypeFor[enumSchema[headwater.MethodKind]]())
	as(reflect.TypeFor[headwater.FaultCode](), reflect.TypeFor[enumSchema[headwater.FaultCode]]())
	as(reflect.TypeFor[headwater.Code](), reflect.TypeFor[enumSchema[ProblemCode]]())
	as(reflect.TypeFor[headwater.WebhookKind](), reflect.TypeFor[enumSchema[headwater.WebhookKind]]())
	as(reflect.TypeFor[headwater.Scope](), reflect.TypeFor[enumSchema[headwater.Scope]]())
	as(reflect.TypeFor[headwater.Operation](), reflect.TypeFor[enumSchema[headwater.Operation]]())
	as(reflect.TypeFor[headwater.Resource](), reflect.TypeFor[enumSchema[headwater.Resource]]())
	as(reflect.TypeFor[provenance.Standing](), reflect.TypeFor[enumSchema[provenance.Standing]]())
	as(reflect.TypeFor[provenance.SideName](), reflect.TypeFor[enumSchema[provenance.SideName]]())
	as(reflect.TypeFor[provenance.CountedSide](), reflect.TypeFor[enumSchema[provenance.CountedSide]]())
	as(reflect.TypeFor[provenance.StepKind](), reflect.TypeFor[enumSchema[provenance.StepKind]]())
	as(reflect.TypeFor[provenance.AnomalyCode](), reflect.TypeFor[enumSchema[provenance.AnomalyCode]]())
	as(reflect.TypeFor[provenance.QuestionCode](), reflect.TypeFor[enumSchema[provenance.QuestionCode]]())
	as(reflect.TypeFor[provenance.Role](), reflect.TypeFor[enumSchema[provenance.Role]]())
	as(reflect.TypeFor[interchange.Format](), reflect.TypeFor[enumSchema[interchange.Format]]())
	as(reflect.TypeFor[interchange.ClaimFormat](), reflect.TypeFor[enumSchema[interchange.ClaimFormat]]())
	as(reflect.TypeFor[interchange.TableOf](), reflect.TypeFor[enumSchema[interchange.TableOf]]())
	as(reflect.TypeFor[interchange.ReadTableOf](), reflect.TypeFor[enumSchema[interchange.ReadTableOf]]())
	as(reflect.TypeFor[interchange.DayOrder](), reflect.TypeFor[enumSchema[interchange.DayOrder]]())
}
