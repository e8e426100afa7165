package audio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"earshot/internal/domain"
)

// program writes a stand-in for ffmpeg, and a file that is left to it.
func program(t *testing.T, script string) (Tools, string) {
	t.Helper()
	dir := t.TempDir()
	path, file := filepath.Join(dir, "ffmpeg"), filepath.Join(dir, "call.mp3")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	return Tools{FFmpeg: path}, file
}

// sound for the stand-ins: a header of a stream at 8 kHz mu-law, by printf.
const header = `printf 'RIFF\377\377\377\377WAVEfmt \020\0\0\0\007\0\001\0\100\037\0\0\100\037\0\0\001\0\010\0data\377\377\377\377'; `

func TestWithoutFFmpegTheMessageNamesThePackage(t *testing.T) {
	t.Parallel()
	tools, file := program(t, "exit 1")
	for _, tools := range []Tools{{}, {FFmpeg: tools.FFmpeg + ".missing"}} {
		_, err := Decode(context.Background(), file, tools, Limits{})
		if domain.CodeOf(err) != string(domain.DecoderMissing) || !domain.IsKind(err, domain.KindInvalid) || !strings.Contains(domain.MessageOf(err), "install the package ffmpeg") {
			t.Errorf("%+v: %v", tools, err)
		}
	}
}

func TestFFmpegThatHangsIsEnded(t *testing.T) {
	t.Parallel()
	tools, file := program(t, "sleep 600 & sleep 600")
	_, err := Decode(context.Background(), file, tools, Limits{Timeout: 200 * time.Millisecond})
	if domain.CodeOf(err) != string(domain.RecordingUnreadable) || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("err = %v", err)
	}
}

func TestCancelledDecodingIsNoFaultOfTheRecording(t *testing.T) {
	t.Parallel()
	tools, file := program(t, header+"sleep 600")
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := Decode(ctx, file, tools, Limits{})
	if !errors.Is(err, context.DeadlineExceeded) || domain.KindOf(err) != domain.KindTemporary {
		t.Errorf("err = %v", err)
	}
}

func TestFFmpegThatNeverEndsGivesUpAtTheLimit(t *testing.T) {
	t.Parallel()
	tools, file := program(t, header+"exec cat /dev/zero")
	_, err := Decode(context.Background(), file, tools, Limits{MaxSeconds: 60, Timeout: time.Minute})
	if domain.CodeOf(err) != string(domain.RecordingTooLarge) {
		t.Errorf("err = %v", err)
	}
}

func TestFFmpegThatTalksWithoutEndIsRead(t *testing.T) {
	t.Parallel()
	tools, file := program(t, header+"head -c 16000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 1")
	if s := decode(t, file, tools); s.Duration != 2 || s.Format != "mp3" {
		t.Errorf("%s of %.2f s", s.Format, s.Duration)
	}
}

func TestFFmpegThatIsKilledIsTriedAgain(t *testing.T) {
	t.Parallel()
	tools, file := program(t, header+"head -c 16000 /dev/zero; kill -9 $$")
	if _, err := Decode(context.Background(), file, tools, Limits{}); !domain.IsKind(err, domain.KindTemporary) {
		t.Errorf("err = %v", err)
	}
}

func TestFindFFmpegPrefersTheDataFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := filepath.Join(dir, "bin", "ffmpeg")
	if err := os.MkdirAll(own, 0o755); err != nil { // a folder of that name is no program
		t.Fatal(err)
	}
	if got := FindFFmpeg(dir); got == own {
		t.Error("a folder was taken for a program")
	}
	if err := errors.Join(os.Remove(own), os.WriteFile(own, []byte("#!/bin/sh\n"), 0o755)); err != nil {
		t.Fatal(err)
	}
	if got := FindFFmpeg(dir); got != own {
		t.Errorf("found %q", got)
	}
}

// A hostile recording may be a script that names another customer's recording.
func TestScriptsAndPlaylistsOpenNoOtherFile(t *testing.T) {
	t.Parallel()
	tool, dir := tools(t), t.TempDir()
	secret := wavHeader{tag: waveMuLaw, channels: 1, bits: 8, rate: 8000}.file(make([]byte, 16000))
	if err := os.WriteFile(filepath.Join(dir, "secret.wav"), secret, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{
		"concat.mp3": "ffconcat version 1.0\nfile secret.wav\n", "bytes.mp3": "ffconcat version 1.0\nfile secret.wav\n\x00\x01\x02",
		"list.mp3": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsecret.wav\n#EXT-X-ENDLIST\n", "list.gsm": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsecret.wav\n#EXT-X-ENDLIST\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := Decode(context.Background(), path, tool, Limits{}); domain.CodeOf(err) != string(domain.RecordingUnreadable) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fifo := filepath.Join(dir, "call.wav")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	for path, code := range map[string]string{dir: "recording_unreadable", fifo: "recording_unreadable", filepath.Join(dir, "none.wav"): "file_not_found"} {
		if _, err := Decode(context.Background(), path, Tools{}, Limits{}); domain.CodeOf(err) != code {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	big := filepath.Join(dir, "big.wav")
	if err := os.WriteFile(big, make([]byte, 2000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(context.Background(), big, Tools{}, Limits{MaxBytes: 1000}); !domain.IsKind(err, domain.KindTooLarge) {
		t.Errorf("too big: %v", err)
	}
}
