package ringcentral

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

// needed are the permissions of the app that calls and events take (Permissions guide).
var needed = []string{"ReadAccounts", "ReadCallLog", "ReadCallRecording", "CallControl", "SubscriptionWebhook"}

// Check names the account, and tries what calls, recordings and events take.
func (d *driver) Check(ctx context.Context) (provider.CheckReport, error) {
	var account struct {
		MainNumber string `json:"mainNumber"`
		Service    struct {
			Brand struct {
				Name string `json:"name"`
			} `json:"brand"`
		} `json:"serviceInfo"`
		ID ident `json:"id"`
	}
	if err := d.client.get(ctx, "/account/~", nil, &account); err != nil {
		return provider.CheckReport{}, err
	}
	name := strings.TrimSpace(fmt.Sprintf("%s %s (account %s)", account.Service.Brand.Name, account.MainNumber, account.ID))
	report := provider.CheckReport{Account: name, Scope: strings.Join(needed, " "), Items: []provider.CheckItem{
		{Name: "Credential", OK: true, Detail: "The credential is valid and belongs to " + name + ".", Fix: "If this is not your account, use the app and the JWT of the right one."},
	}}
	q := url.Values{"type": {"Voice"}, "perPage": {"1"}, "page": {"1"}}
	calls, err := item("Call log", "The company's call log can be read.", d.client.get(ctx, callLogPath, q, nil))
	if err != nil {
		return report, err
	}
	events, err := item("Events", "Subscriptions can be managed, so calls can arrive at once.", d.client.get(ctx, subscriptionPath, nil, nil))
	if err != nil {
		return report, err
	}
	recordings, err := d.recordingsItem(ctx)
	report.Items = append(report.Items, calls, events, recordings)
	return report, err
}

// item turns a missing permission into a red line; any other error ends the check.
func item(name, fine string, err error) (provider.CheckItem, error) {
	if domain.IsKind(err, domain.KindScopeMissing) {
		return provider.CheckItem{Name: name, Detail: domain.MessageOf(err), Fix: "Give the permission and make a new JWT, or sign in again."}, nil
	}
	return provider.CheckItem{Name: name, OK: err == nil, Detail: fine}, err
}

// recordingsItem looks whether anything is recorded automatically (AutomaticRecordingResource).
func (d *driver) recordingsItem(ctx context.Context) (provider.CheckItem, error) {
	var settings struct {
		Automatic struct {
			Enabled         bool `json:"enabled"`
			RetentionPeriod int  `json:"retentionPeriod"`
		} `json:"automatic"`
	}
	err := d.client.get(ctx, "/account/~/call-recording", nil, &settings)
	if domain.IsKind(err, domain.KindScopeMissing) || domain.IsKind(err, domain.KindNotFound) {
		return provider.CheckItem{Name: "Recording", OK: true, Detail: "Whether calls are recorded could not be looked up; it is no fault of the credential."}, nil
	}
	if err != nil {
		return provider.CheckItem{}, err
	}
	out := provider.CheckItem{Name: "Recording", OK: settings.Automatic.Enabled, Detail: fmt.Sprintf("Calls are recorded automatically, and kept for %d days.", settings.Automatic.RetentionPeriod)}
	if !out.OK {
		out.Detail = "Automatic call recording is off, so only calls that somebody records by hand can be processed."
		out.Fix = "Switch it on in the Admin Portal: Phone System > Auto-Receptionist > Call Recording."
	}
	return out, nil
}

// ListUsers reads the enabled users and the numbers that belong to them.
func (d *driver) ListUsers(ctx context.Context) ([]provider.User, error) {
	numbers, err := d.numbers(ctx)
	if err != nil {
		return nil, err
	}
	users := []provider.User{}
	for page := 1; page <= maxPages; page++ {
		var a struct {
			Records []struct {
				ID      ident  `json:"id"`
				Name    string `json:"name"`
				Contact struct {
					FirstName string `json:"firstName"`
					LastName  string `json:"lastName"`
					Email     string `json:"email"`
				} `json:"contact"`
			} `json:"records"`
			Navigation struct {
				NextPage *struct{} `json:"nextPage"`
			} `json:"navigation"`
		}
		q := url.Values{"type": {"User"}, "status": {"Enabled"}, "page": {strconv.Itoa(page)}, "perPage": {strconv.Itoa(perPage)}}
		if err := d.client.get(ctx, "/account/~/extension", q, &a); err != nil {
			return nil, err
		}
		for _, r := range a.Records {
			name := cmp.Or(r.Name, strings.TrimSpace(r.Contact.FirstName+" "+r.Contact.LastName))
			users = append(users, provider.User{ID: string(r.ID), Name: name, Email: r.Contact.Email, Phones: numbers[r.ID]})
		}
		if a.Navigation.NextPage == nil || len(a.Records) == 0 {
			break
		}
	}
	return users, nil
}

// numbers of extensions, all at once; without the right to see them there are none.
func (d *driver) numbers(ctx context.Context) (map[ident][]string, error) {
	out := map[ident][]string{}
	for page := 1; page <= maxPages; page++ {
		var a struct {
			Records []struct {
				PhoneNumber string    `json:"phoneNumber"`
				Extension   extension `json:"extension"`
			} `json:"records"`
			Navigation struct {
				NextPage *struct{} `json:"nextPage"`
			} `json:"navigation"`
		}
		q := url.Values{"page": {strconv.Itoa(page)}, "perPage": {strconv.Itoa(perPage)}}
		err := d.client.get(ctx, "/account/~/phone-number", q, &a)
		if domain.IsKind(err, domain.KindScopeMissing) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for _, r := range a.Records {
			if number := normal(r.PhoneNumber, d.region()); r.Extension.ID != "" && !slices.Contains(out[r.Extension.ID], number) {
				out[r.Extension.ID] = append(out[r.Extension.ID], number)
			}
		}
		if a.Navigation.NextPage == nil || len(a.Records) == 0 {
			break
		}
	}
	return out, nil
}
