package audio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"earshot/internal/domain"
)

// Tools are programs of other makers. An empty path means that it is not installed.
type Tools struct{ FFmpeg string }

// FindFFmpeg looks for ffmpeg in the data folder and on the PATH; "" if there is none.
func FindFFmpeg(dataDir string) string {
	own := filepath.Join(dataDir, "bin", "ffmpeg")
	if info, err := os.Stat(own); err == nil && info.Mode()&0o111 != 0 {
		return own
	}
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return ""
	}
	return path
}

// FFmpegHint says how to install it.
const FFmpegHint = "install the package ffmpeg (Debian, Ubuntu: apt-get install ffmpeg; Fedora: dnf install ffmpeg-free; macOS: brew install ffmpeg)"

// rawInput names the demuxer for formats without a header.
var rawInput = map[string][]string{
	"mulaw": {"-f", "mulaw", "-ar", "8000", "-ac", "1"}, "alaw": {"-f", "alaw", "-ar", "8000", "-ac", "1"}, "gsm": {"-f", "gsm"}, "g722": {"-f", "g722"},
}

// ffmpeg decodes what we do not, in a process of its own with fixed arguments: local files only, no network, a time-out, and a
// cap on what it may give. It is run at the source's rate and channels; resampling is ours.
func (t Tools) ffmpeg(ctx context.Context, path, format string, limits Limits) (raw, error) {
	if t.FFmpeg == "" {
		return raw{}, domain.Errorf(domain.KindNotReady, string(domain.DecoderMissing), "this kind of audio (%s) needs ffmpeg, which is not installed; %s", format, FFmpegHint)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return raw{}, err
	}
	args := append([]string{"-nostdin", "-hide_banner", "-v", "info", "-protocol_whitelist", "file,pipe"}, rawInput[format]...)
	args = append(args, "-i", "file:"+full, "-map", "0:a:0", "-vn", "-sn", "-dn", "-t", strconv.FormatFloat(limits.MaxSeconds+1, 'f', 0, 64), "-f", "f32le", "-")
	cmd := exec.CommandContext(ctx, t.FFmpeg, args...)
	cmd.Env = []string{"LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	said := &capped{limit: 64 << 10}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return raw{}, err
	}
	if err := cmd.Start(); err != nil {
		return raw{}, &domain.Error{Kind: domain.KindTemporary, Code: string(domain.DecoderMissing), Message: "ffmpeg could not be started; " + FFmpegHint, Err: err}
	}
	pcm, readErr := io.ReadAll(io.LimitReader(out, limits.MaxBytes*4))
	waitErr := cmd.Wait()
	if ctx.Err() != nil {
		return raw{}, unreadable("it took ffmpeg too long to decode")
	}
	return fromFFmpeg(pcm, said.String(), errors.Join(readErr, waitErr), limits)
}

// capped keeps the first bytes written to it.
type capped struct {
	bytes.Buffer
	limit int
}

// Write never fails, so that a talkative program is not stopped.
func (c *capped) Write(p []byte) (int, error) {
	c.Buffer.Write(p[:min(len(p), max(0, c.limit-c.Len()))])
	return len(p), nil
}

// outputLine finds the stream that ffmpeg says it writes, such as "Stream #0:0: Audio: pcm_f32le, 8000 Hz, stereo, flt".
var outputLine = regexp.MustCompile(`Audio: pcm_f32le[^\n]*?, (\d+) Hz, ([^,\n]+),`)

func fromFFmpeg(pcm []byte, said string, err error, limits Limits) (raw, error) {
	m := outputLine.FindStringSubmatch(said)
	if m == nil || len(pcm) < 4 {
		return raw{}, unreadable(ffmpegReason(said, err))
	}
	rate, _ := strconv.Atoi(m[1]) // digits, by the expression
	if err := checkRate(rate); err != nil {
		return raw{}, err
	}
	count := channelCount(m[2])
	frames := len(pcm) / 4 / count
	if float64(frames) > limits.MaxSeconds*float64(rate) {
		return raw{}, tooLong(limits)
	}
	r := raw{channels: make([][]float32, min(count, keepChannels)), count: count, rate: rate}
	for c := range r.channels {
		r.channels[c] = make([]float32, frames)
		for i := range frames {
			r.channels[c][i] = finite(math.Float32frombits(binary.LittleEndian.Uint32(pcm[4*(i*count+c):])))
		}
	}
	return r, nil
}

// channelCount reads ffmpeg's name of a channel layout.
func channelCount(layout string) int {
	layout, _, _ = strings.Cut(strings.TrimSpace(layout), "(")
	known := map[string]int{"mono": 1, "stereo": 2, "2.1": 3, "3.0": 3, "quad": 4, "4.0": 4, "5.0": 5, "5.1": 6, "6.1": 7, "7.1": 8, "downmix": 2}
	if n, ok := known[strings.TrimSpace(layout)]; ok {
		return n
	}
	var n int
	if _, err := fmt.Sscanf(layout, "%d channels", &n); err == nil && n > 0 && n <= 64 {
		return n
	}
	return 1
}

// ffmpegReason says in plain words why ffmpeg gave no sound.
func ffmpegReason(said string, err error) string {
	switch {
	case strings.Contains(said, "matches no streams"), strings.Contains(said, "does not contain any stream"):
		return "it has no sound in it"
	case strings.Contains(said, "moov atom not found"):
		return "it is cut off before its table of contents (no moov atom)"
	case strings.Contains(said, "Invalid data found"):
		return "it is not a recording that is known, or it is damaged"
	case err != nil:
		return "ffmpeg cannot decode it"
	default:
		return "it has no sound in it"
	}
}
