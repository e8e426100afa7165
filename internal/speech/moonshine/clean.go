package moonshine

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"earshot/internal/speech"
)

// What tiny-en writes on noise bursts (speech.md section 0: "You", "The", "Yeah", "Mm-hmm"). They are words that people say
// as well, so they go only where the audio is too short and too quiet to be a word.
var stockPhrases = map[string]bool{"you": true, "the": true, "thank you": true, "thanks": true, "yeah": true, "mm-hmm": true, "mm": true, "hmm": true, "i": true, "and": true, "so": true, "oh": true, "uh": true, "bye": true}

const (
	burstSeconds   = 0.9   // shorter segments, padding included, are suspicious
	burstLevel     = -36.0 // dBFS; quieter ones too
	wordsPerSecond = 6.5   // nobody speaks faster
	wordsAllowance = 3
	letterRepeats  = 5 // and the same few letters within a word
	phrase         = 5 // words that
	phraseRepeats  = 3 // come so often anywhere
)

// utterances cleans what the engine wrote for one segment. doubtful tells that it stuttered or wrote more than was said, so that
// another try may do better.
func utterances(lines []line, audio speech.Audio) (out []speech.Utterance, doubtful bool) {
	var texts []string
	for _, l := range lines {
		if text := strings.TrimSpace(l.Text); text != "" {
			texts = append(texts, text)
		}
	}
	written := strings.Join(texts, " ")
	text := speech.Unstutter(strings.Join(shortened(strings.Fields(written)), " "))
	doubtful = text != strings.Join(strings.Fields(written), " ") || repeatsItself(text) || tooMuch(text, audio)
	if text == "" || invented(text, audio) {
		return nil, doubtful
	}
	sure := confidence(text, audio, lines[0].Sure)
	if doubtful {
		sure /= 2
	}
	return []speech.Utterance{{Start: 0, End: audio.Seconds(), Text: text, Confidence: sure}}, doubtful
}

// tooMuch tells whether nobody can speak so fast.
func tooMuch(text string, audio speech.Audio) bool {
	return float64(len(strings.Fields(text))) > audio.Seconds()*wordsPerSecond+wordsAllowance
}

// shortened cuts words in which one to four letters come again and again; they stay once.
func shortened(words []string) []string {
	for i, w := range words {
		letters := []rune(w)
		for n := 1; n <= 4; n++ {
			for at := 0; at+n*letterRepeats <= len(letters); at++ {
				count := 1
				for end := at + n; end+n <= len(letters) && slices.Equal(letters[at:at+n], letters[end:end+n]); end += n {
					count++
				}
				if count >= letterRepeats && !unicode.IsDigit(letters[at]) {
					letters = append(letters[:at+n:at+n], letters[at+n*count:]...)
				}
			}
		}
		words[i] = string(letters)
	}
	return words
}

// repeatsItself tells whether five words in a row come three times.
func repeatsItself(text string) bool {
	words, seen := strings.Fields(strings.ToLower(text)), map[string]int{}
	for at := 0; at+phrase <= len(words); at++ {
		key := strings.Join(words[at:at+phrase], " ")
		if seen[key]++; seen[key] >= phraseRepeats {
			return true
		}
	}
	return false
}

func invented(text string, audio speech.Audio) bool {
	if tooMuch(text, audio) {
		return true
	}
	plain := strings.Trim(strings.ToLower(text), " .,!?")
	return stockPhrases[plain] && (audio.Seconds() < burstSeconds || decibel(audio) < burstLevel)
}

func decibel(audio speech.Audio) float64 {
	sum := 1e-12
	for _, v := range audio {
		sum += float64(v) * float64(v)
	}
	return 10 * math.Log10(sum/float64(max(1, len(audio))))
}
