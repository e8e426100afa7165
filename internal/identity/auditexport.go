package identity

import (
	"context"
	"encoding/csv"
	"io"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// ExportAudit writes the rows of the audit log that a filter selects as CSV, newest first, one line a changed field. It reads page by
// page, so that memory does not grow with the log.
func (i *Identity) ExportAudit(ctx context.Context, actor domain.User, f store.AuditFilter, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"time", "actor", "actor id", "api token", "action", "kind", "id", "name", "address", "field", "old", "new"}); err != nil {
		return err
	}
	for f.Limit = 500; ; {
		rows, next, err := i.AuditLog(ctx, actor, f)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := out.WriteAll(auditLines(r)); err != nil {
				return err
			}
		}
		if f.Cursor = next; next == "" {
			out.Flush()
			return out.Error()
		}
	}
}

// auditLines of a row: one a changed field, at least one.
func auditLines(r domain.Audited) [][]string {
	if len(r.Changes) == 0 {
		r.Changes = []domain.FieldChange{{}}
	}
	lines := make([][]string, 0, len(r.Changes))
	for _, c := range r.Changes {
		line := []string{r.At.UTC().Format(time.RFC3339), r.Actor, r.ActorID, r.Token, r.Action, r.SubjectKind, r.SubjectID, r.Subject, r.Address, c.Field, c.Old, c.New}
		for k := range line {
			line[k] = safe(line[k])
		}
		lines = append(lines, line)
	}
	return lines
}
