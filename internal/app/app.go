// Package app is the composition root: it opens what Earshot consists of, in order, and closes it in reverse.
package app

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"earshot/internal/api"
	"earshot/internal/audio"
	"earshot/internal/blob"
	"earshot/internal/config"
	"earshot/internal/connector"
	"earshot/internal/domain"
	"earshot/internal/identity"
	"earshot/internal/ingest"
	"earshot/internal/insighttypes"
	"earshot/internal/jobs"
	"earshot/internal/library"
	"earshot/internal/mail"
	"earshot/internal/pipeline"
	"earshot/internal/provider"
	"earshot/internal/provider/all"
	"earshot/internal/retention"
	"earshot/internal/scribe"
	"earshot/internal/secret"
	"earshot/internal/speech/models"
	"earshot/internal/speech/moonshine"
	"earshot/internal/store"
	"earshot/internal/troubleshoot"
	"earshot/internal/web"
)

// Openers of the drivers that this version has.
func Openers() map[domain.Provider]provider.Opener { return all.Openers() }

// App is a whole Earshot.
type App struct {
	Config       config.Config
	Logger       *slog.Logger
	Store        *store.Store
	Blobs        *blob.Store
	Identity     *identity.Identity
	Connector    *connector.Service
	Ingest       *ingest.Ingest
	Pipeline     *pipeline.Pipeline
	Library      *library.Library
	Engine       *moonshine.Engine
	Troubleshoot *troubleshoot.Service
	Scribe       *scribe.Service
	InsightTypes *insighttypes.Service
	Mail         *mail.Outbox

	options Options
	started atomic.Bool // jobs are worked
	closers []func() error
}

// Options of an App beyond its settings.
type Options struct {
	Demo    bool
	Now     func() time.Time // nil: the machine's clock
	MinFree uint64           // bytes of disk below which troubleshooting warns; 0: its own default
}

// Open builds everything but does not start to work jobs.
func Open(ctx context.Context, c config.Config, logger *slog.Logger, o Options) (_ *App, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &App{Config: c, Logger: logger, options: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, domain.Errorf(domain.KindInvalid, "data_dir", "the data folder %s cannot be made: %v", c.DataDir, errors.Unwrap(err))
	}
	node, err := a.lock(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.openStores(ctx, node); err != nil {
		return nil, err
	}
	return a, a.build()
}

func (a *App) openStores(ctx context.Context, node string) error {
	keyring, err := secret.Load(a.Config.MasterKeyFile)
	if err != nil {
		return err
	}
	a.Store, err = store.Open(ctx, store.Config{URL: a.Config.DatabaseURL, DataDir: a.Config.DataDir, NodeID: node, Keyring: keyring, Logger: a.Logger, Now: a.options.Now})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, a.Store.Close)
	if a.Config.BlobURL == "" {
		a.Blobs, err = blob.OpenDir(ctx, filepath.Join(a.Config.DataDir, "blobs"))
	} else {
		a.Blobs, err = blob.Open(ctx, a.Config.BlobURL)
	}
	if err != nil {
		return err
	}
	a.closers = append(a.closers, a.Blobs.Close)
	return nil
}

func (a *App) build() (err error) {
	now := a.options.Now
	a.Engine = NewEngineOf(a.Config, a.Logger, a.embeddedModel())
	a.closers = append(a.closers, func() error { a.Engine.Close(); return nil })
	openers := all.Openers()
	pool := provider.NewPool(provider.PoolConfig{Openers: openers, Ledger: a.Store, Tokens: a.Store, Logger: a.Logger, Now: now})
	a.Identity, err = identity.New(identity.Config{Store: a.Store, Logger: a.Logger, Now: now})
	if err != nil {
		return err
	}
	a.Ingest = ingest.New(ingest.Config{
		Store: a.Store, Open: pool.Open, Logger: a.Logger, Now: now,
		Watch:    func(ctx context.Context, c domain.Connector) (string, error) { return a.Connector.Watch(ctx, c) },
		Rejected: func(ctx context.Context, id string, err error) { a.Connector.Rejected(ctx, id, err) },
	})
	a.Connector = connector.New(connector.Config{Store: a.Store, Openers: openers, Open: pool.Open, Account: pool.Account, Ingest: a.Ingest, PublicURL: a.Config.PublicURL, Version: Version(), Logger: a.Logger, Now: now})
	server, err := mail.ParseServer(a.Config.SMTP)
	if err != nil {
		return err
	}
	a.Mail = mail.New(mail.Config{Store: a.Store, Server: server, Logger: a.Logger, Now: now})
	a.InsightTypes = &insighttypes.Service{Store: a.Store, Now: now}
	a.Scribe = &scribe.Service{Store: a.Store, Logger: a.Logger, Now: now}
	a.Pipeline = pipeline.New(pipeline.Config{
		Analyzed: a.Scribe.Analyzed,
		Store:    a.Store, Blobs: a.Blobs, Open: pool.Open, Rejected: a.Connector.Rejected, Engine: a.Engine, Choose: a.chooser(), Tools: a.tools, AgentChannel: agentChannel(openers), Limits: audio.Limits{TempDir: a.Config.DataDir}, MaxBytes: maxRecording, Version: Version(), Logger: a.Logger, Now: now,
	})
	a.Library = &library.Library{Store: a.Store, Blobs: a.Blobs, Ingest: a.Ingest, Analyze: a.Pipeline.Insights, Analyzed: a.Scribe.Analyzed, Now: now}
	a.Scribe.Library = a.Library
	a.Troubleshoot = a.troubleshooter(openers, pool)
	return nil
}

func agentChannel(openers map[domain.Provider]provider.Opener) func(domain.Provider) pipeline.AgentChannel {
	return func(p domain.Provider) pipeline.AgentChannel {
		return pipeline.AgentChannel(openers[p].Info.Abilities.AgentChannel)
	}
}

// maxRecording is the size of the largest recording that is taken.
const maxRecording = 1 << 30

// NewEngine makes the embedded engine with its own model.
func NewEngine(c config.Config, logger *slog.Logger) *moonshine.Engine {
	return NewEngineOf(c, logger, nil)
}

// NewEngineOf makes the embedded engine, whose workers are this binary. model says with what it writes; nil: with its own.
func NewEngineOf(c config.Config, logger *slog.Logger, model func() moonshine.Model) *moonshine.Engine {
	return moonshine.New(moonshine.Options{
		Find: func() (string, bool) { return models.Find(c.ModelsDir) }, Workers: c.SpeechWorkers, Logger: logger, Model: model,
		Command: func(dir string) *exec.Cmd {
			self, err := os.Executable()
			if err != nil {
				self = os.Args[0]
			}
			cmd := exec.Command(self, "speech-worker", dir)
			cmd.Env = append(os.Environ(), "MOONSHINE_ORT_SINGLE_THREAD=1")
			return cmd
		},
	})
}

// Tools finds the programs of other makers.
func Tools(c config.Config) audio.Tools {
	if c.FFmpeg != "" {
		return audio.Tools{FFmpeg: c.FFmpeg}
	}
	return audio.Tools{FFmpeg: audio.FindFFmpeg(c.ModelsDir)}
}

func (a *App) tools() audio.Tools { return Tools(a.Config) }

// Start begins to work jobs.
func (a *App) Start(ctx context.Context) error {
	err := jobs.Start(ctx, a.Store, jobs.Handlers{
		Event: a.Ingest.Event, Run: a.Ingest.Run, Rematch: a.Ingest.Rematch, Reanalyze: a.Library.ContinueReanalysis, Model: a.Scribe.Work, Tick: a.tick, Mail: a.Mail.Deliver, Remove: a.retention().Remove, TestCall: a.Pipeline.TestCall,
		Describe: a.Pipeline.Describe, Fetch: a.Pipeline.Fetch, Transcribe: a.Pipeline.Transcribe, Analyze: a.Pipeline.Analyze,
	}, slices.Sorted(maps.Keys(all.Openers())), a.Logger)
	if err != nil {
		return err
	}
	a.started.Store(true)
	a.closers = append(a.closers, func() error { return a.Store.StopJobs(context.WithoutCancel(ctx)) })
	return nil
}

func (a *App) retention() *retention.Service {
	return &retention.Service{Store: a.Store, Blobs: a.Blobs, Logger: a.Logger, Now: a.options.Now}
}

// tick is done every minute on one node.
func (a *App) tick(ctx context.Context) error {
	return errors.Join(a.Ingest.Tick(ctx), a.Connector.RemoveSubscriptions(ctx), a.Connector.ForgetTestCalls(ctx), a.retention().Sweep(ctx), a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.PruneChanges(ctx), tx.PruneEvents(ctx))
	}))
}

// Handler answers all HTTP requests.
func (a *App) Handler() http.Handler {
	mux := http.NewServeMux()
	api.Register(mux, a.apiConfig())
	mux.HandleFunc("POST /site/{secret}", a.Ingest.KeepRefusals(a.Ingest.ServeSite))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.HandleFunc("GET /api/", http.NotFound)
	mux.Handle("GET /", web.Handler())
	return web.Secure(mux)
}

func (a *App) apiConfig() api.Config {
	return api.Config{
		Store: a.Store, Identity: a.Identity, Connector: a.Connector, Mail: a.Mail, Library: a.Library, Troubleshoot: a.Troubleshoot, Scribe: a.Scribe, InsightTypes: a.InsightTypes, Engine: a.engineStatus, Models: a.speechModels, Logger: a.Logger, Now: a.options.Now,
		Version: Version(), Demo: a.options.Demo, Secure: strings.HasPrefix(a.Config.PublicURL, "https://"), PublicURL: a.Config.PublicURL,
	}
}

func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	if _, err := a.Store.Settings(r.Context()); err != nil {
		http.Error(w, "the database cannot be read", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *App) engineStatus() api.Engine {
	info := a.Engine.Info()
	_, installed := models.Find(a.Config.ModelsDir)
	e := api.Engine{Installed: installed, Name: info.Name, Model: info.Model, Languages: info.Languages, FFmpeg: a.tools().FFmpeg != ""}
	if !installed {
		e.Hint = "No speech engine is installed: recordings are kept and can be played, but not transcribed. Run: earshot models pull"
	}
	if !e.FFmpeg {
		e.FFmpegHint = "ffmpeg is not installed: MP3 and other compressed recordings cannot be read. To mend it, " + audio.FFmpegHint + "."
	}
	return e
}

// Serve answers requests on the listener until ctx ends.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: a.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }, ErrorLog: slog.NewLogLogger(a.Logger.Handler(), slog.LevelDebug)}
	stop := context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = server.Shutdown(closing) // what does not end in time is cut off by the end of the process
	})
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends everything in reverse order.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// Version is that of the build.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development"
	}
	return info.Main.Version
}
