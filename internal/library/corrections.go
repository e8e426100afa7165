package library

import (
	"context"
	"strconv"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// LineChange is what somebody writes in the place of a line.
type LineChange struct {
	Was     string // the text that they saw
	Text    string // empty: nothing was said
	Speaker domain.Speaker
}

// CorrectLine changes one line of a transcript (CI-1). It is refused where the line is another one by now.
func (l *Library) CorrectLine(ctx context.Context, actor domain.User, callID string, lineID int, in LineChange) (domain.Call, error) {
	what := domain.Facts{"line": strconv.Itoa(lineID), "text": in.Text, "speaker": string(in.Speaker)}
	return l.correct(ctx, actor, callID, domain.Facts{"text": in.Was}.Changes(what), func(call domain.Call, c *domain.Corrections) error {
		line, err := lineOf(call, lineID)
		if err != nil {
			return err
		}
		if line.Text != in.Was {
			return domain.Errorf(domain.KindConflict, "line_changed", "this line reads %q by now; nothing was changed: look at it again", line.Text)
		}
		if !known(call, in.Speaker) {
			return unknownSpeaker(in.Speaker)
		}
		c.Correct(domain.LineCorrection{Span: domain.Span{Start: line.Start, End: line.End}, Channel: line.Channel, Speaker: in.Speaker, Text: strings.TrimSpace(in.Text), Was: was(*c, line), By: actor.Name, At: l.Now()})
		return nil
	})
}

// RevertLine gives a line back to the engine.
func (l *Library) RevertLine(ctx context.Context, actor domain.User, callID string, lineID int) (domain.Call, error) {
	what := domain.Facts{"line": strconv.Itoa(lineID), "reverted": "true"}
	return l.correct(ctx, actor, callID, domain.Facts{}.Changes(what), func(call domain.Call, c *domain.Corrections) error {
		line, err := lineOf(call, lineID)
		if err == nil {
			*c = c.Revert(line.Channel, domain.Span{Start: line.Start, End: line.End})
		}
		return err
	})
}

// SpeakerChange says who the speakers of a call are; zero fields change nothing.
type SpeakerChange struct {
	Swap   bool // the two sides were taken for each other
	Merge  domain.Speaker
	Into   domain.Speaker // all that Merge says is this one's
	Rename domain.Speaker
	Name   string // of Rename; empty: none
}

// ChangeSpeakers swaps, joins or renames the speakers of a call (CI-1).
func (l *Library) ChangeSpeakers(ctx context.Context, actor domain.User, callID string, in SpeakerChange) (domain.Call, error) {
	what := domain.Facts{"merge": string(in.Merge), "into": string(in.Into), "rename": string(in.Rename), "name": in.Name}
	if in.Swap {
		what["swap"] = "true"
	}
	return l.correct(ctx, actor, callID, domain.Facts{}.Changes(what), func(call domain.Call, c *domain.Corrections) error {
		for _, s := range []domain.Speaker{in.Merge, in.Into, in.Rename} {
			if s != "" && !known(call, s) {
				return unknownSpeaker(s)
			}
		}
		if in.Swap {
			c.Swap()
		}
		if in.Merge != "" && in.Into != "" && in.Merge != in.Into {
			c.Merge(in.Merge, in.Into)
		}
		if in.Rename != "" {
			c.Rename(in.Rename, strings.TrimSpace(in.Name))
		}
		return nil
	})
}

// correct changes the corrections of a call that the user may see, and finds its insights anew, all in one transaction.
func (l *Library) correct(ctx context.Context, actor domain.User, callID string, what []domain.FieldChange, edit func(domain.Call, *domain.Corrections) error) (domain.Call, error) {
	if _, err := l.Call(ctx, actor, callID); err != nil {
		return domain.Call{}, err
	}
	err := l.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		call, err := tx.Call(ctx, callID)
		if err != nil {
			return err
		}
		if call.Transcript == nil || call.State != domain.StateProcessed {
			return domain.Errorf(domain.KindNotReady, "not_transcribed", "this call is being processed; correct it when that is done")
		}
		c, err := tx.Corrections(ctx, callID)
		if err != nil {
			return err
		}
		if err := edit(call, &c); err != nil {
			return err
		}
		t, err := tx.SaveCorrections(ctx, call, c)
		if err != nil {
			return err
		}
		call.Transcript = &t
		found, err := l.Analyze(ctx, call)
		if err != nil {
			return err
		}
		if err := tx.SaveInsights(ctx, callID, found); err != nil {
			return err
		}
		if l.Analyzed != nil {
			if err := l.Analyzed(ctx, tx, call); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, actor, domain.ActionTranscriptCorrected, domain.Subject{Kind: domain.SubjectCall, ID: callID, Name: call.ContactName + " " + call.From + " → " + call.To}, what...)
	})
	if err != nil {
		return domain.Call{}, err
	}
	return l.Call(ctx, actor, callID)
}

func lineOf(call domain.Call, id int) (domain.Line, error) {
	if id < 1 || id > len(call.Transcript.Lines) {
		return domain.Line{}, domain.Errorf(domain.KindNotFound, "no_such_line", "this call has no line %d", id)
	}
	return call.Transcript.Lines[id-1], nil
}

// was is what the engine wrote in the place of a line, as far as it is known.
func was(c domain.Corrections, line domain.Line) string {
	if old, ok := c.At(line.Channel, domain.Span{Start: line.Start, End: line.End}); ok {
		return old.Was
	}
	return line.Text
}

// known tells whether a speaker may be one of a call: who is heard in it, or a side of it.
func known(call domain.Call, s domain.Speaker) bool {
	if _, heard := call.Transcript.Speech[s]; heard || s == domain.Agent || s == domain.Customer {
		return true
	}
	for _, l := range call.Transcript.Lines {
		if l.Speaker == s {
			return true
		}
	}
	return false
}

func unknownSpeaker(s domain.Speaker) error {
	return domain.Errorf(domain.KindInvalid, "unknown_speaker", "nobody in this call is called %q", s)
}
