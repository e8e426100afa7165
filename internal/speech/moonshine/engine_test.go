package moonshine

import (
	"bufio"
	"context"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"earshot/internal/domain"
	"earshot/internal/speech"
	"earshot/internal/speech/models"
)

// The test binary is its own worker: a real one, or one that misbehaves as the variable says.
const workerEnv = "EARSHOT_TEST_WORKER"

func TestMain(m *testing.M) {
	switch mode := os.Getenv(workerEnv); mode {
	case "":
		os.Exit(m.Run())
	case "real":
		if err := RunWorker(os.Args[1]); err != nil {
			panic(err)
		}
	default:
		misbehave(mode)
	}
}

// misbehave answers each request with "ok" and the number of samples, unless it is told not to.
func misbehave(mode string) {
	in, out := bufio.NewReader(os.Stdin), os.NewFile(answersFD, "answers")
	flag := os.Args[1]
	for {
		_, pcm, err := readRequest(in)
		if err != nil {
			return
		}
		_, statErr := os.Stat(flag)
		first := os.IsNotExist(statErr)
		_ = os.WriteFile(flag, nil, 0o600)
		switch {
		case mode == "crash always", mode == "crash once" && first:
			os.Exit(3)
		case mode == "garbage once" && first:
			_, _ = out.WriteString("\xff\xff\xff\xffgarbage")
		case mode == "engine error":
			_ = writeAnswer(out, answer{Error: "no"})
		default:
			_ = writeAnswer(out, answer{Lines: []line{{Text: "ok", Duration: float64(len(pcm)) / sampleRate}}})
		}
	}
}

func newEngine(t testing.TB, mode, dir string, workers int) *Engine {
	t.Helper()
	e := New(Options{
		Find: func() (string, bool) { return dir, true }, Workers: workers, Logger: slog.New(slog.DiscardHandler),
		Command: func(dir string) *exec.Cmd {
			cmd := exec.Command(os.Args[0], dir)
			cmd.Env = append(os.Environ(), workerEnv+"="+mode, "MOONSHINE_ORT_SINGLE_THREAD=1")
			return cmd
		},
	})
	t.Cleanup(e.Close)
	return e
}

func TestWorkerFailuresCostOneRetry(t *testing.T) {
	t.Parallel()
	for mode, works := range map[string]bool{"well": true, "crash once": true, "garbage once": true, "crash always": false, "engine error": false} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			e := newEngine(t, mode, filepath.Join(t.TempDir(), "flag"), 1)
			got, err := e.Transcribe(context.Background(), make(speech.Audio, sampleRate), speech.Options{})
			if works && (err != nil || len(got) != 1 || got[0].Text != "ok") {
				t.Fatalf("got %v, %v", got, err)
			}
			if !works && (domain.CodeOf(err) != string(domain.EngineError) || !domain.IsKind(err, domain.KindTemporary)) {
				t.Fatalf("got %v, %v", got, err)
			}
		})
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "well", filepath.Join(t.TempDir(), "flag"), 1)
	busy := <-e.slots
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.Transcribe(ctx, make(speech.Audio, 100), speech.Options{}); err == nil {
		t.Fatal("no error")
	}
	e.slots <- busy
}

func TestMissingEngine(t *testing.T) {
	t.Parallel()
	e := New(Options{Find: func() (string, bool) { return "", false }, Workers: 1})
	t.Cleanup(e.Close)
	if _, err := e.Transcribe(context.Background(), make(speech.Audio, 100), speech.Options{}); domain.CodeOf(err) != speech.CodeEngineMissing {
		t.Fatalf("got %v", err)
	}
}

func TestUnstutter(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"I am here. I am here. I am here. I am here. I am here.": "I am here.",
		"no no no no no no":                          "no",
		"very very good, thank you":                  "very very good, thank you",
		"we go on and on and on and then we stop it": "we go on and on and on and then we stop it",
	} {
		if got := speech.Unstutter(in); got != want {
			t.Errorf("unstutter(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStuttersAreDoubtful(t *testing.T) {
	t.Parallel()
	audio := make(speech.Audio, 8*sampleRate)
	for i := range audio {
		audio[i] = float32(0.2 * math.Sin(float64(i)))
	}
	for in, want := range map[string]string{
		"my last name is Sittittittittittittittit":                           "my last name is Sittit",
		"Wow, hey, meeeeeeeeeeee":                                            "Wow, hey, me",
		"My number is 0000000 and 5555555.":                                  "My number is 0000000 and 5555555.",
		"I will see what I can do and then I will call you back on Monday.":  "I will see what I can do and then I will call you back on Monday.",
		"you can do it so you can do it so I know that you can do it so far": "you can do it so you can do it so I know that you can do it so far",
	} {
		got, doubtful := utterances([]line{{Text: in}}, audio)
		if len(got) != 1 || got[0].Text != want || doubtful == (in == want && !strings.HasPrefix(in, "you can")) {
			t.Errorf("%q gave %v, doubtful %v; want %q", in, got, doubtful, want)
		}
	}
}

func TestInventedOnBursts(t *testing.T) {
	t.Parallel()
	loud := make(speech.Audio, 2*sampleRate)
	for i := range loud {
		loud[i] = float32(0.2 * math.Sin(float64(i)))
	}
	quiet := make(speech.Audio, sampleRate/2)
	for _, c := range []struct {
		text  string
		audio speech.Audio
		want  bool
	}{{"You", quiet, true}, {"Thank you.", loud, false}, {"Yes.", quiet, false}, {strings.Repeat("word ", 40), loud, true}} {
		if got := invented(c.text, c.audio); got != c.want {
			t.Errorf("invented(%q) = %v", c.text, got)
		}
	}
}

// realEngine is the installed engine; tests that need it skip where there is none.
func realEngine(t testing.TB, workers int) *Engine {
	t.Helper()
	dir := os.Getenv("EARSHOT_TEST_MODELS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", ".cache", "earshot")
	}
	engine, ok := models.Find(dir)
	if !ok {
		if os.Getenv("EARSHOT_TEST_REQUIRE") != "" {
			t.Fatal("no speech engine is installed for tests; run: make models")
		}
		t.Skip("no speech engine is installed for tests; run: make models")
	}
	return newEngine(t, "real", engine, workers)
}

func TestRealEngineInventsNothingOnSilence(t *testing.T) {
	t.Parallel()
	e := realEngine(t, 2)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			spans, err := e.DetectVoice(context.Background(), make(speech.Audio, 70*sampleRate))
			if err != nil || len(spans) != 0 {
				t.Errorf("voice in silence: %v, %v", spans, err)
			}
		})
	}
	wait.Wait()
}
