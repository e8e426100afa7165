package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"earshot/internal/domain"
	"earshot/internal/store"
)

// PasswordLinkLife is how long a link with which a user sets a password can be used.
const PasswordLinkLife = 72 * time.Hour

// byHand refuses what a person must do in the browser, so that a stolen API token cannot make itself another or lock its owner out.
func byHand(ctx context.Context) error {
	if domain.OriginOf(ctx).Token != "" {
		return domain.Errorf(domain.KindForbidden, "needs_session", "an API token cannot do this; sign in with the browser")
	}
	return nil
}

// Sessions of the actor, the last used first.
func (i *Identity) Sessions(ctx context.Context, actor domain.User) ([]store.Session, error) {
	return i.Store.SessionsOf(ctx, actor.ID, i.Now())
}

// EndSession ends one session of the actor.
func (i *Identity) EndSession(ctx context.Context, actor domain.User, id string) error {
	if err := byHand(ctx); err != nil {
		return err
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DeleteSessionOf(ctx, actor.ID, id); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionSessionEnded, domain.Subject{Kind: domain.SubjectSession, ID: id, Name: actor.Name})
	})
}

// SignOutEverywhere ends all sessions of the actor, or of another user for who manages users, and gives how many.
func (i *Identity) SignOutEverywhere(ctx context.Context, actor domain.User, userID string) (n int, err error) {
	user := actor
	if userID != actor.ID {
		if user, err = i.managed(ctx, actor, userID); err != nil {
			return 0, err
		}
	}
	if err := byHand(ctx); err != nil {
		return 0, err
	}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err = i.endSessions(ctx, tx, actor, user, "")
		return err
	})
	return n, err
}

func (i *Identity) endSessions(ctx context.Context, tx *store.Tx, actor, user domain.User, keep string) (int, error) {
	n, err := tx.DeleteSessionsOf(ctx, user.ID, keep)
	if err != nil {
		return 0, err
	}
	return n, tx.Audit(ctx, actor, domain.ActionSessionsEnded, userSubject(user), domain.FieldChange{Field: "sessions", Old: fmt.Sprint(n), New: "0"})
}

// managed gives a user whom the actor may sign out or give a password. Only a System Administrator may do that to another one.
func (i *Identity) managed(ctx context.Context, actor domain.User, userID string) (domain.User, error) {
	if err := Require(actor, domain.PermissionManageUsers, i.Now()); err != nil {
		return domain.User{}, err
	}
	user, err := i.Store.User(ctx, userID)
	if err == nil && user.Profile == domain.ProfileAdministrator && actor.Profile != domain.ProfileAdministrator {
		err = domain.Errorf(domain.KindForbidden, "administrator_only", "%s is a %s; only another one may do this", user.Name, domain.ProfileAdministrator)
	}
	return user, err
}

// ChangePassword of the actor, who knows the old one. Their other sessions end.
func (i *Identity) ChangePassword(ctx context.Context, actor domain.User, old, password string) error {
	if err := byHand(ctx); err != nil {
		return err
	}
	if !i.mayTry("p:" + actor.ID) {
		return tooMany()
	}
	if user, ok := i.checkLogin(ctx, actor.Email, old); !ok || user.ID != actor.ID {
		return domain.Errorf(domain.KindInvalid, "wrong_password", "the old password is wrong; nothing was changed")
	}
	return i.setPassword(ctx, actor, actor, password, domain.OriginOf(ctx).Session)
}

func (i *Identity) setPassword(ctx context.Context, actor, user domain.User, password, keep string) error {
	hash, err := HashPassword(password)
	if err != nil {
		return err
	}
	return i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return i.setPasswordTx(ctx, tx, actor, user, hash, keep)
	})
}

func (i *Identity) setPasswordTx(ctx context.Context, tx *store.Tx, actor, user domain.User, hash, keep string) error {
	if err := tx.SetPassword(ctx, user.ID, hash); err != nil {
		return err
	}
	if _, err := tx.DeleteSessionsOf(ctx, user.ID, keep); err != nil {
		return err
	}
	return tx.Audit(ctx, actor, domain.ActionPasswordChanged, userSubject(user), domain.FieldChange{Field: "password", New: domain.HiddenFact})
}

// PasswordLink gives the secret of a link with which a user sets a password once: an invitation, or a new start for who forgot theirs.
func (i *Identity) PasswordLink(ctx context.Context, actor domain.User, userID string) (secret string, expires time.Time, err error) {
	user, err := i.managed(ctx, actor, userID)
	if err != nil {
		return "", expires, err
	}
	if err := byHand(ctx); err != nil {
		return "", expires, err
	}
	if !user.Active || user.Profile == domain.ProfileGuest {
		return "", expires, domain.Errorf(domain.KindConflict, "cannot_sign_in", "%s cannot sign in: deactivated users and the guest user have no password", user.Name)
	}
	secret, expires = rand.Text()+rand.Text(), i.Now().Add(PasswordLinkLife)
	return secret, expires, i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddPasswordLink(ctx, hashToken(secret), user.ID, expires); err != nil {
			return err
		}
		return tx.Audit(ctx, actor, domain.ActionPasswordLink, userSubject(user))
	})
}

// UsePasswordLink sets a password with the secret of a link, which counts once, and gives the user.
func (i *Identity) UsePasswordLink(ctx context.Context, secret, password string) (user domain.User, err error) {
	if !i.mayTry("l:" + domain.OriginOf(ctx).Address) {
		return user, tooMany()
	}
	hash, err := HashPassword(password)
	if err != nil {
		return user, err
	}
	err = i.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if user, err = tx.TakePasswordLink(ctx, hashToken(secret)); err != nil {
			return err
		}
		if !user.Active {
			return domain.Errorf(domain.KindForbidden, "deactivated", "this user is deactivated; ask an admin")
		}
		return i.setPasswordTx(ctx, tx, user, user, hash, "")
	})
	if domain.IsKind(err, domain.KindNotFound) {
		err = domain.Errorf(domain.KindNotFound, "link_unknown", "this link is not known, was used or has run out; ask your admin for a new one")
	}
	return user, err
}
