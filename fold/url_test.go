package fold_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/fold"
)

// TestHosts: a host is what the standard makes of it, whether it is told by its characters or read with its whole address, as it is
// where a path follows.
func TestHosts(t *testing.T) {
	t.Parallel()
	hosts := []string{"", ".", "a", "a.", ".a", "a..b", "example.org", "www.example.org", "www.", "www", "www.www.example",
		"WWW.Example.ORG",
		"xn--mgbh0fb.example", "xn--a.example", "ab--cd.example", "-a.example", "a-.example", "a.-b", "a.b-", "1.2.3.4", "1.2.3", "a.1",
		"1.a", "0x7f.1", "a.0x1f", "a.0x", "1.2.3.0x4", "0x7f000001", "a_b.example", "a.example:443", "a.example:80", "a%2db.example",
		"a.b1", "4chan.example", "a.1a", "مثال.example", "ａ.example", strings.Repeat("a", 63) + ".example",
		strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 126) + "b", strings.Repeat("a.", 127) + "b", "ann@a.example"}
	random := rand.New(rand.NewPCG(19, 1))
	const letters = "aabz019--..xnw_A"
	for range 20_000 {
		host := make([]byte, 1+random.IntN(12))
		for i := range host {
			host[i] = letters[random.IntN(len(letters))]
		}
		hosts = append(hosts, string(host))
	}
	for _, host := range hosts {
		if got, want := fold.Host("https://"+host), fold.Host("https://"+host+"/"); got != want {
			t.Errorf("%q is %q, and %q with a path", host, got, want)
		}
	}
}
