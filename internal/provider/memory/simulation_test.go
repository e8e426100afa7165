package memory_test

import (
	"testing"

	"earshot/internal/provider/memory"
	"earshot/internal/provider/providertest"
	"earshot/internal/simulation"
)

func TestSimulation(t *testing.T) {
	t.Parallel()
	simulation.Run(t, providertest.Harness{Info: memory.NewCompany(nil).Opener().Info, NewWorld: func(_ *testing.T, clock *providertest.Clock) providertest.World {
		return newWorld(clock)
	}})
}
