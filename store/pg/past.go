package pg

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/headwater-project/headwater"
)

// StateAtSQL selects the state that a thing had when the change at a place of the order was the last one; nothing where it was not there
// yet. All but the resource are SQL.
func StateAtSQL(resource headwater.Resource, id, seq string) string {
	return fmt.Sprintf(`SELECT t.state FROM changes AS t JOIN sequenced AS s ON s.change = t.id
			WHERE t.resource_id = %s AND t.resource = '%s' AND s.seq <= %s ORDER BY t.to_version DESC LIMIT 1`, id, resource, seq)
}

// At is the table as it was when the change at a place of the order was the last one: the things whose ids a query selects, or all that
// there were where ids is empty. Both are SQL. Its name is a query, so that it needs an alias; it has the columns of [Table.Selected].
func (t Table[T, F]) At(seq, ids string) (Table[T, F], error) {
	blank, err := t.blankSQL()
	if err != nil {
		return t, err
	}
	wanted := fmt.Sprintf("(%s) AS wanted (id), LATERAL (\n\t\t\t%s) AS past", ids, StateAtSQL(t.Resource, "wanted.id", seq))
	if ids == "" { // the last change of each is found first, so that states, which are large, are not sorted
		wanted = fmt.Sprintf(`(SELECT DISTINCT ON (c.resource_id) c.resource_id AS id, c.to_version
			FROM changes AS c JOIN sequenced AS s ON s.change = c.id WHERE c.resource = '%[1]s' AND s.seq <= %[2]s
			ORDER BY c.resource_id, c.to_version DESC) AS wanted, LATERAL (
			SELECT c.state FROM changes AS c
			WHERE c.resource_id = wanted.id AND c.to_version = wanted.to_version AND c.resource = '%[1]s') AS past`, t.Resource, seq)
	}
	selected := []string{"wanted.id", "was.key", "was.namespace", "was.version", "was.created_at", "was.updated_at", "was.status"}
	renamed := ""
	if t.Merges {
		selected = append(selected, "was.merged_into")
	}
	for _, c := range t.Columns {
		if c.Name != c.As {
			renamed += fmt.Sprintf(" || jsonb_build_object('%s', past.state -> '%s')", c.Name, c.As)
		}
		if t.Resource == headwater.ResourceDocument && c.Name == "text" {
			selected = append(selected, pastTextSQL+" AS text")
			continue
		}
		selected = append(selected, "was."+c.Name)
	}
	t.Name = fmt.Sprintf(`(SELECT %s FROM %s, jsonb_populate_record(NULL::%s, %s || past.state%s) AS was
			WHERE past.state ->> 'status' <> '%s')`, strings.Join(selected, ", "), wanted, t.Name, blank, renamed, DeletedStatus)
	return t, nil
}

// pastTextSQL is the text that a document had: one that was replaced since is kept aside, and any other is still there. A state from
// before texts were kept says only what was said of the text.
const pastTextSQL = `coalesce((SELECT kept.text FROM document_texts AS kept WHERE kept.sha256 = past.state ->> 'stored_sha256'),
				(SELECT present.text FROM documents AS present WHERE present.id = wanted.id
					AND text_digest(present.text) = coalesce(past.state ->> 'stored_sha256', past.state ->> 'text_sha256')), '')`

// blankSQL is what columns have that are not null and that a state says nothing of, since there was nothing to say.
func (t Table[T, F]) blankSQL() (string, error) {
	var none F
	values := t.Values(none)
	members := []string{"'key', ''", "'namespace', ''"}
	for i, c := range t.Columns {
		text, err := json.Marshal(values[i])
		if err != nil {
			return "", err
		}
		switch blank := string(text); blank {
		case `""`:
			members = append(members, "'"+c.Name+"', ''")
		case "0", "false":
			members = append(members, "'"+c.Name+"', "+blank)
		}
	}
	return "jsonb_build_object(" + strings.Join(members, ", ") + ")", nil
}
