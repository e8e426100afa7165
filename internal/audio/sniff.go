package audio

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"earshot/internal/domain"
)

// rawExtensions are formats without a header, known by their name alone.
var rawExtensions = map[string]string{
	".ulaw": "mulaw", ".ul": "mulaw", ".mulaw": "mulaw", ".pcmu": "mulaw", ".alaw": "alaw", ".al": "alaw", ".pcma": "alaw", ".gsm": "gsm", ".g722": "g722",
}

// sniff tells the format by content; by name only for formats without a header.
func sniff(path string, limits Limits) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", domain.Errorf(domain.KindNotFound, "file_not_found", "the file cannot be opened: %v", errors.Unwrap(err))
	case info.IsDir():
		return "", unreadable("it is a folder")
	case !info.Mode().IsRegular():
		return "", unreadable("it is not a file")
	case info.Size() == 0:
		return "", unreadable("the file is empty")
	case info.Size() > limits.MaxBytes:
		return "", domain.Errorf(domain.KindTooLarge, string(domain.RecordingTooLarge), "the recording has %d MB; at most %d MB are taken", info.Size()>>20, limits.MaxBytes>>20)
	}
	head, err := readHead(path)
	if err != nil {
		return "", unreadable(plain(err))
	}
	return sniffHead(head, strings.ToLower(filepath.Ext(path)))
}

// plain is the cause of an error of the file system, without the path.
func plain(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}

func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

func sniffHead(head []byte, ext string) (string, error) {
	if format := magic(head); format != "" {
		return format, nil
	}
	found := mimetype.Detect(head)
	// The sound of a headerless format may look like text in some old alphabet or like the few bits that start MP3 and AAC.
	if raw, ok := rawExtensions[ext]; ok && (isUnknown(found) || found.Is("text/plain") && !ascii(head) || head[0] == 0xff) {
		return raw, nil
	}
	if err := notSound(found); err != nil {
		return "", err
	}
	if isUnknown(found) {
		return "unknown", nil // ffmpeg may know it
	}
	return strings.TrimPrefix(found.Extension(), "."), nil
}

// magic knows the containers that are read here.
func magic(head []byte) string {
	riff := bytes.HasPrefix(head, []byte("RIFF")) || bytes.HasPrefix(head, []byte("RF64")) || bytes.HasPrefix(head, []byte("BW64"))
	switch {
	case riff && (len(head) < 12 || string(head[8:12]) == "WAVE"):
		return "wav"
	case bytes.HasPrefix(head, []byte(".snd")):
		return "au"
	case bytes.HasPrefix(head, []byte("fLaC")):
		return "flac"
	case bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head[:min(len(head), 64)], []byte("OpusHead")):
		return "opus"
	default:
		return ""
	}
}

func isUnknown(m *mimetype.MIME) bool { return m.Is("application/octet-stream") }

func ascii(head []byte) bool {
	return !slices.ContainsFunc(head, func(b byte) bool { return b >= 0x80 })
}

// notSound refuses what is known to be something else. Error pages of providers come under the name of a recording.
func notSound(found *mimetype.MIME) error {
	var kinds []string
	for m := found; m != nil; m = m.Parent() {
		kind, _, _ := strings.Cut(m.String(), ";")
		kinds = append(kinds, kind)
	}
	is := func(kind string) bool { return slices.Contains(kinds, kind) }
	switch top, _, _ := strings.Cut(kinds[0], "/"); {
	case is("text/html"):
		return unreadable("the file is a web page, not a recording; the provider may have sent an error page")
	case is("application/json"):
		return unreadable("the file is a JSON message, not a recording; the provider may have sent an error")
	case is("text/xml"):
		return unreadable("the file is an XML message, not a recording; the provider may have sent an error")
	case is("text/plain"):
		return unreadable("the file is text, not a recording")
	case top == "audio", top == "video", is("application/ogg"), kinds[0] == "application/octet-stream", strings.Contains(kinds[0], "realmedia"):
		return nil
	default:
		return unreadable("the file is of type " + kinds[0] + ", not a recording")
	}
}
