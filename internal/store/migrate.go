package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/rivermigrate"

	"earshot/internal/domain"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schema brings our own tables up to date; River's are brought up to date before, since ours refer to them in queries.
type schema struct {
	dialect  goose.Dialect
	provider *goose.Provider
}

// check refuses a database of a newer Earshot and tells whether tables are there already and whether they must change.
func (s *schema) check(ctx context.Context, db *sql.DB) (exists, pending bool, err error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return false, false, err
	}
	s.provider, err = goose.NewProvider(s.dialect, db, folder, goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return false, false, err
	}
	current, err := s.provider.GetDBVersion(ctx)
	if err != nil {
		return false, false, err
	}
	sources := s.provider.ListSources()
	newest := sources[len(sources)-1].Version
	if current > newest {
		return true, false, domain.Errorf(domain.KindInvalid, "newer_database", "the database was made by a newer version of Earshot (schema %d, this version knows %d); run that version, or restore the backup made before the upgrade", current, newest)
	}
	return current > 0, current < newest, nil
}

func (s *schema) up(ctx context.Context) error {
	_, err := s.provider.Up(ctx)
	return err
}

// riverPending tells whether River's tables must change.
func riverPending[T any](ctx context.Context, m *rivermigrate.Migrator[T]) (bool, error) {
	done, err := m.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{DryRun: true})
	return err == nil && len(done.Versions) > 0, err
}
