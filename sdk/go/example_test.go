package headwater_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	headwater "github.com/headwater-project/headwater/sdk/go"
)

func connect() *headwater.Client {
	client, err := headwater.New(os.Getenv("HEADWATER_URL"), headwater.WithKey(os.Getenv("HEADWATER_KEY")))
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// Who says that bodies were counted at the hospital, and who did each of them have it from?
func Example() {
	client, err := headwater.New(os.Getenv("HEADWATER_URL"), headwater.WithKey(os.Getenv("HEADWATER_KEY")))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for claim, err := range client.ListClaims(ctx, &headwater.ListClaimsParams{Q: "bodies counted hospital"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(claim.Statement["en"])
		for chain, err := range client.Chains(ctx, claim.ID, nil) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(chain.Attribution.Stance, chain)
		}
	}
	// Output:
	// Thirty-one bodies of people killed by the explosion had been counted at Harbour Hospital by the night of 11 March 2025.
	// affirms Ebbtide Post → Oxbow Wire → Dr Lamis al-Qandali
	// affirms Oxbow Wire → Dr Lamis al-Qandali
	// affirms صدى المرفأ → Oxbow Wire → Dr Lamis al-Qandali
	// affirms قناة الخرشنة → Oxbow Wire → Dr Lamis al-Qandali
	// affirms @dockwatch → Oxbow Wire
}

// A chain, hop by hop: what each teller does with what it was told, and how sure it is.
func ExampleClient_Chains() {
	client, ctx := connect(), context.Background()
	claim, err := headwater.First(client.ListClaims(ctx, &headwater.ListClaimsParams{Key: "harbour-blast-toll",
		Namespace: "https://headwater.example/demo"}))
	if err != nil {
		log.Fatal(err)
	}
	for chain, err := range client.Chains(ctx, claim.ID, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if len(chain.Tellers) < 5 {
			continue
		}
		fmt.Printf("“%s”\n", chain.Attribution.Content.Exact)
		for _, teller := range chain.Tellers {
			fmt.Println(teller.Who.Name, "-", teller.Act, teller.Certainty)
		}
	}
	// Output:
	// “thirty dead or more”
	// Saltmarsh Courier - publishes certain
	// يوميات الرصيف - reports certain
	// Oxbow Wire - quotes certain
	// Zahir Anbari - says certain
	// Dockers' Union of Qasr al-Milh - estimates probable
}

// How many independent origins stand behind a claim, which one source everything passes through, and what is left
// without it.
func ExampleClient_GetClaimCorroboration() {
	client, ctx := connect(), context.Background()
	claim, err := headwater.First(client.ListClaims(ctx, &headwater.ListClaimsParams{Key: "harbour-blast-toll",
		Namespace: "https://headwater.example/demo"}))
	if err != nil {
		log.Fatal(err)
	}
	report, err := client.GetClaimCorroboration(ctx, claim.ID, nil)
	if err != nil {
		log.Fatal(err)
	}
	side := report.Affirming
	fmt.Printf("%s: %d attributions, %d to %d independent origins, %d line\n",
		report.Standing, side.Attributions, side.IndependentOrigins.Min, side.IndependentOrigins.Max, side.Lines)
	for _, origin := range side.Origins {
		fmt.Println("origin:", report.Sources[origin.String()].Name)
	}
	var links []string
	for _, link := range side.CommonLinks {
		links = append(links, link.String())
		fmt.Println("all of it came through", report.Sources[link.String()].Name)
	}
	without, err := client.GetClaimCorroboration(ctx, claim.ID, &headwater.GetClaimCorroborationParams{Without: links})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("without it:", len(without.Affirming.Origins), "origins")
	// Output:
	// contested: 19 attributions, 2 to 5 independent origins, 1 line
	// origin: Dr Lamis al-Qandali
	// origin: Joint Rescue Room
	// origin: Unnamed officials
	// origin: Marjan Regional Government
	// origin: Dockers' Union of Qasr al-Milh
	// all of it came through Oxbow Wire
	// without it: 0 origins
}

// What would the reports say if a source took back all that it ever said?
func ExampleClient_GetSourceImpact() {
	client, ctx := connect(), context.Background()
	source, err := headwater.First(client.ListSources(ctx, &headwater.ListSourcesParams{Key: "cargo-manifest",
		Namespace: "https://headwater.example/demo"}))
	if err != nil {
		log.Fatal(err)
	}
	for impact, err := range client.GetSourceImpact(ctx, source.ID, nil) {
		if err != nil {
			log.Fatal(err)
		}
		before, after := impact.Before, impact.After
		fmt.Printf("%s: %s by %d, then %s by %d\n", impact.Claim, before.Standing, before.IndependentOrigins.Min,
			after.Standing, after.IndependentOrigins.Min)
	}
	// Output:
	// nitrate-under-100t: contested by 1, then single_origin by 1
	// petrel-unloaded: single_carrier by 3, then single_carrier by 2
	// nitrate-stored: corroborated by 4, then corroborated by 3
	// nitrate-640t: contested by 3, then contested by 2
}

// A bundle is sent as it is written: all of it is imported, or nothing.
func ExampleClient_Import() {
	client, ctx := connect(), context.Background()
	const text = "قال حارس المنارة إن الضوء انطفأ."
	words, err := headwater.Select(text, "الضوء انطفأ")
	if err != nil {
		log.Fatal(err)
	}
	imported, err := client.Import(ctx, "https://lamp.example/", func(w *headwater.LineWriter) error {
		return errors.Join(
			w.Write(&headwater.SourceLine{Key: "lamp", Kind: headwater.SourceKindOutlet, Name: "The Lamp",
				Names: map[string]string{"ar": "القنديل"}}),
			w.Write(&headwater.SourceLine{Key: "keeper", Kind: headwater.SourceKindPerson, Name: "The lighthouse keeper"}),
			w.Write(&headwater.DocumentLine{Key: "night", Publisher: "lamp", Kind: headwater.DocumentKindArticle, Language: "ar",
				Text: text}),
			w.Write(&headwater.ClaimLine{Key: "dark", Statement: map[string]string{"en": "The light went out."}}),
			w.Write(&headwater.AttributionLine{Claim: "dark", Document: "night", Stance: headwater.StanceAffirms, Content: words,
				Chain: []headwater.HopLine{
					{Source: "lamp", Act: headwater.ActReports},
					{Source: "keeper", Act: headwater.ActSays, Evidence: headwater.EvidenceFirsthand},
				}}),
		)
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, resource := range []headwater.Resource{headwater.ResourceSource, headwater.ResourceClaim, headwater.ResourceAttribution} {
		fmt.Println(resource, imported.Counts[string(resource)].Added)
	}
	// Output:
	// source 2
	// claim 1
	// attribution 1
}

// An export comes line by line, however long it is. One that breaks off ends with an error.
func ExampleClient_Export() {
	wires := 0
	for line, err := range connect().Export(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		if source, ok := line.(*headwater.SourceLine); ok && source.Kind == headwater.SourceKindWire {
			wires++
		}
	}
	fmt.Println(wires, "wires")
	// Output: 2 wires
}

// What the service refuses is a problem, with all faults at once.
func ExampleProblem() {
	_, err := connect().CreateSource(context.Background(), headwater.NewSource{Name: "The Lamp", Kind: "lighthouse", Country: "Q7"}, nil)
	var problem *headwater.Problem
	if errors.As(err, &problem) {
		fmt.Println(problem.Status, problem.Code)
		for _, fault := range problem.Errors {
			fmt.Println(fault.Pointer, fault.Code)
		}
	}
	// Output:
	// 422 invalid
	// /country bad_format
	// /kind not_one_of
}

// Offsets count code points, as Go's runes do and its bytes do not.
func ExampleCut() {
	words, err := headwater.Cut("قتل ٣٠ شخصا على الأقل", 4, 6)
	fmt.Println(words, err)
	// Output: ٣٠ <nil>
}

// The lines of a file are read as those of an export are.
func ExampleReadLines() {
	bundle := `{"type":"bundle","format":"headwater-bundle/1","namespace":"https://lamp.example/"}
{"type":"source","key":"lamp","kind":"outlet","name":"The Lamp"}
`
	for line, err := range headwater.ReadLines(strings.NewReader(bundle)) {
		if err != nil {
			log.Fatal(err)
		}
		switch line := line.(type) {
		case *headwater.BundleHeader:
			fmt.Println("keys of", line.Namespace)
		case *headwater.SourceLine:
			fmt.Println(line.Key, "is", line.Name)
		}
	}
	// Output:
	// keys of https://lamp.example/
	// lamp is The Lamp
}
