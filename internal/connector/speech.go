package connector

import (
	"context"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/phone"
	"earshot/internal/secret"
	"earshot/internal/speech/engines"
	"earshot/internal/speech/models"
	"earshot/internal/store"
)

// SpeechView is who turns recordings into text. The key itself is never shown.
type SpeechView struct {
	domain.SpeechSettings
	KeySet bool // for the engine and address that are chosen
}

// SpeechSettings gives who turns recordings into text.
func (s *Service) SpeechSettings(ctx context.Context, actor domain.User) (SpeechView, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return SpeechView{}, err
	}
	return s.speechView(ctx)
}

func (s *Service) speechView(ctx context.Context) (SpeechView, error) {
	settings, err := s.Store.SpeechSettings(ctx)
	if err != nil {
		return SpeechView{}, err
	}
	key, err := s.Store.SpeechKey(ctx, settings.Engine, settings.BaseURL)
	return SpeechView{settings, key != ""}, err
}

// SaveSpeechSettings changes who turns recordings into text; calls that are transcribed from now on follow it. key nil keeps the
// one of this engine and address, an empty one forgets it. A key is kept for its address only: who changes the address enters
// the key again, so that nobody can have it sent elsewhere.
func (s *Service) SaveSpeechSettings(ctx context.Context, actor domain.User, in domain.SpeechSettings, key *string) (SpeechView, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return SpeechView{}, err
	}
	in.Model, in.BaseURL, in.Currency = strings.TrimSpace(in.Model), strings.TrimSpace(in.BaseURL), strings.TrimSpace(in.Currency)
	var err error
	if in.Languages, err = languageRules(in.Languages); err != nil {
		return SpeechView{}, err
	}
	if in.EmbeddedModel != "" && in.EmbeddedModel != models.DefaultModel {
		if _, err := models.Lookup(in.EmbeddedModel); err != nil {
			return SpeechView{}, domain.Errorf(domain.KindInvalid, "unknown_model", "%s", domain.MessageOf(err))
		}
	}
	used, err := s.Store.SpeechKey(ctx, in.Engine, in.BaseURL)
	if err != nil {
		return SpeechView{}, err
	}
	if key != nil {
		used = strings.TrimSpace(*key)
	}
	if err := engines.Check(engines.Config{Name: in.Engine, Model: in.Model, BaseURL: in.BaseURL, Key: secret.String(used)}); err != nil {
		return SpeechView{}, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		before, err := tx.SpeechSettings(ctx)
		if err != nil {
			return err
		}
		was, is := domain.FactsOf(before), domain.FactsOf(in)
		if key != nil && in.Engine != domain.EmbeddedEngine {
			if err := tx.SaveSpeechKey(ctx, in.Engine, in.BaseURL, used); err != nil {
				return err
			}
			is["key"] = domain.HiddenFact
		}
		if err := tx.SaveSpeechSettings(ctx, in); err != nil {
			return err
		}
		return auditSettings(ctx, tx, actor, "Speech", was, is)
	})
	if err != nil {
		return SpeechView{}, err
	}
	return s.speechView(ctx)
}

// languageRules with their numbers in E.164.
func languageRules(in []domain.LanguageRule) ([]domain.LanguageRule, error) {
	out := make([]domain.LanguageRule, 0, len(in))
	for _, r := range in {
		r.Key, r.Language = strings.TrimSpace(r.Key), strings.TrimSpace(r.Language)
		if r.Kind == domain.LanguageOfNumber {
			e164, ok := phone.E164(r.Key, "US")
			if !ok {
				return nil, domain.Errorf(domain.KindInvalid, "bad_number", "%q is not a phone number; write it with its country code, as +1 212 555 0123", r.Key)
			}
			r.Key = e164
		}
		if r.Key == "" || r.Language == "" {
			return nil, domain.Errorf(domain.KindInvalid, "bad_language", "a language rule needs whom it is for and a language")
		}
		out = append(out, r)
	}
	return out, nil
}
