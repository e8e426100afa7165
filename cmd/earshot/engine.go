package main

import (
	"os"
	"strings"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/domain"
	"earshot/internal/pipeline"
	"earshot/internal/secret"
	"earshot/internal/speech/engines"
	"earshot/internal/speech/models"
	"earshot/internal/speech/moonshine"
)

// choose opens the engine that the flags name.
func (c processCmd) choose(cfg config.Config, local *moonshine.Engine) (pipeline.Choice, error) {
	if c.Engine == domain.EmbeddedEngine {
		if err := c.checkModel(cfg); err != nil {
			return pipeline.Choice{}, err
		}
	}
	key, err := c.key()
	if err != nil {
		return pipeline.Choice{}, err
	}
	s := domain.SpeechSettings{Engine: c.Engine, Model: c.EngineModel, BaseURL: c.EngineURL, Fallback: c.Fallback}
	return app.Choice(&engines.Opener{Local: local}, s, key, c.Language)
}

// checkModel refuses a model that is not installed: another would write the calls unasked.
func (c processCmd) checkModel(cfg config.Config) error {
	if c.EngineModel == "" || c.EngineModel == models.DefaultModel {
		return nil
	}
	if _, err := models.Lookup(c.EngineModel); err != nil {
		return err
	}
	if _, ok := models.FindWeights(cfg.ModelsDir, c.EngineModel); !ok {
		return domain.Errorf(domain.KindNotFound, "model_missing", "the model %s is not installed; install it: earshot models pull %s", c.EngineModel, c.EngineModel)
	}
	return nil
}

func (c processCmd) key() (secret.String, error) {
	if c.KeyFile == "" {
		return secret.String(strings.TrimSpace(c.EngineKey)), nil
	}
	data, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return "", domain.Errorf(domain.KindInvalid, "bad_setting", "the key file %s cannot be read", c.KeyFile)
	}
	return secret.String(strings.TrimSpace(string(data))), nil
}
