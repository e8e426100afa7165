package remote

import (
	"io"
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/speech"
)

func TestMayDial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ip      string
		scheme  string
		private bool
		want    bool
	}{
		{"8.8.8.8", "https", false, true}, {"8.8.8.8", "https", true, true}, {"8.8.8.8", "http", true, false},
		{"10.0.0.1", "https", false, false}, {"10.0.0.1", "http", true, true}, {"192.168.1.1", "http", true, true}, {"127.0.0.1", "http", true, true},
		{"127.0.0.1", "https", false, false}, {"::1", "https", false, false}, {"::1", "http", true, true}, {"::ffff:10.0.0.1", "https", false, false},
		{"100.64.0.1", "https", false, false}, {"100.64.0.1", "http", true, true}, {"fd00::1", "https", false, false}, {"fd00::1", "http", true, true},
		{"169.254.169.254", "http", true, false}, {"169.254.169.254", "https", true, false}, {"fe80::1", "http", true, false}, {"0.0.0.0", "http", true, false},
		{"224.0.0.1", "https", true, false}, {"64:ff9b::a00:1", "https", true, false}, {"2002:a00:1::", "https", true, false},
	} {
		err := mayDial(netip.AddrPortFrom(netip.MustParseAddr(c.ip), 443).String(), c.scheme, c.private)
		if (err == nil) != c.want {
			t.Errorf("%s by %s, private %v: %v", c.ip, c.scheme, c.private, err)
		}
	}
}

func TestWAVThereAndBack(t *testing.T) {
	t.Parallel()
	in := []speech.Audio{make(speech.Audio, 10_001), make(speech.Audio, 9_000)}
	for i := range in[0] {
		in[0][i] = float32(math.Sin(float64(i) / 7))
	}
	in[1][5], in[1][6], in[1][7] = 2, -2, float32(math.NaN())
	w := NewWAV(in...)
	data, err := io.ReadAll(w)
	if err != nil || int64(len(data)) != w.Size() {
		t.Fatalf("%d bytes of %d, %v", len(data), w.Size(), err)
	}
	again, err := io.ReadAll(w.Again())
	if err != nil || string(again) != string(data) {
		t.Errorf("the second time it is another file: %v", err)
	}
	out, err := ReadWAV(data, 1)
	if err != nil || len(out) != 2 || len(out[0]) != 10_001 || len(out[1]) != 10_001 {
		t.Fatalf("%d channels, %v", len(out), err)
	}
	for i := range in[0] {
		if d := math.Abs(float64(in[0][i] - out[0][i])); d > 1e-4 {
			t.Fatalf("sample %d is off by %v", i, d)
		}
	}
	if out[1][5] != 1 || out[1][6] != -1 || out[1][7] != 0 || out[1][10_000] != 0 {
		t.Errorf("beyond full scale: %v", out[1][5:8])
	}
	for name, bad := range map[string][]byte{"cut off": data[:len(data)-1], "empty": nil, "text": []byte(strings.Repeat("x", 100))} {
		if _, err := ReadWAV(bad, 10); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	w := func(text string, start, end float64) Word { return Word{text, start, end, 0.5} }
	got := Lines([]Word{w("Hello", 0, 0.4), w("there.", 0.4, 0.8), w("And", 0.9, 1), w("then", 2.5, 3)})
	want := []speech.Utterance{{Start: 0, End: 0.8, Text: "Hello there.", Confidence: 0.5}, {Start: 0.9, End: 1, Text: "And", Confidence: 0.5}, {Start: 2.5, End: 3, Text: "then", Confidence: 0.5}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
