package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

// FeedStore tells which imports have a name, and what they brought.
type FeedStore interface {
	// Feeds lists feeds by their names.
	Feeds(ctx context.Context, f store.FeedFilter, p store.Paging) (store.Page[store.Feed], error)
	// Feed gives one feed by its name.
	Feed(ctx context.Context, name string) (store.Feed, error)
	// FeedEditions lists the editions of a feed, the newest first.
	FeedEditions(ctx context.Context, name string, p store.Paging) (store.Page[store.FeedEdition], error)
}

// FeedName is the feed that a request is about.
type FeedName struct {
	Name string `path:"name" maxLength:"200" doc:"The name of the feed." example:"register.json"`
}

// registerFeeds adds the operations on feeds. A feed begins with an import, and ends when its editions are undone.
func registerFeeds(api huma.API, s FeedStore) {
	list := describedBy("A feed is imports under one name. "+pageNote,
		readOperation("listFeeds", "/v1/feeds", "The feeds by their names, or those that say a thing"))
	list.Tags = []string{"bundles"}
	noNotFound(&list)
	register(api, list, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		PageQuery
		Thing uuid.UUID `query:"thing" format:"uuid" doc:"Only the feeds that say this thing now, of whatever kind it is." example:"6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d"`
	}) (*listResponse[store.Feed], error) {
		page, err := s.Feeds(ctx, store.FeedFilter{Thing: in.Thing}, in.paging())
		return writeList(ctx, &in.PageQuery, page, err)
	})
	one := describedBy("Lists of things take its name as `feed`: they give what it says now.",
		readOperation("getFeed", "/v1/feeds/{name}", "A feed, and the edition by which it says what it says"))
	one.Tags = []string{"bundles"}
	register(api, one, readTraits(headwater.ScopeRead), func(ctx context.Context, in *FeedName) (*struct{ Body store.Feed }, error) {
		feed, err := s.Feed(ctx, in.Name)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &struct{ Body store.Feed }{feed}, nil
	})
	editions := describedBy("Each is undone by its group, the newest first. "+pageNote,
		readOperation("listFeedEditions", "/v1/feeds/{name}/editions", "The editions of a feed, the newest first"))
	editions.Tags = []string{"bundles"}
	register(api, editions, readTraits(headwater.ScopeRead), func(ctx context.Context, in *struct {
		FeedName
		PageQuery
	}) (*listResponse[store.FeedEdition], error) {
		page, err := s.FeedEditions(ctx, in.Name, in.paging())
		return writeList(ctx, &in.PageQuery, page, err)
	})
}
