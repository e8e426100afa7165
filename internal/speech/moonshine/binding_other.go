//go:build !(linux && amd64)

package moonshine

import (
	"earshot/internal/domain"
	"earshot/internal/speech/diarize"
)

type library struct{}

func loadLibrary(string, Model) (*library, error) {
	return nil, domain.Errorf(domain.KindPermanent, "", "the embedded speech engine runs on Linux on x86-64 only")
}

func (*library) write([]float32) ([]line, error) { return nil, nil }

func (*library) detect([]float32) ([]line, error) { return nil, nil }

func (*library) hear([]float32) ([]diarize.Voice, error) { return nil, nil }
