package ledger

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// tileHeight is the height of a tile, which has 2^tileHeight hashes.
	tileHeight = 8
	// TileWidth is how many hashes a full tile has, and entries a full bundle.
	TileWidth = 1 << tileHeight
)

// Place is where a tile is: its level, 0 for the hashes of entries, and its number there.
type Place struct {
	Level int
	N     int64
}

// Tiles are hashes, 32 bytes each, by where they are.
type Tiles map[Place][]byte

// TileReader reads tiles. Those that it does not find it leaves out.
type TileReader func(places []Place) (Tiles, error)

// ReadHashes gives hashes by their index (tlog.StoredHashIndex).
func (read TileReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var places []Place
	for _, index := range indexes {
		tile := tlog.TileForIndex(tileHeight, index)
		places = append(places, Place{tile.L, tile.N})
	}
	tiles, err := read(places)
	if err != nil {
		return nil, err
	}
	return tiles.hashes(indexes)
}

func (t Tiles) hashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		tile := tlog.TileForIndex(tileHeight, index)
		data := t[Place{tile.L, tile.N}]
		if len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("ledger: the tile %d of level %d has %d bytes, too few", tile.N, tile.L, len(data))
		}
		var err error
		tile.W = len(data) / tlog.HashSize
		if hashes[i], err = tlog.HashFromTile(tile, data, index); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// Edge are the places of the last tiles of a tree, those that are not full: what has to be known to let it grow.
func Edge(size int64) (places []Place) {
	for level := 0; size > 0; level, size = level+1, size>>tileHeight {
		if size%TileWidth != 0 {
			places = append(places, Place{level, size / TileWidth})
		}
	}
	return places
}

// TileCount is how many tiles of hashes a tree has, full or not.
func TileCount(size int64) (count int64) {
	for ; size > 0; size >>= tileHeight {
		count += (size + TileWidth - 1) / TileWidth
	}
	return count
}

// Tree is a tree that grows, with its edge and what has grown since.
type Tree struct {
	size  int64
	edge  Tiles
	fresh map[int64]tlog.Hash
}

// NewTree is a tree of a size with this edge.
func NewTree(size int64, edge Tiles) *Tree {
	return &Tree{size: size, edge: edge, fresh: map[int64]tlog.Hash{}}
}

// Size is how many entries it has.
func (t *Tree) Size() int64 { return t.size }

// ReadHashes gives hashes by their index.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hash, isFresh := t.fresh[index]
		if !isFresh {
			old, err := t.edge.hashes([]int64{index})
			if err != nil {
				return nil, err
			}
			hash = old[0]
		}
		hashes[i] = hash
	}
	return hashes, nil
}

// Append adds entries, and gives the tiles that have grown by them.
func (t *Tree) Append(entries [][]byte) (Tiles, error) {
	before := t.size
	for _, entry := range entries {
		hashes, err := tlog.StoredHashes(t.size, entry, t)
		if err != nil {
			return nil, err
		}
		first := tlog.StoredHashIndex(0, t.size)
		for i, hash := range hashes {
			t.fresh[first+int64(i)] = hash
		}
		t.size++
	}
	grown := Tiles{}
	for _, tile := range tlog.NewTiles(tileHeight, before, t.size) {
		data, err := tlog.ReadTileData(tile, t)
		if err != nil {
			return nil, err
		}
		if place := (Place{tile.L, tile.N}); len(data) > len(grown[place]) {
			grown[place] = data
		}
	}
	return grown, nil
}

// Edge are the tiles that are not full, of a tree that was pruned.
func (t *Tree) Edge() Tiles { return t.edge }

// Root is the root of the first entries. Of a tree that has grown it is known from where it began to.
func (t *Tree) Root(size int64) (tlog.Hash, error) { return tlog.TreeHash(size, t) }

// Prune forgets all but the edge, given the tiles that have grown.
func (t *Tree) Prune(grown Tiles) {
	edge := Tiles{}
	for _, place := range Edge(t.size) {
		edge[place] = t.edge[place]
		if data, ok := grown[place]; ok {
			edge[place] = data
		}
	}
	t.edge = edge
	clear(t.fresh)
}

// maxLevel is the highest level that tlog-tiles knows.
const maxLevel = 63

// TilePath reads what comes after tile/ in the path of a tile, as tlog-tiles writes it: <level>/<n>, or entries/<n>, with .p/<width>
// where it is not full. The level of entries is -1.
func TilePath(path string) (place Place, width int, err error) {
	if rest, ok := strings.CutPrefix(path, "entries/"); ok {
		path = "data/" + rest
	}
	tile, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, path))
	if err == nil && tile.L > maxLevel {
		err = fmt.Errorf("level %d; expected one of at most %d", tile.L, maxLevel)
	}
	return Place{tile.L, tile.N}, tile.W, err
}
