package headwater_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	cosignature "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/rfc6962"
	merkle "github.com/transparency-dev/merkle/testonly"
	"golang.org/x/mod/sumdb/note"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

// fakeLog is a log of another implementation of RFC 6962, which says of itself what a test wants.
type fakeLog struct {
	tree   *merkle.Tree
	size   uint64
	proves *merkle.Tree // what proofs are made of
	signer note.Signer
}

func newLog(size int, name string) *merkle.Tree {
	tree := merkle.New(rfc6962.DefaultHasher)
	for n := range size {
		tree.AppendData([]byte(name + strconv.Itoa(n)))
	}
	return tree
}

func (l *fakeLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/log/checkpoint" {
		signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("desk.example/log\n%d\n%s\nprevious 0\n", l.size,
			base64.StdEncoding.EncodeToString(l.tree.HashAt(l.size)))}, l.signer)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write(signed)
		return
	}
	from, _ := strconv.ParseUint(r.URL.Query().Get("from"), 10, 64)
	to, _ := strconv.ParseUint(r.URL.Query().Get("to"), 10, 64)
	proof, err := l.proves.ConsistencyProof(from, to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"from": from, "to": to, "hashes": proof})
}

func newKey(t *testing.T) (note.Signer, string) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, "desk.example/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer, public
}

// TestCheckLog: what another implementation proves is believed, for each pair of sizes; what goes back, differs, or is not signed is told
// apart.
func TestCheckLog(t *testing.T) {
	signer, public := newKey(t)
	honest, other := newLog(40, "change "), newLog(40, "other ")
	log := &fakeLog{tree: honest, proves: honest, signer: signer}
	server := httptest.NewServer(log)
	t.Cleanup(server.Close)
	c := clientOf(t, server.URL)
	check := func(kept string) (headwater.Checkpoint, error) {
		return c.CheckLog(t.Context(), []string{public}, kept)
	}
	var kept [41]string
	for log.size = 1; log.size <= 40; log.size++ {
		for from := range log.size {
			now, err := check(kept[from])
			if err != nil || now.Size != int64(log.size) || now.Origin != "desk.example/log" {
				t.Fatalf("from %d to %d: %+v %v", from, log.size, now, err)
			}
			kept[log.size] = now.Note
		}
	}
	for name, test := range map[string]struct {
		log  fakeLog
		kept string
		want error
	}{
		"the same":               {fakeLog{honest, 17, honest, signer}, kept[17], nil},
		"rolled back":            {fakeLog{honest, 16, honest, signer}, kept[17], headwater.ErrLogRolledBack},
		"another of its size":    {fakeLog{other, 17, other, signer}, kept[17], headwater.ErrLogForked},
		"another that is larger": {fakeLog{other, 30, other, signer}, kept[17], headwater.ErrLogForked},
		"a proof of another":     {fakeLog{honest, 30, other, signer}, kept[17], headwater.ErrLogForked},
		"a key of somebody":      {fakeLog{honest, 30, honest, first(newKey(t))}, kept[17], headwater.ErrLogUnsigned},
	} {
		*log = test.log
		if _, err := check(test.kept); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	*log = fakeLog{honest, 30, honest, signer}
	for name, forged := range map[string]string{"kept, not signed": strings.Replace(kept[17], "17", "18", 1), "kept, no note": "17"} {
		if _, err := check(forged); err == nil || errors.Is(err, headwater.ErrLogUnsigned) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.CheckLog(t.Context(), nil, ""); !errors.Is(err, headwater.ErrLogUnsigned) {
		t.Errorf("a checkpoint that nobody is trusted for: %v", err)
	}
}

func first[A, B any](a A, _ B) A { return a }

// TestCheckLogOfAService, whose log grows meanwhile.
func TestCheckLogOfAService(t *testing.T) {
	keys, err := client(t).ListLogKeys(t.Context())
	if err != nil || len(keys.Items) == 0 {
		t.Fatalf("%+v %v", keys, err)
	}
	verifiers := []string{keys.Items[0].Verifier}
	var kept headwater.Checkpoint
	for deadline := time.Now().Add(time.Minute); kept.Size == 0; time.Sleep(50 * time.Millisecond) {
		kept, err = client(t).CheckLog(t.Context(), verifiers, "")
		var none *headwater.Problem // as long as nothing is signed yet
		if err != nil && (!errors.As(err, &none) || none.Status != http.StatusNotFound || time.Now().After(deadline)) {
			t.Fatal(err)
		}
	}
	source := headwater.NewSource{Kind: headwater.SourceKindOutlet, Name: "Sealed"}
	if _, err := client(t).CreateSource(t.Context(), source, nil); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		now, err := client(t).CheckLog(t.Context(), verifiers, kept.Note)
		if err != nil {
			t.Fatal(err)
		}
		if now.Size > kept.Size {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the log does not grow")
		}
	}
}

// TestNotesOfTheSpecification: the example of C2SP tlog-checkpoint is not signed by anybody who is known; the note that its first
// implementation is tested with is, and is no checkpoint.
func TestNotesOfTheSpecification(t *testing.T) {
	const checkpoint = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
		"— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	_, public := newKey(t)
	if _, err := headwater.OpenCheckpoint(checkpoint, []string{public}); !errors.Is(err, headwater.ErrLogUnsigned) {
		t.Errorf("the example: %v", err)
	}
	const neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
	signed := "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
		"— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
	if _, err := headwater.OpenCheckpoint(signed, []string{neumann}); err == nil || errors.Is(err, headwater.ErrLogUnsigned) {
		t.Errorf("a note that is signed, and no checkpoint: %v", err)
	}
	signed = strings.Replace(signed, "answer", "ANSWER", 1)
	if _, err := headwater.OpenCheckpoint(signed, []string{neumann}); !errors.Is(err, headwater.ErrLogUnsigned) {
		t.Errorf("a note that was altered: %v", err)
	}
}

// TestCheckLogWithAWitness: a witness whose key is trusted must have cosigned; what was kept before it was known goes on to count.
func TestCheckLogWithAWitness(t *testing.T) {
	signer, public := newKey(t)
	private, _, err := note.GenerateKey(rand.Reader, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	witness, err := cosignature.NewSignerForCosignatureV1(private)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := base64.StdEncoding.DecodeString(private[len("PRIVATE+KEY+witness.example+00000000+"):])
	if err != nil {
		t.Fatal(err)
	}
	key := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	verifier := fmt.Sprintf("witness.example+%08x+%s", witness.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{4}, key...)))
	tree := newLog(40, "change ")
	noteOf := func(size uint64, signers ...note.Signer) string {
		signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("desk.example/log\n%d\n%s\n", size,
			base64.StdEncoding.EncodeToString(tree.HashAt(size)))}, append(signers, signer)...)
		if err != nil {
			t.Fatal(err)
		}
		return string(signed)
	}
	var answer string
	consistency := &fakeLog{tree: tree, proves: tree, signer: signer}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v1/log/consistency":
			consistency.ServeHTTP(w, r)
		case answer == "":
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			w.Write([]byte(`{"code": "not_found", "title": "Not found", "status": 404}`))
		case r.URL.Path == "/v1/log/witnessed" && r.URL.Query().Get("witness") == "witness.example":
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Write([]byte(answer))
		}
	}))
	t.Cleanup(server.Close)
	c := clientOf(t, server.URL)
	for name, test := range map[string]struct {
		answer, kept string
		want         error
	}{
		"cosigned":                        {noteOf(12, witness), noteOf(7, witness), nil},
		"kept before":                     {noteOf(12, witness), noteOf(7), nil},
		"not cosigned":                    {noteOf(12), noteOf(7), headwater.ErrLogUnwitnessed},
		"none":                            {"", "", headwater.ErrLogUnwitnessed},
		"kept before, and not come to it": {noteOf(7, witness), noteOf(12), headwater.ErrLogUnwitnessed},
		"rolled back":                     {noteOf(7, witness), noteOf(12, witness), headwater.ErrLogRolledBack},
	} {
		answer = test.answer
		if _, err := c.CheckLog(t.Context(), []string{public, verifier}, test.kept); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
