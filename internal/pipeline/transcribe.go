package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/store"
)

// peaksPerSecond of the waveform.
const peaksPerSecond = 20

// Waveform is what is kept for the player: peaks of each channel, 0 to 127.
type Waveform struct {
	PerSecond int      `json:"per_second"`
	Channels  [][]int8 `json:"channels"`
}

func (p *Pipeline) transcribe(ctx context.Context, vc domain.VCCall) (outcome, error) {
	call, err := p.Store.Call(ctx, vc.CallID)
	if err != nil {
		return outcome{}, err
	}
	sound, err := p.decode(ctx, call)
	if err != nil {
		return outcome{}, err
	}
	defer sound.Close()
	settings, err := p.Store.Settings(ctx)
	if err != nil {
		return outcome{}, err
	}
	if sound.Layout() != domain.LayoutStereo && !call.Voicemail && !settings.OptimalSpeakerSeparation {
		return skip(domain.Verdict{Reason: domain.SeparationOff, Detail: "the recording is " + string(sound.Layout()) + "; it is kept and can be played"}), nil
	}
	choice, err := p.choose(ctx, call, settings)
	if err != nil {
		return outcome{}, err
	}
	transcript, err := choice.Transcribe(ctx, sound, p.transcribeOptions(call))
	if err != nil {
		return outcome{}, err
	}
	text := fmt.Sprintf("transcribed %.0f s of %s audio into %d lines", transcript.Duration, transcript.Layout, len(transcript.Lines))
	if e := transcript.Engine; e.Instead != "" {
		text += fmt.Sprintf(" with %s, since %s failed", e.Name, e.Instead)
	}
	return outcome{state: domain.StateProcessing, next: domain.StageAnalyze, text: text, save: func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveTranscript(ctx, call.ID, transcript)
	}}, nil
}

// decode reads the recording and keeps its waveform, so that the player shows it before the transcript is there.
func (p *Pipeline) decode(ctx context.Context, call domain.Call) (*audio.Sound, error) {
	path, done, err := p.Blobs.Local(ctx, call.Recording.Key)
	if err != nil {
		return nil, err
	}
	defer done()
	sound, err := audio.Decode(ctx, path, p.Tools(), p.Limits)
	if err != nil {
		return nil, err
	}
	wave, err := json.Marshal(Waveform{peaksPerSecond, audio.Peaks(sound, peaksPerSecond)})
	if err != nil {
		return nil, errors.Join(err, sound.Close())
	}
	if _, err = p.Blobs.Put(ctx, WaveformKey(call.ID), "application/json", bytes.NewReader(wave), int64(len(wave))); err != nil {
		return nil, errors.Join(err, sound.Close())
	}
	return sound, nil
}

func (p *Pipeline) transcribeOptions(call domain.Call) TranscribeOptions {
	opt := TranscribeOptions{AgentChannel: cmp.Or(p.AgentChannel(call.Provider), AgentAuto), Direction: call.Direction}
	if call.Voicemail {
		opt.Single = domain.Customer // the caller speaks on a voicemail
	}
	return opt
}
