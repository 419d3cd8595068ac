package evidence

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
	"github.com/headwater-project/headwater/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// TestBearingsInSQL holds what PostgreSQL makes of the rendered rules to the rules, for every link, end and bearing, and
// what it makes of them backwards to their inverse.
func TestBearingsInSQL(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), storetest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	ask := func(s step, kind headwater.LinkKind, degree headwater.Degree, bearing provenance.Bearing) *int {
		t.Helper()
		var after *int
		sql := fmt.Sprintf("SELECT %s FROM (SELECT $1::text AS kind, $2::text AS degree, $3::int AS bearing) AS link", s.bearingSQL())
		if err := conn.QueryRow(t.Context(), sql, kind, degree, bearing).Scan(&after); err != nil {
			t.Fatal(err)
		}
		return after
	}
	led := 0
	for _, kind := range headwater.LinkKind("").Values() {
		kind, degrees := headwater.LinkKind(kind), []headwater.Degree{""}
		if kind == headwater.Contradicts {
			degrees = []headwater.Degree{headwater.DegreeDirect, headwater.DegreeTension}
		}
		for _, degree := range degrees {
			for _, end := range []provenance.LinkEnd{provenance.FromEnd, provenance.ToEnd} {
				for here := provenance.Entailing; here <= provenance.InTension; here++ {
					there, leads := provenance.BearingOver(kind, degree, end, here)
					after := ask(step{end: end}, kind, degree, here)
					if (after != nil) != leads || leads && *after != int(there) {
						t.Errorf("%s %s from end %d, bearing %d: SQL gives %v, the rules %d %t", kind, degree, end, here, after, there,
							leads)
					}
					if !leads {
						continue
					}
					led++
					before := ask(step{end: end.Other(), backwards: true}, kind, degree, there)
					if before == nil || *before != int(here) {
						t.Errorf("%s %s to end %d, bearing %d, backwards: SQL gives %v, not %d", kind, degree, end.Other(), there,
							before, here)
					}
				}
				for there := provenance.Entailing; there <= provenance.InTension; there++ {
					if before := ask(step{end: end, backwards: true}, kind, degree, there); before != nil {
						again, leads := provenance.BearingOver(kind, degree, end.Other(), provenance.Bearing(*before))
						if !leads || again != there {
							t.Errorf("%s %s from end %d, bearing %d, backwards: SQL gives %d, which leads to %d %t", kind, degree, end,
								there, *before, again, leads)
						}
					}
				}
			}
		}
	}
	if led != len(provenance.BearingRules()) {
		t.Errorf("%d of %d rules were seen", led, len(provenance.BearingRules()))
	}
}
