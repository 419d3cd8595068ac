package transfer

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/identity"
	"github.com/headwater-project/headwater/store/pg"
)

// knownSources are the sources that one of the file may be: those that are stored and have something in common with one of the
// file, and those of the file that were found to be new.
type knownSources struct {
	// stored are those that the file has by their ids, or that its own were taken for before: they are not compared with others.
	stored    map[uuid.UUID]storedSource
	retracted []uuid.UUID // of these
	voices    []voice
	byTrait   map[string][]int
	byID      map[uuid.UUID]int             // voices
	holders   map[identity.SourceKey]holder // of each domain, and of each name with a domain, the first that has it
	shared    map[identity.SourceKey]bool   // domains that several names have, and names on several domains
	taken     map[uuid.UUID]taken
	called    map[uuid.UUID]bool // stored sources that another was taken for by its name alone
}

// storedSource is what a source is known by, and the one that it speaks as.
type storedSource struct {
	headwater.Meta
	speaks      uuid.UUID
	isRetracted bool
}

// taken is the source that an earlier import took one for, and by what.
type taken struct {
	Made, Source uuid.UUID
	Basis        identity.Basis
}

// voice is one source, as it is stored or as the file has it. What is merged speaks as another.
type voice struct {
	headwater.Meta
	fields   *identity.Features
	speaks   uuid.UUID // as
	isStored bool
}

// holder is the source that has a domain or a name, as far as others that have it are compared with it.
type holder struct {
	fields *identity.Features
	speaks uuid.UUID
}

func newKnownSources() *knownSources {
	return &knownSources{
		stored: map[uuid.UUID]storedSource{}, byTrait: map[string][]int{}, byID: map[uuid.UUID]int{}, taken: map[uuid.UUID]taken{},
		holders: map[identity.SourceKey]holder{}, shared: map[identity.SourceKey]bool{}, called: map[uuid.UUID]bool{},
	}
}

// maxAlike is how many sources with one trait are compared at most.
const maxAlike = 50

// alikeSQL selects the stored sources that have one of some ids or traits, each with the one that it speaks as. A trait's hash finds them,
// in the order of their ids, and the trait itself decides. With the OFFSET they are read one by one, until there are enough: the planner
// may else go through all sources, for each trait.
var alikeSQL = `WITH RECURSIVE alike AS (
		SELECT id FROM sources WHERE id = ANY ($1)
		UNION SELECT there.id FROM unnest($2::text[]) AS wanted (trait) CROSS JOIN LATERAL (
			SELECT has.id FROM source_traits CROSS JOIN LATERAL (
				SELECT id FROM sources WHERE id = source_id AND trait = ANY (identities) AND status <> 'retracted' OFFSET 0) AS has
			WHERE hash = ` + pg.TraitHash("trait") + ` ORDER BY source_id LIMIT $3) AS there
	), ` + pg.Sources.SpeakersSQL("speakers", "SELECT id FROM alike") + `
	SELECT t.id, t.key, t.namespace, t.kind, t.name, t.names, t.country, t.external_ids, t.domains, t.url, speaks_as AS speaks
	FROM alike JOIN speakers USING (id) JOIN sources AS t USING (id) ORDER BY t.id`

// sourceRow is what is read of a source that is compared with others.
type sourceRow struct {
	ID             uuid.UUID
	Key, Namespace string
	Kind           headwater.SourceKind
	Name           string
	Names          headwater.Texts
	Country        string
	ExternalIDs    map[string]string
	Domains        []string
	URL            string
}

func (r sourceRow) meta() headwater.Meta {
	return headwater.Meta{ID: r.ID, Key: r.Key, Namespace: r.Namespace}
}

func (r sourceRow) features() *identity.Features {
	return identity.FeaturesOf(headwater.SourceFields{Kind: r.Kind, Name: r.Name, Names: r.Names, Country: r.Country,
		ExternalIDs: r.ExternalIDs, Domains: r.Domains, URL: r.URL})
}

// recognizedSQL selects the stored sources that have one of some ids, each with the one that it speaks as.
var recognizedSQL = "WITH RECURSIVE " +
	pg.Sources.SpeakersSQL("speakers", "SELECT id FROM sources WHERE id = ANY ($1) AND merged_into IS NOT NULL") + `
	SELECT id, key, namespace, status = 'retracted' AS is_retracted, coalesce(speaks_as, id) AS speaks
	FROM sources LEFT JOIN speakers USING (id) WHERE id = ANY ($1)`

// recognize finds which of some sources of the file are stored, and what others were taken for before.
func (k *knownSources) recognize(ctx context.Context, tx pgx.Tx, candidates []candidate) error {
	ids := make([]uuid.UUID, len(candidates))
	for i, c := range candidates {
		ids[i] = c.ID
	}
	before, err := pg.Many[taken](ctx, tx, "SELECT made, source, basis FROM taken_for WHERE made = ANY ($1)", ids)
	if err != nil {
		return err
	}
	for _, t := range before {
		k.taken[t.Made] = t
		ids = append(ids, t.Source)
	}
	type row struct {
		ID             uuid.UUID
		Key, Namespace string
		IsRetracted    bool
		Speaks         uuid.UUID
	}
	rows, err := pg.Many[row](ctx, tx, recognizedSQL, ids)
	for _, r := range rows {
		k.stored[r.ID] = storedSource{headwater.Meta{ID: r.ID, Key: r.Key, Namespace: r.Namespace}, r.Speaks, r.IsRetracted}
		if r.IsRetracted {
			k.retracted = append(k.retracted, r.ID)
		}
	}
	return err
}

// recognizes says whether a source of the file is stored, or was taken for one that is.
func (k *knownSources) recognizes(c candidate) bool {
	_, _, recognized := k.recognized(c)
	return recognized
}

// isThere says whether a source is stored, as far as it was met, and not retracted.
func (k *knownSources) isThere(id uuid.UUID) bool {
	if stored, recognized := k.stored[id]; recognized {
		return !stored.isRetracted
	}
	at, met := k.byID[id]
	return met && k.voices[at].isStored // what is retracted is met by its id alone
}

// seemsBound says whether a source of the file is likely to be a stored one with another id: such a one has the strongest of what it is
// known by, or it was taken for one before.
func (k *knownSources) seemsBound(c candidate) bool {
	if known, _, recognized := k.recognized(c); recognized {
		return known.ID != c.ID
	}
	return len(k.byTrait[c.fields.Traits()[0]]) > 0
}

// recognized is the stored source that one of the file is, and by what: by its id, or as it was taken for that before.
func (k *knownSources) recognized(c candidate) (source storedSource, by identity.Basis, recognized bool) {
	if source, stored := k.stored[c.ID]; stored {
		return source, c.fields.Keys()[0].Basis, true
	}
	before, known := k.taken[c.ID]
	source, stored := k.stored[before.Source]
	return source, before.Basis, known && stored
}

// compare recognizes some sources, and adds the stored ones that have something in common with them.
func (k *knownSources) compare(ctx context.Context, tx pgx.Tx, candidates []candidate) error {
	if err := k.recognize(ctx, tx, candidates); err != nil {
		return err
	}
	return k.read(ctx, tx, slices.Collect(maps.Keys(k.stored)), candidates)
}

// read adds the stored sources that have something in common with some of the file, and those with some ids. A name alone finds all that
// the name with kind and country does, which is looked up only where many have the name.
func (k *knownSources) read(ctx context.Context, tx pgx.Tx, ids []uuid.UUID, candidates []candidate) error {
	var traits []string
	narrow := map[string][]string{} // by the name alone
	for _, c := range candidates {
		byName, called := c.fields.NameTraits()
		for _, trait := range c.fields.Traits() {
			if trait == byName {
				narrow[called] = append(narrow[called], trait)
			} else {
				traits = append(traits, trait)
			}
		}
	}
	if err := k.readAlike(ctx, tx, ids, traits); err != nil {
		return err
	}
	traits = nil
	for called, names := range narrow {
		if len(k.byTrait[called]) >= maxAlike {
			traits = append(traits, names...)
		}
	}
	if len(traits) == 0 {
		return nil
	}
	return k.readAlike(ctx, tx, nil, traits)
}

// readAlike adds the stored sources with some ids or traits. alikeSQL passes over what is retracted, unless it is among the ids.
func (k *knownSources) readAlike(ctx context.Context, tx pgx.Tx, ids []uuid.UUID, traits []string) error {
	slices.Sort(traits)
	traits = slices.Compact(traits) // each is looked up once, however many have it
	type row struct {
		sourceRow
		Speaks uuid.UUID
	}
	rows, err := pg.Many[row](ctx, tx, alikeSQL, ids, traits, maxAlike)
	if err != nil {
		return err
	}
	alike := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		alike[i] = r.ID
	}
	called, err := storedIDs(ctx, tx, "SELECT DISTINCT source FROM taken_for WHERE source = ANY ($1) AND basis = 'name'", alike)
	if err != nil {
		return err
	}
	maps.Copy(k.called, called)
	for _, r := range rows {
		if _, known := k.byID[r.ID]; !known {
			k.add(voice{r.meta(), r.features(), r.Speaks, true})
			k.holdDomains(k.voices[k.byID[r.ID]])
		}
	}
	return nil
}

// reserve makes room for some more voices at once. Filling maps that grow step by step takes twice the time.
func (k *knownSources) reserve(voices int) {
	k.voices = slices.Grow(k.voices, voices)
	k.byTrait, k.byID = withRoom(k.byTrait, traitsEach*voices), withRoom(k.byID, voices)
	k.holders = withRoom(k.holders, keysEach*voices)
}

// A source has about so many traits, and so many domains and names by which others are compared with it.
const (
	traitsEach = 4
	keysEach   = 2
)

// withRoom is a map with room for more.
func withRoom[K comparable, V any](m map[K]V, more int) map[K]V {
	roomy := make(map[K]V, len(m)+more)
	maps.Copy(roomy, m)
	return roomy
}

func (k *knownSources) add(v voice) {
	at := len(k.voices)
	k.voices = append(k.voices, v)
	k.byID[v.ID] = at
	for _, trait := range v.fields.Traits() {
		if len(k.byTrait[trait]) < maxAlike {
			k.byTrait[trait] = append(k.byTrait[trait], at)
		}
	}
}

// holdDomains notes which domains a source has, and which of them another of another name has too; and what it is called, if another on
// other domains is called the same.
func (k *knownSources) holdDomains(v voice) {
	if v.fields.IsUnnamed() {
		return
	}
	for _, key := range v.fields.Keys() {
		if key.Basis != identity.ByDomain && (key.Basis != identity.ByName || !v.fields.HasDomain()) {
			continue
		}
		switch first, held := k.holders[key]; {
		case !held:
			k.holders[key] = holder{v.fields, v.speaks}
		case first.speaks == v.speaks:
		case key.Basis == identity.ByName && identity.Elsewhere(first.fields, v.fields),
			key.Basis == identity.ByDomain && !identity.SameName(first.fields, v.fields):
			k.shared[key] = true
		}
	}
}

// found is what a source of the file was found to be.
type found struct {
	headwater.Meta
	by    identity.Basis // what it is known by
	isNew bool           // it is neither stored nor another of the file
	named string         // what the one is called that it was found to be, and that had a host for a name
	// others are pairs of sources that may be one: this one and another or, where it is taken for a known one, that and another.
	others []likeness
}

// alike is a source that one of the file has something in common with.
type alike struct {
	voice
	by     identity.Basis // what the two are one by; empty where they are two
	common int            // how many traits they have in common
}

// find says what a source of the file is: the one that is known by the strongest thing in common and, of several, by the most
// things; itself where there is none, or where nothing tells which of several. A new one is known from then on.
func (k *knownSources) find(c candidate) found {
	if known, by, recognized := k.recognized(c); recognized {
		return found{Meta: known.Meta, by: by}
	}
	others := k.alike(c)
	best, ties := -1, 0
	for i, other := range others {
		switch {
		case other.by == "":
		case best < 0 || other.weight() > others[best].weight():
			best, ties = i, 1
		case other.weight() == others[best].weight():
			ties++
		}
	}
	f := found{Meta: c.Meta, by: c.fields.Keys()[0].Basis, isNew: ties != 1}
	itself := voice{c.Meta, c.fields, c.ID, false}
	if f.isNew {
		k.add(itself)
	} else {
		itself = others[best].voice
		f.Meta, f.by = itself.Meta, others[best].by
		f.named = k.name(itself, c)
	}
	for i, other := range others {
		if i == best && !f.isNew || !f.isNew && other.by == "" || c.fields.Anonymous || len(f.others) == maxMatches {
			continue
		}
		if l, may := likenessOf(other.voice, itself, other.by); may {
			f.others = append(f.others, l)
		}
	}
	return f
}

// name gives a source that had a host for a name that of one that was found to be it; empty where it had a name, or gets none.
func (k *knownSources) name(v voice, c candidate) string {
	if !v.fields.IsUnnamed() || c.fields.IsUnnamed() || v.ID != v.speaks {
		return ""
	}
	at := k.byID[v.ID]
	k.voices[at].fields = k.voices[at].fields.Renamed(c.fields.Name)
	k.holdDomains(k.voices[at])
	for _, trait := range k.voices[at].fields.Traits() {
		if !slices.Contains(k.byTrait[trait], at) && len(k.byTrait[trait]) < maxAlike {
			k.byTrait[trait] = append(k.byTrait[trait], at)
		}
	}
	return c.fields.Name
}

// weight orders what a source may be.
func (a alike) weight() int {
	return 1_000*slices.Index([]identity.Basis{"", identity.ByName, identity.ByDomain, identity.ByAccount, identity.ByExternalID}, a.by) +
		a.common
}

// alike gives the known sources that one of the file has something in common with: of those that speak as one, the one that is
// most alike. They are not one with it if any of them says what cannot be true of both.
func (k *knownSources) alike(c candidate) []alike {
	common := map[int]int{}
	var order []int
	for _, trait := range c.fields.Traits() {
		for _, at := range k.byTrait[trait] {
			if common[at]++; common[at] == 1 {
				order = append(order, at)
			}
		}
	}
	var others []alike
	places, opposed := map[uuid.UUID]int{}, map[uuid.UUID]bool{}
	for _, at := range order {
		v := k.voices[at]
		opposed[v.speaks] = opposed[v.speaks] || identity.Opposed(c.fields, v.fields)
		other := alike{v, identity.Joined(c.fields, v.fields, func(key identity.SourceKey) bool { return k.shared[key] }), common[at]}
		if other.by == identity.ByName && k.called[v.ID] && c.fields.HasDomain() && !v.fields.HasDomain() {
			other.by = "" // the one that was taken for it may have another domain
		}
		switch place, known := places[v.speaks]; {
		case !known:
			places[v.speaks] = len(others)
			others = append(others, other)
		case other.weight() > others[place].weight():
			others[place] = other
		}
	}
	for i, other := range others {
		weak := other.by == identity.ByDomain || other.by == identity.ByName
		if weak && opposed[other.speaks] {
			others[i].by = ""
		}
	}
	return others
}
