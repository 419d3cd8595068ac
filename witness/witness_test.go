package witness_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/ledger"
	"github.com/headwater-project/headwater/store"
	"github.com/headwater-project/headwater/store/storetest"
	"github.com/headwater-project/headwater/witness"
	"github.com/headwater-project/headwater/witness/witnesstest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// desk is a store whose log is signed and cosigned.
type desk struct {
	*store.Store
	key *ledger.Key
	n   int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	s := must(store.Open(t.Context(), store.Options{ConnString: storetest.New(t), MaxConns: 6}))(t)
	t.Cleanup(s.Close)
	key := must(ledger.ReadKey(must(ledger.NewKey("desk.example/log"))(t)))(t)
	if err := s.SignWith(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	return &desk{Store: s, key: key}
}

// grow writes some changes, and has them sealed and signed.
func (d *desk) grow(t *testing.T, changes int) ledger.Checkpoint {
	t.Helper()
	for range changes {
		d.n++
		method := &headwater.Method{Kind: headwater.ByRule, Name: "rule"}
		must(d.CreateSource(t.Context(), store.Authorship{Actor: "key:desk"}, "",
			headwater.SourceFields{Kind: headwater.Outlet, Name: fmt.Sprint("Outlet ", d.n), Method: method}))(t)
	}
	d.execute(t, "UPDATE log_checkpoints SET at = at - interval '1 minute'") // so that another is due
	must(storetest.Sequence(t.Context(), d.Store, d.Pool))(t)
	return must(ledger.OpenCheckpoint(must(d.Checkpoint(t.Context()))(t), []string{d.key.Verifier()}))(t)
}

func (d *desk) execute(t *testing.T, sql string) {
	t.Helper()
	if _, err := d.Pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// asks has witnesses asked until the test ends.
func (d *desk) asks(t *testing.T, witnesses ...*witnesstest.Witness) {
	t.Helper()
	var texts []string
	for _, w := range witnesses {
		server := httptest.NewServer(w)
		t.Cleanup(server.Close)
		texts = append(texts, w.Verifier+" "+server.URL+"/submit/")
	}
	asked := must(witness.Read(texts))(t)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	working.Go(func() { asked.Ask(ctx, d) })
	t.Cleanup(func() { stop(); working.Wait() })
}

func (d *desk) newWitness(t *testing.T, name string) *witnesstest.Witness {
	t.Helper()
	w := must(witnesstest.New(name))(t)
	if err := w.Trust(d.key.Verifier()); err != nil {
		t.Fatal(err)
	}
	return w
}

// until waits until all witnesses are as they should be. Those that wait are asked at once.
func (d *desk) until(t *testing.T, is func(all []store.LogWitness) bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		all := must(d.LogWitnesses(t.Context()))(t)
		if len(all) > 0 && is(all) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after a minute: %+v", all)
		}
		d.execute(t, "UPDATE log_witnesses SET next_at = now()")
	}
}

func haveCosigned(size int64) func([]store.LogWitness) bool {
	return func(all []store.LogWitness) bool {
		for _, w := range all {
			if w.Size != size || w.LastFailure != "" {
				return false
			}
		}
		return true
	}
}

func failWith(text string) func([]store.LogWitness) bool {
	return func(all []store.LogWitness) bool { return strings.Contains(all[0].LastFailure, text) }
}

func (d *desk) verify(t *testing.T, witnesses ...string) (findings string, done store.Verified) {
	t.Helper()
	done = must(d.Verify(t.Context(), store.VerifyOptions{Verifiers: []string{d.key.Verifier()}, Witnesses: witnesses},
		func(finding string) { findings += finding + "\n" }))(t)
	return findings, done
}

// TestWitnesses cosign each checkpoint that goes on from what they cosigned; the checkpoint that they have all cosigned is given, verified,
// and nothing of what they signed can be altered or taken away.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, second := d.newWitness(t, "one.example"), d.newWitness(t, "two.example/w")
	d.asks(t, first, second)
	for _, changes := range []int{1, 6, 300} {
		size := d.grow(t, changes).Size
		d.until(t, haveCosigned(size))
		signed := must(d.WitnessedCheckpoint(t.Context(), []string{"one.example", "two.example/w"}))(t)
		cosigners, allKnown, err := ledger.Cosigners(signed, []string{d.key.Verifier(), first.Verifier, second.Verifier})
		if opened := must(ledger.OpenCheckpoint(signed, []string{d.key.Verifier()}))(t); err != nil || !allKnown || len(cosigners) != 2 ||
			opened.Size != size {
			t.Errorf("%v %v %v %+v", cosigners, allKnown, err, opened)
		}
	}
	last := d.grow(t, 1)
	d.until(t, haveCosigned(last.Size))
	if findings, done := d.verify(t, first.Verifier); findings != "" || done.Cosigned[first.Verifier] != last.Size {
		t.Errorf("nothing was edited: %s%+v", findings, done)
	}
	_, err := d.WitnessedCheckpoint(t.Context(), []string{"one.example", "three.example"})
	if headwater.CodeOf(err) != headwater.CodeNotFound {
		t.Errorf("by a witness that there is not: %v", err)
	}
	stranger := must(witnesstest.New("three.example"))(t)
	if findings, _ := d.verify(t, stranger.Verifier); !strings.Contains(findings, "no checkpoint has its signature") {
		t.Errorf("a witness that is trusted and did not sign: %q", findings)
	}
	d.execute(t, `UPDATE log_checkpoints SET note = regexp_replace(note, E'— one.example [^\n]*\n', '') WHERE size = `+
		fmt.Sprint(last.Size))
	if findings, _ := d.verify(t); !strings.Contains(findings, "the last with its signature is of") {
		t.Errorf("a cosignature that is gone: %q", findings)
	}
	line := must(stranger.Cosign(must(d.Checkpoint(t.Context()))(t)))(t)
	d.execute(t, "UPDATE log_checkpoints SET note = note || '"+line+"' WHERE size = "+fmt.Sprint(last.Size))
	if findings, _ := d.verify(t); !strings.Contains(findings, "neither the log's nor a witness's") {
		t.Errorf("a cosignature of nobody: %q", findings)
	}
}

// TestAWitnessThatIsDown keeps nobody from sealing, neither the log nor the other witness; it is asked again, and catches up.
func TestAWitnessThatIsDown(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	down, up := d.newWitness(t, "down.example"), d.newWitness(t, "up.example")
	d.asks(t, down, up)
	d.until(t, haveCosigned(d.grow(t, 3).Size)) // both
	hangs := make(chan struct{})
	for name, answer := range map[string]http.HandlerFunc{
		"it answered 500":              func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"it answered 409":              func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusConflict) },
		"it answered 307":              http.RedirectHandler("/", http.StatusTemporaryRedirect).ServeHTTP,
		"it does not know":             func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"none of its signatures is of": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "— down.example AAAA") },
		"does not answer":              func(_ http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
	} {
		down.Answer(answer)
		size := d.grow(t, 1).Size
		d.until(t, func(all []store.LogWitness) bool {
			var failure string
			var cosigned int64
			for _, w := range all {
				if strings.HasPrefix(w.Verifier, "down.example+") {
					failure = w.LastFailure
				} else {
					cosigned = w.Size
				}
			}
			return strings.Contains(failure, name) && cosigned == size
		})
	}
	asked := down.Asked()
	down.Answer(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
	})
	d.until(t, func([]store.LogWitness) bool { return down.Asked() > asked })
	before := up.Size()
	last := d.grow(t, 5) // sealed and signed while the witness is asked
	if last.Size != before+5 {
		t.Errorf("sealed %d, after %d", last.Size, before)
	}
	down.Answer(nil)
	close(hangs)
	d.until(t, haveCosigned(last.Size))
	if findings, _ := d.verify(t, down.Verifier, up.Verifier); findings != "" {
		t.Error(findings)
	}
}

// TestAWitnessRefusesAnotherHistory: what was cut back or is another log is not cosigned, and the reason is told; a witness that has come
// elsewhere than the log thinks is asked from there.
func TestAWitnessRefusesAnotherHistory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	w := d.newWitness(t, "one.example")
	d.asks(t, w)
	d.until(t, haveCosigned(d.grow(t, 5).Size))
	d.execute(t, "UPDATE log_witnesses SET size = 2") // as an older copy of the database has it
	d.until(t, haveCosigned(d.grow(t, 3).Size))
	other := newDesk(t) // with the same key, as who stole it has
	if err := other.SignWith(t.Context(), d.key); err != nil {
		t.Fatal(err)
	}
	other.key = d.key
	other.asks(t, w)
	other.grow(t, 3)
	other.until(t, failWith("it was cut back"))
	other.grow(t, 5)
	other.until(t, failWith("there are two histories"))
	other.grow(t, 4)
	other.until(t, failWith("it does not believe the proof"))
	if size := w.Size(); size != 8 {
		t.Errorf("it has cosigned %d", size)
	}
}

// TestRead tells all faults at once.
func TestRead(t *testing.T) {
	t.Parallel()
	w := must(witnesstest.New("one.example"))(t)
	_, log, _ := note.GenerateKey(nil, "desk.example/log")
	good := w.Verifier + " https://one.example/"
	_, err := witness.Read([]string{good, good, "x", w.Verifier, w.Verifier + " ftp://one.example/", log + " https://one.example/"})
	if err == nil || strings.Count(err.Error(), "--witness has") != 5 {
		t.Errorf("%v", err)
	}
	if _, err := witness.Read(make([]string, witness.Most+1)); err == nil || !strings.Contains(err.Error(), "16 at most") {
		t.Errorf("%v", err)
	}
}
