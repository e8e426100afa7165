package moonshine

import (
	"fmt"
	"os"
	"path/filepath"
)

// writer runs the two networks of a Moonshine model that does not stream (arXiv:2410.15608): one encodes the sound, the other tells which
// token comes next. The library does the same, but follows only the likeliest token.
type writer struct {
	*runtimeORT
	encoder, decoder       *network
	tokens                 tokenizer
	past                   []string // inputs of the decoder: keys and values of each layer
	stateAt, crossAt       []int    // places in past of what grows with the text, and of what depends on the sound alone
	stateNames, crossNames []string // outputs that give them
	heads, headValues      int64
}

// tokensPerSecond is how long a text may get: fast speech and digits take about six.
const tokensPerSecond = 10

func loadWriter(ort *runtimeORT, dir string) (*writer, error) {
	file, err := os.ReadFile(filepath.Join(dir, "tokenizer.bin"))
	if err != nil {
		return nil, fmt.Errorf("load the speech model: %w", err)
	}
	w := &writer{runtimeORT: ort}
	if w.tokens, err = readTokenizer(file); err != nil {
		return nil, fmt.Errorf("load the speech model: %w", err)
	}
	if w.encoder, err = ort.loadFile(filepath.Join(dir, "encoder_model.ort"), "input_values", "attention_mask"); err != nil {
		return nil, err
	}
	if w.decoder, err = ort.loadFile(filepath.Join(dir, "decoder_model_merged.ort"), "encoder_attention_mask", "input_ids", "encoder_hidden_states"); err != nil {
		return nil, err
	}
	if err := w.measure(); err != nil {
		return nil, err
	}
	return w, nil
}

// layerParts are the inputs of a layer.
var layerParts = [...]string{"decoder.key", "decoder.value", "encoder.key", "encoder.value"}

// measure finds the number of layers and the size of their states, and names what goes in and out.
func (w *writer) measure() error {
	count, err := w.decoder.countInputs()
	if err != nil {
		return err
	}
	own := len(w.decoder.inputs)
	shape, err := w.decoder.inputShape(own)
	if err != nil {
		return err
	}
	if len(shape) != 4 {
		return fmt.Errorf("load the speech model: a decoder with states of %v", shape)
	}
	w.heads, w.headValues = shape[1], shape[3]
	for layer := range (count - own - 1) / len(layerParts) {
		for i, part := range layerParts {
			at, output := len(w.past), fmt.Sprintf("present.%d.%s", layer, part)
			w.past = append(w.past, fmt.Sprintf("past_key_values.%d.%s", layer, part))
			if i < 2 {
				w.stateAt, w.stateNames = append(w.stateAt, at), append(w.stateNames, output)
			} else {
				w.crossAt, w.crossNames = append(w.crossAt, at), append(w.crossNames, output)
			}
		}
	}
	w.decoder.inputs = append(append(w.decoder.inputs, w.past...), "use_cache_branch")
	return nil
}

// write gives the likeliest text of a segment, and the mean logarithm of the probability of its tokens.
func (w *writer) write(pcm []float32) (text string, sure float64, err error) {
	s := &segment{writer: w}
	defer s.release()
	if err := s.encode(pcm); err != nil {
		return "", 0, err
	}
	best, err := beamSearch(beamWidth, int(float64(len(pcm))/sampleRate*tokensPerSecond)+2, s.next)
	if err != nil {
		return "", 0, err
	}
	return w.tokens.text(best.tokens), best.sum / float64(max(1, len(best.tokens))), nil
}
