package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// DocumentStore keeps documents.
type DocumentStore interface {
	PastStore
	CardStore
	// Document gives one document.
	Document(ctx context.Context, id uuid.UUID) (headwater.Document, error)
	// Documents lists documents, without their texts.
	Documents(ctx context.Context, f store.DocumentFilter, p store.Paging) (store.Page[headwater.Document], error)
	// CreateDocument stores a new document. A key that is taken is CodeAlreadyExists.
	CreateDocument(ctx context.Context, by store.Authorship, key string, f headwater.DocumentFields) (headwater.Document, error)
	// UpdateDocument replaces all fields of a document.
	UpdateDocument(ctx context.Context, by store.Authorship, id uuid.UUID, version int,
		f headwater.DocumentFields) (headwater.Document, error)
	// RetractDocument retracts a document, or restores it.
	RetractDocument(ctx context.Context, by store.Authorship, id uuid.UUID, version int, retracted bool) (headwater.Document, error)
}

// NewDocument is a document to create.
type NewDocument struct {
	Key string `json:"key,omitempty" maxLength:"200" doc:"Your own stable name for it; immutable." example:"nis"`
	headwater.DocumentFields
}

// registerDocuments adds the operations on documents.
func registerDocuments(api huma.API, s DocumentStore) {
	r := resource[headwater.Document, NewDocument, headwater.DocumentFields]{
		name: "Document", path: "documents", get: s.Document, update: s.UpdateDocument,
		create: func(ctx context.Context, by store.Authorship, body NewDocument) (headwater.Document, error) {
			return s.CreateDocument(ctx, by, body.Key, body.DocumentFields)
		},
		meta:   func(t headwater.Document) headwater.Meta { return t.Meta },
		fields: func(t headwater.Document) headwater.DocumentFields { return t.DocumentFields },
	}
	r.registerGet(api, s, store.Past.Document, readTraits(headwater.ScopeRead))
	r.registerCreate(api, postTraits(headwater.ScopeWrite))
	r.registerUpdate(api, editTraits(headwater.ScopeWrite))
	r.registerPatch(api, editTraits(headwater.ScopeWrite))
	r.registerRetraction(api, postTraits(headwater.ScopeWrite), s.RetractDocument)
	list := describedBy(pageNote, r.operation("listDocuments", http.MethodGet, "", "Find documents"))
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		ListQuery
		Q           string    `query:"q" maxLength:"500" doc:"Words of its title or text, in Arabic or English; best first unless sort says otherwise." example:"terminal"`
		Status      []string  `query:"status" enum:"active,retracted" doc:"Only things with one of these statuses." example:"active"`
		Sort        string    `query:"sort" enum:"id,created_at,-created_at,published,-published" default:"id" doc:"Order; a dash before it reverses it." example:"-created_at"`
		URL         string    `query:"url" maxLength:"2048" doc:"Its address; made canonical before it is compared." example:"https://news.example.org/1"`
		SHA256      string    `query:"sha256" pattern:"^[0-9a-f]{64}$" doc:"Hex SHA-256 of its text." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
		Kind        string    `query:"kind" enum:"article,wire,broadcast,post,press_release,report,transcript,interview,record,other" doc:"A kind of document." example:"article"`
		Language    string    `query:"language" format:"bcp47" maxLength:"100" doc:"BCP 47 tag of its language, of which region and script do not count; old and macro codes find one another." example:"ar"`
		Publisher   uuid.UUID `query:"publisher" format:"uuid" doc:"Who published it." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
		From        string    `query:"from" format:"edtf" maxLength:"10" doc:"Published on this EDTF day or later, or not certainly before it." example:"2024-05"`
		To          string    `query:"to" format:"edtf" maxLength:"10" doc:"Published on this EDTF day or before, or not certainly after it." example:"2024-06"`
		DerivedFrom uuid.UUID `query:"derived_from" format:"uuid" doc:"The document that it reprints." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	}) (*listResponse[headwater.Document], error) {
		common, err := in.common(in.Status, in.Sort)
		if err != nil {
			return nil, fail(ctx, err)
		}
		filter := store.DocumentFilter{
			Common: common, Q: in.Q, URL: in.URL, SHA256: in.SHA256, Kind: in.Kind, Language: in.Language, Publisher: in.Publisher,
			DerivedFrom: in.DerivedFrom, From: headwater.Day(in.From), To: headwater.Day(in.To),
		}
		page, err := s.Documents(ctx, filter, in.paging())
		return writeListWithSources(ctx, s, &in.PageQuery, page, err,
			func(d headwater.Document) []uuid.UUID { return []uuid.UUID{d.Publisher} })
	})
}
