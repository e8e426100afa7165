package store

import (
	"context"
	"encoding/json"

	"earshot/internal/domain"
)

const settingsInstallation = "voice_connector_app"

// Installation gives how the Voice Connector app is installed; zero where it is not.
func (q *Queries) Installation(ctx context.Context) (domain.Installation, error) {
	var i domain.Installation
	text, err := q.setting(ctx, settingsInstallation)
	if err != nil || text == "" {
		return i, err
	}
	return i, json.Unmarshal([]byte(text), &i)
}

// SaveInstallation stores it; the zero value says that the app is not installed.
func (tx *Tx) SaveInstallation(ctx context.Context, i domain.Installation) error {
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	return tx.saveSetting(ctx, settingsInstallation, string(text))
}

// Guest gives the Voice Connector Guest User.
func (q *Queries) Guest(ctx context.Context) (domain.User, error) {
	return q.user(ctx, `WHERE profile = $1`, domain.ProfileGuest)
}

// RemoveGuest removes the Voice Connector Guest User.
func (tx *Tx) RemoveGuest(ctx context.Context) error {
	if _, err := tx.db.ExecContext(ctx, `DELETE FROM users WHERE profile = $1`, domain.ProfileGuest); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicUser, "")
}
