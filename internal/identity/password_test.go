package identity

import (
	"strings"
	"testing"

	"earshot/internal/domain"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"short", "123456789", strings.Repeat("x", 300), ""} {
		if _, err := HashPassword(password); domain.CodeOf(err) != "weak_password" {
			t.Errorf("%q was taken: %v", password, err)
		}
	}
	hash, err := HashPassword("correct horse battery")
	if err != nil || strings.Contains(hash, "correct") {
		t.Fatalf("hash %q, %v", hash, err)
	}
	again, err := HashPassword("correct horse battery")
	if err != nil || again == hash {
		t.Error("two hashes of one password are the same: no salt")
	}
	if !CheckPassword(hash, "correct horse battery") || CheckPassword(hash, "correct horse batterx") {
		t.Error("comparing went wrong")
	}
	for _, broken := range []string{"", "$argon2id$v=19$m=x$y$z", hash[:len(hash)-10] + "!!!!!!!!!!", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$"} {
		if CheckPassword(broken, "correct horse battery") {
			t.Errorf("a broken hash matched: %q", broken)
		}
	}
}
