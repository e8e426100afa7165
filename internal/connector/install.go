package connector

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/mail"
	"earshot/internal/store"
)

// PackageName is what is installed, by the name that the guide has for it.
const PackageName = "Voice Connectors for Conversation Insights"

// Package is the Voice Connector app as Setup > Installed Packages shows it.
type Package struct {
	domain.Installation
	By           string // name of who installed it
	Guest        domain.User
	GuestMissing []string // permission sets
	Fields       []string // of users, that the app reads
	Removes      []string // what uninstalling takes away
	Keeps        []string
	Blocked      string // why it cannot be uninstalled now; empty if it can
}

// Installed tells whether the app is installed.
func (s *Service) Installed(ctx context.Context) (bool, error) {
	i, err := s.Store.Installation(ctx)
	return i.Installed(), err
}

// Sees tells whether a user sees the pages of the Voice Connector app.
func (s *Service) Sees(ctx context.Context, u domain.User) (bool, error) {
	i, err := s.Store.Installation(ctx)
	return err == nil && i.Shows(u, s.Now()), err
}

// Package describes the app, installed or not.
func (s *Service) Package(ctx context.Context, actor domain.User) (Package, error) {
	if err := s.mayCustomize(actor); err != nil {
		return Package{}, err
	}
	i, err := s.Store.Installation(ctx)
	if err != nil {
		return Package{}, err
	}
	p := Package{Installation: i, Fields: s.identifierFields(), By: "the command line"}
	if by, err := s.Store.User(ctx, i.InstalledBy); err == nil {
		p.By = by.Name
	}
	if !i.Installed() {
		p.By = ""
		return p, nil
	}
	if p.Guest, err = s.Store.Guest(ctx); err != nil && !domain.IsKind(err, domain.KindNotFound) {
		return p, err
	}
	p.GuestMissing = domain.GuestMissing(p.Guest, s.Now())
	return p, s.weigh(ctx, &p)
}

func (s *Service) identifierFields() []string {
	var out []string
	for p := range s.Openers {
		out = append(out, domain.IdentifierField(p))
	}
	slices.Sort(out)
	return out
}

// weigh says what uninstalling takes away and keeps.
func (s *Service) weigh(ctx context.Context, p *Package) error {
	connectors, err := s.Store.Connectors(ctx)
	if err != nil {
		return err
	}
	jobs, err := s.Store.ScheduledJobs(ctx, "")
	if err != nil {
		return err
	}
	p.Removes = []string{"The user " + domain.ProfileGuest + ", with its permission sets", "Who sees the pages of the Voice Connector app"}
	var on []string
	for _, c := range connectors {
		name := s.Openers[c.Provider].Info.Name
		if c.Enabled || c.ProviderEnabled {
			on = append(on, name)
		}
		if len(c.Credential.Fields) > 0 || c.IntegrationUserID != "" {
			p.Removes = append(p.Removes, "The named credential, the integration user and the accepted terms of "+name)
		}
	}
	if len(jobs) > 0 {
		p.Removes = append(p.Removes, fmt.Sprintf("%d scheduled jobs", len(jobs)))
	}
	if len(on) > 0 {
		p.Blocked = "Switch off first: " + strings.Join(on, ", ") + "."
	}
	p.Keeps = []string{"All calls with their recordings, transcripts and insights", "VC Calls and their logs", "Excluded numbers", "The fields " + strings.Join(p.Fields, ", ") + " of all users"}
	return nil
}

// Install installs the app for an audience, or changes the audience of the app that is installed. Installing makes the guest user and
// writes to who installed it (Voice Connector Guide p. 3).
func (s *Service) Install(ctx context.Context, actor domain.User, audience domain.Audience, sets []string) (Package, error) {
	if err := s.mayCustomize(actor); err != nil {
		return Package{}, err
	}
	if err := validAudience(audience, sets); err != nil {
		return Package{}, err
	}
	if audience != domain.ForSets {
		sets = nil
	}
	err := s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.Installation(ctx)
		if err != nil {
			return err
		}
		fresh, before := !i.Installed(), domain.FactsOf(map[string]any{"for": i.For, "sets": i.Sets})
		i.For, i.Sets = audience, sets
		if fresh {
			i.Version, i.InstalledBy, i.InstalledAt = s.Version, actor.ID, s.Now()
		}
		if err := tx.SaveInstallation(ctx, i); err != nil {
			return err
		}
		changes := before.Changes(domain.FactsOf(map[string]any{"for": i.For, "sets": i.Sets}))
		if err := tx.Audit(ctx, actor, domain.ActionPackageInstalled, packageSubject(), changes...); err != nil || !fresh {
			return err
		}
		if err := s.saveGuest(ctx, tx); err != nil || actor.Email == "" { // the command line has no address
			return err
		}
		return mail.Queue(ctx, tx, s.confirmation(actor, i), s.Now())
	})
	if err != nil {
		return Package{}, err
	}
	return s.Package(ctx, actor)
}

// packageSubject names the package in the audit log.
func packageSubject() domain.Subject {
	return domain.Subject{Kind: domain.SubjectPackage, Name: PackageName}
}

func validAudience(audience domain.Audience, sets []string) error {
	switch audience {
	case domain.ForAll, domain.ForAdmins:
		return nil
	case domain.ForSets:
		if len(sets) == 0 {
			return domain.Errorf(domain.KindInvalid, "sets_missing", "choose at least one permission set whose holders see the app")
		}
		for _, set := range sets {
			if !slices.Contains(domain.PermissionSets(), set) {
				return domain.Errorf(domain.KindInvalid, "unknown_permission_set", "there is no permission set %q", set)
			}
		}
		return nil
	default:
		return domain.Errorf(domain.KindInvalid, "unknown_audience", "the app is installed for all users, for admins only, or for chosen permission sets; %q is none of these", audience)
	}
}

// confirmation is the mail that confirms the installation.
func (s *Service) confirmation(to domain.User, i domain.Installation) domain.Mail {
	whom := map[domain.Audience]string{domain.ForAll: "all users", domain.ForAdmins: "admins only", domain.ForSets: "holders of " + strings.Join(i.Sets, ", ")}[i.For]
	lines := []string{
		"Hello " + to.Name + ",", "",
		"the package " + PackageName + " " + i.Version + " was installed on " + domain.Stamp(i.InstalledAt) + ", for " + whom + ".", "",
		"It added:",
		"- the user fields " + strings.Join(s.identifierFields(), ", "),
		"- the user " + domain.ProfileGuest + " with the permission sets " + strings.Join(domain.GuestSets(), " and "), "",
		"Next: open the App Launcher, enter Voice Connector, and choose the provider you want to connect.",
	}
	if s.PublicURL != "" {
		lines = append(lines, strings.TrimRight(s.PublicURL, "/")+"/voice-connector")
	}
	return domain.Mail{To: to.Email, Subject: PackageName + " was installed", Body: strings.Join(lines, "\n") + "\n"}
}

// guestEmail is an address that no mail can go to (RFC 2606, 2).
const guestEmail = "guest@voice-connector.invalid"

// saveGuest makes the guest user, or gives it back what it needs.
func (s *Service) saveGuest(ctx context.Context, tx *store.Tx) error {
	now := s.Now()
	guest, err := tx.Guest(ctx)
	if domain.IsKind(err, domain.KindNotFound) {
		guest, err = domain.User{ID: store.NewID(), Name: domain.ProfileGuest, Email: guestEmail, Profile: domain.ProfileGuest, CreatedAt: now}, nil
	}
	if err != nil {
		return err
	}
	guest.Active, guest.LastModifiedAt = true, now
	for _, set := range domain.GuestMissing(guest, now) {
		guest.PermissionSets = append(guest.PermissionSets, domain.PermissionAssignment{Set: set, From: now})
	}
	return tx.SaveUser(ctx, guest)
}

// MendGuest gives the guest user back what it needs to take events (Voice Connector Guide p. 7).
func (s *Service) MendGuest(ctx context.Context, actor domain.User) (Package, error) {
	if err := identity.Require(actor, domain.PermissionAssignSets, s.Now()); err != nil {
		return Package{}, err
	}
	if err := s.mustBeInstalled(ctx); err != nil {
		return Package{}, err
	}
	err := s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.saveGuest(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionGuestMended, packageSubject())
	})
	if err != nil {
		return Package{}, err
	}
	return s.Package(ctx, actor)
}

func (s *Service) mustBeInstalled(ctx context.Context) error {
	installed, err := s.Installed(ctx)
	if err == nil && !installed {
		return domain.Errorf(domain.KindConflict, "not_installed", "the Voice Connector app is not installed; open Voice Connector and install it first")
	}
	return err
}

// Uninstall takes the app away while no connector is on: guest user, credentials and jobs go, calls stay.
func (s *Service) Uninstall(ctx context.Context, actor domain.User) error {
	if err := s.mayCustomize(actor); err != nil {
		return err
	}
	if err := s.mustBeInstalled(ctx); err != nil {
		return err
	}
	if err := s.RemoveSubscriptions(ctx); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		connectors, err := tx.Connectors(ctx)
		if err != nil {
			return err
		}
		for _, c := range connectors {
			if err := s.forget(ctx, tx, c); err != nil {
				return err
			}
		}
		if err := tx.RemoveGuest(ctx); err != nil {
			return err
		}
		if err := tx.SaveInstallation(ctx, domain.Installation{}); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionPackageUninstalled, packageSubject())
	})
}

// forget makes a connector as it was before it was set up; its VC Calls stay its own.
func (s *Service) forget(ctx context.Context, tx *store.Tx, c domain.Connector) error {
	if c.Enabled || c.ProviderEnabled {
		return domain.Errorf(domain.KindConflict, "connector_on", "%s is on; switch it off in Enable Integration and in General Settings first", s.Openers[c.Provider].Info.Name)
	}
	jobs, err := tx.ScheduledJobs(ctx, c.ID)
	for _, j := range jobs {
		if err == nil {
			err = tx.DeleteScheduledJob(ctx, j.ID)
		}
	}
	if err != nil {
		return err
	}
	if err := tx.AcceptTerms(ctx, c.Provider, nil); err != nil {
		return err
	}
	c.Credential, c.IntegrationUserID, c.SubscriptionID = domain.NamedCredential{Status: domain.AuthNot}, "", ""
	return tx.SaveConnector(ctx, c)
}
