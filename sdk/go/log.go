package headwater

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Why [Client.CheckLog] does not believe a service's log.
var (
	// ErrLogUnsigned says that no key that is trusted signed the checkpoint.
	ErrLogUnsigned = errors.New("headwater: the checkpoint is not signed by a key that is trusted")
	// ErrLogRolledBack says that the log is shorter than it was: an older copy of the database was restored, or it was cut back.
	ErrLogRolledBack = errors.New("headwater: the log was rolled back")
	// ErrLogUnwitnessed says that a witness whose key is trusted has not cosigned the checkpoint, or not yet what was kept.
	ErrLogUnwitnessed = errors.New("headwater: a witness that is trusted has not cosigned the checkpoint")
	// ErrLogForked says that the log does not go on from what it was: there are two histories.
	ErrLogForked = errors.New("headwater: the log has another history")
)

// Checkpoint says how many changes the log of a service holds, and what they are.
type Checkpoint struct {
	Note   string    // as it was signed: what is kept
	Origin string    // the name of the log
	Size   int64     // how many changes it has
	Root   tlog.Hash // of the tree of them all
}

// logMost is how many bytes of a checkpoint are read at most.
const logMost = 1 << 16

// witnessKey is the byte with which the public key of a witness begins (C2SP tlog-cosignature).
const witnessKey = 4

// sortKeys tells public keys of logs from those of witnesses.
func sortKeys(verifiers []string) (logs, witnesses []note.Verifier, err error) {
	for _, text := range verifiers {
		parts := strings.SplitN(text, "+", 3) // the name, the hash, and the key, of which + is a letter
		key, _ := base64.StdEncoding.DecodeString(parts[len(parts)-1])
		isWitness := len(key) > 0 && key[0] == witnessKey
		read := note.NewVerifier
		if isWitness {
			read = cosignature.NewVerifierForCosignatureV1
		}
		verifier, err := read(text)
		if err == nil && fmt.Sprintf("%08x", verifier.KeyHash()) != parts[1] {
			err = errors.New("its hash is that of another key")
		}
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("headwater: %q is no public key of a log or a witness: %w", text, err)
		case isWitness:
			witnesses = append(witnesses, verifier)
		default:
			logs = append(logs, verifier)
		}
	}
	return logs, witnesses, nil
}

// OpenCheckpoint reads a signed note that one of these public keys of a log has signed, in the form of C2SP tlog-checkpoint. Each witness
// whose public key is among them must have cosigned it.
func OpenCheckpoint(signed string, verifiers []string) (c Checkpoint, err error) {
	logs, witnesses, err := sortKeys(verifiers)
	if err != nil {
		return c, err
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(logs...))
	if err != nil {
		return c, fmt.Errorf("%w: %w", ErrLogUnsigned, err)
	}
	for _, witness := range witnesses {
		if _, err := note.Open([]byte(signed), note.VerifierList(witness)); err != nil {
			return c, fmt.Errorf("%w: %s: %w", ErrLogUnwitnessed, witness.Name(), err)
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return c, errors.New("headwater: the checkpoint has fewer than three lines")
	}
	c.Note, c.Origin = signed, lines[0]
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	root, decoded := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || decoded != nil || len(root) != tlog.HashSize || c.Size < 0 || strconv.FormatInt(c.Size, 10) != lines[1] {
		return c, errors.New("headwater: the size or the root of the checkpoint cannot be read")
	}
	copy(c.Root[:], root)
	return c, nil
}

// CheckLog reads the last checkpoint of the service's log, which one of these public keys must have signed, and holds it to the note of
// the one that was kept, if any: what it covered must still be there, as it was. With public keys of witnesses among them, it is the last
// checkpoint that these witnesses have cosigned. Keep the Note of what it gives, where those who run the
// service cannot change it, for the next time. Get the public keys from elsewhere too; [Client.ListLogKeys] gives those that the
// service says it has.
//
// An error that is [ErrLogUnsigned], [ErrLogRolledBack] or [ErrLogForked] says that the log is not to be believed: keep both notes.
// One that is [ErrLogUnwitnessed] may end by itself, once the witness is asked again.
func (c *Client) CheckLog(ctx context.Context, verifiers []string, kept string) (Checkpoint, error) {
	var before Checkpoint
	isWitnessed := true // what was kept
	if kept != "" {
		var err error
		before, err = OpenCheckpoint(kept, verifiers)
		if errors.Is(err, ErrLogUnwitnessed) { // as it was kept before the witness was known
			isWitnessed = false
			before, err = openUnwitnessed(kept, verifiers)
		}
		if err != nil {
			// no error of those above, since it says nothing of the service
			return Checkpoint{}, errors.New("headwater: the checkpoint that was kept: " + err.Error())
		}
	}
	now, err := c.lastCheckpoint(ctx, verifiers)
	if err != nil {
		return now, err
	}
	if now.Size < before.Size && !isWitnessed {
		return now, fmt.Errorf("%w: its witnesses have come to %d changes, and %d were kept", ErrLogUnwitnessed, now.Size, before.Size)
	}
	switch {
	case kept == "":
		return now, nil
	case now.Origin != before.Origin:
		return now, fmt.Errorf("%w: it is %q, and was %q", ErrLogForked, now.Origin, before.Origin)
	case now.Size < before.Size:
		return now, fmt.Errorf("%w: it has %d changes, and had %d", ErrLogRolledBack, now.Size, before.Size)
	case now.Size == before.Size:
		if now.Root != before.Root {
			return now, fmt.Errorf("%w: its %d changes are others", ErrLogForked, now.Size)
		}
		return now, nil
	case before.Size == 0: // with which every log begins
		return now, nil
	}
	return now, c.checkConsistency(ctx, before, now)
}

func (c *Client) lastCheckpoint(ctx context.Context, verifiers []string) (Checkpoint, error) {
	_, witnesses, err := sortKeys(verifiers)
	if err != nil {
		return Checkpoint{}, err
	}
	var body io.ReadCloser
	if len(witnesses) == 0 {
		body, err = c.GetLogCheckpointAs(ctx, "text/plain")
	} else {
		params := &GetWitnessedCheckpointParams{}
		for _, witness := range witnesses {
			params.Witness = append(params.Witness, witness.Name())
		}
		body, err = c.GetWitnessedCheckpointAs(ctx, params, "text/plain")
		var problem *Problem
		if errors.As(err, &problem) && problem.Code == ProblemCodeNotFound {
			err = fmt.Errorf("%w: %w", ErrLogUnwitnessed, err)
		}
	}
	if err != nil {
		return Checkpoint{}, err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, logMost))
	if err != nil {
		return Checkpoint{}, err
	}
	return OpenCheckpoint(string(text), verifiers)
}

// openUnwitnessed reads a signed note, whoever cosigned it.
func openUnwitnessed(signed string, verifiers []string) (Checkpoint, error) {
	_, witnesses, err := sortKeys(verifiers)
	if err != nil {
		return Checkpoint{}, err
	}
	return OpenCheckpoint(signed, slices.DeleteFunc(slices.Clone(verifiers), func(text string) bool {
		return slices.ContainsFunc(witnesses, func(w note.Verifier) bool {
			return strings.HasPrefix(text, fmt.Sprintf("%s+%08x+", w.Name(), w.KeyHash()))
		})
	}))
}

// checkConsistency asks for a proof that a log goes on from what it was, and verifies it.
func (c *Client) checkConsistency(ctx context.Context, before, now Checkpoint) error {
	answer, err := c.GetLogConsistency(ctx, &GetLogConsistencyParams{From: int(before.Size), To: int(now.Size)})
	if err != nil {
		return err
	}
	var proof tlog.TreeProof
	for _, text := range answer.Hashes {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return fmt.Errorf("%w: the proof cannot be read: %w", ErrLogForked, err)
		}
		proof = append(proof, hash)
	}
	if err := tlog.CheckTree(proof, now.Size, now.Root, before.Size, before.Root); err != nil {
		return fmt.Errorf("%w: nothing proves that its first %d changes are those that it had: %w", ErrLogForked, before.Size, err)
	}
	return nil
}
