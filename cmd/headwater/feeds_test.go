package main

import "testing"

// TestFeeds: files of who owns whom are editions of the feed that has their name; what a dry run says comes true, and all of it is undone.
func TestFeeds(t *testing.T) {
	t.Parallel()
	out, err := shell(t, []string{"HEADWATER_DATA_DIR=" + dataDir(t)}, `
company() { printf '{"id": "%s", "schema": "Company", "properties": {"name": ["%s"]}}\n' "$1" "$1"; }
owns() { printf '{"id": "%s-%s", "schema": "Ownership", "properties": {"owner": ["%s"], "asset": ["%s"], "percentage": ["60"]}}\n' \
    "$1" "$2" "$1" "$2"; }
{ company a; company b; company c; owns a b; owns b c; } > register.ftm.json
headwater import --format ftm --edition 2024-01-01 register.ftm.json | grep 'edition 1 of the feed .*register.ftm.json.*2024-01-01'
headwater export > one
{ company a; company b; company c; owns a b; } > register.ftm.json
headwater import --format ftm --edition 2024-02-01 --dry-run register.ftm.json > dry
grep 'no longer said: 1 ended' dry; grep 'relation ftm:b-c:.*: ended' dry; grep 'nothing was stored' dry
headwater export | cmp - one
headwater import --format ftm --edition 2024-02-01 register.ftm.json | grep 'relations .* 1 taken back'
headwater feeds | grep 'register.ftm.json.*editions: 2, the newest as of 2024-02-01  things: 4'
headwater feeds register.ftm.json | grep -c 'file: .*register.ftm.json' | grep -x 2
headwater feeds --format json | grep '"name":"register.ftm.json"'
headwater imports --limit 1 | grep 'edition 2 of the feed'
headwater list sources --feed register.ftm.json | grep -c ftm: | grep -x 3
headwater show source ftm:a | grep 'feed: .*register.ftm.json'
headwater import --format ftm --feed= one.json 2>&1 < /dev/null | grep 'no such file'
if headwater import --format ftm --feed x register.ftm.json register.ftm.json 2> refused; then exit 1; fi
grep -e 'expected one' refused
if headwater import --edition 2024 register.ftm.json 2> refused; then exit 1; fi
grep -e '--edition is "2024"; expected nothing unless feed is given' refused
{ company x; company y; owns x y; } > register.ftm.json
if headwater import --format ftm register.ftm.json 2> refused; then exit 1; fi
grep -e 'register.ftm.json.*it no longer says 4 of 4 things' refused
headwater feeds undo register.ftm.json | grep -c undone | grep -x 2
headwater feeds | grep 'all undone'
test "$(headwater list sources | wc -l)" -lt 3`)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestOwnershipRecipes: the commands that docs/interchange.md gives for a SPARQL result of Wikidata and for GLEIF's files, on small ones.
func TestOwnershipRecipes(t *testing.T) {
	t.Parallel()
	out, err := shell(t, []string{"HEADWATER_DATA_DIR=" + dataDir(t)}, `
cat > query.csv <<'END'
outletId,outletLabel,site,ownerId,ownerLabel,share,from,to
Q1001,Quay Herald,https://herald.example/,Q1003,Harbour Holding,0.75,2011-03-01T00:00:00Z,
Q1002,بريد المرفأ,https://post.example/,Q1003,Harbour Holding,,2015-01-01T00:00:00Z,2020-12-31T00:00:00Z
END
headwater import --format csv --of relations --keep-going --feed wikidata \
    --map subject.external_ids.wikidata=outletId --map subject.name=outletLabel --map subject.domains=site --set subject.kind=outlet \
    --map object.external_ids.wikidata=ownerId --map object.name=ownerLabel --set object.kind=organization \
    --set kind=owned_by --map share=share --map since=from --map until=to --set "citation=Wikidata, owned by (P127)" query.csv > said
grep 'relations .* 2 added' said; grep 'sources .* 3 added' said; grep 'edition 1 of the feed .*wikidata' said
headwater export --format csv --of relations | grep 'owned_by.*0.75.*2011-03-01'
cat > lei2.csv <<'END'
"LEI","Entity.LegalName","Entity.LegalAddress.Country"
"HEADWATER00EXAMPLE01","Quay Herald Ltd","EG"
"HEADWATER00EXAMPLE02","Harbour Holding PLC","GB"
"HEADWATER00EXAMPLE03","Mole Fund","GB"
END
{
for column in StartNode.NodeID StartNode.NodeIDType EndNode.NodeID EndNode.NodeIDType RelationshipType; do
    printf '"Relationship.%s",' "$column"
done
cat <<'END'
"Relationship.RelationshipStatus"
"HEADWATER00EXAMPLE01","LEI","HEADWATER00EXAMPLE02","LEI","IS_DIRECTLY_CONSOLIDATED_BY","ACTIVE"
"HEADWATER00EXAMPLE03","LEI","HEADWATER00EXAMPLE02","LEI","IS_FUND-MANAGED_BY","ACTIVE"
"HEADWATER00EXAMPLE02","LEI","HEADWATER00EXAMPLE03","LEI","IS_DIRECTLY_CONSOLIDATED_BY","INACTIVE"
END
} > rr.csv
headwater import --format csv --of sources --keep-going --feed gleif-1 --map key=LEI --map external_ids.lei=LEI \
    --map name=Entity.LegalName --map country=Entity.LegalAddress.Country --set kind=organization lei2.csv > said
grep 'sources .* 3 added' said
grep -e StartNode.NodeID -e '"IS_DIRECTLY_CONSOLIDATED_BY","ACTIVE"' rr.csv |
    headwater import --format csv --of relations --keep-going --feed gleif-2 --map subject=Relationship.StartNode.NodeID \
    --map object=Relationship.EndNode.NodeID --set kind=controlled_by --set "citation=GLEIF, level 2" - > said
grep 'relations .* 1 added' said; grep '1 records: 1 kept' said
headwater export --format csv --of relations | grep 'controlled_by.*GLEIF'`)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPagesOfAFolder: a folder of saved pages is all that it holds, also below; a page may come from standard input.
func TestPagesOfAFolder(t *testing.T) {
	t.Parallel()
	out, err := shell(t, []string{"HEADWATER_DATA_DIR=" + dataDir(t)}, `
page() {
    printf '<html lang="en"><head><title>%s</title><link rel="canonical" href="https://news.example/%s"></head><body><article><h1>%s</h1>' \
        "$1" "$1" "$1"
    for n in 1 2 3 4 5 6; do
        printf '<p>The harbour office said on day %s that the bridge was closed, and that it would stay so.</p>' $n
    done
    printf '</article></body></html>'
}
mkdir -p saved/below empty
page one > saved/one.html; page two > saved/below/two.HTM; echo x > saved/picture.png; echo '<p>' > saved/none.html
headwater import --format html --keep-going saved > said 2> faults
grep -c 'documents .* 1 added' said | grep -x 2
grep 'saved/none.html.*/text' faults
page three | headwater import --format html - | grep 'documents .* 1 added'
if headwater import --format html empty 2> refused; then exit 1; fi
grep 'a folder without pages' refused
if headwater import --format rss saved 2> refused; then exit 1; fi
grep 'is a folder; expected a file' refused`)
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
