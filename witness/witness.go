// Package witness has others cosign the checkpoints of the log (C2SP tlog-witness): each signs only what goes on from what it signed
// before, so that a service cannot show one history to one reader and another to the next.
//
// It must not know databases. What a witness does or does not do never keeps the log from going on.
package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
)

const (
	// Most is how many witnesses there may be.
	Most = 16
	// answerTime is how long a witness may take, and answerBytes how much of its answer is read.
	answerTime  = 10 * time.Second
	answerBytes = 64 << 10
	// lease is how long a witness is one service's: it is asked twice at most.
	lease = 2*answerTime + 5*time.Second
	tick  = 200 * time.Millisecond
	// sizeType is the media type by which a witness says which size it has cosigned.
	sizeType = "text/x.tlog.size"
)

// Log is what checkpoints are of, and notes who cosigned them.
type Log interface {
	// NameWitnesses notes whom checkpoints are sent to.
	NameWitnesses(ctx context.Context, verifiers []string) error
	// LeaseWitnesses gives those of these witnesses that lack the last checkpoint, with it, and to nobody else for a time.
	LeaseWitnesses(ctx context.Context, verifiers []string, lease time.Duration) ([]ledger.Unwitnessed, error)
	// ProveGrowth proves that the log of one size begins with that of another, which may be 0.
	ProveGrowth(ctx context.Context, from, to int64) ([]tlog.Hash, error)
	// SettleWitness notes what became of a checkpoint that a witness was sent: the line that it signed, or why it did not.
	SettleWitness(ctx context.Context, asked ledger.Unwitnessed, line, failure string) error
}

// Witnesses are those that checkpoints are sent to.
type Witnesses struct {
	verifiers []string
	urls      map[string]string // by public key
	client    *http.Client
}

// Read reads witnesses, each of which is a public key and, after a space, the address below which it takes checkpoints. All faults are
// told at once.
func Read(texts []string) (*Witnesses, error) {
	w := &Witnesses{urls: map[string]string{}, client: &http.Client{Timeout: answerTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	var faults []error
	for _, text := range texts {
		verifier, address, _ := strings.Cut(strings.TrimSpace(text), " ")
		_, keys, err := ledger.SortKeys([]string{verifier})
		at, urlErr := url.Parse(strings.TrimSpace(address))
		switch {
		case err != nil || len(keys) == 0 || urlErr != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http":
			faults = append(faults, fmt.Errorf("--witness has %q; expected the witness's public key (C2SP tlog-cosignature), a space and "+
				"its address, such as \"witness.example+2ea5ab72+BLBW… https://witness.example/\"", text))
		case w.urls[verifier] != "":
			faults = append(faults, fmt.Errorf("--witness has %s twice; expected each witness once", verifier))
		default:
			w.verifiers = append(w.verifiers, verifier)
			w.urls[verifier] = at.JoinPath("add-checkpoint").String()
		}
	}
	if len(texts) > Most {
		faults = append(faults, fmt.Errorf("--witness is given %d times; expected %d at most", len(texts), Most))
	}
	return w, errors.Join(faults...)
}

// Ask has the witnesses cosign each last checkpoint until ctx is done. Those that are asked at once are sent the same one, so that there
// are checkpoints that all of them have cosigned. Several services may do so for one database: each witness is one's at a time.
func (w *Witnesses) Ask(ctx context.Context, log Log) {
	isNamed, failed := false, false
	for len(w.verifiers) > 0 {
		err := w.round(ctx, log, &isNamed)
		if err != nil && !failed && ctx.Err() == nil {
			slog.WarnContext(ctx, "witnesses are not asked now", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-time.After(tick):
		}
	}
}

func (w *Witnesses) round(ctx context.Context, log Log, isNamed *bool) error {
	if !*isNamed {
		if err := log.NameWitnesses(ctx, w.verifiers); err != nil {
			return err
		}
		*isNamed = true
	}
	leased, err := log.LeaseWitnesses(ctx, w.verifiers, lease)
	if err != nil {
		return err
	}
	faults := make([]error, len(leased))
	var asking sync.WaitGroup
	for i, asked := range leased {
		asking.Go(func() { faults[i] = w.askOne(ctx, log, asked) })
	}
	asking.Wait()
	return errors.Join(faults...)
}

// askOne asks a witness and notes what it says.
func (w *Witnesses) askOne(ctx context.Context, log Log, asked ledger.Unwitnessed) error {
	line, err := w.cosign(ctx, log, asked)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // the service stops, and nothing is known of the witness
	}
	var failure string
	if err != nil {
		failure = err.Error()
	}
	name, _, _ := strings.Cut(asked.Verifier, "+")
	switch {
	case err != nil && asked.Failures == 0:
		slog.WarnContext(ctx, "a witness does not cosign, and is asked again", "witness", name, "size", asked.Size, "failure", failure)
	case err == nil && asked.Failures > 0:
		slog.InfoContext(ctx, "a witness cosigns again", "witness", name, "size", asked.Size)
	}
	return log.SettleWitness(ctx, asked, line, failure)
}

// cosign sends a checkpoint, and once more where the witness says that it is elsewhere than was thought.
func (w *Witnesses) cosign(ctx context.Context, log Log, asked ledger.Unwitnessed) (line string, err error) {
	for old, isAgain := asked.Cosigned, false; ; isAgain = true {
		proof, err := log.ProveGrowth(ctx, old, asked.Size)
		if err != nil {
			return "", fmt.Errorf("the growth of the log from %d to %d is not proved: %w", old, asked.Size, err)
		}
		line, at, err := w.send(ctx, asked, ledger.WitnessRequest(old, proof, asked.Note))
		conflict := errors.Is(err, errElsewhere)
		switch {
		case conflict && at > asked.Size:
			return "", fmt.Errorf("it has cosigned a log of %d entries, and this one has %d: it was cut back, or an older copy of the "+
				"database restored", at, asked.Size)
		case conflict && at == old:
			return "", fmt.Errorf("it has cosigned another log of %d entries: there are two histories", at)
		case conflict && !isAgain:
			old = at
		default:
			return line, err
		}
	}
}

// errElsewhere says that a witness has cosigned another size than was thought.
var errElsewhere = errors.New("it has cosigned another size than was thought")

// send sends a request to a witness, and gives the line that it signed or the size that it has.
func (w *Witnesses) send(ctx context.Context, asked ledger.Unwitnessed, body []byte) (line string, at int64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.urls[asked.Verifier], bytes.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	request.Header.Set("Content-Type", "text/plain; charset=utf-8")
	request.Header.Set("User-Agent", "Headwater/"+headwater.Version)
	response, err := w.client.Do(request)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok { // whose own words name the address, which need not be told to everybody
			err = failed.Err
		}
		slog.DebugContext(ctx, "a witness was not asked", "error", err)
		return "", 0, errors.New("it does not answer")
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, answerBytes))
	if err != nil {
		return "", 0, errors.New("its answer broke off")
	}
	switch response.StatusCode {
	case http.StatusOK:
		line, err = ledger.CosignatureOf(asked.Note, string(answer), asked.Verifier)
		return line, 0, err
	case http.StatusConflict:
		size := strings.TrimSuffix(string(answer), "\n")
		if at, err = strconv.ParseInt(size, 10, 64); err == nil && at >= 0 && response.Header.Get("Content-Type") == sizeType {
			return "", at, errElsewhere
		}
	case http.StatusUnprocessableEntity:
		return "", 0, errors.New("it does not believe the proof: there are two histories")
	case http.StatusNotFound, http.StatusForbidden:
		return "", 0, fmt.Errorf("it does not know the log or its key (%d)", response.StatusCode)
	}
	return "", 0, fmt.Errorf("it answered %d", response.StatusCode)
}
