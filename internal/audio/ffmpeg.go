package audio

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
	if info, err := os.Stat(own); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
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

// containers that ffmpeg may open: those that hold sound themselves. Playlists and scripts would let a hostile file name
// other files of this machine.
const containers = "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,eac3,flac,flv,g722,g723_1,g726,g729,gsm,ircam,loas,matroska,webm,mov,mp4,m4a,3gp,mp3,mpeg,mpegts," +
	"nistsphere,ogg,qcp,sox,tta,voc,w64,wav,wv,xwma"

// headerless names the demuxer of formats that say nothing about themselves.
var headerless = map[string][]string{"gsm": {"-f", "gsm"}, "g722": {"-f", "g722"}}

// stderrLimit is how much of what ffmpeg says is kept, in bytes.
const stderrLimit = 64 << 10

// ffmpeg decodes what is not decoded here, in a process of its own with fixed arguments: the one file and no network, a
// time-out, and a cap on what it may give. It keeps the source's rate and channels; resampling is ours.
func (t Tools) ffmpeg(ctx context.Context, path, format string, limits Limits) (*intake, error) {
	if t.FFmpeg == "" {
		return nil, domain.Errorf(domain.KindInvalid, string(domain.DecoderMissing), "this recording (%s) needs ffmpeg, which is not installed: %s", format, FFmpegHint)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(ctx, t.FFmpeg, arguments(full, format, limits)...)
	ownGroup(cmd)
	said := &capped{limit: stderrLimit}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, &domain.Error{Kind: domain.KindInvalid, Code: string(domain.DecoderMissing), Message: "ffmpeg could not be started; " + FFmpegHint, Err: err}
	}
	in, readErr := parseWAV(ctx, out, 0, limits)
	if readErr != nil {
		stop() // it may be waiting for somebody to read
	}
	waitErr := cmd.Wait()
	return result(in, readErr, waitErr, said.kept.String())
}

// inPlace fills what was not sent (silence in AMR, lost packets in WebM) by the times of the packets; without, all that
// follows would be heard too early.
const inPlace = "aresample=async=1:first_pts=0"

func arguments(path, format string, limits Limits) []string {
	args := []string{"-nostdin", "-hide_banner", "-v", "error", "-threads", "1", "-protocol_whitelist", "file,pipe", "-format_whitelist", containers}
	args = append(args, headerless[format]...)
	return append(args, "-i", "file:"+path, "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1",
		"-af", inPlace, "-t", strconv.Itoa(int(limits.MaxSeconds)+2), "-c:a", "pcm_f32le", "-f", "wav", "-")
}

// ownGroup makes the program leave with all that it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.Env = []string{"LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
}

// result prefers sound to complaints: the end of a cut file is one.
func result(in *intake, readErr, waitErr error, said string) (*intake, error) {
	if domain.CodeOf(readErr) == string(domain.RecordingTooLarge) {
		return nil, readErr
	}
	if readErr == nil && in.frames > 0 {
		if killed(waitErr) {
			return nil, &domain.Error{Kind: domain.KindTemporary, Code: "decoder_stopped", Message: "ffmpeg was stopped while it decoded the recording", Err: waitErr}
		}
		return in, nil
	}
	return nil, unreadable(ffmpegReason(said))
}

// killed tells whether the system ended the program, for want of memory perhaps.
func killed(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() < 0
}

// ffmpegReason says in plain words why ffmpeg gave no sound.
func ffmpegReason(said string) string {
	has := func(s string) bool { return strings.Contains(said, s) }
	switch {
	case has("matches no streams"), has("does not contain any stream"):
		return "it has no sound in it"
	case has("moov atom not found"):
		return "it is cut off before its table of contents (no moov atom)"
	case has("Format not on whitelist"):
		return "it is a playlist or another format that holds no sound itself"
	case has("Decoder not found"), has("Unknown decoder"), has("not currently supported in container"), has("could not find codec parameters"), has("Decoder (codec none) not found"):
		return "its codec is not known"
	case has("Invalid data found"), has("Error opening input"):
		return "it is damaged, or not a kind of recording that is known"
	default:
		return "it has no sound in it"
	}
}

// capped keeps the first bytes written to it.
type capped struct {
	kept  bytes.Buffer // not embedded: its ReadFrom knows no limit
	limit int
}

// Write never fails, so that a talkative program is not stopped.
func (c *capped) Write(p []byte) (int, error) {
	c.kept.Write(p[:min(len(p), max(0, c.limit-c.kept.Len()))])
	return len(p), nil
}
