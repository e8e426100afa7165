package audio

import (
	"strings"
	"testing"

	"earshot/internal/domain"
)

func TestSniff(t *testing.T) {
	t.Parallel()
	quiet := strings.Repeat("\xff\xfb\x7e\xfe", 100) // mu-law that starts like MP3
	for _, c := range []struct{ name, head, ext, want string }{
		{"wav", "RIFF\x00\x00\x00\x00WAVEfmt ", ".mp3", "wav"},
		{"cut wav", "RIFF\x00", ".wav", "wav"},
		{"broadcast wav", "BW64\x00\x00\x00\x00WAVEfmt ", "", "wav"},
		{"flac", "fLaC\x00\x00\x00\x22", ".wav", "flac"},
		{"opus", "OggS\x00\x02" + strings.Repeat("\x00", 20) + "\x01\x13OpusHead\x01", ".ogg", "opus"},
		{"au", ".snd\x00\x00\x00\x18", ".ulaw", "au"},
		{"mp3 with a tag", "ID3\x03\x00\x00\x00\x00\x00\x00", ".wav", "mp3"},
		{"amr", "#!AMR\n\x04\x00", "", "amr"},
		{"mu-law", quiet, ".ulaw", "mulaw"},
		{"the same without its name", quiet, ".bin", "mp3"},
		{"A-law", strings.Repeat("\xd5\x55\x54\xd4", 100), ".al", "alaw"},
		{"mp3 named mu-law", "ID3\x03\x00\x00\x00\x00\x00\x00", ".ulaw", "mp3"},
		{"who knows", "\x01\x02\x03\x04", ".wav", "unknown"},
	} {
		if got, err := sniffHead([]byte(c.head), c.ext); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct{ head, ext, why string }{
		{"\n<!DOCTYPE html><html><body>Not found</body></html>", ".wav", "web page"},
		{"<html><head><title>503</title>", ".ulaw", "web page"},
		{`{"error": {"code": 404}}`, ".mp3", "JSON"},
		{`<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`, ".gsm", "XML"},
		{"Too many requests, come back later", ".ulaw", "text"},
		{"%PDF-1.7\n", ".wav", "application/pdf"},
		{"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ".mp3", "image/png"},
		{"PK\x03\x04\x14\x00\x00\x00", ".mp3", "application/zip"},
	} {
		_, err := sniffHead([]byte(c.head), c.ext)
		if domain.CodeOf(err) != string(domain.RecordingUnreadable) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v, want %q", c.head, err, c.why)
		}
	}
}
