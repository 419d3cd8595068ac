package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/headwater-project/headwater/web"
)

// page serves the page alone.
func page() http.Handler {
	mux := http.NewServeMux()
	web.Register(mux)
	return mux
}

// get asks for a path, with headers given as names and values in turn.
// answer is a response that was read.
type answer struct {
	StatusCode int
	Header     http.Header
	body       []byte
}

func get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	asked := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	for i := 0; i < len(headers); i += 2 {
		asked.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	page().ServeHTTP(w, asked)
	return answer{w.Code, w.Header(), w.Body.Bytes()}
}

// TestEnter: a choice made on the page goes before what the browser prefers. The address is relative, for services behind a prefix.
func TestEnter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ accepted, cookie, want string }{
		{"", "", "en/claims"},
		{"ar", "", "ar/claims"},
		{"ar-SY,en;q=0.4", "", "ar/claims"},
		{"fr,en;q=0.4", "", "en/claims"},
		{"fr,de", "", "en/claims"},
		{"en", "headwater_language=ar", "ar/claims"},
		{"ar", "headwater_language=en", "en/claims"},
		{"ar", "headwater_language=nonsense;;", "ar/claims"},
	} {
		r := get(t, "/", "Accept-Language", c.accepted, "Cookie", c.cookie)
		if r.StatusCode != http.StatusFound || r.Header.Get("Location") != c.want {
			t.Errorf("%+v: %d to %q", c, r.StatusCode, r.Header.Get("Location"))
		}
	}
}

// TestDocument: at each address the same document in the right language, whose files are found from there.
func TestDocument(t *testing.T) {
	t.Parallel()
	file := regexp.MustCompile(`(?:src|href)="(\.[^"]+)"`)
	for _, path := range []string{"/en", "/ar", "/en/", "/ar/claims", "/en/claims/6f1c0a52-6a5e-5f0e-9d0e-3f1f6a1b2c3d", "/ar/a/b/c/d"} {
		r := get(t, path)
		text := string(r.body)
		want := `<html lang="en" dir="ltr">`
		if strings.HasPrefix(path, "/ar") {
			want = `<html lang="ar" dir="rtl">`
		}
		if r.StatusCode != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d, want %s in %s", path, r.StatusCode, want, text)
		}
		if r.Header.Get("Content-Security-Policy") != web.Policy || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", path, r.Header)
		}
		files := file.FindAllStringSubmatch(text, -1)
		if len(files) != 2 {
			t.Fatalf("%s names %d files", path, len(files))
		}
		for _, f := range files {
			target := filepath.ToSlash(filepath.Join(filepath.Dir(path+"x"), f[1]))
			asset := get(t, target)
			if asset.StatusCode != http.StatusOK ||
				asset.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: %s is at %s: %d %v", path, f[1], target, asset.StatusCode, asset.Header)
			}
		}
	}
	for _, path := range []string{"/en" + strings.Repeat("/a", 20), "/assets/nothing.js"} {
		r := get(t, path)
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

// TestFormsOfAFile: in gzip where the browser takes it, the same bytes; nothing where it has them.
func TestFormsOfAFile(t *testing.T) {
	t.Parallel()
	plain := get(t, "/en/claims")
	want, tag := string(plain.body), plain.Header.Get("ETag")
	if plain.Header.Get("Content-Encoding") != "" || tag == "" {
		t.Fatal(plain.Header)
	}
	for accepted, encoding := range map[string]string{
		"gzip": "gzip", "br, GZIP;q=0.5": "gzip", "gzip;q=0": "", "br": "", "gzip;q=0.0, br": "",
	} {
		r := get(t, "/en/claims", "Accept-Encoding", accepted)
		if got := r.Header.Get("Content-Encoding"); got != encoding {
			t.Errorf("%q: %q", accepted, got)
		}
	}
	packed := get(t, "/en/claims", "Accept-Encoding", "gzip")
	reader, err := gzip.NewReader(bytes.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reader); err != nil || string(got) != want {
		t.Errorf("unpacked it is %d bytes of %d: %v", len(got), len(want), err)
	}
	for tags, status := range map[string]int{tag: 304, `"other", W/` + tag: 304, "*": 304, `"other"`: 200} {
		if r := get(t, "/en/claims", "If-None-Match", tags); r.StatusCode != status {
			t.Errorf("If-None-Match: %s: %d", tags, r.StatusCode)
		}
	}
}

// TestBuiltFilesAreSmall holds what everybody loads to what a slow line bears, in bytes of gzip as they are served: of each language all
// script, that which comes first, and the style; and to files of the language alone.
func TestBuiltFilesAreSmall(t *testing.T) {
	t.Parallel()
	words := map[string]string{"en": "Nobody on record says it.", "ar": "لا أحد يقول به علنًا."}
	for tag := range words {
		sizes := map[string]int{}
		said := map[string]bool{}
		names, err := filepath.Glob("dist/" + tag + "/assets/*")
		if err != nil || len(names) < 2 {
			t.Fatal(tag, names, err)
		}
		first := string(get(t, "/"+tag+"/claims").body)
		for _, name := range names {
			served := get(t, "/assets/"+filepath.Base(name), "Accept-Encoding", "gzip")
			if served.StatusCode != http.StatusOK || served.Header.Get("Content-Encoding") != "gzip" {
				t.Fatalf("%s: %d %v", name, served.StatusCode, served.Header)
			}
			sizes[filepath.Ext(name)] += len(served.body)
			if filepath.Ext(name) == ".js" && strings.Contains(first, filepath.Base(name)) {
				sizes["first"] += len(served.body)
			}
			plain := string(get(t, "/assets/"+filepath.Base(name)).body)
			for of, sentence := range words {
				said[of] = said[of] || strings.Contains(plain, sentence)
			}
		}
		for kind, most := range map[string]int{".js": 75 << 10, ".css": 8 << 10, "first": 45 << 10} {
			t.Logf("%s: %s has %d bytes of %d", tag, kind, sizes[kind], most)
			if sizes[kind] == 0 || sizes[kind] > most {
				t.Errorf("%s: %s has %d bytes, want at most %d", tag, kind, sizes[kind], most)
			}
		}
		for of, is := range said {
			if is != (of == tag) {
				t.Errorf("the files of %s have words of %s: %v", tag, of, is)
			}
		}
	}
}
