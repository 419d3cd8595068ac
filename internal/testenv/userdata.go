package testenv

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// HideUserData gives tests, and the commands that they run, an empty folder in place of the user's home and of the folders for a
// user's data, so that none of them opens the default data directory. untouched says afterwards whether somebody wrote there.
func HideUserData() (untouched func() error, err error) {
	for name, folder := range map[string]func() (string, error){"GOCACHE": goCache, "GOPATH": goPath} {
		if os.Getenv(name) == "" { // what is built by tests goes where it always goes
			at, err := folder()
			if err != nil {
				return nil, err
			}
			if err := os.Setenv(name, at); err != nil {
				return nil, err
			}
		}
	}
	hidden, err := os.MkdirTemp("", "headwater-no-home-")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"} {
		if err := os.Setenv(name, hidden); err != nil {
			return nil, err
		}
	}
	return func() error {
		left, err := os.ReadDir(hidden)
		if len(left) > 0 {
			err = errors.Join(err, fmt.Errorf("a test wrote %s where a user's data is: it must name a folder of its own", left[0].Name()))
		}
		return errors.Join(err, os.RemoveAll(hidden))
	}, nil
}

func goCache() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "go-build"), err
}

func goPath() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "go"), err
}
