package aircall

import (
	"context"
	"net/url"
	"strconv"

	"earshot/internal/domain"
)

// Aircall gives at most 50 items a page and 10,000 a query, whatever the page.
const (
	perPage  = 50
	maxItems = 10_000
	maxPages = maxItems / perPage
)

// answer is any of Aircall's answers; each has one of the names.
type answer struct {
	Call     maybe[call]    `json:"call"`
	Calls    list[call]     `json:"calls"`
	Users    list[user]     `json:"users"`
	Numbers  list[number]   `json:"numbers"`
	Webhook  maybe[webhook] `json:"webhook"`
	Webhooks list[webhook]  `json:"webhooks"`
	Meta     meta           `json:"meta"`
}

type meta struct {
	Total ident `json:"total"`
	Next  text  `json:"next_page_link"`
}

func pageQuery(page int) url.Values {
	return url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
}

// pages reads a whole listing; take gives how many items a page had.
func (c client) pages(ctx context.Context, path string, take func(answer) int) error {
	for page := 1; page <= maxPages; page++ {
		var a answer
		if err := c.get(ctx, path, pageQuery(page), &a); err != nil {
			return err
		}
		if take(a) == 0 || a.Meta.Next == "" {
			return nil
		}
	}
	return domain.Errorf(domain.KindPermanent, "listing_too_long", "Aircall lists more than %d items under %s, and gives no more than that", maxItems, path)
}
