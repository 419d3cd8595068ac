package desk_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater/store/desk"
)

// TestAddress: in either form, with what else an address says, the desk's schema alone is where tables are looked for.
func TestAddress(t *testing.T) {
	t.Parallel()
	for _, database := range []string{
		"postgres://headwater@db.example/headwater",
		"postgresql://headwater:p%40ss@10.0.0.1:5433,10.0.0.2:5434/headwater?target_session_attrs=read-write&search_path=second,public",
		"postgres://headwater@/headwater?host=%2Ftmp%2Fa+b&port=5432",
		"host=10.0.0.1 port=5433 user=headwater dbname=headwater search_path=second password='a://b?c'",
	} {
		at := desk.Desk{Name: "tunis-2"}.Address(database)
		want, err := pgx.ParseConfig(database)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.ParseConfig(at)
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		if got.RuntimeParams["search_path"] != `"desk_tunis-2"` || got.Host != want.Host || got.Port != want.Port ||
			got.User != want.User || got.Password != want.Password || got.Database != want.Database ||
			len(got.Fallbacks) != len(want.Fallbacks) {
			t.Errorf("%s: %v %s:%d %s", at, got.RuntimeParams, got.Host, got.Port, got.Database)
		}
	}
}
