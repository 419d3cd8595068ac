// Package web has the page that people work with, and serves it: files that Vite made of the sources beside this one, once for each
// language, embedded. It must not know the API, the store or what the page shows: the page asks the API as everybody else does.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

//go:embed dist
var dist embed.FS

// Policy lets the page load its own files and ask its own service, and nothing else. No text becomes code or markup: the browser
// refuses what is no Trusted Type, and there is no policy that could make one.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// languages are those that the page speaks. The first is for who reads none of them.
var languages = []string{"en", "ar"}

// matcher finds what a browser prefers among the languages, in their order.
var matcher = language.NewMatcher([]language.Tag{language.English, language.Arabic})

// languageCookie remembers the language that somebody chose on the page.
const languageCookie = "headwater_language"

// Register adds the page to a service: under / its entry, under /en/ and /ar/ its addresses, and under /assets/ its files.
func Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", enter)
	for path, content := range handlers() {
		mux.Handle("GET "+path, content)
	}
}

// handlers answer at their paths, compressed once for all services of the program.
var handlers = sync.OnceValue(func() map[string]http.Handler {
	all := map[string]http.Handler{}
	for _, tag := range languages {
		pages := newPages(read("dist/" + tag + "/index.html"))
		all["/"+tag], all["/"+tag+"/"] = pages, pages
	}
	// What is the same in both languages has one name, by its hash, and so is kept by a browser that changes the language.
	names, err := fs.Glob(dist, "dist/*/assets/*")
	if err != nil {
		panic(err) // only where the pattern is wrong
	}
	for _, name := range names {
		all["/assets/"+path.Base(name)] = newFile(read(name), contentTypes[path.Ext(name)], "public, max-age=31536000, immutable")
	}
	return all
})

func read(name string) []byte {
	content, err := dist.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return content
}

// contentTypes are those of the files that Vite makes. The system's table of types is not asked, since it differs.
var contentTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
}

// enter sends a browser to the page in the language that was chosen there, or else in the one that the browser prefers. The address is
// relative, since the service may stand behind a prefix.
func enter(w http.ResponseWriter, r *http.Request) {
	chosen := ""
	if cookie, err := r.Cookie(languageCookie); err == nil {
		chosen = cookie.Value
	}
	_, index := language.MatchStrings(matcher, chosen, r.Header.Get("Accept-Language"))
	setHeader(w.Header())
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Vary", "Accept-Language, Cookie")
	w.Header().Set("Location", languages[index]+"/claims")
	w.WriteHeader(http.StatusFound)
}

// setHeader sets what all answers of the page have.
func setHeader(header http.Header) {
	header.Set("Content-Security-Policy", Policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// pages is the page in one language. It is the same document at every address; only the way from there to its files differs, by how
// deep the address is.
type pages [maxDepth + 1]*file

// maxDepth is deeper than the page's addresses are.
const maxDepth = 8

func newPages(document []byte) *pages {
	var made pages
	for depth := range made {
		root := "./" + strings.Repeat("../", depth)
		linked := bytes.ReplaceAll(document, []byte(`"./assets/`), []byte(`"`+root+`assets/`))
		made[depth] = newFile(linked, contentTypes[".html"], "no-cache")
	}
	return &made
}

// ServeHTTP answers with the document for that depth.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	depth := strings.Count(r.URL.Path, "/") - 1
	if depth > maxDepth {
		setHeader(w.Header())
		http.Error(w, "the page has no address as deep as that", http.StatusNotFound)
		return
	}
	p[depth].ServeHTTP(w, r)
}

// file is a file with all that is said of it, compressed once.
type file struct {
	content, compressed        []byte
	etag, contentType, caching string
}

// newFile packs a file with the standard library, which makes Arabic 4 percent smaller than klauspost/compress does.
func newFile(content []byte, contentType, caching string) *file {
	var compressed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	if err == nil {
		_, err = writer.Write(content)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		panic(err) // a buffer takes all
	}
	hash := sha256.Sum256(content)
	return &file{content, compressed.Bytes(), `"` + hex.EncodeToString(hash[:16]) + `"`, contentType, caching}
}

// ServeHTTP answers with the file, in gzip where the browser takes it, or with 304 where the browser has it.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	setHeader(header)
	header.Set("Cache-Control", f.caching)
	header.Set("ETag", f.etag)
	header.Set("Vary", "Accept-Encoding")
	if hasTag(r.Header.Get("If-None-Match"), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", f.contentType)
	content := f.content
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		content = f.compressed
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(content) // a browser that has gone needs no answer; HEAD has none
}

// hasTag says whether an If-None-Match names a tag, weakly compared (RFC 9110 §13.1.2).
func hasTag(tags, tag string) bool {
	for one := range strings.SplitSeq(tags, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}

// takesGzip says whether an Accept-Encoding names gzip and does not refuse it.
func takesGzip(accepted string) bool {
	for one := range strings.SplitSeq(accepted, ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			quality, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err != nil || quality > 0
		}
	}
	return false
}
