package interchange_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/interchange"
)

// BenchmarkRead reads 2,000 records or rows of each format.
func BenchmarkRead(b *testing.B) {
	const records = 2_000
	var feed, answers, table strings.Builder
	feed.WriteString(`{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[`)
	table.WriteString("subject.name,subject.country,subject.domains,object.name,kind,since,share\n")
	for i := range records {
		if i > 0 {
			feed.WriteByte(',')
		}
		fmt.Fprintf(&feed, `{"@type":"DataFeedItem","item":[{"@type":"ClaimReview","url":"https://d%[1]d.example.org/%[1]d",`+
			`"claimReviewed":`+
			`"The quay of %[1]d was sold","author":{"@type":"Organization","name":"Desk %[2]d","url":"https://d%[2]d.example.org/"},`+
			`"datePublished":"2024-01-02","inLanguage":"en","reviewRating":{"@type":"Rating","ratingValue":1,"bestRating":5,`+
			`"alternateName":"False"},"itemReviewed":{"@type":"Claim","author":{"@type":"Person","name":"Mayor %[2]d"},"appearance":`+
			`[{"@type":"NewsArticle","url":"https://p%[2]d.example.com/%[1]d","publisher":{"name":"Paper %[2]d"}}]}}]}`, i, i%50)
		fmt.Fprintf(&answers, `{"text":"The quay of %[1]d was sold","claimant":"Mayor `+
			`%[2]d","claimDate":"2024-01-02T00:00:00Z","claimReview":`+
			`[{"publisher":{"name":"Desk %[2]d","site":"d%[2]d.example.org"},"url":"https://d%[2]d.example.org/%[1]d","title":"Sold?",`+
			`"reviewDate":"2024-02-03T00:00:00Z","textualRating":"False","languageCode":"en"}]}`+"\n", i, i%50)
		fmt.Fprintf(&table, "Outlet %[1]d,Egypt,o%[1]d.example.com,Owner %[2]d,owned_by,2010-03-04,51%%\n", i, i%50)
	}
	feed.WriteString("]}")
	for _, file := range []struct {
		format interchange.Format
		text   string
	}{{interchange.ClaimReview, feed.String()}, {interchange.FactCheck, answers.String()}, {interchange.CSV, table.String()}} {
		b.Run(string(file.format), func(b *testing.B) {
			b.SetBytes(int64(len(file.text)))
			for b.Loop() {
				got := read(b, file.text, file.format, interchange.TableOptions{Of: headwater.ResourceRelation})
				if len(got.faults) > 0 || len(got.items) < records {
					b.Fatal(len(got.items), got.faults[:min(3, len(got.faults))])
				}
			}
		})
	}
}
