package ledger_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	merkle "github.com/transparency-dev/merkle/testonly"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/internal/testenv"
	"github.com/headwater-project/headwater/ledger"
)

// grow lets a tree grow by parts of random sizes, as the service does: each time from its edge alone.
func grow(t *testing.T, entries [][]byte) (all ledger.Tiles, roots []tlog.Hash) {
	t.Helper()
	all, roots = ledger.Tiles{}, make([]tlog.Hash, len(entries)+1)
	random := rand.New(rand.NewPCG(1, 2))
	for size := 0; size < len(entries); {
		edge := ledger.Tiles{}
		for _, place := range ledger.Edge(int64(size)) {
			edge[place] = all[place]
		}
		tree := ledger.NewTree(int64(size), edge)
		next := min(len(entries), size+1+random.IntN(300))
		grown, err := tree.Append(entries[size:next])
		if err != nil {
			t.Fatal(err)
		}
		for place, hashes := range grown {
			all[place] = hashes
		}
		for size < next {
			size++
			if roots[size], err = tree.Root(int64(size)); err != nil {
				t.Fatal(err)
			}
		}
		tree.Prune(grown)
		if again, err := tree.Root(int64(size)); err != nil || again != roots[size] {
			t.Fatalf("the pruned tree of %d has another root (%v)", size, err)
		}
	}
	return all, roots
}

func hashesOf(proof []tlog.Hash) (list [][]byte) {
	for _, hash := range proof {
		list = append(list, hash[:])
	}
	return list
}

// TestTwoImplementationsAgree: proofs from our tiles, made by tlog, are verified by another library, and its proofs by tlog, for all sizes
// up to 2,000 and some of a hundred thousand; with HEADWATER_LONG, of a million.
func TestTwoImplementationsAgree(t *testing.T) {
	t.Parallel()
	count := 100_000
	if testenv.Long() {
		count = 1_000_000
	}
	entries, other := make([][]byte, count), merkle.New(rfc6962.DefaultHasher)
	for n := range entries {
		entries[n] = fmt.Appendf(nil, "entry %d", n)
	}
	other.AppendData(entries...)
	tiles, roots := grow(t, entries)
	read := ledger.TileReader(func([]ledger.Place) (ledger.Tiles, error) { return tiles, nil })
	random := rand.New(rand.NewPCG(3, 4))
	var sizes []int64
	for size := int64(1); size <= 2_000; size++ {
		sizes = append(sizes, size)
	}
	for range 200 {
		sizes = append(sizes, 1+random.Int64N(int64(count)))
	}
	for _, size := range append(sizes, int64(count)) {
		root := roots[size]
		if !bytes.Equal(root[:], other.HashAt(uint64(size))) {
			t.Fatalf("the roots of %d differ", size)
		}
		for _, n := range []int64{0, size - 1, random.Int64N(size)} {
			ours, err := tlog.ProveRecord(size, n, read)
			if err != nil {
				t.Fatal(err)
			}
			leaf := rfc6962.DefaultHasher.HashLeaf(entries[n])
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(n), uint64(size), leaf, hashesOf(ours), root[:]); err != nil {
				t.Fatalf("our proof of entry %d of %d: %v", n, size, err)
			}
			theirs := must(other.InclusionProof(uint64(n), uint64(size)))(t)
			if err := tlog.CheckRecord(treeHashes(theirs), size, root, n, tlog.Hash(leaf)); err != nil {
				t.Fatalf("their proof of entry %d of %d: %v", n, size, err)
			}
		}
		from := 1 + random.Int64N(size)
		ours, err := tlog.ProveTree(size, from, read)
		if err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(from), uint64(size), hashesOf(ours), roots[from][:],
			root[:]); err != nil {
			t.Fatalf("our proof from %d to %d: %v", from, size, err)
		}
		theirs := must(other.ConsistencyProof(uint64(from), uint64(size)))(t)
		if err := tlog.CheckTree(treeHashes(theirs), size, root, from, roots[from]); err != nil {
			t.Fatalf("their proof from %d to %d: %v", from, size, err)
		}
	}
}

// treeHashes are hashes of another library as those of tlog.
func treeHashes(list [][]byte) (hashes []tlog.Hash) {
	for _, hash := range list {
		hashes = append(hashes, tlog.Hash(hash))
	}
	return hashes
}

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// TestVectorsOfRFC6962 has the leaves and roots that implementations of RFC 6962 test with.
func TestVectorsOfRFC6962(t *testing.T) {
	t.Parallel()
	var entries [][]byte
	for _, text := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"} {
		entry, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry)
	}
	_, roots := grow(t, entries)
	for i, want := range []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	} {
		if got := hex.EncodeToString(roots[i+1][:]); got != want {
			t.Errorf("the root of %d is %s, want %s", i+1, got, want)
		}
	}
}

// TestEntries: an entry has its fixed form, and each part of a change alters its own commitment alone.
func TestEntries(t *testing.T) {
	t.Parallel()
	salts := ledger.Salts{Header: bytes.Repeat([]byte{1}, 16), State: bytes.Repeat([]byte{2}, 16), Author: bytes.Repeat([]byte{3}, 16)}
	group, actor := uuid.UUID{1}, uuid.UUID{2}
	change := headwater.Change{ID: uuid.UUID{3}, Group: &group, At: time.Date(2026, 1, 2, 3, 4, 5, 6_000, time.UTC), Actor: "key:<desk>",
		ActorID: &actor, Operation: headwater.OpUpdate, Resource: headwater.ResourceClaim, ResourceID: uuid.UUID{4}, FromVersion: 1,
		ToVersion: 2, Reason: "why"}
	texts := ledger.TextsOf(change, `{"a": 1}`)
	want := ledger.Texts{
		Header: `{"change":"03000000-0000-0000-0000-000000000000","group":"01000000-0000-0000-0000-000000000000",` +
			`"at":"2026-01-02T03:04:05.000006Z","operation":"update","resource":"claim",` +
			`"resource_id":"04000000-0000-0000-0000-000000000000","from_version":1,"to_version":2}`,
		State:  `{"a": 1}`,
		Author: `{"actor":"key:<desk>","actor_id":"02000000-0000-0000-0000-000000000000","reason":"why"}`,
	}
	if texts != want {
		t.Errorf("it commits to %+v", texts)
	}
	entry := ledger.Entry(texts, salts)
	const vector = "01bf772c2fb3d68bf9b38fdbc458f0813ab311b2f64318eaccaf1b1b3dac91158b" +
		"f2f946f7aec3cf2cdd5f3c76b4442b692a055ce605cea96912b0aaa8042a9e6983b536e8efaeced32d4d8062e337aef1c0cf42f95416aef24b48e10267c8560a"
	if got := hex.EncodeToString(entry); got != vector || len(entry) != ledger.EntrySize {
		t.Errorf("the entry is %s", got)
	}
	for i, other := range []ledger.Texts{
		{Header: texts.Header + " ", State: texts.State, Author: texts.Author},
		{Header: texts.Header, State: texts.State + " ", Author: texts.Author},
		{Header: texts.Header, State: texts.State, Author: texts.Author + " "},
	} {
		altered := ledger.Entry(other, salts)
		for part := range 3 {
			same := bytes.Equal(entry[1+32*part:33+32*part], altered[1+32*part:33+32*part])
			if same == (part == i) {
				t.Errorf("altering part %d: part %d is the same: %v", i, part, same)
			}
		}
	}
	if a, b := ledger.NewSalts(), ledger.NewSalts(); bytes.Equal(a.Header, b.Header) || bytes.Equal(a.Header, a.State) || len(
		a.Author) != 16 {
		t.Error("salts are not random")
	}
}

// TestCheckpoints: what a key signs is opened by its public key, and by no other; nothing of it can be altered.
func TestCheckpoints(t *testing.T) {
	t.Parallel()
	key := func() *ledger.Key {
		private, err := ledger.NewKey("desk.example/log")
		if err != nil {
			t.Fatal(err)
		}
		key, err := ledger.ReadKey(private + "\n")
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	mine, other := key(), key()
	signed, err := mine.Sign(42, tlog.Hash{1}, 7)
	if err != nil || !strings.HasPrefix(signed,
		"desk.example/log\n42\nAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nprevious 7\n\n— desk.example/log ") {
		t.Errorf("%v: %s", err, signed)
	}
	got, err := ledger.OpenCheckpoint(signed, []string{mine.Verifier(), other.Verifier(), mine.Verifier()})
	if err != nil || got != (ledger.Checkpoint{Origin: "desk.example/log", Size: 42, Root: tlog.Hash{1}, Previous: 7}) {
		t.Errorf("%v: %+v", err, got)
	}
	for _, forged := range []string{strings.Replace(signed, "42", "43", 1), strings.Replace(signed, "AQ", "AA", 1), "", "x"} {
		if _, err := ledger.OpenCheckpoint(forged, []string{mine.Verifier()}); err == nil {
			t.Errorf("this is taken: %s", forged)
		}
	}
	if _, err := ledger.OpenCheckpoint(signed, []string{other.Verifier()}); err == nil {
		t.Error("the key of another opens it")
	}
	for _, text := range []string{"", "PRIVATE+KEY+x", "x"} {
		if _, err := ledger.ReadKey(text); err == nil {
			t.Errorf("%q is read as a key", text)
		}
	}
}

// TestPathsOfTiles: those of C2SP tlog-tiles, and no others.
func TestPathsOfTiles(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"0/000": "0 0 256", "1/x001/x234/067": "1 1234067 256", "0/005.p/7": "0 5 7", "entries/x012/345.p/255": "-1 12345 255",
		"entries/000": "-1 0 256", "63/000": "63 0 256",
	} {
		place, width, err := ledger.TilePath(path)
		if got := fmt.Sprint(place.Level, place.N, width); err != nil || got != want {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	for _, path := range []string{"", "0", "0/0", "0/5", "x/000", "0/000.p/0", "0/000.p/256", "-1/000", "64/000", "32768/000",
		"0/x000/001", "0/000/"} {
		if _, _, err := ledger.TilePath(path); err == nil {
			t.Errorf("%q is read", path)
		}
	}
}

// TestNotesOfTheSpecification: a note of C2SP signed-note's first implementation is opened by its key, and is no checkpoint; the example of
// tlog-checkpoint is one, signed by a key that nobody knows.
func TestNotesOfTheSpecification(t *testing.T) {
	t.Parallel()
	const neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
	const signed = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
		"— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
	if _, err := ledger.OpenCheckpoint(signed, []string{neumann}); err == nil || !strings.Contains(err.Error(), "three lines") {
		t.Errorf("a note that is no checkpoint: %v", err)
	}
	const text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	const theirs = "\n— example.com/behind-the-sofa " +
		"Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	key := must(ledger.ReadKey(must(ledger.NewKey("example.com/behind-the-sofa"))(t)))(t)
	if _, err := ledger.OpenCheckpoint(text+theirs, []string{key.Verifier()}); err == nil {
		t.Error("a key of ours opens what another signed")
	}
	both := must(key.Cosign(text + theirs))(t)
	if !strings.HasPrefix(both, text+theirs) {
		t.Errorf("the other signature is gone: %s", both)
	}
	opened := must(ledger.OpenCheckpoint(both, []string{key.Verifier()}))(t)
	if opened.Origin != "example.com/behind-the-sofa" || opened.Size != 20_852_163 || opened.Root.String() !=
		"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=" || opened.Previous != 0 {
		t.Errorf("it says %+v", opened)
	}
}
