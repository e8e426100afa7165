package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"earshot/internal/domain"
)

const settingsSpeech = "speech"

// SpeechSettings gives who turns recordings into text; before they are first saved, the embedded engine.
func (q *Queries) SpeechSettings(ctx context.Context) (domain.SpeechSettings, error) {
	s := domain.SpeechSettings{Engine: domain.EmbeddedEngine, Languages: []domain.LanguageRule{}}
	text, err := q.setting(ctx, settingsSpeech)
	if err != nil || text == "" {
		return s, err
	}
	return s, json.Unmarshal([]byte(text), &s)
}

// SaveSpeechSettings stores them.
func (tx *Tx) SaveSpeechSettings(ctx context.Context, s domain.SpeechSettings) error {
	if s.Languages == nil {
		s.Languages = []domain.LanguageRule{}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tx.saveSetting(ctx, settingsSpeech, string(text))
}

// keyRow names the row of a key. It is part of the seal: a key opens for the engine and the address only for which it was entered.
func keyRow(engine, baseURL string) string { return "speech_key/" + engine + "/" + baseURL }

// SpeechKey gives the key of an engine at an address; "" without one.
func (q *Queries) SpeechKey(ctx context.Context, engine, baseURL string) (string, error) {
	return q.sealedSetting(ctx, keyRow(engine, baseURL))
}

// SaveSpeechKey seals the key of an engine at an address; "" forgets it.
func (tx *Tx) SaveSpeechKey(ctx context.Context, engine, baseURL, key string) error {
	return tx.saveSealedSetting(ctx, keyRow(engine, baseURL), key)
}

// setting gives a value; "" where there is none.
func (q *Queries) setting(ctx context.Context, name string) (string, error) {
	var text string
	err := q.db.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return text, err
}

func (tx *Tx) saveSetting(ctx context.Context, name, value string) error {
	_, err := tx.db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`, name, value)
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicSettings, settingsSpeech)
}
