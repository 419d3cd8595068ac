package interchange

import (
	"io"
	"slices"
	"strings"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/bundle"
)

// Format names a format.
type Format string

const (
	// Bundle is the project's own format, which package bundle reads and writes.
	Bundle Format = "bundle"
	// ClaimReview is JSON-LD of schema.org's type ClaimReview: an object, an array, a DataFeed, a @graph, one object a
	// line, or a web page that holds such.
	ClaimReview Format = "claimreview"
	// FactCheck is what Google's Fact Check Tools API v1alpha1 answers: {"claims": […]}, or one of its claims a line.
	FactCheck Format = "factcheck"
	// CSV is a table as RFC 4180 has it, with a line of column names.
	CSV Format = "csv"
	// BODS is the Beneficial Ownership Data Standard, 0.2 to 0.4: an array of statements, or one a line.
	BODS Format = "bods"
	// FollowTheMoney is the JSON of FollowTheMoney's entities, one a line.
	FollowTheMoney Format = "ftm"
	// TrustText is a publisher's trust.txt.
	TrustText Format = "trusttxt"
	// HTML is a saved page, which is a document.
	HTML Format = "html"
	// WARC is a web archive, also in a WACZ, whose captures of pages are documents.
	WARC Format = "warc"
	// RSS is a feed of RSS or Atom, whose items are documents.
	RSS Format = "rss"
	// WebAnnotation is the W3C's Web Annotation, and what the API of Hypothes.is answers.
	WebAnnotation Format = "webannotation"
)

// codec is what the rest of the program looks up about a format. CONTRIBUTING.md says what a new one takes.
type codec struct {
	format Format
	// singular and plural are what texts for people call a file of the format, and several.
	singular, plural string
	// holds says what a file of the format carries, and so which of the functions below writes it.
	holds Content
	// mediaTypes mean this format where a request names none. sharedTypes mean it only where the request does: other
	// formats have them too, and many clients send and accept JSON without meaning anything by it. A file goes out in the
	// first of them all.
	mediaTypes, sharedTypes []string
	options                 []Option
	coverage                []coverage

	read func(in io.ReadSeeker, table TableOptions, namespace string) Things
	// validate faults options that a format of its own takes; nil where none has to.
	validate func(TableOptions) headwater.Faults
	// writeThings is for formats that hold everything.
	writeThings func(w io.Writer, namespace string) (ThingWriter, error)
	// reviewLayout is for formats that hold reviews. A feed is of all claims.
	reviewLayout func(feed bool) layout
	// writeAnnotations is for formats that hold annotations.
	writeAnnotations func(w io.Writer, namespace string) (*AnnotationWriter, error)
}

// Content is what the files of a format hold.
type Content int

const (
	// HoldsEverything is all that is stored.
	HoldsEverything Content = iota
	// HoldsReviews are the claims that have reviews, with these.
	HoldsReviews
	// HoldsRows are the things of one resource, as a TableWriter writes them.
	HoldsRows
	// HoldsOwnership is who owns or controls whom. It is only read.
	HoldsOwnership
	// HoldsDocuments are texts that were published. They are only read.
	HoldsDocuments
	// HoldsAnnotations are words in documents, and the claims that they make.
	HoldsAnnotations
)

// coverage is what a format keeps and loses, a line in docs/interchange.md. Tables have one for each kind of rows.
type coverage struct {
	rows         []headwater.Resource
	in, out      string // how it is read and written: "yes", or more to say; empty where it is not
	keeps, loses string
}

// codecs are the formats, in the order in which they are listed.
var codecs = []codec{{
	format: Bundle, singular: "a bundle", plural: "bundles", holds: HoldsEverything,
	mediaTypes: []string{bundle.MediaType},
	coverage: []coverage{{
		in: "yes", out: "yes", keeps: "everything; out, in and out again gives the same bytes", loses: "versions, times and the history",
	}},
	read:        func(in io.ReadSeeker, _ TableOptions, _ string) Things { return bundle.NewReader(in) },
	writeThings: func(w io.Writer, namespace string) (ThingWriter, error) { return bundle.NewWriter(w, namespace) },
}, {
	format: ClaimReview, singular: "ClaimReview markup", plural: "ClaimReview markup", holds: HoldsReviews,
	mediaTypes: []string{"application/ld+json", WebPage}, sharedTypes: []string{"application/json", bundle.MediaType},
	options: []Option{OptionKeepGoing, OptionStrict, OptionDays, OptionCharset, OptionClaim},
	coverage: []coverage{{
		in: "yes", out: "of all claims with reviews as a DataFeed, of some as a list of ClaimReviews",
		keeps: "statement as each review words it, author, verdict with its scale and explanation, title, address, language, date; " +
			"claimant with the date; the first 100 pages on which the claim was made, with publisher, title, language and date",
		loses: "links, relations, denials and doubts; the tellers between a page's publisher and the claimant; " +
			"other claimants than that of the first page; quotes, grades; statements in other languages. Read in, a publisher beside " +
			"the desk, writers of a review whose appearances are known, and what schema.org has that fits no field",
	}},
	read:         claimReview.reader,
	reviewLayout: claimReviewLayout,
}, {
	format: FactCheck, singular: "Google's Fact Check Tools answer", plural: "answers of Google's Fact Check Tools", holds: HoldsReviews,
	sharedTypes: []string{"application/json", bundle.MediaType},
	options:     []Option{OptionKeepGoing, OptionStrict, OptionDays, OptionCharset, OptionClaim},
	coverage: []coverage{{
		in: "yes", out: "yes",
		keeps: "statement as each review words it, claimant's name, date; author, site, verdict, title, address, language and date of " +
			"each review",
		loses: "as `claimreview`, and scales, pages, and who the claimant is",
	}},
	read:         factCheck.reader,
	reviewLayout: factCheckLayout,
}, {
	format: CSV, singular: "a table", plural: "tables", holds: HoldsRows,
	mediaTypes: []string{"text/csv"},
	options: []Option{OptionKeepGoing, OptionStrict, OptionOf, OptionMap, OptionSet, OptionDays, OptionCharset, OptionBOM,
		OptionSafeCells},
	coverage: []coverage{{
		rows: []headwater.Resource{headwater.ResourceSource}, in: "yes", out: "yes",
		keeps: "all fields: `names.ar`, `role.en`, `external_ids.wikidata` and so on have a column each",
		loses: "versions and times, which are only written",
	}, {
		rows: []headwater.Resource{headwater.ResourceRelation}, in: "yes", out: "yes",
		keeps: "all fields, and the names of both ends, which are only written", loses: "as sources",
	}, {
		rows: []headwater.Resource{headwater.ResourceClaim, headwater.ResourceLink}, out: "yes",
		keeps: "all fields; a claim's quantities as JSON", loses: "nothing",
	}, {
		rows: []headwater.Resource{headwater.ResourceAttribution}, out: "yes",
		keeps: "a column for each hop's name and one for its id; stance, quote, grade, method",
		loses: "what a hop says of its teller; other spans than the quote",
	}},
	read: func(in io.ReadSeeker, table TableOptions, namespace string) Things {
		return &TableReader{in: in, table: table, namespace: namespace}
	},
}, {
	format: BODS, singular: "statements of BODS", plural: "statements of BODS", holds: HoldsOwnership,
	sharedTypes: []string{"application/json", bundle.MediaType},
	options:     []Option{OptionKeepGoing, OptionCharset},
	coverage: []coverage{{
		in: "yes, 0.2 to 0.4",
		keeps: "entities and persons with names, identifiers and country; shareholdings with share and dates as `owned_by`; more than " +
			"half of the votes, and other control, as `controlled_by`; seats on a board as `member_of`; where it can be checked",
		loses: "addresses, dates of birth, annotations; interests that are neither ownership nor control; statements that others " +
			"replace, which are told; of several interests of a kind and time, all but the largest",
	}},
	read: ownershipStatements,
}, {
	format: FollowTheMoney, singular: "entities of FollowTheMoney", plural: "entities of FollowTheMoney", holds: HoldsOwnership,
	sharedTypes: []string{bundle.MediaType, "application/json"},
	options:     []Option{OptionKeepGoing, OptionCharset},
	coverage: []coverage{{
		in: "yes",
		keeps: "Person, Organization, Company, PublicBody and LegalEntity with names, identifiers, country and sites; Ownership with " +
			"share and dates as `owned_by`; Directorship and Membership as `member_of`; where it can be checked",
		loses: "other schemas, and UnknownLink, which does not say what ties the two: they are told; of several values, all but the first",
	}},
	read: followTheMoney.reader,
}, {
	format: TrustText, singular: "a trust.txt", plural: "files trust.txt", holds: HoldsOwnership,
	sharedTypes: []string{"text/plain"},
	options:     []Option{OptionKeepGoing, OptionStrict, OptionSet, OptionCharset},
	coverage: []coverage{{
		in: "yes, with `set` domains=HOST, whose file it is",
		keeps: "`controlledby` and `control` as `controlled_by`, `belongto` and `member` as `member_of`, `social` as accounts of the " +
			"publisher",
		loses: "vendors, customers, contacts and disclosures; dates, which the format does not have",
	}},
	read: func(in io.ReadSeeker, table TableOptions, namespace string) Things {
		return &TrustTextReader{in: in, table: table, namespace: namespace}
	},
	validate: TableOptions.validateTrustText,
}, {
	format: HTML, singular: "a saved page", plural: "saved pages", holds: HoldsDocuments,
	sharedTypes: []string{WebPage},
	options:     []Option{OptionKeepGoing, OptionStrict, OptionSet, OptionDays, OptionCharset},
	coverage: []coverage{{
		in: "yes, a page a file; the command takes folders of them",
		keeps: "the article's text with its paragraphs, title, authors, language, date, canonical address; the publisher by its " +
			"site, and by the name that the page gives it",
		loses: "pictures, what stands around the text, comments; other articles that the page describes",
	}},
	read: readArticles, validate: TableOptions.validateArticle,
}, {
	format: WARC, singular: "a web archive", plural: "web archives", holds: HoldsDocuments,
	mediaTypes:  []string{"application/warc"},
	sharedTypes: []string{"application/octet-stream", "application/gzip", "application/zip"},
	options:     []Option{OptionKeepGoing, OptionStrict, OptionDays, OptionCharset},
	coverage: []coverage{{
		in: "yes, WARC with and without gzip, and WACZ",
		keeps: "pages of HTML that were found, or kept as a `resource` without an answer, as `html`, each with the address that was " +
			"asked for and when it was captured; of a capture of the Wayback Machine those of the original, and its own as " +
			"`archive_url`, which is else empty",
		loses: "all other records and answers, which are passed over: how many there are of `revisit`, `metadata`, `conversion` and " +
			"`continuation` is told; of several captures of an address, all but the first",
	}},
	read: readArchive,
}, {
	format: RSS, singular: "a feed of RSS or Atom", plural: "feeds of RSS or Atom", holds: HoldsDocuments,
	mediaTypes:  []string{"application/rss+xml", "application/atom+xml"},
	sharedTypes: []string{"application/xml", "text/xml"},
	options:     []Option{OptionKeepGoing, OptionStrict, OptionDays, OptionCharset},
	coverage: []coverage{{
		in: "yes",
		keeps: "items with title, address, date, authors and, where the feed has it, their whole content as text; the publisher of each: " +
			"its `source`, or else the feed",
		loses: "descriptions, which are no text of the article; categories, enclosures, comments",
	}},
	read: readNewsFeed,
}, {
	format: WebAnnotation, singular: "a Web Annotation", plural: "Web Annotations", holds: HoldsAnnotations,
	sharedTypes: []string{"application/ld+json", "application/json", bundle.MediaType},
	options:     []Option{OptionKeepGoing, OptionStrict, OptionCharset},
	coverage: []coverage{{
		in: "yes, of the W3C, and as Hypothes.is answers or saves them", out: "of all attributions, as a page of annotations",
		keeps: "the text as a claim, or else the words that are quoted; quotes and positions, in pages whose text is stored; tags as " +
			"topics, `affirms`, `denies` and `questions` as the stance; who made it, and when, as a note of a proposed attribution. " +
			"Written and read again: all of an attribution, with its claim, its document and all who speak in its chain",
		loses: "selectors of other kinds than quotes and positions; quotes of pages whose text is not stored, but for a note; " +
			"replies, groups, rights, styles and bodies that are not text. Written: texts of documents, what they reprint, versions " +
			"and times; what has no attribution; relations, links and reviews",
	}},
	read:             webAnnotation.reader,
	writeAnnotations: newAnnotationWriter,
}}

// WebPage is the media type of web pages, in which records of some formats stand.
const WebPage = "text/html"

// codecOf finds a format's codec; an empty one, which takes no option, where there is no such format.
func codecOf(format Format) (codec, bool) {
	i := slices.IndexFunc(codecs, func(c codec) bool { return c.format == format })
	if i < 0 {
		return codec{}, false
	}
	return codecs[i], true
}

func (c codec) takes(option Option) bool { return slices.Contains(c.options, option) }

// isWritten says whether there is a writer for what files of the format hold.
func (c codec) isWritten() bool {
	switch c.holds {
	case HoldsReviews:
		return c.reviewLayout != nil
	case HoldsRows:
		return slices.ContainsFunc(c.coverage, func(rows coverage) bool { return rows.out != "" })
	case HoldsAnnotations:
		return c.writeAnnotations != nil
	case HoldsEverything, HoldsOwnership, HoldsDocuments:
	}
	return c.writeThings != nil
}

// notWritten is the fault of a format that is only read.
func (c codec) notWritten() headwater.Fault {
	return headwater.NewFault("/format", headwater.FaultNotOneOf, c.format, "one that is written: "+Either(WrittenFormats()))
}

// WrittenFormats lists the formats that things can be exported in.
func WrittenFormats() []string {
	return slices.DeleteFunc(Format("").Values(), func(name string) bool { return !Format(name).IsWritten() })
}

func (c codec) allMediaTypes() []string { return slices.Concat(c.mediaTypes, c.sharedTypes) }

// readRows and writtenRows are what the rows of tables can be.
func readRows() []headwater.Resource {
	return resourcesWhere(func(c coverage) bool { return c.in != "" })
}
func writtenRows() []headwater.Resource {
	return resourcesWhere(func(c coverage) bool { return c.out != "" })
}

func resourcesWhere(covered func(coverage) bool) []headwater.Resource {
	var resources []headwater.Resource
	for _, c := range codecs {
		for _, coverage := range c.coverage {
			if covered(coverage) {
				resources = append(resources, coverage.rows...)
			}
		}
	}
	return resources
}

// Values lists the formats.
func (Format) Values() []string {
	var names []string
	for _, c := range codecs {
		names = append(names, string(c.format))
	}
	return names
}

// unknown is the fault of a name that is no format's.
func (f Format) unknown() headwater.Fault {
	return headwater.NewFault("/format", headwater.FaultNotOneOf, f, headwater.OneOf(string(f), f.Values()))
}

// Holds says what files of a format carry.
func (f Format) Holds() Content {
	c, _ := codecOf(f)
	return c.holds
}

// MakesClaims reports whether files of a format bring claims in the words of others, of which new ones may be equivalent to known ones.
func (f Format) MakesClaims() bool {
	holds := f.Holds()
	return holds == HoldsReviews || holds == HoldsAnnotations
}

// IsWritten reports whether things can be exported in a format.
func (f Format) IsWritten() bool {
	c, _ := codecOf(f)
	return c.isWritten()
}

// Takes reports whether a format has an option.
func (f Format) Takes(option Option) bool {
	c, _ := codecOf(f)
	return c.takes(option)
}

// MediaTypes are those in which files of a format come. They go out in the first.
func (f Format) MediaTypes() []string {
	c, _ := codecOf(f)
	return c.allMediaTypes()
}

// TakesPages reports whether records of a format may stand in web pages.
func (f Format) TakesPages() bool { return slices.Contains(f.MediaTypes(), WebPage) }

// FormatOf is the format that a media type means by itself; empty where it means none, or several.
func FormatOf(mediaType string) Format {
	for _, c := range codecs {
		if slices.Contains(c.mediaTypes, mediaType) {
			return c.format
		}
	}
	return ""
}

// MediaTypes are those in which files of any format come, sorted, each once.
func MediaTypes() []string { return mediaTypes(codec.allMediaTypes) }

// WrittenMediaTypes are those of the formats that exports are written in, sorted, each once.
func WrittenMediaTypes() []string {
	return mediaTypes(func(c codec) []string {
		if !c.isWritten() {
			return nil
		}
		return c.allMediaTypes()
	})
}

// TellingMediaTypes are those that mean one format by themselves, sorted.
func TellingMediaTypes() []string {
	return mediaTypes(func(c codec) []string { return c.mediaTypes })
}

func mediaTypes(of func(codec) []string) []string {
	var types []string
	for _, c := range codecs {
		types = append(types, of(c)...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// FormatsTaking names the formats that take an option, as a text for people: "claimreview or factcheck".
func FormatsTaking(option Option) string {
	var formats []string
	for _, c := range codecs {
		if c.takes(option) {
			formats = append(formats, string(c.format))
		}
	}
	return Either(formats)
}

// FilesHolding names the formats of some content, as a text for people: "ClaimReview markup or as Google's …".
func FilesHolding(content Content) string {
	var files []string
	for _, c := range codecs {
		if c.holds == content {
			files = append(files, c.singular)
		}
	}
	return strings.Join(files, " or as ")
}

// Files names the files of all formats, as a text for people: "bundles, … or tables".
func Files() string {
	var files []string
	for _, c := range codecs {
		files = append(files, c.plural)
	}
	return strings.Join(files[:len(files)-1], ", ") + ", or " + files[len(files)-1]
}
