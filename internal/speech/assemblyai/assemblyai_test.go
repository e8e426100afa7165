package assemblyai

import (
	"testing"

	"earshot/internal/secret"
	"earshot/internal/speech"
	"earshot/internal/speech/assemblyai/fake"
	"earshot/internal/speech/fakes"
	"earshot/internal/speech/transcribetest"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	transcribetest.Run(t, transcribetest.Harness{New: func(t testing.TB, s transcribetest.Setup) (speech.Engine, *fakes.Server) {
		t.Helper()
		server := fake.Start(transcribetest.Key, s.Fault)
		e, err := New(Config{BaseURL: server.URL, Key: secret.String(s.Key), Local: true, Timeout: s.Timeout, Pause: s.Pause, Poll: s.Pause, Logger: s.Logger})
		if err != nil {
			t.Fatal(err)
		}
		return e, server
	}})
}
