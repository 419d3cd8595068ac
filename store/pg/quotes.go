package pg

import (
	"bytes"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/headwater-project/headwater"
)

// TextOf indexes a document's text as the column holds it: nil where it is empty, which is a document without a text.
func TextOf(text string) *headwater.IndexedText {
	if text == "" {
		return nil
	}
	return headwater.NewIndexedText(text)
}

// AnchorQuotes holds an attribution against its document's publisher and text, and says whether spans that had moved were mended.
func AnchorQuotes(a *headwater.AttributionFields, publisher uuid.UUID, text *headwater.IndexedText) (mended bool, err error) {
	before, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	if _, err := a.AnchorIn(publisher, text); err != nil {
		return false, err
	}
	after, err := json.Marshal(a)
	return !bytes.Equal(before, after), err
}
