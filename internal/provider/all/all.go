// Package all is the one place that names every driver.
package all

import (
	"earshot/internal/domain"
	"earshot/internal/provider"
	"earshot/internal/provider/aircall"
	"earshot/internal/provider/amazonconnect"
	"earshot/internal/provider/dialpad"
	"earshot/internal/provider/ringcentral"
)

// Openers gives the drivers of this version.
func Openers() map[domain.Provider]provider.Opener {
	return map[domain.Provider]provider.Opener{domain.Aircall: aircall.Opener(), domain.AmazonConnect: amazonconnect.Opener(), domain.Dialpad: dialpad.Opener(), domain.RingCentral: ringcentral.Opener()}
}
