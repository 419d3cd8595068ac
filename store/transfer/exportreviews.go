package transfer

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/interchange"
	"github.com/headwater-project/headwater/store/pg"
)

// maxAppearances is how many appearances of a claim are written with its reviews, the first ones.
const maxAppearances = 100

// factChecksSQL reads the claims that have reviews, from tables whose names begin with a prefix. What is merged speaks as what it is
// merged into. Reviews and appearances are in an order that their content makes: that of their ids is another where they are imported.
func factChecksSQL(prefix string) string {
	claims, sources := pg.Claims, pg.Sources
	claims.Name, sources.Name = prefix+claims.Name, prefix+sources.Name
	return fmt.Sprintf(`
	WITH RECURSIVE %[1]s, %[2]s, speaking (id, party) AS NOT MATERIALIZED (
		SELECT source.id, jsonb_build_object('id', s.id, 'kind', s.kind, 'name', s.name, 'url', s.url, 'domains', s.domains,
			'external_ids', s.external_ids)
		FROM %[4]ssources AS source LEFT JOIN merged_sources AS m ON m.id = source.id
		JOIN %[4]ssources AS s ON s.id = coalesce(m.target, source.id) AND s.status <> 'merged'
	)
	SELECT c.id, c.statement, checks.reviews, coalesce(appeared.appearances, '[]') AS appearances
	FROM %[4]sclaims AS c
	CROSS JOIN LATERAL (SELECT ARRAY (SELECT c.id UNION SELECT m.id FROM merged_claims AS m WHERE m.target = c.id) AS ids) AS family
	CROSS JOIN LATERAL (
		SELECT jsonb_agg(jsonb_build_object('author', author.party, 'rating', r.rating, 'title', r.title, 'url', r.url, 'language',
			r.language,
			'claim_reviewed', r.claim_reviewed, 'published', r.published)
			ORDER BY r.url COLLATE "C", author.party ->> 'name' COLLATE "C", r.id) AS reviews
		FROM %[4]sreviews AS r JOIN speaking AS author ON author.id = r.author WHERE r.claim_id = ANY (family.ids) AND r.status = 'active'
	) AS checks
	LEFT JOIN LATERAL (
		SELECT jsonb_agg(jsonb_build_object('kind', kind, 'title', title, 'url', url, 'language', language, 'published', published,
			'publisher', publisher,
			'origin', origin, 'said_at', said_at, 'reviewing', reviewing) ORDER BY at, url, title, origin_name, id) AS appearances
		FROM (
			SELECT a.id, d.kind, d.title COLLATE "C" AS title, d.url COLLATE "C" AS url, origin.party ->> 'name' COLLATE "C" AS origin_name,
				 d.language, d.published, publisher.party AS publisher, origin.party AS origin,
				a.chain -> -1 -> 'said_at' AS said_at,
				coalesce(d.published_from, 'infinity') AS at,
				EXISTS (SELECT FROM %[4]sreviews AS r WHERE r.claim_id = ANY (family.ids) AND r.author = d.publisher
					AND r.url = d.url) AS reviewing
			FROM %[4]sattributions AS a JOIN %[4]sdocuments AS d ON d.id = a.document_id
			JOIN speaking AS publisher ON publisher.id = a.source_ids[1]
				JOIN speaking AS origin ON origin.id = a.source_ids[cardinality(a.source_ids)]
			WHERE a.claim_id = ANY (family.ids) AND a.status = 'accepted' AND a.stance = 'affirms' AND d.status = 'active'
			ORDER BY at, url, title, origin_name, a.id LIMIT %[3]d
		) AS first
	) AS appeared ON true
	WHERE c.status = 'active' AND checks.reviews IS NOT NULL AND ($1::uuid[] IS NULL OR c.id = ANY ($1))
	ORDER BY c.id`,
		claims.MergeMembersSQL("merged_claims", mergeTargetsOf(claims.Name), "target"),
		sources.MergeMembersSQL("merged_sources", mergeTargetsOf(sources.Name), "target"),
		maxAppearances, prefix)
}

// mergeTargetsOf selects what others are merged into and that is not merged itself. Members are found from there, each once: on the way
// up, each would be found for every step of a chain of mergers.
func mergeTargetsOf(table string) string {
	return fmt.Sprintf(`SELECT id, id FROM %[1]s AS target WHERE merged_into IS NULL AND EXISTS (
		SELECT FROM %[1]s AS member WHERE member.merged_into = target.id)`, table)
}

// exportFactChecks writes the active claims that have reviews, or those of them that the options name.
func (e *Exporter) exportFactChecks(ctx context.Context, w io.Writer, options interchange.ExportOptions) error {
	out, err := interchange.NewReviewWriter(w, options.Format, len(options.Claims) == 0)
	if err != nil {
		return err
	}
	err = e.snapshotAt(ctx, options.RecordedBy, func(tx pgx.Tx, prefix string) error {
		return eachRow(ctx, tx, out.Write, factChecksSQL(prefix), options.Claims)
	})
	if err != nil {
		return err
	}
	return out.Close()
}
