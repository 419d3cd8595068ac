package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store"
)

// logKeyOptions say which key signs the log of all changes.
type logKeyOptions struct {
	path, origin string
	usualOrigin  string // of a key that is made, where none is named
}

// logKeyFile is the key's name in the folder of a private database.
const logKeyFile = "log.key"

// sign lets the store sign checkpoints, with a key that is made where there is none.
func (o logKeyOptions) sign(ctx context.Context, c connection, s *store.Store) error {
	path, err := keyFile(o.path, logKeyFile, c)
	if err != nil {
		return err
	}
	if path == "" {
		slog.WarnContext(ctx, "the log of changes is not signed: --log-key names no file of a key; it is made where there is none")
		return nil
	}
	err = ensureKeyFile(ctx, path, "made a key that signs the log of changes; keep a copy of it, and of nothing else with it",
		func() (string, error) { return o.newKey(s.Namespace()) })
	if err != nil {
		return fmt.Errorf("the key that signs the log: %w", err)
	}
	key, err := readLogKey(path)
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

// ofDesk says the same for a desk: its key is in a folder of its own beside that of the main service, and made for a log that is named
// after the main one.
func (o logKeyOptions) ofDesk(c connection, name string) (logKeyOptions, error) {
	path, err := deskKeyFile(o.path, logKeyFile, c, name)
	if err != nil || path == "" {
		return logKeyOptions{}, err
	}
	of, err := keyFile(o.path, logKeyFile, c)
	if err != nil {
		return logKeyOptions{}, err
	}
	key, err := readLogKey(of)
	if err != nil {
		return logKeyOptions{}, fmt.Errorf("the key that signs the log: %w", err)
	}
	return logKeyOptions{path: path, usualOrigin: key.Origin() + "/desks/" + name}, nil
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

// newKey makes the text of a key for the log of a namespace, unless another origin is named.
func (o logKeyOptions) newKey(namespace string) (string, error) {
	origin := cmp.Or(o.origin, o.usualOrigin)
	if origin == "" {
		_, origin, _ = strings.Cut(namespace, "://")
		origin = strings.TrimSuffix(origin, "/")
	}
	if origin == "" || strings.ContainsAny(origin, "+ \t\r\n") {
		return "", fmt.Errorf("--log-origin is %q; expected a name of the log without spaces and +, such as desk.example/log", origin)
	}
	return ledger.NewKey(origin)
}
