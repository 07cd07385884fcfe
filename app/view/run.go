// Package view is the page: go-app components over package state. It is the
// only importer of go-app.
//
// go-app's traps and how this package keeps clear of them: no float reaches an
// attribute or a text (it would be printed with four decimals), the text of an
// input is kept as it was typed, handlers are methods that read what they need
// from their component or from the element's data attributes (a closure in a
// loop goes stale), every handler goes through [safe], and no attribute is set
// to false that HTML does not know as boolean.
package view

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/core"
	"flopbook/core/catalog"
	"flopbook/core/scenario"
	"flopbook/core/train"
)

// Run starts the page; it returns at once outside a browser.
func Run() {
	if app.IsClient {
		readTables()
	}
	// One route for every path: the same page works at a host's root, below a
	// folder and from a file.
	app.RouteWithRegexp(".*", func() app.Composer { return newPage() })
	app.RunWhenOnBrowser()
}

// readTables reads what the first screen needs, a table at a time, giving the
// browser a moment in between: one long task would hold up the reader's thumb.
func readTables() {
	for _, read := range [...]func(){
		func() { catalog.Accelerators() },
		func() { catalog.Default("run_detect") },
		func() { catalog.Grids() },
		func() { catalog.APIPrices() },
		func() { train.EfficiencyRows() },
		func() { scenario.Presets() },
		func() { var s scenario.Scenario; core.Answer(&s) },
	} {
		read()
		time.Sleep(time.Millisecond)
	}
}
