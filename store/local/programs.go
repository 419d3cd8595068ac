package local

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the first PostgreSQL version that a new cluster is made with.
const oldestMajor = 15

// programs are the server's programs of one PostgreSQL version.
type programs struct {
	dir   string // the folder of initdb and postgres
	major int
}

func (p programs) initdb() string   { return filepath.Join(p.dir, "initdb") }
func (p programs) postgres() string { return filepath.Join(p.dir, "postgres") }

// NotInstalledError says that no PostgreSQL server able to make a cluster was found on this system.
type NotInstalledError struct {
	Install string // the command that installs one
	Found   []int  // the major versions that are there and too old
}

func (e *NotInstalledError) Error() string {
	missing := "PostgreSQL's server programs (initdb and postgres) were not found"
	if len(e.Found) > 0 {
		missing = fmt.Sprintf("PostgreSQL %d or newer is needed, only %s found", oldestMajor, listed(e.Found))
	}
	return missing + "; install them, or set DATABASE_URL to use a server of yours:\n\n    " + e.Install + "\n"
}

// VersionError says that a cluster was made by a PostgreSQL version whose programs are not installed.
type VersionError struct {
	DataDir   string
	Major     int   // the version that made the cluster
	Installed []int // the versions that are there instead
}

func (e *VersionError) Error() string {
	return fmt.Sprintf(`the database in %[1]s was made by PostgreSQL %[2]d, and only %[3]s is installed. To go on:

 1. install the server programs of PostgreSQL %[2]d beside the others (they are found by themselves), and start again;
 2. to leave %[2]d for good, run with both installed:
        headwater --data-dir %[1]q export > headwater.ndjson
        mv %[1]q %[4]q
        headwater --data-dir %[1]q import headwater.ndjson
`, e.DataDir, e.Major, listed(e.Installed), e.DataDir+".old")
}

func listed(majors []int) string {
	words := make([]string, len(majors))
	for i, major := range majors {
		words[i] = strconv.Itoa(major)
	}
	return "PostgreSQL " + strings.Join(words, ", ")
}

// findPrograms returns the first programs of a major version among dirs, or for 0 the first that are new enough. They are
// run as the server's user, so that what it may not run is not found.
func findPrograms(ctx context.Context, a account, dirs []string, dataDir string, major int) (programs, error) {
	var others []int
	for _, dir := range dirs {
		p := programs{dir: dir}
		if _, err := os.Stat(p.initdb()); err != nil {
			continue
		}
		version, err := a.command(ctx, "/", p.postgres(), "--version").Output()
		if err != nil {
			continue
		}
		switch p.major = majorVersion(string(version)); {
		case p.major == major || major == 0 && p.major >= oldestMajor:
			return p, nil
		case p.major != 0:
			others = append(others, p.major)
		}
	}
	slices.Sort(others)
	others = slices.Compact(others)
	if err := ctx.Err(); err != nil {
		return programs{}, err
	}
	if major != 0 && len(others) > 0 {
		return programs{}, &VersionError{DataDir: dataDir, Major: major, Installed: others}
	}
	return programs{}, &NotInstalledError{Install: installCommand(), Found: others}
}

var majorPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorVersion reads "postgres (PostgreSQL) 15.8 (Debian 15.8-1)" as 15, and anything else as 0.
func majorVersion(line string) int {
	match := majorPattern.FindStringSubmatch(line)
	if match == nil {
		return 0
	}
	major, _ := strconv.Atoi(match[1])
	return major
}

// programDirs lists where server programs may be: PATH, what pg_config says, then the usual folders, newest version first.
func programDirs(ctx context.Context) []string {
	dirs := slices.DeleteFunc(filepath.SplitList(os.Getenv("PATH")), func(dir string) bool { return !filepath.IsAbs(dir) })
	if dir, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, string(bytes.TrimSpace(dir)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",          // Debian
		"/usr/pgsql-*/bin",                   // PostgreSQL's own packages for Fedora and its relatives
		"/usr/lib/postgresql*/bin",           // openSUSE
		"/usr/libexec/postgresql*",           // Alpine
		"/opt/homebrew/opt/postgresql@*/bin", // Homebrew
		"/usr/local/opt/postgresql@*/bin",    // Homebrew on Intel
		"/opt/homebrew/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		"/opt/local/lib/postgresql*/bin", // MacPorts
		"/usr/local/pgsql/bin",           // built from source
		"/usr/local/bin",
		"/usr/bin",
	} {
		found, _ := filepath.Glob(pattern) // fails for a malformed pattern only
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(versionIn(b), versionIn(a)) })
		dirs = append(dirs, found...)
	}
	return dirs
}

var lastNumber = regexp.MustCompile(`(\d+)\D*$`)

func versionIn(dir string) int {
	match := lastNumber.FindStringSubmatch(dir)
	if match == nil {
		return 0
	}
	version, _ := strconv.Atoi(match[1])
	return version
}

// installCommand is what installs a PostgreSQL server on this system.
func installCommand() string {
	if runtime.GOOS == "darwin" {
		return "brew install postgresql@17"
	}
	release, _ := os.ReadFile("/etc/os-release") // absent: an unknown system
	command, known := packageCommand(release)
	if known && os.Geteuid() != 0 {
		return "sudo " + command
	}
	return command
}

// packageCommand reads an os-release file (see os-release(5)): ID names the system, ID_LIKE its relatives.
// An unknown system gets the address of PostgreSQL's own instructions.
func packageCommand(release []byte) (command string, known bool) {
	fields := map[string]string{}
	for lines := bufio.NewScanner(bytes.NewReader(release)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			fields[name] = strings.Trim(value, `"'`)
		}
	}
	for _, id := range append([]string{fields["ID"]}, strings.Fields(fields["ID_LIKE"])...) {
		switch id {
		case "debian", "ubuntu":
			return "apt-get install -y postgresql", true
		case "fedora", "rhel", "centos":
			return "dnf install -y postgresql-server postgresql-contrib", true
		case "alpine":
			return "apk add postgresql postgresql-contrib", true
		case "arch":
			return "pacman -S --noconfirm postgresql", true
		case "suse", "opensuse":
			return "zypper install -y postgresql-server postgresql-contrib", true
		}
	}
	return "https://www.postgresql.org/download/", false
}
