package aircall

import (
	"context"
	"fmt"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// Check tries the key, names its company, and looks at webhooks and at which numbers record.
func (d *driver) Check(ctx context.Context) (provider.CheckReport, error) {
	if err := d.client.get(ctx, pingPath, nil, nil); err != nil {
		return provider.CheckReport{}, err
	}
	var company struct {
		Company struct {
			Name text `json:"name"`
		} `json:"company"`
	}
	if err := d.client.get(ctx, "/v1/company", nil, &company); err != nil {
		return provider.CheckReport{}, err
	}
	name := string(company.Company.Name)
	report := provider.CheckReport{Account: name, Scope: "public_api", Items: []provider.CheckItem{
		{Name: "Credential", OK: true, Detail: "The key is valid and belongs to the company " + name + ".", Fix: "If this is not your company, make the key in the right one."},
	}}
	users, err := d.usersItem(ctx)
	if err != nil {
		return report, err
	}
	webhooks, err := d.webhooksItem(ctx)
	if err != nil {
		return report, err
	}
	numbers, err := d.numbersItem(ctx)
	report.Items = append(report.Items, users, webhooks, numbers)
	return report, err
}

func (d *driver) usersItem(ctx context.Context) (provider.CheckItem, error) {
	users, err := d.ListUsers(ctx)
	item := provider.CheckItem{Name: "Users", OK: len(users) > 0, Detail: fmt.Sprintf("%d users can be read.", len(users)), Fix: "Add users in Aircall."}
	return item, err
}

func (d *driver) webhooksItem(ctx context.Context) (provider.CheckItem, error) {
	err := d.client.get(ctx, "/v1/webhooks", pageQuery(1), nil)
	item := provider.CheckItem{Name: "Webhooks", OK: true, Detail: "Webhooks can be managed, so calls can arrive at once."}
	if domain.IsKind(err, domain.KindScopeMissing) {
		item.OK, item.Detail, item.Fix = false, "The key may not manage webhooks, so calls are pulled every hour only.", "Use a key made by an admin."
		return item, nil
	}
	return item, err
}

func (d *driver) numbersItem(ctx context.Context) (provider.CheckItem, error) {
	silent, total := []string{}, 0
	err := d.client.pages(ctx, "/v1/numbers", func(a answer) int {
		for _, n := range a.Numbers {
			total++
			if n.silent() {
				silent = append(silent, strings.TrimSpace(string(n.Name+" "+n.Digits)))
			}
		}
		return len(a.Numbers)
	})
	return recordingItem(silent, total), err
}

// recordingItem is red only where no number records at all: some numbers may be meant not to.
func recordingItem(silent []string, total int) provider.CheckItem {
	item := provider.CheckItem{Name: "Recording", OK: len(silent) < total, Detail: fmt.Sprintf("All %d numbers record their calls.", total)}
	if len(silent) > 0 {
		item.Detail = fmt.Sprintf("%d of %d numbers do not record: %s. Their calls cannot be processed.", len(silent), total, strings.Join(silent, ", "))
		item.Fix = "Switch recording on in Aircall: Numbers > (number) > Settings > Call recording."
	}
	return item
}

// ListUsers reads all users. Aircall knows no phone numbers of people.
func (d *driver) ListUsers(ctx context.Context) ([]provider.User, error) {
	users := []provider.User{}
	err := d.client.pages(ctx, "/v2/users", func(a answer) int {
		for _, u := range a.Users {
			users = append(users, provider.User{ID: u.ID.String(), Name: string(u.Name), Email: string(u.Email)})
		}
		return len(a.Users)
	})
	return users, err
}
