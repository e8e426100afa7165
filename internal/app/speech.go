package app

import (
	"context"
	"sync/atomic"
	"time"

	"earshot/internal/api"
	"earshot/internal/domain"
	"earshot/internal/pipeline"
	"earshot/internal/secret"
	"earshot/internal/speech/engines"
	"earshot/internal/speech/models"
	"earshot/internal/speech/moonshine"
)

// EmbeddedModel gives the installed model of that name; the engine's own where there is none.
func EmbeddedModel(dataDir, name string) moonshine.Model {
	w, err := models.Lookup(name)
	if err != nil {
		return moonshine.Model{}
	}
	dir, ok := models.FindWeights(dataDir, name)
	if !ok {
		return moonshine.Model{}
	}
	return moonshine.Model{Name: w.Name, Dir: dir, Arch: w.Arch}
}

// modelLookup is how often the settings are asked for the embedded engine's model.
const modelLookup = 5 * time.Second

// embeddedModel reads the settings at most every few seconds, since it is asked for each segment.
func (a *App) embeddedModel() func() moonshine.Model {
	type seen struct {
		model moonshine.Model
		at    time.Time
	}
	var last atomic.Pointer[seen]
	return func() moonshine.Model {
		if s := last.Load(); s != nil && time.Since(s.at) < modelLookup {
			return s.model
		}
		ctx, cancel := context.WithTimeout(context.Background(), modelLookup)
		defer cancel()
		s := seen{at: time.Now()}
		if settings, err := a.Store.SpeechSettings(ctx); err == nil {
			s.model = EmbeddedModel(a.Config.ModelsDir, settings.EmbeddedModel)
		} else if l := last.Load(); l != nil {
			s.model = l.model
		}
		last.Store(&s)
		return s.model
	}
}

// chooser says for each call who writes it down, in which language.
func (a *App) chooser() func(context.Context, domain.Call, domain.GeneralSettings) (pipeline.Choice, error) {
	opener := &engines.Opener{Local: a.Engine}
	return func(ctx context.Context, call domain.Call, general domain.GeneralSettings) (pipeline.Choice, error) {
		s, err := a.Store.SpeechSettings(ctx)
		if err != nil {
			return pipeline.Choice{}, err
		}
		key, err := a.Store.SpeechKey(ctx, s.Engine, s.BaseURL)
		if err != nil {
			return pipeline.Choice{}, err
		}
		return Choice(opener, s, secret.String(key), domain.LanguageFor(s.Languages, general.Language, call))
	}
}

// Choice opens the engine of the settings.
func Choice(opener *engines.Opener, s domain.SpeechSettings, key secret.String, language string) (pipeline.Choice, error) {
	engine, err := opener.Open(engines.Config{Name: s.Engine, Model: s.Model, BaseURL: s.BaseURL, Key: key})
	if err != nil {
		return pipeline.Choice{}, err
	}
	c := pipeline.Choice{Engine: engine, Language: language, Cost: s.Cost, Currency: s.Currency}
	if s.Fallback && s.Engine != domain.EmbeddedEngine {
		c.Fallback = opener.Local
	}
	return c, nil
}

// speechModels are those of the embedded engine, with whether they are installed.
func (a *App) speechModels() []api.SpeechModel {
	_, installed := models.Find(a.Config.ModelsDir)
	list := []api.SpeechModel{{Name: models.DefaultModel, Installed: installed}}
	for _, w := range models.Catalogue() {
		_, there := models.FindWeights(a.Config.ModelsDir, w.Name)
		list = append(list, api.SpeechModel{Name: w.Name, Installed: there, Bytes: w.Size()})
	}
	return list
}
