package dialpad

import (
	"context"
	"maps"
	"net/url"

	"earshot/internal/domain"
)

// maxPages of one listing: far more than a sensible question has.
const maxPages = 4000

// page of any of Dialpad's listings. The cursor is absent on the last one.
type page[T any] struct {
	Items  list[T] `json:"items"`
	Cursor text    `json:"cursor"`
}

// pages reads a listing; take tells whether to go on. Dialpad chooses how much a page holds: a limit is not documented where it
// works, and punished where it does not.
func pages[T any](ctx context.Context, c client, path string, query url.Values, take func([]T) bool) error {
	query = maps.Clone(query)
	if query == nil {
		query = url.Values{}
	}
	for range maxPages {
		var p page[T]
		if err := c.get(ctx, path, query, &p); err != nil {
			return err
		}
		if !take(p.Items) || p.Cursor == "" {
			return nil
		}
		if string(p.Cursor) == query.Get("cursor") {
			return domain.Errorf(domain.KindPermanent, "listing_stuck", "Dialpad repeats the same page of %s; what comes after it is not seen", path)
		}
		query.Set("cursor", string(p.Cursor))
	}
	return domain.Errorf(domain.KindPermanent, "listing_too_long", "Dialpad's listing %s has more than %d pages", path, maxPages)
}
