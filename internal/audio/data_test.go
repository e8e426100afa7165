package audio

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
)

// data is the shared test material; tests that need it skip where it is absent.
func data(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared test material is not here: %s", filepath.Join(parts...))
	}
	return path
}

func tools(t testing.TB) Tools {
	t.Helper()
	tools := Tools{FFmpeg: FindFFmpeg(filepath.Join("..", "..", ".cache", "earshot"))}
	if tools.FFmpeg == "" {
		t.Skip("ffmpeg is not installed")
	}
	return tools
}

func decode(t testing.TB, path string, tools Tools) *Sound {
	t.Helper()
	s, err := Decode(context.Background(), path, tools, Limits{Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// alike is the highest correlation of the loudest two seconds of a channel with another, at a lag of up to 150 ms: codecs delay.
func alike(a, b []float32) (best float64) {
	const most, length = SampleRate * 150 / 1000, 2 * SampleRate
	from := most
	for at := from; at+length+most < min(len(a), len(b)); at += SampleRate {
		if levelOf(a[at:at+length]) > levelOf(a[from:from+length]) {
			from = at
		}
	}
	sums, coarse := make([]float64, 2*most/decimation), 0
	addLikeness(sums, decimate(b[from-most:from+length+most]), decimate(a[from:from+length]))
	for i := range sums {
		if sums[i] > sums[coarse] {
			coarse = i
		}
	}
	for lag := most - decimation*(coarse+1); lag <= most-decimation*(coarse-1); lag++ {
		best = max(best, correlation(a[from:from+length], b[from+lag:from+length+lag]))
	}
	return best
}

func mixed(s *Sound) []float32 {
	out := make([]float32, s.Channels[0].Len())
	for i := range out {
		for c, ch := range s.Channels {
			out[i] += ch.Slice(i, i+1)[0] / float32(math.Pow(10, s.gains[c]/20))
		}
	}
	return out
}

// Every file of codecs/ holds the same 40 s: its channels, or their mixture, must be in each.
func TestEveryCodecDecodesToTheSameCall(t *testing.T) {
	t.Parallel()
	dir, tool := data(t, "codecs"), tools(t)
	source := decode(t, filepath.Join(dir, "src.wav"), tool)
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			s := decode(t, filepath.Join(dir, f.Name()), tool)
			least := 0.85
			switch ext := filepath.Ext(f.Name()); {
			case ext == ".wav" && !strings.Contains(f.Name(), "gsm") && !strings.Contains(f.Name(), "adpcm"), ext == ".flac", ext == ".au":
				least = 0.99
			case strings.Contains(f.Name(), "amr"):
				least = 0.7
			}
			if math.Abs(s.Duration-source.Duration) > 0.2 {
				t.Errorf("duration %.2f s, want %.2f", s.Duration, source.Duration)
			}
			if len(s.Channels) == 1 {
				if got := alike(whole(s.Channels[0]), mixed(source)); got < least {
					t.Errorf("mono correlates %.3f with the mixture of the source", got)
				}
				return
			}
			for c, ch := range s.Channels {
				if got := alike(whole(ch), whole(source.Channels[c])); got < least {
					t.Errorf("channel %d correlates %.3f with the source", c, got)
				}
			}
		})
	}
}

func TestEveryBrokenFileDecodesOrSaysWhy(t *testing.T) {
	t.Parallel()
	tool := tools(t)
	refused := map[string]string{
		"broken/channels_zero.wav": "0 channels", "broken/header_cut.wav": "cut off", "broken/header_only.wav": "before the sound begins",
		"broken/html_error_page.mp3": "web page", "broken/json_error.wav": "JSON message", "broken/one_sample.wav": "no sound", "broken/random_bytes.mp3": "damaged",
		"broken/sample_rate_zero.wav": "sample rate of 0", "broken/truncated_no_moov.m4a": "cut off", "broken/unknown_format_tag.wav": "codec",
		"broken/video_only_no_audio.mp4": "no sound", "broken/zero_bytes.wav": "empty", "odd/missing_wav_header.wav": "damaged",
	}
	seconds := map[string]float64{
		"broken/clipped_loud.wav": 12, "broken/data_size_too_big.wav": 12, "broken/dtmf_5.wav": 3, "broken/half_second.wav": 0.5, "broken/list_odd_before_fmt.wav": 12,
		"broken/mp3_named.wav": 40, "broken/ringback_15s.wav": 18, "broken/silence_30s.wav": 30, "broken/silence_dither_noise_20s.wav": 20, "broken/six_channels.wav": 20,
		"broken/sizes_zero_with_data.wav": 12, "broken/streaming_sizes_ffffffff.wav": 12, "broken/truncated.mp3": 24.8, "broken/truncated.opus": 6,
		"broken/truncated_data.wav": 9.37, "broken/very_quiet.wav": 12, "broken/wav_named.mp3": 40, "broken/wrong_rate_16000_header.wav": 6,
		"odd/malformed.flac": 50.2, "odd/silence-1min.flac": 149.2, "odd/test_audio_stereo.wav": 1.72,
	}
	for _, folder := range []string{"broken", "odd"} {
		files, err := os.ReadDir(data(t, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			name := folder + "/" + f.Name()
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s, err := Decode(context.Background(), data(t, folder, f.Name()), tool, Limits{Timeout: time.Minute})
				if why, ok := refused[name]; ok {
					if domain.CodeOf(err) != string(domain.RecordingUnreadable) || !strings.Contains(err.Error(), why) {
						t.Errorf("err = %v, want unreadable because %q", err, why)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if want, ok := seconds[name]; !ok || math.Abs(s.Duration-want) > 0.2 {
					t.Errorf("%.2f s, want %.2f", s.Duration, want)
				}
			})
		}
	}
}

func TestWhatHoldsNoSpeechHasNoSegments(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"silence_30s.wav", "silence_dither_noise_20s.wav", "dtmf_5.wav"} {
		s := decode(t, data(t, "broken", name), Tools{})
		for c, ch := range s.Channels {
			if found := Segments(EnergySpeech(ch), ch, SegmentOptions{}); len(found) > 0 || s.gains[c] > 0 {
				t.Errorf("%s: speech at %v, raised by %.0f dB", name, found, s.gains[c])
			}
		}
	}
}

func TestVeryQuietSpeechIsFound(t *testing.T) {
	t.Parallel()
	quiet, normal := decode(t, data(t, "broken", "very_quiet.wav"), Tools{}), decode(t, data(t, "broken", "data_size_too_big.wav"), Tools{})
	for c := range quiet.Channels {
		if got, want := total(EnergySpeech(quiet.Channels[c])), total(EnergySpeech(normal.Channels[c])); math.Abs(got-want) > 1 {
			t.Errorf("channel %d: %.1f s of speech, the same at a normal level has %.1f s", c, got, want)
		}
	}
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	tool := tools(t)
	for name, want := range map[string]domain.Layout{
		"auto_repairs_40_mulaw.wav": domain.LayoutStereo, "auto_repairs_40_swapped_mulaw.wav": domain.LayoutStereo,
		"auto_repairs_40_caller_silent_mulaw.wav": domain.LayoutStereo, "auto_repairs_40_crosstalk_mulaw.wav": domain.LayoutStereo,
		"auto_repairs_40_dualmono_mulaw.wav": domain.LayoutDualMono, "dual_mono_sample1.mp3": domain.LayoutDualMono,
		"auto_repairs_40_mono_mulaw.wav": domain.LayoutMono, "azure_sales_call.wav": domain.LayoutMono, "stereo_diarization.wav": domain.LayoutStereo,
		"genesys_stereo_mulaw.wav": domain.LayoutStereo,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := decode(t, data(t, "calls", name), tool).Layout(); got != want {
				t.Errorf("layout %s, want %s", got, want)
			}
		})
	}
}

func TestSilentCallerSaysNothing(t *testing.T) {
	t.Parallel()
	s := decode(t, data(t, "calls", "auto_repairs_40_caller_silent_mulaw.wav"), Tools{})
	agent, caller := noBleed(t, s.Channels[0], s.Channels[1], EnergySpeech(s.Channels[0]), EnergySpeech(s.Channels[1]))
	if len(caller) > 0 || total(agent) < 15 {
		t.Errorf("the agent speaks %.1f s, the silent caller at %v", total(agent), caller)
	}
}

func TestEnergyMissesFewWordsOfARealCall(t *testing.T) {
	t.Parallel()
	var reference struct{ Turns []domain.Span }
	text, err := os.ReadFile(data(t, "calls", "azure_sales_call.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &reference); err != nil || len(reference.Turns) < 20 {
		t.Fatalf("%d turns, %v", len(reference.Turns), err)
	}
	s := decode(t, data(t, "calls", "azure_sales_call.wav"), Tools{})
	sortSpans(reference.Turns)
	turns, segments := merge(reference.Turns, 0), Segments(EnergySpeech(s.Channels[0]), s.Channels[0], SegmentOptions{})
	if missing := total(subtract(turns, segments)); missing > 0.03*total(turns) {
		t.Errorf("%.1f of %.1f s of speech are in no segment", missing, total(turns))
	}
	if len(segments) < int(s.Duration/longestSegment) {
		t.Errorf("%d segments of a call of %.0f s", len(segments), s.Duration)
	}
}

func TestCodecsThatShareChannelsLeaveEachSideItsWords(t *testing.T) {
	t.Parallel()
	source, coded := decode(t, data(t, "codecs", "src.wav"), Tools{}), decode(t, data(t, "codecs", "call.opus"), Tools{})
	var speech, kept [2][]domain.Span
	for c := range speech {
		speech[c], kept[c] = EnergySpeech(source.Channels[c]), EnergySpeech(coded.Channels[c])
	}
	if extra := total(subtract(kept[0], speech[0])); extra < 10 {
		t.Fatalf("only %.1f s leak over: this file no longer tests anything", extra)
	}
	kept[0], kept[1] = noBleed(t, coded.Channels[0], coded.Channels[1], kept[0], kept[1])
	for c := range speech {
		mostlyKept(t, "opus", speech[c], kept[c])
	}
}

// mostlyKept fails if more than a tenth of the speech is missing or was invented.
func mostlyKept(t *testing.T, name string, speech, kept []domain.Span) {
	t.Helper()
	missing, extra := total(subtract(speech, kept)), total(subtract(kept, speech))
	if all := total(speech); missing > all/10 || extra > all/10 {
		t.Errorf("%s: of %.1f s of speech %.1f s are missing, %.1f s are the other side's", name, all, missing, extra)
	}
}

func total(spans []domain.Span) (sum float64) {
	for _, s := range spans {
		sum += s.Duration()
	}
	return sum
}

func TestCrossTalkOfARealCall(t *testing.T) {
	t.Parallel()
	clean, cross := decode(t, data(t, "calls", "auto_repairs_40_mulaw.wav"), Tools{}), decode(t, data(t, "calls", "auto_repairs_40_crosstalk_mulaw.wav"), Tools{})
	var speech, heard [2][]domain.Span
	for c := range speech {
		speech[c] = EnergySpeech(TrackOf(clean.Channels[c].Slice(0, cross.Channels[c].Len())))
		heard[c] = EnergySpeech(cross.Channels[c])
	}
	heard[0], heard[1] = noBleed(t, cross.Channels[0], cross.Channels[1], heard[0], heard[1])
	for c := range speech {
		mostlyKept(t, "crosstalk", speech[c], heard[c])
	}
}

// The same call with echoes of many kinds added: -6 dB at once is somebody at the same table, -30 dB after 450 ms a far line.
func TestCrossTalkOfAnyKind(t *testing.T) {
	t.Parallel()
	call := decode(t, data(t, "calls", "auto_repairs_40_mulaw.wav"), Tools{})
	a, b := TrackOf(call.Channels[0].Slice(0, 50*SampleRate)), TrackOf(call.Channels[1].Slice(0, 50*SampleRate))
	sa, sb := EnergySpeech(a), EnergySpeech(b)
	ra, rb := noBleed(t, a, b, sa, sb)
	if total(ra) != total(sa) || total(rb) != total(sb) {
		t.Errorf("of a clean call %.1f and %.1f s are taken away", total(sa)-total(ra), total(sb)-total(rb))
	}
	for _, c := range []struct{ gain, lag float64 }{{-6, 0}, {-10, 0.006}, {-15, 0.2}, {-20, 0.04}, {-30, 0.45}} {
		x, y := plus(a, b, c.gain, c.lag), plus(b, a, c.gain, c.lag)
		rx, ry := noBleed(t, x, y, EnergySpeech(x), EnergySpeech(y))
		mostlyKept(t, "agent", sa, rx)
		mostlyKept(t, "customer", sb, ry)
		if got := (&Sound{Channels: []*Track{x, y}}).Layout(); got != domain.LayoutStereo {
			t.Errorf("%+v: layout %s", c, got)
		}
	}
}

func TestCrossTalkOneWay(t *testing.T) {
	t.Parallel()
	call := decode(t, data(t, "codecs", "src.wav"), Tools{})
	sa, sb := EnergySpeech(call.Channels[0]), EnergySpeech(call.Channels[1])
	x := plus(call.Channels[0], call.Channels[1], -12, 0.12)
	ra, rb := noBleed(t, x, call.Channels[1], EnergySpeech(x), sb)
	mostlyKept(t, "agent", sa, ra)
	mostlyKept(t, "customer", sb, rb)
}

// plus adds the other channel, quieter and later.
func plus(ch, other *Track, gain, lag float64) *Track {
	out := slices.Clone(whole(ch))
	factor, late := float32(math.Pow(10, gain/20)), int(lag*SampleRate)
	for i := late; i < len(out); i++ {
		out[i] += whole(other)[i-late] * factor
	}
	return TrackOf(out)
}

func BenchmarkDecode(b *testing.B) {
	path := data(b, "calls", "auto_repairs_40_mulaw.wav") // 245 s, stereo
	for b.Loop() {
		if _, err := Decode(context.Background(), path, Tools{}, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSpeech(b *testing.B) {
	s := decode(b, data(b, "calls", "auto_repairs_40_crosstalk_mulaw.wav"), Tools{}) // 90 s, stereo
	for b.Loop() {
		x, y := noBleed(b, s.Channels[0], s.Channels[1], EnergySpeech(s.Channels[0]), EnergySpeech(s.Channels[1]))
		Segments(x, s.Channels[0], SegmentOptions{})
		Segments(y, s.Channels[1], SegmentOptions{})
	}
}
