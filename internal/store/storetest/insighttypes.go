package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/internal/domain"
	"earshot/internal/store"
)

func testInsightTypes(t *testing.T, b *bundle) {
	made := func(id string, kind domain.InsightKind, name, language string) domain.InsightType {
		return domain.InsightType{ID: id, Kind: kind, Name: name, Aliases: []string{"a, b", "ü"}, Language: language, SaidBy: domain.Customer, FirstSeconds: 120, Active: true, CreatedAt: start, UpdatedAt: start}
	}
	zeta, alpha, german := made("1", domain.KindProduct, "Zeta", ""), made("2", domain.KindProduct, "alpha", ""), made("3", domain.KindProduct, "Alpha", "de")
	rival := made("4", domain.KindCompetitor, "ALPHA", "")
	var added []domain.InsightType
	b.must(t, func(ctx context.Context, tx *store.Tx) (err error) {
		added, err = tx.AddInsightTypes(ctx, []domain.InsightType{zeta, alpha, german, rival, made("5", domain.KindProduct, "ZETA", "")})
		return err
	})
	if diff := cmp.Diff([]domain.InsightType{zeta, alpha, german, rival}, added); diff != "" {
		t.Errorf("added (-want +got)\n%s", diff)
	}
	save := func(x domain.InsightType) error {
		return b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveInsightType(ctx, x) })
	}
	taken := zeta
	taken.Name = "Alpha"
	if err := save(taken); domain.CodeOf(err) != "insight_type_taken" {
		t.Errorf("a name twice: %v", err)
	}
	zeta.Kind, zeta.Name, zeta.Aliases, zeta.SaidBy, zeta.FirstSeconds, zeta.Active = domain.KindMention, "zeta", []string{}, "", 0, false
	if err := save(zeta); err != nil {
		t.Fatal(err)
	}
	if err := save(made("none", domain.KindProduct, "none", "")); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("saving none: %v", err)
	}
	b.must(t, func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.InsightType(ctx, "1")
		if diff := cmp.Diff(zeta, got); diff != "" {
			t.Errorf("one (-want +got)\n%s", diff)
		}
		if _, err := tx.InsightType(ctx, "5"); !domain.IsKind(err, domain.KindNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
		return err
	})
	remove := func(id string) error {
		return b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.RemoveInsightType(ctx, id) })
	}
	if err := remove("2"); err != nil {
		t.Fatal(err)
	}
	if err := remove("2"); !domain.IsKind(err, domain.KindNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	got, err := b.InsightTypes(t.Context())
	if diff := cmp.Diff([]domain.InsightType{rival, zeta, german}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}
