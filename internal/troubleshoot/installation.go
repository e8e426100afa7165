package troubleshoot

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"earshot/internal/audio"
	"earshot/internal/domain"
	"earshot/internal/store"
)

// codeCannotUnseal is secret.Keyring's.
const codeCannotUnseal = "cannot_unseal"

// maxSkew is how far two clocks may be apart: providers refuse signatures and tokens of a clock that is minutes wrong.
const maxSkew = time.Minute

// installation gives the checks of the machine and its settings.
func (s *Service) installation(ctx context.Context) []domain.Check {
	var out []domain.Check
	add := func(id, title, why string, v verdict) {
		out = append(out, rule{id: id, title: title, why: why}.check("", v))
	}
	health, dbVerdict := s.database(ctx)
	add("database", "Database", "It holds calls, users and the jobs that are still to be done.", dbVerdict)
	add("master_key", "Master key", "It opens the stored credentials; without it every provider must be connected anew.", s.masterKey(ctx))
	add("recordings", "Recordings' store", "Recordings are kept there until they are transcribed, and to be played.", s.recordings(ctx))
	add("speech", "Speech engine", "It turns recordings into text; without it calls wait.", s.speech(ctx))
	add("ffmpeg", "ffmpeg", "It decodes MP3 and other compressed recordings, which most providers send.", s.ffmpeg(ctx))
	add("disk", "Disk space", "Without space no recording and no event can be stored.", s.disk())
	add("clock", "Clock", "A clock that is wrong makes providers refuse this server, and puts calls at the wrong time.", s.clock(health, dbVerdict))
	add("jobs", "Jobs are worked", "Each stage of a call is a job; if they are not worked, calls stay where they are.", s.jobs(ctx, health))
	return out
}

func (s *Service) database(ctx context.Context) (store.Health, verdict) {
	const restore = "Check EARSHOT_DATA_DIR or EARSHOT_DATABASE_URL and the rights on it. If it is damaged, restore it from a backup."
	if s.Store == nil {
		if domain.CodeOf(s.StoreError) == "no_database" {
			return store.Health{}, unknown("", "Start Earshot.", "%s.", first(s.StoreError.Error()))
		}
		return store.Health{}, red("", restore, "%s.", first(s.StoreError.Error()))
	}
	h, err := s.Store.Health(ctx)
	switch {
	case err != nil:
		return h, red("", restore, "%s cannot be read: %s.", h.Kind, err)
	case h.Schema != h.Known:
		return h, red("", "Start the version of Earshot that made it, or start this one so that it changes the tables.", "The tables are of schema %d, this version works with %d.", h.Schema, h.Known)
	}
	if err := s.Store.TryWrite(ctx); err != nil {
		return h, red("", "Check the rights on it and the space of its disk.", "%s cannot be written: %s.", h.Kind, err)
	}
	return h, green("%s can be reached, its tables are up to date (schema %d).", h.Kind, h.Schema)
}

func first(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".")
}

func (s *Service) masterKey(ctx context.Context) verdict {
	const fix = "Restore the file of the master key from a backup, or set EARSHOT_MASTER_KEY_FILE to it. If it is lost, enter each credential again."
	if s.KeyError != nil {
		if errors.Is(s.KeyError, fs.ErrNotExist) && domain.CodeOf(s.StoreError) == "no_database" {
			return notHere("There is none yet; it is made on the first start.")
		}
		return red("", fix, "%s.", first(s.KeyError.Error()))
	}
	if s.Store == nil {
		return green("The file of the master key can be read.")
	}
	connectors, err := s.Store.Connectors(ctx)
	switch {
	case domain.CodeOf(err) == codeCannotUnseal:
		return red("", fix, "%s.", first(domain.MessageOf(err)))
	case err != nil:
		return unknown("", "Mend the database first.", "The credentials cannot be read.")
	}
	return green("It opens the stored credentials (%d).", len(connectors))
}

func (s *Service) recordings(ctx context.Context) verdict {
	where, err := s.Recordings(ctx)
	if err != nil {
		return red("", "Check EARSHOT_BLOB_URL, the rights on the store and its space.", "%s cannot be written: %s.", first(where), err)
	}
	return green("%s can be written and read.", first(where))
}

func (s *Service) ffmpeg(ctx context.Context) verdict {
	path := s.Tools().FFmpeg
	fix := "To mend it, " + audio.FFmpegHint + "."
	waiting, compressed := s.needFFmpeg(ctx)
	if path == "" {
		switch {
		case waiting > 0:
			return red(pageSpeech, fix, "ffmpeg is not installed, and calls wait for it (%d or more).", waiting)
		case compressed != "":
			return red(pageSpeech, fix, "ffmpeg is not installed, and %s sends compressed recordings.", compressed)
		default:
			return notHere("ffmpeg is not installed. What comes now needs it not; MP3 and other compressed recordings would.")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "-hide_banner", "-version").Output()
	if err != nil {
		return red(pageSpeech, fix, "%s does not run: %s.", path, err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return green("%s runs: %s.", path, line)
}

// needFFmpeg tells how many calls wait for it, and a provider that is connected and sends what it decodes: all but Amazon Connect, whose
// recordings are WAV (Amazon Connect Administrator Guide, "Set up recording behavior").
func (s *Service) needFFmpeg(ctx context.Context) (waiting int, compressed string) {
	if s.Store == nil {
		return 0, ""
	}
	calls, _, err := s.Store.VCCalls(ctx, store.VCCallFilter{Reason: domain.DecoderMissing, Limit: 1})
	if err == nil {
		waiting = len(calls)
	}
	if s.KeyError != nil {
		return waiting, ""
	}
	connectors, err := s.Store.Connectors(ctx)
	for _, c := range connectors {
		if err == nil && c.Provider != domain.AmazonConnect {
			compressed = s.Openers[c.Provider].Info.Name
		}
	}
	return waiting, compressed
}

// Existing gives the folder, or the nearest one above it where it is not there yet: the first start makes it.
func Existing(dir string) string {
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

func (s *Service) disk() verdict {
	var fsys unix.Statfs_t
	if err := unix.Statfs(Existing(s.DataDir), &fsys); err != nil {
		return red("", "Check the rights on it, or set EARSHOT_DATA_DIR to another folder.", "The data folder %s cannot be looked at: %s.", s.DataDir, err)
	}
	free := fsys.Bavail * uint64(fsys.Bsize)
	if free < s.MinFree {
		return red("", "Make space on this disk, or move the data folder to a larger one.", "%s is free for the data folder %s; at least %s is needed.", size(free), s.DataDir, size(s.MinFree))
	}
	return green("%s is free for the data folder %s.", size(free), s.DataDir)
}

func size(n uint64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// clock compares this machine's clock with the database's, and with what was written before.
func (s *Service) clock(h store.Health, db verdict) verdict {
	const fix = "Set the clock of this machine, best by a time service (NTP)."
	now := s.Now()
	switch {
	case db.status != domain.CheckGreen:
		return unknown("", "Mend the database first.", "There is nothing to compare the clock with.")
	case h.Clock.Sub(now).Abs() > maxSkew:
		return red("", fix, "This machine says %s, the database %s.", now.UTC().Format(time.RFC3339), h.Clock.Format(time.RFC3339))
	case h.Newest.Sub(now) > maxSkew:
		return red("", fix, "Something was written on %s, which is later than now, %s: the clock was or is wrong.", domain.Stamp(h.Newest), domain.Stamp(now))
	}
	return green("It agrees with the database and with all that was written.")
}

func (s *Service) jobs(ctx context.Context, h store.Health) verdict {
	if s.Store == nil || h.Clock.IsZero() {
		return unknown("", "Mend the database first.", "The jobs cannot be looked at.")
	}
	if !s.Running() {
		return notHere("Earshot does not run, so no job is worked.")
	}
	const fix = "Start Earshot again; its log says what stands in the way."
	queues, err := s.Store.WaitingQueues(ctx)
	if err != nil {
		return unknown("", fix, "The jobs cannot be looked at.")
	}
	var stuck []string
	for _, q := range queues {
		if h.Clock.Sub(q.Since) > patience && h.Clock.Sub(q.LastAttempt) > patience {
			stuck = append(stuck, fmt.Sprintf("%s since %s", q.Queue, domain.Stamp(q.Since)))
		}
	}
	if len(stuck) > 0 {
		return red(pageJobs, fix, "Jobs are ready and none is worked: %s.", strings.Join(stuck, ", "))
	}
	lying, err := s.Store.StuckVCCalls(ctx, s.Now().Add(-patience), 100)
	if err != nil {
		return unknown("", fix, "The VC Calls cannot be looked at.")
	}
	if len(lying) > 0 {
		return red(pageVCCalls, "Open them under VC Calls and press Retry; if it comes again, start Earshot anew.", "%s should have gone on and has no job, such as %s of %s.", counted(len(lying), "VC Call", "VC Calls"), lying[0].ProviderCallID, lying[0].Provider)
	}
	return green("Jobs are worked; none is late.")
}
