package migrations_test

import (
	"testing"

	"github.com/headwater-project/headwater/store/storetest"
)

// TestFunctionsNeedNoSearchPath: pg_dump and pg_restore empty it. A body that the SQL standard knows (RETURN, BEGIN ATOMIC) is
// bound when it is made; any other is a text that is read when it runs, under the path that its function sets.
func TestFunctionsNeedNoSearchPath(t *testing.T) {
	t.Parallel()
	conn := connect(t, storetest.New(t))
	var unbound []string
	err := conn.QueryRow(t.Context(), `SELECT coalesce(array_agg(oid::regprocedure::text), '{}') FROM pg_proc AS p
		WHERE pronamespace = 'public'::regnamespace AND prosqlbody IS NULL
		AND NOT EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%')
		AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')`).Scan(&unbound)
	if err != nil || len(unbound) > 0 {
		t.Errorf("read when they run, without a search_path: %v (%v)", unbound, err)
	}
}
