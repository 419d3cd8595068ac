package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/local"
)

// logKeyOptions say which key signs the log of all changes.
type logKeyOptions struct{ path, origin string }

// logKeyFile is the key's name in the folder of a private database.
const logKeyFile = "log.key"

// file is where the key is: as the flag says, or beside the private database. There is no other default: a key that is made by
// chance on a disk that does not last, or twice by two services of one database, is worse than none.
func (o logKeyOptions) file(c connection) (string, error) {
	if o.path != "" || c.address != "" {
		return o.path, nil
	}
	dir := c.dataDir
	if dir == "" {
		var err error
		if dir, err = local.DefaultDataDir(); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, logKeyFile), nil
}

// keepLog puts changes in order, seals and signs them until it is stopped.
func (o logKeyOptions) keepLog(ctx context.Context, c connection, s *store.Store) (stop func(), err error) {
	if err := o.sign(ctx, c, s); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { s.KeepLog(ctx) })
	return func() { cancel(); keeping.Wait() }, nil
}

// sign lets the store sign checkpoints, with a key that is made where there is none.
func (o logKeyOptions) sign(ctx context.Context, c connection, s *store.Store) error {
	path, err := o.file(c)
	if err != nil {
		return err
	}
	if path == "" {
		slog.WarnContext(ctx, "the log of changes is not signed: --log-key names no file of a key; it is made where there is none")
		return nil
	}
	key, err := readLogKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = o.make(ctx, path, s.Namespace()); err == nil {
			key, err = readLogKey(path)
		}
	}
	if err != nil {
		return fmt.Errorf("the key that signs the log: %w", err)
	}
	if o.origin != "" && o.origin != key.Origin() {
		return fmt.Errorf("--log-origin is %q, and the key in %s is for %q; expected the same, or another file of a key", o.origin, path,
			key.Origin())
	}
	err = s.SignWith(ctx, key)
	if headwater.CodeOf(err) == headwater.CodeUnavailable { // a standby, whose log is kept and signed by somebody else
		slog.WarnContext(ctx, "the log of changes is not signed, since the database takes no writes now", "error", err)
		return nil
	}
	return err
}

// readLogKey reads the key in a file.
func readLogKey(path string) (*ledger.Key, error) {
	private, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := ledger.ReadKey(string(private))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// make makes a key in a file that nobody else can read, unless another service was faster.
func (o logKeyOptions) make(ctx context.Context, path, namespace string) error {
	origin := o.origin
	if origin == "" {
		_, origin, _ = strings.Cut(namespace, "://")
		origin = strings.TrimSuffix(origin, "/")
	}
	if origin == "" || strings.ContainsAny(origin, "+ \t\r\n") {
		return fmt.Errorf("--log-origin is %q; expected a name of the log without spaces and +, such as desk.example/log", origin)
	}
	private, err := ledger.NewKey(origin)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(private + "\n")
	slog.InfoContext(ctx, "made a key that signs the log of changes; keep a copy of it, and of nothing else with it", "file", path)
	return errors.Join(err, file.Sync(), file.Close())
}
