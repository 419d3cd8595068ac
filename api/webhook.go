package api

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/events"
	"github.com/headwater-project/headwater/store"
)

// WebhookStore keeps webhooks. Secrets are made by whoever calls it.
type WebhookStore interface {
	// Webhooks lists the webhooks, without secrets, in the order in which they were made.
	Webhooks(ctx context.Context, p store.Paging, secrets store.WebhookSecrets) (store.Page[headwater.Webhook], error)
	// Webhook gives one webhook, without its secret.
	Webhook(ctx context.Context, id uuid.UUID, secrets store.WebhookSecrets) (headwater.Webhook, error)
	// CreateWebhook makes a webhook that begins after a place, or with what comes next. This is the only time that its secret is given. As
	// many as there may be are CodeConflict, and one that delivers the same to the same address is CodeAlreadyExists.
	CreateWebhook(ctx context.Context, by store.Authorship, f headwater.WebhookFields, after *int64,
		secrets store.WebhookSecrets) (headwater.MadeWebhook, error)
	// RotateWebhook gives a webhook another secret. The one before still counts for a day.
	RotateWebhook(ctx context.Context, by store.Authorship, id uuid.UUID, secrets store.WebhookSecrets) (headwater.MadeWebhook, error)
	// EnableWebhook lets a webhook be delivered to at once, from where it was or after another place; but what may be leased, where leases
	// are so long, once the lease has ended.
	EnableWebhook(ctx context.Context, by store.Authorship, id uuid.UUID, after *int64, secrets store.WebhookSecrets,
		lease time.Duration) (headwater.Webhook, error)
	// DisableWebhook lets nothing more be delivered to a webhook until it is enabled.
	DisableWebhook(ctx context.Context, by store.Authorship, id uuid.UUID, secrets store.WebhookSecrets) (headwater.Webhook, error)
	// WebhookToTest gives what it takes to send something to a webhook, which nobody leases by that.
	WebhookToTest(ctx context.Context, id uuid.UUID, secrets store.WebhookSecrets) (headwater.LeasedWebhook, error)
	// StoreResponse keeps the answer to a request that changed nothing.
	StoreResponse(ctx context.Context, by store.Authorship, response any) error
	// DeleteWebhook ends a webhook for good.
	DeleteWebhook(ctx context.Context, id uuid.UUID) error
}

// AfterQuery says after which place of an order a webhook begins.
type AfterQuery struct {
	After int64 `query:"after" minimum:"0" doc:"The seq after which to begin, of changes or of changes of standings; 0 is the beginning." example:"1042"`

	place *int64 // nil where nobody says
}

// Resolve tells 0 from nothing.
func (q *AfterQuery) Resolve(ctx huma.Context) []error {
	if ctx.Query("after") != "" {
		q.place = &q.After
	}
	return nil
}

// registerWebhooks adds the administration of webhooks. Where the service has no key for their secrets, none can be made.
func registerWebhooks(api huma.API, s WebhookStore, webhooks *events.Webhooks) {
	operation := func(id, method, path, summary, more string, errors ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: "/v1/webhooks" + path, Summary: summary, Description: summary + ". " + more,
			Tags: []string{"webhooks"}, Errors: append([]int{http.StatusBadRequest, http.StatusUnprocessableEntity,
				http.StatusInternalServerError, http.StatusServiceUnavailable}, errors...),
		}
	}
	var secrets store.WebhookSecrets // nil without a key
	if webhooks != nil {
		secrets = webhooks.Key()
	}
	noKey := problem(http.StatusConflict, headwater.CodeConflict,
		"the service has no key to make the secrets of webhooks with; --webhook-key names its file, and it is made where there is none")
	register(api, operation("listWebhooks", http.MethodGet, "", "List the webhooks, without their secrets",
		"failing_since and disabled_at say which of them are not accepted."), readTraits(headwater.ScopeAdmin),
		func(ctx context.Context, in *PageQuery) (*listResponse[headwater.Webhook], error) {
			page, err := s.Webhooks(ctx, in.paging(), secrets)
			return writeList(ctx, in, page, err)
		})
	create := operation("createWebhook", http.MethodPost, "", "Make a webhook", "Deliveries are as Standard Webhooks has them: POST with "+
		"webhook-id, webhook-timestamp and webhook-signature, signed both by v1 and by v1a. The body has type, timestamp and data, which "+
		"is thin: it has ids and figures, and no words. Each entry is delivered at least once, and those about one thing in their order; "+
		"what comes again has the same webhook-id. What is not answered with 2xx within 10 seconds is tried again for 3 days. Addresses "+
		"that are not public are refused, here and when they are dialed, unless the service is configured to allow them. There are 100 "+
		"webhooks at most.", append(bodyErrors, http.StatusConflict)...)
	create.DefaultStatus = http.StatusCreated
	register(api, create, tokenTraits, func(ctx context.Context, in *struct {
		AfterQuery
		FieldsBody[headwater.WebhookFields]
	}) (*struct{ Body headwater.MadeWebhook }, error) {
		if webhooks == nil {
			return nil, noKey
		}
		if err := webhooks.Check(ctx, in.Body.URL); err != nil {
			return nil, fail(ctx, err)
		}
		made, err := s.CreateWebhook(ctx, requestOf(ctx).by(), in.Body, in.place, secrets)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body headwater.MadeWebhook }{made}, nil
	})
	register(api, operation("getWebhook", http.MethodGet, "/{id}", "Get one webhook",
		"It says how far it has come, and since when it fails.",
		http.StatusNotFound), readTraits(headwater.ScopeAdmin),
		func(ctx context.Context, in *ID) (*struct{ Body headwater.Webhook }, error) {
			webhook, err := s.Webhook(ctx, in.ID, secrets)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &struct{ Body headwater.Webhook }{webhook}, nil
		})
	rotate := operation("rotateWebhook", http.MethodPost, "/{id}/rotate", "Give a webhook another secret", "For 24 hours, deliveries are "+
		"signed with the one before as well, unless that was made with another key than the service has now.", http.StatusNotFound,
		http.StatusConflict)
	register(api, rotate, tokenTraits, func(ctx context.Context, in *ID) (*struct{ Body headwater.MadeWebhook }, error) {
		if webhooks == nil {
			return nil, noKey
		}
		made, err := s.RotateWebhook(ctx, requestOf(ctx).by(), in.ID, secrets)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body headwater.MadeWebhook }{made}, nil
	})
	enable := operation("enableWebhook", http.MethodPost, "/{id}/enable", "Deliver to a webhook at once", "For one that was disabled, or "+
		"that waits after a failure. It goes on from where it was; with after, what comes after that place is delivered, also again. "+
		"Where deliveries are under way it begins once they have ended, 20 seconds later at most.",
		http.StatusNotFound, http.StatusConflict)
	register(api, enable, postTraits(headwater.ScopeAdmin), func(ctx context.Context, in *struct {
		ID
		AfterQuery
	}) (*struct{ Body headwater.Webhook }, error) {
		if webhooks == nil {
			return nil, noKey
		}
		webhook, err := s.EnableWebhook(ctx, requestOf(ctx).by(), in.ID.ID, in.place, secrets, events.WebhookLease)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body headwater.Webhook }{webhook}, nil
	})
	disable := operation("disableWebhook", http.MethodPost, "/{id}/disable", "Deliver nothing more to a webhook", "Until it is "+
		"enabled, from where it is then. What is under way may still arrive, and comes again. One that is disabled stays as it is.",
		http.StatusNotFound)
	register(api, disable, postTraits(headwater.ScopeAdmin), func(ctx context.Context, in *ID) (*struct{ Body headwater.Webhook }, error) {
		webhook, err := s.DisableWebhook(ctx, requestOf(ctx).by(), in.ID, secrets)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body headwater.Webhook }{webhook}, nil
	})
	test := operation("testWebhook", http.MethodPost, "/{id}/test", "Send a message to a webhook to try it", "It is sent at once, "+
		"signed as deliveries are, and is of the type test. What becomes of it is the answer, within 10 seconds, and is noted nowhere: "+
		"it is not tried again, and neither lets the webhook wait nor disables or enables it.", http.StatusNotFound, http.StatusConflict)
	register(api, test, postTraits(headwater.ScopeAdmin), func(ctx context.Context, in *ID) (*struct{ Body headwater.WebhookTest }, error) {
		if webhooks == nil {
			return nil, noKey
		}
		webhook, err := s.WebhookToTest(ctx, in.ID, secrets)
		if err != nil {
			return nil, fail(ctx, err)
		}
		tested, err := webhooks.Test(ctx, webhook)
		if err == nil {
			err = s.StoreResponse(ctx, requestOf(ctx).by(), tested)
		}
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body headwater.WebhookTest }{tested}, nil
	})
	end := operation("deleteWebhook", http.MethodDelete, "/{id}", "End a webhook for good",
		"What is under way may still arrive.", http.StatusNotFound)
	end.DefaultStatus = http.StatusNoContent
	register(api, end, editTraits(headwater.ScopeAdmin), func(ctx context.Context, in *ID) (*struct{}, error) {
		if err := s.DeleteWebhook(ctx, in.ID); err != nil {
			return nil, fail(ctx, err)
		}
		return nil, nil
	})
}

// Delivery is the body of what a webhook gets.
type Delivery[T any] struct {
	Type      headwater.WebhookKind `json:"type" doc:"What it is: the kind of the webhook." example:"change"`
	Timestamp time.Time             `json:"timestamp" doc:"When it happened." example:"2026-01-02T03:04:05Z"`
	Data      T                     `json:"data" doc:"What happened."`
}

// ChangeDelivered is what a webhook is told of a change: no words, so that who reads along learns nothing of what is said of whom.
type ChangeDelivered struct {
	Seq         int64               `json:"seq" minimum:"1" doc:"Its place in the order of all changes." example:"1042"`
	ID          uuid.UUID           `json:"id" format:"uuid" doc:"Identity of the change." example:"6f1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Group       *uuid.UUID          `json:"group,omitempty" format:"uuid" doc:"The request, import or command that made it." example:"4a1c0a52-6a5e-7f0e-9d0e-3f1f6a1b2c3d"`
	Operation   headwater.Operation `json:"operation" doc:"What was done." example:"update"`
	Resource    headwater.Resource  `json:"resource" doc:"To what kind of thing." example:"claim"`
	ResourceID  uuid.UUID           `json:"resource_id" format:"uuid" doc:"To which." example:"0f9a1c52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	FromVersion int                 `json:"from_version" minimum:"0" doc:"Version before." example:"2"`
	ToVersion   int                 `json:"to_version" minimum:"1" doc:"Version after." example:"3"`
}

// deliveredStore is what webhooks tell of.
type deliveredStore interface {
	ChangesBetween(ctx context.Context, f store.ChangeFilter, after, upTo int64, limit int) ([]headwater.Change, bool, error)
	StandingChangesBetween(ctx context.Context, f store.StandingChangeFilter, after, upTo int64, limit int) (
		changes []store.StandingChange, more bool, err error)
}

// WebhookMessages lists what webhooks of each kind get.
func WebhookMessages(s deliveredStore) map[headwater.WebhookKind]events.WebhookMessages {
	return map[headwater.WebhookKind]events.WebhookMessages{
		headwater.WebhookChange: func(ctx context.Context, after int64, limit int) ([]events.Message, error) {
			changes, _, err := s.ChangesBetween(ctx, store.ChangeFilter{}, after, math.MaxInt64, limit)
			return messagesOf(changes, err, func(c headwater.Change) (events.Message, any) {
				return events.Message{Seq: c.Seq, At: c.At, Thing: c.ResourceID}, Delivery[ChangeDelivered]{headwater.WebhookChange, c.At,
					ChangeDelivered{c.Seq, c.ID, c.Group, c.Operation, c.Resource, c.ResourceID, c.FromVersion, c.ToVersion}}
			})
		},
		headwater.WebhookStanding: func(ctx context.Context, after int64, limit int) ([]events.Message, error) {
			changes, _, err := s.StandingChangesBetween(ctx, store.StandingChangeFilter{}, after, math.MaxInt64, limit)
			return messagesOf(changes, err, func(c store.StandingChange) (events.Message, any) {
				return events.Message{Seq: c.Seq, At: c.At, Thing: c.Claim},
					Delivery[store.StandingChange]{headwater.WebhookStanding, c.At, c}
			})
		},
	}
}

// messagesOf makes messages of entries, unless they could not be read.
func messagesOf[T any](entries []T, err error, of func(T) (events.Message, any)) ([]events.Message, error) {
	if err != nil {
		return nil, err
	}
	messages := make([]events.Message, len(entries))
	for i, entry := range entries {
		var body any
		messages[i], body = of(entry)
		if messages[i].Body, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	return messages, nil
}

// describeDeliveries adds to the document what webhooks get.
func describeDeliveries(document *huma.OpenAPI) {
	document.Webhooks = map[string]*huma.PathItem{
		string(headwater.WebhookChange): delivery[Delivery[ChangeDelivered]](document.Components.Schemas, string(headwater.WebhookChange),
			"A change was made"),
		string(headwater.WebhookStanding): delivery[Delivery[store.StandingChange]](document.Components.Schemas,
			string(headwater.WebhookStanding), "A claim came to stand otherwise"),
		events.TestKind: delivery[events.TestMessage](document.Components.Schemas, events.TestKind,
			"Nothing happened: somebody tries the webhook"),
	}
}

func delivery[T any](schemas huma.Registry, kind, summary string) *huma.PathItem {
	header := func(name, description string, example any) *huma.Param {
		return &huma.Param{Name: name, In: "header", Required: true, Description: description, Example: example,
			Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return &huma.PathItem{Post: &huma.Operation{
		OperationID: "deliver" + strings.ToUpper(kind[:1]) + kind[1:], Method: http.MethodPost, Summary: summary,
		Description: summary + ". Verify the signature before anything else, and take what has a webhook-id that came before as done.",
		Tags:        []string{"webhooks"}, Security: []map[string][]string{},
		Parameters: []*huma.Param{
			header("webhook-id", "Names the message: the same each time that it is sent.",
				"0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60_1042_1767323045000000"),
			header("webhook-timestamp", "When it was sent, in seconds since 1970.", "1767323045"),
			header("webhook-signature", "Signatures of id, timestamp and body, with a space between them.",
				"v1,GmdCT//qif8FBYKRZPRFdouBWtlyCQlraJj3z2d0FFQ="),
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {
			Schema: schemas.Schema(reflect.TypeFor[T](), true, "")}}},
		Responses: map[string]*huma.Response{"204": {Description: "It is accepted, as with any 2xx; anything else is tried again"},
			"410": {Description: "Nothing more is wanted: the webhook is disabled"}},
	}}
}
