package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/valyala/fasthttp"

	"github.com/headwater-project/headwater"
)

// writtenHops is how long the chains are that the write case stores.
const writtenHops = 3

// writes measures a new claim with one attribution, each time durable, against the same rows inserted by one statement.
func (b *bench) writes(ctx context.Context) error {
	return b.serving(ctx, func(serve *service) error {
		models := b.models()
		askings, err := creations(models)
		if err != nil {
			return err
		}
		_, err = b.compare(ctx, contest{
			name: "create a claim with one attribution of 3 hops against pgbench", unit: "claims/s", goal: atLeast(.35),
			figure:  func(ctx context.Context) (sample, error) { return ask(ctx, serve.addr, askings, b.length) },
			ceiling: b.sqlRate(each(models, insertSQL)...),
		})
		return err
	})
}

// model is a claim and an attribution of the world that new ones are made like.
type model struct {
	claim headwater.Claim
	told  headwater.Attribution
}

func (b *bench) models() []model {
	var list []model
	for d := 0; len(list) < asked; d++ {
		_, told := b.world.document(d, 1+d%3)
		if len(told[0].Chain) == writtenHops {
			list = append(list, model{claim(d), told[0]})
		}
	}
	return list
}

// creations post a claim and then the attribution that makes it.
func creations(models []model) ([]asking, error) {
	var list []asking
	for _, m := range models {
		body, err := json.Marshal(m.claim.ClaimFields)
		if err != nil {
			return nil, err
		}
		post := question{method: "POST", path: "/v1/claims", body: body, status: 201}
		list = append(list, func(host *fasthttp.HostClient, _ int) error {
			body, _, err := post.put(host)
			if err != nil {
				return err
			}
			var made struct{ ID uuid.UUID }
			if err := json.Unmarshal(body, &made); err != nil {
				return err
			}
			fields := m.told.AttributionFields
			fields.Claim = made.ID
			if body, err = json.Marshal(fields); err != nil {
				return err
			}
			_, _, err = question{method: "POST", path: "/v1/attributions", body: body, status: 201}.put(host)
			return err
		})
	}
	return list, nil
}

// insertSQL stores what the service stores, in one transaction and one statement, by copying the model's rows.
func insertSQL(m model) string {
	return fmt.Sprintf(`WITH claim AS (
	INSERT INTO claims (id, statement, quantities, event_time, places, topics, scope, folded, terms)
	SELECT gen_random_uuid(), statement, quantities, event_time, places, topics, scope, folded, terms FROM claims WHERE id = '%[1]s' RETURNING id, version
), told AS (
	INSERT INTO attributions (claim_id, id, document_id, stance, content, chain, credibility, method)
	SELECT claim.id, gen_random_uuid(), document_id, stance, content, chain, credibility, method FROM claim, attributions AS a
	WHERE a.claim_id = '%[2]s' AND a.id = '%[3]s' RETURNING id, version
)
INSERT INTO changes (actor, operation, resource, resource_id, from_version, to_version, state)
SELECT 'bench', 'create', 'claim', claim.id, 0, claim.version, (SELECT state FROM changes WHERE resource_id = '%[1]s') FROM claim
UNION ALL SELECT 'bench', 'create', 'attribution', told.id, 0, told.version, (SELECT state FROM changes WHERE resource_id = '%[3]s') FROM told;
`, m.claim.ID, m.told.Claim, m.told.ID)
}
