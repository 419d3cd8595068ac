package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the system user that the server runs as: ourselves, or another when we are root, as whom PostgreSQL refuses
// to run.
type account struct {
	name       string
	uid, gid   int
	credential *syscall.Credential // nil when the account is our own
}

// accountFor chooses the server's user: our own; for root the owner of what is there already, else postgres, else nobody.
func accountFor(dataDir, cluster string) (account, error) {
	if uid := os.Geteuid(); uid != 0 {
		return lookUp(strconv.Itoa(uid), user.LookupId)
	}
	for _, path := range []string{cluster, dataDir} {
		if uid, ok := ownerOf(path); ok && uid != 0 {
			return lookUp(strconv.Itoa(uid), user.LookupId)
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := lookUp(name, user.Lookup); err == nil {
			return found, nil
		}
	}
	return account{}, errors.New("PostgreSQL refuses to run as root, and this system has neither a user postgres nor nobody: " +
		"create one with useradd --system postgres, or run headwater as an ordinary user")
}

func lookUp(key string, find func(string) (*user.User, error)) (account, error) {
	found, err := find(key)
	if err != nil {
		return account{}, fmt.Errorf("PostgreSQL runs only as a user that has a name, in /etc/passwd or a directory: %w", err)
	}
	a := account{name: found.Username}
	if a.uid, err = strconv.Atoi(found.Uid); err != nil {
		return account{}, err
	}
	if a.gid, err = strconv.Atoi(found.Gid); err != nil {
		return account{}, err
	}
	if a.uid != os.Geteuid() {
		a.credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return a, nil
}

// command prepares a program to run as the account in dir. It gets a session of its own, so that Ctrl-C in our terminal
// does not reach it, and none of our environment, so that no PG… variable or foreign locale bends what it does.
func (a account) command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: a.credential}
	return cmd
}

// reach fails when the account cannot enter dir, naming the first folder on the way that is closed to it. The kernel is
// asked, by a program started there, since modes do not tell of access lists and confinement.
func (a account) reach(ctx context.Context, dir string) error {
	if a.credential == nil {
		return nil
	}
	enter := func(folder string) error { return a.command(ctx, folder, "true").Run() }
	err := enter(dir)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	closed := dir
	for folder := filepath.Dir(dir); folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if errors.Is(enter(folder), fs.ErrPermission) {
			closed = folder
		}
	}
	return fmt.Errorf("the database's data directory %s cannot be reached by the user %s, whom its server runs as: the folder %s is "+
		"closed to that user; choose another data directory", dir, a.name, closed)
}

// ownerOf returns the user id that owns a path, and false where there is no such path.
func ownerOf(path string) (int, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}
