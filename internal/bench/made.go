package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"earshot/internal/app"
	"earshot/internal/audio"
	"earshot/internal/bench/wer"
	"earshot/internal/domain"
)

// made are sounds of a telephone line that hold no speech, a minute of each.
func made() map[string][]float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	out := map[string][]float32{}
	for name, at := range map[string]func(t float64) float64{
		"silence":     func(float64) float64 { return 0 },
		"noise":       func(float64) float64 { return 0.05 * rng.NormFloat64() },
		"hum":         func(t float64) float64 { return 0.1 * (tone(50, t) + tone(150, t)/2) },
		"dial tone":   func(t float64) float64 { return 0.1 * (tone(350, t) + tone(440, t)) },
		"busy tone":   func(t float64) float64 { return 0.1 * during(t, 1, 0.5) * (tone(480, t) + tone(620, t)) },
		"ringback":    func(t float64) float64 { return 0.1 * during(t, 6, 2) * (tone(440, t) + tone(480, t)) },
		"key presses": func(t float64) float64 { return 0.2 * during(t, 0.4, 0.15) * key(t) },
		"beeps":       func(t float64) float64 { return 0.2 * during(t, 5, 0.5) * tone(1400, t) },
		"hold music":  music,
		"breath":      func(t float64) float64 { return 0.02 * rng.NormFloat64() * math.Max(0, tone(0.3, t)) },
	} {
		samples := make([]float32, 60*audio.SampleRate)
		for i := range samples {
			samples[i] = float32(at(float64(i) / audio.SampleRate))
		}
		out[name] = samples
	}
	return out
}

func tone(hz, t float64) float64 { return math.Sin(2 * math.Pi * hz * t) }

// during is 1 in the first part of each period.
func during(t, period, part float64) float64 {
	if math.Mod(t, period) < part {
		return 1
	}
	return 0
}

// key is the tone of a key, another one each 0.4 s (ITU-T Q.23).
func key(t float64) float64 {
	n := int(t/0.4) * 7
	return tone([]float64{697, 770, 852, 941}[n%4], t) + tone([]float64{1209, 1336, 1477}[n%3], t)
}

// music is a slow tune of plucked notes over chords.
func music(t float64) float64 {
	chord := [][]float64{{262, 330, 392}, {220, 262, 330}, {175, 220, 262}, {196, 247, 294}}[int(t/2)%4]
	sum := 0.0
	for _, hz := range chord {
		sum += 0.04 * tone(hz, t)
	}
	beat := math.Mod(t, 0.5)
	note := chord[int(t/0.5)%3] * 2
	for k := 1.0; k <= 4; k++ {
		sum += 0.15 / k * tone(note*k, t) * math.Exp(-4*beat*k)
	}
	return sum
}

// write makes a file of channels; the caller removes it.
func write(channels ...[]float32) (string, error) {
	f, err := os.CreateTemp("", "bench-*.wav")
	if err != nil {
		return "", err
	}
	defer f.Close()
	return f.Name(), audio.WriteJoined(f, []*audio.Sound{audio.NewSound(channels...)})
}

func (b *bench) transcribeMade(ctx context.Context, channels ...[]float32) (domain.Transcript, error) {
	path, err := write(channels...)
	if err != nil {
		return domain.Transcript{}, err
	}
	defer func() { _ = os.Remove(path) }() // in the temporary folder
	return b.transcribe(ctx, path)
}

// turnsOf is how many clips make the conversation.
const turnsOf = 30

// dialogue lays clips of two readers on two channels, one after the other, each leaking to the other side by so many dB and
// 40 ms later, through a telephone line. texts are what each side says.
func (b *bench) dialogue(ctx context.Context, leak float64) (path string, texts [2]string, err error) {
	clips, err := b.clips()
	if err != nil {
		return "", texts, err
	}
	gain, delay := float32(math.Pow(10, leak/20)), audio.SampleRate/25
	channels := make([][]float32, 2)
	for i, c := range clips[:min(turnsOf, len(clips))] {
		sound, err := audio.Decode(ctx, filepath.Join(b.data, "speech", filepath.Base(c.File)), app.Tools(b.cfg), audio.Limits{})
		if err != nil {
			return "", texts, err
		}
		said := append(make([]float32, audio.SampleRate/2), sound.Channels[0].Slice(0, sound.Channels[0].Len())...)
		echo := make([]float32, len(said))
		for j := delay; j < len(said); j++ {
			echo[j] = gain * said[j-delay]
		}
		channels[i%2] = append(channels[i%2], said...)
		channels[1-i%2] = append(channels[1-i%2], echo...)
		texts[i%2] += " " + c.Text
	}
	wide, err := write(channels...)
	if err != nil {
		return "", texts, err
	}
	defer func() { _ = os.Remove(wide) }() // in the temporary folder
	path, err = telephone(ctx, app.Tools(b.cfg), wide)
	return path, texts, err
}

// sides scores what is said by whom on two channels, by the words of each side.
func (b *bench) sides(ctx context.Context, leak float64) (wer.Score, error) {
	path, texts, err := b.dialogue(ctx, leak)
	if err != nil {
		return wer.Score{}, err
	}
	defer func() { _ = os.Remove(path) }() // in the temporary folder
	t, err := b.transcribe(ctx, path)
	if err != nil {
		return wer.Score{}, err
	}
	var heard [2]string
	for _, l := range t.Lines {
		heard[l.Channel] += " " + l.Text
	}
	var score wer.Score
	score.Add(texts[0], heard[0])
	score.Add(texts[1], heard[1])
	return score, nil
}

func (b *bench) stereo(ctx context.Context) error {
	fmt.Fprintf(&b.report, "\n## Who said what on two channels\n\nClips laid on two channels in turn, 8 kHz mu-law, each side leaking to the other. Speaker-attributed WER counts a word on the wrong side as two errors:\n\n| cross-talk | WER by speaker |\n|---|---|\n")
	for _, leak := range []float64{-90, -30, -20, -10} {
		score, err := b.sides(ctx, leak)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b.report, "| %.0f dB | %.1f %% of %d words |\n", leak, 100*score.Rate(), score.Words)
	}
	return nil
}
