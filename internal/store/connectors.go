package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"earshot/internal/domain"
)

const connectorColumns = `id, provider, enabled, provider_enabled, enabled_at, first_day_until, integration_user_id, site_secret, site_active, settings, credential,
	auth_status, auth_scope, auth_problem, auth_checked_at, subscription_id, sync_cursor, last_event_at, last_sync_at, created_at, updated_at`

func (q *Queries) scanConnector(row interface{ Scan(...any) error }) (domain.Connector, error) {
	var c domain.Connector
	var enabled, providerEnabled, siteActive, enabledAt, firstDay, checked, cursor, event, sync, created, updated int64
	var settings string
	var sealed []byte
	err := row.Scan(&c.ID, &c.Provider, &enabled, &providerEnabled, &enabledAt, &firstDay, &c.IntegrationUserID, &c.SiteSecret, &siteActive, &settings, &sealed,
		&c.Credential.Status, &c.Credential.Scope, &c.Credential.Problem, &checked, &c.SubscriptionID, &cursor, &event, &sync, &created, &updated)
	if err != nil {
		return c, err
	}
	c.Enabled, c.ProviderEnabled, c.SiteActive = enabled == 1, providerEnabled == 1, siteActive == 1
	c.EnabledAt, c.FirstDayUntil, c.Credential.CheckedAt, c.SyncCursor, c.LastEventAt = timeOf(enabledAt), timeOf(firstDay), timeOf(checked), timeOf(cursor), timeOf(event)
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
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, $18, $19)
		ON CONFLICT (id) DO UPDATE SET enabled = $3, provider_enabled = $4, enabled_at = $5, first_day_until = $6, integration_user_id = $7, site_secret = $8, site_active = $9, settings = $10, credential = $11,
		auth_status = $12, auth_scope = $13, auth_problem = $14, auth_checked_at = $15, subscription_id = $16, sync_cursor = $17, updated_at = $19`,
		c.ID, c.Provider, bit(c.Enabled), bit(c.ProviderEnabled), millis(c.EnabledAt), millis(c.FirstDayUntil), c.IntegrationUserID, c.SiteSecret, bit(c.SiteActive), string(settings), sealed,
		c.Credential.Status, c.Credential.Scope, c.Credential.Problem, millis(c.Credential.CheckedAt), c.SubscriptionID, millis(c.SyncCursor), millis(c.CreatedAt), millis(c.UpdatedAt))
	if tx.dialect.unique(err) {
		return &domain.Error{Kind: domain.KindConflict, Code: "connector_exists", Message: "somebody else has set up this provider meanwhile; load the page again", Err: err}
	}
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

// Connector gives one by its id and keeps others from changing it until the transaction ends, so that it can be changed and saved.
func (tx *Tx) Connector(ctx context.Context, id string) (domain.Connector, error) {
	return tx.connector(ctx, `WHERE id = $1`+tx.dialect.forUpdate, id)
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
