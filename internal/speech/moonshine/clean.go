package moonshine

import (
	"math"
	"strings"

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
	repeats        = 4 // the same few words so often in a row are the engine's stutter
)

// utterances cleans what the engine wrote for one segment.
func utterances(lines []line, audio speech.Audio) []speech.Utterance {
	var texts []string
	for _, l := range lines {
		if text := strings.TrimSpace(l.Text); text != "" {
			texts = append(texts, text)
		}
	}
	text := unstutter(strings.Join(texts, " "))
	if text == "" || invented(text, audio) {
		return nil
	}
	return []speech.Utterance{{Start: 0, End: audio.Seconds(), Text: text}}
}

func invented(text string, audio speech.Audio) bool {
	words := strings.Fields(text)
	if float64(len(words)) > audio.Seconds()*wordsPerSecond+wordsAllowance {
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

// unstutter cuts a text where one to six words come again and again until the end; the first time stays.
func unstutter(text string) string {
	words := strings.Fields(text)
	for n := 1; n <= 6; n++ {
		for at := 0; at+n*repeats <= len(words); at++ {
			if count := runs(words[at:], n); count >= repeats && at+n*count >= len(words)-n {
				return strings.Join(words[:at+n], " ")
			}
		}
	}
	return text
}

// runs counts how often the first n words come in a row.
func runs(words []string, n int) int {
	count := 1
	for at := n; at+n <= len(words); at += n {
		for i := range n {
			if !strings.EqualFold(words[i], words[at+i]) {
				return count
			}
		}
		count++
	}
	return count
}
