package troubleshoot

import (
	"fmt"
	"slices"
	"strings"

	"earshot/internal/domain"
)

// named is how many people are named before the rest is counted.
const named = 5

// matchable looks for users whom a call can be given to.
func matchable(f facts) verdict {
	var lost []string
	allowed, found := 0, 0
	for _, u := range f.users {
		if !u.Active || u.InsightSetAt(f.now) == "" {
			continue
		}
		allowed++
		if canBeFound(f, u) {
			found++
		} else {
			lost = append(lost, u.Name)
		}
	}
	field := domain.IdentifierField(f.view.Provider)
	switch {
	case allowed == 0:
		return red(pageUsers, "Assign an insights permission set, such as "+domain.PermForSales+", to the users whose calls should be processed.", "No active user holds an insights permission set.")
	case found == 0:
		return red(pageUsers, "Put the provider's user id into the field "+field+" of each user, or the number into their phones.", "%s an insights permission set, but none has the %s or a phone.", holders(allowed), field)
	case len(lost) > 0:
		return green("Calls can be given to %d of %d users with an insights permission set. Without %s and phone: %s.", found, allowed, field, list(lost))
	default:
		return green("Calls can be given to all %d users with an insights permission set.", found)
	}
}

// canBeFound goes by the rules of matching (VC-15, VC-16): Amazon Connect's may also find by e-mail, which every user has.
func canBeFound(f facts, u domain.User) bool {
	phone := slices.ContainsFunc(u.Phones, func(p domain.UserPhone) bool { return p.To.IsZero() || p.To.After(f.now) })
	return phone || u.Identifiers[f.view.Provider] != "" || f.view.Provider == domain.AmazonConnect
}

func holders(n int) string {
	if n == 1 {
		return "1 user holds"
	}
	return fmt.Sprintf("%d users hold", n)
}

func list(names []string) string {
	if len(names) <= named {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:named], ", "), len(names)-named)
}

// guestRule is of the whole installation: there is one guest user, on whose behalf sites take events.
func guestRule() rule {
	return rule{"guest_user", domain.ProfileGuest, "Sites take events on behalf of this user, who needs the two permission sets for it.", guest}
}

func guest(f facts) verdict {
	if !f.connected {
		return notHere("No provider is connected, so nothing is received.")
	}
	i := slices.IndexFunc(f.users, func(u domain.User) bool { return u.Profile == domain.ProfileGuest })
	if i < 0 {
		return red(pagePackages, "Give the guest user back, here or on the page Installed Packages.", "There is no %s, so events are refused.", domain.ProfileGuest)
	}
	u := f.users[i]
	if !u.Active {
		return red(pageUsers, "Activate "+u.Name+".", "%s is not active, so events are refused.", u.Name)
	}
	missing := domain.GuestMissing(u, f.now)
	if len(missing) > 0 {
		return red(pageUsers, "Assign "+strings.Join(missing, " and ")+" to "+u.Name+".", "%s lacks %s, so events are refused.", u.Name, strings.Join(missing, " and "))
	}
	return green("%s is active and holds %s and %s.", u.Name, domain.PermVoiceConnector, domain.PermIntegrationUser)
}
