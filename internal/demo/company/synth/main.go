// Command synth makes the recordings of the demo's calls from their scripts, with Debian's flite (voices rms and kal16) and ffmpeg.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"earshot/internal/demo/company"
)

// rate of flite's voices; recordings are at 8 kHz, as telephones are.
const (
	rate     = 16000
	turn     = 700 * time.Millisecond // between two cues
	overtalk = 1500 * time.Millisecond
)

var voices = map[string]string{"agent": "rms", "customer": "kal16"}

func main() {
	dir := filepath.Join("internal", "demo", "company", "calls")
	if err := makeAll(dir); err != nil {
		log.Fatal(err)
	}
}

// makeAll writes the recordings and their lengths. The program's first build needs a list of lengths, which may be empty.
func makeAll(dir string) error {
	c, err := company.Load()
	if err != nil {
		return err
	}
	durations := map[string]float64{}
	for _, call := range c.Calls {
		if call.AudioFile == "" {
			continue
		}
		sides, err := speak(call)
		if err != nil {
			return fmt.Errorf("%s: %w", call.Slug, err)
		}
		if call.AgentRight {
			sides[0], sides[1] = sides[1], sides[0]
		}
		if err := encode(filepath.Join(dir, call.AudioFile), sides, call.Channels); err != nil {
			return fmt.Errorf("%s: %w", call.Slug, err)
		}
		durations[call.Slug] = math.Round(float64(len(sides[0]))/rate*10) / 10
		fmt.Printf("%-20s %5.1f s\n", call.Slug, durations[call.Slug])
	}
	text, err := json.MarshalIndent(durations, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "durations.json"), append(text, '\n'), 0o644)
}

// speak lays the cues out in time: agent on the first side, customer on the second.
func speak(call company.Call) (sides [2][]int16, err error) {
	at, last := samples(700*time.Millisecond), 0
	for _, cue := range call.Script {
		switch cue.Do {
		case "pause", "hold":
			at += samples(cue.For)
			continue
		case "overtalk": // the next cue begins before the last has ended
			at = max(last, at-samples(overtalk)-samples(turn))
			continue
		}
		voice, err := say(voices[cue.Speaker], cue.Text)
		if err != nil {
			return sides, err
		}
		side := 0
		if cue.Speaker == "customer" {
			side = 1
		}
		last = at
		sides[side] = mix(sides[side], voice, at)
		at = max(at, len(sides[0]), len(sides[1])) + samples(turn)
	}
	end := at + samples(500*time.Millisecond)
	for i := range sides {
		sides[i] = append(sides[i], make([]int16, end-len(sides[i]))...)
	}
	return sides, nil
}

func samples(d time.Duration) int { return int(d.Seconds() * rate) }

func mix(track, voice []int16, at int) []int16 {
	if missing := at + len(voice) - len(track); missing > 0 {
		track = append(track, make([]int16, missing)...)
	}
	for i, v := range voice {
		track[at+i] += v
	}
	return track
}

// say gives one sentence in a voice.
func say(voice, text string) ([]int16, error) {
	file, err := os.CreateTemp("", "synth-*.wav")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	file.Close()
	if out, err := exec.Command("flite", "-voice", voice, "-t", text, "-o", file.Name()).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("flite: %w: %s", err, out)
	}
	pcm, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-i", file.Name(), "-ac", "1", "-ar", fmt.Sprint(rate), "-f", "s16le", "-").Output()
	if err != nil {
		return nil, fmt.Errorf("ffmpeg: %w", err)
	}
	out := make([]int16, len(pcm)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(pcm[2*i:])) / 2
	}
	return out, nil
}

// encode writes MP3 at 8 kHz, as Aircall serves recordings.
func encode(path string, sides [2][]int16, channels int) error {
	raw := make([]byte, 0, 4*len(sides[0]))
	for i := range sides[0] {
		if channels == 1 {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(sides[0][i]+sides[1][i]))
			continue
		}
		raw = binary.LittleEndian.AppendUint16(raw, uint16(sides[0][i]))
		raw = binary.LittleEndian.AppendUint16(raw, uint16(sides[1][i]))
	}
	kbps := map[int]string{1: "24k", 2: "40k"}[channels]
	cmd := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "s16le", "-ar", fmt.Sprint(rate), "-ac", fmt.Sprint(channels), "-i", "-",
		"-ar", "8000", "-codec:a", "libmp3lame", "-b:a", kbps, "-joint_stereo", "0", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", path)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	if _, err := in.Write(raw); err != nil {
		return err
	}
	if err := in.Close(); err != nil {
		return err
	}
	return cmd.Wait()
}
