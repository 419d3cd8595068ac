package ledger

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how many entries the log of an origin has, and the root of their tree.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	// Previous is the size of the checkpoint before, 0 for the first: an extension line, by which one that is gone is missed.
	Previous int64
}

// previousLine begins the extension line.
const previousLine = "previous "

// Key signs checkpoints.
type Key struct {
	signer   note.Signer
	verifier string
}

// NewKey makes the text of a private key for the log of an origin.
func NewKey(origin string) (string, error) {
	private, _, err := note.GenerateKey(rand.Reader, origin)
	return private, err
}

// ReadKey reads the text of a private key.
func ReadKey(private string) (*Key, error) {
	private = strings.TrimSpace(private)
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, errors.New("it is no private key of a log: expected one line, PRIVATE+KEY+<origin>+…")
	}
	parts := strings.SplitN(private, "+", 5) // PRIVATE, KEY, the name, its hash, and the key, of which + is a letter
	data, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return nil, errors.New("it is no Ed25519 key")
	}
	public, ok := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("it is no Ed25519 key")
	}
	verifier, err := note.NewEd25519VerifierKey(signer.Name(), public)
	return &Key{signer, verifier}, err
}

// Origin is that of the log whose checkpoints the key signs.
func (k *Key) Origin() string { return k.signer.Name() }

// Verifier is the text of the public key.
func (k *Key) Verifier() string { return k.verifier }

// Sign gives the signed note of a checkpoint.
func (k *Key) Sign(size int64, root tlog.Hash, previous int64) (string, error) {
	text := fmt.Sprintf("%s\n%d\n%s\n%s%d\n", k.Origin(), size, base64.StdEncoding.EncodeToString(root[:]), previousLine, previous)
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	return string(signed), err
}

// Cosign adds the key's signature to a checkpoint that other keys signed, unless it is of another log.
func (k *Key) Cosign(signed string) (string, error) {
	if !strings.HasPrefix(signed, k.Origin()+"\n") {
		return signed, nil
	}
	verifier, err := note.NewVerifier(k.verifier)
	if err != nil {
		return "", err
	}
	_, err = note.Open([]byte(signed), note.VerifierList(verifier))
	others, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok {
		return signed, err
	}
	both, err := note.Sign(others.Note, k.signer)
	return string(both), err
}

// OpenCheckpoint reads a signed note, which one of these public keys of a log has signed. What witnesses signed says nothing of itself.
func OpenCheckpoint(signed string, verifiers []string) (Checkpoint, error) {
	o, err := open(signed, verifiers)
	if err != nil {
		return Checkpoint{}, err
	}
	if !o.byLog {
		return Checkpoint{}, errors.New("no key of a log that is known signed it")
	}
	return parseCheckpoint(o.Text)
}

func parseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return c, errors.New("a checkpoint has three lines: origin, size, root")
	}
	c.Origin = lines[0]
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err == nil {
		c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	}
	if err != nil || len(root) != tlog.HashSize || c.Size < 0 || strconv.FormatInt(c.Size, 10) != lines[1] {
		return c, errors.New("the size or the root of the checkpoint cannot be read")
	}
	copy(c.Root[:], root)
	if rest, ok := strings.CutPrefix(lines[3], previousLine); ok {
		c.Previous, err = strconv.ParseInt(rest, 10, 64)
	}
	return c, err
}
