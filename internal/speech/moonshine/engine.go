// Package moonshine is the embedded speech engine: Moonshine tiny-en by libmoonshine, run in worker processes of the
// binary itself, one a core and one thread each, so that a crash or a hang costs a retry of one segment.
package moonshine

import (
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"runtime"
	"time"

	"earshot/internal/domain"
	"earshot/internal/speech"
)

// Options of an Engine.
type Options struct {
	Find    func() (dir string, ok bool) // the installed engine; asked anew while there is none
	Command func(dir string) *exec.Cmd   // starts a worker: a command that calls RunWorker
	Model   func() Model                 // the model to write with, asked for each segment; nil: the engine's own
	Workers int                          // 0: one a core
	Idle    time.Duration                // workers without work end after it; 0: five minutes
	Logger  *slog.Logger                 //
}

// Engine is safe for concurrent use. Workers start when they are first needed.
type Engine struct {
	Options
	slots chan *slot // of all workers, those that are free
	done  chan struct{}
}

type slot struct {
	process *process
	model   Model // that the process was started with
	used    time.Time
}

// Model is one that writes instead of the engine's own tiny-en.
type Model struct {
	Name, Dir string // empty: tiny-en
	Arch      int    // of the library's header
}

func (e *Engine) model() (m Model) {
	if e.Model != nil {
		m = e.Model()
	}
	if m.Dir == "" {
		return Model{Name: "tiny-en"}
	}
	return m
}

// New makes an engine. Close ends its workers.
func New(o Options) *Engine {
	if o.Workers <= 0 {
		o.Workers = runtime.NumCPU()
	}
	if o.Idle <= 0 {
		o.Idle = 5 * time.Minute
	}
	e := &Engine{Options: o, slots: make(chan *slot, o.Workers), done: make(chan struct{})}
	for range o.Workers {
		e.slots <- &slot{}
	}
	go e.endIdle()
	return e
}

// maxSeconds of one segment: beyond, the library's own segmentation would cut in.
const maxSeconds = 30

// Info describes the engine, installed or not.
func (e *Engine) Info() speech.Info {
	return speech.Info{Name: "moonshine", Model: e.model().Name, Languages: []string{"en"}, MaxSeconds: maxSeconds, Concurrency: e.Workers, DetectsVoice: true, SeparatesSpeaker: true}
}

// Transcribe writes one segment.
func (e *Engine) Transcribe(ctx context.Context, audio speech.Audio, _ speech.Options) ([]speech.Utterance, error) {
	if audio.Seconds() > maxSeconds {
		return nil, domain.Errorf(domain.KindInvalid, "segment_too_long", "a segment of %.1f s is longer than %d s", audio.Seconds(), maxSeconds)
	}
	var out []speech.Utterance
	return out, e.with(ctx, func(s *slot) error {
		a, err := e.ask(ctx, s, opTranscribe, between(audio))
		if err != nil {
			return err
		}
		first, doubtful := utterances(a.Lines, audio)
		if out = first; !doubtful {
			return nil
		}
		if a, err = e.ask(ctx, s, opTranscribe, audio); err != nil {
			return err
		}
		if second, again := utterances(a.Lines, audio); !again {
			out = second
		}
		return nil
	})
}

// between puts a segment between silence: the engine reads the first and last words of it better (docs/adr/0009). What it
// stutters on that way, it rarely stutters on as it is.
func between(audio speech.Audio) speech.Audio {
	const silence = sampleRate * 3 / 10
	out := make(speech.Audio, len(audio)+2*silence)
	copy(out[silence:], audio)
	return out
}

// DetectVoice finds where somebody speaks in one channel. The detector remembers what it heard before, in its process: so one new
// process hears the whole channel, in windows that end at quiet moments, and the same recording gives the same speech each time.
func (e *Engine) DetectVoice(ctx context.Context, channel domain.Samples) ([]domain.Span, error) {
	var spans []domain.Span
	err := e.with(ctx, func(*slot) (err error) {
		fresh := &slot{}
		defer fresh.stop()
		spans, err = e.detectWith(ctx, fresh, channel)
		return err
	})
	return spans, err
}

func (e *Engine) detectWith(ctx context.Context, s *slot, channel domain.Samples) (spans []domain.Span, err error) {
	op := byte(opDetectFirst)
	for from := 0; from < channel.Len(); {
		window := channel.Slice(from, min(from+windowSamples, channel.Len()))
		if from+windowSamples < channel.Len() {
			window = window[:quietEnd(window)]
		}
		to := from + len(window)
		a, err := e.ask(ctx, s, op, window)
		if err != nil {
			return nil, err
		}
		spans = append(spans, spansOf(a.Lines, float64(from)/sampleRate, float64(to)/sampleRate)...)
		op, from = opDetect, to
	}
	return spans, nil
}

func (s *slot) stop() {
	if s.process != nil {
		s.process.stop()
		s.process = nil
	}
}

func spansOf(lines []line, offset, end float64) []domain.Span {
	spans := make([]domain.Span, 0, len(lines))
	for _, l := range lines {
		s := domain.Span{Start: offset + l.Start, End: min(offset+l.Start+l.Duration, end)}
		if s.Duration() > 0 {
			spans = append(spans, s)
		}
	}
	return spans
}

// Windows of the detector: its library is slow on longer ones (quadratic in their length).
const (
	windowSamples = 28 * sampleRate
	windowSearch  = 6 * sampleRate
	quietSamples  = sampleRate / 10
	detectorHop   = 512 // it works in such steps, and keeps what is left over for the next window
)

// quietEnd is the quietest moment in the last part of a window.
func quietEnd(window []float32) int {
	best, lowest := len(window), float32(-1)
	for at := len(window) - windowSearch; at+quietSamples <= len(window); at += quietSamples / 2 {
		var sum float32
		for _, v := range window[at : at+quietSamples] {
			sum += v * v
		}
		if lowest < 0 || sum < lowest {
			best, lowest = at+quietSamples/2, sum
		}
	}
	return best / detectorHop * detectorHop
}

// tries of one request: a crash may be chance, twice on the same audio is not.
const tries = 2

// with gives f a worker. If the worker dies, f runs once more on a fresh one.
func (e *Engine) with(ctx context.Context, f func(*slot) error) error {
	s, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer e.release(s)
	for try := 1; ; try++ {
		err := f(s)
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		var known *domain.Error
		if errors.As(err, &known) {
			return err
		}
		if try == tries || errors.Is(err, errEngine) {
			return &domain.Error{Kind: domain.KindTemporary, Code: string(domain.EngineError), Message: "the speech engine failed on this recording", Err: err}
		}
		e.Logger.WarnContext(ctx, "speech worker is started again", "error", err)
	}
}

func (e *Engine) acquire(ctx context.Context) (*slot, error) {
	if _, ok := e.Find(); !ok {
		return nil, speech.Missing()
	}
	select {
	case s := <-e.slots:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.done:
		return nil, domain.Errorf(domain.KindTemporary, string(domain.EngineError), "the speech engine is being stopped")
	}
}

func (e *Engine) release(s *slot) {
	s.used = time.Now()
	e.slots <- s
}

// ask asks the worker of a slot, starting it if there is none, and drops it after a failure.
func (e *Engine) ask(ctx context.Context, s *slot, op byte, pcm []float32) (answer, error) {
	model := e.model()
	if s.process != nil && s.model != model {
		s.process.stop()
		s.process = nil
	}
	if s.process == nil {
		dir, ok := e.Find()
		if !ok {
			return answer{}, speech.Missing()
		}
		var err error
		if s.process, err = startProcess(e.Command, dir, model); err != nil {
			return answer{}, err
		}
		s.model = model
	}
	timeout := leastTimeout + time.Duration(float64(len(pcm))/sampleRate*float64(timeoutPerSecond))
	a, err := s.process.ask(ctx, op, pcm, timeout)
	if err != nil && !errors.Is(err, errEngine) {
		s.process.kill()
		s.process.stop()
		s.process = nil
	}
	return a, err
}

// endIdle ends workers that had nothing to do for a while.
func (e *Engine) endIdle() {
	ticker := time.NewTicker(e.Idle / 4)
	defer ticker.Stop()
	for {
		select {
		case <-e.done:
			return
		case now := <-ticker.C:
			for range e.Workers {
				e.endIfIdle(now)
			}
		}
	}
}

func (e *Engine) endIfIdle(now time.Time) {
	select {
	case s := <-e.slots:
		if now.Sub(s.used) > e.Idle {
			s.stop()
		}
		e.slots <- s
	default:
	}
}

// Close ends all workers, waiting for those that are busy.
func (e *Engine) Close() {
	close(e.done)
	for range e.Workers {
		(<-e.slots).stop()
	}
}
