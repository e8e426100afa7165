package transcript

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
)

const processed = `{"file":"x.wav","started_at":"2026-11-23T09:30:00-05:00","duration":245.4,"channels":2,"layout":"stereo","engine":{"name":"moonshine","model":"tiny-en"},"language":"en",
"transcript":[{"id":2,"speaker":"agent","channel":0,"start":1.23,"end":4.5,"text":"Hello."},{"id":5,"speaker":"customer","channel":1,"start":5,"end":6,"text":" Hi. "}],
"insights":{"summary":[]},"timings":{"total":6.6}}`

const webVTT = "\uFEFFWEBVTT - a call\r\n\r\nNOTE made by hand\r\nAgent: not said\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n1\r\n00:01.000 --> 00:03.500 align:start\r\n<v.loud Agent Smith>Hello &amp; <i>welcome</i>.</v>\r\n\r\n" +
	"01:00:04.000 --> 01:00:06.000\r\n<v Bob>Hi.</v>\r\n<v Agent Smith>Yes?\r\n"

const subRip = "1\n00:00:01,000 --> 00:00:02,000\nCaller: I have a question:\nwhere is it?\n\n2\n00:00:03,000 --> 00:00:04,000\nRep: {\\an8}<b>Here.</b>\n\n3\n00:00:04,000 --> 00:00:05,000\n- It is here.\n"

const labelled = "**Customer Service Call Transcript**\n\n**Agent:** Hello.\n\n**Customer:** Hi, I need\nhelp.\n\n**Agent:** Sure: with what?\n"

func line(id int, s domain.Speaker, start, end float64, text string) domain.Line {
	return domain.Line{ID: id, Speaker: s, Start: start, End: end, Text: text}
}

func TestRead(t *testing.T) {
	t.Parallel()
	stereo := []domain.Line{line(2, "agent", 1.23, 4.5, "Hello."), line(5, "customer", 5, 6, "Hi.")}
	stereo[1].Channel = 1
	for _, c := range []struct {
		name, data string
		want       []domain.Line
	}{
		{"a.json", processed, stereo},
		{"lines.json", `{"transcript":[{"speaker":"Caller","text":"b"},{"speaker":"Ann","text":"a"}]}`, []domain.Line{line(1, "customer", 0, 0, "b"), line(2, "agent", 0, 0, "a")}},
		{"order.json", `{"transcript":[{"id":1,"speaker":"agent","start":5,"end":4,"text":"b"},{"id":1,"speaker":"agent","start":1,"end":2,"text":"a"}]}`, []domain.Line{line(1, "agent", 1, 2, "a"), line(2, "agent", 5, 5, "b")}},
		{"none.json", `{"transcript":[]}`, nil},
		{"a.vtt", webVTT, []domain.Line{line(1, "speaker_1", 1, 3.5, "Hello & welcome."), line(2, "speaker_2", 3604, 3604.857, "Hi."), line(3, "speaker_1", 3604.857, 3606, "Yes?")}},
		{"a.srt", subRip, []domain.Line{line(1, "customer", 1, 2, "I have a question: where is it?"), line(2, "agent", 3, 4, "Here."), line(3, "agent", 4, 5, "- It is here.")}},
		{"plain.srt", "00:00:01,000 --> 00:00:02,000\nHello\n", []domain.Line{line(1, "speaker_1", 1, 2, "Hello")}},
		{"a.txt", labelled, []domain.Line{line(1, "agent", 0, 0, "Hello."), line(2, "customer", 0, 0, "Hi, I need help."), line(3, "agent", 0, 0, "Sure: with what?")}},
		{"names.txt", "Mary Jones: Hello.\nBob: Hi.\nMary Jones: Bye.", []domain.Line{line(1, "speaker_1", 0, 0, "Hello."), line(2, "speaker_2", 0, 0, "Hi."), line(3, "speaker_1", 0, 0, "Bye.")}},
		{"roles.txt", "Representative: Hello.\nJohn: Hi.", []domain.Line{line(1, "agent", 0, 0, "Hello."), line(2, "customer", 0, 0, "Hi.")}},
		{"times.txt", "[00:01] Rep: Hello.\n[00:03] Client: Hi.\n[01:00:00] Rep: Bye.", []domain.Line{line(1, "agent", 1, 3, "Hello."), line(2, "customer", 3, 3600, "Hi."), line(3, "agent", 3600, 3600, "Bye.")}},
		{"times2.txt", "Rep (00:01): Hello.\nClient (00:03): Hi.", []domain.Line{line(1, "agent", 1, 3, "Hello."), line(2, "customer", 3, 3, "Hi.")}},
		{"colon.txt", "Agent: Hello.\nCustomer: My steps.\nFirst: restart.\nAgent: I see.", []domain.Line{line(1, "agent", 0, 0, "Hello."), line(2, "customer", 0, 0, "My steps. First: restart."), line(3, "agent", 0, 0, "I see.")}},
		{"other.txt", "Агент: Привет.\nКлиент: Здравствуйте.", []domain.Line{line(1, "speaker_1", 0, 0, "Привет."), line(2, "speaker_2", 0, 0, "Здравствуйте.")}},
	} {
		got, _, err := Read(c.name, []byte(c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, got.Lines, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.01 })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if !Is(c.name, []byte(c.data)) {
			t.Errorf("%s is taken for audio", c.name)
		}
	}
}

func TestReadOfProcessed(t *testing.T) {
	t.Parallel()
	got, at, err := Read("a.json", []byte(processed))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC); !at.Equal(want) || at.Format("-07:00") != "-05:00" {
		t.Errorf("started at %v", at)
	}
	got.Lines = nil
	want := domain.Transcript{Duration: 245.4, Channels: 2, Layout: domain.LayoutStereo, Engine: domain.EngineInfo{Name: "moonshine", Model: "tiny-en"}, Language: "en", Speech: domain.Speech{}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUTF16(t *testing.T) {
	t.Parallel()
	data := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(subRip)) {
		data = append(data, byte(u), byte(u>>8))
	}
	if got, _, err := Read("a.srt", data); err != nil || len(got.Lines) != 3 || got.Lines[1].Text != "Here." {
		t.Errorf("%+v, %v", got.Lines, err)
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, data, code, says string
	}{
		{"a.json", "", CodeNotTranscript, "known form"},
		{"a.json", "{", CodeBroken, "not the JSON of a transcript"},
		{"a.json", "{}", CodeBroken, `no "transcript"`},
		{"a.json", `{"transcript":null}`, CodeBroken, `no "transcript"`},
		{"a.json", `{"transcript":"hello"}`, CodeBroken, "transcript must not be a string"},
		{"a.json", `{"transcript":[{"start":"1"}]}`, CodeBroken, "must not be a string"},
		{"a.json", `{"transcript":[{"start":-1}]}`, CodeBroken, "line 1"},
		{"a.json", `{"transcript":[{"end":1e300}]}`, CodeBroken, "line 1"},
		{"a.json", `{"transcript":[],"duration":-5}`, CodeBroken, "duration"},
		{"a.json", `{"transcript":[],"started_at":"yesterday"}`, CodeBroken, "2026-11-23T09:30:00-05:00"},
		{"a.json", processed + processed, CodeBroken, "one call a file"},
		{"a.vtt", "WEBVTT\n\n00:01 --> 00:02\nHello", CodeBroken, "00:01:02.500"},
		{"a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\nxx --> yy\nHello", CodeBroken, "xx"},
		{"a.txt", "just some words\nand more of them", CodeNotTranscript, "Agent: Hello."},
		{"a.txt", "Agent:\nCustomer:\n", CodeBroken, "nothing that they say"},
		{"a.wav", "RIFF\x24\x00\x00\x00WAVE", CodeNotTranscript, "not text"},
		{"a.json", `{"transcript":[` + strings.Repeat(`{},`, MaxLines) + `{}]}`, CodeTooLarge, "lines"},
		{"a.txt", strings.Repeat(" ", MaxBytes+1), CodeTooLarge, "MB"},
	} {
		_, _, err := Read("/some/where/"+c.name, []byte(c.data))
		message := domain.MessageOf(err)
		if domain.CodeOf(err) != c.code || !strings.Contains(message, c.says) || strings.Contains(message, "/some") {
			t.Errorf("%s %.40q: code %s, %q; want %s with %q", c.name, c.data, domain.CodeOf(err), message, c.code, c.says)
		}
	}
}

func TestIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, data string
		want       bool
	}{
		{"a.json", "{", true}, {"a.txt", "hello", true}, {"A.VTT", "", true},
		{"a.wav", "RIFF\x24\x00\x00\x00WAVE", false}, {"a.json", "RIFF\x24\x00\x00\x00WAVE", false}, {"a.txt", "\xff\xfb\x90\x44\x00", false},
		{"noext", labelled, true}, {"noext", webVTT, true}, {"noext", subRip, true}, {"noext", processed, true}, {"noext", "hello", false},
		{"a.mp3", "hello", false}, {"a.wav", "", false}, {"a.txt", strings.Repeat("ä", 4000) + "\x00", true},
	} {
		if got := Is(c.name, []byte(c.data)); got != c.want {
			t.Errorf("Is(%s, %.20q) = %v", c.name, c.data, got)
		}
	}
}

// Recordings are never taken for transcripts.
func TestRealRecordingsAreNone(t *testing.T) {
	t.Parallel()
	paths, _ := filepath.Glob("../../../shared/data/codecs/*")
	if len(paths) == 0 {
		t.Skip("no recordings in ../shared/data/codecs")
	}
	for _, path := range paths {
		if ext := filepath.Ext(path); extensions[ext] {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if Is(path, data) {
			t.Errorf("%s is taken for a transcript", path)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{processed, webVTT, subRip, labelled, "Agent:", "[1:2:3] A: b (0:1): c", "<v >x<v a>y", "0:0.0-->0:0.0\n<v x>", "1\n99:99:99,9 --> 0:0,0\nA: b", "{\"transcript\":[{\"start\":1e999}]}", "\xff\xfea"} {
		f.Add("a.txt", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		Is(name, data)
		got, _, err := Read(name, data)
		if err != nil {
			if k := domain.KindOf(err); k != domain.KindInvalid && k != domain.KindTooLarge {
				t.Fatalf("kind %s: %v", k, err)
			}
			return
		}
		seen := map[int]bool{}
		for i, l := range got.Lines {
			if seen[l.ID] || l.ID < 1 || l.Speaker == "" || l.End < l.Start || l.End > got.Duration || i > 0 && l.Start < got.Lines[i-1].Start || !utf8.ValidString(l.Text) {
				t.Fatalf("line %+v of %+v", l, got)
			}
			seen[l.ID] = true
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatal(err)
		}
	})
}
