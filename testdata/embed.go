// Package testdata holds the bundles that were written for the demo and the tests. It must not know how they are read.
package testdata

import _ "embed"

// Demo is the bundle that `headwater demo` imports.
//
//go:embed demo.ndjson
var Demo []byte
