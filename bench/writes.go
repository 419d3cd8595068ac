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

// writes measures creating a claim with one attribution, durably, against inserting the same rows by one statement.
func (b *bench) writes(ctx context.Context) error {
	return b.withService(ctx, func(serve *service) error {
		models := b.models()
		tasks, err := createTasks(models)
		if err != nil {
			return err
		}
		_, err = b.compare(ctx, comparison{
			name: "create a claim with one attribution of 3 hops against pgbench", unit: "claims/s", goal: atLeast(.35),
			figure:  func(ctx context.Context) (sample, error) { return runTasks(ctx, serve.addr, tasks, b.length) },
			ceiling: b.sqlRate(each(models, insertSQL)...),
		})
		return err
	})
}

// model is a claim and an attribution of the world to copy.
type model struct {
	claim       headwater.Claim
	attribution headwater.Attribution
}

func (b *bench) models() []model {
	var list []model
	for d := 0; len(list) < claimsPerCase; d++ {
		_, attributions := b.world.document(d, 1+d%3)
		if len(attributions[0].Chain) == writtenHops {
			list = append(list, model{claim(d), attributions[0]})
		}
	}
	return list
}

// createTasks create a claim and then an attribution of it.
func createTasks(models []model) ([]task, error) {
	var list []task
	for _, m := range models {
		body, err := json.Marshal(m.claim.ClaimFields)
		if err != nil {
			return nil, err
		}
		post := call{method: "POST", path: "/v1/claims", body: body, status: 201}
		list = append(list, func(host *fasthttp.HostClient, _ int) error {
			body, _, err := post.send(host)
			if err != nil {
				return err
			}
			var made struct{ ID uuid.UUID }
			if err := json.Unmarshal(body, &made); err != nil {
				return err
			}
			fields := m.attribution.AttributionFields
			fields.Claim = made.ID
			if body, err = json.Marshal(fields); err != nil {
				return err
			}
			_, _, err = call{method: "POST", path: "/v1/attributions", body: body, status: 201}.send(host)
			return err
		})
	}
	return list, nil
}

// insertSQL stores what the service stores, in one transaction and one statement, by copying the model's rows.
func insertSQL(m model) string {
	return fmt.Sprintf(`WITH claim AS (
	INSERT INTO claims (id, statement, quantities, event_time, places, topics, scope, folded, terms)
	SELECT gen_random_uuid(), statement, quantities, event_time, places, topics, scope, folded, terms
	FROM claims WHERE id = '%[1]s' RETURNING id, version
), attribution AS (
	INSERT INTO attributions (claim_id, id, document_id, stance, content, chain, credibility, method)
	SELECT claim.id, gen_random_uuid(), document_id, stance, content, chain, credibility, method FROM claim, attributions AS a
	WHERE a.claim_id = '%[2]s' AND a.id = '%[3]s' RETURNING id, version
)
INSERT INTO changes (actor, group_id, operation, resource, resource_id, from_version, to_version, state)
SELECT 'bench', gen_random_uuid(), 'create', 'claim', claim.id, 0, claim.version,
	(SELECT state FROM changes WHERE resource_id = '%[1]s') FROM claim
UNION ALL SELECT 'bench', gen_random_uuid(), 'create', 'attribution', attribution.id, 0, attribution.version,
	(SELECT state FROM changes WHERE resource_id = '%[3]s') FROM attribution;
`, m.claim.ID, m.attribution.Claim, m.attribution.ID)
}
