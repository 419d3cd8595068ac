package interchange

import (
	"github.com/headwater-project/headwater"
)

// factCheck is what Google's Fact Check Tools API v1alpha1 answers: claims, each with its reviews
// (https://developers.google.com/fact-check/tools/api/reference/rest/v1alpha1/claims).
var factCheck = dialect{
	lists:  []string{"claims"},
	single: func(n node) bool { _, answer := n["claims"]; return !answer },
	read:   readFactCheck,
	record: "a claim with text and claimReview, as Google's Fact Check Tools API answers",
}

func readFactCheck(r *record, at headwater.Pointer, n node) {
	c := checked{
		text:     said{n.text("text"), at.Field("text")},
		claimant: party{name: said{n.text("claimant"), at.Field("claimant")}, kind: headwater.OtherSource},
		claimed:  r.moment(at.Field("claimDate"), n.text("claimDate")),
	}
	for i, told := range n.nodes("claimReview") {
		review := r.googleReview(at.Field("claimReview").Index(i), told)
		if c.language == "" {
			c.language = review.language
		}
		if review.rating.Label == "" {
			r.fault(review.at.Field("textualRating"), headwater.FaultRequired, nil, "the verdict in words")
			continue
		}
		c.reviews = append(c.reviews, review)
	}
	if len(c.reviews) == 0 && len(r.faults) == 0 {
		r.fault(at.Field("claimReview"), headwater.FaultRequired, nil, "at least one review")
	}
	r.draw(c)
}

func (r *record) googleReview(at headwater.Pointer, n node) review {
	publisher, address := n.node("publisher"), r.address(at.Field("url"), n.text("url"))
	return review{
		page: page{
			at: at, kind: headwater.Article, url: address, title: r.spare(at.Field("title"), n.text("title"), longestTitle), language: languageOf(n.text("languageCode")),
			published: r.moment(at.Field("reviewDate"), n.text("reviewDate")),
			publisher: party{name: said{publisher.text("name"), at.Field("publisher")}, kind: headwater.Organization, host: siteOf(publisher.text("site"), address)},
		},
		rating: headwater.Rating{Label: n.text("textualRating")},
	}
}
