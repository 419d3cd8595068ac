package testenv

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// HideUserData gives tests, and the commands that they run, an empty folder in place of the user's home and of the folders for a
// user's data, so that none of them opens the default data directory, and takes away the variables that name a service, a database
// or a key of the user's. untouched says afterwards whether somebody wrote in the folder.
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
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); namesUserData(name) {
			if err := os.Unsetenv(name); err != nil {
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

// namesUserData says whether a variable is one of the program's, which tests set for themselves where they need it. Those of the tests
// themselves are not.
func namesUserData(name string) bool {
	switch {
	case strings.HasPrefix(name, "HEADWATER_TEST_"), name == "HEADWATER_LONG", name == "HEADWATER_REQUIRE_SHARED":
		return false
	}
	return name == "DATABASE_URL" || strings.HasPrefix(name, "HEADWATER_")
}

func goCache() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "go-build"), err
}

func goPath() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "go"), err
}
