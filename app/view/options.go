package view

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core/catalog"
	"flopbook/core/scenario"
)

// A group of options under one heading; without a heading they stand alone.
type group struct {
	Label   string
	Options []scenario.Option
}

// optionGroups lists the options of a choice. Made once: presets, accelerators
// and grids do not change.
func optionGroups(c scenario.Choice) []group { return allOptions()[c] }

var allOptions = sync.OnceValue(func() (all [scenario.ChoiceCount][]group) {
	for c := range scenario.Choices {
		all[c] = []group{{Options: scenario.Choices[c].Options}}
	}
	all[scenario.Model] = modelGroups()
	all[scenario.Accelerator] = append(acceleratorGroups(), group{"Your own", []scenario.Option{{Key: "own", Label: "An accelerator of your own"}}})
	all[scenario.ServeAccelerator] = append([]group{{"", []scenario.Option{{Key: "same", Label: "the same as for training"}}}}, all[scenario.Accelerator]...)
	all[scenario.SecondAccelerator] = append([]group{{"", []scenario.Option{{Key: "none", Label: "none"}}}}, acceleratorGroups()...)
	all[scenario.Grid] = gridGroups()
	all[scenario.ServeGrid] = append([]group{{"", []scenario.Option{{Key: "same", Label: "the same as for training"}}}}, all[scenario.Grid]...)
	return all
})

func modelGroups() []group {
	groups := []group{{"Your own", []scenario.Option{{Key: "size", Label: "A model of my own size: 7B, 70B …"}, {Key: "shape", Label: "A model of my own shape: layers, width …"}}}}
	at := map[string]int{}
	for _, p := range scenario.Presets() {
		org, _, _ := strings.Cut(p.Org, " (")
		org, _, _ = strings.Cut(org, ";")
		i, ok := at[org]
		if !ok {
			i = len(groups)
			at[org] = i
			groups = append(groups, group{Label: org})
		}
		label := p.Name
		if p.Status != "disclosed" {
			label += " (" + p.Status + ")"
		}
		groups[i].Options = append(groups[i].Options, scenario.Option{Key: p.Key, Label: label})
	}
	return groups
}

func acceleratorGroups() []group {
	var groups []group
	at := map[string]int{}
	for _, a := range catalog.Accelerators() {
		i, ok := at[a.Vendor]
		if !ok {
			i = len(groups)
			at[a.Vendor] = i
			groups = append(groups, group{Label: a.Vendor})
		}
		groups[i].Options = append(groups[i].Options, scenario.Option{Key: a.Key, Label: a.Name})
	}
	for _, g := range groups { // newest first: what most readers look for
		slices.Reverse(g.Options)
	}
	return groups
}

func gridGroups() []group {
	titles := []struct{ kind, title string }{{"world", "World and groups"}, {"group", "World and groups"}, {"country", "Countries"}, {"us_state", "States of the USA"}, {"cloud", "Cloud regions"}}
	var groups []group
	for _, t := range titles {
		if len(groups) == 0 || groups[len(groups)-1].Label != t.title {
			groups = append(groups, group{Label: t.title})
		}
		g := &groups[len(groups)-1]
		for _, place := range catalog.Grids() {
			if place.Type == t.kind {
				g.Options = append(g.Options, scenario.Option{Key: strings.ToLower(place.ID), Label: place.Name})
			}
		}
	}
	for _, g := range groups[1:] {
		slices.SortFunc(g.Options, func(a, b scenario.Option) int { return strings.Compare(a.Label, b.Label) })
	}
	return groups
}

// optionLabel is the words of an option.
func optionLabel(c scenario.Choice, key string) string {
	for _, g := range optionGroups(c) {
		for _, o := range g.Options {
			if o.Key == key {
				return o.Label
			}
		}
	}
	return key
}

// optionList draws the options of a list.
func optionList(c scenario.Choice, chosen string) []app.UI {
	var list []app.UI
	for _, g := range optionGroups(c) {
		var options []app.UI
		for _, o := range g.Options {
			e := app.Option().Value(o.Key).Text(o.Label)
			if o.Key == chosen {
				e = e.Selected(true)
			}
			options = append(options, e)
		}
		if g.Label == "" {
			list = append(list, options...)
		} else {
			list = append(list, app.OptGroup().Label(g.Label).Body(options...))
		}
	}
	return list
}

// trimFloat is a number for an attribute that machines read.
func trimFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
