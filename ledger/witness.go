package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// witnessKey is the byte by which the public key of a witness (C2SP tlog-cosignature) differs from that of a log.
const witnessKey = 4

// verifierOf reads a public key, and says whether it is that of a witness.
func verifierOf(text string) (verifier note.Verifier, isWitness bool, err error) {
	parts := strings.SplitN(text, "+", 3) // the name, the hash, and the key, of which + is a letter
	if key, err := base64.StdEncoding.DecodeString(parts[len(parts)-1]); err == nil && len(key) > 0 && key[0] == witnessKey {
		verifier, err = cosignature.NewVerifierForCosignatureV1(text)
		if err == nil && fmt.Sprintf("%08x", verifier.KeyHash()) != parts[1] {
			err = errors.New("its hash is that of another key")
		}
		if err != nil {
			return nil, true, fmt.Errorf("%q is no public key of a witness: %w", text, err)
		}
		return verifier, true, nil
	}
	if verifier, err = note.NewVerifier(text); err != nil {
		return nil, false, fmt.Errorf("%q is no public key of a log: %w", text, err)
	}
	return verifier, false, nil
}

// SortKeys tells public keys of logs from those of witnesses.
func SortKeys(verifiers []string) (logs, witnesses []string, err error) {
	for _, text := range verifiers {
		_, isWitness, err := verifierOf(text)
		switch {
		case err != nil:
			return nil, nil, err
		case isWitness:
			witnesses = append(witnesses, text)
		default:
			logs = append(logs, text)
		}
	}
	return logs, witnesses, nil
}

// opened is a note with the keys that signed it.
type opened struct {
	*note.Note
	byLog      bool     // whether a key of the log signed it
	cosigners  []string // the public keys of witnesses that cosigned it
	hasUnknown bool     // whether somebody signed it whose key is not among those that are known
}

// open reads a signed note. A signature of a known key that does not fit spoils it.
func open(signed string, verifiers []string) (o opened, err error) {
	var known []note.Verifier
	type signer struct {
		name string
		hash uint32
	}
	witnesses := map[signer]string{}
	for _, text := range slices.Compact(slices.Sorted(slices.Values(verifiers))) { // which may not be named twice
		verifier, isWitness, err := verifierOf(text)
		if err != nil {
			return o, err
		}
		if isWitness {
			witnesses[signer{verifier.Name(), verifier.KeyHash()}] = text
		}
		known = append(known, verifier)
	}
	if o.Note, err = note.Open([]byte(signed), note.VerifierList(known...)); err != nil {
		return o, err
	}
	for _, signature := range slices.Concat(o.Sigs, o.UnverifiedSigs) { // else some letters could be altered that say nothing
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return o, fmt.Errorf("the signature of %s is not written as base64 is: %w", signature.Name, err)
		}
	}
	o.hasUnknown = len(o.UnverifiedSigs) > 0
	for _, signature := range o.Sigs {
		if text, isWitness := witnesses[signer{signature.Name, signature.Hash}]; isWitness {
			o.cosigners = append(o.cosigners, text)
		} else {
			o.byLog = true
		}
	}
	return o, nil
}

// Cosigners gives the public keys of the witnesses that cosigned a checkpoint, of those that are known, and says whether all signatures
// below it are of keys that are known.
func Cosigners(signed string, verifiers []string) (cosigners []string, allKnown bool, err error) {
	o, err := open(signed, verifiers)
	return o.cosigners, !o.hasUnknown, err
}

// WitnessRequest is what a witness is sent (C2SP tlog-witness, add-checkpoint): the size that it has cosigned, a proof that the log goes on
// from there, and the checkpoint.
func WitnessRequest(old int64, proof []tlog.Hash, signed string) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, "old %d\n", old)
	for _, hash := range proof {
		fmt.Fprintln(&out, hash)
	}
	out.WriteString("\n" + signed)
	return []byte(out.String())
}

// CosignatureOf gives the line that a witness's key signed, of the lines that the witness answered with.
func CosignatureOf(signed, answer, verifier string) (line string, err error) {
	key, isWitness, err := verifierOf(verifier)
	if err != nil || !isWitness {
		return "", errors.Join(err, fmt.Errorf("%q is no public key of a witness", verifier))
	}
	end := strings.LastIndex(signed, "\n\n")
	if end < 0 {
		return "", errors.New("the checkpoint has no signature")
	}
	for line := range strings.Lines(answer) {
		if !strings.HasPrefix(line, "— "+key.Name()+" ") || !strings.HasSuffix(line, "\n") {
			continue
		}
		cosigned, err := note.Open([]byte(signed[:end+2]+line), note.VerifierList(key))
		if err == nil && len(cosigned.Sigs) == 1 {
			return line, nil
		}
	}
	return "", errors.New("none of its signatures is of its key and of this checkpoint")
}

// Unwitnessed is a checkpoint that a witness is to cosign.
type Unwitnessed struct {
	Verifier string // the witness's public key
	Cosigned int64  // the size of the last checkpoint that it has cosigned, as far as is known
	Failures int    // how often it has failed since
	Size     int64
	Note     string
}
