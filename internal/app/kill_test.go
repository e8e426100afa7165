//go:build linux

package app_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"earshot/internal/app"
	"earshot/internal/config"
	"earshot/internal/speech/models"
	"earshot/internal/testkit/postgres"
)

const (
	kills         = 30
	killedCalls   = 60
	callsPerRound = killedCalls / kills
	seedEnv       = "EARSHOT_TEST_SEED" // repeats a run, as far as the machine's timing allows
)

// TestKilledServerLosesNothing kills the real server thirty times with SIGKILL while sixty calls arrive, each event twice and
// in any order. Whatever was accepted is there in the end, once.
func TestKilledServerLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute or two")
	}
	modelsDir := engineDir(t)
	root := t.TempDir()
	binary := filepath.Join(root, "earshot")
	build := exec.Command("go", "build", "-o", binary, "earshot/cmd/earshot")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		t.Run(database, func(t *testing.T) {
			seed := seed(t)
			t.Logf("to repeat: %s=%d", seedEnv, seed)
			c := config.Config{DataDir: filepath.Join(root, database), Addr: freeAddr(t), ModelsDir: modelsDir}
			if database == "PostgreSQL" {
				c.DatabaseURL = postgres.URL(t)
			}
			c.PublicURL = "http://" + c.Addr
			if err := c.Complete(); err != nil {
				t.Fatal(err)
			}
			k := &killing{t: t, random: rand.New(rand.NewPCG(seed, 0)), server: newServer(t, binary, c), provider: newProvider(t, seed)}
			k.provider.connect(t, c)
			k.run()
			k.check()
		})
	}
}

// engineDir is where the speech engine for tests is installed; without one, or without ffmpeg, calls wait for it and no test
// of whole calls is possible.
func engineDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", ".cache", "earshot"))
	if err != nil {
		t.Fatal(err)
	}
	if set := os.Getenv("EARSHOT_TEST_MODELS"); set != "" {
		dir = set
	}
	missing := ""
	if _, ok := models.Find(dir); !ok {
		missing = "no speech engine is installed for tests; run: make models"
	} else if app.Tools(config.Config{ModelsDir: dir}).FFmpeg == "" {
		missing = "no ffmpeg is installed; run: make ffmpeg"
	}
	if missing != "" && os.Getenv(postgres.EnvRequire) == "1" {
		t.Fatal(missing)
	}
	if missing != "" {
		t.Skip(missing)
	}
	return dir
}

func seed(t *testing.T) uint64 {
	t.Helper()
	set := os.Getenv(seedEnv)
	if set == "" {
		return rand.Uint64()
	}
	seed, err := strconv.ParseUint(set, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", seedEnv, err)
	}
	return seed
}

// killing is one run of the test.
type killing struct {
	t        *testing.T
	random   *rand.Rand
	server   *server
	provider *provider
}

func (k *killing) run() {
	stop := k.provider.deliver(k.t.Context())
	defer stop()
	places := map[string]int{}
	for round := range kills {
		k.provider.placeCalls(round*callsPerRound, callsPerRound)
		place, after := k.untilKill()
		places[place]++
		k.provider.gate.close() // before the kill: what is under way is cut off, and little of the rest fails
		k.server.kill()
		k.t.Logf("kill %d at %s after %d ms; %+v", round+1, place, after.Milliseconds(), k.provider.Stats())
	}
	k.t.Logf("kills by place: %v", places)
	k.start()
	k.settle()
	k.server.stop()
}

// start lets the server come up, and the provider repeat what failed.
func (k *killing) start() {
	k.t.Helper()
	k.server.start()
	k.server.waitReady()
	k.provider.open()
}

// untilKill starts the server and comes back at a random point of its work: while it starts, or so much after it accepted
// some events, or kept a recording, or began to transcribe.
func (k *killing) untilKill() (place string, lived time.Duration) {
	began := time.Now()
	pause := time.Duration(k.random.IntN(150)) * time.Millisecond
	switch k.random.IntN(5) {
	case 0:
		place = "start"
		k.server.start()
		pause *= 2
	case 1, 2:
		place = "events"
		n := k.random.IntN(16)
		k.start()
		before := k.provider.Stats().Deliveries
		k.await(place, func() bool {
			accepted := k.provider.Stats().Deliveries - before
			return accepted > n || accepted > 0 && !k.provider.due()
		})
	case 3:
		place = "recordings"
		k.start()
		k.await(place, func() bool { return written(k.server.blobs(place), began) > 0 })
	case 4:
		place = "waveforms"
		k.start()
		k.await(place, func() bool { return written(k.server.blobs(place), began) > 0 })
		pause *= 6
	}
	time.Sleep(pause) // for chance, not for a condition
	return place, time.Since(began)
}

// patience is how long something that must happen may take on a machine that is busy with other tests.
const patience = 8 * time.Minute

func (k *killing) await(what string, done func() bool) {
	k.t.Helper()
	waitFor(k.t, what, func() bool {
		k.server.mustRun()
		return done()
	})
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for: %s", patience, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// written counts the files of a folder that were written since.
func written(dir string, since time.Time) int {
	n := 0
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // it may not be there yet
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(since) {
			n++
		}
		return nil
	})
	return n
}
