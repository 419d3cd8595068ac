package identity_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/headwater-project/headwater/fold"
	"github.com/headwater-project/headwater/identity"
)

func TestAddressesOfOnePage(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]string{
		"case of octets": {"https://akhbar.example.org/%D8%AE%D8%A8%D8%B1/",
			"https://akhbar.example.org/%d8%ae%d8%a8%d8%b1/"},
		"octets and letters":          {"https://akhbar.example.org/%D8%AE%D8%A8%D8%B1", "https://akhbar.example.org/خبر"},
		"a tilde":                     {"https://a.example.org/%7Eana", "https://a.example.org/~ana"},
		"a letter":                    {"https://a.example.org/%61na", "https://a.example.org/ana"},
		"a parameter's octets":        {"https://a.example.org/?q=%c3%a9", "https://a.example.org/?q=é"},
		"a parameter's tilde":         {"https://a.example.org/?q=%7e", "https://a.example.org/?q=~"},
		"normal form C":               {"https://a.example.org/papá", "https://a.example.org/papa\u0301"},
		"normal form C in octets":     {"https://a.example.org/pap%C3%A1", "https://a.example.org/papa%CC%81"},
		"a dot at the end of a host":  {"https://a.example.org./x", "https://a.example.org/x"},
		"such a dot before a port":    {"https://a.example.org.:8443/x", "https://a.example.org:8443/x"},
		"scheme and host":             {"HTTPS://A.Example.ORG/x", "http://a.example.org/x"},
		"an international domain":     {"https://münchen.example/", "https://xn--mnchen-3ya.example"},
		"a default port":              {"https://a.example.org:443/x", "https://a.example.org/x"},
		"dot segments":                {"https://a.example.org/b/../x/./y", "https://a.example.org/x/y"},
		"encoded dot segments":        {"https://a.example.org/b/%2e%2E/x", "https://a.example.org/x"},
		"an empty path":               {"https://a.example.org", "https://a.example.org/"},
		"parameters in another order": {"https://a.example.org/?b=2&a=1", "https://a.example.org/?a=1&b=2"},
		"a reader's way":              {"https://a.example.org/x?utm_source=m", "https://www.a.example.org/x#top"},
		"an encoded reader's way":     {"https://a.example.org/x?utm%5Fsource=m", "https://a.example.org/x"},
		"a percent sign":              {"https://a.example.org/100%", "https://a.example.org/100%25"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a, b := identity.Address(pair[0]), identity.Address(pair[1]); a != b {
				t.Errorf("%q is %q and %q is %q", pair[0], a, pair[1], b)
			}
		})
	}
}

func TestAddressesOfTwoPages(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]string{
		"case of a path":       {"https://a.example.org/X", "https://a.example.org/x"},
		"a delimiter's octets": {"https://a.example.org/a%2Fb", "https://a.example.org/a/b"},
		"a question mark":      {"https://a.example.org/a%3Fb", "https://a.example.org/a?b"},
		"an octet twice":       {"https://a.example.org/%257E", "https://a.example.org/~"},
		"a broken octet":       {"https://a.example.org/%%37E", "https://a.example.org/~"},
		"not UTF-8":            {"https://a.example.org/%E9", "https://a.example.org/é"},
		"an empty segment":     {"https://a.example.org/a//b", "https://a.example.org/a/b"},
		"a host below":         {"https://m.a.example.org/x", "https://a.example.org/x"},
		"another port":         {"https://a.example.org:8443/x", "https://a.example.org/x"},
		"a parameter":          {"https://a.example.org/?p=1", "https://a.example.org/?p=2"},
		"a Greek semicolon":    {"https://a.example.org/a%CD%BEb", "https://a.example.org/a;b"},
		"accents":              {"https://a.example.org/papá", "https://a.example.org/papa"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a, b := identity.Address(pair[0]), identity.Address(pair[1]); a == b {
				t.Errorf("%q and %q are both %q", pair[0], pair[1], a)
			}
		})
	}
}

// TestAddressIsThatOfFold: what fold.URL leaves as it is in an address without octets and marks, Address does too, so that
// what is stored under the one is found under the other.
func TestAddressIsThatOfFold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		place := `https?://(www\.)?[a-z]{1,5}\.example(:[0-9]{2,4})?(/[a-zA-Zء-ي0-9.]{0,6}){0,4}`
		address := rapid.StringMatching(place+`(\?[a-z]{1,4}=[a-z0-9]{0,4}(&[a-z]{1,4}=[a-z]{0,3})?)?(#[a-z]{0,3})?`).Draw(t, "address")
		if got, want := identity.Address(address), fold.URL(address); got != want {
			t.Fatalf("Address(%q) = %q, want %q", address, got, want)
		}
	})
}

func FuzzAddressTwiceIsOnce(f *testing.F) {
	for _, seed := range []string{
		"", "https://a.example/%7e%d8%ae/%2F?x=%e9", "http://www.www.a.example./x//y/../z", "https://http:8080/x", "https://a/%%37E%",
		"http:\\\\a\\b", "https://[::1]:80/", "foo://a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		once := identity.Address(address)
		if twice := identity.Address(once); twice != once {
			t.Errorf("Address(%q) = %q, of which it is %q", address, once, twice)
		}
	})
}
