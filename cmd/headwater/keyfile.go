package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/headwater-project/headwater/store/local"
)

// keyFile is where a key of a service is: as its flag says, or under a name beside the private database. There is no other default: a key
// that is made by chance on a disk that does not last, or twice by two services of one database, is worse than none.
func keyFile(path, name string, c connection) (string, error) {
	if path != "" || c.address != "" {
		return path, nil
	}
	dir := c.dataDir
	if dir == "" {
		var err error
		if dir, err = local.DefaultDataDir(); err != nil {
			return "", err
		}
	}
	if c.desk != "" {
		dir = deskFolder(dir, c.desk)
	}
	return filepath.Join(dir, name), nil
}

// deskFolder is where the keys of a desk are, in the folder of those of the main service.
func deskFolder(dir, desk string) string { return filepath.Join(dir, "desks", desk) }

// deskKeyFile is where a key of a desk is that is served beside the main service: under its name in a folder of the desk's, beside the key
// of the main service; empty where that has none.
func deskKeyFile(path, name string, main connection, desk string) (string, error) {
	of, err := keyFile(path, name, main)
	if err != nil || of == "" {
		return "", err
	}
	return filepath.Join(deskFolder(filepath.Dir(of), desk), name), nil
}

// ensureKeyFile makes the file of a key where there is none, and logs that it did.
func ensureKeyFile(ctx context.Context, path, made string, newKey func() (string, error)) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil // what else may be wrong is told when it is read
	}
	private, err := newKey()
	if err != nil {
		return err
	}
	written, err := writeKeyFile(path, private)
	if written {
		slog.InfoContext(ctx, made, "file", path)
	}
	return err
}

// writeKeyFile writes a key to a file that nobody else can read, and says whether it did: another service may have been faster. The file
// is there whole or not at all.
func writeKeyFile(path, private string) (written bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // which only its owner can read
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.WriteString(private + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return false, err
	}
	err = os.Link(file.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	return err == nil, err
}
