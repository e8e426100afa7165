package ringcentral_test

import (
	"testing"

	"earshot/internal/simulation"
)

func TestSimulation(t *testing.T) {
	t.Parallel()
	simulation.Run(t, harness())
}
