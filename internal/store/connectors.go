package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"earshot/internal/domain"
)

const connectorColumns = `id, provider, enabled, provider_enabled, enabled_at, integration_user_id, site_secret, site_active, settings, credential,
	auth_status, auth_scope, auth_problem, auth_checked_at, subscription_id, sync_cursor, last_event_at, last_sync_at, created_at, updated_at`

func (q *Queries) scanConnector(row interface{ Scan(...any) error }) (domain.Connector, error) {
	var c domain.Connector
	var enabled, providerEnabled, siteActive, enabledAt, checked, cursor, event, sync, created, updated int64
	var settings string
	var sealed []byte
	err := row.Scan(&c.ID, &c.Provider, &enabled, &providerEnabled, &enabledAt, &c.IntegrationUserID, &c.SiteSecret, &siteActive, &settings, &sealed,
		&c.Credential.Status, &c.Credential.Scope, &c.Credential.Problem, &checked, &c.SubscriptionID, &cursor, &event, &sync, &created, &updated)
	if err != nil {
		return c, err
	}
	c.Enabled, c.ProviderEnabled, c.SiteActive = enabled == 1, providerEnabled == 1, siteActive == 1
	c.EnabledAt, c.Credential.CheckedAt, c.SyncCursor, c.LastEventAt = timeOf(enabledAt), timeOf(checked), timeOf(cursor), timeOf(event)
	c.LastSyncAt, c.CreatedAt, c.UpdatedAt = timeOf(sync), timeOf(created), timeOf(updated)
	if err := json.Unmarshal([]byte(settings), &c.Settings); err != nil {
		return c, err
	}
	plain, err := q.keyring.Open(sealed, c.ID)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(plain, &c.Credential.Fields)
}

// SaveConnector stores a connector whole, its credential sealed. When events and listings came is left as it is: see the Touch functions.
func (tx *Tx) SaveConnector(ctx context.Context, c domain.Connector) error {
	settings, err := json.Marshal(orEmpty(c.Settings))
	if err != nil {
		return err
	}
	plain, err := json.Marshal(orEmpty(c.Credential.Fields))
	if err != nil {
		return err
	}
	sealed, err := tx.keyring.Seal(plain, c.ID)
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO connectors (`+connectorColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, 0, $17, $18)
		ON CONFLICT (id) DO UPDATE SET enabled = $3, provider_enabled = $4, enabled_at = $5, integration_user_id = $6, site_secret = $7, site_active = $8, settings = $9, credential = $10,
		auth_status = $11, auth_scope = $12, auth_problem = $13, auth_checked_at = $14, subscription_id = $15, sync_cursor = $16, updated_at = $18`,
		c.ID, c.Provider, bit(c.Enabled), bit(c.ProviderEnabled), millis(c.EnabledAt), c.IntegrationUserID, c.SiteSecret, bit(c.SiteActive), string(settings), sealed,
		c.Credential.Status, c.Credential.Scope, c.Credential.Problem, millis(c.Credential.CheckedAt), c.SubscriptionID, millis(c.SyncCursor), millis(c.CreatedAt), millis(c.UpdatedAt))
	if err != nil {
		return err
	}
	return tx.Changed(ctx, TopicConnector, string(c.Provider))
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// TouchConnectorEvent notes when the last event came.
func (tx *Tx) TouchConnectorEvent(ctx context.Context, id string, at time.Time) error {
	_, err := tx.db.ExecContext(ctx, `UPDATE connectors SET last_event_at = $1 WHERE id = $2 AND last_event_at < $1`, millis(at), id)
	return err
}

// TouchConnectorSync notes when calls were last listed, and up to when.
func (tx *Tx) TouchConnectorSync(ctx context.Context, id string, at, cursor time.Time) error {
	_, err := tx.db.ExecContext(ctx, `UPDATE connectors SET last_sync_at = $1, sync_cursor = $2 WHERE id = $3`, millis(at), millis(cursor), id)
	return err
}

func (q *Queries) connectors(ctx context.Context, condition string, args ...any) ([]domain.Connector, error) {
	rows, err := q.db.QueryContext(ctx, `SELECT `+connectorColumns+` FROM connectors `+condition, args...)
	return collect(rows, err, func(r *sql.Rows) (domain.Connector, error) { return q.scanConnector(r) })
}

func (q *Queries) connector(ctx context.Context, condition string, arg any) (domain.Connector, error) {
	found, err := q.connectors(ctx, condition, arg)
	if err != nil {
		return domain.Connector{}, err
	}
	if len(found) == 0 {
		return domain.Connector{}, notFound(sql.ErrNoRows, "connector")
	}
	return found[0], nil
}

// Connectors gives all connectors.
func (q *Queries) Connectors(ctx context.Context) ([]domain.Connector, error) {
	return q.connectors(ctx, `ORDER BY provider`)
}

// Connector gives one by its id.
func (q *Queries) Connector(ctx context.Context, id string) (domain.Connector, error) {
	return q.connector(ctx, `WHERE id = $1`, id)
}

// ConnectorByProvider gives the connector of a provider.
func (q *Queries) ConnectorByProvider(ctx context.Context, p domain.Provider) (domain.Connector, error) {
	return q.connector(ctx, `WHERE provider = $1`, p)
}

// ConnectorBySiteSecret gives the connector whose site has this path. The secret has 256 random bits: how long the
// database takes to compare says nothing useful about it.
func (q *Queries) ConnectorBySiteSecret(ctx context.Context, secret string) (domain.Connector, error) {
	return q.connector(ctx, `WHERE site_secret = $1 AND site_secret <> ''`, secret)
}

// InsertEvent stores an event as it came.
func (tx *Tx) InsertEvent(ctx context.Context, e domain.Event) error {
	headers, err := json.Marshal(orEmpty(e.Headers))
	if err != nil {
		return err
	}
	_, err = tx.db.ExecContext(ctx, `INSERT INTO events (id, connector_id, received_at, headers, body) VALUES ($1, $2, $3, $4, $5)`,
		e.ID, e.ConnectorID, millis(e.ReceivedAt), string(headers), e.Body)
	return err
}

// MarkEventProcessed notes that an event was understood.
func (tx *Tx) MarkEventProcessed(ctx context.Context, id string) error {
	_, err := tx.db.ExecContext(ctx, `UPDATE events SET processed_at = $1 WHERE id = $2`, millis(tx.now()), id)
	return err
}

// Event gives one.
func (q *Queries) Event(ctx context.Context, id string) (domain.Event, error) {
	var e domain.Event
	var received int64
	var headers string
	err := q.db.QueryRowContext(ctx, `SELECT id, connector_id, received_at, headers, body FROM events WHERE id = $1`, id).Scan(&e.ID, &e.ConnectorID, &received, &headers, &e.Body)
	if err != nil {
		return e, notFound(err, "event")
	}
	e.ReceivedAt = timeOf(received)
	return e, json.Unmarshal([]byte(headers), &e.Headers)
}
