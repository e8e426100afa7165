package transcribetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"earshot/internal/domain"
	"earshot/internal/speech"
	"earshot/internal/speech/fakes"
)

// channels of a call come back apart, whether they are sent together or one by one.
func (h Harness) channels(t *testing.T) {
	engine, server := h.start(t, Setup{})
	left, right := Tone(8, domain.Span{Start: 1, End: 3}), Tone(8, domain.Span{Start: 4, End: 7})
	together, ok := engine.(speech.ChannelTranscriber)
	if !ok {
		return
	}
	used := 0.0
	got, err := together.TranscribeChannels(context.Background(), []speech.Audio{left, right}, speech.Options{Used: func(u speech.Usage) { used += u.Seconds }})
	if err != nil || len(got) != 2 || len(got[0]) == 0 || len(got[1]) == 0 {
		t.Fatalf("%v, %v", got, err)
	}
	for i, span := range []domain.Span{{Start: 1, End: 3}, {Start: 4, End: 7}} {
		Sound(t, got[i], 8)
		for _, u := range got[i] {
			if u.Start < span.Start-0.1 || u.End > span.End+0.1 {
				t.Errorf("channel %d says %+v outside of %v", i, u, span)
			}
		}
	}
	if used != 16 {
		t.Errorf("two channels of 8 s used %.1f s", used)
	}
	audios := 0
	for _, c := range server.Calls() {
		if c.Channels > 0 {
			audios++
		}
	}
	if audios != 1 {
		t.Errorf("audio was sent %d times", audios)
	}
}

// language that the engine lacks is told before anything is sent; a region is not sent.
func (h Harness) language(t *testing.T) {
	engine, server := h.start(t, Setup{})
	if _, err := engine.Transcribe(context.Background(), h.talk(t), speech.Options{Language: "tlh"}); domain.CodeOf(err) != speech.CodeLanguageMissing {
		t.Errorf("an unknown language: %v", err)
	}
	if calls := server.Calls(); len(calls) != 0 {
		t.Errorf("sent in an unknown language: %+v", calls)
	}
	if _, err := engine.Transcribe(context.Background(), h.talk(t), speech.Options{Language: "en-GB"}); err != nil {
		t.Fatal(err)
	}
	sent := map[string]bool{}
	for _, c := range server.Calls() {
		sent[c.Fields["language"]] = true
	}
	if !sent["en"] || sent["en-GB"] {
		t.Errorf("languages sent: %v", sent)
	}
}

func (h Harness) wrongKey(t *testing.T) {
	const wrong = "wrong-key-that-nobody-may-see"
	logger, log := logs()
	engine, _ := h.start(t, Setup{Key: wrong, Logger: logger})
	_, err := engine.Transcribe(context.Background(), h.talk(t), speech.Options{})
	if !domain.IsKind(err, domain.KindUnauthorized) || strings.Contains(err.Error()+log.String(), wrong) {
		t.Errorf("%v; log %s", err, log)
	}
}

// failure is what a fault must become, and how often it is tried.
type failure struct {
	kind  domain.Kind
	tries int
}

func failures() map[fakes.Fault]failure {
	return map[fakes.Fault]failure{
		fakes.Busy:         {domain.KindRateLimited, 1},
		fakes.Busy503:      {domain.KindRateLimited, 1},
		fakes.BusyNoHeader: {domain.KindRateLimited, 3},
		fakes.Fails:        {domain.KindTemporary, 3},
		fakes.NotJSON:      {domain.KindPermanent, 1},
		fakes.Truncated:    {domain.KindTemporary, 3},
		fakes.HalfJSON:     {domain.KindTemporary, 3},
		fakes.EmptyAnswer:  {domain.KindTemporary, 3},
		fakes.Oversized:    {domain.KindPermanent, 1},
		fakes.Hangs:        {domain.KindTemporary, 3},
		fakes.Redirects:    {domain.KindPermanent, 1},
		fakes.TellsKey:     {domain.KindUnauthorized, 1},
		fakes.Unpaid:       {domain.KindPermanent, 1},
		fakes.TooLarge:     {domain.KindTooLarge, 1},
		fakes.NoModel:      {domain.KindPermanent, 1},
		fakes.Null:         {"", 1}, // nothing was said, or no answer: never words
	}
}

func (h Harness) fails(t *testing.T, fault fakes.Fault, want failure) {
	logger, log := logs()
	setup := Setup{Fault: fault, Logger: logger}
	if fault == fakes.Hangs {
		setup.Timeout = 200 * time.Millisecond
	}
	engine, server := h.start(t, setup)
	used := 0.0
	before := time.Now()
	got, err := engine.Transcribe(context.Background(), h.talk(t), speech.Options{Used: func(u speech.Usage) { used += u.Seconds }})
	if len(got) != 0 {
		t.Errorf("words of a service that failed: %v", got)
	}
	if want.kind == "" {
		return
	}
	tries := server.Faulted()
	if fault == fakes.Hangs && tries > 0 && tries < want.tries {
		tries = want.tries // on a busy machine the time is over before the server has seen the request
	}
	if !domain.IsKind(err, want.kind) || tries != want.tries {
		t.Errorf("%v (kind %s) after %d tries, want %s after %d", err, domain.KindOf(err), server.Faulted(), want.kind, want.tries)
	}
	if err != nil && strings.Contains(err.Error()+domain.MessageOf(err)+log.String(), Key) {
		t.Errorf("the key is told: %v; log %s", err, log)
	}
	if at := domain.RetryTime(err); (fault == fakes.Busy || fault == fakes.Busy503) && at.Sub(before) < 59*time.Minute {
		t.Errorf("comes back at %s", at)
	}
	if used != 0 {
		t.Errorf("%.1f s are counted for nothing", used)
	}
}

// recovers from one failure by itself.
func (h Harness) recovers(t *testing.T, fault fakes.Fault) {
	engine, _ := h.start(t, Setup{Fault: fault})
	audio := h.talk(t)
	got, err := engine.Transcribe(context.Background(), audio, speech.Options{})
	if err != nil || len(got) == 0 {
		t.Fatalf("%v, %v", got, err)
	}
	Sound(t, got, audio.Seconds())
}

// nonsense that a service answers never comes out as it is.
func (h Harness) nonsense(t *testing.T, fault fakes.Fault) {
	engine, _ := h.start(t, Setup{Fault: fault})
	audio := h.talk(t)
	got, err := engine.Transcribe(context.Background(), audio, speech.Options{})
	if err != nil {
		t.Fatal(err)
	}
	Sound(t, got, audio.Seconds())
	if kept := len(got) > 0; kept != keeps[fault] {
		t.Errorf("kept %v: %v", kept, got)
	}
}

// keeps are the faults behind which there are words worth keeping.
var keeps = map[fakes.Fault]bool{fakes.Negative: true, fakes.Beyond: true, fakes.OutOfOrder: true, fakes.Backwards: true, fakes.Control: true, fakes.Stutter: true}
