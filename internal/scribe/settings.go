package scribe

import (
	"context"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/languagemodel"
	"earshot/internal/store"
)

// SettingsView is which language model writes about calls. The key itself is never shown.
type SettingsView struct {
	domain.ModelSettings
	KeySet bool // for the kind and address that are chosen
	Used   int  // tokens of today's budget that are used or reserved
}

// Settings gives them.
func (s *Service) Settings(ctx context.Context, actor domain.User) (SettingsView, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return SettingsView{}, err
	}
	settings, err := s.Store.ModelSettings(ctx)
	if err != nil {
		return SettingsView{}, err
	}
	key, err := s.Store.ModelKey(ctx, settings.Kind, settings.BaseURL)
	if err != nil {
		return SettingsView{}, err
	}
	general, err := s.Store.Settings(ctx)
	if err != nil {
		return SettingsView{}, err
	}
	used, err := s.Store.ModelTokens(ctx, s.Now().In(general.Location()).Format(time.DateOnly))
	return SettingsView{settings, key != "", used}, err
}

// SaveSettings changes them for calls that are analyzed from now on. key nil keeps the one of this kind and address, an empty one forgets it.
func (s *Service) SaveSettings(ctx context.Context, actor domain.User, in domain.ModelSettings, key *string) (SettingsView, error) {
	used, err := s.usable(ctx, actor, &in, key)
	if err != nil {
		return SettingsView{}, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		before, err := tx.ModelSettings(ctx)
		if err != nil {
			return err
		}
		if key != nil {
			if err := tx.SaveModelKey(ctx, in.Kind, in.BaseURL, used); err != nil {
				return err
			}
		}
		if err := tx.SaveModelSettings(ctx, in); err != nil {
			return err
		}
		was, is := domain.FactsOf(before), domain.FactsOf(in)
		changes := was.Changes(is)
		if len(changes) == 0 {
			return nil
		}
		return tx.Audit(ctx, actor, domain.ActionSettingsSaved, domain.Subject{Kind: domain.SubjectSettings, ID: "Language Model", Name: "Language Model"}, changes...)
	})
	if err != nil {
		return SettingsView{}, err
	}
	return s.Settings(ctx, actor)
}

// usable checks settings and gives the key that goes with them. What is off need not be whole.
func (s *Service) usable(ctx context.Context, actor domain.User, in *domain.ModelSettings, key *string) (string, error) {
	if err := identity.Require(actor, domain.PermissionCustomize, s.Now()); err != nil {
		return "", err
	}
	in.BaseURL, in.Model, in.Currency = strings.TrimSpace(in.BaseURL), strings.TrimSpace(in.Model), strings.TrimSpace(in.Currency)
	if in.Connectors == nil {
		in.Connectors = []string{}
	}
	names := map[string]bool{}
	for i := range in.Prompts {
		p := &in.Prompts[i]
		p.Name, p.Instruction = strings.Join(strings.Fields(p.Name), " "), strings.TrimSpace(p.Instruction)
		if p.Name == "" || p.Instruction == "" || names[p.Name] {
			return "", domain.Errorf(domain.KindInvalid, "bad_prompt", "each insight prompt needs a name of its own and an instruction; look at %q", p.Name)
		}
		names[p.Name] = true
	}
	if in.Prompts == nil {
		in.Prompts = []domain.InsightPrompt{}
	}
	used, err := s.Store.ModelKey(ctx, in.Kind, in.BaseURL)
	if err != nil {
		return "", err
	}
	if key != nil {
		used = strings.TrimSpace(*key)
	}
	if _, err := languagemodel.Lookup(in.Kind); err != nil || !in.Enabled {
		return used, err
	}
	_, err = languagemodel.Open(s.config(*in, used))
	return used, err
}

// Test asks the model of settings, saved or not, about a call of two lines, and says how it did.
func (s *Service) Test(ctx context.Context, actor domain.User, in domain.ModelSettings, key *string) (string, error) {
	in.Enabled = true
	used, err := s.usable(ctx, actor, &in, key)
	if err != nil {
		return "", err
	}
	model, err := languagemodel.Open(s.config(in, used))
	if err != nil {
		return "", err
	}
	return languagemodel.Test(ctx, model)
}
