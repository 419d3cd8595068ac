package identity

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/headwater-project/headwater/fold"
)

// Address is the form in which two addresses are of one page: that of RFC 3986 §6.2.2, on top of what fold.URL leaves
// out. Beside what fold.URL does (case of scheme and host, hosts in ASCII, default ports, dot segments, an empty path),
// the case of percent-encoded octets does not count, nor whether a letter that needs no encoding has it (%7E is ~), nor
// in which normal form Unicode is (NFC), nor a dot at the end of the host.
//
// It keeps what RFC 3986 does not let count as one: the case of letters in the path and the query, octets that stand for
// delimiters (%2F is not /), octets that are not UTF-8, empty segments (//), + in a query, hosts other than a leading
// www., and all parameters but those that track readers. A % that begins no octet is one itself (%25).
//
// An address that cannot be read, or of another scheme than http and https, is its own form, as is one without a scheme,
// which forms are: Address(Address(a)) is Address(a).
func Address(address string) string {
	if !webAddress.MatchString(address) {
		return address
	}
	canonical := fold.URL(strings.ToValidUTF8(unreserved(address), string(utf8.RuneError)))
	if end := strings.IndexAny(canonical, "/?"); end >= 0 {
		return withoutLastDot(canonical[:end]) + canonical[end:]
	}
	return withoutLastDot(canonical)
}

var webAddress = regexp.MustCompile(`^[\x00- ]*(?i:https?):[/\\]`)

// withoutLastDot leaves out the dot that may stand at the end of a host: example.org.:8080.
func withoutLastDot(host string) string {
	name, port, found := strings.Cut(host, ":")
	if found && !strings.Contains(port, ":") {
		return strings.TrimSuffix(name, ".") + ":" + port
	}
	return strings.TrimSuffix(host, ".")
}

// unreserved decodes the octets of an address that are letters, digits, - . _ ~ or UTF-8 beyond ASCII, writes the others
// in capitals, and puts what is between delimiters in normal form C.
func unreserved(address string) string {
	octets := make([]byte, 0, len(address))
	for i := 0; i < len(address); i++ {
		if address[i] != '%' {
			octets = append(octets, address[i])
			continue
		}
		octet, ok := octetAt(address, i)
		switch {
		case !ok:
			octets = append(octets, "%25"...)
			continue
		case octet >= utf8.RuneSelf:
			n := i
			var run []byte
			for ; ok && octet >= utf8.RuneSelf; octet, ok = octetAt(address, n) {
				run, n = append(run, octet), n+len("%00")
			}
			octets, i = appendUTF8(octets, run), n-1
			continue
		case isUnreserved(rune(octet)):
			octets = append(octets, octet)
		default:
			octets = append(octets, '%', capitals[octet>>4], capitals[octet&15])
		}
		i += len("00")
	}
	return composed(string(octets))
}

const capitals = "0123456789ABCDEF"

// octetAt is the octet whose encoding stands at i.
func octetAt(address string, i int) (octet byte, ok bool) {
	if i+2 >= len(address) || address[i] != '%' {
		return 0, false
	}
	high := strings.IndexByte(capitals, upper(address[i+1]))
	low := strings.IndexByte(capitals, upper(address[i+2]))
	return byte(high<<4 | low), high >= 0 && low >= 0
}

func upper(b byte) byte {
	if 'a' <= b && b <= 'f' {
		return b - 'a' + 'A'
	}
	return b
}

// appendUTF8 adds a run of octets: decoded where they are characters, encoded where they are not.
func appendUTF8(octets, run []byte) []byte {
	for len(run) > 0 {
		r, size := utf8.DecodeRune(run)
		if r == utf8.RuneError && size == 1 || unicode.IsSpace(r) || unicode.IsControl(r) {
			octets = append(octets, '%', capitals[run[0]>>4], capitals[run[0]&15])
			size = 1
		} else {
			octets = append(octets, run[:size]...)
		}
		run = run[size:]
	}
	return octets
}

func isUnreserved(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~", r)
}

// composed puts what is between delimiters in normal form C, unless that makes a delimiter.
func composed(address string) string {
	if norm.NFC.IsNormalString(address) {
		return address
	}
	var b strings.Builder
	for address != "" {
		end := strings.IndexFunc(address, isDelimiter)
		if end < 0 {
			end = len(address)
		}
		if text := norm.NFC.String(address[:end]); strings.ContainsFunc(text, isDelimiter) {
			b.WriteString(address[:end])
		} else {
			b.WriteString(text)
		}
		address = address[end:]
		if end = strings.IndexFunc(address, func(r rune) bool { return !isDelimiter(r) }); end < 0 {
			end = len(address)
		}
		b.WriteString(address[:end])
		address = address[end:]
	}
	return b.String()
}

// isDelimiter says whether r is ASCII that is not unreserved.
func isDelimiter(r rune) bool { return r < utf8.RuneSelf && !isUnreserved(r) }
