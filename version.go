package headwater

import (
	_ "embed" // the file that names the version
	"strings"
)

//go:embed VERSION
var versionFile string

// Version is the version of this release: of the program, the API, the clients and the packages alike. The file VERSION is the
// one place where it is set.
var Version = strings.TrimSpace(versionFile)
