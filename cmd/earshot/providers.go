package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"earshot/internal/app"
	"earshot/internal/provider"
)

type providersCmd struct{}

// Run prints docs/providers/README.md.
func (providersCmd) Run() error {
	fmt.Print("# Providers\n\nMade by `make generate` from what the drivers declare. One guide each:")
	openers := app.Openers()
	names := slices.Sorted(maps.Keys(openers))
	for _, name := range names {
		fmt.Printf(" [%s](%s.md)", openers[name].Info.Name, name)
	}
	fmt.Print(".\n\n| | ")
	column := func(cell func(provider.Info) string) {
		for _, name := range names {
			fmt.Printf("%s | ", cell(openers[name].Info))
		}
		fmt.Println()
	}
	column(func(i provider.Info) string { return i.Name })
	fmt.Print("|---|" + strings.Repeat("---|", len(names)) + "\n")
	for _, r := range rows() {
		fmt.Printf("| %s | ", r.name)
		column(r.cell)
	}
	for _, name := range names {
		declare(openers[name].Info)
	}
	return nil
}

type row struct {
	name string
	cell func(provider.Info) string
}

func rows() []row {
	return []row{
		{"calls at once", func(i provider.Info) string {
			switch a := i.Abilities; {
			case a.Subscriptions:
				return "webhook"
			case a.Polls:
				return "queue or stream"
			default:
				return "no"
			}
		}},
		{"last seven days on enabling", func(i provider.Info) string { return yesNo(i.Abilities.Backfill) }},
		{"voicemails", func(i provider.Info) string { return yesNo(i.Abilities.Voicemail) }},
		{"agent's channel", func(i provider.Info) string {
			if i.Abilities.AgentChannel == "" {
				return "by what is said"
			}
			return i.Abilities.AgentChannel
		}},
		{"a listing may be late by", func(i provider.Info) string { return i.Abilities.EventDelay.String() }},
		{"limits", func(i provider.Info) string {
			var out []string
			for _, q := range i.Quotas {
				out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d in %s", q.Group, q.Requests, q.Per)))
			}
			return strings.Join(out, "; ")
		}},
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func declare(i provider.Info) {
	fmt.Printf("\n## %s\n\n%s\n\n", i.Name, i.Limits)
	for _, k := range i.Kinds {
		fmt.Printf("* **%s** (`%s`): %s Fields: %s.\n", k.Label, k.Name, k.Help, strings.Join(append([]string{}, k.Fields...), ", "))
	}
	if len(i.Kinds) > 0 {
		fmt.Println()
	}
	fmt.Println("| field | name | what it is |\n|---|---|---|")
	for _, f := range slices.Concat(i.Credential, i.Settings) {
		fmt.Printf("| %s | `%s` | %s |\n", f.Label, f.Name, f.Help)
	}
}
