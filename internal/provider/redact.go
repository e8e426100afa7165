package provider

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"earshot/internal/domain"
)

const hidden = "[hidden]"

// minSecret is the length below which a value is no secret but a word that would be replaced everywhere.
const minSecret = 4

// queryPattern finds the query of an address: links to recordings are signed there.
var queryPattern = regexp.MustCompile(`(https?://[^\s"'?]+)\?[^\s"']*`)

// redactor takes the secrets of one account out of texts.
type redactor struct{ secrets []string }

func newRedactor(fields []Field, credential map[string]string) redactor {
	var r redactor
	for _, f := range fields {
		if v := credential[f.Name]; f.Secret && len(v) >= minSecret {
			r.secrets = append(r.secrets, v)
		}
	}
	return r
}

func (r redactor) text(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, hidden)
	}
	return queryPattern.ReplaceAllString(s, "$1?"+hidden)
}

// clean gives err itself if it is free of secrets, else one with the same meaning that is.
func (r redactor) clean(err error) error {
	if err == nil || r.text(err.Error()) == err.Error() {
		return err
	}
	var known *domain.Error
	if !errors.As(err, &known) {
		return r.plain(err)
	}
	out := &domain.Error{Kind: known.Kind, Code: known.Code, Message: r.text(known.Message), RetryAt: known.RetryAt}
	if known.Err != nil {
		out.Err = r.plain(known.Err)
	}
	return out
}

// plain keeps of an error its text, and that it was a context's.
func (r redactor) plain(err error) error {
	text := errors.New(r.text(err.Error()))
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return errors.Join(end, text)
		}
	}
	return text
}
