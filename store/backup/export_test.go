package backup

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// TableNames are the names of all tables.
func TableNames() (names []string) {
	for _, t := range tables {
		names = append(names, t.name)
	}
	return names
}

// Repack writes an archive anew, with other files in it.
func Repack(t *testing.T, from io.Reader, alter func(content []byte) []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	w := &writer{tar: tar.NewWriter(zipped)}
	for r := tar.NewReader(from); ; {
		file, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err == nil {
			err = w.file(file.Name, alter(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.tar.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
