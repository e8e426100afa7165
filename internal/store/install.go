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
	err := q.readSetting(ctx, settingsInstallation, &i)
	return i, err
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

func termsRow(p domain.Provider) string { return "terms/" + string(p) }

// TermsAccepted gives who accepted the terms of a connector, newest first.
func (q *Queries) TermsAccepted(ctx context.Context, p domain.Provider) ([]domain.TermsAcceptance, error) {
	var list []domain.TermsAcceptance
	err := q.readSetting(ctx, termsRow(p), &list)
	return list, err
}

// AcceptTerms stores who accepted the terms of a connector, newest first.
func (tx *Tx) AcceptTerms(ctx context.Context, p domain.Provider, list []domain.TermsAcceptance) error {
	return tx.writeSetting(ctx, termsRow(p), list, p)
}

func testCallRow(p domain.Provider) string { return "test_call/" + string(p) }

// TestCall gives the last test call of a connector; the zero value without one.
func (q *Queries) TestCall(ctx context.Context, p domain.Provider) (domain.TestCall, error) {
	var c domain.TestCall
	err := q.readSetting(ctx, testCallRow(p), &c)
	return c, err
}

// SaveTestCall stores how far the test call of a connector has come, in place of the one before.
func (tx *Tx) SaveTestCall(ctx context.Context, p domain.Provider, c domain.TestCall) error {
	return tx.writeSetting(ctx, testCallRow(p), c, p)
}

// readSetting reads JSON into value, and leaves it where there is none.
func (q *Queries) readSetting(ctx context.Context, name string, value any) error {
	text, err := q.setting(ctx, name)
	if err != nil || text == "" {
		return err
	}
	return json.Unmarshal([]byte(text), value)
}

// writeSetting stores JSON that belongs to a connector.
func (tx *Tx) writeSetting(ctx context.Context, name string, value any, p domain.Provider) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := tx.saveSetting(ctx, name, string(text)); err != nil {
		return err
	}
	return tx.Changed(ctx, TopicConnector, string(p))
}
