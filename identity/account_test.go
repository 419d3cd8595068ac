package identity_test

import (
	"testing"

	"github.com/headwater-project/headwater/identity"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	for _, row := range golden(t, "accounts.tsv", 2) {
		if got := identity.Account(row[0]); got != row[1] {
			t.Errorf("Account(%q) = %q, want %q", row[0], got, row[1])
		}
		if got := identity.Account(row[1]); got != row[1] {
			t.Errorf("Account(%q) = %q, which is an account", row[1], got)
		}
		if row[1] != "" && identity.OwnDomain(row[0]) != "" && row[1][:8] != "mastodon" && row[1][:5] != "other" {
			t.Errorf("OwnDomain(%q) = %q, of a platform", row[0], identity.OwnDomain(row[0]))
		}
	}
}

func TestOwnDomain(t *testing.T) {
	t.Parallel()
	for _, row := range golden(t, "domains.tsv", 2) {
		if got := identity.OwnDomain(row[0]); got != row[1] {
			t.Errorf("OwnDomain(%q) = %q, want %q", row[0], got, row[1])
		}
	}
}

func FuzzAccount(f *testing.F) {
	for _, row := range [...]string{"https://www.facebook.com/ana/posts/1", "t.me/s/x", "x.example/@a@b.example",
		"https://vk.com/wall-1_2", "twitter.com/#!/a"} {
		f.Add(row)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if account := identity.Account(address); account != "" && identity.Account(account) == "" {
			t.Errorf("Account(%q) = %q, which is no account", address, account)
		}
		if own := identity.OwnDomain(address); identity.OwnDomain(own) != own {
			t.Errorf("OwnDomain(%q) = %q, of which it is %q", address, own, identity.OwnDomain(own))
		}
	})
}
