// Package witnesstest is a witness for tests, as C2SP tlog-witness has it: it remembers the size and the root that it cosigned last, and
// refuses what does not go on from there. Proofs are verified by another library than the one that makes them.
//
// It must not know databases.
package witnesstest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	cosignature "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

// Witness is an [http.Handler].
type Witness struct {
	// Verifier is its public key.
	Verifier string

	signer *cosignature.Signer
	mutex  sync.Mutex
	size   uint64
	root   []byte
	log    note.Verifier
	asked  int
	down   http.HandlerFunc
}

// New makes a witness of a name.
func New(name string) (*Witness, error) {
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed)
	public, _ := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	of := func(key []byte) (hash, text string) {
		withType := append([]byte{4}, key...)
		sum := sha256.Sum256(append([]byte(name+"\n"), withType...))
		return fmt.Sprintf("%08x", binary.BigEndian.Uint32(sum[:])), base64.StdEncoding.EncodeToString(withType)
	}
	hash, key := of(public)
	_, private := of(seed)
	signer, err := cosignature.NewSignerForCosignatureV1("PRIVATE+KEY+" + name + "+" + hash + "+" + private)
	return &Witness{Verifier: name + "+" + hash + "+" + key, signer: signer}, err
}

// Cosign signs a checkpoint without a question.
func (w *Witness) Cosign(signed string) (line string, err error) {
	end := strings.LastIndex(signed, "\n\n")
	both, err := note.Sign(&note.Note{Text: signed[:end+1]}, w.signer)
	return string(both[end+2:]), err
}

// Size is that of the last checkpoint that it cosigned.
func (w *Witness) Size() int64 {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return int64(w.size)
}

// Asked is how often it was asked.
func (w *Witness) Asked() int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.asked
}

// Answer lets something else answer from now on; nil is the witness itself.
func (w *Witness) Answer(instead http.HandlerFunc) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.down = instead
}

// ServeHTTP answers add-checkpoint.
func (w *Witness) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mutex.Lock()
	w.asked++
	instead := w.down
	w.mutex.Unlock()
	if instead != nil {
		instead(out, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/add-checkpoint") {
		out.WriteHeader(http.StatusBadRequest)
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	status, answer := w.add(string(body))
	if status == http.StatusConflict {
		out.Header().Set("Content-Type", "text/x.tlog.size")
	}
	out.WriteHeader(status)
	_, _ = io.WriteString(out, answer) // a client that has left
}

func (w *Witness) add(body string) (status int, answer string) {
	head, signed, _ := strings.Cut(body, "\n\n")
	lines := strings.Split(head, "\n")
	text, isOld := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseUint(text, 10, 64)
	if !isOld || err != nil || len(lines) > 64 {
		return http.StatusBadRequest, ""
	}
	var hashes [][]byte
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return http.StatusBadRequest, ""
		}
		hashes = append(hashes, hash)
	}
	if w.log != nil {
		if _, err := note.Open([]byte(signed), note.VerifierList(w.log)); err != nil {
			return http.StatusForbidden, ""
		}
	}
	of := strings.SplitN(signed, "\n", 4)
	if len(of) < 4 {
		return http.StatusBadRequest, ""
	}
	size, err := strconv.ParseUint(of[1], 10, 64)
	root, rootErr := base64.StdEncoding.DecodeString(of[2])
	switch {
	case err != nil || rootErr != nil || old > size:
		return http.StatusBadRequest, ""
	case old != w.size || old == size && !bytes.Equal(root, w.root):
		return http.StatusConflict, fmt.Sprintf("%d\n", w.size)
	case old == 0 && len(hashes) > 0:
		return http.StatusUnprocessableEntity, ""
	case old > 0 && proof.VerifyConsistency(rfc6962.DefaultHasher, old, size, hashes, w.root, root) != nil:
		return http.StatusUnprocessableEntity, ""
	}
	line, err := w.Cosign(signed)
	if err != nil {
		return http.StatusInternalServerError, ""
	}
	w.size, w.root = size, root
	return http.StatusOK, line
}

// Trust lets the witness take checkpoints of the log with this public key alone.
func (w *Witness) Trust(verifier string) error {
	key, err := note.NewVerifier(verifier)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.log = key
	return err
}
