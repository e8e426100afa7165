package ringcentral

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"earshot/internal/domain"
	"earshot/internal/provider"
)

const (
	subscriptionPath = "/subscription"
	eventFilter      = "/restapi/v1.0/account/~/telephony/sessions"

	lifetime    = 7 * 24 * time.Hour // RingCentral's default
	renewBefore = 3 * 24 * time.Hour // of its end
	webHook     = "WebHook"
	active      = "Active"
)

// filterPattern is our filter as RingCentral gives it back: it writes out the account in place of the tilde. One of an extension, or with
// conditions, brings only some of the calls.
var filterPattern = regexp.MustCompile(`^/restapi/v1\.0/account/[^/?]+/telephony/sessions$`)

// subscription as RingCentral keeps it (SubscriptionInfo).
type subscription struct {
	ID              string   `json:"id"`
	Status          string   `json:"status"`
	ExpirationTime  moment   `json:"expirationTime"`
	EventFilters    []string `json:"eventFilters"`
	DisabledFilters []struct {
		Filter  string `json:"filter"`
		Message string `json:"message"`
	} `json:"disabledFilters"`
	DeliveryMode delivery `json:"deliveryMode"`
}

type delivery struct {
	TransportType     string `json:"transportType"`
	Address           string `json:"address"`
	VerificationToken string `json:"verificationToken,omitempty"`
}

type subscriptionBody struct {
	EventFilters []string `json:"eventFilters"`
	ExpiresIn    int      `json:"expiresIn"`
	DeliveryMode delivery `json:"deliveryMode"`
}

func (s subscription) path() string { return subscriptionPath + "/" + url.PathEscape(s.ID) }

// Subscribe finds our subscription by id or address. One that is blacklisted, wrong or elsewhere is made anew, one that ends soon is
// renewed, doubles are removed.
func (d *driver) Subscribe(ctx context.Context, address, id string) (provider.Subscription, error) {
	ours, err := d.ourSubscriptions(ctx, address, id)
	if err != nil {
		return provider.Subscription{}, err
	}
	var keep *subscription
	var mended []string
	for i, s := range ours {
		wrong := s.wrong(address)
		if wrong == "" && keep != nil {
			wrong = "a second subscription with the same address was removed"
		}
		if wrong == "" {
			keep = &ours[i]
			continue
		}
		mended = append(mended, wrong)
		if err := d.remove(ctx, s); err != nil {
			return provider.Subscription{}, err
		}
	}
	if keep == nil && id != "" && len(ours) == 0 {
		mended = append(mended, "the subscription was gone at RingCentral; a new one was made")
	}
	made, err := d.createOrRenew(ctx, keep, address)
	if err != nil {
		return provider.Subscription{}, err
	}
	return provider.Subscription{ID: made.ID, Secret: d.secretOf(address), ExpiresAt: made.ExpirationTime.Time, Repaired: strings.Join(mended, "; ")}, nil
}

// wrong says why a subscription cannot be kept; empty if it can.
func (s subscription) wrong(address string) string {
	switch {
	case s.Status != active:
		return "RingCentral had blacklisted the subscription; it was made again"
	case s.DeliveryMode.Address != address:
		return "the subscription pointed at another address; it was made again"
	case !slices.ContainsFunc(s.EventFilters, filterPattern.MatchString):
		return "the events of calls were missing; the subscription was made again"
	default:
		return ""
	}
}

func (d *driver) ourSubscriptions(ctx context.Context, address, id string) ([]subscription, error) {
	var a struct {
		Records []subscription `json:"records"`
	}
	if err := d.client.get(ctx, subscriptionPath, nil, &a); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(a.Records, func(s subscription) bool {
		return s.ID == "" || s.DeliveryMode.TransportType != webHook || s.ID != id && s.DeliveryMode.Address != address
	}), nil
}

func (d *driver) createOrRenew(ctx context.Context, keep *subscription, address string) (made subscription, err error) {
	switch {
	case keep == nil:
		body := subscriptionBody{[]string{eventFilter}, int(lifetime.Seconds()), delivery{webHook, address, d.secretOf(address)}}
		err = d.client.do(ctx, http.MethodPost, subscriptionPath, nil, body, &made)
	case keep.ExpirationTime.Sub(d.client.Now()) < renewBefore:
		err = d.client.do(ctx, http.MethodPost, keep.path()+"/renew", nil, nil, &made)
	default:
		made = *keep
	}
	if err == nil && len(made.DisabledFilters) > 0 {
		err = domain.Errorf(domain.KindScopeMissing, "", "RingCentral does not send the events of calls: %s; give the app the permission CallControl", shortened(made.DisabledFilters[0].Message))
	}
	return made, err
}

func (d *driver) remove(ctx context.Context, s subscription) error {
	err := d.client.do(ctx, http.MethodDelete, s.path(), nil, nil, nil)
	if domain.IsKind(err, domain.KindNotFound) {
		return nil
	}
	return err
}

// Unsubscribe removes the subscription.
func (d *driver) Unsubscribe(ctx context.Context, id string) error {
	return d.client.do(ctx, http.MethodDelete, subscription{ID: id}.path(), nil, nil, nil)
}
