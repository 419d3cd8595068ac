package local

import "testing"

func TestMajorVersion(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)": 15,
		"postgres (PostgreSQL) 18beta1":                      18,
		"postgres (PostgreSQL) 9.6.24":                       9,
		"postgres: command not found":                        0,
		"":                                                   0,
	} {
		if got := majorVersion(line); got != want {
			t.Errorf("majorVersion(%q) = %d, want %d", line, got, want)
		}
	}
}

func TestPackageCommand(t *testing.T) {
	t.Parallel()
	const (
		apt   = "apt-get install -y postgresql"
		dnf   = "dnf install -y postgresql-server postgresql-contrib"
		none  = "https://www.postgresql.org/download/"
		known = true
	)
	for _, test := range []struct {
		name, release, want string
		known               bool
	}{
		{"Debian", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n", apt, known},
		{"a relative of Ubuntu", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", apt, known},
		{"Fedora", "NAME=\"Fedora Linux\"\nID=fedora\n", dnf, known},
		{"a relative of RHEL", "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", dnf, known},
		{"Alpine", "ID=alpine\n", "apk add postgresql postgresql-contrib", known},
		{"Arch", "ID=arch\n", "pacman -S --noconfirm postgresql", known},
		{"openSUSE", "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "zypper install -y postgresql-server postgresql-contrib", known},
		{"unknown", "ID=plan9\n", none, !known},
		{"no file", "", none, !known},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := packageCommand([]byte(test.release)); got != test.want || ok != test.known {
				t.Errorf("got %q, %t, want %q, %t", got, ok, test.want, test.known)
			}
		})
	}
}

func TestVersionIn(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]int{
		"/usr/lib/postgresql/15/bin":         15,
		"/usr/pgsql-17/bin":                  17,
		"/opt/homebrew/opt/postgresql@9/bin": 9,
		"/usr/bin":                           0,
	} {
		if got := versionIn(dir); got != want {
			t.Errorf("versionIn(%q) = %d, want %d", dir, got, want)
		}
	}
}
