package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/store/pg"
)

// Suspect is a source or claim that the release before may have made of several, since it took for one what only looks alike.
type Suspect struct {
	Resource headwater.Resource `json:"resource"`
	ID       uuid.UUID          `json:"id"`
	Key      string             `json:"key"`
	Name     string             `json:"name"` // or the statement
	Reason   string             `json:"reason"`
}

// Suspects lists them: claims whose reviews answer another statement, sources known by a host on which several have accounts, and
// sources known by a name alone that several control.
func (s *Store) Suspects(ctx context.Context) ([]Suspect, error) {
	var all []Suspect
	for _, find := range []func(context.Context) ([]Suspect, error){s.suspectClaims, s.suspectSites, s.suspectNames} {
		found, err := find(ctx)
		if err != nil {
			return nil, pg.Interpret(err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func (s *Store) suspectClaims(ctx context.Context) ([]Suspect, error) {
	type row struct {
		ID        uuid.UUID
		Key       string
		Statement headwater.Texts
		Wordings  []string
	}
	rows, err := pg.Many[row](ctx, s.Pool, `SELECT claims.id, claims.key, statement, array_agg(DISTINCT claim_reviewed) AS wordings
		FROM claims JOIN reviews ON claim_id = claims.id WHERE claims.key LIKE 'statement:%' AND claim_reviewed <> ''
		GROUP BY claims.id ORDER BY claims.id`)
	var found []Suspect
	for _, r := range rows {
		own := map[string]bool{}
		var first string
		for _, statement := range r.Statement {
			own[identity.Statement(statement)] = true
			first = statement
		}
		for _, wording := range r.Wordings {
			if !own[identity.Statement(wording)] {
				found = append(found, Suspect{headwater.ResourceClaim, r.ID, r.Key, first,
					fmt.Sprintf("One of its reviews answers %q. %s", wording, identity.Difference(first, wording))})
			}
		}
	}
	return found, err
}

func (s *Store) suspectSites(ctx context.Context) ([]Suspect, error) {
	type site struct {
		ID        uuid.UUID
		Key, Name string
	}
	sites, err := pg.Many[site](ctx, s.Pool, "SELECT id, key, name FROM sources WHERE key LIKE 'site:%' ORDER BY id")
	if err != nil {
		return nil, err
	}
	sites = slices.DeleteFunc(sites, func(r site) bool { return identity.OwnDomain(strings.TrimPrefix(r.Key, "site:")) != "" })
	ids := make([]uuid.UUID, len(sites))
	for i, r := range sites {
		ids[i] = r.ID
	}
	type review struct {
		Author uuid.UUID
		URL    string
	}
	reviews, err := pg.Many[review](ctx, s.Pool, "SELECT DISTINCT author, url FROM reviews WHERE author = ANY ($1) ORDER BY url", ids)
	accounts := map[uuid.UUID][]string{}
	type holder struct {
		author  uuid.UUID
		account string
	}
	known := map[holder]bool{}
	for _, r := range reviews {
		if account := identity.Account(r.URL); account != "" && !known[holder{r.Author, account}] {
			known[holder{r.Author, account}] = true
			accounts[r.Author] = append(accounts[r.Author], account)
		}
	}
	var found []Suspect
	for _, r := range sites {
		if len(accounts[r.ID]) > 1 {
			found = append(found, Suspect{headwater.ResourceSource, r.ID, r.Key, r.Name,
				"Its host is shared, and its reviews are of several accounts: " + strings.Join(accounts[r.ID], ", ") + "."})
		}
	}
	return found, err
}

func (s *Store) suspectNames(ctx context.Context) ([]Suspect, error) {
	type row struct {
		ID        uuid.UUID
		Key, Name string
		Above     []string
	}
	rows, err := pg.Many[row](ctx, s.Pool, `SELECT named.id, named.key, named.name, array_agg(DISTINCT above.name) AS above
		FROM sources AS named JOIN relations ON subject = named.id AND relations.status = 'active' AND controls
		JOIN sources AS above ON above.id = object WHERE named.key LIKE 'name:%'
		GROUP BY named.id HAVING count(DISTINCT object) > 1 ORDER BY named.id`)
	var found []Suspect
	for _, r := range rows {
		found = append(found, Suspect{headwater.ResourceSource, r.ID, r.Key, r.Name,
			"It is known by its name alone, and several control it: " + strings.Join(r.Above, ", ") + "."})
	}
	return found, err
}
