package card

import (
	"math"
	"slices"
	"unicode"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/provenance"
)

// The sizes of a drawing, in pixels.
const (
	boxWidth, boxHeight = 176, 44
	columnGap, rowGap   = 56, 14
	margin              = 12
)

// longestName is how many letters of a name stand in a box.
const longestName = 22

// drawing is one side, ready to be drawn: readers at the start of a line, origins at its end.
type drawing struct {
	ID            string // of what its lines refer to
	Width, Height int
	Boxes         []box
	Edges         []line
	Direction     string
}

type box struct {
	X, Y, Width, Height int
	TextX               int // where a line of text starts, within the box
	Round               int // the radius of its corners
	Name, Note          string
	Looks               string // classes of the style sheet
}

// frame is how far the line around a box lies within it.
const frame = 2

// InnerWidth is the width within the frame.
func (b box) InnerWidth() int { return b.Width - 2*frame }

// InnerHeight is the height within the frame.
func (b box) InnerHeight() int { return b.Height - 2*frame }

// Frame is where the line around it begins.
func (b box) Frame() int { return frame }

// line is a curve from a box to one that it has the claim from: the corners of a cubic Bézier curve.
type line struct {
	X1, Y1, X2, Y2, X3, Y3, X4, Y4 int
	Width                          int
	Looks                          string
}

// draw places the boxes column by column. In a language that is written from right to left it is the mirror image: x' = W − x − w.
func (c Card) draw(id string, d *provenance.SideDrawing) *drawing {
	w := wordsIn[c.Language]
	cards, edges := d.Cards()
	out := &drawing{ID: id, Direction: w.direction}
	var columns []int // the layers that are drawn
	rows, most := 0, 0
	for _, card := range cards {
		if len(columns) == 0 || columns[len(columns)-1] != card.Layer() {
			columns, rows = append(columns, card.Layer()), 0
		}
		b := c.box(card)
		b.X = margin + (len(columns)-1)*(boxWidth+columnGap)
		b.Y = margin + rows*(boxHeight+rowGap)
		rows++
		most = max(most, rows)
		out.Boxes = append(out.Boxes, b)
	}
	out.Width = 2*margin + len(columns)*boxWidth + (len(columns)-1)*columnGap
	out.Height = 2*margin + most*boxHeight + (most-1)*rowGap
	for _, e := range edges {
		out.Edges = append(out.Edges, lineBetween(out.Boxes[e.From], out.Boxes[e.To], e))
	}
	if w.direction == rightToLeft {
		out.mirror()
	}
	return out
}

func (c Card) box(card provenance.Card) box {
	b := box{Width: boxWidth, Height: boxHeight, TextX: margin, Round: 3}
	b.Name = isolatedShort(headwater.VisibleLine(c.name(c.Drawing.Sources[card.Nodes[0].Group])))
	if does := c.does(card); len(does) > 0 {
		b.Note = does[len(does)-1]
	}
	is := looksOf(card)
	for _, looks := range []struct {
		is    bool
		class string
	}{{is.origin, " origin"}, {is.uncertain, " uncertain"}, {is.commonLink, " common"}, {is.outOfReach, " gone"}} {
		if looks.is {
			b.Looks += looks.class
		}
	}
	if is.origin { // what it is shows in its form too
		b.Round = boxHeight / 2
	}
	if left := len(card.Nodes) - 1; left > 0 {
		w := wordsIn[c.Language]
		b.Note, b.Looks = w.count(w.others, left), b.Looks+" fold"
	}
	return b
}

// isolatedShort cuts a name that is too long for its box, not within a letter and its marks, and isolates it.
func isolatedShort(name string) string {
	letters := []rune(name)
	if len(letters) > longestName {
		end := longestName - 1
		for end > 0 && (unicode.Is(unicode.M, letters[end]) || unicode.Is(unicode.Cf, letters[end])) {
			end--
		}
		name = string(letters[:end]) + "…"
	}
	return headwater.Isolated(name)
}

// lineBetween leads from the end of one box to the start of the other; one that closes a circle leads back.
func lineBetween(from, to box, e provenance.CardEdge) line {
	const bend = columnGap / 2
	l := line{X1: from.X + boxWidth, Y1: from.Y + boxHeight/2, X4: to.X, Y4: to.Y + boxHeight/2}
	if to.X <= from.X {
		l.X1, l.X4 = from.X, to.X+boxWidth
		l.X2, l.X3 = l.X1-bend, l.X4+bend
		l.Looks = " back"
	} else {
		l.X2, l.X3 = l.X1+bend, l.X4-bend
	}
	l.Y2, l.Y3 = l.Y1, l.Y4
	if e.OutOfReach {
		l.Looks += " gone"
	}
	const thickest = 6
	l.Width = min(thickest, int(math.Sqrt(float64(e.Attributions))))
	return l
}

func (d *drawing) mirror() {
	for i := range d.Boxes {
		b := &d.Boxes[i]
		b.X, b.TextX = d.Width-b.X-b.Width, b.Width-b.TextX
	}
	for i := range d.Edges {
		e := &d.Edges[i]
		e.X1, e.X2, e.X3, e.X4 = d.Width-e.X1, d.Width-e.X2, d.Width-e.X3, d.Width-e.X4
	}
}

// sheet is a card whose places are all worked out.
type sheet struct {
	page
	Width, Height int
	TextX         int
	Lines         []textLine
	Drawings      []placedDrawing
}

// textLine is one line of text on a sheet.
type textLine struct {
	X, Y      int
	Text      string
	Looks     string
	Direction string
	Anchor    string // end where the line runs against the sheet
	To        string // what it links to; empty where to nothing
}

// placedDrawing is a drawing that is scaled to the width of the sheet.
type placedDrawing struct {
	*drawing
	X, Y, OnWidth, OnHeight int
}

const sheetWidth = 800

// sheet places all that a page shows from above to below.
func (c Card) sheet() sheet {
	s := sheet{page: c.page(), Width: sheetWidth}
	y := margin
	link := func(to, text, looks string, size, letters int) {
		for _, part := range wrapped(text, letters) {
			y += size + size/2
			line := s.lineAt(y, part, looks)
			line.To = to
			s.Lines = append(s.Lines, line)
		}
	}
	write := func(text, looks string, size, letters int) { link("", text, looks, size, letters) }
	write(s.Words.Title, "kind", 12, 100)
	link(s.Page, s.Statement, "statement", 22, 58)
	write(s.Standing, "standing", 15, 90)
	for _, side := range s.Sides {
		y += margin
		write(side.Heading, "heading", 16, 80)
		for _, sentence := range side.Sentences {
			write(sentence, "sentence", 13, 100)
		}
		if side.Drawing == nil {
			continue
		}
		y += margin
		placed := placedDrawing{drawing: side.Drawing, X: margin, Y: y, OnWidth: side.Drawing.Width, OnHeight: side.Drawing.Height}
		if room := sheetWidth - 2*margin; placed.OnWidth > room {
			placed.OnHeight, placed.OnWidth = placed.OnHeight*room/placed.OnWidth, room
		}
		if s.IsRightToLeft {
			placed.X = sheetWidth - margin - placed.OnWidth
		}
		y += placed.OnHeight
		s.Drawings = append(s.Drawings, placed)
	}
	y += margin
	for _, note := range s.Notes {
		write(note, "note", 12, 110)
	}
	if s.Address != "" {
		write(s.Words.StillSo, "note", 12, 110)
		link(s.Address, s.Address, "note", 11, 120)
	}
	write(s.Words.Facts, "note", 12, 110)
	write(s.FactsSHA256, "note", 11, 120)
	write(s.Algorithm, "note", 12, 110)
	s.Height = y + 2*margin
	return s
}

// lineAt starts a line at the start of the sheet, in the direction of its first letter.
func (s *sheet) lineAt(y int, text, looks string) textLine {
	line := textLine{Y: y, X: margin, Text: text, Looks: looks, Direction: directionOf(text), Anchor: "start"}
	if s.IsRightToLeft {
		line.X = sheetWidth - margin
	}
	if (line.Direction == rightToLeft) != s.IsRightToLeft {
		line.Anchor = "end"
	}
	return line
}

// mostLines is how many lines a text has on a sheet.
const mostLines = 5

// wrapped breaks a text into lines of about so many letters, between words where it can. What is too long ends in an ellipsis.
func wrapped(text string, letters int) []string {
	var lines []string
	rest := []rune(text)
	for len(rest) > letters {
		end := letters
		for end > 0 && !unicode.IsSpace(rest[end]) {
			end--
		}
		if end == 0 {
			end = letters
		}
		if len(lines) == mostLines-1 {
			return closed(append(lines, string(rest[:end])+"…"))
		}
		lines = append(lines, string(rest[:end]))
		rest = rest[end:]
		if unicode.IsSpace(rest[0]) {
			rest = rest[1:]
		}
	}
	return closed(append(lines, string(rest)))
}

// closers end what changes the direction of a text (Unicode UAX #9), by what begins it.
var closers = map[rune]rune{'\u2066': '\u2069', '\u2067': '\u2069', '\u2068': '\u2069', '\u202a': '\u202c', '\u202b': '\u202c',
	'\u202d': '\u202c', '\u202e': '\u202c'}

// closed ends in each line what changes its direction, and begins it again in the next: a line is drawn by itself.
func closed(lines []string) []string {
	var open []rune
	for i, line := range lines {
		text := []rune(string(open) + line)
		open = nil
		for _, r := range text {
			if closers[r] != 0 {
				open = append(open, r)
			} else if len(open) > 0 && closers[open[len(open)-1]] == r {
				open = open[:len(open)-1]
			}
		}
		for _, r := range slices.Backward(open) {
			text = append(text, closers[r])
		}
		lines[i] = string(text)
	}
	return lines
}
