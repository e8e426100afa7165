package moonshine

import (
	"errors"
	"strings"
)

// tokenizer turns tokens into text. Its file holds each token's bytes after their number, which takes one byte, or two from 128 on
// (moonshine-ai/moonshine:core/bin-tokenizer).
type tokenizer [][]byte

var errTokenizer = errors.New("tokenizer.bin is damaged")

func readTokenizer(file []byte) (t tokenizer, err error) {
	for len(file) > 0 {
		n, head := int(file[0]), 1
		if n >= 128 {
			if len(file) < 2 {
				return nil, errTokenizer
			}
			n, head = int(file[1])*128+n-128, 2
		}
		if len(file) < head+n {
			return nil, errTokenizer
		}
		t, file = append(t, file[head:head+n]), file[head+n:]
	}
	if len(t) <= tokenEnd {
		return nil, errTokenizer
	}
	return t, nil
}

// wordStart is what SentencePiece writes for a space.
const wordStart = "\u2581"

func (t tokenizer) text(tokens []int) string {
	var b strings.Builder
	for _, token := range tokens {
		if token > tokenEnd && token < len(t) {
			b.Write(t[token])
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(b.String(), ""), wordStart, " "))
}
